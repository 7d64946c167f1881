"""Saying something of a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any

from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.errors import BadValue, Refusal, check_version
from phases.mechanisms.checklist.events import StepChanged
from phases.mechanisms.checklist.models import StepRecord
from phases.mechanisms.checklist.queries import LABELS, states_of, step_of
from phases.mechanisms.guards import guard
from phases.mechanisms.history.services import note as keep
from phases.mechanisms.register.errors import StandsBehindGate
from phases.mechanisms.register.values import is_proof
from phases.mechanisms.situation import Situation
from playbook.models import Checklist, Gate, Step

LONGEST = 5000


class Kept(Enum):
    """What an argument is when it shall stay as it stands."""

    KEEP = auto()


KEEP = Kept.KEEP


def say_step(
    session: Session,
    situation: Situation,
    actor: str,
    key: str,
    *,
    state: str | Kept = KEEP,
    owner: str | Kept = KEEP,
    due: date | Kept | None = KEEP,
    note: str | Kept = KEEP,
    evidence: str | Kept = KEEP,
    version: int | None = None,
) -> StepRecord:
    """Change what is said of the step *key*; what is left out stays.

    Raises:
        BadValue: a state, owner or evidence that the content does not allow, or evidence missing.
        Conflict: somebody else changed it first.
        Refusal: the step does not apply, or its state is computed.
        StandsBehindGate: a gate that does not open stands before doing it.
    """
    asked = {"state": state, "owner": owner, "due": due, "note": note, "evidence": evidence}
    wanted = {name: value for name, value in asked.items() if value is not KEEP}
    return write(session, situation, actor, planned(situation, actor, key, wanted, version))


@dataclass(frozen=True)
class Change:
    """What shall be said of a step, found right and not yet written."""

    said: StepRecord
    changed: dict[str, Any]


def planned(
    situation: Situation, actor: str, key: str, wanted: Mapping[str, Any],
    version: int | None = None,
) -> Change:  # fmt: skip
    """What *wanted* changes of the step *key*; nothing is written.

    Raises: as ``say_step``.
    """
    checklist, step = step_of(situation, key)
    said = situation.records.steps.get(key) or StepRecord(
        engagement_id=situation.engagement.id, key=key, state="todo", owner="", note="",
        evidence="", version=0, changed_by=actor,
    )  # fmt: skip
    clean = {name: _clean(value) for name, value in wanted.items()}
    changed = {name: value for name, value in clean.items() if getattr(said, name) != value}
    check_version(
        said.version, version,
        kept={name: str(value) for name, value in changed.items() if value},
        theirs={name: getattr(said, name) or "" for name in changed},
    )  # fmt: skip
    _allow(situation, checklist, step, said, changed)
    return Change(said, changed)


def write(session: Session, situation: Situation, actor: str, change: Change) -> StepRecord:
    """Write what has been found right, and say so in the history."""
    said, changed = change.said, change.changed
    if not changed:
        return said
    before = {name: getattr(said, name) for name in changed}
    for name, value in changed.items():
        setattr(said, name, value)
    said.version += 1
    said.changed_by = actor
    session.add(said)
    situation.records.steps[said.key] = said
    session.flush()
    was = str(before.get("state", ""))
    moved = {"state_before": was, "state": said.state} if "state" in changed else {}
    event = StepChanged(said.key, tuple(sorted(changed)), **moved)
    audit.record(session, situation.engagement, actor, event)
    pairs = {name: (before[name], value) for name, value in changed.items()}
    keep(session, situation.engagement, actor, said.key, said.version, pairs)
    return said


def _clean(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _allow(
    s: Situation, checklist: Checklist, step: Step, said: StepRecord, changed: dict[str, object]
) -> None:
    found = s.applicability(step)
    if not (found.applies and s.applies(checklist)):
        reason = f": {found.reason}" if found.reason else "."
        raise Refusal(f"“{s.plain(step.title)}” does not apply to this engagement{reason}")
    after = {name: getattr(said, name) for name in ("state", "owner", "note", "evidence")} | changed
    for name in ("note", "evidence"):
        if len(str(after[name])) > LONGEST:
            raise BadValue(name, f"That is too long; {LONGEST} characters are the most.")
    if changed.get("owner") and changed["owner"] not in s.people.names:
        raise BadValue("owner", "Choose somebody who is on this engagement.")
    if changed.get("evidence") and step.evidence == "link" and not is_proof(str(after["evidence"])):
        raise BadValue("evidence", "Give a link that begins with https://.")
    if "state" in changed:
        _allow_state(s, checklist, step, str(changed["state"]))
    if not step.done_when:
        _allow_as_it_is(step, str(after["state"]), str(after["note"]), str(after["evidence"]))


def _allow_state(s: Situation, checklist: Checklist, step: Step, state: str) -> None:
    if step.done_when:
        raise Refusal(
            f"“{s.plain(step.title)}” is ticked by the records themselves: it is done once what it "
            "asks for is there."
        )
    if state not in states_of(checklist, step):
        raise BadValue("state", f"“{LABELS.get(state, state)}” is no state of this step.")
    if state == "done" and step.guard:
        _demand(s, step.guard)
    if state == "dropped" and step.critical:
        raise BadValue("state", "This step is critical: it may be blocked or done, not dropped.")


def _demand(s: Situation, key: str) -> None:
    """Refuse unless the gate lets the step be done."""
    found = guard(s, key)
    if not found.met:
        gate = s.playbook.get(key, Gate)
        missing = " ".join(lack.sentence for lack in found.lacks[:5])
        raise StandsBehindGate(
            "state", f"“{s.plain(gate.title)}” does not open yet. {missing}", f"gate/{gate.place}"
        )


def _allow_as_it_is(step: Step, state: str, note: str, evidence: str) -> None:
    if state == "dropped" and not note:
        raise BadValue("note", "Say why this step is dropped.")
    if state != "done" or evidence:
        return
    if step.evidence == "link":
        raise BadValue(
            "evidence", "Give the link that proves it (https://…) before it can be done."
        )
    if step.evidence == "note":
        raise BadValue("evidence", "Write down what proves it before it can be done.")
