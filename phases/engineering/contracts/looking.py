"""How a file of contracts is read: recognised, or as one with the same titles was read before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.agreements.mapping import ContractMapping
from billing.agreements.recognise import Recognition, recognise
from billing.crm.errors import UnreadableExport
from billing.crm.source import Source
from billing.crm.table import open_table
from billing.mapping import SYSTEMS
from billing.recognition import Known, known_for
from phases.core import files
from phases.core.errors import BadValue, Refusal
from phases.core.models import Engagement, Run, StoredFile
from phases.core.runs import services as runs
from phases.core.runs.services import Report, Task
from phases.engineering.contracts.models import ContractImport
from phases.engineering.looking import keep_look

REMEMBERED = 100
"""How a new file is read is looked for among so many files before it."""


LOOK = "contracts.look"
UNSEEN: dict[str, Any] = {
    "heading": [], "known": "", "system": SYSTEMS["plain"], "ready": False, "settled": "",
    "lacking": [], "matches": [], "left": [], "questions": [], "titles": [],
}  # fmt: skip
"""What is shown of a file that nobody has looked at yet."""


class NotReadable(Refusal):
    """The file is no table; the message says where and what to do."""


def carry_out(session: Session, task: Task, report: Report) -> dict[str, Any]:
    """Recognise a file on the worker, as it was corrected, or as one like it was read.

    Raises:
        NotReadable: it is no table.
    """
    record = session.get_one(ContractImport, int(task.subject))
    engagement = session.get_one(Engagement, task.engagement_id)
    source = source_of(session, record)
    given = mapping_of(record) if task.data["given"] else None
    kept = [] if given else remembered(session, engagement)
    session.rollback()
    report(0, 0, "Recognising columns")
    try:
        mapping, found = look_at(source, given, kept)
    except BadValue as error:
        raise NotReadable(error.message) from None
    return {"mapping": mapping.to_json(), "found": found}


def keep(session: Session, _engagement: Engagement, task: Task, computed: Any) -> Any:
    """Write what the worker recognised."""
    record = session.get_one(ContractImport, int(task.subject))
    return keep_look(record, computed)


def freed(session: Session, record: ContractImport) -> None:
    """Have a file whose run failed or was stopped be corrected, or left out."""
    run = session.get(Run, record.run_id) if record.run_id else None
    if record.state in ("reading", "looking") and run and run.state in (
        runs.FAILED, runs.CANCELLED
    ):  # fmt: skip
        record.state = "mapping"


def source_of(session: Session, record: ContractImport) -> Source:
    """The bytes of the file."""
    stored = session.get_one(StoredFile, record.file_id)
    return Source.of_bytes(stored.name, files.read(stored.path))


def look_at(
    source: Source, given: ContractMapping | None = None,
    kept: Sequence[Known[ContractMapping]] = (),
) -> tuple[ContractMapping, dict[str, Any]]:  # fmt: skip
    """How *source* is read, and what is shown of it: as *given*, or as a file like it was read.

    Raises:
        BadValue: it is no table.
    """
    try:
        table = open_table(source)
    except UnreadableExport as error:
        raise BadValue("file", " ".join(str(fault) for fault in error.faults[:5])) from None
    known = known_for(kept, table.titles)
    found = recognise(table, given, known)
    return found.mapping, as_found(found, table.titles, known)


def remembered(session: Session, engagement: Engagement) -> list[Known[ContractMapping]]:
    """How files of contracts were read here, the newest first."""
    query = (
        select(ContractImport)
        .where(ContractImport.engagement_id == engagement.id, ContractImport.state == "done")
        .order_by(ContractImport.id.desc())
        .limit(REMEMBERED)
    )
    return [
        Known(ContractMapping.from_json(one.mapping),
              frozenset(one.found.get("heading", one.found["titles"])), one.file_name)
        for one in session.scalars(query)
    ]  # fmt: skip


def as_found(
    found: Recognition, titles: Sequence[str], known: Known[ContractMapping] | None = None
) -> dict[str, Any]:
    """A recognition as it is kept for its page."""
    return {
        "heading": list(titles), "known": known.file if known else "",
        "system": SYSTEMS[found.mapping.system], "ready": found.ready,
        "settled": found.settled.to_json(), "lacking": list(found.lacking),
        "matches": [asdict(match) for match in found.matches],
        "left": [asdict(column) for column in found.unrecognised],
        "questions": [asdict(question) for question in found.questions],
        "titles": sorted({match.title for match in found.matches}
                         | {column.title for column in found.unrecognised}),
    }  # fmt: skip


def mapping_of(record: ContractImport) -> ContractMapping:
    """How the file is read."""
    return ContractMapping.from_json(record.mapping)
