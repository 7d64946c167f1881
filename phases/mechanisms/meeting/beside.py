"""Beside a meeting's agenda: registers to fill in, guidance, facts to confirm, what is next."""

from __future__ import annotations

from dataclasses import dataclass

from phases.core.facts import Lack
from phases.mechanisms.inputs.queries import InputView, input_view
from phases.mechanisms.meeting.slots import Slot, slots
from phases.mechanisms.register.queries import live_rows
from phases.mechanisms.situation import Situation
from playbook.checks import InputsConfirmed
from playbook.models import Guide, Input, Meeting, Register


@dataclass(frozen=True)
class CaptureView:
    """A register that is filled in during the meeting: its rows, how many are open, how many still
    stand ASSUMED (none where rows have no standing)."""

    title: str
    href: str
    open: int
    assumed: int
    total: int
    word: str


def captures(s: Situation, meeting: Meeting) -> tuple[CaptureView, ...]:
    """The registers to fill in during the meeting."""
    registers = [s.playbook.get(key, Register) for key in meeting.captures]
    return tuple(_capture(s, register) for register in registers if s.applies(register))


def _capture(s: Situation, register: Register) -> CaptureView:
    rows = live_rows(s, register)
    return CaptureView(
        s.plain(register.title), f"/e/{s.engagement.slug}/register/{register.key}",
        sum(row.state_kind != "done" for row in rows),
        sum(register.standing and not row.confirmed for row in rows), len(rows), register.row_word,
    )  # fmt: skip


def guides(s: Situation, meeting: Meeting) -> tuple[Guide, ...]:
    """What is shown beside the agenda."""
    found = [s.playbook.get(key, Guide) for key in meeting.guides]
    return tuple(guide for guide in found if s.applies(guide))


def assumed(s: Situation, meeting: Meeting) -> tuple[InputView, ...]:
    """Inputs that the meeting asks, then other critical ones, as far as they are not CONFIRMED.

    A meeting that needs every input CONFIRMED shows every one that somebody has given a value.
    """
    inputs = s.playbook.inputs
    asked = meeting.asks or [one.key for one in inputs if one.subphase == meeting.subphase]
    others = [one.key for one in inputs if one.critical or _all_of(s, meeting, one)]
    found = [s.playbook.get(key, Input) for key in dict.fromkeys((*asked, *others))]
    return tuple(
        input_view(s, one) for one in found if s.applies(one) and not s.is_confirmed(one.key)
    )


def _all_of(s: Situation, meeting: Meeting, item: Input) -> bool:
    """Whether the meeting needs this one too: somebody has given it a value by now."""
    every = any(isinstance(check, InputsConfirmed) and check.through for check in meeting.needs)
    return every and item.key in s.records.inputs and item.subphase <= meeting.subphase


def lacking(s: Situation, meeting: Meeting) -> tuple[Lack, ...]:
    """What must still come about before the meeting is worth holding."""
    return s.find_all(meeting.needs).lacks if meeting.needs else ()


def following(s: Situation, meeting: Meeting) -> tuple[Meeting, Slot] | None:
    """The meeting to plan next: the next of this kind, else of those that come after it."""
    own = [slot for slot in slots(s, meeting) if not slot.over]
    if own:
        return meeting, own[0]
    every = [item for item in s.playbook.meetings if s.applies(item)]
    after = every[every.index(meeting) + 1 :] if meeting in every else every
    for item in sorted(after, key=lambda item: item.subphase):
        open_ones = [slot for slot in slots(s, item) if not slot.over]
        if open_ones and item.subphase >= meeting.subphase:
            return item, open_ones[0]
    return None
