"""Contracts read: one, a page of them, all of them in turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from billing.contracts import Contract
from billing.conventions import Conventions
from billing.errors import TermsError
from phases.core.errors import Missing
from phases.core.models import Engagement
from phases.engineering.contracts.models import ContractRecord, ContractVersion, ConventionRecord
from phases.engineering.contracts.terms import (
    contract_under,
    conventions_of,
    invoices_of,
    total_of,
)

PAGE = 50
SORTS = {
    "number": ContractRecord.number,
    "customer": ContractRecord.customer,
    "ends": ContractRecord.ends_on,
}
FLAGGED = "flagged"
REMOVED = "removed"
BATCH = 500


def conventions_in(session: Session, engagement: Engagement) -> Conventions:
    """The conventions of *engagement*: the defaults, with its own choices on top."""
    record = session.get(ConventionRecord, engagement.id)
    return conventions_of(record.choices if record else {})


def find_contract(session: Session, engagement: Engagement, contract_id: int) -> ContractRecord:
    """The contract *contract_id* of *engagement*, also a removed one.

    Raises:
        Missing: there is none.
    """
    record = session.get(ContractRecord, contract_id)
    if record is None or record.engagement_id != engagement.id:
        raise Missing
    return record


def find_by_number(session: Session, engagement: Engagement, number: str) -> ContractRecord | None:
    """The contract called *number*, unless it was removed."""
    return session.scalar(
        select(ContractRecord).where(
            ContractRecord.engagement_id == engagement.id,
            ContractRecord.number == number,
            ContractRecord.removed_at.is_(None),
        )
    )


def newest_version(session: Session, record: ContractRecord) -> ContractVersion:
    """The version of its terms that a contract is billed by."""
    return version_no(session, record, record.version)


def version_no(session: Session, record: ContractRecord, number: int) -> ContractVersion:
    """Version *number* of a contract's terms.

    Raises:
        Missing: there is none.
    """
    found = session.scalar(
        select(ContractVersion).where(
            ContractVersion.contract_id == record.id, ContractVersion.number == number
        )
    )
    if found is None:
        raise Missing
    return found


def versions_of(session: Session, record: ContractRecord) -> list[ContractVersion]:
    """Every version of a contract's terms, the newest first."""
    query = select(ContractVersion).where(ContractVersion.contract_id == record.id)
    return list(session.scalars(query.order_by(ContractVersion.number.desc())))


def each_contract(
    session: Session, engagement: Engagement
) -> Iterator[tuple[ContractRecord, ContractVersion]]:
    """Every contract that is there with the terms it is billed by, in order of their numbers.

    They are read in portions, so that memory does not grow with their count.
    """
    after = ""
    while rows := session.execute(_newest(engagement, after).limit(BATCH)).all():
        yield from ((row[0], row[1]) for row in rows)
        after = rows[-1][0].number


def _newest(engagement: Engagement, after: str) -> Select[Any]:
    return (
        select(ContractRecord, ContractVersion)
        .join(
            ContractVersion,
            (ContractVersion.contract_id == ContractRecord.id)
            & (ContractVersion.number == ContractRecord.version),
        )
        .where(
            ContractRecord.engagement_id == engagement.id,
            ContractRecord.removed_at.is_(None),
            ContractRecord.number > after,
        )
        .order_by(ContractRecord.number)
    )


def count_contracts(session: Session, engagement: Engagement) -> int:
    """How many contracts are there."""
    query = select(func.count()).select_from(ContractRecord)
    return session.scalar(query.where(*_there(engagement))) or 0


def standings(session: Session, engagement: Engagement) -> dict[str, int]:
    """How many contracts stand ASSUMED and how many CONFIRMED."""
    query = select(ContractRecord.standing, func.count()).where(*_there(engagement))
    return dict(session.execute(query.group_by(ContractRecord.standing)).tuples().all())


def _there(engagement: Engagement) -> tuple[Any, ...]:
    return (
        ContractRecord.engagement_id == engagement.id,
        ContractRecord.removed_at.is_(None),
    )


# --- a page of the list ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What the address of the list asks for."""

    words: str = ""
    standing: str = ""
    currency: str = ""
    show: str = ""
    sort: str = ""
    page: int = 1

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Asked:
        """What *args* ask for; what they do not know is left out."""
        page = args.get("page", "")
        sort = args.get("sort", "")
        standing = args.get("standing", "")
        show = args.get("show", "")
        return cls(
            args.get("q", "").strip()[:100],
            standing if standing in ("ASSUMED", "CONFIRMED") else "",
            args.get("currency", "")[:3].upper(),
            show if show in (FLAGGED, REMOVED) else "",
            sort if sort.removeprefix("-") in SORTS else "",
            int(page) if page.isdecimal() and 0 < len(page) < 7 else 1,
        )

    @property
    def any(self) -> bool:
        """Whether contracts are left out."""
        return bool(self.words or self.standing or self.currency or self.show)

    def args(self, **changed: Any) -> dict[str, Any]:
        """As the address has it, with *changed*; without a page it begins at the first."""
        found: dict[str, Any] = {
            "q": self.words, "standing": self.standing, "currency": self.currency,
            "show": self.show, "sort": self.sort,
        }  # fmt: skip
        return {name: value for name, value in (found | changed).items() if value}


