"""Setting inputs, and how far they may be relied on."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.clock import now
from phases.core.errors import BadValue, Missing, Refusal, check_version
from phases.core.models import ASSUMED, CONFIRMED
from phases.core.models import Input as InputRecord
from phases.mechanisms.form.values import EMPTY, in_words
from phases.mechanisms.inputs.events import InputAssumed, InputConfirmed, InputSet
from phases.mechanisms.inputs.values import kind_of, parse
from phases.mechanisms.situation import PROFILE, Situation
from playbook.models import Input, Meeting

LONGEST_SOURCE = 200
COMPUTED = ("profile", "applicable", "anchors", "hypercare_ends", "holidays", "words")


def input_of(s: Situation, key: str) -> Input:
    """The input *key* of the engagement's playbook.

    Raises:
        Missing: there is none.
    """
    item = s.playbook.items.get(key)
    if not isinstance(item, Input):
        raise Missing
    return item


def set_input(
    session: Session, s: Situation, actor: str, key: str, value: Any, source: str = "",
    version: int | None = None, *, confirmed: bool = False, meeting: str = "",
) -> InputRecord:  # fmt: skip
    """Give the input *key* a value; it stands ASSUMED unless *confirmed* in the same act.

    A value that is set again as it stood keeps its standing.

    Raises:
        BadValue: *value* is not of the input's type, the source is too long, or a gate records it.
        Conflict: somebody else changed it first.
    """
    item = input_of(s, key)
    if gate := s.recorded_by(key):
        raise BadValue("value", f"{gate.called} records this when it is passed.")
    new = parse(s.playbook, item, value)
    record = _record(s, actor, key)
    kind = kind_of(s.playbook, item)
    check_version(
        record.version, version,
        kept={"value": in_words(kind, new), "source": source},
        theirs={"value": in_words(kind, record.value), "source": record.source},
    )  # fmt: skip
    if len(source) > LONGEST_SOURCE:
        raise BadValue("source", f"That is too long; {LONGEST_SOURCE} characters are the most.")
    if confirmed:
        _may_be_confirmed(s, item, new, meeting)
    was_confirmed = record.standing == CONFIRMED
    if new == record.value and record.version and source == record.source and not confirmed:
        return record
    if confirmed or new != record.value:
        _stand(record, actor, CONFIRMED if confirmed else ASSUMED, meeting)
    record.value, record.source = new, source
    event = InputSet(key, record.standing, was_confirmed and record.standing != CONFIRMED)
    return _save(session, s, actor, record, event)


def feed(session: Session, s: Situation, actor: str, key: str, value: Any, source: str) -> bool:
    """Give the input *key* an ASSUMED value, unless a CONFIRMED one stands. Says whether it did."""
    if s.is_confirmed(key) or value in EMPTY:
        return False
    set_input(session, s, actor, key, value, source[:LONGEST_SOURCE])
    return True


def confirm(
    session: Session,
    s: Situation,
    actor: str,
    key: str,
    meeting: str = "",
    version: int | None = None,
) -> InputRecord:
    """Say that the input *key* is as it stands, in *meeting* (a meeting's key) if in one.

    A default that nobody has set becomes this engagement's value.

    Raises:
        BadValue: there is no value yet, or no such meeting.
        Conflict: somebody else changed it first.
    """
    item = input_of(s, key)
    record = _record(s, actor, key)
    shown = in_words(kind_of(s.playbook, item), record.value)
    check_version(record.version, version, kept={}, theirs={"value": shown})
    if not record.version:
        record.value = s.value(key)
    _may_be_confirmed(s, item, record.value, meeting)
    _stand(record, actor, CONFIRMED, meeting)
    return _save(session, s, actor, record, InputConfirmed(key, meeting))


def assume(
    session: Session, s: Situation, actor: str, key: str, version: int | None = None
) -> InputRecord:
    """Take the confirmation of the input *key* back; its value stays.

    Raises:
        Conflict: somebody else changed it first.
        Refusal: it is not CONFIRMED.
    """
    item = input_of(s, key)
    record = _record(s, actor, key)
    shown = in_words(kind_of(s.playbook, item), record.value)
    check_version(record.version, version, kept={}, theirs={"value": shown})
    if record.standing != CONFIRMED:
        raise Refusal(
            f"“{s.plain(item.title)}” is not CONFIRMED, so there is nothing to take back."
        )
    _stand(record, actor, ASSUMED, "")
    return _save(session, s, actor, record, InputAssumed(key))


def _record(s: Situation, actor: str, key: str) -> InputRecord:
    return s.records.inputs.get(key) or InputRecord(
        engagement_id=s.engagement.id, key=key, value=None, standing=ASSUMED, source="",
        standing_by="", standing_in="", changed_by=actor, version=0,
    )  # fmt: skip


def _may_be_confirmed(s: Situation, item: Input, value: Any, meeting: str) -> None:
    if value in EMPTY:
        raise BadValue("value", f"“{s.plain(item.title)}” has no value to confirm yet.")
    if meeting and not isinstance(s.playbook.items.get(meeting), Meeting):
        raise BadValue("meeting", "Choose one of the meetings.")


def _stand(record: InputRecord, actor: str, standing: str, meeting: str) -> None:
    record.standing, record.standing_in = standing, meeting
    record.standing_by, record.standing_at = actor, now()


def _save(
    session: Session, s: Situation, actor: str, record: InputRecord, event: Any
) -> InputRecord:
    record.version += 1
    record.changed_by = actor
    session.add(record)
    s.records.inputs[record.key] = record
    if record.key.startswith(PROFILE):
        for name in COMPUTED:
            s.__dict__.pop(name, None)
    session.flush()
    audit.record(session, s.engagement, actor, event)
    return record
