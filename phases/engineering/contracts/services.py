"""Adding contracts, changing their terms by a new version, and the conventions they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.calendars import add_months, plain
from billing.contracts import Contract
from billing.conventions import DEFAULT, Conventions
from billing.errors import Problem
from phases.core import audit
from phases.core.clock import now
from phases.core.errors import BadValue, Refusal, check_version
from phases.core.models import ASSUMED, CONFIRMED, Engagement
from phases.engineering.contracts.events import (
    ContractAdded,
    ContractAssumed,
    ContractChanged,
    ContractConfirmed,
    ContractRemoved,
    ContractRestored,
    ConventionsChanged,
)
from phases.engineering.contracts.models import ContractRecord, ContractVersion, ConventionRecord
from phases.engineering.contracts.queries import conventions_in, newest_version
from phases.engineering.contracts.terms import (
    Checked,
    TermsRefused,
    checked,
    conventions_of,
    written_json,
)

LONGEST_WHY = 500


def subject(record: ContractRecord) -> str:
    """How the audit trail names a contract."""
    return f"contract/{record.id}"


def add_contract(
    session: Session, engagement: Engagement, actor: str, terms: Any, why: str = ""
) -> ContractRecord:
    """Add a contract; its terms are version 1 and it stands ASSUMED.

    Raises:
        TermsRefused: the terms cannot be billed, or another contract has the number.
    """
    _reason(why)
    found = checked(terms, conventions_in(session, engagement))
    refuse_twice(session, engagement, found.contract.number)
    record = ContractRecord(engagement_id=engagement.id, version=1, changed_by=actor)
    describe(record, found)
    session.add(record)
    session.flush()
    session.add(version_of(record, found, actor, why))
    session.flush()
    audit.record(session, engagement, actor, ContractAdded(subject(record), found.sha256))
    return record


def describe(record: ContractRecord, found: Checked) -> None:
    """Have *record* found and counted by what the terms say."""
    for name, value in described(found).items():
        setattr(record, name, value)
    record.standing, record.standing_by, record.standing_at = ASSUMED, "", None


def described(found: Checked) -> dict[str, Any]:
    """By what a contract is found and counted, as columns of its record."""
    contract = found.contract
    return {
        "number": contract.number, "customer": contract.customer,
        "currency": contract.currency.upper(), "starts_on": plain(contract.start),
        "ends_on": _end(contract), "flags": len(found.notices),
    }  # fmt: skip


def _end(contract: Contract) -> date | None:
    """The last day as the terms write it; a term in months by the day before it is over."""
    if contract.end:
        return plain(contract.end)
    if contract.months:
        return add_months(plain(contract.start), contract.months) - timedelta(days=1)
    return None


def version_of(record: ContractRecord, found: Checked, actor: str, why: str) -> ContractVersion:
    """The version that freezes the terms as they were *found*."""
    return ContractVersion(
        engagement_id=record.engagement_id, contract_id=record.id, number=record.version,
        terms=found.terms, sha256=found.sha256, why=why.strip(), by=actor,
    )  # fmt: skip


def refuse_twice(
    session: Session, engagement: Engagement, number: str, but: int | None = None
) -> None:
    """Refuse a *number* that another contract has; a removed one can be put back instead.

    Raises:
        TermsRefused: on the field ``number``.
    """
    other = session.scalar(
        select(ContractRecord).where(
            ContractRecord.engagement_id == engagement.id, ContractRecord.number == number
        )
    )
    if other is None or other.id == but:
        return
    what = f"another contract has the number {number}"
    if other.customer:
        what += f" ({other.customer})"
    remedy = "Put that one back, or give this one another" if other.removed_at else (
        "Change that one, or give this one another"
    )  # fmt: skip
    if other.removed_at:
        what += ", which was removed"
    raise TermsRefused((Problem(1, number, "number", what, remedy),))


def change_terms(
    session: Session, engagement: Engagement, actor: str, record: ContractRecord, terms: Any,
    why: str = "", version: int | None = None,
) -> ContractRecord:  # fmt: skip
    """Give a contract new terms, as its next version; it stands ASSUMED again.

    The same terms as before change nothing.

    Raises:
        TermsRefused: the terms cannot be billed, or another contract has the number.
        Conflict: somebody else changed it first.
        Refusal: it was removed.
    """
    _there(record)
    _reason(why)
    before = newest_version(session, record)
    check_version(
        record.version, version,
        kept={"terms": written_json(terms) if isinstance(terms, Mapping) else str(terms)},
        theirs={"terms": written_json(before.terms)},
    )  # fmt: skip
    found = checked(terms, conventions_in(session, engagement))
    if found.sha256 == before.sha256:
        return record
    refuse_twice(session, engagement, found.contract.number, record.id)
    describe(record, found)
    record.version += 1
    record.changed_by = actor
    session.add(version_of(record, found, actor, why))
    session.flush()
    event = ContractChanged(subject(record), record.version, found.sha256)
    audit.record(session, engagement, actor, event)
    return record


def _reason(why: str) -> None:
    if len(why) > LONGEST_WHY:
        raise BadValue("why", f"That is too long; {LONGEST_WHY} characters are the most.")


def _there(record: ContractRecord) -> None:
    if record.removed_at is not None:
        raise Refusal(f"Contract {record.number} was removed. Put it back first.")


def confirm(
    session: Session, engagement: Engagement, actor: str, record: ContractRecord,
    version: int | None = None,
) -> None:  # fmt: skip
    """Say that a contract's newest version is what was agreed.

    Raises:
        Conflict: there is a newer version than was seen. Refusal: it was removed.
    """
    _there(record)
    _seen(record, version)
    record.standing, record.standing_by, record.standing_at = CONFIRMED, actor, now()
    session.flush()
    audit.record(session, engagement, actor, ContractConfirmed(subject(record), record.version))


def assume(
    session: Session, engagement: Engagement, actor: str, record: ContractRecord,
    version: int | None = None,
) -> None:  # fmt: skip
    """Take back that a contract's terms are confirmed.

    Raises:
        Conflict: there is a newer version than was seen. Refusal: it is not CONFIRMED.
    """
    _seen(record, version)
    if record.standing != CONFIRMED:
        raise Refusal(f"Contract {record.number} is not CONFIRMED.")
    record.standing, record.standing_by, record.standing_at = ASSUMED, "", None
    session.flush()
    audit.record(session, engagement, actor, ContractAssumed(subject(record), record.version))


def _seen(record: ContractRecord, version: int | None) -> None:
    theirs = {"version": str(record.version)}
    check_version(record.version, version, kept={}, theirs=theirs)


def remove(
    session: Session, engagement: Engagement, actor: str, record: ContractRecord,
    version: int | None = None,
) -> None:  # fmt: skip
    """Take a contract out; its versions stay, and it can be put back.

    Raises:
        Conflict: there is a newer version than was seen. Refusal: it was removed before.
    """
    _there(record)
    _seen(record, version)
    record.removed_at, record.changed_by = now(), actor
    session.flush()
    audit.record(session, engagement, actor, ContractRemoved(subject(record)))


def restore(session: Session, engagement: Engagement, actor: str, record: ContractRecord) -> None:
    """Put a removed contract back.

    Raises:
        Refusal: it is there.
    """
    if record.removed_at is None:
        raise Refusal(f"Contract {record.number} is there.")
    record.removed_at, record.changed_by = None, actor
    session.flush()
    audit.record(session, engagement, actor, ContractRestored(subject(record)))


def set_conventions(
    session: Session, engagement: Engagement, actor: str, choices: Mapping[str, Any],
    version: int | None = None,
) -> Conventions:  # fmt: skip
    """Set how the engagement's amounts and dates are computed; what is left out is the default.

    Raises:
        BadValue: a choice is none of those there are; the field is its name.
        Conflict: somebody else changed them first.
    """
    record = session.get(ConventionRecord, engagement.id)
    stored = record.choices if record else {}
    check_version(
        record.version if record else 0, version,
        kept={"conventions": written_json(dict(choices))},
        theirs={"conventions": written_json(stored)},
    )  # fmt: skip
    try:
        found = conventions_of(choices)
    except ValidationError as error:
        one = error.errors()[0]
        name = str(one["loc"][0]) if one["loc"] else "conventions"
        raise BadValue(name, one["msg"].removeprefix("Value error, ")) from None
    new = differing(found)
    if new == stored:
        return found
    if record is None:
        record = ConventionRecord(engagement_id=engagement.id, version=0)
        session.add(record)
    record.choices, record.changed_by = new, actor
    record.version += 1
    session.flush()
    said = {name: str(value) for name, value in new.items()}
    event = ConventionsChanged(engagement.slug, record.version, said)
    audit.record(session, engagement, actor, event)
    return found


def differing(conventions: Conventions) -> dict[str, Any]:
    """The choices that are not the default, as they are kept."""
    usual = DEFAULT.model_dump(mode="json")
    return {
        name: value
        for name, value in conventions.model_dump(mode="json").items()
        if value != usual[name]
    }
