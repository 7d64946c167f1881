"""Cutting a version of the assessment: by hand, and after the meetings that give one."""

from __future__ import annotations

import re
from typing import Any

from flask import current_app, has_app_context
from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.audit import canonical, sha256
from phases.core.clock import now
from phases.core.errors import BadValue, Refusal
from phases.core.models import AssessmentVersion, Engagement
from phases.mechanisms.meeting.events import MeetingEnded, MeetingStarted
from phases.mechanisms.meeting.models import MeetingRecord
from phases.mechanisms.meeting.queries import meeting_of, meeting_view, slot_of
from phases.mechanisms.page import situation_for
from phases.mechanisms.situation import Situation
from phases.strategy.versions import compare, frame
from phases.strategy.versions.events import VersionCut
from phases.strategy.versions.snapshot import Content, snapshot
from playbook.models import Meeting

LONGEST_NOTE = 2_000
NAME = re.compile(r"v(\d+)(?:\.(\d+))?")


def init() -> None:
    """Have v0 cut when the first meeting begins, and a version when one ends written up."""
    for event, job in ((MeetingStarted, cut_first), (MeetingEnded, cut_after)):
        jobs = audit.JOBS.setdefault(event, [])
        if job not in jobs:
            jobs.append(job)


def cut(session: Session, s: Situation, actor: str, note: str = "") -> AssessmentVersion:
    """Freeze the assessment as it stands, by hand: as v0, else as the next one between meetings.

    Raises:
        BadValue: the note is too long.
        Refusal: this playbook cuts no versions, or nothing has changed since the last one.
    """
    if not frame.phases_of(s.playbook):
        raise Refusal("No meeting of this playbook gives a version of an assessment.")
    if len(note) > LONGEST_NOTE:
        raise BadValue("note", f"At most {LONGEST_NOTE:,} characters.")
    content, last = snapshot(s), newest(s)
    if last is not None and s.records.content_of(last)["entries"] == content["entries"]:
        raise Refusal(f"Nothing has changed since {last.name}, so there is nothing to cut.")
    name = minor_after(s, last.name) if last else frame.FIRST
    return _keep(session, s, actor, name, content, note=note.strip())


def cut_after_meeting(
    session: Session, s: Situation, actor: str, key: str, number: int, note: str = ""
) -> AssessmentVersion:
    """Freeze the assessment as it stands after a meeting that was held.

    Raises:
        Refusal: the meeting gives no version, has not been held, or its version is cut.
    """
    meeting = meeting_of(s, key)
    slot = slot_of(s, meeting, number)
    if not meeting.cuts:
        raise Refusal(f"“{s.plain(meeting.title)}” gives no version of the assessment.")
    if slot.state != "held":
        raise Refusal(f"“{s.plain(meeting.title)}” has not been held yet.")
    if there := version_of(s, key, number):
        raise Refusal(f"{there.name} has been cut after this meeting.")
    return _cut_after(session, s, actor, meeting, number, note)


def _cut_after(
    session: Session, s: Situation, actor: str, meeting: Meeting, number: int, note: str = ""
) -> AssessmentVersion:
    taken = any(one.name == meeting.cuts for one in s.records.versions)
    name = minor_after(s, meeting.cuts) if taken else meeting.cuts
    return _keep(
        session, s, actor, name, snapshot(s), meeting=meeting.key, number=number, note=note.strip()
    )


def newest(s: Situation) -> AssessmentVersion | None:
    """The version cut last, if any."""
    return s.records.versions[-1] if s.records.versions else None


def version_of(s: Situation, key: str, number: int) -> AssessmentVersion | None:
    """The version that was cut after a meeting, if any."""
    fits = (v for v in s.records.versions if (v.meeting, v.meeting_number) == (key, number))
    return next(fits, None)


def minor_after(s: Situation, name: str) -> str:
    """The next free name between the meetings: v1.1 after v1, v1.2 after v1.1."""
    found = NAME.fullmatch(name)
    assert found is not None
    major = found.group(1)
    taken = [NAME.fullmatch(one.name) for one in s.records.versions]
    minors = [int(m.group(2) or 0) for m in taken if m and m.group(1) == major]
    return f"v{major}.{max(minors, default=0) + 1}"


def _keep(
    session: Session, s: Situation, actor: str, name: str, content: Content, *,
    meeting: str = "", number: int | None = None, note: str = "",
) -> AssessmentVersion:  # fmt: skip
    row = AssessmentVersion(
        engagement_id=s.engagement.id, name=name, meeting=meeting, meeting_number=number, note=note,
        content=content, sha256=sha256(canonical(content)), tally=tally(s, content, newest(s)),
        by=actor, at=now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    s.records.forget("versions")
    event = VersionCut(name, row.sha256, meeting, number)
    audit.record(session, s.engagement, actor, event)
    return row


def tally(s: Situation, content: Content, before: AssessmentVersion | None) -> dict[str, Any]:
    """How many entries stand ASSUMED and CONFIRMED, and what moved since the version *before*."""
    entries = content["entries"]
    standing = [one["standing"] for one in entries.values()]
    moved = compare.compare(s.records.content_of(before)["entries"], entries) if before else ()
    return {
        "entries": len(entries), "assumed": standing.count("ASSUMED"),
        "confirmed": standing.count("CONFIRMED"), "since": before.name if before else "",
        "moved": compare.counts(moved),
        "newly_confirmed": sum(change.newly_confirmed for change in moved),
    }  # fmt: skip


# --- set off by meetings --------------------------------------------------------------------------


def cut_first(session: Session, engagement: Engagement, event: MeetingStarted) -> None:
    """What the first meeting begins with is v0, unless somebody has cut it before."""
    s = _situation(session, engagement)
    if s and meeting_of(s, event.subject).cuts and not s.records.versions:
        actor = _record(s, event.subject, event.number).changed_by
        _keep(session, s, actor, frame.FIRST, snapshot(s), note="Cut as the first meeting began.")


def cut_after(session: Session, engagement: Engagement, event: MeetingEnded) -> None:
    """The meeting's version, if its write-up is complete; if not, its page offers to cut it."""
    s = _situation(session, engagement)
    if s is None:
        return
    meeting, number = meeting_of(s, event.subject), event.number
    if not meeting.cuts or version_of(s, meeting.key, number):
        return
    view = meeting_view(s, meeting, slot_of(s, meeting, number))
    if all(tick.done for tick in view.leave):
        actor = _record(s, meeting.key, number).changed_by
        _cut_after(session, s, actor, meeting, number)


def _situation(session: Session, engagement: Engagement) -> Situation | None:
    """The engagement's situation; none where its playbook is not installed here."""
    known = current_app.extensions["library"].playbooks if has_app_context() else {}
    follows = (engagement.playbook_name, engagement.playbook_version)
    return situation_for(session, engagement) if follows in known else None


def _record(s: Situation, key: str, number: int) -> MeetingRecord:
    return next(row for row in s.records.meetings[key] if row.number == number)
