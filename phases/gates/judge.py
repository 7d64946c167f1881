"""Judging a gate: a pure function of its definition and what is known, failing closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from phases.core.facts import Finding, Lack, met, unmet
from phases.core.models import GateRecord
from phases.mechanisms.situation import Situation
from playbook.models import Criterion, Gate, Outcome


@dataclass(frozen=True)
class Result:
    """One line of a gate. ``waiver`` is the live waiver, if any, ``lapsed`` one that ran out."""

    criterion: Criterion
    applies: bool
    reason: str
    finding: Finding
    attestation: GateRecord | None = None
    waiver: GateRecord | None = None
    lapsed: GateRecord | None = None
    request: GateRecord | None = None

    @property
    def met(self) -> bool:
        return self.applies and self.finding.met

    @property
    def waived(self) -> bool:
        return self.applies and not self.finding.met and self.waiver is not None

    @property
    def holds(self) -> bool:
        """Whether this line keeps nothing shut: met, waived, or not applicable."""
        return not self.applies or self.finding.met or self.waiver is not None


@dataclass(frozen=True)
class Choice:
    """An outcome as it can be chosen now; ``shut`` says why it cannot."""

    slug: str
    outcome: Outcome
    shut: str = ""


@dataclass(frozen=True)
class Decision:
    """A gate as it stands today.

    ``state``: na, passed, stale (passed, but would not pass today), open (may be passed), shut.
    """

    gate: Gate
    results: tuple[Result, ...]
    choices: tuple[Choice, ...]
    state: str
    passed: GateRecord | None
    loop: GateRecord | None
    before: str = ""

    @property
    def opens(self) -> bool:
        """Whether every line holds."""
        return all(result.holds for result in self.results)

    @property
    def unmet(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if not result.holds)

    @property
    def lacks(self) -> tuple[Lack, ...]:
        """What is missing, line by line."""
        return tuple(lack for result in self.unmet for lack in result.finding.lacks)


def decide_all(s: Situation, up_to: str = "") -> dict[str, Decision]:
    """Judge every gate in order; one stays shut while an earlier is not passed, or stale.

    With *up_to*, only the gates up to that sub-phase.
    """
    decisions: dict[str, Decision] = {}
    before = ""
    for gate in s.playbook.gates:
        if up_to and gate.subphase > up_to:
            break
        decisions[gate.key] = decide(gate, s, before)
        before = before or _shuts_the_next(decisions[gate.key])
    return decisions


def decide_one(gate: Gate, s: Situation) -> Decision:
    """Judge one gate, with those before it if it stands at a sub-phase's end."""
    if gate.guards is not None:
        return decide(gate, s)
    return decide_all(s, gate.subphase)[gate.key]


def decide_ahead(s: Situation) -> dict[str, Decision]:
    """Judge the gates up to the first that is not passed; those after it wait, unjudged."""
    decisions: dict[str, Decision] = {}
    before = ""
    for gate in s.playbook.gates:
        passed = passing(gate, s)
        if before and passed is None:
            state = "shut" if s.applies(gate) else "na"
            decisions[gate.key] = Decision(gate, (), (), state, None, None, before)
            continue
        decisions[gate.key] = decide(gate, s, before)
        before = before or _shuts_the_next(decisions[gate.key])
    return decisions


def _shuts_the_next(decision: Decision) -> str:
    """Why *decision* keeps the gates after it shut, empty if it does not."""
    if decision.state == "stale":
        return f"{decision.gate.called} would not pass today."
    if decision.state in ("open", "shut"):
        return f"{decision.gate.called} is not passed yet."
    return ""


def passing(gate: Gate, s: Situation) -> GateRecord | None:
    """The decision by which *gate* was passed, if it was."""
    found = (r for r in reversed(s.records.gate_records) if r.gate == gate.key)
    return next((r for r in found if r.kind == "decision" and r.passes), None)


def decide(gate: Gate, s: Situation, before: str = "") -> Decision:
    """Judge every criterion of *gate*; anything missing or stale is not met.

    *before* says why an earlier gate keeps this one shut, empty if none does.
    """
    records = [record for record in s.records.gate_records if record.gate == gate.key]
    results = tuple(judge(criterion, s, records) for criterion in gate.criteria.values())
    passed = passing(gate, s)
    loop = next((r for r in records if r.kind == "loop" and r.ended_at is None), None)
    opens = all(result.holds for result in results)
    if not s.applies(gate):
        state = "na"
    elif passed is not None:
        state = "passed" if opens else "stale"
    else:
        state = "open" if opens and not before and loop is None else "shut"
    choices = tuple(
        Choice(slug, outcome, _why_shut(outcome, results, before, loop, passed))
        for slug, outcome in gate.outcomes.items()
        if outcome.applies is None or outcome.applies.holds(s.profile)
    )
    return Decision(gate, results, choices, state, passed, loop, before)


def judge(criterion: Criterion, s: Situation, records: Sequence[GateRecord]) -> Result:
    """Judge one line."""
    applicability = s.applicability(criterion)
    own = [
        record for record in records if record.criterion == criterion.key and not record.ended_at
    ]
    attestation = next((r for r in reversed(own) if r.kind == "attestation"), None)
    waivers = [r for r in own if r.kind == "waiver"]
    live = next((r for r in reversed(waivers) if is_live(r, s.today)), None)
    lapsed = None if live else next(iter(reversed(waivers)), None)
    request = next((r for r in reversed(own) if r.kind == "waiver_request"), None)
    return Result(
        criterion,
        applicability.applies,
        applicability.reason,
        _find(criterion, s, attestation),
        attestation,
        live,
        lapsed,
        request,
    )


def is_live(waiver: GateRecord, today: date) -> bool:
    """Whether a waiver still holds; it lapses after its last day."""
    return waiver.expires_on is not None and today <= waiver.expires_on


def _find(criterion: Criterion, s: Situation, attestation: GateRecord | None) -> Finding:
    if criterion.by != "attested":
        return s.find_all(criterion.checks)
    if attestation is None:
        return unmet([Lack("Nobody has attested this.", criterion.supplied_by)])
    return met(f"Attested by {s.people.name(attestation.by)}: {attestation.note}")


def _why_shut(
    outcome: Outcome,
    results: Sequence[Result],
    before: str,
    loop: GateRecord | None,
    passed: GateRecord | None,
) -> str:
    if passed is not None:
        return "This gate has been passed."
    if before:
        return before
    if outcome.effect in ("loop", "extend"):
        return "Already looped back; say first that it is fixed." if loop else ""
    if loop:
        return "Looped back: say first that it is fixed."
    missing = sum(not result.holds for result in results)
    return f"{missing} of {len(results)} criteria are not met." if missing else ""
