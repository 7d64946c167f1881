"""What the worker does with an export: look at it, then audit it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.crm.audit import beside
from billing.crm.errors import UnfitMapping, UnreadableExport
from billing.crm.mapping import Mapping
from billing.crm.recognise import recognise
from billing.crm.source import Limits, Source
from billing.crm.table import Progress, Table, open_table
from phases.core import files
from phases.core.errors import Refusal
from phases.core.models import Engagement, Run, StoredFile
from phases.core.runs.services import Kind, Report, Task, register
from phases.strategy.crm.keys import SUBPHASE
from phases.strategy.crm.models import CrmExport
from phases.strategy.crm.reading import (
    audited,
    looked,
    mapping_of,
    open_questions,
    recognised,
    titles_sha256,
)

LOOK, AUDIT = "crm.look", "crm.audit"
LIMITS = Limits()
REMEMBERED = 20
"""Among so many earlier exports of an engagement one of the same kind is looked for."""


class NotReadable(Refusal):
    """The export is no table, or cannot be read as told; the message says where and what to do."""


def place_of(run: Run) -> str:
    """The page of the export."""
    return f"crm/{run.subject}"


def init_kinds() -> None:
    """Have the worker carry out looks and audits."""
    register(LOOK, Kind("look at a CRM export", look, place_of, keep, SUBPHASE))
    register(AUDIT, Kind("audit of a CRM export", audit, place_of, keep, SUBPHASE))


def look(session: Session, task: Task, report: Report) -> dict[str, Any]:
    """Recognise the export, with what is remembered of files of its kind.

    Raises:
        NotReadable: it is no table; by line and column.
    """
    sources = _sources(session, task)
    try:
        table = open_table(sources["export"], LIMITS, _told(report, "Reading the file", 0, 60))
        said = task.data.get("mapping")
        own, offered = (mapping_of(said), None) if said else _memory(session, task, table.titles)
        session.rollback()  # nothing is held while the file is read
        report(60, 100, "Recognising columns")
        found = recognised(table, own)
        return {"look": looked(table, found, _sides(sources)), "offered": offered,
                "remembered": own is not None and not said}  # fmt: skip
    except (UnreadableExport, UnfitMapping) as error:
        raise NotReadable(str(error)) from error


def audit(session: Session, task: Task, report: Report) -> dict[str, Any]:
    """Audit the export as told; what was not asked yet and must be is asked first.

    Raises:
        NotReadable: the export, or a file beside it, is no table.
    """
    sources = _sources(session, task)
    session.rollback()
    try:
        table = open_table(sources["export"], LIMITS, _told(report, "Reading the file", 0, 25))
        found = recognise(table, mapping_of(task.data["mapping"]))
        report(40, 100, "Columns recognised")
        look = looked(table, found, _sides(sources))
        if asks := [q.key for q in open_questions(found) if q.key not in task.data["seen"]]:
            return {"look": look, "asks": asks}
        side = beside(sources.get("prices"), sources.get("accounts"), sources.get("teams"), LIMITS)
        progress = _told(report, "Auditing rows", 45, 100)
        return {"look": look, **audited(table, found, side, progress)}
    except (UnreadableExport, UnfitMapping) as error:
        raise NotReadable(str(error)) from error


def keep(session: Session, _engagement: Engagement, task: Task, computed: dict[str, Any]) -> Any:
    """Note on the export what later ones are compared by, and the audit's figures."""
    export = session.get(CrmExport, int(task.subject))
    if export is not None:
        export.titles_sha256 = computed["look"]["sha256"]
        if "summary" in computed:
            export.summary = computed["summary"]
    return computed


def source_of(stored: StoredFile) -> Source:
    """A stored file, to be read as often as needed."""
    return Source(stored.name, stored.size, lambda: files.open_to_read(stored.path))  # type: ignore[arg-type,return-value]


def _sources(session: Session, task: Task) -> dict[str, Source]:
    """The files of the run, by what they are.

    Raises:
        NotReadable: one of them is no longer there.
    """
    rows = session.scalars(
        select(StoredFile).where(
            StoredFile.id.in_(task.files.values()),
            StoredFile.engagement_id == task.engagement_id,
            StoredFile.removed_at.is_(None),
        )
    )
    stored = {row.id: row for row in rows}
    if lacking := [name for name, file_id in task.files.items() if file_id not in stored]:
        raise NotReadable(f"The file ({', '.join(lacking)}) is no longer there. Upload it again.")
    return {name: source_of(stored[file_id]) for name, file_id in task.files.items()}


def _sides(sources: dict[str, Source]) -> dict[str, Table]:
    return {name: open_table(s, LIMITS) for name, s in sources.items() if name != "export"}


def _told(report: Report, words: str, low: int, high: int) -> Progress:
    """Progress from 0 to 1 as percent between *low* and *high*."""
    return lambda done: report(low + int(min(1.0, done) * (high - low)), 100, words)


def _memory(
    session: Session, task: Task, titles: tuple[str, ...]
) -> tuple[Mapping | None, dict[str, Any] | None]:
    """How an earlier file of this kind was read here; else how one was elsewhere in the firm."""
    told = select(CrmExport).where(CrmExport.mapped_at.is_not(None))
    here = told.where(CrmExport.engagement_id == task.engagement_id)
    if own := _fitting(session.scalars(here.order_by(CrmExport.id.desc()).limit(REMEMBERED)),
                       titles):  # fmt: skip
        return mapping_of(own.mapping), None
    elsewhere = told.where(
        CrmExport.engagement_id != task.engagement_id,
        CrmExport.titles_sha256 == titles_sha256(titles),
    )
    other = session.scalar(elsewhere.order_by(CrmExport.mapped_at.desc()).limit(1))
    return None, other.mapping if other else None


def _fitting(rows: Iterable[CrmExport], titles: tuple[str, ...]) -> CrmExport | None:
    return next((row for row in rows if mapping_of(row.mapping).fits(titles)), None)
