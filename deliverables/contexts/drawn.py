"""Documents made of parts: each part an introduction, and what the records of its items hold.

What the mechanisms say of an item is the same everywhere (``phases.mechanisms.parts``); a document
adds drawings, boards of figures, and the phases as one table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby, zip_longest

from deliverables import blocks
from deliverables.blocks import Block, Cell, Context, Section
from deliverables.contexts import blank, parts, tables
from deliverables.contexts.boards import boards
from deliverables.contexts.layout import Look, laid_out, look_of, table
from phases.core.models import StoredFile
from phases.mechanisms import parts as neutral
from phases.mechanisms.matrix.queries import matrix_view
from phases.mechanisms.register.diagram import drawings
from phases.mechanisms.register.queries import live_rows
from phases.mechanisms.situation import Situation
from playbook.models import (
    Category,
    Document,
    DocumentPart,
    Gate,
    Guide,
    Input,
    Item,
    Matrix,
    Meeting,
    Metric,
    Phase,
    Register,
    Role,
    SubPhase,
    Trigger,
)


def drawn(s: Situation, item: Document) -> Context:
    """The context of the document *item*, from its parts."""
    of = blank.situation(s) if item.blank else s
    found = [
        _section(of, item, slug, part)
        for slug, part in item.parts.items()
        if part.applies is None or part.applies.holds(s.profile)
    ]
    if not item.files:
        return parts.document(s, item.key, found)
    kept = s.records.files.get(item.key, [])
    context = parts.document(s, item.key, [*found, _files(s, item, kept)])
    named = [{"id": file.id, "name": file.name, "sha256": file.sha256} for file in kept]
    return context | {"files": named}


def _files(s: Situation, item: Document, kept: Sequence[StoredFile]) -> Section:
    """The exact files that are kept with the document."""
    rows = [
        [
            file.name, blocks.cell(f"{file.size:,}", number=True), file.sha256,
            blocks.cell(s.people.name(file.uploaded_by), note=parts.day(file.uploaded_at, s)),
        ]
        for file in kept
    ]  # fmt: skip
    heads = ["File", "Bytes", "SHA-256", "Kept by"]
    none = blocks.missing("No file is kept with it yet.", f"documents/{item.key}#files")
    return blocks.section(
        "files", "Exact files", blocks.table("", heads, rows, (30, 12, 38, 20)) if rows else none,
        lead="Each goes with this document byte for byte; its hash proves it.",
    )  # fmt: skip


def _section(s: Situation, item: Document, slug: str, part: DocumentPart) -> Section:
    title, text = s.plain(part.title), s.text(part.text).strip()
    look = look_of(item.format, wide=part.wide)
    lead, prose = (text, []) if _is_lead(text) else ("", [blocks.text(text)])
    found = blank.blocks_of(s, part.draws) if item.blank else blocks_of(s, part.draws, look, title)
    broad = item.format != "report" or any(block["kind"] in BROAD for block in found)
    return blocks.section(
        slug.replace("_", "-"), title, *prose, *found, lead=lead, wide=part.wide and broad
    )


BROAD = ("table", "figure", "pair", "lines")
"""What a page is turned for; a sentence alone stands upright."""


def _is_lead(text: str) -> bool:
    """Whether a text is a line or two of plain words."""
    return "\n" not in text and not any(mark in text for mark in "*[|`")


def blocks_of(s: Situation, keys: Sequence[str], look: Look, title: str = "") -> list[Block]:
    """What the records hold of the items *keys*, for a page of *look*."""
    found: list[Block] = []
    items = [s.playbook.get(key) for key in keys]
    several = len({_together(item) for item in items}) > 1
    for _, group in groupby(items, key=_together):
        same = list(group)
        draw = OWN.get(type(same[0]))
        if draw is None or not any(s.applies(one) for one in same):
            said = [block for one in same for block in neutral.blocks(s, one.key)]
            title_of = s.plain(same[0].title)
            if several and title_of != title:
                found.append(blocks.heading(title_of))
            found += laid_out(said, look, title_of if several else title)
        else:
            found += draw(s, same, look, "" if several else title)
    return found


def _together(item: Item) -> object:
    """What makes neighbours one block: the kind, where a kind is drawn as one."""
    return type(item) if type(item) in GROUPED else item.key


# --- kinds that documents draw in their own way ---------------------------------------------------


def _inputs(s: Situation, items: Sequence[Item], look: Look, title: str) -> list[Block]:
    return [parts.known_facts(s, [item.key for item in items])]


def _registers(s: Situation, items: Sequence[Item], look: Look, title: str) -> list[Block]:
    live = [item for item in items if isinstance(item, Register) and s.applies(item)]
    if look.wide and len(live) == 2 and {one.diagram for one in live} == {"lanes"}:
        return _beside(s, live[0], live[1], look)
    return [block for one in live for block in _register(s, one, look, title, len(live) > 1)]


def _register(
    s: Situation, item: Register, look: Look, title: str, several: bool
) -> list[Block]:
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
        drawn_rows = own(s, rows)
        same = drawn_rows["caption"] in (title, called)
        return [*found, drawn_rows | {"caption": "" if same else drawn_rows["caption"]}]
    return [*found, *laid_out(neutral.blocks(s, item.key), look, called)]


def _beside(s: Situation, left: Register, right: Register, look: Look) -> list[Block]:
    """Two process maps side by side, as many pairs as the longer one needs."""
    drawn = [
        [
            blocks.figure(found.svg, found.words, "")
            for found in drawings(one, live_rows(s, one), look.half)
        ]
        for one in (left, right)
    ]  # fmt: skip
    if not any(drawn):
        return laid_out([*neutral.blocks(s, left.key), *neutral.blocks(s, right.key)], look)
    titles = [s.plain(left.title), s.plain(right.title)]
    pairs = []
    for first, second in zip_longest(*drawn):
        sides = [
            _side(s, one, figure, bool(figures))
            for one, figure, figures in zip((left, right), (first, second), drawn, strict=True)
        ]
        pairs.append(blocks.pair((titles[0], sides[0]), (titles[1], sides[1])))
    return [*pairs, blocks.text(f"*{tables.PROCESS}*")]


def _side(s: Situation, item: Register, figure: Block | None, begun: bool) -> list[Block]:
    if figure is not None:
        return [figure]
    return [] if begun else laid_out(neutral.blocks(s, item.key), look_of("slides", wide=True))


def _metrics(s: Situation, items: Sequence[Item], look: Look, title: str) -> list[Block]:
    metrics = [item for item in items if isinstance(item, Metric)]
    found = boards(s, metrics)
    if look.shows != "report":
        return found
    for metric in metrics:
        if s.records.readings.get(metric.key):
            found += laid_out(neutral.blocks(s, metric.key), look)
    return found


def _matrices(s: Situation, items: Sequence[Item], look: Look, title: str) -> list[Block]:
    return [
        block
        for item in items
        if isinstance(item, Matrix) and s.applies(item)
        for block in _matrix(s, item, look)
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
            blocks.cell(str(line.weight), number=True), *(_score(one.number) for one in line.cells),
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


def _score(number: int | None) -> Cell:
    return blocks.absent("–") if number is None else blocks.cell(str(number), number=True)


def _phases(s: Situation, items: Sequence[Item], look: Look, title: str) -> list[Block]:
    rows = []
    for item in items:
        assert isinstance(item, Phase)
        how = s.applicability(item)
        codes = [
            _marked(s, sub) for sub in s.playbook.subphases if sub.phase == item.slug
        ]
        rows.append([
            blocks.cell(f"{item.number} {s.plain(item.title)}"), blocks.cell(s.plain(item.weight)),
            _mode(how.mode, how.reason), blocks.cell(", ".join(codes)),
            blocks.cell(s.plain(item.output)),
        ])  # fmt: skip
    heads = ["Phase", "Weight", "Runs", "Sub-phases", "Output"]
    return [blocks.table("", heads, rows, (13, 9, 22, 26, 30))]


def _marked(s: Situation, item: SubPhase) -> str:
    """A sub-phase's code and title, with LIGHT or SKIP where it does not run in full."""
    how = s.applicability(item)
    mode = how.mode if how.applies else "skip"
    return f"{item.code} {s.plain(item.title)}" + ("" if mode == "full" else f" ({mode.upper()})")


