"""Versions of contracts handed over to billing: rows of the register of contract payloads.

A row is filled from the terms as they were frozen and keeps the version's key as its seed, so that
no version is handed over twice. What terms do not say (when it was accepted, who approved it) is
asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, cast, exists, func, select
from sqlalchemy.orm import Session

from billing.calendars import plain
from billing.contracts import Contract
from billing.conventions import Conventions
from billing.errors import TermsError
from billing.terms import Periodic, Usage
from phases.core.errors import BadValue
from phases.core.models import Engagement
from phases.engineering.contracts import words
from phases.engineering.contracts.models import ContractRecord, ContractVersion
from phases.engineering.contracts.queries import conventions_in
from phases.engineering.contracts.terms import contract_under
from phases.mechanisms.register.models import Row
from phases.mechanisms.register.queries import register_of
from phases.mechanisms.register.rules import new_entry
from phases.mechanisms.register.services import insert, next_position
from phases.mechanisms.register.values import LONGEST
from phases.mechanisms.situation import Situation
from playbook.models import Register

REGISTER = "C7.register.payloads"
FROM = "from:contract:"
PAGE = 50
COUNTED = 1000
"""How many waiting versions are counted before it is only said that there are more."""

Pair = tuple[ContractRecord, ContractVersion]


@dataclass(frozen=True)
class Waiting:
    """Versions that are not handed over: the first of them, and how many there are (at most one
    more than ``COUNTED``)."""

    shown: tuple[Pair, ...]
    total: int

    @property
    def count(self) -> str:
        return f"more than {COUNTED:,}" if self.total > COUNTED else f"{self.total:,}"


def key_of(contract_id: int, number: int) -> str:
    """What a payload made from version *number* of a contract is known by."""
    return f"{FROM}{contract_id}:{number}"


def applies(s: Situation) -> bool:
    """Whether this engagement keeps contract payloads."""
    register = s.playbook.items.get(REGISTER)
    return isinstance(register, Register) and s.applies(register)


def waiting(session: Session, engagement: Engagement, number: str = "") -> Waiting:
    """The versions that are not handed over yet; with *number* those of one contract."""
    where = [*_waiting(engagement)]
    if number:
        where.append(ContractRecord.number == number)
    query = select(ContractRecord, ContractVersion).join(
        ContractVersion, ContractVersion.contract_id == ContractRecord.id
    ).where(*where)  # fmt: skip
    order = (ContractRecord.number, ContractVersion.number)
    shown = session.execute(query.order_by(*order).limit(PAGE)).tuples().all()
    if len(shown) < PAGE:
        return Waiting(tuple(shown), len(shown))
    return Waiting(tuple(shown), count(session, engagement, number))


def count(session: Session, engagement: Engagement, number: str = "") -> int:
    """How many versions are not handed over, as far as they are counted."""
    query = select(ContractVersion.id).join(
        ContractRecord, ContractVersion.contract_id == ContractRecord.id
    ).where(*_waiting(engagement))  # fmt: skip
    if number:
        query = query.where(ContractRecord.number == number)
    few = query.limit(COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(few)) or 0


def _waiting(engagement: Engagement) -> Iterator[ColumnElement[bool]]:
    key = FROM + cast(ContractVersion.contract_id, String) + ":" + cast(
        ContractVersion.number, String
    )  # fmt: skip
    yield ContractVersion.engagement_id == engagement.id
    yield ContractRecord.removed_at.is_(None)
    yield ~exists().where(
        Row.engagement_id == engagement.id, Row.register == REGISTER, Row.seed == key
    )


def hand_over(
    session: Session, s: Situation, actor: str, ids: Collection[int], *, accepted_on: str,
    approved_by: str, quote: str = "",
) -> int:  # fmt: skip
    """Add the versions with these ids to the payloads, in order. How many there were.

    Raises:
        BadValue: none is chosen, or what is asked for is missing or wrong.
    """
    register, chosen = register_of(s, REGISTER), list(_chosen(session, s.engagement, ids))
    said = {"accepted_on": accepted_on, "approved_by": approved_by, "quote": quote}
    if not chosen:
        raise BadValue("versions", "Choose at least one version.")
    for name in ("accepted_on", "approved_by"):
        if not said[name].strip():
            raise BadValue(name, f"Say it: {register.columns[name].title.lower()}.")
    position, conventions = (
        next_position(session, s, register),
        conventions_in(session, s.engagement),
    )
    versions = _versions(session, [record.id for record, _ in chosen])
    for place, (record, version) in enumerate(chosen):
        before = versions.get((record.id, version.number - 1))
        values = _values(s, register, conventions, record, version, before)
        entry = new_entry(s, register, title=record.number, values={**values, **said})
        key = key_of(record.id, version.number)
        s.records.keep(insert(session, s, actor, register, position + place, entry, key))
    return len(chosen)


def _chosen(session: Session, engagement: Engagement, ids: Collection[int]) -> Iterable[Pair]:
    query = select(ContractRecord, ContractVersion).join(
        ContractVersion, ContractVersion.contract_id == ContractRecord.id
    )  # fmt: skip
    where = (*_waiting(engagement), ContractVersion.id.in_(ids))
    order = (ContractRecord.number, ContractVersion.number)
    return session.execute(query.where(*where).order_by(*order)).tuples()


def _values(
    s: Situation, register: Register, conventions: Conventions, record: ContractRecord,
    version: ContractVersion, before: ContractVersion | None,
) -> dict[str, Any]:  # fmt: skip
    contract = _contract(record, version, conventions)
    earlier = _contract(record, before, conventions) if before else None
    found: dict[str, Any] = {
        **values_of(contract, earlier), "version": str(version.number), "terms": version.sha256,
        "reason": version.why,
    }  # fmt: skip
    link = key_of(record.id, before.number) if before else ""
    if link and any(row.seed == link for row in s.records.rows.get(REGISTER, ())):
        found["replaces"] = [f"{REGISTER}/{link}"]
    return {name: cut(register, name, value) for name, value in found.items()
            if name in register.columns and value}  # fmt: skip


def _contract(
    record: ContractRecord, version: ContractVersion, conventions: Conventions
) -> Contract:
    try:
        return contract_under(version.terms, conventions)
    except TermsError as error:
        what = error.problems[0].what
        named = f"{record.number}, version {version.number}"
        raise BadValue("versions", f"{named}: {what}.") from None


def _versions(
    session: Session, contracts: Collection[int]
) -> dict[tuple[int, int], ContractVersion]:
    query = select(ContractVersion).where(ContractVersion.contract_id.in_(contracts))
    return {(one.contract_id, one.number): one for one in session.scalars(query)}


def cut(register: Register, name: str, value: Any) -> Any:
    """*value* as long as its column may be."""
    longest = LONGEST.get(register.columns[name].type)
    if longest is None or not isinstance(value, str) or len(value) <= longest:
        return value
    return f"{value[: longest - 1]}…"


# --- what the terms say --------------------------------------------------------------------------


def values_of(contract: Contract, before: Contract | None = None) -> dict[str, str]:
    """What the columns hold of a contract's terms; *before* is the version that these replace."""
    usage = [line for line in contract.lines if isinstance(line, Usage)]
    return {
        "contract": contract.number,
        "effective_on": effective_on(contract, before).isoformat(),
        "recipients": contract.customer,
        "term": words.term(contract),
        "price_lines": "\n".join((*_lines(contract), *_changes(contract))),
        "billing_period": "; ".join(dict.fromkeys(_periods(contract))),
        "trial": "; ".join(dict.fromkeys(_trials(contract))),
        "usage_terms": "\n".join(f"{line.key}: {' '.join(words.said_of(line))}" for line in usage),
        "payment_terms": "; ".join(words.payment(one) for one in contract.payment_terms),
        "currency": contract.currency.upper(),
        "tax_conditions": "; ".join(words.tax(one) for one in contract.taxes),
    }


