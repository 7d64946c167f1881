"""Whether each row of one register is covered by a row of another."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from phases.mechanisms.register import services
from phases.mechanisms.register.checks import rows_covered
from phases.mechanisms.situation import Situation
from playbook.checks import RowsCovered
from tests.mechanisms.ledger import FACTS, FIRST, GAPS, stored

CHECK = RowsCovered.model_validate({"register": FACTS, "by": GAPS, "column": "rests"})


@pytest.fixture
def kept(store: Session) -> Situation:
    return stored(store)


@pytest.mark.parametrize(
    ("named", "lacking"),
    [
        ([["First fact", "Second"]], []),
        ([["First fact"], ["Second"]], []),
        ([["First fact"]], ["“Second” is covered by no"]),
        ([], ["“First fact” is covered by no", "“Second” is covered by no"]),
    ],
)
def test_each_row_is_named_by_some_row(
    store: Session, kept: Situation, named: list[list[str]], lacking: list[str]
) -> None:
    services.add_row(store, kept, "u1", FACTS, values={"fact": "Second"})
    for refs in named:
        services.add_row(store, kept, "u1", GAPS, values={"gap": "G", "rests": refs})
    found = rows_covered(CHECK, kept)
    assert found.met is (lacking == [])
    told = [lack.sentence for lack in found.lacks]
    assert len(told) == len(lacking)
    assert all(words in sentence for words, sentence in zip(lacking, told, strict=True))


def test_a_row_that_was_dropped_covers_nothing_and_needs_no_cover(
    store: Session, kept: Situation
) -> None:
    row = services.add_row(store, kept, "u1", GAPS, values={"gap": "G", "rests": [FIRST]})
    assert rows_covered(CHECK, kept).met
    services.remove_row(store, kept, "u1", GAPS, f"r{row.id}")
    assert not rows_covered(CHECK, kept).met
