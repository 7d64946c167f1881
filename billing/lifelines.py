"""What a line's terms are from when to when: the contract as signed, then each amendment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeGuard

from billing.calendars import Grid, add_months
from billing.contracts import Contract
from billing.conventions import Conventions, merged
from billing.proration import ONE_DAY
from billing.segments import Clock, grid_of
from billing.terms import (
    Amendment,
    AnyLine,
    Milestones,
    OneOff,
    Periodic,
    Recurring,
    Step,
    Usage,
)

CHANGED = ("price", "quantity", "frequency", "every", "pricing")


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a line.

    ``end`` is the line's end as known then; ``until`` is where the next state takes over,
    ``boundary`` the conventions of the amendment that brings it, ``credited`` the day on which its
    credit is invoiced; ``issued`` is the invoice day of the first charge, if not the usual one.
    """

    line: AnyLine
    start: date
    end: date | None
    grid: Grid | None = None
    until: date | None = None
    boundary: Conventions | None = None
    credited: date | None = None
    issued: date | None = None
    unprorated: bool = False


@dataclass(slots=True)
class Life:
    """A line with all its versions, in order; ``signed_end`` is its end before any extension."""

    c: Conventions
    begin: date
    signed_end: date | None
    versions: list[Version] = field(default_factory=list)
    added: bool = False
    """Whether an amendment brought it."""

    @property
    def now(self) -> Version:
        """The latest version."""
        return self.versions[-1]


