"""Options of select fields, as WTForms takes them."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs


def pairs(options: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """(value, label) pairs as a select field takes them."""
    return [SelectChoice(value, label) for value, label in options]
