"""Values of questions and inputs: as typed, as stored, and in words.

Stored values are JSON: numbers and amounts are text (``12.5``, ``USD 1200.00``), dates in ISO form,
choices the options' slugs, tables a list of rows by column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision, list_currencies

from phases.core.errors import BadValue
from phases.mechanisms.register import values as columns
from playbook.models import Column, Question

MOST_LINES = 200
SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP"}
CURRENCIES = frozenset(list_currencies())
EMPTY: tuple[Any, ...] = (None, "", [])
YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@dataclass(frozen=True)
class Kind:
    """What a value must be: a type, its options (slug to title), its columns."""

    type: str
    options: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Column] = field(default_factory=dict)


def kind_of(question: Question) -> Kind:
    """What an answer to *question* must be."""
    options = {slug: option.title for slug, option in question.options.items()}
    return Kind(question.type, options, question.columns)


def parse(question: Question, raw: Any) -> Any:
    """*raw*, as typed, as it is stored; None for nothing.

    Raises:
        BadValue: *raw* is not of the question's type; the message says what would be.
    """
    return stored(question.key, kind_of(question), raw)


def stored(name: str, kind: Kind, raw: Any) -> Any:
    """*raw* as a value of *kind*; None for nothing.

    Raises:
        BadValue: on the field *name*.
    """
    if isinstance(raw, str):
        raw = raw.strip()
    if raw is None or raw == "":
        return None
    return PARSERS[kind.type](name, kind, raw)


def _plain(name: str, kind: Kind, raw: Any) -> Any:
    column = _column(kind)
    try:
        return columns.stored(name, column, raw)
    except BadValue as error:
        message = error.message.removeprefix(": ")
        raise BadValue(name, message[0].upper() + message[1:]) from None


def _column(kind: Kind) -> Column:
    """A column without a title, so that its messages stand for themselves beside a field."""
    like: dict[str, Any] = {"title": "", "type": kind.type, "options": {}}
    return Column.model_construct(**like)


def _money(name: str, kind: Kind, raw: Any) -> str:
    text = str(raw)
    if text[0] in SYMBOLS:
        text = f"{SYMBOLS[text[0]]} {text[1:].strip()}"
    found: str = _plain(name, kind, text)
    currency, _, amount = found.rpartition(" ")
    if not currency:
        raise BadValue(name, "Give the currency too, as in USD 1,200.00.")
    if currency not in CURRENCIES:
        raise BadValue(
            name, f"“{currency}” is no currency we know. Use its three letters, as in USD."
        )
    digits = get_currency_precision(currency)
    number = Decimal(amount)
    if number != round(number, digits):
        raise BadValue(name, f"{currency} has {digits} decimals; “{raw}” has more.")
    return f"{currency} {number:.{digits}f}"


def _choice(name: str, kind: Kind, raw: Any) -> str:
    if raw not in kind.options:
        raise BadValue(name, "Choose one of the options.")
    return str(raw)


def _choices(name: str, kind: Kind, raw: Any) -> list[str] | None:
    chosen = [raw] if isinstance(raw, str) else list(raw)
    if any(one not in kind.options for one in chosen):
        raise BadValue(name, "Choose from the options.")
    return [slug for slug in kind.options if slug in chosen] or None


def _yes_no(name: str, kind: Kind, raw: Any) -> bool:  # noqa: ARG001 - every parser takes the kind
    found = raw if isinstance(raw, bool) else YES_NO.get(str(raw).lower())
    if found is None:
        raise BadValue(name, "Choose yes or no.")
    return found


def _table(name: str, kind: Kind, raw: Any) -> list[dict[str, Any]] | None:
    """Lines that say something; required columns are asked for only when the form is sent."""
    rows = [] if isinstance(raw, str) else [row for row in raw if not _blank(kind, row)]
    if isinstance(raw, str):
        raise BadValue(name, "Fill the table line by line.")
    if len(rows) > MOST_LINES:
        raise BadValue(name, f"There are {len(rows)} lines; {MOST_LINES} are the most.")
    return [_line(name, kind, number, row) for number, row in enumerate(rows, 1)] or None


def _blank(kind: Kind, row: Mapping[str, Any]) -> bool:
    said = (row.get(slug) for slug in kind.columns)
    return all(cell in (None, "", False) or not str(cell).strip() for cell in said)


def _line(name: str, kind: Kind, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    try:
        cells = {s: columns.stored(name, column, row.get(s)) for s, column in kind.columns.items()}
    except BadValue as error:
        raise BadValue(name, f"Line {number}, {error.message}") from None
    return {slug: value for slug, value in cells.items() if value is not None}


def _files(name: str, kind: Kind, raw: Any) -> Any:  # noqa: ARG001 - every parser takes the kind
    raise BadValue(name, "Files are uploaded, not typed.")


PARSERS: dict[str, Callable[[str, Kind, Any], Any]] = {
    "text": _plain, "long_text": _plain, "number": _plain, "percent": _plain, "date": _plain,
    "money": _money, "choice": _choice, "choices": _choices, "yes_no": _yes_no, "flag": _yes_no,
    "table": _table, "files": _files,
}  # fmt: skip


def lacking(question: Question, value: Any) -> str:
    """What is missing in an answer before it may be sent, in a sentence; empty if nothing."""
    if value in EMPTY:
        return WANTED.get(question.type, "Answer this question.") if question.required else ""
    if question.type != "table":
        return ""
    for number, row in enumerate(value, 1):
        for slug, column in question.columns.items():
            if column.required and row.get(slug) in EMPTY:
                return f"Line {number}: fill in “{column.title}”."
    return ""


WANTED = {
    "choice": "Choose one of the options.",
    "choices": "Choose at least one option.",
    "yes_no": "Choose yes or no.",
    "table": "Fill in at least one line.",
    "files": "Upload at least one file.",
}


def shown(question: Question, value: Any) -> str:
    """A stored answer in words; empty for nothing. A table is a line of text per row."""
    return in_words(kind_of(question), value)


def in_words(kind: Kind, value: Any) -> str:
    """A stored value of *kind* in words."""
    if value in EMPTY:
        return ""
    if kind.type == "table":
        return "\n".join("; ".join(_cells(kind, row)) for row in value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(kind.options.get(one, str(one)) for one in value)
    if kind.type == "choice":
        return kind.options.get(value, str(value))
    return columns.shown(_column(kind), value)


def _cells(kind: Kind, row: Mapping[str, Any]) -> Sequence[str]:
    said = ((column.title, columns.shown(column, row.get(s))) for s, column in kind.columns.items())
    return [f"{title}: {words}" for title, words in said if words]
