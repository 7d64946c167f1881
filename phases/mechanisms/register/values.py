"""Values of a register's columns: as typed, as stored, as meant, and in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from phases.core.errors import BadValue
from playbook.models import Column, Register

TEXTS = ("text", "long_text", "link")
NUMBERS = ("number", "percent", "money")
YES = {"yes", "y", "true", "1", "on", "x"}
NO = {"no", "n", "false", "0", "off", "-"}
LONGEST = {"text": 300, "long_text": 5000, "link": 1000}
MOST_LINKS = 50
UNPRINTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
LINK_END = re.compile(r"\[([^\s\[\]/]+/[^\s\[\]/]+)\]$")
MONEY = re.compile(
    r"^(?:(?P<before>[A-Z]{3})\s*)?(?P<amount>-?[\d,.]+)(?:\s*(?P<after>[A-Z]{3}))?$"
)


def stored(name: str, column: Column, raw: Any) -> Any:
    """*raw* as the table keeps it: numbers as decimal strings, dates in ISO form, None for nothing.

    Raises:
        BadValue: *raw* is not of the column's type; the message says what would be.
    """
    if isinstance(raw, str):
        raw = clean(raw)
    if raw is None or raw == "":
        return None
    return PARSERS[column.type](name, column, raw)


def clean(text: str) -> str:
    """*text* trimmed, without what neither shows nor fits a spreadsheet, its lines ended alike."""
    return UNPRINTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _text(name: str, column: Column, raw: Any) -> str:
    text = str(raw)
    longest = LONGEST[column.type]
    if len(text) > longest:
        raise BadValue(name, f"{column.title}: {len(text)} characters; {longest} is the most.")
    return text


def _number(name: str, column: Column, raw: Any) -> str:
    text = str(raw).replace(" ", "").replace("\u00a0", "").removesuffix("%")
    number = _decimal(text)
    if number is None:
        raise BadValue(name, f"{column.title}: “{raw}” is not a number. Write it as 1234.5.")
    if column.type == "percent" and not 0 <= number <= 100:
        raise BadValue(name, f"{column.title}: “{raw}” is not between 0 and 100 per cent.")
    return str(number)


def _money(name: str, column: Column, raw: Any) -> str:
    """An amount, after its currency where one was given: ``1234.50``, ``USD 1234.50``."""
    found = MONEY.match(str(raw).strip().upper().lstrip("$€£"))
    number = _decimal(found["amount"]) if found else None
    if found is None or number is None or (found["before"] and found["after"]):
        raise BadValue(name, f"{column.title}: “{raw}” is not an amount. Write it as 1234.50.")
    currency = found["before"] or found["after"]
    return f"{currency} {number}" if currency else str(number)


def _decimal(text: str) -> Decimal | None:
    """The finite number that *text* says, commas taken as thousands marks only where they fit."""
    if "," in text:
        if not re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text):
            return None
        text = text.replace(",", "")
    if len(text) > 24 or not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _date(name: str, column: Column, raw: Any) -> str:
    return date_of(name, raw, column.title).isoformat()


def date_of(name: str, raw: Any, title: str) -> date:
    """The date that *raw* is, or says in ISO form.

    Raises:
        BadValue: it says none.
    """
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw).strip()[:10])
    except ValueError:
        raise BadValue(name, f"{title}: “{raw}” is not a date. Write it as 2026-11-20.") from None


def _choice(name: str, column: Column, raw: Any) -> str:
    """An option's slug, given as its slug or in its words."""
    text = str(raw)
    if text in column.options:
        return text
    for slug, words in column.options.items():
        if text.casefold() in (slug.casefold(), words.casefold()):
            return slug
    options = ", ".join(column.options.values())
    raise BadValue(name, f"{column.title}: “{raw}” is none of {options}.")


