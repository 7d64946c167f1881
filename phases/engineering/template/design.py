"""What an invoice shows, in which order and words, and how dates and numbers look. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from phases.core.brand import ACCENT, accent_of

LABELS = {
    "invoice": "Invoice", "credit_note": "Credit note", "number": "Number", "issued": "Date",
    "due": "Due", "contract": "Contract", "period": "Service period", "bill_to": "Bill to",
    "subtotal": "Subtotal", "discount": "Discount", "tax": "Tax", "total": "Total",
    "balance": "From your balance", "to_pay": "To pay", "payment": "How to pay",
}  # fmt: skip
"""Words of an invoice, by what they stand for."""

COLUMNS = {
    "description": "Description", "period": "Period", "quantity": "Quantity",
    "unit_price": "Unit price", "discount": "Discount", "tax": "Tax", "amount": "Amount",
    "explanation": "How it came about",
}  # fmt: skip
"""Columns that a line can have, in their usual order, with their usual words."""

USUAL = ("description", "period", "quantity", "unit_price", "amount")
HEAD = ("number", "issued", "due", "contract", "period")
DATES = {
    "iso": "2026-01-15", "day_month": "15 Jan 2026", "us": "01/15/2026", "european": "15.01.2026",
}  # fmt: skip
NUMBERS = {"point": "1,234.56", "comma": "1.234,56", "space": "1 234,56"}
MARKS = {"point": (",", "."), "comma": (".", ","), "space": (" ", ",")}
LONGEST, LONGEST_TEXT = 60, 1500


class Refused(Exception):
    """A setting that no invoice can have: its field, and why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True)
class Design:
    """``columns`` are shown in this order; ``head`` are the facts beside the title."""

    seller: str = ""
    address: str = ""
    accent: str = ACCENT
    pattern: str = "SAMPLE-{contract}-{number}"
    columns: tuple[str, ...] = USUAL
    column_words: Mapping[str, str] = field(default_factory=lambda: dict(COLUMNS))
    head: tuple[str, ...] = HEAD
    words: Mapping[str, str] = field(default_factory=lambda: dict(LABELS))
    payment: str = ""
    legal: str = ""
    dates: str = "day_month"
    numbers: str = "point"

    def stored(self) -> dict[str, Any]:
        """What differs from the usual, as JSON."""
        usual = asdict(Design())
        found = {name: _plain(value) for name, value in asdict(self).items()}
        return {name: value for name, value in found.items() if value != _plain(usual[name])}

    def day(self, value: date) -> str:
        """A date as this template writes it."""
        forms = {"iso": value.isoformat(), "day_month": f"{value.day} {value:%b %Y}",
                 "us": f"{value:%m/%d/%Y}", "european": f"{value:%d.%m.%Y}"}  # fmt: skip
        return forms[self.dates]

    def number(self, value: Decimal, places: int = 0) -> str:
        """A number as this template writes it, with at least *places* decimals."""
        plain = value.normalize() if value else Decimal(0)
        exponent = plain.as_tuple().exponent
        own = max(-exponent if isinstance(exponent, int) else 0, places)
        group, point = MARKS[self.numbers]
        written = f"{plain:,.{own}f}"
        return written.replace(",", "\0").replace(".", point).replace("\0", group)

    def called(self, contract: str, number: int) -> str:
        """The number of a sample invoice."""
        return self.pattern.replace("{contract}", contract).replace("{number}", str(number))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def design_of(stored: Mapping[str, Any] | None, customer: str = "") -> Design:
    """The template kept as *stored*; the customer's name where no seller is named."""
    said = dict(stored or {})
    for name in ("columns", "head"):
        if name in said:
            said[name] = tuple(said[name])
    for name, usual in (("words", LABELS), ("column_words", COLUMNS)):
        if name in said:
            said[name] = {**usual, **said[name]}
    found = Design(**said)
    return found if found.seller else replace(found, seller=customer)


def read(form: Mapping[str, str]) -> Design:
    """The template typed.

    Raises:
        Refused: with the field.
    """
    try:
        accent = accent_of(form.get("accent", "").strip())
    except ValueError:
        raise Refused(
            "accent", "Write a colour like #0a5c68, dark enough to read on white."
        ) from None
    return Design(
        seller=_line(form, "seller"), address=_text(form, "address"), accent=accent,
        pattern=_pattern(form), columns=_order(form, "column", COLUMNS),
        column_words={name: _line(form, f"column_word.{name}") or usual
                      for name, usual in COLUMNS.items()},
        head=_order(form, "head", {name: LABELS[name] for name in HEAD}),
        words={name: _line(form, f"word.{name}") or usual for name, usual in LABELS.items()},
        payment=_text(form, "payment"), legal=_text(form, "legal"),
        dates=_one_of(form, "dates", DATES), numbers=_one_of(form, "numbers", NUMBERS),
    )  # fmt: skip


def _line(form: Mapping[str, str], name: str) -> str:
    text = " ".join(form.get(name, "").split())
    if len(text) > LONGEST:
        raise Refused(name, f"That is too long; {LONGEST} characters are the most.")
    return text


def _text(form: Mapping[str, str], name: str) -> str:
    text = form.get(name, "").replace("\r\n", "\n").strip()
    if len(text) > LONGEST_TEXT:
        raise Refused(name, f"That is too long; {LONGEST_TEXT} characters are the most.")
    return text


def _pattern(form: Mapping[str, str]) -> str:
    text = _line(form, "pattern") or Design().pattern
    if "{number}" not in text:
        raise Refused("pattern", "Put {number} where the invoice’s number stands.")
    return text


def _one_of(form: Mapping[str, str], name: str, known: Mapping[str, str]) -> str:
    value = form.get(name, "") or next(iter(known))
    if value not in known:
        raise Refused(name, f"Choose one of {', '.join(known.values())}.")
    return value


def _order(form: Mapping[str, str], what: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """The parts whose place is a number, in that order; no number leaves one out."""
    placed: list[tuple[int, int, str]] = []
    for usual, name in enumerate(known):
        text = form.get(f"{what}.{name}", "").strip()
        if not text:
            continue
        if not text.isdecimal() or not 0 < int(text[:4]) < 100:
            raise Refused(f"{what}.{name}", "Write a place from 1 to 99, or nothing.")
        placed.append((int(text), usual, name))
    if not placed:
        raise Refused(f"{what}.{next(iter(known))}", "At least one is shown.")
    return tuple(name for _, _, name in sorted(placed))


def places(shown: Sequence[str]) -> dict[str, int]:
    """Where each part stands, from 1."""
    return {name: place for place, name in enumerate(shown, 1)}
