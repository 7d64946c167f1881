"""What a story says: one YAML file per engagement, its dates counted in days from today.

``!day -12`` is the date twelve days ago; one that falls on a weekend moves to the Friday before.
``!first -12`` is the first day of the month that this date lies in, ``!first -12 1`` that of the
month after, ``!first -12 1 11`` its 11th, ``!last -12`` the last day of a month; ``!month -12`` is
a month as an accounting period is called, such as 2027-03.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from dateutil.relativedelta import relativedelta

from playbook.reading import Parsed

FOLDER = Path(__file__).parent / "stories"
SATURDAY = 5


def weekday(day: date) -> date:
    """*day*, or the Friday before it."""
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))


@dataclass(frozen=True)
class Chapter:
    """What one person (a role) did on one day. ``deeds`` maps verbs to what they are done with."""

    day: date
    by: str
    deeds: dict[str, Any]


@dataclass(frozen=True)
class Story:
    """One engagement: who, for whom, and what happened."""

    customer: str
    time_zone: str
    country: str
    profile: dict[str, Any]
    team: dict[str, str]
    contacts: dict[str, tuple[str, str]]
    chapters: tuple[Chapter, ...]


def read(path: Path, today: date) -> Story:
    """The story in the file at *path*, as of *today*."""
    data = load(path, today)
    chapters = tuple(
        Chapter(weekday(today + timedelta(days=part.pop("day"))), part.pop("by"), part)
        for part in data.pop("story")
    )
    contacts = {role: tuple(person) for role, person in data.pop("contacts").items()}
    return Story(chapters=chapters, contacts=contacts, **data)


def of_month(today: date, words: str) -> date:
    """The day that *words* name: days from *today*, months from there, day of that month."""
    days, months, day = (*map(int, words.split()), *(0, 1)[len(words.split()) - 1 :])
    return today + timedelta(days=days) + relativedelta(months=months, day=day)


def read_all(today: date) -> list[Story]:
    """Every story, in the order of their files' names."""
    paths = sorted(path for path in FOLDER.glob("*.yaml") if path.name != "staff.yaml")
    return [read(path, today) for path in paths]


def read_staff() -> dict[str, dict[str, Any]]:
    """The firm's people, by the names that stories call them."""
    found: dict[str, dict[str, Any]] = load(FOLDER / "staff.yaml", date.min)
    return found


def load(path: Path, today: date) -> Any:
    """A file's content, its relative dates worked out."""

    class Loader(Parsed):
        """YAML with relative dates."""

    def day(loader: Any, node: yaml.ScalarNode) -> date:
        return weekday(today + timedelta(days=int(loader.construct_scalar(node))))

    def first(loader: Any, node: yaml.ScalarNode) -> date:
        return of_month(today, loader.construct_scalar(node))

    def last(loader: Any, node: yaml.ScalarNode) -> date:
        return first(loader, node) + relativedelta(day=31)

    def month(loader: Any, node: yaml.ScalarNode) -> str:
        return f"{first(loader, node):%Y-%m}"

    for reader in (day, first, last, month):
        Loader.add_constructor(f"!{reader.__name__}", reader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a SafeLoader
