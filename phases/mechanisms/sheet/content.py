"""What exactly a statement puts before its signers: its words, and the records it binds, as text.

A statement's content is a mapping of plain text, the same for the same records: ``statement``,
``title``, ``wording`` and ``parts``, each part a small table (``title``, ``head``, ``rows``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from typing import Any

from phases.mechanisms.matrix.queries import (
    decision_of,
    options_of,
    remarks_of,
    requirements_of,
    scores_of,
)
from phases.mechanisms.register.queries import RowView, live_rows, told
from phases.mechanisms.situation import Situation, once_each
from playbook.models import Column, Input, Item, Matrix, Register, Sheet, Statement

Part = dict[str, Any]
Content = dict[str, Any]
Change = tuple[str, str]


def wording_of(s: Situation, statement: Statement) -> str:
    """The statement's words here: this engagement's, else the playbook's with its gaps filled."""
    own = s.records.wordings.get(statement.key)
    return own.text if own is not None else usual_wording(s, statement)


def usual_wording(s: Situation, statement: Statement) -> str:
    """The playbook's words, with the customer's facts in place."""
    return s.plain(statement.text)


def statement_content(s: Situation, statement: Statement) -> Content:
    """What *statement* puts before its signers."""
    parts = [part for key in statement.binds for part in bound(s, s.playbook.get(key))]
    title = s.plain(statement.title)
    return _content(statement.key, title, wording_of(s, statement), parts)


def row_key(sheet: Sheet, row: RowView) -> str:
    """The key of the statement that a row of the sheet's register makes."""
    return f"{sheet.key}#{row.seed or 'row' + row.ref.removeprefix('r')}"


def row_content(s: Situation, sheet: Sheet, row: RowView) -> Content:
    """What the row puts before its signers: every value it holds, and not its state or owner."""
    register = s.playbook.get(sheet.rows_of, Register)
    columns = _signed(register).items()
    rows = [[column.title, row.shown[name]] for name, column in columns]
    filled = [line for line in rows if line[1]]
    return _content(row_key(sheet, row), row.title, "", [_part("", [], filled)])


def _content(key: str, title: str, wording: str, parts: list[Part]) -> Content:
    return {"statement": key, "title": title, "wording": wording, "parts": parts}


def _part(title: str, head: list[str], rows: list[list[str]]) -> Part:
    return {"title": title, "head": head, "rows": rows}


@once_each
def bound(s: Situation, item: Item) -> list[Part]:
    """The records behind *item* as small tables; only its title where it has none."""
    draw = BOUND.get(type(item))
    return draw(s, item) if draw else [_part(s.plain(item.title), [], [])]


def _register(s: Situation, register: Register) -> list[Part]:
    columns, live = _signed(register), live_rows(s, register)
    said = told(s, register, live)
    rows = [cells for _, *cells in zip(live, *(said[name] for name in columns), strict=True)]
    head = [column.title for column in columns.values()]
    return [_part(s.plain(register.title), head, rows)]


def _signed(register: Register) -> dict[str, Column]:
    """The columns a signature rests on."""
    return {name: column for name, column in register.columns.items() if not column.follows_up}


def _matrix(s: Situation, matrix: Matrix) -> list[Part]:
    options, scores = options_of(s, matrix), scores_of(s, matrix)
    rows = [
        [r.title, str(r.weight), *(str(scores.get((r.key, option), "")) for option in options)]
        for r in requirements_of(s, matrix)
    ]
    decision = decision_of(s, matrix)
    decided = [["Decision", decision.titles], ["Reason", decision.reason]] if decision else []
    decided += remarks_of(s, matrix)
    title = s.plain(matrix.title)
    head = ["Requirement", "Weight", *options.values()]
    return [_part(f"{title}: decision", [], decided), _part(title, head, rows)]


def _input(s: Situation, item: Input) -> list[Part]:
    return [
        _part(
            "",
            [],
            [[s.plain(item.title), s.shown(item.key) if s.value(item.key) is not None else ""]],
        )
    ]


BOUND: dict[type[Item], Callable[[Situation, Any], list[Part]]] = {
    Register: _register,
    Matrix: _matrix,
    Input: _input,
}
"""From a kind of item that a statement may bind to what it shows of its records."""


def readable(content: Content) -> str:
    """A content as text to read, line by line."""
    return "\n".join(line for line in _lines(content) if line)


def _lines(content: Content) -> Iterator[str]:
    yield content["title"]
    yield content["wording"]
    for part in content["parts"]:
        yield part["title"]
        yield "; ".join(part["head"])
        between = "; " if part["head"] else ": "
        yield from (between.join(cell or "–" for cell in row) for row in part["rows"])


def changes(signed: str, current: Content) -> list[Change]:
    """The words that changed between a signed content (canonical JSON) and the current one.

    Each is a pair of ``same``, ``del`` or ``ins`` and the text.
    """
    return words_changed(readable(json.loads(signed)), readable(current))


def words_changed(before: str, after: str) -> list[Change]:
    """The difference of two texts in whole words, long stretches that stayed cut short."""
    old, new = _words(before), _words(after)
    found: list[Change] = []
    for op, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            found.append(("same", _cut("".join(old[i1:i2]), first=not i1, last=i2 == len(old))))
            continue
        found += [("del", "".join(old[i1:i2]))] if i2 > i1 else []
        found += [("ins", "".join(new[j1:j2]))] if j2 > j1 else []
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"\w+|\s+|[^\w\s]", text)


AROUND = 120


def _cut(text: str, *, first: bool, last: bool) -> str:
    """A stretch that stayed: what lies far from any change is left out."""
    if len(text) <= 2 * AROUND:
        return text
    head = "" if first else text[:AROUND]
    tail = "" if last else text[-AROUND:]
    return f"{head} … {tail}"
