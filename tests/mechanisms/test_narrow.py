"""A page loads the rows its items rest on; others are read when asked for, removed ones too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from phases.core.commit import commit
from phases.core.models import Engagement
from phases.mechanisms.register import services
from phases.mechanisms.register.queries import live_rows, register_of
from phases.mechanisms.situation import Situation
from phases.portfolio.panels import looked_into
from playbook.book import Playbook

GAPS, CASES = "Q9.register.gaps", "Q28.register.edge_cases"
GAP = {"gap": "No PO number", "kind": "missing_data", "found_in": "meeting", "severity": "high"}


def test_what_items_rest_on_is_followed_through_checks_guards_and_sheets(library: Any) -> None:
    playbook: Playbook = library.latest("q2c")
    assert GAPS in playbook.resting_on("Q12.gate.1d")
    assert "Q11.register.mapping" in playbook.resting_on("Q12.sheet.package")
    assert GAPS not in playbook.resting_on("Q23.checklist.archive")
    assert playbook.resting_on("no.such.key") == frozenset()


def test_the_page_of_a_phase_looks_into_what_it_tells_the_state_of(library: Any) -> None:
    playbook: Playbook = library.latest("q2c")
    keys = looked_into(playbook, "strategy")
    assert {"Q12.gate.1d", "Q12.sheet.package", "Q4.checklist.preparation"} <= set(keys)
    assert "Q19.gate.3d" not in keys
    assert not {playbook.get(key).kind for key in keys} & {"document", "guide"}
    assert "Q16.register.invoices" not in playbook.resting_on(*keys)


def test_a_register_left_out_is_read_when_asked_for(
    session: Session, engagement: Engagement, situation: Callable[[Engagement], Situation]
) -> None:
    s = situation(engagement)
    services.add_row(session, s, "u1", GAPS, title="No PO number", values=GAP)
    seed = next(iter(register_of(s, CASES).seeds))
    services.remove_row(session, situation(engagement), "u1", CASES, seed)
    commit(session)
    full, few = situation(engagement), situation(engagement)
    few.records.narrow("Q11.register.mapping")
    for key in (GAPS, CASES, "Q11.register.mapping"):
        register = register_of(full, key)
        assert live_rows(few, register) == live_rows(full, register), key
    assert seed in few.records.removed_seeds
    assert GAPS in few.records.rows
    assert few.records.row_index.keys() == full.records.row_index.keys()