class Lives:
    """Every line of a contract through its amendments."""

    def __init__(self, contract: Contract, c: Conventions) -> None:
        self.contract = contract
        self.c = c
        self.clock = Clock(c)
        self.start = self.clock.moment(contract.start)
        self.end = self._end()
        self.lives: dict[str, Life] = {}
        for line in contract.lines:
            self.lives[line.key] = self._born(line, c, self.start)
        for on, group in self._by_moment():
            self._amend(on, group)

    def __iter__(self) -> Iterator[Life]:
        return iter(self.lives.values())

    def _end(self) -> date | None:
        if self.contract.end is not None:
            return self.clock.end(self.contract.end)
        if self.contract.months:
            return add_months(self.start, self.contract.months)
        return None

    def _born(self, line: AnyLine, c: Conventions, begin: date) -> Life:
        own = merged(c, line.conventions)
        start = self.clock.moment(line.start) if line.start else begin
        end = self.clock.end(line.end) if line.end else self.end
        grid = None
        if isinstance(line, Periodic):
            origin = self.anchored(line, start, own)
            grid = grid_of(line.anchor, origin, line.span, own)
        return Life(own, start, end, [Version(line, start, end, grid)])

    def anchored(self, line: Periodic, start: date, c: Conventions) -> date:
        """The moment that the line's anchor is taken from."""
        if line.trial and c.trial_shifts_anchor:
            return self.trial_end(line, start)
        return start

    def trial_end(self, line: Periodic, start: date) -> date:
        """The first moment that is paid for."""
        if line.trial is None:
            return start
        if line.trial.days:
            return start + timedelta(days=line.trial.days)
        assert line.trial.until is not None
        return max(start, self.clock.end(line.trial.until))

    def _by_moment(self) -> Iterable[tuple[date, list[Amendment]]]:
        groups: dict[date, list[Amendment]] = {}
        for amendment in self.contract.amendments:
            groups.setdefault(self.clock.moment(amendment.on), []).append(amendment)
        return sorted(groups.items())

    def _amend(self, on: date, group: list[Amendment]) -> None:
        """Apply all amendments of one moment; what they undo among each other leaves no trace."""
        before = {key: life.now for key, life in self.lives.items()}
        counts = {key: len(life.versions) for key, life in self.lives.items()}
        for amendment in group:
            ACTS[amendment.kind](self, on, amendment, merged(self.c, amendment.conventions))
        for key, version in before.items():
            life = self.lives[key]
            before_it = life.versions[counts[key] - 1].until
            gap = before_it is None or life.now.start > before_it
            if len(life.versions) > counts[key] and same(life.now, version) and not gap:
                life.versions[counts[key] - 1 :] = [version]
            elif len(life.versions) > counts[key] + 1:
                life.versions[counts[key] :] = [life.now]

    def targets(self, amendment: Amendment) -> list[Life]:
        """The lines that an amendment means."""
        if amendment.line:
            return [self.lives[amendment.line]]
        return list(self.lives.values())

    def change(self, on: date, amendment: Amendment, _c: Conventions) -> None:
        """Give a line other terms."""
        for life in self.targets(amendment):
            now = life.now
            if now.end is not None and now.end <= on:
                continue
            own = merged(life.c, amendment.conventions)
            line = changed(now.line, amendment)
            start, until = (max(day, now.start) for day in moments(on, now, own))
            grid = self._regrid(now, line, start, amendment, own)
            unprorated = own.change_effect == "immediate_unprorated"
            billed = invoiced_on(now.grid, on, own)
            self._succeed(life, until, own, billed or on)
            life.versions.append(
                Version(line, start, now.end, grid, issued=billed, unprorated=unprorated)
            )

    def _regrid(
        self, now: Version, line: AnyLine, start: date, amendment: Amendment, c: Conventions
    ) -> Grid | None:
        if not isinstance(line, Periodic) or now.grid is None:
            return None
        if amendment.anchor:
            return grid_of(amendment.anchor, start, line.span, c)
        if amendment.restart_anchor:
            return replace(now.grid, origin=start, span=line.span, day=start.day)
        return replace(now.grid, span=line.span)

    def _succeed(self, life: Life, until: date, c: Conventions, on: date) -> None:
        life.versions[-1] = replace(life.now, until=until, boundary=c, credited=on)

    def stop(self, on: date, amendment: Amendment, _c: Conventions) -> None:
        """End a line, or all."""
        for life in self.targets(amendment):
            own = merged(life.c, amendment.conventions)
            until = on + ONE_DAY if own.cancel_day_owner == "billed" else on
            if life.now.end is not None and life.now.end <= until:
                continue
            if own.change_effect == "next_period" and life.now.grid:
                until = next_start(life.now.grid, on)
            self._succeed(life, until, own, invoiced_on(life.now.grid, on, own) or on)
            life.versions.append(replace(life.now, start=until, end=until, until=None))
        if amendment.kind == "cancel":
            self.end = max((life.now.end for life in self if life.now.end), default=on)

    def pause(self, on: date, amendment: Amendment, _c: Conventions) -> None:
        """Stop a line, or all, for some time."""
        assert amendment.until is not None
        resumes = self.clock.moment(amendment.until)
        for life in self.targets(amendment):
            now = life.now
            if now.end is not None and now.end <= on:
                continue
            own = merged(life.c, amendment.conventions)
            grid = self._regrid(now, now.line, resumes, amendment, own)
            self._succeed(life, on, own, on)
            life.versions.append(Version(now.line, resumes, now.end, grid))

    def add(self, on: date, amendment: Amendment, c: Conventions) -> None:
        """Bring a line, aligned with the contract where the conventions say so."""
        line = amendment.add
        assert line is not None
        life = self._born(line, c, on)
        now, own = life.now, life.c
        ends = line.end
        if own.coterm == "extend_base" and now.end and self.end and now.end > self.end:
            self._extend_to(on, now.end)
        elif own.coterm == "end_with_base" and self.end and (not ends or now.end != self.end):
            now = replace(now, end=min(now.end or self.end, self.end))
        if own.coterm_aligns_billing_day and follows_contract(line):
            now = replace(now, grid=grid_of(line.anchor, self.start, line.span, own))
        life.versions[-1], life.signed_end, life.added = now, now.end, True
        self.lives[line.key] = life

    def extend(self, on: date, amendment: Amendment, _c: Conventions) -> None:
        """Move the contract's end."""
        assert amendment.end is not None
        self._extend_to(on, self.clock.end(amendment.end))

    def _extend_to(self, on: date, end: date) -> None:
        was, self.end = self.end, end
        for life in self.lives.values():
            now = life.now
            if now.end == was and (now.end is None or now.start < now.end):
                self._prolonged(life, on, end)

    def _prolonged(self, life: Life, on: date, end: date) -> None:
        """What was billed stays; the rest follows from there to the new end."""
        now = life.now
        line = now.line
        if now.grid is None or not isinstance(line, Periodic) or now.end is None:
            life.versions[-1] = replace(now, end=end)
            return
        last = now.grid.start(now.grid.around(now.end))
        if last < now.end and life.c.last_stub == "merge":
            last = now.grid.start(now.grid.around(last) - 1)
        if life.c.first_stub == "merge" and now.end <= next_start(now.grid, now.start):
            last = now.start
        begun = last < on and last < now.end and line.timing == "advance"
        if not begun:
            life.versions[-1] = replace(now, end=end)
            return
        life.versions[-1] = replace(now, until=now.end, boundary=life.c, credited=on)
        life.versions.append(replace(now, start=now.end, end=end, until=None, boundary=None))