def _mode(mode: str, reason: str) -> Cell:
    if mode == "full":
        return blocks.cell("In full", state="done")
    return blocks.cell(mode.upper(), note=reason, state="dropped" if mode == "skip" else "waiting")


def _subphases(s: Situation, items: Sequence[Item], look: Look, title: str) -> list[Block]:
    rows = []
    for item in items:
        assert isinstance(item, SubPhase)
        how = s.applicability(item)
        mode = how.mode if how.applies else "skip"
        rows.append([
            blocks.cell(f"{item.code} {s.plain(item.title)}"), _mode(mode, how.reason),
            blocks.cell(s.plain(item.purpose)),
        ])  # fmt: skip
    return [blocks.table("", ["Sub-phase", "Runs", "Purpose"], rows, (24, 28, 48))]


def _triggers(s: Situation, items: Sequence[Item], look: Look, title: str) -> list[Block]:
    rows = [
        [
            blocks.cell(s.plain(one.title)), blocks.cell(s.plain(one.threshold)),
            blocks.cell(s.text(one.response), markdown=True),
        ]
        for one in items
        if isinstance(one, Trigger) and s.applies(one)
    ]  # fmt: skip
    heads = ["Condition", "Threshold", "Response"]
    return [blocks.table("", heads, rows, (24, 32, 44))] if rows else []


