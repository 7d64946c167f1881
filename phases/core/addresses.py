"""Numbers in addresses: what no row can have is not found, instead of breaking the database."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter

LARGEST = 2**31 - 1


class RowNumber(IntegerConverter):
    """A number that the id of a row can be; a larger one does not match."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": LARGEST, **kwargs})


def row_number(text: str) -> int:
    """The number that *text* of a query names.

    Raises:
        ValueError: no row can have it.
    """
    found = int(text)
    if not 0 <= found <= LARGEST:
        raise ValueError(text)
    return found


def prepare(app: Flask) -> None:
    """Let ``<int:...>`` match only what the id of a row can be."""
    app.url_map.converters["int"] = RowNumber
