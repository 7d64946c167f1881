"""Starting reconciliations, explaining what differs, using what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.clock import now
from phases.core.errors import BadValue, Missing, check_version
from phases.core.models import Engagement, Run
from phases.core.runs import services as runs
from phases.core.runs.services import Report, Task
from phases.engineering.contracts.queries import count_contracts
from phases.engineering.invoices import queries as invoices
from phases.engineering.invoices.models import InvoiceImport
from phases.engineering.reconciliation import events
from phases.engineering.reconciliation.computing import Computed, Job, compute
from phases.engineering.reconciliation.models import Outcome, Reconciliation
from phases.engineering.reconciliation.settings import chosen
from phases.engineering.reconciliation.words import CAUSES, LAYERS, PURPOSES, STATES

RUN = "reconciliation"
AT_ONCE = 1500
"""So many invoices and contracts are compared in the request."""
BATCH = 1000
LONGEST = 5000


def subject_of(record: Reconciliation) -> str:
    """How the history names a reconciliation."""
    return f"reconciliation/{record.id}"


def start(
    session: Session, engagement: Engagement, actor: str, purpose: str, *,
    first_day: date | None = None, last_day: date | None = None, only_named: bool = False,
) -> Reconciliation:  # fmt: skip
    """Hold real invoices against what *purpose* says: at once if they are few, else by the worker.

    Raises:
        BadValue: the days are in the wrong order, or a side has nothing.
    """
    about = PURPOSES.get(purpose)
    if about is None or purpose == "layer":
        raise BadValue("purpose", "Choose what is compared.")
    if first_day and last_day and last_day < first_day:
        raise BadValue("last_day", "The last day lies before the first.")
    right = invoices.done(session, engagement, about.right)
    left = invoices.done(session, engagement, about.left) if about.left else []
    if not right:
        raise BadValue("purpose", "There are no invoices of the billing tool yet: import some.")
    if about.left and not left:
        what = "the legacy system" if about.left == "legacy" else "Finance"
        raise BadValue("purpose", f"There are no invoices of {what} yet: import some.")
    if not about.left and not count_contracts(session, engagement):
        raise BadValue("purpose", "There are no contracts yet, so nothing is expected: add some.")
    record = _new(session, engagement, actor, purpose, left, right, first_day=first_day,
                  last_day=last_day, only_named=only_named)  # fmt: skip
    return _begin(session, engagement, actor, record)


def start_layer(
    session: Session, engagement: Engagement, actor: str, layer: str, period: str,
    left: Sequence[InvoiceImport], right: Sequence[InvoiceImport],
) -> Reconciliation:  # fmt: skip
    """Hold the two sides of a layer against each other, for a period such as 2027-03.

    Raises:
        BadValue: there is no such layer, no period, or a side has no file.
    """
    if layer not in LAYERS:
        raise BadValue("layer", "Choose a layer.")
    if not period.strip():
        raise BadValue("period", "Say which period, such as 2027-03.")
    for name, side in (("left", left), ("right", right)):
        if not side:
            raise BadValue(name, "Choose the file of this side.")
    _refuse_old(session, engagement, layer, period.strip()[:20], [*left, *right])
    record = _new(session, engagement, actor, "layer", left, right, layer=layer,
                  period=period.strip()[:20])  # fmt: skip
    return _begin(session, engagement, actor, record)


def _refuse_old(
    session: Session, engagement: Engagement, layer: str, period: str,
    files: Sequence[InvoiceImport],
) -> None:  # fmt: skip
    """Refuse the very imports that another period was reconciled with.

    Raises:
        BadValue: they prove nothing of this period.
    """
    query = select(Reconciliation).where(
        Reconciliation.engagement_id == engagement.id, Reconciliation.layer == layer,
        Reconciliation.period != period, Reconciliation.removed_at.is_(None),
    )  # fmt: skip
    now_ = {one.id for one in files}
    for record in session.scalars(query.order_by(Reconciliation.id.desc())):
        if {one["import"] for side in record.files.values() for one in side} == now_:
            what = f"Both files are those of {record.period}. Choose the files of {period}."
            raise BadValue("left", what)


def _new(
    session: Session, engagement: Engagement, actor: str, purpose: str,
    left: Sequence[InvoiceImport], right: Sequence[InvoiceImport], **more: Any,
) -> Reconciliation:  # fmt: skip
    rules = chosen(session, engagement)
    record = Reconciliation(
        engagement_id=engagement.id, purpose=purpose, created_by=actor,
        settings=rules.rules(monthly=purpose == "monthly") | {"names": dict(rules.names)},
        files={"left": invoices.files_of(list(left)), "right": invoices.files_of(list(right))},
        **more,
    )  # fmt: skip
    session.add(record)
    session.flush()
    hashes = tuple(one["sha256"] for side in record.files.values() for one in side)
    event = events.ReconciliationStarted(subject_of(record), purpose, hashes)
    audit.record(session, engagement, actor, event)
    return record


def _begin(
    session: Session, engagement: Engagement, actor: str, record: Reconciliation
) -> Reconciliation:
    if _size(session, engagement, record) <= AT_ONCE:
        _keep(session, engagement, actor, record,
              compute(session, engagement, job_of(record), lambda *_: None))  # fmt: skip
        return record
    run = runs.start(session, engagement, actor, RUN, subject=str(record.id))
    record.run_id = run.id
    session.flush()
    return record


def _size(session: Session, engagement: Engagement, record: Reconciliation) -> int:
    ids = [one["import"] for side in record.files.values() for one in side]
    imports = session.scalars(select(InvoiceImport).where(InvoiceImport.id.in_(ids)))
    held = sum(one.account.get("invoices", 0) for one in imports)
    expected = not PURPOSES[record.purpose].left and record.purpose != "layer"
    return held + (count_contracts(session, engagement) * 12 if expected else 0)


def job_of(record: Reconciliation) -> Job:
    """What a reconciliation compares."""
    left, right = (tuple(one["import"] for one in record.files[side]) for side in ("left", "right"))
    rules = {name: value for name, value in record.settings.items() if name != "names"}
    due = record.created_at.date() if record.purpose in {"hypercare", "monthly"} else None
    return Job(record.purpose, left, right, record.first_day, record.last_day, record.only_named,
               rules, record.settings["names"], due)  # fmt: skip


def carry_out(session: Session, task: Task, report: Report) -> Computed:
    """Compare on the worker."""
    record = session.get_one(Reconciliation, int(task.subject))
    engagement = session.get_one(Engagement, task.engagement_id)
    return compute(session, engagement, job_of(record), report)


def keep(session: Session, engagement: Engagement, task: Task, computed: Any) -> Any:
    """Write what the worker compared."""
    record = session.get_one(Reconciliation, int(task.subject))
    if record.summary is None:
        _keep(session, engagement, task.started_by, record, computed)
    return {"rows": computed.count}


def _keep(
    session: Session, engagement: Engagement, actor: str, record: Reconciliation, computed: Computed
) -> None:
    said = _said_before(session, record)
    batch: list[dict[str, Any]] = []
    for row in computed.each():
        batch.append(_as_row(row, record, said, actor))
        if len(batch) == BATCH:
            session.execute(insert(Outcome), batch)
            batch = []
    if batch:
        session.execute(insert(Outcome), batch)
    computed.rows.close()
    record.summary = computed.summary
    done = events.ReconciliationDone(subject_of(record), computed.summary["outcomes"])
    audit.record(session, engagement, actor, done)
    session.flush()


CARRIED = ("state", "owner", "cause", "resolution")


def _as_row(
    row: dict[str, Any], record: Reconciliation, said: Mapping[Any, Any], actor: str
) -> dict[str, Any]:
    for name in ("expected_on", "issued_on"):
        row[name] = date.fromisoformat(row[name]) if row[name] else None
    for name in ("expected_total", "actual_total", "difference"):
        row[name] = None if row[name] is None else Decimal(row[name])
    row |= {"engagement_id": record.engagement_id, "reconciliation_id": record.id,
            "owner": "", "cause": "", "resolution": "", "changed_by": actor}  # fmt: skip
    if row["state"] and (before := said.get(_key(row))) is not None:
        row |= before
    return row


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("outcome", "contract", "number", "expected_on",
                                        "currency", "difference"))  # fmt: skip


def _said_before(session: Session, record: Reconciliation) -> dict[tuple[Any, ...], dict[str, Any]]:
    """What people found out about the same variances in the comparison that this one repeats."""
    before = session.scalar(
        select(func.max(Reconciliation.id)).where(
            *same_as(record), Reconciliation.id < record.id, Reconciliation.summary.is_not(None)
        )
    )
    if before is None:
        return {}
    rows = session.scalars(
        select(Outcome).where(Outcome.reconciliation_id == before, Outcome.state != "")
    )
    return {_key(vars(row)): {name: getattr(row, name) for name in CARRIED} for row in rows}


def same_as(record: Reconciliation) -> tuple[Any, ...]:
    """Which comparisons are of the same things and days; the newest of them counts."""
    return (
        Reconciliation.engagement_id == record.engagement_id,
        Reconciliation.purpose == record.purpose,
        Reconciliation.layer == record.layer,
        Reconciliation.period == record.period,
        Reconciliation.first_day == record.first_day
        if record.first_day else Reconciliation.first_day.is_(None),
        Reconciliation.last_day == record.last_day
        if record.last_day else Reconciliation.last_day.is_(None),
        Reconciliation.removed_at.is_(None),
    )  # fmt: skip


def repeated(session: Session, record: Reconciliation) -> bool:
    """Whether a later comparison of the same things and days is done."""
    later = select(Reconciliation.id).where(
        *same_as(record), Reconciliation.id > record.id, Reconciliation.summary.is_not(None)
    )
    return session.scalar(later.limit(1)) is not None


def place_of(run: Run) -> str:
    """The page of a run that compares."""
    return f"reconciliation/{run.subject}"


def find(session: Session, engagement: Engagement, number: int) -> Reconciliation:
    """The reconciliation *number* of *engagement*.

    Raises:
        Missing: there is none.
    """
    record = session.get(Reconciliation, number)
    if record is None or record.engagement_id != engagement.id or record.removed_at is not None:
        raise Missing
    return record


def remove(session: Session, engagement: Engagement, actor: str, record: Reconciliation) -> None:
    """Take a reconciliation off the list; its rows stay in the database."""
    record.removed_at = now()
    audit.record(session, engagement, actor, events.ReconciliationRemoved(subject_of(record)))
    session.flush()


def find_row(session: Session, record: Reconciliation, row_id: int) -> Outcome:
    """A row of *record*.

    Raises:
        Missing: there is none.
    """
    row = session.get(Outcome, row_id)
    if row is None or row.reconciliation_id != record.id:
        raise Missing
    return row


def explain(
    session: Session, engagement: Engagement, actor: str, record: Reconciliation, row: Outcome, *,
    state: str, owner: str, cause: str, resolution: str, version: int | None,
    people: Iterable[str],
) -> None:  # fmt: skip
    """Say who looks after a variance, why it came about, and what is done about it.

    Raises:
        BadValue: nothing need be explained here, or an explanation lacks cause or words.
        Conflict: somebody changed it after *version*.
    """
    kept = {"Resolution": resolution}
    theirs = {"Resolution": row.resolution, "State": STATES.get(row.state, ("", ""))[1]}
    check_version(row.version, version, kept=kept, theirs=theirs)
    _check(row, state, owner, cause, resolution.strip(), set(people))
    row.state, row.owner, row.cause, row.resolution = state, owner, cause, resolution.strip()
    row.changed_by = actor
    row.version += 1
    event = events.VarianceChanged(subject_of(record), row.position, state, cause, owner)
    audit.record(session, engagement, actor, event)
    session.flush()


def _check(
    row: Outcome, state: str, owner: str, cause: str, resolution: str, people: set[str]
) -> None:
    if not row.state:
        raise BadValue("state", "This invoice is right; there is nothing to explain.")
    if state not in STATES:
        raise BadValue("state", "Choose how it stands.")
    if owner and owner not in people:
        raise BadValue("owner", "Choose somebody of this engagement.")
    if cause and cause not in CAUSES:
        raise BadValue("cause", "Choose a cause from the list.")
    if len(resolution) > LONGEST:
        raise BadValue("resolution", f"At most {LONGEST:,} characters.")
    if state != "open" and not cause:
        raise BadValue("cause", "Say why it differs before it counts as explained.")
    if state != "open" and not resolution:
        raise BadValue("resolution", "Say in a sentence why, and what is done about it.")


def explain_many(
    session: Session, engagement: Engagement, actor: str, record: Reconciliation,
    ids: Sequence[int], *, owner: str, cause: str, resolution: str, state: str,
    people: Iterable[str],
) -> int:  # fmt: skip
    """The same for several rows; what is left empty stays as it is. How many were changed.

    Raises:
        BadValue: a row cannot be so; none was changed.
    """
    rows = list(session.scalars(select(Outcome).where(
        Outcome.reconciliation_id == record.id, Outcome.id.in_(ids), Outcome.state != ""
    ).order_by(Outcome.position)))  # fmt: skip
    if not rows:
        raise BadValue("rows", "Tick the variances that this is about.")
    known = set(people)
    for row in rows:
        explain(
            session, engagement, actor, record, row, state=state or row.state,
            owner=owner or row.owner, cause=cause or row.cause,
            resolution=resolution.strip() or row.resolution, version=None, people=known,
        )  # fmt: skip
    return len(rows)