def effective_on(contract: Contract, before: Contract | None) -> date:
    """From when the terms hold: an amendment's day, or the start where there is no new one."""
    known = before.amendments if before else contract.amendments
    new = [plain(one.on) for one in contract.amendments if one not in known]
    return min(new, default=plain(contract.start))


def _lines(contract: Contract) -> Iterator[str]:
    for line in contract.lines:
        if not isinstance(line, Usage):
            yield f"{line.description or line.key}: {' '.join(words.said_of(line))}"
    for one in contract.discounts:
        yield f"Discount: {words.discount(one)}."
    yield from (words.commitment(one) for one in contract.commitments)


def _changes(contract: Contract) -> Iterator[str]:
    for one in contract.amendments:
        yield f"{words.day(one.on)}: {words.amendment(one)}"


def _periods(contract: Contract) -> Iterator[str]:
    for line in contract.lines:
        if isinstance(line, Periodic):
            when = "in advance" if line.timing == "advance" else "in arrears"
            begins = words.anchored(line).removeprefix("Periods begin ").rstrip(".")
            yield f"{words.often(line.frequency, line.every)} {when}, {begins}"
        else:
            yield "once"


def _trials(contract: Contract) -> Iterator[str]:
    for line in contract.lines:
        if isinstance(line, Periodic):
            yield from words.free_of(line)
