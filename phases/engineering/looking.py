"""Files that take long to recognise: the worker looks at them, and what it found is kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from phases.core.models import Engagement
from phases.core.runs import services as runs
from phases.engineering.contracts.models import ContractImport
from phases.engineering.invoices.models import InvoiceImport

Import = ContractImport | InvoiceImport


def look_later(
    session: Session, engagement: Engagement, actor: str, record: Import, kind: str
) -> None:
    """Have the worker recognise the file of *record*, by a run of *kind*."""
    record.state = "looking"
    run = runs.start(session, engagement, actor, kind, subject=str(record.id),
                     data={"given": bool(record.found["titles"])},
                     files={"export": record.file_id})  # fmt: skip
    record.run_id = run.id
    session.flush()


def keep_look(record: Import, computed: dict[str, Any]) -> dict[str, str]:
    """Write what the worker recognised, unless the file was left out meanwhile; its state."""
    if record.state == "looking":
        record.mapping, record.state = computed["mapping"], "mapping"
        record.found = with_known(computed["found"], record.found)
        record.version += 1
    return {"state": record.state}


def with_known(found: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """What was found, and as which file it was read at first."""
    return found | {"known": found["known"] or before.get("known") or ""}
