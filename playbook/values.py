"""Whether a value written in content is one that an input or a column can hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from playbook.errors import pick
from playbook.models import Column, Input, Scalar

Wrong = tuple[str, str]
"""What is wrong, and what to do about it."""


def fits_input(given: Input, value: Scalar, options: Sequence[str]) -> Wrong | None:
    """What is wrong with *value* for an input with these *options*; None if nothing is."""
    return _fits(given.type, value, options)


def fits_column(column: Column, value: Scalar) -> Wrong | None:
    """What is wrong with *value* for a column; None if nothing is."""
    return _fits(column.type, value, list(column.options))


def _fits(kind: str, value: Scalar, options: Sequence[str]) -> Wrong | None:
    if kind in ("choice", "choices"):
        if value in options and isinstance(value, str):
            return None
        return f"is {value!r}, which is no option", pick(str(value), options, "Add options")
    if kind == "flag":
        return None if isinstance(value, bool) else (f"is {value!r}", "Write true or false")
    if kind in ("number", "percent", "money"):
        number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
        return None if number else (f"is {value!r}", "Write a number")
    if not isinstance(value, str):
        return f"is {value!r}, not text", "Put it in quotes"
    return _fits_date(value) if kind == "date" else None


def _fits_date(value: str) -> Wrong | None:
    try:
        date.fromisoformat(value if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else "")
    except ValueError:
        return f"is {value!r}, not a date", "Write it as 2030-12-31, in quotes"
    return None
