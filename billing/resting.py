"""The conventions that a charge rests on beside those of its own arithmetic: dates, edges, changes.

A convention is named where another choice would give another figure or another date.
"""

from __future__ import annotations

from collections.abc import Sequence

from billing.invoices import Charge
from billing.lifelines import Life, Version, follows_contract
from billing.segments import Segment
from billing.terms import Periodic

Names = tuple[str, ...]

FIRST: Names = ("first_stub", "stub_denominator")
LAST: Names = ("last_stub", "scheduled_end_inside_period")
CHANGED: Names = (
    "change_effect", "change_day_owner", "change_on_period_start", "change_invoiced", "credit_form",
)  # fmt: skip
STOPPED: Names = (
    "change_effect", "cancel_day_owner", "change_on_period_start", "change_invoiced", "credit_form",
)  # fmt: skip


def anchored(version: Version, life: Life) -> Names:
    """What decides on which days the periods of a version begin, where something does."""
    line, grid = version.line, version.grid
    if not isinstance(line, Periodic) or grid is None:
        return ()
    found: list[str] = []
    if grid.span.months:
        day = grid.day or grid.origin.day
        if day > 28 or grid.rule == "last_day":
            found.append("month_end_rule")
        if day == 29 and grid.origin.month == 2:
            found.append("leap_day_rule")
        if line.anchor.kind == "day" and not line.anchor.month and grid.span.months > 1:
            found.append("first_anchor")
    if line.trial and line.anchor.kind == "contract":
        found.append("trial_shifts_anchor")
    if life.added and follows_contract(line):
        found += ["coterm", "coterm_aligns_billing_day"]
    return tuple(found)


def based(
    billed: Sequence[Charge], segments: Sequence[Segment], life: Life, version: Version
) -> None:
    """Tell the charges of a version's periods what their dates and edges rest on."""
    if names := anchored(version, life):
        for charge in billed:
            charge.rests_on += names
    if not billed:
        return
    first, last = segments[0], segments[-1]
    if version.start != life.begin:
        billed[0].rests_on += CHANGED
    elif first.start != first.cycle[0]:
        billed[0].rests_on += FIRST
    if version.end is not None and not last.cycle[1] == last.end == version.end:
        billed[-1].rests_on += LAST


def ended(life: Life, version: Version) -> Names:
    """What decides on the end that the next version puts to this one."""
    after = life.versions[life.versions.index(version) + 1]
    return STOPPED if after.start == after.end else CHANGED
