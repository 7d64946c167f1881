"""Process maps: what follows what, what is odd about it, and what becomes of each step."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from phases.core.errors import Conflict, Refusal
from phases.core.models import Engagement
from phases.mechanisms.register.beside import Map, beside
from phases.mechanisms.register.flow import Step, flow_of, names_in
from phases.mechanisms.register.lanes import lanes
from phases.mechanisms.register.moving import move_row
from phases.mechanisms.register.queries import live_rows
from phases.mechanisms.register.services import add_row, change_row, remove_row
from phases.mechanisms.register.sheets import PAGE, Paper
from phases.mechanisms.situation import Situation
from playbook.models import Register

CURRENT, FUTURE = "Q8.register.current", "Q8.register.future"


def steps(*said: str) -> list[Step]:
    """``a``, ``b<a`` (after a), ``c/self_serve`` (on a path)."""
    found = []
    for one in said:
        title, _, after = one.partition("<")
        title, _, path = title.partition("/")
        found.append(Step(title, "Billing", path=path, after=names_in(after)))
    return found


ROUND = "Steps 1 and 2 go round in a loop"
FLOWS: dict[str, tuple[tuple[str, ...], list[tuple[int, int]], list[str]]] = {
    "in turn": (("a", "b", "c"), [(0, 1), (1, 2)], []),
    "by name": (("a", "b", "c<A."), [(0, 1), (0, 2)], []),
    "by number": (("a", "b", "c<1; 2"), [(0, 1), (0, 2), (1, 2)], []),
    "of nothing": (
        ("a", "b<Nobody"), [], ["“b” comes after “Nobody”, which is no step of this map."]
    ),
    "beyond the map": (("a", "b<9"), [], ["“b” comes after “9”, which is no step of this map."]),
    "of itself": (("a", "b<b"), [], ["“b” is said to come after itself."]),
    "two paths": (
        ("a/both", "b/sales_led", "c/self_serve", "d/both"), [(0, 1), (0, 2), (1, 3), (2, 3)], []
    ),
    "a path that begins": (("a/sales_led", "b/self_serve"), [], []),
    "a loop with a way out": (
        ("a<c", "b", "c", "d"), [(2, 0), (0, 1), (1, 2), (2, 3)],
        ["Steps 1, 2 and 3 go round in a loop."],
    ),
    "a loop without": (
        ("a<b", "b"), [(1, 0), (0, 1)],
        [f"{ROUND}, and nothing leads out of it. Say which step comes after it."],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FLOWS)
def test_steps_follow_one_another_as_they_say(case: str) -> None:
    said, pairs, notes = FLOWS[case]
    found = flow_of(steps(*said))
    assert list(found.pairs) == pairs
    assert list(found.notes) == notes


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["", "1", "3", "b", "x"]),
                          st.sampled_from(["", "both", "p", "q"])), max_size=12))  # fmt: skip
def test_whatever_follows_whatever_is_drawn(said: list[tuple[str, str, str]]) -> None:
    found = [Step(a, a, path=p, after=names_in(b), by_hand=n % 2 == 0)
             for n, (a, b, p) in enumerate(said)]  # fmt: skip
    for paper in (PAGE, Paper(300, 260)):
        for part in lanes("Map", found, paper):
            root = ET.fromstring(part.svg)
            width, height = (float(root.get(name, "0")) for name in ("width", "height"))
            assert height * min(1, paper.width / width) <= max(paper.height, 400)


def test_thirty_steps_in_eight_lanes_keep_every_number_over_pages() -> None:
    found = [Step(f"Step {n}", f"Lane {n % 8}", after=("1",) if n == 29 else ()) for n in range(30)]
    parts = lanes("Map", found, Paper(1040, 560))
    text = "".join(part.svg for part in parts)
    assert len(parts) > 2
    assert all(f">{n}<" in text for n in range(1, 31))
    assert ">from 1<" in text
    assert ">to 30<" in text


# --- side by side --------------------------------------------------------------------------------


@pytest.fixture
def s(engagement: Engagement, situation: Callable[[Engagement], Situation]) -> Situation:
    return situation(engagement)


def add(session: Session, s: Situation, key: str, step: str, **more: object) -> str:
    values = {"step": step, "actor": "Billing", "system": "Word", "mode": "manual"} | more
    return f"r{add_row(session, s, 'u1', key, values=values).id}"


def maps(s: Situation) -> tuple[Map, Map]:
    both = (s.playbook.get(key, Register) for key in (CURRENT, FUTURE))
    now, then = (Map.of(register, live_rows(s, register)) for register in both)
    return now, then


def test_steps_stay_become_vanish_and_are_new(session: Session, s: Situation) -> None:
    typed = add(session, s, CURRENT, "Type the terms", minutes="12", data_lost="Start date")
    add(session, s, CURRENT, "Close the deal", actor="Sales", mode="automatic")
    add(session, s, CURRENT, "Print it", actor="Finance")
    now, then = maps(s)
    assert beside(now, then).vanishing == ()  # nothing is said of the future yet
    add(session, s, FUTURE, "close the deal.", actor="Sales", mode="automatic")
    add(session, s, FUTURE, "Create the schedule", replaces=[f"{CURRENT}/{typed}"],
        mode="automatic", minutes="0.5")  # fmt: skip
    add(session, s, FUTURE, "Review exceptions")
    found = beside(*maps(s))
    assert found.vanishing == ("Print it",)
    assert "Becomes 2. Create the" in found.now[0].svg
    assert found.now[0].svg.count("stroke-dasharray") == 1
    assert "Replaces 1" in found.then[0].svg
    assert found.then[0].svg.count(">New<") == 1
    assert [(one.now, one.then) for one in found.figures] == [
        ("3", "3"), ("2", "1"), ("1", "0"), ("12", "0.5"),
    ]  # fmt: skip
    assert found.notes == ("No step is left in: Finance.",)


def test_a_lane_whose_steps_were_all_set_aside_is_told(
    session: Session, s: Situation, engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    add(session, s, CURRENT, "Close the deal")
    ref = add(session, s, CURRENT, "Print it", actor="Reception")
    change_row(session, s, "u1", CURRENT, ref, state="removed")
    client = staff()
    text = client.get(f"/e/{engagement.slug}/register/{CURRENT}").text
    assert "No step is left in: Reception." in text
    remove_row(session, s, "u1", CURRENT, ref)
    assert "Reception" not in client.get(f"/e/{engagement.slug}/register/{CURRENT}").text


def test_the_page_shows_both_and_says_what_is_missing(
    session: Session, s: Situation, engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    client, base = staff(), f"/e/{engagement.slug}/register"
    add(session, s, CURRENT, "Type <b>it</b>", after="Nothing")
    text = client.get(f"{base}/{FUTURE}/beside").text
    assert "No step yet" in text
    assert "<b>it" not in text
    assert "comes after “Nothing”, which is no step of this map" in text
    add(session, s, FUTURE, "Send it")
    text = client.get(f"{base}/{CURRENT}/beside").text
    assert "1 step vanishes: Type &lt;b&gt;it&lt;/b&gt;" in text
    assert "Side by side" in client.get(f"{base}/{CURRENT}").text
    assert client.get(f"{base}/Q9.register.gaps/beside").status_code == 404


def test_steps_are_moved_and_the_ends_stay(
    session: Session, s: Situation, engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    a, _b, c = (add(session, s, CURRENT, name) for name in "abc")
    order = lambda: "".join(row.title for row in live_rows(s, s.playbook.get(CURRENT, Register)))  # noqa: E731
    for ref, way, wanted in ((c, -1, "acb"), (c, -1, "cab"), (c, -1, "cab"), (a, 1, "cba")):
        move_row(session, s, "u1", CURRENT, ref, way)
        assert order() == wanted
    with pytest.raises(Conflict):
        move_row(session, s, "u1", CURRENT, a, 1, version=1)
    with pytest.raises(Refusal):
        move_row(session, s, "u1", "Q28.register.edge_cases", "Q28.case.refunds", 1)
    at = f"/e/{engagement.slug}/register/{CURRENT}/rows/{a}/move"
    assert staff().post(at, data={"way": "up", "version": "2"}).status_code == 302
    s.records.forget("_all_rows", "rows", "row_index")
    assert order() == "cab"


def test_moves_keep_every_row(session: Session, s: Situation) -> None:
    refs = [add(session, s, CURRENT, f"Step {n}") for n in range(4)]
    for ref, way in product(refs, (-1, 1, 1, -1)):
        move_row(session, s, "u1", CURRENT, ref, way)
        titles = {row.title for row in live_rows(s, s.playbook.get(CURRENT, Register))}
        assert titles == {f"Step {n}" for n in range(4)}
