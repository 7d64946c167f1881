"""What texts and documents are made of: simple blocks of plain values, the same for all kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from phases.core.models import ASSUMED


class Cell(NamedTuple):
    """A value. ``state`` is the kind of mark before it (done, bad …), ``note`` soft words below.

    ``by`` says who confirmed it; an ``absent`` cell says that nobody has given a value.
    """

    text: str
    standing: str = ""
    by: str = ""
    note: str = ""
    state: str = ""
    markdown: bool = False
    href: str = ""
    absent: bool = False
    number: bool = False

    @property
    def assumed(self) -> bool:
        return self.standing == ASSUMED


@dataclass(frozen=True)
class Heading:
    title: str


@dataclass(frozen=True)
class Paragraph:
    """Prose in Markdown."""

    text: str


@dataclass(frozen=True)
class Listing:
    """Lines, each in Markdown."""

    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Facts:
    """Labels with their values."""

    rows: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True)
class Table:
    """A table; a row's first cell is its head. ``of_today``: its last column follows the date."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    of_today: bool = False


@dataclass(frozen=True)
class Missing:
    """What is not there yet, and the place below the engagement's address where it is entered."""

    sentence: str
    place: str = ""


Block = Heading | Paragraph | Listing | Facts | Table | Missing


def absent(text: str = "Not recorded yet") -> Cell:
    """A value that nobody has given."""
    return Cell(text, absent=True)


def cell(text: str, otherwise: str = "–") -> Cell:
    """*text*, or a cell that says there is none."""
    return Cell(text) if text else absent(otherwise)
