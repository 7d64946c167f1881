"""Deciding at a gate: attest, ask for and grant waivers, pass, loop back, extend."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from phases.core.audit import canonical, record, sha256
from phases.core.clock import now
from phases.core.errors import BadValue, Missing, Refusal
from phases.core.models import CONFIRMED, GateRecord, Input
from phases.gates import events
from phases.gates.judge import Decision, Result, decide_one
from phases.mechanisms.situation import Situation
from playbook.models import Gate

LONGEST_WAIVER = timedelta(days=90)
MOST_WEEKS = 8
FURTHEST = timedelta(days=366)


class GateShut(Refusal):
    """The gate does not open: something is missing, or an earlier gate is not passed."""

    title = "The gate is shut"


def attest(
    session: Session,
    s: Situation,
    actor: str,
    gate: Gate,
    criterion: str,
    note: str,
    evidence: str = "",
) -> GateRecord:
    """Say, by name, that an attested criterion is met. A note or a link must say why.

    Raises:
        Refusal: the criterion is not attested but computed or signed.
        BadValue: neither note nor evidence is given.
    """
    line = _line(s, gate, criterion)
    if line.criterion.by != "attested":
        raise Refusal("This line is judged from the records; nobody can attest it.")
    if not note.strip() and not evidence.strip():
        raise BadValue("note", "Say in a sentence how you know, or give a link to the evidence.")
    row = _add(
        session,
        s,
        GateRecord(
            gate=gate.key,
            kind="attestation",
            criterion=criterion,
            note=note.strip(),
            evidence=evidence.strip(),
            by=actor,
        ),
    )
    record(session, s.engagement, actor, events.CriterionAttested(criterion, row.id))
    return row


def withdraw(session: Session, s: Situation, actor: str, gate: Gate, record_id: int) -> None:
    """End an attestation, a waiver or a request; what it opened shuts again."""
    row = next(
        (r for r in s.records.gate_records if r.id == record_id and r.gate == gate.key), None
    )
    if row is None or row.kind not in ("attestation", "waiver", "waiver_request") or row.ended_at:
        raise Missing
    row.ended_at, row.ended_by = now(), actor
    kind = events.AttestationWithdrawn if row.kind == "attestation" else events.WaiverEnded
    record(session, s.engagement, actor, kind(row.criterion, row.id))


def request_waiver(
    session: Session,
    s: Situation,
    actor: str,
    gate: Gate,
    criterion: str,
    reason: str,
    evidence: str,
    expires_on: date | None,
) -> GateRecord:
    """Ask that a criterion be waived; somebody else grants it."""
    _waivable(s, gate, criterion, reason, expires_on)
    row = _add(
        session,
        s,
        GateRecord(
            gate=gate.key,
            kind="waiver_request",
            criterion=criterion,
            note=reason.strip(),
            evidence=evidence.strip(),
            expires_on=expires_on,
            asked_by=actor,
            by=actor,
        ),
    )
    record(session, s.engagement, actor, events.WaiverRequested(criterion, row.id))
    return row


def grant_waiver(
    session: Session,
    s: Situation,
    actor: str,
    is_admin: bool,
    gate: Gate,
    criterion: str,
    reason: str,
    evidence: str,
    expires_on: date | None,
) -> GateRecord:
    """Waive a criterion until a date, by name. An architect grants only what another asked for.

    Raises:
        Refusal: nobody else asked, the criterion holds already, or it was attested away.
        BadValue: reason, evidence or date is missing or out of range.
    """
    line = _waivable(s, gate, criterion, reason, expires_on)
    asked = line.request
    if not evidence.strip():
        raise BadValue("evidence", "Give a link or a sentence that shows why this can be waived.")
    if not is_admin and (asked is None or asked.asked_by == actor):
        raise Refusal("You can grant a waiver only when somebody else has asked for it.")
    if asked is not None:
        asked.ended_at, asked.ended_by = now(), actor
    row = _add(
        session,
        s,
        GateRecord(
            gate=gate.key,
            kind="waiver",
            criterion=criterion,
            note=reason.strip(),
            evidence=evidence.strip(),
            expires_on=expires_on,
            asked_by=asked.asked_by if asked else actor,
            by=actor,
        ),
    )
    assert expires_on is not None
    record(
        session,
        s.engagement,
        actor,
        events.WaiverGranted(criterion, row.id, expires_on.isoformat()),
    )
    return row


def decide(
    session: Session,
    s: Situation,
    actor: str,
    gate: Gate,
    outcome: str,
    note: str = "",
    weeks: int | None = None,
    on: date | None = None,
) -> GateRecord:
    """Take one of the gate's outcomes, if it can be taken now.

    Raises:
        GateShut: the outcome is shut; the message says why.
        BadValue: looping back needs a note, extending a number of weeks from 1 to 8, and an outcome
            that asks for a date one from the kickoff to a year ahead.
    """
    decision = decide_one(gate, s)
    choice = next((c for c in decision.choices if c.slug == outcome), None)
    if choice is None:
        raise GateShut("This outcome is not offered for this engagement.")
    if choice.shut:
        raise GateShut(choice.shut)
    effect = choice.outcome.effect
    if effect in ("loop", "extend") and not note.strip():
        raise BadValue("note", "Say what has to be fixed, so that everybody knows.")
    if effect == "extend" and (weeks is None or not 1 <= weeks <= MOST_WEEKS):
        raise BadValue("weeks", f"Give a number of weeks from 1 to {MOST_WEEKS}.")
    if choice.outcome.asks:
        _check_date(s, on)
    frozen = freeze(s, decision)
    row = _add(
        session,
        s,
        GateRecord(
            gate=gate.key,
            kind="loop" if effect == "loop" else "decision",
            outcome=outcome,
            passes=effect in ("pass", "complete"),
            note=note.strip(),
            weeks=weeks if effect == "extend" else None,
            by=actor,
            frozen=frozen,
            sha256=sha256(canonical(frozen)),
        ),
    )
    for key, value in choice.outcome.sets.items():
        _set(session, s, actor, key, value)
    if choice.outcome.asks and on is not None:
        _set(session, s, actor, choice.outcome.asks, on.isoformat())
    if effect == "extend":
        assert weeks is not None
        _set(session, s, actor, "profile.hypercare_extra", s.hypercare_weeks_added + weeks)
        event: Any = events.HypercareExtended(gate.key, weeks, row.id)
    elif effect == "loop":
        event = events.LoopedBack(gate.key, choice.outcome.to, row.id)
    else:
        event = events.GatePassed(gate.key, outcome, row.id, row.sha256)
    record(session, s.engagement, actor, event)
    return row


def close_loop(session: Session, s: Situation, actor: str, gate: Gate) -> None:
    """Say that what the loop back asked for is fixed; the gate can be judged again."""
    loop = decide_one(gate, s).loop
    if loop is None:
        raise Missing
    loop.ended_at, loop.ended_by = now(), actor
    record(session, s.engagement, actor, events.LoopClosed(gate.key, loop.id))


def freeze(s: Situation, decision: Decision) -> dict[str, Any]:
    """What the gate saw: every line, how it was judged, and on what evidence."""
    return {
        "gate": decision.gate.key,
        "playbook": [s.playbook.name, s.playbook.version],
        "profile": {k: v for k, v in s.profile.items() if v is not None},
        "chain_head": s.engagement.chain_head,
        "criteria": [
            {
                "key": r.criterion.key,
                "title": r.criterion.title,
                "applies": r.applies,
                "met": r.met,
                "evidence": r.finding.evidence,
                "lacks": [lack.sentence for lack in r.finding.lacks] if r.applies else [],
                "waiver": r.waiver.id if r.waived and r.waiver else None,
                "reason": r.reason if not r.applies else "",
            }
            for r in decision.results
        ],
    }


def _line(s: Situation, gate: Gate, criterion: str) -> Result:
    decision = decide_one(gate, s)
    line = next((r for r in decision.results if r.criterion.key == criterion), None)
    if line is None or not line.applies:
        raise Missing
    return line


def _waivable(
    s: Situation, gate: Gate, criterion: str, reason: str, expires_on: date | None
) -> Result:
    line = _line(s, gate, criterion)
    if line.finding.met:
        raise Refusal("This criterion is met; there is nothing to waive.")
    if not reason.strip():
        raise BadValue("reason", "Say why this may be waived.")
    if expires_on is None:
        raise BadValue("expires_on", "Give the last day on which the waiver holds.")
    if not s.today <= expires_on <= s.today + LONGEST_WAIVER:
        raise BadValue("expires_on", "A waiver lasts from today to 90 days ahead at most.")
    return line


def _check_date(s: Situation, on: date | None) -> None:
    kickoff = s.anchors["kickoff"]
    if on is None:
        raise BadValue("on", "Give the date.")
    if kickoff is not None and on < kickoff:
        raise BadValue("on", "This is before the kickoff.")
    if on > s.today + FURTHEST:
        raise BadValue("on", "This is more than a year ahead.")


def _add(session: Session, s: Situation, row: GateRecord) -> GateRecord:
    row.engagement_id = s.engagement.id
    session.add(row)
    session.flush()
    s.records.gate_records.append(row)
    return row


def _set(session: Session, s: Situation, actor: str, key: str, value: Any) -> None:
    said = s.records.inputs.get(key)
    if said is None:
        said = Input(engagement_id=s.engagement.id, key=key, changed_by=actor, value=value)
        session.add(said)
        s.records.inputs[key] = said
    said.value, said.standing, said.standing_by, said.standing_at = value, CONFIRMED, actor, now()
    said.source, said.changed_by, said.version = "Decided at a gate", actor, (said.version or 0) + 1
