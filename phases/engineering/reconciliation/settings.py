"""What an engagement reconciles by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy.orm import Session

from billing.money import currencies
from billing.reconcile import Settings
from phases.core import audit
from phases.core.errors import BadValue, check_version
from phases.core.models import Engagement
from phases.engineering.reconciliation import events
from phases.engineering.reconciliation.models import ReconciliationSettings

MOST_NAMES = 5000
LINE = re.compile(r"\s*([A-Za-z]{3})\s*[:= ]\s*([\d.,]+)\s*$")
PLAIN = re.compile(r"(\d+|\d{1,3}(,\d{3})+)(\.\d+)?", re.ASCII)
"""An amount that reads one way only: a decimal point, commas between thousands."""


@dataclass(frozen=True)
class Chosen:
    """Red flags and tolerance of the monthly reconciliation, by currency, and names in files."""

    amounts: Mapping[str, str] = field(default_factory=lambda: {"USD": "100"})
    percent: str = "1"
    tolerance: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    version: int = 0

    def rules(self, *, monthly: bool) -> dict[str, Any]:
        """What a comparison goes by, as JSON: none of it outside the monthly one."""
        if not monthly:
            return {"red_flags": False, "tolerance": {}}
        return {"red_flags": True, "tolerance": dict(self.tolerance),
                "amounts": dict(self.amounts), "percent": self.percent}  # fmt: skip


def settings_of(rules: Mapping[str, Any]) -> Settings:
    """Rules as the comparison takes them."""
    if not rules.get("red_flags"):
        return Settings()
    return Settings(
        tolerance={code: Decimal(text) for code, text in rules["tolerance"].items()},
        red_flags=True,
        red_flag_amounts={code: Decimal(text) for code, text in rules["amounts"].items()},
        red_flag_percent=Decimal(rules["percent"]),
    )


def chosen(session: Session, engagement: Engagement) -> Chosen:
    """The settings of *engagement*, or the defaults."""
    record = session.get(ReconciliationSettings, engagement.id)
    if record is None:
        return Chosen()
    return Chosen(record.amounts, record.percent, record.tolerance, record.names, record.version)


def save(
    session: Session, engagement: Engagement, actor: str, *, amounts: str, percent: str,
    tolerance: str, names: str, version: int | None,
) -> None:  # fmt: skip
    """Change the settings. Amounts are given a line each (``USD 100``), names as ``Name = C-1``.

    Raises:
        BadValue: a line cannot be read. Conflict: somebody changed them after *version*.
    """
    record = session.get(ReconciliationSettings, engagement.id)
    check_version(record.version if record else 0, version, kept={}, theirs={})
    if record is None:
        record = ReconciliationSettings(engagement_id=engagement.id, version=0)
        session.add(record)
    record.amounts = amounts_of("amounts", amounts)
    record.tolerance = amounts_of("tolerance", tolerance)
    record.percent = _percent(percent)
    record.names = names_of(names)
    record.changed_by = actor
    record.version += 1
    session.flush()
    event = events.ReconciliationSettingsChanged(engagement.slug, record.version)
    audit.record(session, engagement, actor, event)


def amounts_of(name: str, text: str) -> dict[str, str]:
    """An amount per currency, a line each.

    Raises:
        BadValue: a line is no currency with an amount.
    """
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        read = LINE.match(line)
        code = read[1].upper() if read else ""
        if read is None or code not in currencies():
            raise BadValue(name, f"Line {number}: write a currency and an amount, as in USD 100.")
        if not PLAIN.fullmatch(read[2]):
            remedy = "Write it with a decimal point, as in 1,250.50."
            raise BadValue(name, f"Line {number}: “{read[2]}” is no amount. {remedy}")
        found[code] = str(Decimal(read[2].replace(",", "")))
    return found


def _percent(text: str) -> str:
    try:
        value = Decimal(text.strip() or "1")
    except InvalidOperation:
        raise BadValue("percent", "Enter a number, such as 1.") from None
    if not value.is_finite() or not 0 <= value <= 100:
        raise BadValue("percent", "Enter a number from 0 to 100.")
    return str(value)


def names_of(text: str) -> dict[str, str]:
    """Which contract a name in a file stands for, a line each.

    Raises:
        BadValue: a line has no equals sign, or a name stands for two contracts.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, mark, contract = (part.strip() for part in line.rpartition("="))
        if not mark or not name or not contract:
            raise BadValue("names", f"Line {number}: write Name in the file = contract number.")
        if found.get(name, contract) != contract:
            raise BadValue("names", f"Line {number}: “{name}” stands for two contracts.")
        found[name] = contract
    if len(found) > MOST_NAMES:
        raise BadValue("names", f"At most {MOST_NAMES:,} names are kept.")
    return found
