"""Terms between the pages, the database and the arithmetic: checked, frozen, computed. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from billing.calendars import add_months, plain
from billing.checking import last_day
from billing.contracts import Contract
from billing.conventions import DEFAULT, Conventions, merged
from billing.errors import Problem, TermsError
from billing.expect import expected
from billing.invoices import Invoice
from billing.notices import notices
from billing.reading import document_of, loads
from billing.terms import Periodic
from phases.core.audit import canonical, sha256
from phases.core.errors import BadValue

MOST_CHARGES = 20_000
"""Lines of invoices that one contract may call for; more are a mistyped date or period."""

MOST_BYTES = 400_000
OPEN_MONTHS = 12
"""How far a contract without an end is computed if nobody says how far."""

Terms = dict[str, Any]


class TermsRefused(BadValue):
    """Terms that cannot be billed; ``problems`` say where and why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        first = problems[0]
        more = f" And {len(problems) - 1} more." if len(problems) > 1 else ""
        super().__init__(first.field, f"{said(first)}{more}")


def said(problem: Problem) -> str:
    """A problem as a sentence, without its row."""
    what = problem.what[:1].upper() + problem.what[1:]
    remedy = f" {problem.remedy}." if problem.remedy else ""
    return f"{what.rstrip('.')}.{remedy}"


@dataclass(frozen=True)
class Checked:
    """A contract that can be billed, its terms as they are kept, and what ought to be looked at."""

    contract: Contract
    terms: Terms
    sha256: str
    notices: tuple[tuple[str, str], ...]


def conventions_of(choices: Mapping[str, Any]) -> Conventions:
    """An engagement's conventions: the defaults, with *choices* on top."""
    return merged(DEFAULT, choices)


def checked(terms: Any, conventions: Conventions = DEFAULT) -> Checked:
    """*terms* as a contract that can be billed under *conventions*.

    Raises:
        TermsRefused: they do not fit the schema, contradict themselves, or leave nothing to bill.
    """
    try:
        contract = contract_under(terms, conventions)
        refuse_too_many(contract)
        expected(contract, conventions, horizon_of(contract))
    except TermsError as error:
        raise TermsRefused(error.problems) from None
    except (OverflowError, ValueError) as error:
        raise TermsRefused((Problem(0, "", "terms", f"cannot be computed: {error}"),)) from None
    kept = frozen(contract)
    return Checked(contract, kept, sha256(canonical(kept)), tuple(notices(contract)))


def contract_under(terms: Any, conventions: Conventions) -> Contract:
    """The contract that *terms* say, read by *conventions*.

    Raises:
        TermsError: they do not fit the schema, or contradict themselves.
    """
    meaning = {"contract_end_meaning": conventions.contract_end_meaning}
    return document_of({"conventions": meaning, "contracts": [terms]}).contracts[0]


def read_json(text: str) -> Any:
    """Terms typed as JSON.

    Raises:
        TermsRefused: it is no JSON, or too much.
    """
    if len(text) > MOST_BYTES:
        what = f"{len(text):,} characters; {MOST_BYTES:,} are the most"
        raise TermsRefused((Problem(0, "", "terms", what),))
    try:
        return loads(text)
    except TermsError as error:
        raise TermsRefused(error.problems) from None
    except ValueError as error:  # a number of more digits than anybody means
        raise TermsRefused((Problem(0, "", "JSON", f"cannot be read: {error}"),)) from None


def written_json(terms: Any) -> str:
    """Terms to be read and edited."""
    return json.dumps(terms, indent=2, ensure_ascii=False)


def frozen(contract: Contract) -> Terms:
    """A contract as JSON that reads back the same; amounts as text."""
    # a moment is a date or an instant, of which pydantic would warn
    return contract.model_dump(mode="json", by_alias=True, exclude_unset=True, warnings=False)


def horizon_of(contract: Contract, today: date | None = None) -> date | None:
    """Until when the invoices of a contract without an end are wanted; None where it has one."""
    if contract.bill_through or last_day(contract) is not None:
        return None
    begin = max(plain(contract.start), today or plain(contract.start))
    return add_months(begin, OPEN_MONTHS) - timedelta(days=1)


def invoices_of(
    contract: Contract, conventions: Conventions, through: date | None = None
) -> tuple[Invoice, ...]:
    """The expected invoices, to *through* where the contract has no end.

    Raises:
        TermsError: it cannot be billed under *conventions*.
    """
    return expected(contract, conventions, through or horizon_of(contract))


def refuse_too_many(contract: Contract) -> None:
    """Refuse terms that call for more lines of invoices than anybody reads.

    Raises:
        TermsError: with the field.
    """
    charges = sum(charges_about(contract))
    if charges > MOST_CHARGES:
        what = f"the terms call for about {charges:,} invoice lines; {MOST_CHARGES:,} are the most"
        remedy = "Look at the dates and at how often it is billed"
        raise TermsError([Problem(1, contract.number, "lines", what, remedy)])


def charges_about(contract: Contract) -> Iterator[int]:
    """About how many invoice lines each line of a contract makes."""
    start = plain(contract.start)
    end = last_day(contract) or horizon_of(contract) or start
    days = max((end - start).days, 1)
    added = [amendment.add for amendment in contract.amendments if amendment.add]
    for line in (*contract.lines, *added):
        span = line.span.nominal if isinstance(line, Periodic) else days
        yield int(days / max(span, 1)) + 1 + len(contract.amendments)


def total_of(invoices: tuple[Invoice, ...]) -> Decimal:
    """The sum of the invoices."""
    return sum((invoice.total for invoice in invoices), Decimal(0))


def renumbered(problems: tuple[Problem, ...], row: int) -> tuple[Problem, ...]:
    """*problems* of a contract that stands in *row* of a file."""
    return tuple(replace(problem, row=row) for problem in problems)
