"""Templates: what a form, a register or a matrix asks, with room to write, and nothing said."""

from __future__ import annotations

from collections.abc import Sequence

from deliverables import blocks
from deliverables.blocks import Block, Cell
from deliverables.contexts.layout import WIDE, widths
from phases.mechanisms.matrix.queries import options_of, requirements_of
from phases.mechanisms.records import Records
from phases.mechanisms.register.queries import row_views
from phases.mechanisms.register.values import title_column
from phases.mechanisms.situation import PROFILE, Situation
from playbook.models import Checklist, Column, Form, Guide, Item, Matrix, Question, Register

ROWS = 8
"""Empty rows below what the playbook puts into a register."""
LINES = 5


def situation(s: Situation) -> Situation:
    """*s* as if nothing had been recorded but its profile."""
    said = {key: row for key, row in s.records.inputs.items() if key.startswith(PROFILE)}
    records = Records.of(s.engagement, inputs=said)
    return Situation(s.playbook, records, s.today, s.checks, s.firm, remember={})


def blocks_of(s: Situation, keys: Sequence[str]) -> list[Block]:
    """The items *keys* to be filled in; room to write where none are named."""
    items = [s.playbook.get(key) for key in keys]
    found: list[Block] = []
    for item in items:
        if not s.applies(item):
            why = s.applicability(item).reason
            found.append(blocks.text(f"*{s.plain(item.title)} does not apply: {why}*"))
            continue
        if len(items) > 1:
            found.append(blocks.heading(s.plain(item.title)))
        found += _drawn(s, item)
    return found or [blocks.lines(LINES)]


def _drawn(s: Situation, item: Item) -> list[Block]:
    if isinstance(item, Form):
        return _form(s, item)
    if isinstance(item, Register):
        return [_register(s, item)]
    if isinstance(item, Matrix):
        return [_matrix(s, item)]
    if isinstance(item, Guide | Checklist):
        lines = [(one.title, one.text) for one in item.items.values() if s.applies(one)]
        rows = [
            [blocks.cell(s.plain(title)), blocks.cell(s.text(text), markdown=True), blocks.cell("")]
            for title, text in lines
        ]
        drawn = blocks.table("", ["What", "What is meant", "Yours"], rows, (26, 40, 34))
        return [blocks.tall(drawn)]
    return [blocks.lines(LINES)]


def _form(s: Situation, form: Form) -> list[Block]:
    found: list[Block] = []
    for section in form.sections.values():
        if not s.applies(section):
            continue
        asked = [question for question in section.questions.values() if s.applies(question)]
        plain = [question for question in asked if question.type != "table"]
        found.append(blocks.heading(s.plain(section.title)))
        if plain:
            rows = [[_question(s, one), _choices(one)] for one in plain]
            found.append(blocks.tall(blocks.table("", ["Question", "Answer"], rows, (46, 54))))
        for one in asked:
            if one.type == "table":
                found += [blocks.text(f"**{s.plain(one.title)}** {s.plain(one.hint)}"),
                          _empty("", one.columns, [])]  # fmt: skip
    return found


def _question(s: Situation, question: Question) -> Cell:
    hint = s.plain(question.hint) or s.plain(question.text)
    only = "" if question.when is None else "Only if it applies. "
    return blocks.cell(s.plain(question.title), note=only + hint)


def _choices(question: Question) -> Cell:
    """Boxes to tick, or room to write."""
    if question.type == "yes_no":
        return blocks.cell("☐\u00a0Yes   ☐\u00a0No")
    options = (f"☐\u00a0{option.title}" for option in question.options.values())
    return blocks.cell("   ".join(options))


def _register(s: Situation, register: Register) -> Block:
    titles = [row.title for row in row_views(s, register)]
    more = 0 if register.fixed else ROWS
    return _empty("", register.columns, titles, title_column(register), more)


def _empty(
    caption: str, columns: dict[str, Column], titles: Sequence[str], named: str = "",
    more: int = ROWS,
) -> Block:  # fmt: skip
    """The heads of *columns*, a row for each of *titles*, and empty rows below."""
    first = columns[named].title if named in columns else ""
    rest = [column.title for name, column in columns.items() if name != named][: WIDE.columns - 1]
    heads = [first, *rest] if first else rest
    rows = [[blocks.cell(title if n == 0 else "") for n in range(len(heads))] for title in titles]
    rows += [[blocks.cell("") for _ in heads] for _ in range(more)]
    return blocks.tall(blocks.table(caption, heads, rows, widths(heads, rows)))


def _matrix(s: Situation, matrix: Matrix) -> Block:
    options = list(options_of(s, matrix).values())
    low, high = matrix.scale
    rows = [
        [
            blocks.cell(one.title, note="Must have" if one.must else ""),
            blocks.cell(str(one.weight), number=True), *(blocks.cell("") for _ in options),
        ]
        for one in requirements_of(s, matrix)
    ]  # fmt: skip
    heads = ["Requirement", "Usual weight", *options]
    share = round(62 / max(len(options), 1), 2)
    return blocks.tall(blocks.table(
        f"Score each option from {low} to {high}; leave empty what nobody knows yet",
        heads, rows, (28, 10, *(share for _ in options)),
    ))  # fmt: skip
