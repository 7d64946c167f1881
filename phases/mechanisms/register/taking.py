"""Taking over what a register is offered: one row after another, or all at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core.errors import BadValue
from phases.mechanisms.register.models import Row
from phases.mechanisms.register.offers import Offer, offered
from phases.mechanisms.register.queries import find_row, ref_of, register_of
from phases.mechanisms.register.rules import new_entry
from phases.mechanisms.register.services import (
    change_row,
    insert,
    next_position,
    restore_row,
)
from phases.mechanisms.situation import Situation
from playbook.models import Register

ALL = "*"


@dataclass(frozen=True)
class Taken:
    """How many were taken over, and how many of those asked for are not on offer any more."""

    rows: int
    gone: int


def take(
    session: Session, s: Situation, actor: str, register_key: str, chosen: Collection[str], *,
    unwanted: bool = False,
) -> Taken:  # fmt: skip
    """Take over the offers with these keys; ``*`` stands for all.

    What is *unwanted* enters the state that does not count, and is not offered again.

    Raises:
        BadValue: none is chosen, or the register has no state for what is not wanted.
    """
    register = register_of(s, register_key)
    found = offered(s, register)
    if not chosen:
        raise BadValue("offers", "Choose at least one.")
    if unwanted and not found.drop:
        raise BadValue("offers", f"A {register.row_word} cannot be set aside here.")
    state = found.drop if unwanted else ""
    asked = [
        offer for group in found.groups for offer in group.offers
        if ALL in chosen or offer.key in chosen
    ]  # fmt: skip
    for offer in asked:
        _take(session, s, actor, register, offer, state)
    keys = {offer.key for offer in asked}
    return Taken(len(asked), sum(key != ALL and key not in keys for key in chosen))


def _take(
    session: Session, s: Situation, actor: str, register: Register, offer: Offer, state: str
) -> None:
    if not offer.proposal:
        assert register.taking is not None
        change_row(session, s, actor, register.key, offer.key,
                   values={} if state else offer.values,
                   state=state or register.taking.state)  # fmt: skip
        return
    row = _put_back(session, s, actor, register, offer) or _add(
        session, s, actor, register, offer, state
    )
    if not state:
        _link_back(session, s, actor, register, offer, row)


def _put_back(
    session: Session, s: Situation, actor: str, register: Register, offer: Offer
) -> Row | None:
    """The row that was taken over before and taken out since."""
    query = select(Row).where(
        Row.engagement_id == s.engagement.id, Row.register == register.key, Row.seed == offer.key
    )
    row = session.scalar(query)
    return restore_row(session, s, actor, register.key, ref_of(row)) if row else None


def _add(
    session: Session, s: Situation, actor: str, register: Register, offer: Offer, state: str
) -> Row:
    entry = new_entry(s, register, title=offer.title, values=offer.values, state=state)
    position = next_position(session, s, register)
    row = insert(session, s, actor, register, position, entry, offer.key)
    s.records.keep(row)
    return row


def _link_back(
    session: Session, s: Situation, actor: str, register: Register, offer: Offer, row: Row
) -> None:
    """Have the row it comes from say so, and enter its next state if it may."""
    proposal = register.proposals[offer.proposal]
    place, _, name = offer.origin.partition("/")
    if not (proposal.back or proposal.moves) or not place:
        return
    other = find_row(s, register_of(s, place), name)
    link = f"{register.key}/{row.seed or ref_of(row)}"
    had = other.raw.get(proposal.back) or []
    values = {proposal.back: [*had, link]} if proposal.back and link not in had else {}
    try:
        change_row(session, s, actor, place, name, values=values, state=proposal.moves or None)
    except BadValue:
        if values:
            change_row(session, s, actor, place, name, values=values)
