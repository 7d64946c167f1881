"""Rows put in another order, where the order says something: the steps of a process."""

from __future__ import annotations

from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.errors import Refusal, check_version
from phases.mechanisms.register import events
from phases.mechanisms.register.models import Row
from phases.mechanisms.register.queries import find_row, ref_of, register_of
from phases.mechanisms.register.rules import refuse_if_append_only, refuse_if_fixed
from phases.mechanisms.register.services import subject_of
from phases.mechanisms.situation import Situation
from playbook.models import Register


def can_move(register: Register) -> bool:
    """Whether the order of a register's rows is for people to say."""
    return register.diagram == "lanes" and not (register.fixed or register.append_only)


def move_row(
    session: Session, s: Situation, actor: str, register_key: str, ref: str, places: int,
    version: int | None = None,
) -> Row:  # fmt: skip
    """Move a row so many places down (up, if negative), as far as there are any.

    Raises:
        Refusal: the rows of this register have no order of their own.
        Conflict: somebody changed the row after *version*.
    """
    register = register_of(s, register_key)
    refuse_if_fixed(register)
    refuse_if_append_only(register)
    view = find_row(s, register, ref)
    if not can_move(register) or not view.version or view.seed in register.seeds:
        raise Refusal(f"“{view.title}” stands where the playbook puts it.")
    check_version(view.version, version, kept={}, theirs={"Title": view.title})
    rows = [r for r in s.records.rows.get(register.key, []) if r.seed not in register.seeds]
    row = next(r for r in rows if ref_of(r) == view.ref)
    at = rows.index(row)
    to = min(max(at + places, 0), len(rows) - 1)
    if to != at:
        _reorder(rows, at, to)
        row.version, row.changed_by = row.version + 1, actor
        session.flush()
        audit.record(session, s.engagement, actor, events.RowMoved(subject_of(row), to - at))
        s.records.forget("_all_rows", "rows", "removed_seeds", "row_index")
    return row


def _reorder(rows: list[Row], at: int, to: int) -> None:
    """Number the rows anew; only those that change place are written."""
    first = min(row.position for row in rows)
    rows.insert(to, rows.pop(at))
    for position, row in enumerate(rows, first):
        if row.position != position:
            row.position = position
