"""What may be done to a register's rows. A seed becomes a stored row when it is first changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.clock import now
from phases.core.errors import Missing, Refusal, check_version
from phases.core.models import ASSUMED, CONFIRMED
from phases.mechanisms.history import services as history
from phases.mechanisms.register import events
from phases.mechanisms.register.links import titles
from phases.mechanisms.register.models import Row
from phases.mechanisms.register.queries import (
    RowView,
    find_row,
    ref_of,
    register_of,
    seed_values,
)
from phases.mechanisms.register.rules import (
    LONGEST_TITLE,
    Entry,
    changed_entry,
    new_entry,
    refuse_if_append_only,
    refuse_if_fixed,
)
from phases.mechanisms.register.values import shown
from phases.mechanisms.situation import Situation
from playbook.models import Register


def add_row(
    session: Session, s: Situation, actor: str, register_key: str, *, title: str = "",
    values: Mapping[str, Any] | None = None, state: str = "", owner: str = "",
    due: date | str | None = None,
) -> Row:  # fmt: skip
    """Add a row at the foot of a register.

    Raises:
        FixedRegister: the playbook sets its rows.
        BadValue: a value does not fit its column, or the state asks for more; ``field`` names it.
    """
    register = register_of(s, register_key)
    refuse_if_fixed(register)
    entry = new_entry(s, register, title=title, values=values, state=state, owner=owner, due=due)
    row = insert(session, s, actor, register, next_position(session, s, register), entry)
    s.records.keep(row)
    return row


def change_row(
    session: Session, s: Situation, actor: str, register_key: str, ref: str, *,
    title: str | None = None, values: Mapping[str, Any] | None = None, state: str | None = None,
    owner: str | None = None, due: date | str | None = None, version: int | None = None,
) -> Row:  # fmt: skip
    """Change a row: only what is given; an empty text clears owner, due date or a value.

    Raises:
        BadValue: a value does not fit its column; ``field`` names the column.
        NoSuchStep, LacksColumns, StandsBehindGate: the row cannot go to *state*.
        AppendOnly: rows of this register are never changed.
        Conflict: somebody changed the row after *version*.
    """
    register = register_of(s, register_key)
    view = find_row(s, register, ref)
    refuse_if_append_only(register)
    typed = {"title": title, "state": state, "owner": owner, "due": due, **(values or {})}
    _check_version(s, register, view, version, typed)
    entry = changed_entry(s, register, view, title=title, values=values, state=state, owner=owner,
                          due=due)  # fmt: skip
    row = update(session, s, actor, register, view, entry)
    s.records.keep(row)
    return row


def remove_row(
    session: Session, s: Situation, actor: str, register_key: str, ref: str,
    version: int | None = None,
) -> Row:  # fmt: skip
    """Take a row out of its register; its history stays, and ``restore_row`` puts it back.

    Raises:
        FixedRegister: the playbook sets its rows.
        AppendOnly: rows of this register are never taken out.
        Conflict: somebody changed the row after *version*.
    """
    register = register_of(s, register_key)
    refuse_if_fixed(register)
    refuse_if_append_only(register)
    view = find_row(s, register, ref)
    _check_version(s, register, view, version, {})
    row = _row_of(session, s, actor, register, view)
    row.removed_at = now()
    _changed(row, actor)
    session.flush()
    audit.record(session, s.engagement, actor, events.RowRemoved(subject_of(row)))
    s.records.keep(row)
    return row


def restore_row(session: Session, s: Situation, actor: str, register_key: str, ref: str) -> Row:
    """Put a removed row back where it was; one that is there already stays as it is."""
    register = register_of(s, register_key)
    refuse_if_append_only(register)
    row = session.scalar(
        select(Row).where(
            Row.engagement_id == s.engagement.id,
            Row.register == register.key,
            Row.id == (int(ref[1:]) if ref[:1] == "r" and ref[1:].isdecimal() else -1),
        )
    )
    if row is None:
        raise Missing
    if row.removed_at is not None:
        row.removed_at = None
        _changed(row, actor)
        session.flush()
        audit.record(session, s.engagement, actor, events.RowRestored(subject_of(row)))
        s.records.keep(row)
    return row


def confirm_row(
    session: Session, s: Situation, actor: str, register_key: str, ref: str, *, meeting: str = "",
    version: int | None = None,
) -> Row:  # fmt: skip
    """Mark a row CONFIRMED, in the meeting with that key if one is given."""
    register = _with_standing(s, register_key)
    view = find_row(s, register, ref)
    _check_version(s, register, view, version, {})
    row = _row_of(session, s, actor, register, view)
    row.standing, row.standing_by, row.standing_at = CONFIRMED, actor, now()
    row.standing_in = meeting
    _changed(row, actor)
    session.flush()
    audit.record(session, s.engagement, actor, events.RowConfirmed(subject_of(row), meeting))
    s.records.keep(row)
    return row


def assume_row(
    session: Session, s: Situation, actor: str, register_key: str, ref: str,
    version: int | None = None,
) -> Row:  # fmt: skip
    """Take a row's confirmation back."""
    register = _with_standing(s, register_key)
    view = find_row(s, register, ref)
    _check_version(s, register, view, version, {})
    row = _row_of(session, s, actor, register, view)
    _assume(row, actor)
    _changed(row, actor)
    session.flush()
    audit.record(session, s.engagement, actor, events.RowAssumed(subject_of(row)))
    s.records.keep(row)
    return row


