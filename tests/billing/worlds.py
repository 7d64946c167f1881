"""Small worlds for reconciliation: contracts, what is expected of them, and what was billed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from billing.billed import Billed, BilledLine, billed, lines_of
from billing.expect import expected
from billing.reading import contract_of


def terms(number: str = "C-1", **more: Any) -> dict[str, Any]:
    """A year of a monthly line of three seats, from the middle of a month, taxed."""
    line = {"key": "seat", "kind": "recurring", "price": "40.37", "quantity": "3",
            "anchor": {"kind": "calendar"}}  # fmt: skip
    return {
        "number": number, "currency": "EUR", "start": "2024-01-15", "end": "2024-12-31",
        "taxes": [{"percent": "19"}], "lines": [line], **more,
    }  # fmt: skip


def due(data: dict[str, Any]) -> list[Billed]:
    """What is expected of a contract."""
    return [billed(invoice) for invoice in expected(contract_of(data))]


def real(one: Billed, number: str = "", **other: Any) -> Billed:
    """A real invoice that says what *one* expects, but for *other*."""
    plain = one._replace(source=None, number=number or f"R-{one.contract}-{one.issue_date}")
    return plain._replace(**other)


def told(one: Billed) -> Billed:
    """The same with its lines."""
    return real(one)._replace(lines=lines_of(one))


def repriced(one: Billed, net: str | Decimal, rate: str = "19") -> dict[str, Any]:
    """Net, tax and total of another net."""
    value = Decimal(net)
    tax = (value * Decimal(rate) / 100).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    return {"net": value, "tax": tax, "total": value + tax}


def line(key: str, amount: str, quantity: str, price: str) -> BilledLine:
    """A real line."""
    return BilledLine(key, Decimal(amount), Decimal(quantity), Decimal(price))
