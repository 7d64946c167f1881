"""Taking a file of contracts in: recognised, corrected, every row used, left out or refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from billing.agreements.fields import LABELS
from billing.agreements.mapping import ContractMapping
from billing.agreements.reader import Drafted, read_contracts
from billing.conventions import Conventions
from billing.crm.errors import UnfitMapping
from billing.crm.source import Source, quick
from billing.crm.table import Table, open_table
from phases.core import audit, files
from phases.core.again import begin_again
from phases.core.clock import now
from phases.core.errors import BadValue, Missing, Refusal, check_version
from phases.core.models import ASSUMED, Engagement, StoredFile
from phases.core.runs import services as runs
from phases.core.runs.services import Report, Task
from phases.engineering.contracts import events, looking
from phases.engineering.contracts.looking import look_at, remembered, source_of
from phases.engineering.contracts.models import ContractImport, ContractRecord, ContractVersion
from phases.engineering.contracts.queries import conventions_in
from phases.engineering.contracts.services import described
from phases.engineering.contracts.terms import TermsRefused, checked
from phases.engineering.looking import look_later, with_known

READ = "contracts.read"
AT_ONCE = 48 * 1024
"""Files up to so many bytes are read in the request."""
BATCH = 500
MOST_FAULTS = 1000
TABLES = ("csv", "txt", "xlsx")


class NotReady(Refusal):
    """The file cannot be read as it stands, or was read already."""

    status = 409


@dataclass
class Computed:
    """What a file comes to before anything is written: rows of ``contract`` with their terms."""

    records: list[tuple[dict[str, Any], dict[str, Any], str]] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    rows: int = 0
    refused: int = 0
    left_out: dict[str, int] = field(default_factory=dict)

    def refuse(self, row: int, name: str, field_: str, what: str) -> None:
        """Tell of one row that came to no contract."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append({"row": row, "name": name, "field": field_, "what": what})


def subject_of(record: ContractImport) -> str:
    """How the history names an import."""
    return f"contract-import/{record.id}"


def find_import(session: Session, engagement: Engagement, import_id: int) -> ContractImport:
    """The import *import_id* of *engagement*.

    Raises:
        Missing: there is none.
    """
    record = session.get(ContractImport, import_id)
    if record is None or record.engagement_id != engagement.id:
        raise Missing
    return record


def imports_of(session: Session, engagement: Engagement) -> list[ContractImport]:
    """The engagement's files of contracts, the newest first."""
    query = select(ContractImport).where(ContractImport.engagement_id == engagement.id)
    return list(session.scalars(query.order_by(ContractImport.id.desc()).limit(50)))


def add_file(
    session: Session, engagement: Engagement, actor: str, upload: files.Upload
) -> ContractImport:
    """Keep *upload* and recognise its columns; how the last file like it was read is used again.

    Raises:
        BadValue: it may not come in, or is no table.
    """
    checked_ = files.check(upload, "file")
    if checked_.extension not in TABLES:
        raise BadValue("file", "Choose a CSV or XLSX file.")
    at_once = quick(checked_.name, checked_.size)
    mapping, found = ContractMapping(), looking.UNSEEN
    if at_once:
        kept = remembered(session, engagement)
        session.rollback()  # what follows takes its time, and nobody waits for it
        upload.stream.seek(0)
        source = Source.of_bytes(checked_.name, upload.stream.read())
        mapping, found = look_at(source, kept=kept)
    stored = files.store(session, engagement, upload, actor)
    record = ContractImport(
        engagement_id=engagement.id, file_id=stored.id, file_name=stored.name,
        sha256=stored.sha256, mapping=mapping.to_json(), found=found,
        account={}, faults=[], created_by=actor,
    )  # fmt: skip
    session.add(record)
    session.flush()
    files.claim(session, engagement, stored.id, subject_of(record), actor)
    event = events.ContractFileAdded(subject_of(record), stored.sha256)
    audit.record(session, engagement, actor, event)
    if not at_once:
        look_later(session, engagement, actor, record, looking.LOOK)
    return record


