"""Who has an item: by role, by name, handed over, taken back, sent back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from phases.core.models import Contact
from phases.mechanisms.homework.models import Ask
from phases.mechanisms.homework.pieces import holding

START = datetime(2026, 11, 2, tzinfo=UTC)
FAY, ROB, CORA = (Contact(id=n, name=name, role=role) for n, name, role in (
    (1, "Fay", "finance_lead"), (2, "Rob", "finance_lead"), (3, "Cora", "")
))  # fmt: skip


def ask(contact: Contact, by: str, how: str = "", *, at: int = 0, end: int = 0, **more: Any) -> Ask:
    """Given to *contact* on day *at*; ended as *how* says on day *end*."""
    ended = START + timedelta(days=end or at + 1) if how else None
    return Ask(item="x", contact_id=contact.id, by=by, at=START + timedelta(days=at), how=how,
               ended_at=ended, said="", **more)  # fmt: skip


CASES = {
    "nobody was asked by name": ([], ["Fay", "Rob"], False),
    "asked by the architect": ([ask(ROB, "u1")], ["Rob"], False),
    "handed to a colleague": ([ask(CORA, "c1")], ["Cora"], False),
    "handed, waits for the architect": ([ask(CORA, "c1", waits=True)], ["Fay", "Rob"], False),
    "handed and taken back": ([ask(CORA, "c1", "taken_back")], ["Fay", "Rob"], False),
    "handed and declined": ([ask(CORA, "c1", "declined")], ["Fay", "Rob"], False),
    "the colleague says: not mine": ([ask(CORA, "c1", "returned")], ["Fay", "Rob"], False),
    "asked by name, handed on": ([ask(ROB, "u1"), ask(CORA, "c2", at=1)], ["Cora"], False),
    "and sent back to who handed it": (
        [ask(ROB, "u1"), ask(CORA, "c2", "returned", at=1)], ["Rob"], False,
    ),
    "asked by the architect: not mine": ([ask(ROB, "u1", "returned")], [], True),
    "one of two says: not mine": ([ask(FAY, "", "returned")], ["Rob"], False),
    "both say: not mine": ([ask(FAY, "", "returned"), ask(ROB, "", "returned", at=2)], [], True),
    "both did, and the architect asks one": (
        [ask(FAY, "", "returned"), ask(ROB, "", "returned", at=2), ask(FAY, "u1", at=5)],
        ["Fay"], False,
    ),
    "sent back to the architect, who asks another": (
        [ask(ROB, "u1", "returned"), ask(FAY, "u1", at=3)], ["Fay"], False,
    ),
    "sent back, asked again, taken back": (
        [ask(ROB, "u1", "returned"), ask(FAY, "u1", "taken_back", at=3)], ["Fay", "Rob"], False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_who_has_it(case: str) -> None:
    asks, names, waits_for_us = CASES[case]
    found = holding([FAY, ROB], asks, [FAY, ROB, CORA])
    assert [person.name for person in found.people] == names
    assert (found.back is not None) is waits_for_us


def test_somebody_who_was_removed_has_nothing() -> None:
    assert holding([FAY], [ask(CORA, "c1")], [FAY]).people == (FAY,)


def test_the_words_it_came_back_with_stand_until_it_is_given_again() -> None:
    back = ask(CORA, "c1", "returned")
    assert holding([FAY], [back], [FAY, CORA]).told is back
    assert holding([FAY], [back, ask(CORA, "c1", at=4)], [FAY, CORA]).told is None


def test_nobody_plays_the_role() -> None:
    found = holding([], [], [CORA])
    assert (found.people, found.back) == ((), None)
