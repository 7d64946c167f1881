"""Triggers as pages see them: what they wait for, when they tripped, and what was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from phases.core.errors import Missing
from phases.mechanisms.metric.queries import metric_of
from phases.mechanisms.metric.watching import tripped_on
from phases.mechanisms.metric.words import period_words
from phases.mechanisms.situation import Situation
from phases.mechanisms.trigger.models import Trip
from playbook.models import Trigger

UNSAID = Trip(note="", said_by="", answer="", answered_by="", version=0)
"""What stands in the place of the row of a trip that only readings tell of."""


@dataclass(frozen=True)
class TripView:
    """One time that a trigger tripped, by the readings or by somebody's word."""

    on: date
    words: str
    by_readings: bool
    note: str
    who: str
    said_at: datetime | None
    answer: str
    answered_by: str
    answered_at: datetime | None
    version: int

    @property
    def open(self) -> bool:
        """Whether nobody has said yet what was done."""
        return self.answered_at is None


@dataclass(frozen=True)
class TriggerView:
    """A trigger. ``metric`` is the key of the one whose readings trip it; without, people do."""

    key: str
    title: str
    subphase: str
    threshold: str
    response: str
    metric: str
    metric_title: str
    watched: str
    trips: tuple[TripView, ...]

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return self.key.replace(".", "-")

    @property
    def open(self) -> tuple[TripView, ...]:
        """The times it tripped that wait for an answer."""
        return tuple(trip for trip in self.trips if trip.open)

    @property
    def tripped(self) -> bool:
        return bool(self.open)

    @property
    def why(self) -> str:
        """Why it is red, in a line."""
        return "; ".join(trip.words for trip in self.open)


def trigger_of(s: Situation, key: str) -> Trigger:
    """The trigger *key*, if it applies to this engagement.

    Raises:
        Missing: there is none, or it does not.
    """
    item = s.playbook.items.get(key)
    if not isinstance(item, Trigger) or not s.applies(item):
        raise Missing
    return item


def trigger_views(s: Situation, subphase: str = "") -> tuple[TriggerView, ...]:
    """The triggers that apply (at *subphase*, if one is named), tripped ones first."""
    found = [
        trigger_view(s, trigger)
        for trigger in s.playbook.triggers
        if s.applies(trigger) and subphase in ("", trigger.subphase)
    ]
    return tuple(sorted(found, key=lambda view: not view.tripped))


def trigger_view(s: Situation, trigger: Trigger) -> TriggerView:
    """*trigger* with every time it tripped, the latest first."""
    metric = metric_of(s, trigger.watch.metric) if trigger.watch else None
    trips = sorted(_trips(s, trigger), key=lambda trip: trip.on, reverse=True)
    return TriggerView(
        key=trigger.key, title=s.plain(trigger.title), subphase=trigger.subphase,
        threshold=s.plain(trigger.threshold), response=s.text(trigger.response),
        metric=metric.key if metric else "", metric_title=s.plain(metric.title) if metric else "",
        watched=_watched(trigger), trips=tuple(trips),
    )  # fmt: skip


def _watched(trigger: Trigger) -> str:
    watch = trigger.watch
    if watch is None:
        return "Told by the customer or the account manager"
    return watch.limit.words + (f", {watch.running} periods running" if watch.running > 1 else "")


def _trips(s: Situation, trigger: Trigger) -> Iterable[TripView]:
    by_readings = tripped_on(s, trigger)
    rows = {trip.on: trip for trip in s.records.trips.get(trigger.key, [])}
    for on in {*rows, *({by_readings} if by_readings else ())}:
        row = rows.get(on, UNSAID)
        read = on == by_readings or not row.said_by
        yield TripView(
            on=on, words=_words(s, trigger, on, row, read=read), by_readings=read,
            note=row.note or "", who=s.people.name(row.said_by or ""),
            said_at=row.said_at if row.said_by else None, answer=row.answer or "",
            answered_by=s.people.name(row.answered_by or ""), answered_at=row.answered_at,
            version=row.version or 0,
        )  # fmt: skip


def _words(s: Situation, trigger: Trigger, on: date, row: Trip, *, read: bool) -> str:
    if read and trigger.watch:
        metric = metric_of(s, trigger.watch.metric)
        said = f"{trigger.watch.limit.words}, {period_words(metric.period, on)}"
        return f"{said}: {row.note}" if row.note else said
    return f"{on.day} {on:%b %Y}: {row.note}"
