"""What may be done to a register's rows. A seed becomes a stored row when it is first changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.clock import now
from phases.core.errors import BadValue, Missing, Refusal, check_version
from phases.core.models import ASSUMED, CONFIRMED
from phases.mechanisms.register import events
from phases.mechanisms.register.errors import FixedRegister, NoSuchStep
from phases.mechanisms.register.models import Row
from phases.mechanisms.register.queries import (
    RowView,
    find_row,
    first_state,
    ref_of,
    register_of,
    seed_values,
)
from phases.mechanisms.register.values import date_of, lower, shown, stored, title_column
from phases.mechanisms.situation import Situation
from playbook.models import Register

LONGEST_TITLE = 300


def add_row(
    session: Session, s: Situation, actor: str, register_key: str, *, title: str = "",
    values: Mapping[str, Any] | None = None, state: str = "", owner: str = "",
    due: date | str | None = None,
) -> Row:  # fmt: skip
    """Add a row at the foot of a register.

    Raises:
        FixedRegister: the playbook sets its rows.
        BadValue: a value does not fit its column; ``field`` names the column.
    """
    register = register_of(s, register_key)
    refuse_if_fixed(register)
    row = insert(session, s, actor, register, next_position(session, s, register), title=title,
                 values=values or {}, state=state, owner=owner, due=due)  # fmt: skip
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
        NoSuchStep: the row cannot go to *state* from where it is.
        Conflict: somebody changed the row after *version*.
    """
    register = register_of(s, register_key)
    view = find_row(s, register, ref)
    typed = {"title": title, "state": state, "owner": owner, "due": due, **(values or {})}
    _check_version(s, register, view, version, typed)
    row = update(session, s, actor, register, view, title=title, values=values or {}, state=state,
                 owner=owner, due=due)  # fmt: skip
    s.records.keep(row)
    return row


def remove_row(
    session: Session, s: Situation, actor: str, register_key: str, ref: str,
    version: int | None = None,
) -> Row:  # fmt: skip
    """Take a row out of its register; its history stays, and ``restore_row`` puts it back.

    Raises:
        FixedRegister: the playbook sets its rows.
        Conflict: somebody changed the row after *version*.
    """
    register = register_of(s, register_key)
    refuse_if_fixed(register)
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
    session: Session, s: Situation, actor: str, register: Register, position: int, *, title: str,
    values: Mapping[str, Any], state: str, owner: str, due: date | str | None,
) -> Row:  # fmt: skip
    """Add a row at *position*; for callers that add many."""
    kept = checked_values(
        register, {name: values.get(name) for name in register.columns} | dict(values)
    )
    name = title_column(register)
    if name and not kept.get(name) and title.strip():
        kept[name] = stored(name, register.columns[name], title)
    _check_required(register, kept, register.columns)
    row = Row(
        engagement_id=s.engagement.id, register=register.key, position=position,
        title=checked_title(register, title or str(kept.get(name) or "")),
        state=_known_state(register, state or first_state(register)),
        owner=checked_owner(s, register, owner), due=checked_due(register, due),
        values={column: value for column, value in kept.items() if value is not None},
        standing=ASSUMED, changed_by=actor,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, s.engagement, actor, events.RowAdded(subject_of(row), row.state))
    return row


def update(
    session: Session, s: Situation, actor: str, register: Register, view: RowView, *,
    title: str | None, values: Mapping[str, Any], state: str | None, owner: str | None,
    due: date | str | None,
) -> Row:  # fmt: skip
    """Change what is given of the row in *view*; for callers that change many."""
    kept = checked_values(register, values)
    had = {name for name, value in view.raw.items() if value is not None}
    _check_required(register, kept, had)
    check_step(register, view, state)
    new_title = _new_title(register, view, title, kept)
    new_owner = view.owner if owner is None else checked_owner(s, register, owner, view.owner)
    new_due = view.due if due is None else checked_due(register, due)
    row = _row_of(session, s, actor, register, view)
    merged = {**row.values, **kept}
    after = {name: value for name, value in merged.items() if value is not None}
    changed = [name for name in merged if after.get(name) != row.values.get(name)]
    pairs = {"title": new_title, "owner": new_owner, "due": new_due}
    changed += [name for name, value in pairs.items() if value != getattr(row, name)]
    before = row.state
    row.values = after
    for name, value in pairs.items():
        setattr(row, name, value)
    row.state = state or row.state
    if not changed and row.state == before:
        session.flush()
        return row
    if register.standing and changed and row.standing == CONFIRMED:
        _assume(row, actor)
    _changed(row, actor)
    session.flush()
    moved = (before, row.state) if row.state != before else ("", "")
    audit.record(
        session, s.engagement, actor, events.RowChanged(subject_of(row), tuple(changed), *moved)
    )
    return row


