"""A gate's lines as a table to take along."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from phases.gates.judge import Decision, Result
from phases.mechanisms.exchange import Table
from phases.mechanisms.situation import Situation

COLUMNS = ("Line", "Title", "State", "What is missing", "Who can supply it", "Since", "Evidence")


def table(s: Situation, decision: Decision, since: Mapping[str, date]) -> Table:
    """Head and every line: how it stands, what is missing and since when, what proves it."""
    body = [
        [
            result.criterion.key, s.plain(result.criterion.title), state_of(result),
            "\n".join(dict.fromkeys(lack.sentence for lack in result.finding.lacks)) or None,
            _who(s, result), since.get(result.criterion.key), _evidence(result) or None,
        ]
        for result in decision.results
    ]  # fmt: skip
    return [list(COLUMNS), *body]


def state_of(result: Result) -> str:
    """How a line stands, in words."""
    if not result.applies:
        return "Not applicable"
    if result.waived:
        return "Waived"
    if result.finding.met:
        return "Met"
    return "Stale" if result.finding.stale else "Not met"


def _who(s: Situation, result: Result) -> str:
    role = result.criterion.supplied_by
    names = s.names_of(role)
    title = s.playbook.role(role).title
    return f"{title}: {names}" if names else title


def _evidence(result: Result) -> str:
    if not result.applies:
        return result.reason
    return result.waiver.note if result.waived and result.waiver else result.finding.evidence
