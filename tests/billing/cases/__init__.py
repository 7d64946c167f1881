"""Cases that billing systems publish in their tests and documentation, as tables of facts.

Each names its source. Dates and amounts are the source's; how it arrives at them is said by the
conventions beside them. Amounts of None are not asserted there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Fact = tuple[str | None, str | None, str | None]


@dataclass(frozen=True)
class Case:
    """One contract and the lines that the source expects of it."""

    id: str
    source: str
    terms: Mapping[str, Any]
    conventions: Mapping[str, Any]
    lines: Sequence[Fact]
    totals: Mapping[str, Any] = field(default_factory=dict)
    some: bool = False
    """The source shows these lines among others."""

    @property
    def document(self) -> dict[str, Any]:
        """The case as a document of terms."""
        contract = {"number": self.id, "currency": "USD", **self.terms}
        return {"conventions": dict(self.conventions), "contracts": [contract]}


EXCLUSIVE: dict[str, Any] = {
    "contract_end_meaning": "exclusive",
    "period_end_display": "exclusive",
    "term_balance": "none",
}
KILL_BILL: dict[str, Any] = EXCLUSIVE | {"proration_factor_decimals": 9}
METEROID = EXCLUSIVE
INCLUSIVE: dict[str, Any] = {"term_balance": "none"}
LAGO: dict[str, Any] = INCLUSIVE | {"cancel_day_owner": "billed", "credit_form": "credit_note"}


def fixed(price: str, **more: Any) -> dict[str, Any]:
    """A recurring line."""
    return {"key": "plan", "kind": "recurring", "price": price, **more}


def used(pricing: Mapping[str, Any], quantity: str, **more: Any) -> dict[str, Any]:
    """A usage line with one record."""
    return {"key": "use", "kind": "usage", "pricing": dict(pricing), **more} | (
        {"records": [{"on": more.pop("on", "2024-01-10"), "quantity": quantity}]}
    )


def day(number: int, month: int | None = None) -> dict[str, Any]:
    """An anchor on a fixed day."""
    return {"kind": "day", "day": number, "month": month}


CALENDAR = {"kind": "calendar"}
