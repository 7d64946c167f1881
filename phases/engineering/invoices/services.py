"""Taking a file of invoices in: recognised, corrected, read whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from billing.crm.errors import UnfitMapping, UnreadableExport
from billing.crm.source import quick
from billing.exports.mapping import InvoiceMapping
from billing.exports.reader import Reading
from billing.recognition import Known
from phases.core import audit, files
from phases.core.errors import BadValue, Missing, Refusal, check_version
from phases.core.models import Engagement, Run, StoredFile
from phases.core.runs import services as runs
from phases.core.runs.services import Report, Task
from phases.engineering import looking
from phases.engineering.invoices import events, reading
from phases.engineering.invoices.models import InvoiceImport, InvoiceLineRecord, InvoiceRecord

READ, LOOK = "invoices.read", "invoices.look"
AT_ONCE = 256 * 1024
"""Files up to so many bytes are read in the request."""
BATCH = 1000
REMEMBERED = 100
"""How a new file is read is looked for among so many files before it."""


class NotReady(Refusal):
    """The file cannot be read before its questions are answered."""


class NotReadable(Refusal):
    """The file is no table; the message says where and what to do."""


def subject_of(record: InvoiceImport) -> str:
    """How the history names an import."""
    return f"invoices/import/{record.id}"


def add_file(
    session: Session, engagement: Engagement, actor: str, upload: files.Upload, side: str
) -> InvoiceImport:
    """Keep *upload* and recognise its columns; the mapping of the last like it is used again.

    Raises:
        BadValue: it may not come in, is no table, or the side is unknown.
    """
    if side not in reading.SIDES:
        raise BadValue("side", "Choose whose invoices they are.")
    return recognise_file(session, engagement, actor, store(session, engagement, actor, upload),
                          side)  # fmt: skip


def store(
    session: Session, engagement: Engagement, actor: str, upload: files.Upload, field: str = "file"
) -> StoredFile:
    """Keep the bytes of *upload*; before anything else of the request is changed.

    Raises:
        BadValue: it may not come in.
    """
    if files.check(upload, field).extension not in ("csv", "txt", "xlsx"):
        raise BadValue(field, "Choose a CSV or XLSX file.")
    return files.store(session, engagement, upload, actor, field)


def recognise_file(
    session: Session, engagement: Engagement, actor: str, stored: StoredFile, side: str
) -> InvoiceImport:
    """An import of a file that is kept, its columns recognised: at once, or by the worker.

    Raises:
        BadValue: it is no table.
    """
    mapping, found, at_once = reading.unseen(side), reading.UNSEEN, quick(stored.name, stored.size)
    if at_once:
        try:
            kept = remembered(session, engagement, side)
            mapping, found = reading.recognised(stored, side, engagement.time_zone, kept=kept)
        except UnreadableExport as error:
            raise BadValue("file", reading.said(error)) from None
    record = InvoiceImport(
        engagement_id=engagement.id, side=side, file_id=stored.id, file_name=stored.name,
        sha256=stored.sha256, mapping=_data(mapping), found=found,
        account={}, faults=[], created_by=actor,
    )  # fmt: skip
    session.add(record)
    session.flush()
    files.claim(session, engagement, stored.id, subject_of(record), actor)
    event = events.InvoiceFileAdded(subject_of(record), side, stored.sha256)
    audit.record(session, engagement, actor, event)
    if not at_once:
        looking.look_later(session, engagement, actor, record, LOOK)
    return record


def look(session: Session, task: Task, report: Report) -> dict[str, Any]:
    """Recognise a file on the worker, as it was corrected, or as one like it was read.

    Raises:
        NotReadable: it is no table; by line and column.
    """
    record = session.get_one(InvoiceImport, int(task.subject))
    engagement = session.get_one(Engagement, task.engagement_id)
    stored, side, zone = _file(session, record), record.side, engagement.time_zone
    given = mapping_of(record) if task.data["given"] else None
    kept = [] if given else remembered(session, engagement, side)
    session.expunge(stored)
    session.rollback()
    report(0, 0, "Recognising columns")
    try:
        mapping, found = reading.recognised(stored, side, zone, given, kept)
    except UnreadableExport as error:
        raise NotReadable(reading.said(error)) from None
    return {"mapping": _data(mapping), "found": found}


def keep_look(session: Session, _engagement: Engagement, task: Task, computed: Any) -> Any:
    """Write what the worker recognised."""
    record = session.get_one(InvoiceImport, int(task.subject))
    return looking.keep_look(record, computed)


def _data(mapping: InvoiceMapping) -> dict[str, Any]:
    return {"json": mapping.to_json()}


def mapping_of(record: InvoiceImport) -> InvoiceMapping:
    """How the file is read."""
    return InvoiceMapping.from_json(record.mapping["json"])


def remembered(session: Session, engagement: Engagement, side: str) -> list[Known[InvoiceMapping]]:
    """How files of this side were read here, the newest first.

    That a row was an invoice there says nothing of the next file: whose invoices have one line
    each tells no more than that.
    """
    query = (
        select(InvoiceImport)
        .where(
            InvoiceImport.engagement_id == engagement.id,
            InvoiceImport.side == side,
            InvoiceImport.state == "done",
        )
        .order_by(InvoiceImport.id.desc())
        .limit(REMEMBERED)
    )
    return [
        Known(_of_lines(mapping_of(one)), frozenset(one.found["titles"]), one.file_name)
        for one in session.scalars(query)
    ]


def _of_lines(mapping: InvoiceMapping) -> InvoiceMapping:
    return replace(mapping, level="") if mapping.level == "invoice" else mapping


def correct(
    session: Session, engagement: Engagement, actor: str, record: InvoiceImport,
    answers: Mapping[str, str], version: int | None,
) -> None:  # fmt: skip
    """Change the mapping by *answers* to its questions, and recognise the file by it.

    Raises:
        BadValue: an answer is none. Conflict: somebody changed it after *version*.
    """
    if record.state not in ("mapping", "refused"):
        raise NotReady("This file was read already. Remove the import to read it otherwise.")
    check_version(record.version, version, kept={}, theirs={})
    mapping = mapping_of(record)
    for key, answer in answers.items():
        try:
            mapping = mapping.answered(key, answer.strip())
        except UnfitMapping as error:
            raise BadValue(key, f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
    stored, found, same = _file(session, record), record.found, mapping == mapping_of(record)
    at_once = same or quick(stored.name, stored.size)
    if at_once and not same:
        mapping, found = reading.recognised(stored, record.side, engagement.time_zone, mapping)
    record.mapping, record.found = _data(mapping), looking.with_known(found, record.found)
    record.state, record.faults = "mapping", []
    record.version += 1
    audit.record(session, engagement, actor, events.InvoiceMappingChanged(subject_of(record)))
    if not at_once:
        looking.look_later(session, engagement, actor, record, LOOK)
    session.flush()


def _file(session: Session, record: InvoiceImport) -> StoredFile:
    return session.get_one(StoredFile, record.file_id)


def take(session: Session, engagement: Engagement, actor: str, record: InvoiceImport) -> None:
    """Read the file: at once if it is small, else by the worker.

    Raises:
        NotReady: questions are open, or it was read already.
    """
    if record.state not in ("mapping", "refused"):
        raise NotReady("This file was read already.")
    if not record.found["ready"]:
        raise NotReady("Answer the open questions first: the file alone does not say.")
    stored = _file(session, record)
    record.version += 1
    if stored.size <= AT_ONCE:
        mapping = InvoiceMapping.from_json(record.found["settled"])
        _keep(session, engagement, actor, record,
              reading.read(stored, mapping, engagement.time_zone))  # fmt: skip
        return
    record.state = "reading"
    run = runs.start(session, engagement, actor, READ, subject=str(record.id),
                     files={"export": stored.id})  # fmt: skip
    record.run_id = run.id
    session.flush()


def carry_out(session: Session, task: Task, report: Report) -> Reading | UnreadableExport:
    """Read a file on the worker."""
    record = session.get_one(InvoiceImport, int(task.subject))
    engagement = session.get_one(Engagement, task.engagement_id)
    stored, zone = _file(session, record), engagement.time_zone
    mapping = InvoiceMapping.from_json(record.found["settled"])
    session.expunge(stored)
    session.rollback()
    report(0, 0, "Reading the file")
    return reading.read(stored, mapping, zone)


def keep(session: Session, engagement: Engagement, task: Task, computed: Any) -> Any:
    """Write what the worker read."""
    record = session.get_one(InvoiceImport, int(task.subject))
    if record.state != "reading":
        return {"state": record.state}
    _keep(session, engagement, task.started_by, record, computed)
    return {"state": record.state}


def _keep(
    session: Session, engagement: Engagement, actor: str, record: InvoiceImport,
    computed: Reading | UnreadableExport,
) -> None:  # fmt: skip
    if isinstance(computed, UnreadableExport):
        record.state, record.faults = "refused", reading.faults_of(computed)
        refused = events.InvoiceFileRefused(subject_of(record), computed.count)
        audit.record(session, engagement, actor, refused)
        return
    first = (session.scalar(select(func.max(InvoiceRecord.id))) or 0) + 1
    invoices, lines = [], []
    for invoice, its_lines in reading.rows_of(computed, engagement.id, record.id, first):
        invoices.append(invoice)
        lines += its_lines
    for start in range(0, len(invoices), BATCH):
        session.execute(insert(InvoiceRecord), invoices[start : start + BATCH])
    for start in range(0, len(lines), BATCH):
        session.execute(insert(InvoiceLineRecord), lines[start : start + BATCH])
    _count_on(session)
    record.state, record.faults = "done", []
    record.account = reading.account_of(computed)
    imported = events.InvoicesImported(subject_of(record), len(invoices))
    audit.record(session, engagement, actor, imported)
    session.flush()


def _count_on(session: Session) -> None:
    """Have PostgreSQL number later rows after those whose numbers were given."""
    if session.get_bind().dialect.name == "postgresql":
        last = select(func.max(InvoiceRecord.id)).scalar_subquery()
        session.execute(select(func.setval(func.pg_get_serial_sequence("invoice", "id"), last)))


def remove(session: Session, engagement: Engagement, actor: str, record: InvoiceImport) -> None:
    """Leave an import out of every later comparison; file and rows stay."""
    if record.state in ("reading", "removed") or _is_looked_at(session, record):
        raise NotReady("Wait until the file was read, or stop it first.")
    record.state = "removed"
    record.version += 1
    audit.record(session, engagement, actor, events.InvoiceImportRemoved(subject_of(record)))
    session.flush()


def _is_looked_at(session: Session, record: InvoiceImport) -> bool:
    run = session.get(Run, record.run_id) if record.run_id else None
    return record.state == "looking" and run is not None and run.state not in runs.OVER


def restore(session: Session, engagement: Engagement, actor: str, record: InvoiceImport) -> None:
    """Bring a removed import back, as it was."""
    if record.state != "removed":
        return
    record.state = "done" if record.account else "mapping" if known(record) else "looking"
    record.version += 1
    audit.record(session, engagement, actor, events.InvoiceImportRestored(subject_of(record)))
    session.flush()


def import_of(session: Session, engagement: Engagement, import_id: int) -> InvoiceImport:
    """The import *import_id* of *engagement*.

    Raises:
        Missing: there is none.
    """
    record = session.get(InvoiceImport, import_id)
    if record is None or record.engagement_id != engagement.id:
        raise Missing
    return record


def place_of(run: Run) -> str:
    """The page of a run that reads a file."""
    return f"invoices/import/{run.subject}"


def freed(session: Session, record: InvoiceImport) -> None:
    """Have a file whose run failed or was stopped be corrected again."""
    run = session.get(Run, record.run_id) if record.run_id else None
    over = run is not None and run.state in ("failed", "cancelled")
    if over and (record.state == "reading" or (record.state == "looking" and known(record))):
        record.state = "mapping"


def known(record: InvoiceImport) -> bool:
    """Whether the columns of the file were ever recognised."""
    return bool(record.found["titles"])
