"""The verbs of stories that are about meetings, and about the versions and texts they lead to."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from phases.core.clock import now
from phases.mechanisms.meeting import services as meetings
from phases.mechanisms.meeting.queries import MeetingView, meeting_of, meeting_view, slot_of
from phases.mechanisms.meeting.slots import current, held, next_number, slots, zone_of
from phases.mechanisms.writing import services as texts
from phases.mechanisms.writing.queries import passage_of, passage_view, passages_of, writing_of
from phases.portfolio.demo.builder import Deed, Telling
from phases.strategy.versions import services as versions


def plan(t: Telling, actor: str, said: dict[str, dict[str, Any]]) -> None:
    """Plan meetings: a day, an hour, a place; those whom the playbook wants are to come."""
    for key, words in said.items():
        number, view = _meeting(t, key)
        people_ = tuple(person.ref for person in view.people if person.comes)
        given = meetings.Plan(
            words["day"], time.fromisoformat(words.get("hour", "10:00")), view.minutes,
            words.get("place", ""), people_,
        )  # fmt: skip
        meetings.plan(t.session, t.s, actor, key, number, given)


def hold(t: Telling, actor: str, said: dict[str, dict[str, Any]]) -> None:
    """Hold meetings that have just ended: ``came`` are roles, ``open`` what was not reached."""
    for key, words in said.items():
        number, view = _meeting(t, key)
        began = (now() - timedelta(minutes=view.minutes)).astimezone(zone_of(t.s))
        came = tuple(t.ref(role) for role in words["came"])
        given = meetings.Plan(began.date(), began.time(), view.minutes, "", came)
        meetings.plan(t.session, t.s, actor, key, number, given)
        short = {line.key.rsplit(".", 1)[1]: line.key for line in view.lines} | {"all": ""}
        minutes = meetings.Minutes(
            notes={short[name]: note for name, note in words.get("notes", {}).items()},
            brought=[tick.key for tick in view.bring],
            outcomes={
                tick.key: (name not in words.get("open", {}), words.get("open", {}).get(name, ""))
                for tick in view.leave
                for name in [tick.key.rsplit(".", 1)[1]]
            },
            attendees=came, others=words.get("others", ""),
        )  # fmt: skip
        meetings.end(t.session, t.s, actor, key, number, minutes)


def _meeting(t: Telling, key: str) -> tuple[int, MeetingView]:
    """The meeting of this kind that is to come next."""
    meeting = meeting_of(t.s, key)
    number = next_number(t.s, meeting) or current(slots(t.s, meeting)).number
    return number, meeting_view(t.s, meeting, slot_of(t.s, meeting, number))


def cut(t: Telling, actor: str, said: dict[str, str]) -> None:
    """Cut a version of the assessment: after a meeting that was held, else by hand with a note."""
    s, key = t.again(), said.get("meeting", "")
    if not key:
        versions.cut(t.session, s, actor, said["note"])
        return
    number = held(slots(s, meeting_of(s, key)))[0].number
    if versions.version_of(s, key, number) is None:
        versions.cut_after_meeting(t.session, s, actor, key, number, said.get("note", ""))


def write(t: Telling, actor: str, said: dict[str, str]) -> None:
    """Add a paragraph to what the draft of a section says."""
    for key, words in said.items():
        writing = writing_of(t.s, t.s.playbook.container_of(key).key)
        view = passage_view(t.s, passage_of(t.s, writing, key))
        texts.edit(t.session, t.s, actor, writing.key, key, f"{view.text}\n\n{words.strip()}")


def read(t: Telling, actor: str, keys: list[str]) -> None:
    """Accept every section of the texts named as read."""
    for key in keys:
        for view in passages_of(t.again(), writing_of(t.s, key)):
            texts.accept(t.session, t.s, actor, key, view.key)


SESSIONS: dict[str, Deed] = {
    "plan": plan, "hold": hold, "cut": cut, "write": write, "read": read,
}  # fmt: skip
