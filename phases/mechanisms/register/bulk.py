"""One change of many rows: those that can take it do, and each that cannot says why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from phases.core.errors import BadValue, Refusal
from phases.mechanisms.register import services
from phases.mechanisms.register.models import Row
from phases.mechanisms.register.queries import find_row, ref_of, register_of
from phases.mechanisms.situation import Situation

MOST = 500
Chosen = tuple[str, int | None]
"""A row's ref, and the version it had when it was chosen."""


@dataclass(frozen=True)
class Done:
    """What became of the rows that were chosen: refs of those changed, why the others were not."""

    refs: tuple[str, ...]
    refused: tuple[str, ...]


def move(
    session: Session, s: Situation, actor: str, key: str, rows: Sequence[Chosen], state: str
) -> Done:
    """Have rows enter a state."""
    return _each(s, key, rows, lambda ref, version: services.change_row(
        session, s, actor, key, ref, state=state, version=version))  # fmt: skip


def give(
    session: Session, s: Situation, actor: str, key: str, rows: Sequence[Chosen], owner: str
) -> Done:
    """Give rows an owner; an empty one leaves them to nobody."""
    return _each(s, key, rows, lambda ref, version: services.change_row(
        session, s, actor, key, ref, owner=owner, version=version))  # fmt: skip


def date_rows(
    session: Session, s: Situation, actor: str, key: str, rows: Sequence[Chosen], due: str
) -> Done:
    """Give rows a due date; an empty one takes it away."""
    return _each(s, key, rows, lambda ref, version: services.change_row(
        session, s, actor, key, ref, due=due, version=version))  # fmt: skip


def remove(session: Session, s: Situation, actor: str, key: str, rows: Sequence[Chosen]) -> Done:
    """Take rows out; ``restore`` puts them back."""
    return _each(s, key, rows, lambda ref, version: services.remove_row(
        session, s, actor, key, ref, version))  # fmt: skip


def restore(session: Session, s: Situation, actor: str, key: str, rows: Sequence[Chosen]) -> Done:
    """Put rows back that were taken out."""
    return _each(s, key, rows, lambda ref, _version: services.restore_row(
        session, s, actor, key, ref))  # fmt: skip


def _each(
    s: Situation, key: str, rows: Sequence[Chosen], act: Callable[[str, int | None], Row]
) -> Done:
    if not rows:
        raise BadValue("rows", "Choose at least one row.")
    if len(rows) > MOST:
        raise BadValue("rows", f"{len(rows)} rows; {MOST} are the most at once.")
    refs, refused = [], []
    for ref, version in rows:
        try:
            refs.append(ref_of(act(ref, version)))
        except Refusal as refusal:
            refused.append(_told(s, key, ref, refusal))
    return Done(tuple(refs), tuple(refused))


def _told(s: Situation, key: str, ref: str, refusal: Refusal) -> str:
    """Why a row stayed as it is, by its name."""
    try:
        title = find_row(s, register_of(s, key), ref).title
    except Refusal:
        return "A row is no longer there."
    if refusal.status == 409:
        return f"“{title}” was changed by somebody else meanwhile."
    named = refusal.message.startswith(f"“{title}”")
    return refusal.message if named else f"“{title}”: {refusal.message}"
