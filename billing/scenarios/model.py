"""A test scenario: a named contract and the invoices that any billing tool should make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from billing.parts import iso_day


@dataclass(frozen=True)
class WantedLine:
    """A line; ``end`` is its last day."""

    line: str
    start: date
    end: date
    amount: Decimal


@dataclass(frozen=True)
class WantedInvoice:
    """An invoice as worked out by hand; a credit note has a negative total."""

    issue_date: date
    due_date: date
    lines: tuple[WantedLine, ...]
    tax: Decimal
    total: Decimal


@dataclass(frozen=True)
class Scenario:
    """A contract, why it is worth testing, for whom, and its invoices.

    ``applies`` is a rule over an engagement's profile, in the vocabulary of the playbook; none
    means everybody. ``terms`` is a contract as in the published schema.
    """

    key: str
    title: str
    teaches: str
    terms: Mapping[str, Any]
    invoices: tuple[WantedInvoice, ...]
    applies: Mapping[str, Any] | None = None
    conventions: Mapping[str, Any] = field(default_factory=dict)

    @property
    def document(self) -> dict[str, Any]:
        """The scenario as a document of terms."""
        contract = {"number": self.key, "currency": "USD", "payment_terms": RECEIPT, **self.terms}
        return {"conventions": dict(self.conventions), "contracts": [contract]}


RECEIPT = [{"kind": "on_receipt"}]
NET_30 = [{"kind": "net", "days": 30}]
USAGE: Mapping[str, Any] = {"any": [{"usage_based": True}, {"methodology": "usage_based"}]}
TAX: Mapping[str, Any] = {"tax": True}
CURRENCIES: Mapping[str, Any] = {"multi_currency": True}


def table(text: str) -> tuple[WantedInvoice, ...]:
    """Invoices from rows of ``issue | due | line start end amount; … | tax | total``.

    A due day of ``=`` is the day of issue.
    """
    return tuple(_row(row) for row in text.strip().splitlines())


def _row(row: str) -> WantedInvoice:
    issue, due, lines, tax, total = (cell.strip() for cell in row.split("|"))
    return WantedInvoice(
        iso_day(issue),
        iso_day(issue if due == "=" else due),
        tuple(_line(line) for line in lines.split(";")),
        Decimal(tax),
        Decimal(total),
    )


def _line(text: str) -> WantedLine:
    name, start, end, amount = text.split()
    return WantedLine(name, iso_day(start), iso_day(end), Decimal(amount))


def plan(price: str, **more: Any) -> dict[str, Any]:
    """A recurring line named ``plan``."""
    return {"key": "plan", "kind": "recurring", "price": price, **more}


def metered(pricing: Mapping[str, Any], *records: tuple[str, str], **more: Any) -> dict[str, Any]:
    """A usage line named ``use``."""
    uses = [{"on": on, "quantity": quantity} for on, quantity in records]
    return {"key": "use", "kind": "usage", "pricing": dict(pricing), "records": uses, **more}


CALENDAR = {"kind": "calendar"}
