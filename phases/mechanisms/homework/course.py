"""When whom to write to about what is open: pure, over plain dates.

A person hears of an item three business days after being asked and again later, then the one who is
told (the sponsor). Critical items, such as the tool inventory, are chased sooner and longer. All
that is due for a person on a day is one mail, and two mails never follow each other closely.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from playbook.due import add_business_days, next_business_day

BEFORE_TELLING = 2
"""How many follow-ups must have passed before somebody else is told."""

PAUSE = 2
"""The fewest business days between two mails to one person."""

PAUSE_TOLD = 4
"""The same for somebody who is only told of others."""


@dataclass(frozen=True)
class Pace:
    """Business days after the asking: of each mail to the person, and of each to the one told."""

    person: tuple[int, ...]
    told: tuple[int, ...]


ORDINARY = Pace(person=(3, 6), told=(9,))
CRITICAL = Pace(person=(3, 5, 7, 9, 11), told=(7, 11))


@dataclass(frozen=True)
class Open:
    """An item that is open with a person (a ref) since ``asked``; ``tells`` are refs."""

    item: str
    person: str
    asked: date
    critical: bool = False
    tells: tuple[str, ...] = ()

    @property
    def pace(self) -> Pace:
        return CRITICAL if self.critical else ORDINARY


@dataclass(frozen=True)
class Sent:
    """A mail that went to ``person`` on ``day``; ``told`` are pairs of an item and its person."""

    person: str
    day: date
    items: tuple[str, ...] = ()
    told: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Stop:
    """No mail about ``item``, or to ``person``; empty means any."""

    item: str = ""
    person: str = ""

    def stops(self, item: str, person: str) -> bool:
        return self.item in ("", item) and self.person in ("", person)


@dataclass
class Digest:
    """One mail to one person: what of theirs is due, and what is told of others."""

    person: str
    day: date
    items: list[str] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)


def next_day(
    asked: date, steps: Sequence[int], sent: Sequence[date], holidays: Container[date]
) -> date | None:
    """The day of the next of *steps* after those that were *sent*; None when all were."""
    if len(sent) >= len(steps):
        return None
    step = steps[len(sent)]
    day = add_business_days(asked, step, holidays)
    if not sent:
        return day
    gap = step - steps[len(sent) - 1]
    return max(day, add_business_days(max(sent), gap, holidays))


def own_day(one: Open, sent: Iterable[Sent], holidays: Container[date]) -> date | None:
    """When the person is to hear of *one* next."""
    return next_day(one.asked, one.pace.person, own_days(one, sent), holidays)


def own_days(one: Open, sent: Iterable[Sent]) -> list[date]:
    """The days on which the person heard of *one* since being asked."""
    return sorted(
        mail.day
        for mail in sent
        if mail.person == one.person and one.item in mail.items and mail.day >= one.asked
    )


def told_day(one: Open, told: str, sent: Sequence[Sent], holidays: Container[date]) -> date | None:
    """When *told* is to hear that *one* is open, once the second follow-up has passed."""
    mine = own_days(one, sent)
    if len(mine) < BEFORE_TELLING:
        return None
    heard = sorted(
        mail.day
        for mail in sent
        if mail.person == told and (one.item, one.person) in mail.told and mail.day >= one.asked
    )
    day = next_day(one.asked, one.pace.told, heard, holidays)
    gap = one.pace.told[0] - one.pace.person[BEFORE_TELLING - 1]
    passed = add_business_days(mine[BEFORE_TELLING - 1], gap, holidays)
    return max(day, passed) if day else None


def digests(
    open_items: Iterable[Open],
    sent: Sequence[Sent],
    stops: Iterable[Stop],
    today: date,
    holidays: Container[date],
) -> list[Digest]:
    """The next mail to each person from *today* on: on business days only, each with all that is
    due by then."""
    halted = list(stops)
    due: dict[str, list[tuple[date, str, str]]] = {}
    for one in open_items:
        _collect(due, one, sent, halted, holidays)
    found = [_digest(person, lines, sent, today, holidays) for person, lines in due.items()]
    return sorted(found, key=lambda digest: (digest.day, digest.person))


def _collect(
    due: dict[str, list[tuple[date, str, str]]],
    one: Open,
    sent: Sequence[Sent],
    stops: list[Stop],
    holidays: Container[date],
) -> None:
    """Note when whom *one* is to be written about: (day, item, whose; empty for their own)."""
    if any(stop.stops(one.item, one.person) for stop in stops):
        return
    day = own_day(one, sent, holidays)
    if day is not None:
        due.setdefault(one.person, []).append((day, one.item, ""))
    for told in one.tells:
        if told == one.person or any(stop.stops(one.item, told) for stop in stops):
            continue
        day = told_day(one, told, sent, holidays)
        if day is not None:
            due.setdefault(told, []).append((day, one.item, one.person))


def _digest(
    person: str,
    lines: list[tuple[date, str, str]],
    sent: Sequence[Sent],
    today: date,
    holidays: Container[date],
) -> Digest:
    """What is due for *person* by the day of the earliest of *lines* that may be sent."""
    day = next_business_day(max(today, min(day for day, _, _ in lines)), holidays)
    last = max((mail.day for mail in sent if mail.person == person), default=None)
    if last is not None:
        pause = PAUSE if any(not whose for _, _, whose in lines) else PAUSE_TOLD
        day = max(day, add_business_days(last, pause, holidays))
    ripe = [(item, whose) for at, item, whose in lines if at <= day]
    return Digest(
        person, day, [item for item, whose in ripe if not whose], [x for x in ripe if x[1]]
    )


def counts(mails: Iterable[Sent]) -> Mapping[tuple[str, str], int]:
    """How often each person was written to about each item of theirs."""
    found: dict[tuple[str, str], int] = {}
    for mail in mails:
        for item in mail.items:
            found[item, mail.person] = found.get((item, mail.person), 0) + 1
    return found
