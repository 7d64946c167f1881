"""The billing periods of a line: cycles from its anchor, cut at its term, stubs as agreed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from billing.calendars import Grid, Span, add_months, midnight, on_day, plain
from billing.conventions import Conventions
from billing.parts import Anchor
from billing.proration import ALL, FULL, ONE_DAY, Share, counted, grid_from, share

SECONDS = frozenset(("seconds", "seconds_less_one"))


class Segment(NamedTuple):
    """A billed stretch, end exclusive, the full cycle around it and its share of that cycle."""

    start: date
    end: date
    cycle: tuple[date, date]
    number: int
    share: Share


class Clock:
    """How the moments of a contract are read: local dates, or instants when seconds count."""

    def __init__(self, c: Conventions) -> None:
        self.by_second = c.proration_basis in SECONDS
        self.zone = ZoneInfo(c.time_zone)
        self.inclusive = c.contract_end_meaning == "inclusive"

    def moment(self, value: date) -> date:
        """*value* as this contract counts."""
        if isinstance(value, datetime):
            local = value.astimezone(self.zone) if value.tzinfo else value.replace(tzinfo=self.zone)
            return local if self.by_second else local.date()
        if self.by_second:
            return datetime(value.year, value.month, value.day, tzinfo=self.zone)
        return value

    def end(self, value: date) -> date:
        """The first moment after a term or stretch that is said to end with *value*."""
        found = self.moment(value)
        whole_day = self.inclusive and not isinstance(value, datetime)
        return found + ONE_DAY if whole_day else found


def grid_of(anchor: Anchor, start: date, span: Span, c: Conventions) -> Grid:
    """The cycles of a line that begins at *start*."""
    if anchor.kind == "contract":
        return grid_from(start, span, c)
    if anchor.kind == "date":
        assert anchor.date is not None
        return grid_from(like(anchor.date, start), span, c)
    day = anchor.day or 1
    if span.days:
        return grid_from(_weekday(start, day if anchor.kind == "day" else 1), span, c)
    origin = _origin(anchor, start, span, c)
    return Grid(origin, span, day, c.month_end_rule, c.leap_day_rule == "mar_1")


def like(day: date, moment: date) -> date:
    """*day* as a moment of the same kind as *moment*."""
    if isinstance(moment, datetime):
        return datetime(day.year, day.month, day.day, tzinfo=moment.tzinfo)
    return plain(day)


def _weekday(start: date, day: int) -> date:
    return midnight(start - timedelta(days=(start.isoweekday() - day) % 7))


def _origin(anchor: Anchor, start: date, span: Span, c: Conventions) -> date:
    day = anchor.day or 1
    if anchor.month or anchor.kind == "calendar":
        january = like(date(start.year, anchor.month or 1, 1), start)
        return add_months(january, 0, day)
    if span.months > 1 and c.first_anchor == "cycle_before":
        here = add_months(midnight(start), 0, day)
        return here if here <= start else add_months(here, -1, day)
    return on_day(start, day)


def segments(
    start: date, end: date | None, horizon: date | None, grid: Grid, c: Conventions
) -> list[Segment]:
    """The stretches from *start* to *end*; an open term goes on while they begin by *horizon*."""
    found = list(_cut(start, end, horizon, grid, c))
    if found and found[0].start != found[0].cycle[0]:
        found = _first(found, grid.span, c)
    if found and end and found[-1].end == end != found[-1].cycle[1]:
        found = _last(found, grid.span, c)
    return found


def inside(c: Conventions, *, first: bool, last: bool) -> Conventions:
    """*c* for a stretch of a line: what is said of the line's first and last part goes for those.

    Where a change or a ramp cuts a period, its parts are prorated against the cycle around them.
    """
    update: dict[str, str] = {}
    if not first and (c.first_stub != "prorate" or c.stub_denominator == "cycle_from_stub"):
        around = c.stub_denominator == "cycle_from_stub"
        update["first_stub"] = "prorate"
        update["stub_denominator"] = "cycle_around" if around else c.stub_denominator
    if not last and (c.last_stub, c.scheduled_end_inside_period) != ("prorate", "prorate"):
        update |= {"last_stub": "prorate", "scheduled_end_inside_period": "prorate"}
    return c.model_copy(update=update) if update else c


def _cut(
    start: date, end: date | None, horizon: date | None, grid: Grid, c: Conventions
) -> Iterator[Segment]:
    if end is not None and end <= start:
        return
    number = grid.around(start)
    first = grid.start(number)
    while (end is None or first < end) and (end or horizon is None or plain(first) <= horizon):
        after = grid.start(number + 1)
        cycle = (first, after)
        begin = max(first, start)
        stop = after if end is None or after <= end else end
        whole = begin is first and stop is after
        part = FULL if whole else share(begin, stop, cycle, grid.span, c)
        yield Segment(begin, stop, cycle, number, part)
        first, number = after, number + 1


def _first(found: list[Segment], span: Span, c: Conventions) -> list[Segment]:
    stub = measured(found[0], span, c)
    if c.first_stub == "merge" and len(found) > 1:
        return [joined(stub, found[1], found[1].cycle), *found[2:]]
    return [handled(stub, c.first_stub), *found[1:]]


def measured(stub: Segment, span: Span, c: Conventions) -> Segment:
    """A first part against the denominator that the conventions name."""
    if c.stub_denominator == "cycle_from_stub":
        cycle = (stub.start, grid_from(stub.start, span, c).start(1))
        return stub._replace(share=share(stub.start, stub.end, cycle, span, c))
    if c.stub_denominator == "plan_period":
        return stub._replace(share=counted((stub.end - stub.start).days, span.nominal))
    return stub


def _last(found: list[Segment], span: Span, c: Conventions) -> list[Segment]:
    stub = found[-1]
    if c.stub_denominator == "plan_period":
        stub = measured(stub, span, c)
    if c.scheduled_end_inside_period == "full_period":
        return [*found[:-1], stub._replace(end=stub.cycle[1], share=FULL)]
    if c.last_stub == "merge" and len(found) > 1:
        return [*found[:-2], joined(found[-2], stub, found[-2].cycle)]
    return [*found[:-1], handled(stub, c.last_stub)]


def handled(stub: Segment, rule: str) -> Segment:
    """A part billed in full, for nothing, or as it is."""
    if rule == "full":
        return stub._replace(share=ALL)
    if rule == "free":
        return stub._replace(share=Share(FULL.value * 0, "a free part"))
    return stub


def joined(one: Segment, other: Segment, cycle: tuple[date, date]) -> Segment:
    """Two neighbours as one."""
    words = " and ".join(s.share.words or "a full period" for s in (one, other))
    both = Share(one.share.value + other.share.value, words)
    return Segment(one.start, other.end, cycle, other.number, both)


def narrowed(segment: Segment, start: date, end: date, span: Span, c: Conventions) -> Segment:
    """The part of a segment between two moments, measured against the same cycle."""
    if start <= segment.start and end >= segment.end:
        return segment
    begin, stop = max(start, segment.start), min(end, segment.end)
    if c.stub_denominator == "plan_period" and begin < stop:
        part = counted((stop - begin).days, span.nominal)
    else:
        part = share(begin, stop, segment.cycle, span, c)
    return segment._replace(start=begin, end=stop, share=part)