def _flag(name: str, column: Column, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    text = str(raw).casefold()
    if text in YES or text in NO:
        return text in YES
    raise BadValue(name, f"{column.title}: “{raw}” is neither yes nor no.")


def _link(name: str, column: Column, raw: Any) -> str:
    text = _text(name, column, raw)
    if not is_proof(text):
        raise BadValue(name, f"{column.title}: “{raw}” is not a link. It begins with https://.")
    return text


def is_link(text: str) -> bool:
    """Whether *text* is an https address."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.netloc) and not re.search(r"\s", text)


def is_inside(text: str) -> bool:
    """Whether *text* is the path of an engagement's page."""
    return re.fullmatch(r"/e/[a-z0-9-]+/[\w./?=&-]+", text) is not None


def is_proof(text: str) -> bool:
    """Whether *text* leads to something that proves a claim."""
    return is_link(text) or is_inside(text)


def _links(name: str, column: Column, raw: Any) -> list[str] | None:
    """What is named, one after another: links as ``register/row``, or what stands for one."""
    pieces = re.split(r"[;\n]", raw) if isinstance(raw, str) else [str(piece) for piece in raw]
    named = [found[1] if (found := LINK_END.search(p.strip())) else clean(p) for p in pieces]
    links = list(dict.fromkeys(link for link in named if link))
    if len(links) > MOST_LINKS:
        raise BadValue(name, f"{column.title}: {len(links)} links; {MOST_LINKS} are the most.")
    return links or None


PARSERS: dict[str, Callable[[str, Column, Any], Any]] = {
    "text": _text, "long_text": _text, "choice": _choice, "number": _number, "percent": _number,
    "money": _money, "date": _date, "flag": _flag, "link": _link,
    "rests_on": _links,
}  # fmt: skip


def is_empty(value: Any) -> bool:
    """Whether a stored value says nothing."""
    return not value and value is not False


def meant(column: Column, value: Any) -> Any:
    """A stored value as what it means: a Decimal, a date, a bool, text, links; None for nothing."""
    if is_empty(value):
        return None
    if column.type == "rests_on":
        return tuple(value)
    if column.type in NUMBERS:
        return amount_of(value)
    return date.fromisoformat(value) if column.type == "date" else value


def amount_of(value: Any) -> Decimal | None:
    """The number in a stored amount, its currency left aside."""
    return _decimal(str(value).split(" ")[-1]) if value not in (None, "") else None


def shown(column: Column, value: Any) -> str:
    """A stored value in words; empty for nothing."""
    if is_empty(value):
        return ""
    words = WORDS.get(column.type)
    return words(column, value) if words else str(value)


def _date_shown(_column: Column, value: str) -> str:
    at = date.fromisoformat(value)
    return f"{at.day} {at:%b %Y}"


def _number_shown(column: Column, value: Any) -> str:
    number, value = amount_of(value), str(value)
    if number is None:
        return value
    currency, _, _ = value.rpartition(" ")
    words = f"{number:,f}"
    if column.type == "percent":
        return f"{words}%"
    return f"{currency} {words}".strip()


WORDS: dict[str, Callable[[Column, Any], str]] = {
    "rests_on": lambda _column, value: "; ".join(value),
    "choice": lambda column, value: column.options.get(value, str(value)),
    "flag": lambda _column, value: "Yes" if value else "No",
    "date": _date_shown,
    **dict.fromkeys(NUMBERS, _number_shown),
}
"""How values are told that do not stand as they are kept."""


def title_column(register: Register) -> str:
    """The column that names a row: the first, where it is required text. Empty if there is none."""
    for name, column in register.columns.items():
        return name if column.required and column.type in ("text", "long_text") else ""
    return ""


def plural(word: str, count: int) -> str:
    """``1 gap``, ``2 gaps``, ``3 entries``."""
    if count == 1:
        return f"1 {word}"
    if re.search(r"[^aeiou]y$", word):
        return f"{count} {word[:-1]}ies"
    return f"{count} {word}{'es' if re.search(r'(s|x|ch|sh)$', word) else 's'}"


def lower(title: str) -> str:
    """*title* as it stands within a sentence; abbreviations keep their capitals."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]
