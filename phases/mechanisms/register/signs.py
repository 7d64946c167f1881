"""What speaks for a row: answers and facts that say something, rows elsewhere that hold something.

Nothing here is stored; whatever is missing speaks for nothing, except where a sign asks for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

from phases.mechanisms.form.queries import answers_of, asked, is_sent
from phases.mechanisms.form.values import shown as answer_shown
from phases.mechanisms.register.models import Row
from phases.mechanisms.register.queries import first_state, of_row, of_seed
from phases.mechanisms.register.values import shown
from phases.mechanisms.situation import Situation
from playbook.models import Form, Input, Question, Register, RowsWhere, Seed, Sign

NOTHING: tuple[Any, ...] = (None, "", [])
NAMED = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Found:
    """A row, or a line of a table, that speaks for something.

    ``key`` tells it from others of its kind; ``ref`` links to it, and is empty for a line.
    """

    key: str
    ref: str
    title: str
    href: str
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Reason:
    """A sign that holds, in words; ``ref`` is the input behind it, if one is."""

    words: str
    ref: str
    href: str


def reasons(s: Situation, signs: Iterable[Sign]) -> list[Reason]:
    """The signs that hold, in the content's order."""
    return [found for sign in signs if (found := _reason(s, sign)) is not None]


def filled(text: str, cells: Mapping[str, str]) -> str:
    """*text* with the columns it names in braces; what is empty there is said to be."""
    return NAMED.sub(lambda named: cells.get(named[1]) or "(not said)", text)


def _reason(s: Situation, sign: Sign) -> Reason | None:
    if sign.rows is not None:
        rows = list(rows_where(s, sign.rows))
        if len(rows) < sign.least:
            return None
        words = filled(s.plain(sign.because), {"count": str(len(rows))})
        return Reason(words, "", rows[0].href.partition("?")[0])
    item = s.playbook.items.get(sign.of or "")
    if isinstance(item, Input):
        return _of_input(s, sign, item)
    return _of_question(s, sign, item) if isinstance(item, Question) else None


def _of_input(s: Situation, sign: Sign, item: Input) -> Reason | None:
    if not s.applies(item) or not _says(sign, s.value(item.key)):
        return None
    words = filled(s.plain(sign.because), {"value": s.shown(item.key)})
    return Reason(words, f"inputs/{item.key}", _place(s, f"inputs#{_anchor(item.key)}"))


def _of_question(s: Situation, sign: Sign, question: Question) -> Reason | None:
    form = form_with(s, question)
    if form is None or question not in asked(s, form):
        return None
    value = answers_of(s, form).get(question.key)
    if not _says(sign, value) or (sign.blank and not is_sent(s, form)):
        return None
    words = filled(s.plain(sign.because), {"value": answer_shown(question, value)})
    ref = f"inputs/{question.feeds}" if question.feeds else ""
    return Reason(words, ref, _place(s, f"form/{form.key}#question-{_anchor(question.key)}"))


def form_with(s: Situation, question: Question) -> Form | None:
    """The form that asks *question* here."""
    found = s.playbook.container_of(question.key)
    return found if isinstance(found, Form) and s.applies(found) else None


def _says(sign: Sign, value: Any) -> bool:
    if sign.blank:
        return value in NOTHING
    if value in NOTHING:
        return False
    if sign.any_of:
        said = value if isinstance(value, list) else [value]
        return any(one in sign.any_of for one in said)
    number = _number(value)
    if number is None:
        return False
    above = sign.above is None or number > sign.above
    return above and (sign.below is None or number < sign.below)


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value).rpartition(" ")[2])
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


# --- rows ----------------------------------------------------------------------------------------


def rows_where(s: Situation, where: RowsWhere) -> Iterator[Found]:
    """The live rows, or lines of a table, that hold what *where* asks for."""
    item = s.playbook.items.get(where.of)
    if isinstance(item, Register) and s.applies(item):
        yield from _rows(s, item, where)
    elif isinstance(item, Question):
        yield from _lines(s, item, where)


def _rows(s: Situation, register: Register, where: RowsWhere) -> Iterator[Found]:
    stored = s.records.rows.get(register.key, [])
    touched = {row.seed for row in stored if row.seed} | s.records.removed_seeds
    for seed in register.seeds.values():
        if seed.key not in touched and s.applies(seed) and _seed_holds(register, seed, where):
            view = of_seed(s, register, seed)
            yield _found(s, register, seed.key, view.ref, view.title, view.shown)
    for row in stored:
        known = register.seeds.get(row.seed or "")
        if _row_holds(register, row, where) and (known is None or s.applies(known)):
            view = of_row(s, register, row)
            yield _found(s, register, row.seed or view.ref, view.ref, view.title, view.shown)


def _found(
    s: Situation, register: Register, key: str, ref: str, title: str, cells: Mapping[str, str]
) -> Found:
    at = ref.replace(".", "-")
    href = _place(s, f"register/{register.key}?edit={ref}#row-{at}")
    return Found(key, f"{register.key}/{key}", title, href, {**cells, "title": title})


def _seed_holds(register: Register, seed: Seed, where: RowsWhere) -> bool:
    state = first_state(register)
    live = register.states[state].kind != "dropped"
    return live and _holds(where, seed.values | {"state": state})


def _row_holds(register: Register, row: Row, where: RowsWhere) -> bool:
    state = register.states.get(row.state)
    common = {"state": row.state, "owner": row.owner, "due": row.due}
    live = state is None or state.kind != "dropped"
    return live and _holds(where, {**(row.values or {}), **common})


def _holds(where: RowsWhere, values: Mapping[str, Any]) -> bool:
    return (
        all(values.get(name) in among for name, among in where.where.items())
        and all(values.get(name) not in NOTHING for name in where.filled)
        and all(values.get(name) in NOTHING for name in where.blank)
    )


def _lines(s: Situation, question: Question, where: RowsWhere) -> Iterator[Found]:
    form = form_with(s, question)
    if form is None or question not in asked(s, form):
        return
    lines = answers_of(s, form).get(question.key)
    href = _place(s, f"form/{form.key}#question-{_anchor(question.key)}")
    for line in lines if isinstance(lines, list) else []:
        if isinstance(line, dict) and _holds(where, line):
            cells = {name: shown(one, line.get(name)) for name, one in question.columns.items()}
            key = sha256(repr(sorted(cells.items())).encode()).hexdigest()[:12]
            yield Found(key, "", next(iter(cells.values()), ""), href, cells)


def _place(s: Situation, path: str) -> str:
    return f"/e/{s.engagement.slug}/{path}"


def _anchor(key: str) -> str:
    return key.replace(".", "-")
