"""Whether every variance that a reconciliation found is explained."""

from __future__ import annotations

from sqlalchemy.orm import Session

from phases.core.facts import Finding, Lack, met, unmet
from phases.engineering.reconciliation import queries
from phases.mechanisms.situation import Situation
from playbook.checks import VariancesExplained

Newest = tuple[int, str, str, str, int]
"""Number, purpose, title, days and open variances of the newest comparison of a group."""


def variances_explained(check: VariancesExplained, s: Situation) -> Finding:
    """The newest reconciliation of each kind leaves nothing unexplained."""
    session = s.records.session
    found: list[Newest] = s.once(
        ("reconciled", ""), lambda: [] if session is None else _newest(session, s)
    )
    asked = [one for one in found if one[1] in check.purposes]
    lacks = [
        Lack(
            f"{title}, {about}: {count} {'variance is' if count == 1 else 'variances are'} "
            "unexplained.",
            "finance_lead", f"reconciliation/{number}?state=open",
        )
        for number, _, title, about, count in asked if count
    ]  # fmt: skip
    if lacks:
        return unmet(lacks)
    if len(asked) < check.minimum:
        return unmet([Lack("Nothing has been reconciled here yet.", "finance_lead",
                           "reconciliation")])  # fmt: skip
    if not asked:
        return met("Nothing has been reconciled here yet.")
    return met(f"Reconciled, with nothing unexplained: {len(asked)}.")


def _newest(session: Session, s: Situation) -> list[Newest]:
    records = queries.newest(session, s.engagement)
    counts = queries.open_counts(session, s.engagement) if records else {}
    return [
        (one.id, one.purpose, queries.title_of(one),
         one.period or queries.days_of(one.first_day, one.last_day), counts.get(one.id, 0))
        for one in records
    ]  # fmt: skip
