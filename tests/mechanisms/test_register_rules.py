"""Registers: links between rows, what states ask for, rows that stay, routing, history, checks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from phases.core.errors import BadValue, Missing
from phases.mechanisms.register import bulk, links, queries, services
from phases.mechanisms.register.checks import rows_at_most, rows_current
from phases.mechanisms.register.errors import AppendOnly, LacksColumns, StandsBehindGate
from phases.mechanisms.register.history import history_of
from phases.mechanisms.register.models import Row
from phases.mechanisms.situation import Situation
from playbook import checks
from playbook.models import Register
from tests.mechanisms.ledger import (
    FACTS,
    FIRST,
    GAPS,
    LOG,
    MOST,
    QUEUES,
    fact,
    playbook,
    said,
    shut,
    situation,
    stored,
)


@pytest.fixture
def kept(store: Session) -> Situation:
    return stored(store)


def register(key: str) -> Register:
    return playbook().get(key, Register)


def gap(session: Session, s: Situation, title: str = "Gap", **values: Any) -> Row:
    return services.add_row(session, s, "u1", GAPS, values={"gap": title} | values)


def entry(session: Session, s: Situation, title: str = "Sent", **fields: Any) -> Row:
    return services.add_row(session, s, "u1", FACTS, values={"fact": title}, **fields)


# --- links ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept_as"),
    [
        ([f"{FACTS}/{FIRST}"], [f"{FACTS}/{FIRST}"]),
        ([f"inputs/{MOST}"], [f"inputs/{MOST}"]),
        (["First fact"], [f"{FACTS}/{FIRST}"]),
        (["first FACT"], [f"{FACTS}/{FIRST}"]),
        ([FIRST], [f"{FACTS}/{FIRST}"]),
        ([MOST], [f"inputs/{MOST}"]),
        (f"First fact [{FACTS}/{FIRST}]; Open exceptions allowed [inputs/{MOST}]",
         [f"{FACTS}/{FIRST}", f"inputs/{MOST}"]),
        (f"First fact\n{MOST}", [f"{FACTS}/{FIRST}", f"inputs/{MOST}"]),
        ([f"{FACTS}/{FIRST}", FIRST], [f"{FACTS}/{FIRST}"]),
        ([], None),
        ("", None),
    ],
)  # fmt: skip
def test_a_row_rests_on_inputs_and_rows(
    store: Session, kept: Situation, given: Any, kept_as: Any
) -> None:
    assert gap(store, kept, rests=given).values.get("rests") == kept_as


@pytest.mark.parametrize(
    "given", ["L4.register.log/r1", "r99", "Metered", "L4.fact.meter", "inputs/none", "nowhere/x",
              "inputs/profile.nothing", "/", "x/y/z", "L4.register.facts/"],
)  # fmt: skip
def test_what_is_not_there_is_refused(store: Session, kept: Situation, given: str) -> None:
    services.add_row(store, kept, "u1", LOG, values={"what": "Wrote"})
    with pytest.raises(BadValue, match="there is no") as refused:
        gap(store, kept, rests=[given])
    assert refused.value.field == "rests"


def test_a_row_of_another_engagement_is_not_there(store: Session, kept: Situation) -> None:
    other = stored(store, 2, "other")
    theirs = entry(store, other, "Theirs")
    for given in (f"{FACTS}/r{theirs.id}", f"r{theirs.id}", "Theirs"):
        with pytest.raises(BadValue, match="there is no"):
            gap(store, kept, rests=[given])


def test_two_of_one_name_are_told_apart(store: Session, kept: Situation) -> None:
    rows = [entry(store, kept, "Twin") for _ in range(2)]
    with pytest.raises(BadValue, match=f"{FACTS}/r{rows[0].id} or {FACTS}/r{rows[1].id}"):
        gap(store, kept, rests=["Twin"])


def test_no_row_rests_on_itself(store: Session, kept: Situation) -> None:
    row = gap(store, kept)
    with pytest.raises(BadValue, match="cannot rest on itself"):
        services.change_row(store, kept, "u1", GAPS, f"r{row.id}",
                            values={"rests": [f"{GAPS}/r{row.id}"]})  # fmt: skip


def test_both_ends_show_the_link_also_once_a_seed_was_touched(
    store: Session, kept: Situation
) -> None:
    row = gap(store, kept, "Late", rests=[FIRST])
    services.change_row(store, kept, "u1", FACTS, FIRST, values={"note": "Touched"})
    found = queries.find_row(kept, register(GAPS), f"r{row.id}")
    assert found.shown["rests"] == "First fact"
    assert [one.title for one in links.resting_on(kept, f"{FACTS}/{FIRST}")] == ["Late"]
    assert links.resting_on(kept, f"inputs/{MOST}") == []


def test_a_link_to_a_removed_row_says_so_and_may_stay(store: Session, kept: Situation) -> None:
    below = entry(store, kept, "Below")
    row = gap(store, kept, rests=["Below"])
    services.remove_row(store, kept, "u1", FACTS, f"r{below.id}")
    [link] = links.views(kept, row.values["rests"])
    assert (link.title, link.gone) == ("Below", True)
    services.change_row(store, kept, "u1", GAPS, f"r{row.id}",
                        values={"gap": "Renamed", "rests": row.values["rests"]})  # fmt: skip
    with pytest.raises(BadValue, match="there is no"):
        gap(store, kept, "Another", rests=row.values["rests"])


def test_the_search_finds_every_word_in_title_or_kind(store: Session, kept: Situation) -> None:
    entry(store, kept, "Second fact")
    found = links.candidates(kept, register(GAPS).columns["rests"])
    assert [one.title for one in links.search(found, "FACT second")] == ["Second fact"]
    assert [one.title for one in links.search(found, "input allowed")] == [
        "Open exceptions allowed"
    ]
    assert links.search(found, "nothing of this") == []


def test_at_most_fifty_links(store: Session, kept: Situation) -> None:
    with pytest.raises(BadValue, match="51 links"):
        gap(store, kept, rests=[f"r{n}" for n in range(51)])


# --- states that ask -----------------------------------------------------------------------------

PROOF = "https://proof.test/1"


@pytest.mark.parametrize(
    ("values", "owner", "missing"),
    [
        ({}, "", "“Proof” and an owner"),
        ({"proof": PROOF}, "", "an owner"),
        ({}, "u1", "“Proof”"),
        ({"proof": PROOF}, "u1", ""),
    ],
)
def test_a_state_is_entered_with_what_it_needs(
    store: Session, kept: Situation, values: dict[str, str], owner: str, missing: str
) -> None:
    row = entry(store, kept)
    said: dict[str, Any] = {"values": values, "owner": owner, "state": "done"}
    if not missing:
        assert services.change_row(store, kept, "u1", FACTS, f"r{row.id}", **said).state == "done"
        return
    with pytest.raises(LacksColumns) as refused:
        services.change_row(store, kept, "u1", FACTS, f"r{row.id}", **said)
    assert f"without {missing}." in refused.value.message
    assert row.state == "open"


def test_a_new_row_too_enters_only_with_what_is_needed(store: Session, kept: Situation) -> None:
    with pytest.raises(LacksColumns):
        entry(store, kept, state="done")


def test_what_a_state_needs_is_not_emptied_while_in_it(store: Session, kept: Situation) -> None:
    row = services.add_row(store, kept, "u1", FACTS, values={"fact": "F", "proof": PROOF},
                           owner="u1", state="done")  # fmt: skip
    for emptied in ({"values": {"proof": ""}}, {"owner": ""}):
        with pytest.raises(LacksColumns):
            services.change_row(store, kept, "u1", FACTS, f"r{row.id}", **emptied)
    opened = services.change_row(store, kept, "u1", FACTS, f"r{row.id}", owner="", state="open")
    assert (opened.state, opened.owner) == ("open", "")


def test_a_gate_stands_before_a_state_and_says_why(store: Session) -> None:
    s = stored(store, gate=shut)
    row = gap(store, s)
    with pytest.raises(StandsBehindGate) as refused:
        services.change_row(store, s, "u1", GAPS, f"r{row.id}", state="paid")
    assert "Nobody has said who pays." in refused.value.message
    assert refused.value.place == "gate/L3.gate.money"
    services.change_row(store, s, "u1", GAPS, f"r{row.id}", values={"gap": "Other words"})
    services.change_row(store, s, "u1", GAPS, f"r{row.id}", state="closed")


def test_an_open_gate_lets_a_row_pass(store: Session, kept: Situation) -> None:
    row = gap(store, kept)
    changed = services.change_row(store, kept, "u1", GAPS, f"r{row.id}", state="paid")
    assert changed.state == "paid"


# --- rows that stay, rows that are sent on -------------------------------------------------------


def test_what_only_grows_is_neither_changed_nor_removed(store: Session, kept: Situation) -> None:
    row = services.add_row(store, kept, "u1", LOG, values={"what": "Wrote"})
    ref = f"r{row.id}"
    with pytest.raises(AppendOnly, match="Add another entry"):
        services.change_row(store, kept, "u1", LOG, ref, values={"what": "Rewrote"})
    with pytest.raises(AppendOnly):
        services.remove_row(store, kept, "u1", LOG, ref)
    with pytest.raises(AppendOnly):
        services.restore_row(store, kept, "u1", LOG, ref)
    done = bulk.remove(store, kept, "u1", LOG, [(ref, 1)])
    assert (done.refs, len(done.refused)) == ((), 1)
    assert [view.title for view in queries.row_views(kept, register(LOG))] == ["Wrote"]


@pytest.mark.parametrize(
    ("kind", "queue", "urgent", "owner", "due"),
    [
        ("late", "Chasing", False, "c1", date(2026, 11, 24)),
        ("lost", "Search", True, "u1", date(2026, 11, 20)),
        ("odd", None, None, "", None),
    ],
)
def test_a_row_goes_where_its_kind_sends_it(
    store: Session, kept: Situation, kind: str, queue: Any, urgent: Any, owner: str, due: Any
) -> None:
    row = services.add_row(store, kept, "u1", QUEUES, values={"what": "W", "kind": kind})
    found = (row.values.get("queue"), row.values.get("urgent"), row.owner, row.due)
    assert found == (queue, urgent, owner, due)


def test_holidays_are_no_business_days(store: Session) -> None:
    s = stored(store, today=date(2026, 11, 25))  # before Thanksgiving
    row = services.add_row(store, s, "u1", QUEUES, values={"what": "W", "kind": "late"})
    assert row.due == date(2026, 11, 30)


def test_what_was_typed_comes_before_the_routing(store: Session, kept: Situation) -> None:
    row = services.add_row(
        store, kept, "u1", QUEUES, values={"what": "W", "kind": "late", "queue": "Own"},
        owner="u1", due="2026-12-24",
    )  # fmt: skip
    assert (row.values["queue"], row.owner, row.due) == ("Own", "u1", date(2026, 12, 24))


def test_a_role_that_nobody_has_leaves_the_row_to_nobody(store: Session, kept: Situation) -> None:
    kept.records.contacts.clear()
    row = services.add_row(store, kept, "u1", QUEUES, values={"what": "W", "kind": "late"})
    assert row.owner == ""


# --- many at once --------------------------------------------------------------------------------


def test_rows_that_can_move_do_and_the_others_say_why(store: Session, kept: Situation) -> None:
    rows = [entry(store, kept, f"F{n}") for n in range(3)]
    services.change_row(store, kept, "u1", FACTS, f"r{rows[0].id}", owner="u1",
                        values={"proof": PROOF})  # fmt: skip
    chosen = [(f"r{row.id}", row.version) for row in rows] + [("r99", 1)]
    done = bulk.move(store, kept, "u1", FACTS, chosen, "done")
    assert done.refs == (f"r{rows[0].id}",)
    assert [line.split(" ")[0] for line in done.refused] == ["“F1”", "“F2”", "A"]
    assert "no longer there" in done.refused[2]


def test_a_row_that_somebody_changed_is_left_alone(store: Session, kept: Situation) -> None:
    row = entry(store, kept)
    done = bulk.give(store, kept, "u1", FACTS, [(f"r{row.id}", 7)], "u1")
    assert done.refused == ("“Sent” was changed by somebody else meanwhile.",)
    assert row.owner == ""


def test_removed_rows_come_back_together(store: Session, kept: Situation) -> None:
    rows = [entry(store, kept, f"F{n}") for n in range(2)]
    done = bulk.remove(store, kept, "u1", FACTS, [(f"r{row.id}", 1) for row in rows] + [(FIRST, 0)])
    assert len(done.refs) == 3
    assert queries.row_views(kept, register(FACTS)) == []
    bulk.restore(store, kept, "u1", FACTS, [(ref, None) for ref in done.refs])
    titles = [view.title for view in queries.row_views(kept, register(FACTS))]
    assert titles == ["First fact", "F0", "F1"]


@pytest.mark.parametrize("due", ["2026-12-24", ""])
def test_due_dates_are_set_together(store: Session, kept: Situation, due: str) -> None:
    row = entry(store, kept, due="2026-12-01")
    bulk.date_rows(store, kept, "u1", FACTS, [(f"r{row.id}", 1)], due)
    assert row.due == (date.fromisoformat(due) if due else None)


def test_nothing_chosen_and_too_much_chosen_are_refused(store: Session, kept: Situation) -> None:
    with pytest.raises(BadValue, match="at least one"):
        bulk.move(store, kept, "u1", FACTS, [], "done")
    with pytest.raises(BadValue, match="500 are the most"):
        bulk.move(store, kept, "u1", FACTS, [(f"r{n}", 1) for n in range(501)], "done")


# --- history -------------------------------------------------------------------------------------


def test_the_history_tells_what_stood_there_before(store: Session, kept: Situation) -> None:
    row = entry(store, kept, "Before")
    services.change_row(store, kept, "u1", FACTS, f"r{row.id}", owner="u1", due="2026-12-01",
                        values={"fact": "After", "kind": "tax", "amount": "USD 5"})  # fmt: skip
    services.change_row(store, kept, "c1", FACTS, f"r{row.id}", state="gone")
    gone, changed, added = history_of(
        store, kept, queries.find_row(kept, register(FACTS), f"r{row.id}")
    )
    assert (added.who, added.words) == ("Ann Architect", "added it")
    assert set(changed.differences) == {
        ("Fact", "Before", "After"), ("Kind", "", "Tax"), ("Amount", "", "USD 5"),
        ("Title", "Before", "After"), ("Owner", "", "Ann Architect"), ("Due", "", "1 Dec 2026"),
    }  # fmt: skip
    assert gone.words == "moved the state from Open to Gone"
    assert gone.who == "Fay Finance"


def test_an_amount_written_otherwise_is_no_change(store: Session, kept: Situation) -> None:
    row = services.add_row(store, kept, "u1", FACTS, values={"fact": "F", "amount": "USD 5.00"})
    services.change_row(store, kept, "u1", FACTS, f"r{row.id}", values={"amount": "usd 5"})
    assert (row.version, row.values["amount"]) == (1, "USD 5.00")
    services.change_row(store, kept, "u1", FACTS, f"r{row.id}", values={"amount": "EUR 5"})
    assert (row.version, row.values["amount"]) == (2, "EUR 5")


def test_a_row_of_a_register_that_does_not_exist_is_missing(kept: Situation) -> None:
    with pytest.raises(Missing):
        queries.find_row(kept, register(FACTS), "L4.fact.meter")


# --- checks --------------------------------------------------------------------------------------


def at_most(s: Situation, **given: Any) -> bool:
    asked = {"register": FACTS, "states": ("open",)} | given
    return rows_at_most(checks.RowsAtMost.model_validate(asked), s).met


def facts(*states: str) -> dict[str, list[Row]]:
    """Rows in these states, the seed among them gone."""
    away = fact(90, seed=FIRST, state="gone")
    return {FACTS: [away, *(fact(n, state=state) for n, state in enumerate(states, 1))]}


@pytest.mark.parametrize(
    ("count", "maximum", "met"),
    [(0, 0, True), (1, 0, False), (2, 3, True), (3, 3, True), (4, 3, False)],
)
def test_rows_at_most(count: int, maximum: int, met: bool) -> None:
    s = situation(rows=facts(*["open"] * count))
    assert at_most(s, maximum=maximum) is met


def test_rows_at_most_counts_only_the_states_named() -> None:
    s = situation(rows=facts("open", "done", "done"))
    assert at_most(s, maximum=1)
    assert not at_most(s, states=("open", "done"), maximum=2)
    assert at_most(s, states=("open", "done"), maximum=3)
    assert at_most(s, states=("gone",), maximum=0)  # a dropped row is not live


@pytest.mark.parametrize(
    ("limit", "met"),
    [("2", True), (2, True), ("3.0", True), ("1", False), ("0", False), (None, False), ("", False),
     ("many", False), ("-1", False), ("2.5", False), (True, False), ([], False)],
)  # fmt: skip
def test_rows_at_most_by_an_input_that_is_known(limit: Any, met: bool) -> None:
    s = situation(rows=facts("open", "open"), inputs=said(MOST, limit))
    assert at_most(s, input=MOST) is met


def test_rows_at_most_names_the_rows_and_whom_to_ask() -> None:
    found = rows_at_most(
        checks.RowsAtMost.model_validate({"register": FACTS, "states": ("open",), "maximum": 1}),
        situation(rows={FACTS: [*facts("open")[FACTS], fact(7, owner="u1")]}),
    )
    assert [lack.sentence for lack in found.lacks] == [
        "“Facts”: 2 facts open; at most 1 allowed.", "“Fact 1” is open.", "“Fact 7” is open.",
    ]  # fmt: skip
    assert found.lacks[2].who == "Ann Architect"


def current(at: str | None, **given: Any) -> bool:
    asked = {"register": FACTS, "column": "found"} | given
    values = {"fact": "F", "found": at} if at else {"fact": "F"}
    rows = {FACTS: [*facts()[FACTS], fact(1, values=values)]}
    return rows_current(checks.RowsCurrent.model_validate(asked), situation(rows=rows)).met


@pytest.mark.parametrize(
    ("at", "met"),
    [("2026-11-20", True), ("2026-11-13", True), ("2026-11-12", False), ("2025-11-20", False),
     ("2026-11-21", False), (None, False)],
)  # fmt: skip
def test_rows_current_by_age(at: str | None, met: bool) -> None:
    assert current(at, days=7) is met


@pytest.mark.parametrize(
    ("at", "met"),
    [("2026-11-20", True), ("2026-11-21", True), ("2027-11-20", True), ("2026-11-19", False),
     (None, False)],
)  # fmt: skip
def test_rows_current_until_a_date(at: str | None, met: bool) -> None:
    assert current(at) is met


@pytest.mark.parametrize(("minimum", "met"), [(0, True), (1, True), (2, False)])
def test_rows_current_wants_rows(minimum: int, met: bool) -> None:
    assert current("2026-11-20", days=0, minimum=minimum) is met


def test_a_dropped_row_may_be_out_of_date() -> None:
    gone = fact(1, state="gone", values={"fact": "F", "found": "2020-01-01"})
    s = situation(rows={FACTS: [*facts()[FACTS], gone]})
    asked = checks.RowsCurrent.model_validate({"register": FACTS, "column": "found", "minimum": 0})
    assert rows_current(asked, s).met