def _new_title(register: Register, view: RowView, title: str | None, kept: dict[str, Any]) -> str:
    """The title given, or the new value of the column that names the rows, unless a seed does."""
    if title is not None and title.strip():
        return checked_title(register, title)
    name = title_column(register)
    named_by_column = name and not (view.seed and view.title != view.raw.get(name))
    if named_by_column and kept.get(name):
        return str(kept[name])[:LONGEST_TITLE]
    return view.title


def checked_values(register: Register, values: Mapping[str, Any]) -> dict[str, Any]:
    """*values* as stored.

    Raises:
        BadValue: the first that does not fit.
    """
    kept, problems = check_values(register, values)
    if problems:
        raise problems[0]
    return kept


def check_values(
    register: Register, values: Mapping[str, Any]
) -> tuple[dict[str, Any], list[BadValue]]:
    """*values* as stored, and everything that does not fit."""
    kept: dict[str, Any] = {}
    problems: list[BadValue] = []
    for name, raw in values.items():
        if name not in register.columns:
            problems.append(BadValue(name, f"“{register.title}” has no column “{name}”."))
            continue
        try:
            kept[name] = stored(name, register.columns[name], raw)
        except BadValue as problem:
            problems.append(problem)
    return kept, problems


def _check_required(register: Register, kept: Mapping[str, Any], had: Any) -> None:
    """Refuse a required value that is emptied; one that was never there may stay open."""
    for name, value in kept.items():
        column = register.columns[name]
        if column.required and value is None and name in had:
            raise BadValue(name, f"Enter {lower(column.title)}.")


def checked_title(register: Register, title: str) -> str:
    """The title, trimmed.

    Raises:
        BadValue: there is none, or it is too long.
    """
    name = title_column(register)
    title = title.strip()
    if not title:
        raise BadValue(name or "title", f"Give the {register.row_word} a name.")
    if name:
        return title[:LONGEST_TITLE]
    if len(title) > LONGEST_TITLE:
        raise BadValue("title", f"{len(title)} characters; {LONGEST_TITLE} is the most.")
    return title


def checked_owner(s: Situation, register: Register, owner: str, now_owner: str = "") -> str:
    """*owner*, somebody the engagement knows (who owned it before may stay)."""
    owner = owner.strip()
    if not owner or owner == now_owner:
        return owner
    if not register.owner:
        raise BadValue("owner", f"Rows of “{register.title}” have no owner.")
    if owner not in s.people.names:
        raise BadValue("owner", "Choose somebody on the team or one of the customer's contacts.")
    return owner


def checked_due(register: Register, due: date | str | None) -> date | None:
    """*due* as a date, where the register has due dates."""
    if due is None or due == "":
        return None
    if not register.due:
        raise BadValue("due", f"Rows of “{register.title}” have no due date.")
    return date_of("due", due, "Due")


def _known_state(register: Register, state: str) -> str:
    if state not in register.states:
        words = ", ".join(found.title for found in register.states.values())
        raise BadValue("state", f"“{state}” is no state of “{register.title}”; there are {words}.")
    return state


def check_step(register: Register, view: RowView, state: str | None) -> None:
    """Refuse a state that the row cannot go to from where it is."""
    if not state or state == view.state:
        return
    _known_state(register, state)
    if state not in [slug for slug, _ in view.next]:
        there = " or ".join(words for _, words in view.next) or "nowhere"
        raise NoSuchStep(
            "state",
            f"“{view.title}” is {lower(view.state_label)} and cannot become "
            f"{lower(register.states[state].title)}; from here it goes to {there}.",
        )


def refuse_if_fixed(register: Register) -> None:
    """Refuse to add to or take from a register whose rows the playbook sets."""
    if register.fixed:
        raise FixedRegister(
            f"The playbook sets the rows of “{register.title}”; none are added or removed. "
            "Change the rows that are there."
        )


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
        if value not in (None, "")
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
