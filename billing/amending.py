"""What is wrong with amendments: outside the term, of nothing, of what is there no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from billing.calendars import add_months, plain
from billing.checking import (
    Found,
    convention_problems,
    last_day,
    length_problems,
    line_problems,
    unknown,
)
from billing.proration import ONE_DAY
from billing.terms import Agreement, Amendment, AnyLine, Recurring

NEEDS = {
    "upgrade": ("line",),
    "downgrade": ("line",),
    "change": ("line",),
    "remove": ("line",),
    "add": ("add",),
    "coterm": ("add",),
    "extend": ("end",),
    "pause": ("until",),
    "cancel": (),
}
CHANGES = ("price", "quantity", "frequency", "every", "anchor", "pricing")
CHANGES_OF = {
    "recurring": frozenset(CHANGES) - {"pricing"},
    "usage": frozenset(("frequency", "every", "anchor", "pricing")),
    "one_off": frozenset(("price",)),
    "milestone": frozenset[str](),
}
"""What an amendment can change of each kind of line."""


def problems_of(contract: Agreement) -> Iterator[Found]:
    """Every problem of the amendments, as field and sentence."""
    lines = {line.key: line for line in contract.lines}
    start, end = plain(contract.start), last_day(contract)
    for place, amendment in enumerate(contract.amendments):
        where = f"amendments[{place}]"
        on = plain(amendment.on)
        if on < start or (end and on > end):
            yield (
                f"{where}.on",
                f"{on} lies outside the term from {start} to {_shown(contract, end)}",
            )
        yield from _amendment(amendment, where, lines, contract)
        if amendment.add:
            lines[amendment.add.key] = amendment.add
    yield from _too_late(contract)
    yield from _ends(contract)


def _shown(contract: Agreement, end: date | None) -> str:
    """The end as people say it: of a term in months, its last day."""
    if end is None:
        return "no end"
    by_months = contract.months and end == add_months(plain(contract.start), contract.months)
    return f"{end - ONE_DAY if by_months else end}"


def _amendment(
    amendment: Amendment, where: str, lines: dict[str, AnyLine], contract: Agreement
) -> Iterator[Found]:
    for name in NEEDS[amendment.kind]:
        if getattr(amendment, name) is None:
            yield f"{where}.{name}", f"'{amendment.kind}' needs it"
    yield from unknown([amendment.line] if amendment.line else [], list(lines), f"{where}.line")
    yield from convention_problems(amendment.conventions, f"{where}.conventions")
    if amendment.kind in {"upgrade", "downgrade", "change"}:
        yield from _change(amendment, where, lines)
    if amendment.add:
        if amendment.add.key in lines:
            yield f"{where}.add.key", f"the contract has a line '{amendment.add.key}' already"
        yield from line_problems(amendment.add, f"{where}.add", contract)
    if amendment.until and amendment.until <= plain(amendment.on):
        yield f"{where}.until", f"service resumes on {amendment.until}, not after {amendment.on}"


def _change(amendment: Amendment, where: str, lines: dict[str, AnyLine]) -> Iterator[Found]:
    given = [name for name in CHANGES if getattr(amendment, name) is not None]
    if not given:
        yield where, "it changes nothing; give a price, quantity, frequency or anchor"
    yield from length_problems(amendment.frequency, amendment.every, where)
    line = lines.get(amendment.line or "")
    if line is None:
        return
    for name in given:
        if name not in CHANGES_OF[line.kind]:
            kind = line.kind.replace("_", "-")
            yield f"{where}.{name}", f"a {kind} line has no {name} to change"
    spread = isinstance(line, Recurring) and line.term_amount is not None
    if spread and amendment.quantity is not None and amendment.price is None:
        yield f"{where}.quantity", "the line has an amount for its term; give a price too"


def _too_late(contract: Agreement) -> Iterator[Found]:
    """Amendments of what was cancelled or removed before."""
    ended: dict[str | None, date] = {}
    places = enumerate(contract.amendments)
    for place, amendment in sorted(places, key=lambda item: plain(item[1].on)):
        on, where = plain(amendment.on), f"amendments[{place}]"
        cancelled, removed = ended.get(None), ended.get(amendment.line)
        if cancelled and on > cancelled:
            yield where, f"on {on} the contract is cancelled already, since {cancelled}"
        elif amendment.line and removed and on > removed:
            yield where, f"on {on} the line '{amendment.line}' is removed already, since {removed}"
        if amendment.kind in {"cancel", "remove"}:
            ended.setdefault(amendment.line if amendment.kind == "remove" else None, on)


def _ends(contract: Agreement) -> Iterator[Found]:
    """Extensions that shorten, and changes of a contract that had ended when they were made."""
    ends, most = last_day(contract.model_copy(update={"amendments": ()})), last_day(contract)
    if ends is None or most is None:
        return
    if contract.months:
        ends -= ONE_DAY
    places = enumerate(contract.amendments)
    for place, amendment in sorted(places, key=lambda item: plain(item[1].on)):
        on, where = plain(amendment.on), f"amendments[{place}]"
        if amendment.end and amendment.kind == "extend":
            if amendment.end <= ends:
                yield f"{where}.end", f"{amendment.end} is not after the contract's end {ends}"
            ends = max(ends, amendment.end)
        elif amendment.add and amendment.add.end:
            ends = max(ends, plain(amendment.add.end))
        elif most >= on > ends + ONE_DAY:
            yield f"{where}.on", f"on {on} the contract had ended, on {ends}; extend it before"
