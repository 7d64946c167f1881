"""How documents draw what is recorded: facts, registers with their diagrams, matrices, boards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from deliverables import blocks
from deliverables.blocks import Block, Cell
from deliverables.contexts import parts, tables
from deliverables.contexts.boards import boards
from deliverables.contexts.layout import Ask, Look, laid_out, look_of
from phases.mechanisms import blocks as neutral_blocks
from phases.mechanisms import parts as neutral
from phases.mechanisms.matrix.queries import CellView, matrix_view
from phases.mechanisms.register.beside import Map, beside, lanes_of
from phases.mechanisms.register.queries import RowView, live_rows
from phases.mechanisms.schedule.queries import schedule_view
from phases.mechanisms.sheet.queries import sheet_view
from phases.mechanisms.situation import Situation
from playbook.models import Matrix, Metric, Passage, Register, Schedule, Sheet, Writing


def inputs(ask: Ask) -> list[Block]:
    s = ask.s
    return [parts.known_facts(s, [item.key for item in ask.items])]


def registers(ask: Ask) -> list[Block]:
    s = ask.s
    live = [item for item in ask.items if isinstance(item, Register) and s.applies(item)]
    if ask.look.wide and len(live) == 2 and {one.diagram for one in live} == {"lanes"}:
        return _beside(s, live[0], live[1], ask.look)
    return [
        block for one in live for block in _register(s, one, ask.look, ask.title, len(live) > 1)
    ]


def _register(s: Situation, item: Register, look: Look, title: str, several: bool) -> list[Block]:
    rows = live_rows(s, item)
    found: list[Block] = []
    called = s.plain(item.title)
    if several or (not title and look.shows == "report"):
        found.append(blocks.heading(called))
    if rows and item.diagram != "none":
        found += tables.figures(s, item.key, tables.CAPTIONS[item.diagram], look.paper)
        if look.shows != "report":
            return found
    own = tables.TABLES.get(item.key)
    if rows and own is not None:
        return [*found, own(s, rows) | {"caption": ""}]
    said = neutral.blocks(s, item.key)
    if look.shows == "report" and _has_periods(item):
        return [*found, *_by_period(said, rows, look)]
    return [*found, *laid_out(said, look, called)]


PERIOD = "period"
"""The column that says which period a row is of; such rows are shown period by period."""


def _has_periods(item: Register) -> bool:
    column = item.columns.get(PERIOD)
    return column is not None and column.required and next(iter(item.columns)) != PERIOD


def _by_period(
    said: Sequence[neutral_blocks.Block], rows: Sequence[RowView], look: Look
) -> list[Block]:
    """A table for each period, the latest first."""
    found: list[Block] = []
    for one in said:
        if not isinstance(one, neutral_blocks.Table) or len(one.rows) != len(rows):
            found += laid_out([one], look)
            continue
        named = [row.shown.get(PERIOD, "") or "No period named" for row in rows]
        periods = sorted(set(named), reverse=True)
        for period in periods:
            own = tuple(row for row, name in zip(one.rows, named, strict=True) if name == period)
            found += [blocks.heading(period)] if len(periods) > 1 else []
            found += laid_out([replace(one, caption="", rows=own)], look)
    return found


SIDE_BY_SIDE = 5
"""With more lanes than these two maps do not stand side by side: each has pages of its own."""


def _beside(s: Situation, left: Register, right: Register, look: Look) -> list[Block]:
    """Two process maps side by side, as many pairs as the longer one needs."""
    now, then = Map.of(left, live_rows(s, left)), Map.of(right, live_rows(s, right))
    wide = max(len(lanes_of(one)) for one in (now, then)) > SIDE_BY_SIDE
    compared = beside(now, then, look.paper if wide else look.half, same_lanes=False)
    drawn = [
        [blocks.figure(found.svg, found.words, "") for found in found_of]
        for found_of in (compared.now, compared.then)
    ]
    if not any(drawn):
        return laid_out([*neutral.blocks(s, left.key), *neutral.blocks(s, right.key)], look)
    told = [blocks.text(f"*{' '.join([tables.PROCESS, tables.BESIDE, *compared.notes])}*")]
    if wide:
        return [*_one_after_another(s, (left, right), drawn), *told]
    titles = [s.plain(left.title), s.plain(right.title)]
    pairs = []
    for first, second in zip_longest(*drawn):
        sides = [
            _side(s, one, figure, bool(figures))
            for one, figure, figures in zip((left, right), (first, second), drawn, strict=True)
        ]
        pairs.append(blocks.pair((titles[0], sides[0]), (titles[1], sides[1])))
    return [*pairs, *told]


def _one_after_another(
    s: Situation, registers: Sequence[Register], drawn: Sequence[Sequence[Block]]
) -> list[Block]:
    """Each map over the whole width, under its name."""
    return [
        block
        for register, figures in zip(registers, drawn, strict=True)
        for block in (blocks.heading(s.plain(register.title)),
                      *(figures or _side(s, register, None, begun=False)))
    ]  # fmt: skip


def _side(s: Situation, item: Register, figure: Block | None, begun: bool) -> list[Block]:
    if figure is not None:
        return [figure]
    return [] if begun else laid_out(neutral.blocks(s, item.key), look_of("slides", wide=True))


def sheets(ask: Ask) -> list[Block]:
    s = ask.s
    found: list[Block] = []
    for item in ask.items:
        assert isinstance(item, Sheet)
        view = sheet_view(s, item)
        waiting = len(view.required) - view.approved
        if waiting and ask.look.shows == "report":
            found.append(blocks.missing(
                f"{waiting} of {len(view.required)} lines of “{view.title}” are not approved as "
                f"they stand. {view.waiting}.",
                f"sheet/{item.key}",
            ))  # fmt: skip
        found += laid_out(neutral.blocks(s, item.key), ask.look, ask.title or view.title)
    return found


def schedules(ask: Ask) -> list[Block]:
    """What is checked and when, and what came of it so far."""
    s = ask.s
    found: list[Block] = []
    for item in ask.items:
        assert isinstance(item, Schedule)
        title = s.plain(item.title)
        if len(ask.items) > 1 or (not ask.title and ask.look.shows == "report"):
            found.append(blocks.heading(title))
        found += laid_out(neutral.blocks(s, item.key), ask.look, title)
        came = tables.result_table(schedule_view(s, item))
        found += [blocks.heading("Results so far"), came] if came else []
    return found


def metrics(ask: Ask) -> list[Block]:
    s = ask.s
    metrics = [item for item in ask.items if isinstance(item, Metric)]
    found = boards(s, metrics)
    if ask.look.shows != "report":
        return found
    for metric in metrics:
        if s.records.readings.get(metric.key):
            title = s.plain(metric.title)
            found += [
                blocks.heading(title),
                *laid_out(neutral.blocks(s, metric.key), ask.look, title),
            ]
    return found


def matrices(ask: Ask) -> list[Block]:
    s = ask.s
    return [
        block
        for item in ask.items
        if isinstance(item, Matrix) and s.applies(item)
        for block in (*_matrix(s, item, ask.look), *_behind(s, item, ask.look))
    ]


def _matrix(s: Situation, item: Matrix, look: Look) -> list[Block]:
    """What was decided and why, a line per requirement, the ranking, and what would change it."""
    view = matrix_view(s, item)
    if view.missing == view.total or not view.decision:
        return laid_out(neutral.blocks(s, item.key), look, s.plain(item.title))
    by = f"{view.decision.who}, {parts.day(view.decision.at, s)}"
    stale = blocks.missing("Weights or scores have changed since this was decided.",
                           f"matrix/{item.key}")  # fmt: skip
    rows = [
        [
            blocks.cell(line.title, note="Must have" if line.must else ""),
            blocks.cell(str(line.weight), number=True), *map(_score, line.cells),
        ]
        for line in view.lines
    ]  # fmt: skip
    scores = {one.key: one for one in view.ranking.standings}
    total = [scores.get(option.key) for option in view.options]
    rows.append([
        blocks.cell("Weighted score"), blocks.cell("", number=True),
        *(blocks.cell("Out", number=True) if one is None or one.out
          else blocks.cell(str(one.score), number=True) for one in total),
    ])  # fmt: skip
    heads = ["Requirement", "Weight", *(option.title for option in view.options)]
    share = round(60 / max(len(view.options), 1), 2)
    return [
        blocks.facts([
            ("Decided on", blocks.cell(view.decision.titles, note=f"By {by}")),
            ("Because", blocks.cell(view.decision.reason)),
        ]),
        *([stale] if view.decision.stale else []),
        blocks.table("", heads, rows, (30, 10, *(share for _ in view.options))),
        blocks.text(view.say()),
    ]  # fmt: skip


def _behind(s: Situation, item: Matrix, look: Look) -> list[Block]:
    """What each score rests on, as far as anybody said; on slides the scores stand alone."""
    view = matrix_view(s, item)
    titles = {option.key: option.title for option in view.options}
    rows = [
        [
            blocks.cell(line.title), blocks.cell(titles[one.option]), _score(one),
            blocks.cell(one.note, note=one.evidence),
        ]
        for line in view.lines for one in line.cells if one.note or one.evidence or one.lacking
    ]  # fmt: skip
    if not rows or look.shows != "report":
        return []
    heads = ["Requirement", "Option", "Score", "What it rests on"]
    return [blocks.heading("Behind the scores"), blocks.table("", heads, rows, (28, 20, 10, 42))]


def _score(one: CellView) -> Cell:
    if one.number is None:
        return blocks.absent("–")
    note = f"does not count yet: {one.lacking}" if one.lacking else ""
    return blocks.cell(str(one.number), number=True, note=note)


def texts(ask: Ask) -> list[Block]:
    """Sections as they were edited, else as the records draft them."""
    s = ask.s
    passages = [
        passage
        for item in ask.items
        for passage in (item.sections.values() if isinstance(item, Writing) else [item])
        if isinstance(passage, Passage) and s.applies(passage)
    ]
    found: list[Block] = []
    for passage in passages:
        title = s.plain(passage.title)
        if len(passages) > 1:
            found.append(blocks.heading(title))
        place = f"text/{s.playbook.container_of(passage.key).key}"
        none = blocks.missing(f"“{title}” is not written yet.", place)
        found += _passage(ask, passage) or [none]
    return found


def _passage(ask: Ask, passage: Passage) -> list[Block]:
    kept = ask.s.records.passages.get(passage.key)
    if kept is not None and kept.text is not None:
        return [blocks.text(kept.text)] if kept.text.strip() else []
    opening = ask.s.text(passage.opening).strip()
    return [*([blocks.text(opening)] if opening else []), *ask.draw(passage.draws)]
