"""What was changed of a metric's readings, by whom and when, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from phases.core.models import Engagement
from phases.mechanisms.history.queries import Happened, changes_of
from phases.mechanisms.history.services import note as keep
from phases.mechanisms.metric.models import Reading
from phases.mechanisms.metric.words import period_words, plain
from phases.mechanisms.situation import Situation
from playbook.models import Metric

TITLES = {
    "value": "Value", "numerator": "Part", "denominator": "Of all", "size": "Cases",
    "spread": "Spread", "note": "Note",
}  # fmt: skip


def values_of(reading: Reading) -> dict[str, Any]:
    """What is said in *reading*, as it is kept."""
    return {name: _plain(getattr(reading, name)) for name in TITLES}


def remember(
    session: Session, engagement: Engagement, actor: str, reading: Reading,
    before: Mapping[str, Any],
) -> None:  # fmt: skip
    """Keep what a save put in place of *before*, under the reading's period and subject."""
    after = values_of(reading)
    changed = {
        f"{reading.period}:{reading.subject}:{name}": (before.get(name), value)
        for name, value in after.items()
        if before.get(name) != value
    }
    if changed:
        keep(session, engagement, actor, reading.metric, reading.version, changed)


def history_of(session: Session, s: Situation, metric: Metric) -> list[Happened]:
    """What was changed of the readings of *metric*, newest first."""
    found = []
    for change in changes_of(session, s.engagement, metric.key):
        first, subject, _ = next(iter(change.changes)).split(":", 2)
        words = [
            period_words(metric.period, date.fromisoformat(first)),
            metric.subjects.get(subject, ""),
        ]
        found.append(
            Happened(
                change.at, s.people.name(change.actor),
                tuple(
                    (TITLES[name.rsplit(":", 1)[1]], _words(before), _words(after))
                    for name, (before, after) in change.changes.items()
                ),
                "recorded " + ", ".join(filter(None, words)),
            )
        )  # fmt: skip
    return found


def _plain(value: Any) -> Any:
    return plain(value) if isinstance(value, Decimal) else value or None


def _words(value: Any) -> str:
    return "" if value is None else str(value)