@dataclass(frozen=True)
class ContractLine:
    """A contract in the list. ``value`` is what its expected invoices come to; none where it has
    no end, or ``problem`` says why it cannot be billed."""

    id: int
    number: str
    customer: str
    currency: str
    starts_on: date
    ends_on: date | None
    lines: int
    invoices: int
    value: Decimal | None
    flags: int
    standing: str
    version: int
    problem: str = ""


@dataclass(frozen=True)
class Counts:
    """How many contracts there are, by what they can be filtered by."""

    total: int
    removed: int
    flagged: int
    standing: Mapping[str, int]
    currency: Mapping[str, int]


@dataclass(frozen=True)
class Listing:
    """A page of contracts out of how many."""

    lines: tuple[ContractLine, ...]
    found: int
    counts: Counts
    number: int
    pages: int

    @property
    def first(self) -> int:
        return (self.number - 1) * PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1


def listing(
    session: Session, engagement: Engagement, asked: Asked, conventions: Conventions
) -> Listing:
    """The contracts that *asked* leaves, fifty at a time; only those shown are computed."""
    counts = _counts(session, engagement)
    where = _where(engagement, asked)
    found = _found(session, where, asked, counts)
    pages = max(1, -(-found // PAGE))
    number = min(max(asked.page, 1), pages)
    ids = _ids(session, where, asked.sort, number, found)
    return Listing(tuple(_lines(session, ids, conventions)), found, counts, number, pages)


def _ids(
    session: Session, where: list[Any], sort: str, number: int, found: int
) -> list[int]:  # fmt: skip
    """The contracts of a page, counted from the nearer end."""
    skipped = (number - 1) * PAGE
    size = min(PAGE, found - skipped)
    after = found - skipped - size
    backwards = after < skipped
    page = select(ContractRecord.id).where(*where).order_by(*_order(sort, backwards=backwards))
    ids = list(session.scalars(page.limit(size).offset(after if backwards else skipped)))
    return ids[::-1] if backwards else ids


def _counts(session: Session, engagement: Engagement) -> Counts:
    """One pass over an index that holds all that is counted."""
    keys = (ContractRecord.removed_at, ContractRecord.standing, ContractRecord.currency,
            ContractRecord.flags)  # fmt: skip
    query = select(*keys, func.count()).where(ContractRecord.engagement_id == engagement.id)
    grouped = query.group_by(ContractRecord.engagement_id, *keys)  # as the index has them
    rows = [(gone is not None, *rest) for gone, *rest in session.execute(grouped)]
    standing: dict[str, int] = {}
    currency: dict[str, int] = {}
    for is_gone, its_standing, its_currency, _, count in rows:
        if not is_gone:
            standing[its_standing] = standing.get(its_standing, 0) + count
            currency[its_currency] = currency.get(its_currency, 0) + count
    return Counts(
        sum(standing.values()), sum(row[4] for row in rows if row[0]),
        sum(row[4] for row in rows if row[3] and not row[0]), standing,
        dict(sorted(currency.items())),
    )  # fmt: skip


def _where(engagement: Engagement, asked: Asked) -> list[Any]:
    gone = ContractRecord.removed_at
    found = [
        ContractRecord.engagement_id == engagement.id,
        gone.is_not(None) if asked.show == REMOVED else gone.is_(None),
    ]
    if asked.standing:
        found.append(ContractRecord.standing == asked.standing)
    if asked.currency:
        found.append(ContractRecord.currency == asked.currency)
    if asked.show == FLAGGED:
        found.append(ContractRecord.flags > 0)
    named = (ContractRecord.number, ContractRecord.customer)
    found += [
        or_(*(column.icontains(word, autoescape=True) for column in named))
        for word in asked.words.split()
    ]
    return found


def _found(session: Session, where: list[Any], asked: Asked, counts: Counts) -> int:
    if not asked.any:
        return counts.total
    return session.scalar(select(func.count()).select_from(ContractRecord).where(*where)) or 0


def _order(sort: str, *, backwards: bool = False) -> tuple[Any, ...]:
    """By a column, then by id the same way; an open end comes before or after every other as the
    database has it."""
    column = SORTS[sort.removeprefix("-") or "number"]
    if sort.startswith("-") != backwards:
        return column.desc(), ContractRecord.id.desc()
    return column.asc(), ContractRecord.id.asc()


def _lines(session: Session, ids: list[int], conventions: Conventions) -> Iterator[ContractLine]:
    query = (
        select(ContractRecord, ContractVersion.terms)
        .join(
            ContractVersion,
            (ContractVersion.contract_id == ContractRecord.id)
            & (ContractVersion.number == ContractRecord.version),
        )
        .where(ContractRecord.id.in_(ids))
    )
    rows = {record.id: (record, terms) for record, terms in session.execute(query)}
    for number in ids:
        yield _line(*rows[number], conventions)


def _line(record: ContractRecord, terms: Any, conventions: Conventions) -> ContractLine:
    value, count, problem = _value(terms, conventions)
    return ContractLine(
        record.id, record.number, record.customer, record.currency, record.starts_on,
        record.ends_on, len(terms.get("lines", ())), count,
        value if record.ends_on else None, record.flags, record.standing, record.version, problem,
    )  # fmt: skip


def _value(terms: Any, conventions: Conventions) -> tuple[Decimal | None, int, str]:
    try:
        contract: Contract = contract_under(terms, conventions)
        invoices = invoices_of(contract, conventions)
    except TermsError as error:
        return None, 0, str(error.problems[0].what)
    return total_of(invoices), len(invoices), ""