def correct(
    session: Session, engagement: Engagement, actor: str, record: ContractImport,
    answers: Mapping[str, str], version: int | None,
) -> None:  # fmt: skip
    """Answer questions, or say which column is which, and look at the file again.

    Raises:
        BadValue: an answer is none. Conflict: somebody changed it first. NotReady: it was read.
    """
    if record.state != "mapping":
        raise NotReady("This file was read already. Add it again to read it otherwise.")
    check_version(record.version, version, kept={}, theirs={})
    mapping = ContractMapping.from_json(record.mapping)
    for key, answer in answers.items():
        try:
            mapping = mapping.answered(key, answer.strip())
        except UnfitMapping as error:
            raise BadValue(key, f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
    number, source, found = record.id, source_of(session, record), record.found
    at_once = quick(source.name, source.size)
    if at_once:
        session.rollback()
        mapping, found = look_at(source, mapping)
        begin_again(session, engagement)
        record = find_import(session, engagement, number)
        check_version(record.version, version, kept={}, theirs={})
    record.mapping, record.found = mapping.to_json(), with_known(found, record.found)
    record.state = "mapping"
    record.version += 1
    event = events.ContractMappingChanged(subject_of(record), record.version)
    audit.record(session, engagement, actor, event)
    if not at_once:
        look_later(session, engagement, actor, record, looking.LOOK)
    session.flush()


def drop(session: Session, engagement: Engagement, actor: str, record: ContractImport) -> None:
    """Leave a file unread; it stays where it is.

    Raises:
        NotReady: it was read.
    """
    if record.state != "mapping":
        raise NotReady("This file was read already.")
    record.state = "dropped"
    record.version += 1
    audit.record(session, engagement, actor, events.ContractFileDropped(subject_of(record)))
    session.flush()


def take(session: Session, engagement: Engagement, actor: str, record: ContractImport) -> None:
    """Import the contracts: at once if the file is small, else by the worker.

    Raises:
        NotReady: questions are open, or it was read already.
    """
    if record.state != "mapping":
        raise NotReady("This file was read already.")
    if not record.found["ready"]:
        raise NotReady("Answer the open questions first: the file alone does not say.")
    stored = session.get_one(StoredFile, record.file_id)
    record.version += 1
    if stored.size <= AT_ONCE:
        mapping = ContractMapping.from_json(record.found["settled"])
        conventions = conventions_in(session, engagement)
        computed = compute(open_table(source_of(session, record)), mapping, conventions)
        write(session, engagement, actor, record, computed)
        return
    record.state = "reading"
    run = runs.start(
        session, engagement, actor, READ, subject=str(record.id), files={"export": stored.id}
    )
    record.run_id = run.id
    session.flush()


def carry_out(session: Session, task: Task, report: Report) -> Computed:
    """Read a file on the worker; nothing is written yet."""
    record = session.get_one(ContractImport, int(task.subject))
    engagement = session.get_one(Engagement, task.engagement_id)
    conventions, source = conventions_in(session, engagement), source_of(session, record)
    mapping = ContractMapping.from_json(record.found["settled"])
    session.rollback()
    report(0, 0, "Reading the file")
    return compute(open_table(source), mapping, conventions, report)


def keep(session: Session, engagement: Engagement, task: Task, computed: Any) -> Any:
    """Write what the worker read, all of it or nothing."""
    record = session.get_one(ContractImport, int(task.subject))
    if record.state == "reading":
        write(session, engagement, task.started_by, record, computed)
    return {"state": record.state}


def compute(
    table: Table, mapping: ContractMapping, conventions: Conventions, report: Report | None = None
) -> Computed:
    """Every row's contract checked under *conventions*."""
    exclusive = conventions.contract_end_meaning == "exclusive"
    reading = read_contracts(table, mapping, exclusive=exclusive, conventions=conventions)
    found = Computed(rows=reading.rows, refused=reading.refused_rows,
                     left_out=dict(reading.left_out))  # fmt: skip
    for problem in reading.problems:
        found.refuse(problem.row, problem.name, problem.field, problem.what)
    for done, drafted in enumerate(reading.contracts, 1):
        _check(drafted, conventions, found)
        if report is not None:
            report(done, len(reading.contracts), f"Checking {drafted.number}")
    found.faults.sort(key=lambda fault: fault["row"])
    return found


def _check(drafted: Drafted, conventions: Conventions, found: Computed) -> None:
    try:
        made = checked(drafted.terms, conventions)
    except TermsRefused as refused:
        found.refused += len(drafted.rows)
        for problem in refused.problems:
            what = f"{problem.what}. {problem.remedy}".rstrip(". ")
            found.refuse(drafted.row, drafted.number, problem.field, what)
        return
    found.records.append((described(made) | {"row": drafted.row}, made.terms, made.sha256))


# --- writing --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _There:
    """A contract that has a number already."""

    id: int
    version: int
    sha256: str
    removed: bool


def write(
    session: Session, engagement: Engagement, actor: str, record: ContractImport, found: Computed
) -> None:
    """Add new contracts, give known ones their new terms as a version, and account for all rows."""
    there = dict(_known(session, engagement))
    added, changed, same = [], [], 0
    for about, terms, hash_ in found.records:
        row, old = about.pop("row"), there.get(about["number"])
        if old is None:
            added.append((about, terms, hash_))
        elif old.removed:
            found.refused += 1
            found.refuse(row, about["number"], LABELS["number"],
                         "the contract of this number was removed; put it back first")  # fmt: skip
        elif old.sha256 == hash_:
            same += 1
        else:
            changed.append((old, about, terms, hash_))
    why = f"Imported from {record.file_name}"[:500]
    _add(session, engagement, actor, added, why)
    _change(session, engagement, actor, changed, why)
    record.state, record.faults = "done", found.faults
    record.account = {
        "rows": found.rows, "added": len(added), "changed": len(changed), "same": same,
        "refused": found.refused, "left_out": found.left_out,
        "flagged": sum(about["flags"] > 0 for about, _, _ in found.records),
    }  # fmt: skip
    event = events.ContractsImported(
        subject_of(record), len(added), len(changed), found.refused, record.sha256
    )
    audit.record(session, engagement, actor, event)
    session.flush()


def _known(session: Session, engagement: Engagement) -> Iterator[tuple[str, _There]]:
    query = (
        select(ContractRecord.number, ContractRecord.id, ContractRecord.version,
               ContractVersion.sha256, ContractRecord.removed_at)
        .join(ContractVersion, (ContractVersion.contract_id == ContractRecord.id)
              & (ContractVersion.number == ContractRecord.version))
        .where(ContractRecord.engagement_id == engagement.id)
    )  # fmt: skip
    for number, id_, version, hash_, removed in session.execute(query):
        yield number, _There(id_, version, hash_, removed is not None)


def _add(session: Session, engagement: Engagement, actor: str, added: list[Any], why: str) -> None:
    common = {"engagement_id": engagement.id, "version": 1, "changed_by": actor,
              "changed_at": now(), "standing": ASSUMED, "standing_by": ""}  # fmt: skip
    for start in range(0, len(added), BATCH):
        part = added[start : start + BATCH]
        session.execute(insert(ContractRecord), [about | common for about, _, _ in part])
        numbers = [about["number"] for about, _, _ in part]
        query = select(ContractRecord.number, ContractRecord.id).where(
            ContractRecord.engagement_id == engagement.id, ContractRecord.number.in_(numbers)
        )
        ids = dict(session.execute(query).tuples().all())
        session.execute(insert(ContractVersion), [
            _version(engagement, actor, ids[about["number"]], 1, terms, hash_, why)
            for about, terms, hash_ in part
        ])  # fmt: skip


def _version(
    engagement: Engagement, actor: str, contract: int, number: int, terms: Any, hash_: str, why: str
) -> dict[str, Any]:
    return {"engagement_id": engagement.id, "contract_id": contract, "number": number,
            "terms": terms, "sha256": hash_, "why": why, "by": actor, "at": now()}  # fmt: skip


def _change(
    session: Session, engagement: Engagement, actor: str, changed: list[Any], why: str
) -> None:
    for start in range(0, len(changed), BATCH):
        part = changed[start : start + BATCH]
        session.execute(insert(ContractVersion), [
            _version(engagement, actor, old.id, old.version + 1, terms, hash_, why)
            for old, _, terms, hash_ in part
        ])  # fmt: skip
        session.execute(update(ContractRecord), [
            about | {"id": old.id, "version": old.version + 1, "changed_by": actor,
                     "changed_at": now(), "standing": ASSUMED, "standing_by": "",
                     "standing_at": None}
            for old, about, _, _ in part
        ])  # fmt: skip
