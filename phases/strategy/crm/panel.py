"""The CRM audit on the page of its phase."""

from __future__ import annotations

from sqlalchemy import select

from phases.mechanisms.panels import Panel
from phases.mechanisms.situation import Situation
from phases.strategy.crm.keys import STEP
from phases.strategy.crm.models import CrmExport
from phases.strategy.crm.queries import sentence_of


def panels(s: Situation) -> dict[str, list[Panel]]:
    """The last audit in a line, at the sub-phases that rest on it; nothing where the playbook asks
    for no audit."""
    if STEP not in s.playbook.items or s.records.session is None:
        return {}
    last = _last(s)
    return {code: [_panel(s, code, last)] for code in ("1a", "1b")}


def _panel(s: Situation, code: str, last: CrmExport | None) -> Panel:
    state, label, sentence = "todo", "No export yet", "Upload what the CRM says of the deals."
    if last is not None:
        audited = bool(last.summary)
        state, label = ("met", "Audited") if audited else ("watch", "Not audited yet")
        sentence = sentence_of(last.summary) or last.name
    return Panel(
        key=f"crm-audit-{code}", title="CRM audit", kind="crm", href=f"/e/{s.engagement.slug}/crm",
        state=state, label=label, sentence=sentence,
    )  # fmt: skip


def _last(s: Situation) -> CrmExport | None:
    assert s.records.session is not None
    query = select(CrmExport).where(CrmExport.engagement_id == s.engagement.id)
    found: CrmExport | None = s.records.session.scalar(query.order_by(CrmExport.id.desc()).limit(1))
    return found
