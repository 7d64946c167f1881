"""Checks of what speaks for rows: signs, proposals, what is taken over, rows to start from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from playbook.errors import pick
from playbook.models import (
    Column,
    Input,
    Item,
    Proposal,
    Question,
    Register,
    RowsWhere,
    Seed,
    Sign,
    Slot,
    Starter,
)
from playbook.shapes import Draft
from playbook.values import fits_column

NAMED = re.compile(r"\{(\w+)\}")
OF_EVERY_ROW = ("title", "owner")
NUMBERS = ("number", "percent", "money")


def check_proposals(draft: Draft) -> None:
    """Everything that speaks for a row exists, and what it fills can hold it."""
    for item in list(draft.items.values()):
        if isinstance(item, Register):
            _register(draft, item)
        elif isinstance(item, Starter):
            _starter(draft, item)


def _register(draft: Draft, register: Register) -> None:
    if register.beside:
        other = draft.items.get(register.beside)
        if not isinstance(other, Register) or other.diagram != "lanes":
            _wrong(draft, register, "beside", f"names '{register.beside}', which is no map")
    for name in register.ranked_by:
        _one_of(draft, register, "ranked_by", name, _choices(register), "choice column")
    for slug, proposal in register.proposals.items():
        _proposal(draft, register, f"proposals.{slug}", proposal)
    takes = [seed for seed in register.seeds.values() if seed.likely or seed.takes]
    if takes and register.taking is None:
        _wrong(draft, register, "seeds", "holds seeds to take over, but 'taking' says no state")
    if register.taking is not None:
        _one_of(draft, register, "taking.state", register.taking.state, register.states, "state")
        _sets(draft, register, "taking.sets", register.taking.sets, register.columns)
        if register.taking.reasons:
            name, known = register.taking.reasons, register.columns
            _one_of(draft, register, "taking.reasons", name, known, "column")
    for seed in takes:
        _seed(draft, register, seed)


def _seed(draft: Draft, register: Register, seed: Seed) -> None:
    for number, sign in enumerate(seed.likely):
        _sign(draft, seed, f"likely.{number}", sign)
    for name, key in seed.takes.items():
        _one_of(draft, seed, "takes", name, register.columns, f"column of {register.key}")
        if not isinstance(draft.items.get(key), Input):
            _wrong(draft, seed, f"takes.{name}", f"names '{key}', which is no input")


def _proposal(draft: Draft, register: Register, path: str, proposal: Proposal) -> None:
    for number, sign in enumerate(proposal.signs):
        _sign(draft, register, f"{path}.signs.{number}", sign)
    columns: Mapping[str, Column] = {}
    if proposal.rows is not None:
        columns = _rows(draft, register, f"{path}.rows", proposal.rows)
    texts = [proposal.title, proposal.because, *map(str, proposal.sets.values())]
    for name in (name for text in texts for name in NAMED.findall(text)):
        known = [*columns, *OF_EVERY_ROW] if proposal.rows else ["value", "count"]
        _one_of(draft, register, path, name, known, "column of where it comes from")
    _sets(draft, register, f"{path}.sets", proposal.sets, register.columns)
    for name, column in list(register.columns.items())[1:]:
        if column.required and name not in proposal.sets:
            _wrong(draft, register, f"{path}.sets", f"leaves '{name}' empty, which is required")
    links = [slug for slug, column in register.columns.items() if column.type == "rests_on"]
    if proposal.source:
        _one_of(draft, register, f"{path}.source", proposal.source, links, "rests_on column")
    _way_back(draft, register, path, proposal)


def _way_back(draft: Draft, register: Register, path: str, proposal: Proposal) -> None:
    other = draft.items.get(proposal.rows.of) if proposal.rows else None
    known = other if isinstance(other, Register) else None
    if proposal.back:
        into = [name for name, one in known.columns.items() if register.key in one.into] \
            if known else []  # fmt: skip
        _one_of(draft, register, f"{path}.back", proposal.back, into, "column that leads back")
    if proposal.moves:
        states = known.states if known else {}
        _one_of(draft, register, f"{path}.moves", proposal.moves, states, "state of its register")


def _rows(draft: Draft, item: Item, path: str, rows: RowsWhere) -> Mapping[str, Column]:
    """The columns of what *rows* are of."""
    found = draft.items.get(rows.of)
    if not isinstance(found, (Register, Question)) or not found.columns:
        _wrong(draft, item, f"{path}.of", f"names '{rows.of}', which has no rows")
        return {}
    for name, values in rows.where.items():
        if name == "state" and isinstance(found, Register):
            for value in values:
                _one_of(draft, item, f"{path}.where", str(value), found.states, "state")
        elif _one_of(draft, item, f"{path}.where", name, found.columns, f"column of {rows.of}"):
            for value in values:
                if wrong := fits_column(found.columns[name], value):
                    _wrong(draft, item, f"{path}.where.{name}", f"{wrong[0]}: {wrong[1]}")
    known = [*found.columns, "owner", "due"]
    for name in (*rows.filled, *rows.blank):
        _one_of(draft, item, path, name, known, f"column of {rows.of}")
    return found.columns


def _sign(draft: Draft, item: Item, path: str, sign: Sign) -> None:
    if sign.rows is not None:
        _rows(draft, item, f"{path}.rows", sign.rows)
        return
    found = draft.items.get(sign.of or "")
    if not isinstance(found, (Input, Question)):
        _wrong(draft, item, f"{path}.of", f"names '{sign.of}', which is no input or question")
        return
    bounds = sign.above is not None or sign.below is not None
    if bounds and found.type not in NUMBERS:
        _wrong(draft, item, path, f"bounds {found.key}, which is no number")
    flags = found.type in ("flag", "yes_no")
    for value in sign.any_of:
        if isinstance(value, bool) != flags or not (flags or _is_option(draft, found, value)):
            _wrong(draft, item, f"{path}.any_of", f"asks {found.key} for {value!r}, never said")


def _is_option(draft: Draft, found: Input | Question, value: object) -> bool:
    if isinstance(found, Input) and found.options_from:
        return f"{found.options_from}.{value}" in draft.declared
    return value in found.options


def _starter(draft: Draft, starter: Starter) -> None:
    register = draft.items.get(starter.register_)
    if not isinstance(register, Register):
        _wrong(draft, starter, "register", f"names '{starter.register_}', which is no register")
        return
    for slug, slot in starter.slots.items():
        for key in slot.of:
            if not isinstance(draft.items.get(key), Input):
                _wrong(draft, starter, f"slots.{slug}.of", f"names '{key}', which is no input")
    for slug, row in starter.rows.items():
        if row.each:
            _one_of(draft, starter, f"rows.{slug}.each", row.each, starter.slots, "slot")
        for name, value in row.values.items():
            path = f"rows.{slug}.values.{name}"
            if _one_of(draft, starter, path, name, register.columns, f"column of {register.key}"):
                _starting(draft, starter, path, register.columns[name], value)


def _starting(draft: Draft, starter: Starter, path: str, column: Column, value: object) -> None:
    if not isinstance(value, dict):
        if wrong := fits_column(column, value):  # type: ignore[arg-type]
            _wrong(draft, starter, path, f"{wrong[0]}: {wrong[1]}")
        texts = [str(value)]
    elif slot_of(starter.slots, value) is None:
        _wrong(draft, starter, path, "names systems that are not all options of one slot")
        return
    else:
        texts = list(value.values())
    for name in (name for text in texts for name in NAMED.findall(text)):
        _one_of(draft, starter, path, name, starter.slots, "slot")


def slot_of(slots: Mapping[str, Slot], value: Mapping[str, str]) -> str | None:
    """The slot whose options *value* is given by."""
    return next((slug for slug, slot in slots.items() if set(value) <= set(slot.options)), None)


def _sets(
    draft: Draft, item: Item, path: str, given: Mapping[str, object], columns: Mapping[str, Column]
) -> None:
    for name, value in given.items():
        if not _one_of(draft, item, path, name, columns, "column"):
            continue
        if wrong := fits_column(columns[name], value):  # type: ignore[arg-type]
            _wrong(draft, item, f"{path}.{name}", f"{wrong[0]}: {wrong[1]}")


def _choices(register: Register) -> list[str]:
    return [slug for slug, column in register.columns.items() if column.type == "choice"]


def _one_of(
    draft: Draft, item: Item, path: str, name: str, known: Iterable[str], noun: str
) -> bool:
    words = list(known)
    if name in words:
        return True
    what = f"{path} names '{name}', which is no {noun}"
    draft.report(item.key, what, pick(name, words, "Add it"), *path.split("."))
    return False


def _wrong(draft: Draft, item: Item, path: str, what: str) -> None:
    draft.report(item.key, f"{path} {what}", "Mend it", *path.split("."))
