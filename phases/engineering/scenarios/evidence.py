"""Comparisons of scenarios as the results of technical tests: runs, evidence, defects, retests.

A test has passed when each of its chosen scenarios came out exact in its newest try, and failed
when one did not. Its evidence is the page of those tries, up to the newest; a later try is another
run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.scenarios import ALL, Scenario
from phases.core.errors import BadValue
from phases.engineering.scenarios.judging import EXACT, Verdict, tests_of, verdicts
from phases.engineering.scenarios.models import ScenarioRun
from phases.engineering.scenarios.services import Known, Tried, tries
from phases.mechanisms.checklist.queries import StepView, step_of, step_view
from phases.mechanisms.checklist.services import KEEP, say_step
from phases.mechanisms.naming import place_of
from phases.mechanisms.register.queries import live_rows, register_of
from phases.mechanisms.register.rules import new_entry
from phases.mechanisms.register.services import change_row, insert, next_position
from phases.mechanisms.situation import Situation
from playbook.book import slug_of
from playbook.models import Register

CHECKLIST = "Q16.checklist.tests"
DEFECTS = "Q16.register.defects"
FROM = "from:scenario:"
WORDS = "Scenarios: "
"""How a note begins that was written from comparisons, and may be replaced by the next."""
LONGEST_NOTE = 2000
RETESTED, FIXED = "retested", "fixed"
PASSED, FAILED = "done", "failed"


@dataclass(frozen=True)
class Tested:
    """A technical test with the scenarios it rests on; ``until`` is the newest try of them."""

    step: StepView
    href: str
    page: str
    lines: tuple[tuple[Scenario, Tried | None], ...]

    @property
    def tried(self) -> list[tuple[Scenario, Tried]]:
        return [(one, tried) for one, tried in self.lines if tried is not None]

    @property
    def exact(self) -> int:
        return sum(tried.outcome == EXACT for _, tried in self.tried)

    @property
    def wrong(self) -> list[tuple[Scenario, Tried]]:
        return [(one, tried) for one, tried in self.tried if tried.outcome != EXACT]

    @property
    def until(self) -> int:
        return max((tried.run for _, tried in self.tried), default=0)

    @property
    def result(self) -> str:
        """The state that its scenarios prove; empty while they prove none."""
        if self.wrong:
            return FAILED
        return PASSED if self.lines and self.exact == len(self.lines) else ""

    @property
    def evidence(self) -> str:
        return f"{self.page}?test={self.step.key}&until={self.until}"

    @property
    def recorded(self) -> bool:
        """Whether the test says what the comparisons say, by these tries."""
        return (self.step.state, self.step.evidence) == (self.result, self.evidence)

    @property
    def offered(self) -> bool:
        return bool(self.result) and not self.recorded

    @property
    def note(self) -> str:
        """What was compared, in words."""
        each = ", ".join(f"{one.title} {tried.outcome}" for one, tried in self.tried)
        return f"{WORDS}{self.exact} of {len(self.lines)} exact to the minor unit. {each}."[
            :LONGEST_NOTE
        ]


def by_test(session: Session, s: Situation, known: Known | None = None) -> list[Tested]:
    """The technical tests that chosen scenarios are evidence for, in the order of the pack.

    *known* are the scenarios chosen and the newest tries, where they were read before.
    """
    chosen, runs = known or tries(session, s.engagement, s.profile)
    found: dict[str, list[tuple[Scenario, Tried | None]]] = {}
    for one in ALL:
        if one.key in chosen:
            for test in tests_of(one.key):
                found.setdefault(test, []).append((one, runs.get(one.key)))
    return [line for key, lines in found.items() for line in _line(s, key, lines)]


def _line(
    s: Situation, key: str, lines: list[tuple[Scenario, Tried | None]]
) -> Iterator[Tested]:  # fmt: skip
    if key not in s.playbook.items:
        return
    checklist, step = step_of(s, key)
    view = step_view(s, checklist, step)
    if view.applies:
        base = f"/e/{s.engagement.slug}"
        page = f"{base}/contracts/scenarios"
        yield Tested(view, f"{base}/{place_of(s, key)}", page, tuple(lines))


def record_test(session: Session, s: Situation, actor: str, key: str) -> Tested:
    """Give a technical test the result that its scenarios prove, with them as its evidence.

    What differs becomes a defect; a defect that was fixed is retested once its scenario is exact.

    Raises:
        BadValue: its scenarios prove nothing yet.
    """
    found = next((one for one in by_test(session, s) if one.step.key == key), None)
    if found is None or not found.result:
        raise BadValue("test", "Try every scenario of this test first, or find one that differs.")
    if found.recorded:
        return found
    own = found.step.note.startswith(WORDS) or not found.step.note
    say_step(session, s, actor, key, state=found.result, evidence=found.evidence,
             note=found.note if own else KEEP)  # fmt: skip
    register = s.playbook.items.get(DEFECTS)
    if isinstance(register, Register) and s.applies(register):
        _retest(session, s, actor, found)
        _find(session, s, actor, found)
    return found


def _find(session: Session, s: Situation, actor: str, found: Tested) -> None:
    """A defect for each try that differs, unless one tells of it or of an earlier open one."""
    register = register_of(s, DEFECTS)
    known = {row.seed for row in s.records.rows.get(DEFECTS, ()) if row.seed}
    open_ = {scenario for row, scenario in _defects(session, s) if row.state != RETESTED}
    for scenario, tried in found.wrong:
        key = f"{FROM}{tried.run}"
        if key in known or scenario.key in open_:
            continue
        entry = new_entry(s, register, values=_defect(session, s, found, scenario, tried))
        position = next_position(session, s, register)
        s.records.keep(insert(session, s, actor, register, position, entry, key))


def _defect(
    session: Session, s: Situation, found: Tested, scenario: Scenario, tried: Tried
) -> dict[str, Any]:
    run = session.get_one(ScenarioRun, tried.run)
    compared = verdicts(scenario, run.invoices)
    wrong = [one for one in compared if one.outcome != EXACT]
    return {
        "summary": said_of(scenario, compared), "test": slug_of(found.step.key),
        "severity": "critical" if any(_money(one) for one in wrong) else "major",
        "found_on": s.today.isoformat(),
    }  # fmt: skip


def said_of(scenario: Scenario, compared: list[Verdict]) -> str:
    """What differs, as the summary of a defect."""
    wrong = [one for one in compared if one.outcome != EXACT]
    causes = ", ".join(dict.fromkeys(cause for one in wrong for cause in one.causes))
    why = f", probably {causes.replace('_', ' ')}" if causes else ""
    return f"{scenario.title}: {len(wrong)} of {len(compared)} invoices differ{why}"[:300]


def _money(one: Verdict) -> bool:
    """Whether a customer would be billed wrongly, and not only on another day."""
    return one.outcome != "different" or one.difference.strip("+-0.") != ""


def _defects(session: Session, s: Situation) -> list[tuple[Any, str]]:
    """Live defects that came from comparisons, each with the scenario it tells of."""
    rows = [row for row in live_rows(s, register_of(s, DEFECTS)) if row.seed.startswith(FROM)]
    ids = {int(row.seed.removeprefix(FROM)): row for row in rows}
    if not ids:
        return []
    query = select(ScenarioRun.id, ScenarioRun.scenario).where(
        ScenarioRun.engagement_id == s.engagement.id, ScenarioRun.id.in_(ids)
    )
    return [(ids[run], key) for run, key in session.execute(query).tuples()]


def _retest(session: Session, s: Situation, actor: str, found: Tested) -> None:
    """What was fixed is retested where its scenario is exact now."""
    exact = {one.key for one, tried in found.tried if tried.outcome == EXACT}
    values = {"retested_on": s.today.isoformat(), "evidence": found.evidence}
    for row, scenario in _defects(session, s):
        if row.state == FIXED and scenario in exact:
            change_row(session, s, actor, DEFECTS, row.ref, state=RETESTED, values=values)


def still_open(session: Session, s: Situation, found: Tested) -> int:
    """How many defects of the test's scenarios nobody has said how they were fixed."""
    keys = {one.key for one, _ in found.lines}
    return sum(
        row.state not in (RETESTED, FIXED) and scenario in keys
        for row, scenario in _defects(session, s)
    )