def insert(
    session: Session, s: Situation, actor: str, register: Register, position: int, entry: Entry,
    seed: str = "",
) -> Row:  # fmt: skip
    """Write a new row at *position*; for callers that add many. No two have the same *seed*."""
    entry.refuse()
    row = Row(
        engagement_id=s.engagement.id, register=register.key, position=position, title=entry.title,
        seed=seed or None,
        state=entry.state, owner=entry.owner, due=entry.due, values=entry.values, standing=ASSUMED,
        changed_by=actor,
    )  # fmt: skip
    session.add(row)
    session.flush()
    event = events.RowAdded(subject_of(row), row.state, seed)
    audit.record(session, s.engagement, actor, event)
    return row


def update(
    session: Session, s: Situation, actor: str, register: Register, view: RowView, entry: Entry
) -> Row:
    """Write what is to change of the row in *view*; for callers that change many."""
    entry.refuse()
    row = _row_of(session, s, actor, register, view)
    found = _differences(row, entry)
    if not found:
        session.flush()
        return row
    row.values, row.title, row.state = entry.values, entry.title, entry.state
    row.owner, row.due = entry.owner, entry.due
    columns = tuple(name for name in found if name != "state")
    if register.standing and columns and row.standing == CONFIRMED:
        _assume(row, actor)
    _changed(row, actor)
    session.flush()
    moved = found.get("state", ("", ""))
    event = events.RowChanged(subject_of(row), columns, *moved, version=row.version)
    audit.record(session, s.engagement, actor, event)
    history.note(session, s.engagement, actor, subject_of(row), row.version, found)
    return row


def _differences(row: Row, entry: Entry) -> dict[str, tuple[Any, Any]]:
    """What *entry* would put in place of what, by column; columns keep their order."""
    before, after = row.values or {}, entry.values
    found = {
        name: (before.get(name), after.get(name))
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    }
    for name in ("title", "owner", "due", "state"):
        pair = (getattr(row, name), getattr(entry, name))
        if pair[0] != pair[1] and (pair[0] or pair[1]):
            found[name] = pair
    return found


def next_position(session: Session, s: Situation, register: Register) -> int:
    """The position after the last row of *register*, removed ones counted."""
    last = session.scalar(
        select(func.max(Row.position)).where(
            Row.engagement_id == s.engagement.id, Row.register == register.key
        )
    )
    return max(last if last is not None else -1, len(register.seeds) - 1) + 1


def _row_of(session: Session, s: Situation, actor: str, register: Register, view: RowView) -> Row:
    """The stored row behind *view*; made from its seed if nobody has touched it yet (version 0)."""
    if view.version:
        row = session.get(Row, int(view.ref[1:]))
        assert row is not None
        return row
    seed = register.seeds[view.seed]
    row = Row(
        engagement_id=s.engagement.id, register=register.key, seed=seed.key,
        position=list(register.seeds).index(seed.key), title=view.title[:LONGEST_TITLE],
        state=view.state, owner="", due=None, standing=ASSUMED, version=0, changed_by=actor,
        values={k: v for k, v in seed_values(s, register, seed).items() if v is not None},
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _check_version(
    s: Situation, register: Register, view: RowView, version: int | None, typed: Mapping[str, Any]
) -> None:
    titles = {name: column.title for name, column in register.columns.items()}
    kept = {
        titles.get(name, name.capitalize()): _in_words(s, register, name, value)
        for name, value in typed.items()
        if value not in (None, "", [])
    }
    theirs = {"Title": view.title, "State": view.state_label, "Owner": view.owner_name}
    theirs |= {titles[name]: words for name, words in view.shown.items() if words}
    check_version(view.version, version, kept=kept, theirs=theirs)


def _in_words(s: Situation, register: Register, name: str, value: Any) -> str:
    if name == "owner":
        return s.people.name(str(value))
    if name == "state" and value in register.states:
        return register.states[value].title
    column = register.columns.get(name)
    if column and column.type == "rests_on":
        return titles(s, value)
    return shown(column, value) if column and column.type == "choice" else str(value)


def _with_standing(s: Situation, register_key: str) -> Register:
    register = register_of(s, register_key)
    if not register.standing:
        raise Refusal(f"Rows of “{register.title}” carry no standing, so there is none to set.")
    return register


def _assume(row: Row, actor: str) -> None:
    row.standing, row.standing_by, row.standing_at, row.standing_in = ASSUMED, actor, now(), ""


def _changed(row: Row, actor: str) -> None:
    row.version = (row.version or 0) + 1
    row.changed_by = actor


def subject_of(row: Row) -> str:
    """How events name the row."""
    return f"{row.register}/{ref_of(row)}"
