"""Exports and their audits as pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from phases.core.errors import Missing
from phases.core.models import Engagement, Run, StoredFile
from phases.core.runs.queries import RunView, view
from phases.core.runs.services import DONE
from phases.mechanisms.naming import title_of
from phases.mechanisms.register import links
from phases.mechanisms.situation import Situation
from phases.strategy.crm.keys import STEP
from phases.strategy.crm.models import CrmExport, CrmTaken
from phases.strategy.crm.services import TABLES, said
from phases.strategy.crm.working import AUDIT, LOOK
from playbook.models import Input

STATES = {
    "waiting": ("waiting", "Waiting"), "running": ("waiting", "Running"),
    "failed": ("red", "Not readable"), "cancelled": ("watch", "Stopped"),
}  # fmt: skip


@dataclass(frozen=True)
class ExportLine:
    """An export in the list: ``state`` and ``label`` make its chip."""

    id: int
    name: str
    href: str
    state: str
    label: str
    sentence: str
    who: str
    at: datetime
    sha256: str
    beside: tuple[str, ...]


@dataclass(frozen=True)
class Offered:
    """A table that a customer has uploaded. ``about`` is what it was asked for."""

    id: int
    name: str
    about: str
    who: str
    at: datetime


def of_engagement(session: Session, engagement: Engagement, number: int) -> CrmExport:
    """The export *number* of *engagement*.

    Raises:
        Missing: there is none, or it belongs to another engagement.
    """
    export = session.scalar(
        select(CrmExport).where(CrmExport.id == number, CrmExport.engagement_id == engagement.id)
    )
    if export is None:
        raise Missing
    return export


def export_lines(session: Session, s: Situation, href: str) -> list[ExportLine]:
    """All exports of the engagement, the newest first; *href* is where they are listed."""
    exports = session.scalars(
        select(CrmExport)
        .where(CrmExport.engagement_id == s.engagement.id)
        .order_by(CrmExport.id.desc())
    ).all()
    runs = _last_runs(session, s.engagement) if exports else {}
    return [_line(s, each, runs.get(str(each.id)), href) for each in exports]


def _last_runs(session: Session, engagement: Engagement) -> dict[str, Run]:
    query = select(Run).where(Run.engagement_id == engagement.id, Run.kind.in_((LOOK, AUDIT)))
    return {run.subject: run for run in session.scalars(query.order_by(Run.id))}


def _line(s: Situation, export: CrmExport, run: Run | None, href: str) -> ExportLine:
    state, label = STATES.get(run.state if run else "", ("met", "Audited"))
    if label == "Audited" and not export.summary:
        state, label = "watch", "Columns to confirm"
    return ExportLine(
        export.id, export.name, f"{href}/{export.id}", state, label, sentence_of(export.summary),
        s.people.name(export.uploaded_by), export.uploaded_at, export.sha256,
        tuple(name for name in export.files if name != "export"),
    )  # fmt: skip


def sentence_of(summary: Mapping[str, Any]) -> str:
    """An audit in one line; nothing before there is one."""
    if not summary:
        return ""
    gaps, won = summary["gaps"], summary["won"]
    found = "no gap" if not gaps else "1 gap" if gaps == 1 else f"{gaps} gaps"
    return f"{summary['rows']:,} rows, {won:,} won · {found} · motion: {summary['motion']}"


def offered(s: Situation, lines: Iterable[ExportLine]) -> list[Offered]:
    """Tables that customers have uploaded and nobody has audited yet."""
    known = {line.sha256 for line in lines}
    found = [
        (key, row)
        for key, rows in s.records.files.items()
        for row in rows
        if row.uploaded_by.startswith("c") and row.kind in TABLES and row.sha256 not in known
    ]
    found.sort(key=lambda pair: pair[1].id, reverse=True)
    return [
        Offered(row.id, row.name, title_of(s, key), s.people.name(row.uploaded_by),
                row.uploaded_at)
        for key, row in found
    ]  # fmt: skip


@dataclass(frozen=True)
class Page:
    """An export: what goes on with it, how it is read, and what its last audit says.

    ``look`` and ``audit`` are as ``reading`` makes them; ``asks`` are keys of questions that must
    be answered before the audit.
    """

    export: CrmExport
    run: RunView | None
    look: dict[str, Any] | None
    audit: dict[str, Any] | None
    asks: tuple[str, ...]
    offered: dict[str, Any] | None
    remembered: bool
    at: datetime | None
    by: str


def page_of(session: Session, engagement: Engagement, export: CrmExport) -> Page:
    """What the last runs of *export* say."""
    runs = list(
        session.scalars(
            select(Run)
            .where(
                Run.engagement_id == engagement.id,
                Run.kind.in_((LOOK, AUDIT)),
                Run.subject == str(export.id),
            )
            .order_by(Run.id.desc())
        )
    )
    going = runs[0] if runs and runs[0].state != DONE else None
    done = next((run for run in runs if run.state == DONE), None)
    result = _result(session, done)
    return Page(
        export,
        view(session, engagement, going) if going else None,
        result.get("look"),
        result if "audit" in result else None,
        tuple(result.get("asks", ())),
        result.get("offered"),
        bool(result.get("remembered")),
        done.ended_at if done else None,
        done.started_by if done else "",
    )


def _result(session: Session, run: Run | None) -> dict[str, Any]:
    if run is None:
        return {}
    query = select(Run).where(Run.id == run.id).options(undefer(Run.result))
    return dict(session.scalars(query.execution_options(populate_existing=True)).one().result)


@dataclass(frozen=True)
class SuggestionView:
    """Something to take over. ``state`` is open, changed, taken, agrees, confirmed, nowhere."""

    name: str
    kind: str
    label: str
    title: str
    value: str
    severity: str
    source: str
    finding: str
    state: str
    now: str
    href: str
    into: str

    @property
    def is_open(self) -> bool:
        """Whether there is something to take over."""
        return self.state in ("open", "changed")


def suggestion_views(
    session: Session, s: Situation, found: Sequence[Mapping[str, Any]]
) -> list[SuggestionView]:
    """What may be taken over, with what was."""
    query = select(CrmTaken).where(CrmTaken.engagement_id == s.engagement.id)
    taken = {row.name: row for row in session.scalars(query)}
    return [_suggestion(s, one, taken.get(one["name"])) for one in found]


def _suggestion(s: Situation, one: Mapping[str, Any], taken: CrmTaken | None) -> SuggestionView:
    item = s.playbook.items.get(one["into"])
    link = links.view(s, taken.into) if taken else None
    is_input = isinstance(item, Input)
    value = _in_words(s, item, one["value"]) if isinstance(item, Input) else one["value"]
    state = _state(s, one, taken, link) if item else "nowhere"
    return SuggestionView(
        one["name"], one["kind"], one["kind"].capitalize(),
        s.plain(item.title) if is_input and item else one["title"], value,
        one["severity"] or "", one["source"], one["finding"], state,
        s.shown(one["into"]) if is_input else "", _href(s, one, link),
        link.title if link else "",
    )  # fmt: skip


def _in_words(s: Situation, item: Input, value: str) -> str:
    options = s.playbook.options(item)
    return options[value].title if value in options else {"true": "Yes"}.get(value, value)


def _state(
    s: Situation, one: Mapping[str, Any], taken: CrmTaken | None, link: links.LinkView | None
) -> str:
    if one["kind"] == "input":
        same = s.shown(one["into"]) == _in_words(s, s.playbook.get(one["into"], Input),
                                                 one["value"])  # fmt: skip
        if s.is_confirmed(one["into"]):
            return "agrees" if same else "confirmed"
        return "open" if not taken else "taken" if same else "changed"
    if taken is None or link is None or link.gone:
        return "open"
    return "taken" if taken.said == said(one) else "changed"


def _href(s: Situation, one: Mapping[str, Any], link: links.LinkView | None) -> str:
    if link is not None:
        return link.href
    if one["kind"] == "input":
        return f"/e/{s.engagement.slug}/inputs#{one['into'].replace('.', '-')}"
    return f"/e/{s.engagement.slug}/register/{one['into']}"


def came_from(s: Situation) -> dict[str, links.LinkView]:
    """The audits from which inputs and rows were taken over, by what they became."""
    if STEP not in s.playbook.items or s.records.session is None:
        return {}
    query = (
        select(CrmTaken, CrmExport.name)
        .join(CrmExport, CrmExport.id == CrmTaken.export_id)
        .where(CrmTaken.engagement_id == s.engagement.id)
    )
    base = f"/e/{s.engagement.slug}/crm"
    return {
        taken.into: links.LinkView(
            f"crm/{taken.export_id}", f"Audit of {name}", "CRM audit", f"{base}/{taken.export_id}"
        )
        for taken, name in s.records.session.execute(query).tuples()
    }


def stored_of(session: Session, engagement: Engagement, export: CrmExport) -> StoredFile:
    """The bytes of *export*.

    Raises:
        Missing: they are no longer kept.
    """
    row = session.scalar(
        select(StoredFile).where(
            StoredFile.id == export.files["export"],
            StoredFile.engagement_id == engagement.id,
            StoredFile.claimed_by != "",
            StoredFile.removed_at.is_(None),
        )
    )
    if row is None:
        raise Missing("The file of this export is no longer kept. Its audit is.")
    return row