def follows_contract(line: AnyLine) -> TypeGuard[Recurring | Usage]:
    """Whether nothing but the contract says on which day the line is billed."""
    return isinstance(line, Periodic) and line.anchor.kind == "contract" and line.trial is None


def same(one: Version, other: Version) -> bool:
    """Whether two versions mean the same terms."""
    return (one.line, one.end, one.grid) == (other.line, other.end, other.grid)


def moments(on: date, now: Version, c: Conventions) -> tuple[date, date]:
    """Where the new terms begin and where the old ones end."""
    if c.change_effect == "next_period" and now.grid is not None:
        following = next_start(now.grid, on)
        return following, following
    start = on + ONE_DAY if c.change_day_owner == "old" else on
    until = on if c.change_day_owner == "new" else on + ONE_DAY
    return start, until


def invoiced_on(grid: Grid | None, on: date, c: Conventions) -> date | None:
    """The day on which a change is invoiced, where that is not the day of the change."""
    if c.change_invoiced == "at_once" or grid is None:
        return None
    return grid.start(grid.around(on) + 1)


def next_start(grid: Grid, moment: date) -> date:
    """The first cycle start at or after *moment*."""
    number = grid.around(moment)
    here = grid.start(number)
    return here if here == moment else grid.start(number + 1)


def changed(line: AnyLine, amendment: Amendment) -> AnyLine:
    """*line* with what the amendment says."""
    update: dict[str, Any] = {
        name: value for name in CHANGED if (value := getattr(amendment, name)) is not None
    }
    if "frequency" in update:
        update.setdefault("every", None)
    if isinstance(line, Recurring):
        update["steps"] = tuple(stripped(line.steps, update))
        if "price" in update:
            update["term_amount"] = None
    if isinstance(line, (OneOff, Milestones, Usage)):
        update.pop("quantity", None)
    return line.model_copy(update=update)


def stripped(steps: Iterable[Step], update: dict[str, Any]) -> Iterator[Step]:
    """The steps of a ramp that still say something beside what an amendment sets."""
    for step in steps:
        gone: dict[str, None] = {}
        if "price" in update:
            gone |= {"price": None, "amount": None}
        if "quantity" in update:
            gone |= {"quantity": None}
        left = step.model_copy(update=gone)
        if (left.price, left.quantity, left.amount) != (None, None, None) or left.restart_anchor:
            yield left


ACTS = {
    "upgrade": Lives.change,
    "downgrade": Lives.change,
    "change": Lives.change,
    "add": Lives.add,
    "coterm": Lives.add,
    "remove": Lives.stop,
    "cancel": Lives.stop,
    "extend": Lives.extend,
    "pause": Lives.pause,
}