def _guides(s: Situation, items: Sequence[Item], look: Look, title: str) -> list[Block]:
    found: list[Block] = []
    for item in items:
        assert isinstance(item, Guide)
        if len(items) > 1:
            found.append(blocks.heading(s.plain(item.title)))
        points = [one for one in item.items.values() if s.applies(one)]
        rows = [
            [blocks.cell(s.plain(one.title)), blocks.cell(s.text(one.text), markdown=True)]
            for one in points
        ]
        found.append(blocks.table("", ["What", "What it means"], rows, (32, 68)))
    return found


def _gates(s: Situation, items: Sequence[Item], look: Look, title: str) -> list[Block]:
    rows = []
    for item in items:
        assert isinstance(item, Gate)
        decided = [
            r for r in s.records.gate_records if r.gate == item.key and r.kind == "decision"
        ]
        rows += [
            [
                blocks.cell(s.plain(item.title)),
                blocks.cell(
                    item.outcomes[r.outcome].title if r.outcome in item.outcomes else r.outcome,
                    state="done" if r.passes else "waiting",
                ),
                blocks.cell(s.people.name(r.by)), blocks.cell(parts.day(r.at, s)),
            ]
            for r in decided
        ]  # fmt: skip
        if not decided and s.applies(item):
            rows.append([
                blocks.cell(s.plain(item.title)), blocks.cell("Not decided yet", state="open"),
                blocks.cell(""), blocks.cell(""),
            ])  # fmt: skip
    return [blocks.table("", ["Gate", "Decision", "By", "On"], rows, (30, 32, 22, 16))]


def _meetings(s: Situation, items: Sequence[Item], look: Look, title: str) -> list[Block]:
    """On slides what will be done; elsewhere what was."""
    found: list[Block] = []
    for item in items:
        assert isinstance(item, Meeting)
        if look.shows == "slides":
            found.append(_agenda(s, item))
        else:
            found += laid_out(neutral.blocks(s, item.key), look, title)
    return found


def _agenda(s: Situation, item: Meeting) -> Block:
    rows = [
        [
            blocks.cell(f"{one.from_minute}–{one.to_minute} min" if one.to_minute else "At the end"),
            blocks.cell(s.plain(one.title)),
        ]
        for one in item.agenda.values()
        if s.applies(one)
    ]  # fmt: skip
    return blocks.table("", ["When", "What"], rows, (20, 80))


def _documents(s: Situation, items: Sequence[Item], look: Look, title: str) -> list[Block]:
    rows = []
    for item in items:
        assert isinstance(item, Document)
        copies = [copy for copy in s.records.issued if copy.key == item.key]
        state = (
            blocks.cell(f"Issued, no. {copies[-1].number}", state="done",
                        note=parts.day(copies[-1].issued_at, s))
            if copies else blocks.cell("Not issued yet", state="open")
        )  # fmt: skip
        rows.append([blocks.cell(s.plain(item.title)), blocks.cell(s.plain(item.used_for)), state])
    return [table("", ["Document", "Used for", "State"], rows, look)]


def _categories(s: Situation, items: Sequence[Item], look: Look, title: str) -> list[Block]:
    chosen = s.profile.get("category")
    phases = s.playbook.phases
    rows = []
    for item in items:
        assert isinstance(item, Category)
        own = item.key.rpartition(".")[2] == chosen
        rows.append([
            blocks.cell(s.plain(item.title), state="done" if own else "",
                        note="This project" if own else ""),
            *(blocks.cell(_range(item.weights.get(phase.slug))) for phase in phases),
            blocks.cell(", ".join(item.examples)),
        ])  # fmt: skip
    heads = ["Category", *(s.plain(phase.title) for phase in phases), "Examples"]
    return [table("", heads, rows, look)]


def _range(weights: tuple[int, int] | None) -> str:
    return f"{weights[0]}–{weights[1]}%" if weights else "–"


def _roles(s: Situation, items: Sequence[Item], look: Look, title: str) -> list[Block]:
    """Who plays them: a line for each person, one that says so where there is nobody."""
    rows: list[list[Cell]] = []
    for item in items:
        slug = item.key.removeprefix("role.")
        people = [(m.user.name, m.user.email) for m in s.records.members if m.role == slug]
        people += [(c.name, c.email) for c in s.records.contacts if c.role == slug]
        head = blocks.cell(s.plain(item.title))
        rows += [[head, blocks.cell(name), blocks.cell(mail)] for name, mail in people] or [
            [head, blocks.absent("Nobody named"), blocks.cell("")]
        ]
    return [blocks.table("", ["Role", "Name", "E-mail"], rows, (27, 28, 45))]


Draws = Callable[[Situation, Sequence[Item], Look, str], list[Block]]
OWN: dict[type[Item], Draws] = {
    Input: _inputs, Register: _registers, Metric: _metrics, Phase: _phases, SubPhase: _subphases,
    Trigger: _triggers, Guide: _guides, Gate: _gates, Meeting: _meetings, Document: _documents,
    Category: _categories, Role: _roles, Matrix: _matrices,
}  # fmt: skip
GROUPED = frozenset(OWN)
