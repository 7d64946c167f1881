"""Choosing scenarios, and recording what the billing tool made of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, literal, select, union_all
from sqlalchemy.orm import Session

from billing.scenarios import ALL, Scenario
from phases.core import audit
from phases.core.errors import BadValue, Missing
from phases.core.models import Engagement, StoredFile
from phases.engineering.scenarios.events import ScenariosChosen, ScenarioTried
from phases.engineering.scenarios.judging import BY_KEY, applies, outcome_of, verdicts
from phases.engineering.scenarios.models import ScenarioChoice, ScenarioRun

LONGEST_NOTE = 2000


def scenario_of(key: str) -> Scenario:
    """The scenario called *key*.

    Raises:
        Missing: the pack has none.
    """
    found = BY_KEY.get(key)
    if found is None:
        raise Missing
    return found


def chosen_in(session: Session, engagement: Engagement, profile: Mapping[str, Any]) -> set[str]:
    """The scenarios that are tried: those the profile calls for, or somebody chose by hand."""
    return standing(session, engagement, profile)[0]


def standing(
    session: Session, engagement: Engagement, profile: Mapping[str, Any]
) -> tuple[set[str], dict[str, str]]:
    """The scenarios that are tried, and how the newest try of each ended, in one query."""
    chosen, runs = tries(session, engagement, profile)
    return chosen, {key: one.outcome for key, one in runs.items()}


@dataclass(frozen=True)
class Tried:
    """The newest try of a scenario, and how it ended."""

    run: int
    outcome: str


Known = tuple[set[str], dict[str, Tried]]
"""The scenarios that are tried, and the newest try of each."""


def tries(
    session: Session, engagement: Engagement, profile: Mapping[str, Any], until: int | None = None
) -> Known:
    """The scenarios that are tried, and the newest try of each (to run *until*), in one query."""
    said = select(literal(0), ScenarioChoice.scenario, case((ScenarioChoice.chosen, "y"), else_=""))
    ended = select(ScenarioRun.id, ScenarioRun.scenario, ScenarioRun.outcome)
    query = union_all(
        said.where(ScenarioChoice.engagement_id == engagement.id),
        ended.where(ScenarioRun.engagement_id == engagement.id),
    )
    rows = sorted(session.execute(query).tuples().all())
    by_hand = {key: bool(value) for number, key, value in rows if not number}
    chosen = {one.key for one in ALL if by_hand.get(one.key, applies(one, profile))}
    known = [row for row in rows if row[0] and (until is None or row[0] <= until)]
    return chosen, {key: Tried(number, value) for number, key, value in known}


def choose(
    session: Session, engagement: Engagement, actor: str, profile: Mapping[str, Any], keys: set[str]
) -> None:
    """Have exactly the scenarios *keys* tried.

    Raises:
        Missing: the pack has no scenario of such a key.
    """
    for key in keys:
        scenario_of(key)
    before = chosen_in(session, engagement, profile)
    if keys == before:
        return
    for key in sorted(keys ^ before):
        row = session.get(ScenarioChoice, (engagement.id, key))
        if row is None:
            row = ScenarioChoice(engagement_id=engagement.id, scenario=key)
            session.add(row)
        row.chosen, row.changed_by = key in keys, actor
    session.flush()
    event = ScenariosChosen(
        engagement.slug, tuple(sorted(keys - before)), tuple(sorted(before - keys))
    )
    audit.record(session, engagement, actor, event)


def record_run(
    session: Session, engagement: Engagement, actor: str, key: str,
    invoices: Sequence[Mapping[str, Any]], note: str = "", file: StoredFile | None = None,
) -> ScenarioRun:  # fmt: skip
    """Keep what the tool made of a scenario, and how it compares.

    Raises:
        BadValue: the note is too long. Missing: the pack has no such scenario.
    """
    scenario = scenario_of(key)
    if len(note) > LONGEST_NOTE:
        raise BadValue("note", f"That is too long; {LONGEST_NOTE} characters are the most.")
    run = ScenarioRun(
        engagement_id=engagement.id, scenario=key, invoices=list(invoices), by=actor,
        outcome=outcome_of(verdicts(scenario, invoices)), note=note.strip(),
        file_id=file.id if file else None,
    )  # fmt: skip
    session.add(run)
    session.flush()
    event = ScenarioTried(f"scenario/{key}", run.id, run.outcome)
    audit.record(session, engagement, actor, event)
    return run


def runs_of(session: Session, engagement: Engagement, key: str) -> list[ScenarioRun]:
    """Every try of a scenario, the newest first."""
    query = select(ScenarioRun).where(
        ScenarioRun.engagement_id == engagement.id, ScenarioRun.scenario == key
    )
    return list(session.scalars(query.order_by(ScenarioRun.id.desc())))
