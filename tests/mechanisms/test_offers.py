"""Rows that other records speak for: offered with their reasons, taken over once, never twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.errors import BadValue
from phases.core.models import Engagement
from phases.core.models import Input as InputRecord
from phases.mechanisms.checks import CHECKS
from phases.mechanisms.form.models import Answer, FormRecord
from phases.mechanisms.inputs.services import set_input
from phases.mechanisms.records import Records
from phases.mechanisms.register.models import Row
from phases.mechanisms.register.offers import Offer, offered, offered_from
from phases.mechanisms.register.queries import find_row, live_rows
from phases.mechanisms.register.services import add_row, change_row, remove_row
from phases.mechanisms.register.taking import take
from phases.mechanisms.situation import Situation
from playbook.models import Register

GAPS, RISKS, MEASURES = "Q9.register.gaps", "Q24.register.risks", "Q27.register.measures"
CURRENT, MAPPING, FUNCTIONS = "Q8.register.current", "Q11.register.mapping", "F.register.functions"
FORM = "Q3.form.intake"
STEP = {"step": "Copy terms", "actor": "Billing", "system": "Word", "mode": "manual"}


def offers(s: Situation, key: str) -> dict[str, Offer]:
    """What *key* is offered, by title."""
    found = offered(s, s.playbook.get(key, Register))
    return {offer.title: offer for group in found.groups for offer in group.offers}


def said(
    library: Any, inputs: Mapping[str, Any] | None = None, answers: Mapping[str, Any] | None = None,
    rows: Mapping[str, list[dict[str, Any]]] | None = None, *, sent: bool = True,
) -> Situation:  # fmt: skip
    """A situation in which these things are said, without a database."""
    engagement = Engagement(
        id=1, slug="acme", customer="Acme", playbook_name="q2c", playbook_version="1.0",
        time_zone="UTC", country="US", created_at=datetime(2026, 11, 2, tzinfo=UTC),
        created_by="u1", chain_head="", chain_length=0,
    )  # fmt: skip
    records = Records.of(
        engagement,
        inputs={
            key: InputRecord(key=key, value=value, standing="ASSUMED")
            for key, value in (inputs or {}).items()
        },
        answers={k: Answer(key=k, value=v, version=1) for k, v in (answers or {}).items()},
        forms={FORM: FormRecord(key=FORM, submitted_at=datetime(2026, 11, 3, tzinfo=UTC))}
        if sent else {},
        rows={
            key: [
                Row(id=n, register=key, title=next(iter(v.values())), state=v.pop("state", ""),
                    values=v, position=n, version=1)
                for n, v in enumerate(map(dict, found), 1)
            ]
            for key, found in (rows or {}).items()
        },
    )  # fmt: skip
    return Situation(library.latest("q2c"), records, date(2026, 11, 20), CHECKS)


LIKELY: dict[str, tuple[str, dict[str, Any], dict[str, Any], str]] = {
    "ramps": ("Mid-contract changes", {"Q3.input.contract_structure": ["annual", "ramp"]}, {},
              "Contracts are of kinds that change in mid-term: Annual term, Ramp"),
    "currencies": ("Several currencies", {"profile.multi_currency": True}, {},
                   "more than one currency"),
    "usage": ("Usage events", {"profile.usage_based": True}, {}, "measured usage"),
    "tax": ("Tax calculation", {"profile.tax": True}, {}, "Invoices carry tax"),
    "tax not said": ("Tax calculation", {}, {}, "Nobody has said yet whether invoices carry tax"),
    "errors": ("CRM data", {"Q3.input.error_rate": "3.5"}, {}, "3.5% of invoices are corrected"),
    "no tool": ("Manual steps", {"profile.tools": ["none"]}, {}, "without a billing tool today"),
    "NetSuite": ("The ERP integration", {"profile.erp": True, "Q3.input.erp_name": "netsuite"}, {},
                 "The ERP is NetSuite. Invoices and payments"),
    "recognition": ("Billing is cut off", {"profile.revrec": True}, {}, "must be recognised"),
    "cards": ("Failed payments", {}, {"Q3.followup.payment_methods": ["card", "wire"]},
              "Customers pay by Card, Wire or bank transfer. Nobody has said what happens"),
}  # fmt: skip


@pytest.mark.parametrize("case", LIKELY)
def test_each_risk_is_raised_by_the_answers_that_make_it_likely(library: Any, case: str) -> None:
    title, inputs, answers, because = LIKELY[case]
    found = offers(said(library, inputs, answers), RISKS)
    (offer,) = [offer for name, offer in found.items() if name.startswith(title)]
    assert because in offer.why
    assert offer.values["because"] == offer.why


SILENT: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "plain contracts": ("Mid-contract changes", {"Q3.input.contract_structure": ["annual"]}, {}),
    "one currency": ("Several currencies", {"profile.multi_currency": False}, {}),
    "no tax": ("Tax calculation", {"profile.tax": False}, {}),
    "few errors": ("CRM data", {"Q3.input.error_rate": "1"}, {}),
    "an odd rate": ("CRM data", {"Q3.input.error_rate": "many"}, {}),
    "an endless rate": ("CRM data", {"Q3.input.error_rate": "Infinity"}, {}),
    "wires": ("Failed payments", {}, {"Q3.followup.payment_methods": ["wire"]}),
    "a tool": ("Manual steps", {"profile.tools": ["tabs"]}, {}),
}


@pytest.mark.parametrize("case", SILENT)
def test_a_risk_that_nothing_speaks_for_is_not_offered(library: Any, case: str) -> None:
    title, inputs, answers = SILENT[case]
    found = offers(said(library, inputs, answers), RISKS)
    assert not [name for name in found if name.startswith(title)]


def test_what_was_left_blank_speaks_only_once_the_form_is_sent(library: Any) -> None:
    answers = {"Q3.followup.payment_methods": ["ach"]}
    title = "Nobody follows up a failed payment"
    assert title in offers(said(library, answers=answers), GAPS)
    assert title not in offers(said(library, answers=answers, sent=False), GAPS)
    wires = {"Q3.followup.payment_methods": ["wire"]}
    assert title not in offers(said(library, answers=wires), GAPS)


def test_three_manual_steps_speak_for_the_risk_that_they_survive(library: Any) -> None:
    rows = [STEP | {"step": f"Step {n}", "state": "part"} for n in range(3)]
    risks = offers(said(library, rows={CURRENT: rows}), RISKS)
    why = risks["Manual steps survive the project"].why
    assert why == "3 steps of the current map are done by hand."
    assert "Manual steps survive the project" not in offers(
        said(library, rows={CURRENT: rows[:2]}), RISKS
    )


def test_gaps_come_from_maps_mappings_functions_and_answers(library: Any) -> None:
    lost = {"state": "part", "data_lost": "PO number", "goes_wrong": "Net-30 by habit"}
    inventory = [
        {"system": "Sage", "used_for": "Ledger", "connects": "manual"},
        {"system": "Excel", "used_for": "Renewals", "connects": "not_connected"},
    ]
    s = said(
        library, {"Q3.input.billing_owner": "shared"}, {"Q3.followup.tool_inventory": inventory},
        {
            CURRENT: [STEP | lost, STEP | {"step": "Old", "state": "removed"}],
            MAPPING: [{"purpose": "Billing address", "required": True, "state": "draft"},
                      {"purpose": "Notes", "state": "draft"},
                      {"purpose": "Name", "required": True, "crm_field": "x", "state": "draft"}],
            FUNCTIONS: [{"function": "Collect payments", "maturity": "m2", "state": "not_rated"},
                        {"function": "Run billing", "maturity": "m3", "state": "not_rated"}],
        },
    )  # fmt: skip
    found = offers(s, GAPS)
    assert list(found) == [
        "Done by hand: Copy terms", "Data lost or typed again: Copy terms",
        "No source for: Billing address", "Weak: Collect payments",
        "Data is typed by hand into or out of Sage", "Excel is not connected to anything",
        "Nobody alone decides what a correct invoice is",
    ]  # fmt: skip
    step = found["Done by hand: Copy terms"]
    assert step.values == {
        "kind": "manual_step", "found_in": "current_map", "severity": "medium",
        "impact": "Net-30 by habit", "source": [f"{CURRENT}/r1"],
    }  # fmt: skip
    assert found["Nobody alone decides what a correct invoice is"].values["source"] == [
        "inputs/Q3.input.billing_owner"
    ]


def test_one_name_is_offered_once_and_not_where_a_row_has_it(library: Any) -> None:
    twice = [STEP | {"state": "part"}, STEP | {"state": "part"}]
    assert len(offers(said(library, rows={CURRENT: twice}), GAPS)) == 1
    there = {"gap": "done  by hand: COPY terms.", "state": "out_of_scope"}
    assert not offers(said(library, rows={CURRENT: twice, GAPS: [there]}), GAPS)


# --- taken over ----------------------------------------------------------------------------------


@pytest.fixture
def s(engagement: Engagement, situation: Callable[[Engagement], Situation]) -> Situation:
    return situation(engagement)


@pytest.mark.data
def test_what_is_taken_over_is_gone_from_the_offers_even_under_another_name(
    session: Session, s: Situation
) -> None:
    add_row(session, s, "u1", CURRENT, values=STEP | {"data_lost": "Start date"})
    assert take(session, s, "u1", GAPS, ["*"]).rows == len(live_rows(s, gaps(s))) == 2
    first = live_rows(s, gaps(s))[0]
    change_row(session, s, "u1", GAPS, first.ref, values={"gap": "Terms are copied by hand"})
    assert not offers(s, GAPS)
    assert take(session, s, "u1", GAPS, ["*"]).rows == 0
    assert take(session, s, "u1", GAPS, ["from:steps_by_hand:gone"]).gone == 1
    with pytest.raises(BadValue, match="Choose"):
        take(session, s, "u1", GAPS, [])


def gaps(s: Situation) -> Register:
    return s.playbook.get(GAPS, Register)


def test_a_gap_that_was_taken_out_is_offered_again_and_put_back(
    session: Session, s: Situation
) -> None:
    add_row(session, s, "u1", CURRENT, values=STEP)
    take(session, s, "u1", GAPS, ["*"])
    row = live_rows(s, gaps(s))[0]
    change_row(session, s, "u1", GAPS, row.ref, values={"plan": "Send it from the CRM"})
    remove_row(session, s, "u1", GAPS, row.ref)
    assert list(offers(s, GAPS)) == ["Done by hand: Copy terms"]
    take(session, s, "u1", GAPS, ["*"])
    assert [one.raw["plan"] for one in live_rows(s, gaps(s))] == ["Send it from the CRM"]


def test_what_is_not_wanted_is_kept_as_no_gap_and_not_offered_again(
    session: Session, s: Situation
) -> None:
    add_row(session, s, "u1", CURRENT, values=STEP)
    (offer,) = offers(s, GAPS).values()
    take(session, s, "u1", GAPS, [offer.key], unwanted=True)
    assert not live_rows(s, gaps(s))
    assert not offers(s, GAPS)
    with pytest.raises(BadValue, match="set aside"):
        take(session, s, "u1", MEASURES, ["*"], unwanted=True)


def test_a_field_without_source_points_to_its_gap_once_it_is_one(
    session: Session, s: Situation
) -> None:
    row = add_row(session, s, "u1", MAPPING, values={"purpose": "PO number", "required": "yes"})
    mapping = s.playbook.get(MAPPING, Register)
    (onward,) = offered_from(s, mapping)
    assert (onward.register.key, onward.count) == (GAPS, 1)
    take(session, s, "u1", GAPS, [onward.groups[0].offers[0].key])
    assert find_row(s, mapping, f"r{row.id}").state == "source_planned"
    assert live_rows(s, gaps(s))[0].raw["source"] == [f"{MAPPING}/r{row.id}"]
    assert not offered_from(s, mapping)


@pytest.mark.parametrize(("weakness", "state"), [("From memory", "gap_raised"), ("", "not_rated")])
def test_a_weak_function_is_linked_to_its_gap(
    session: Session, s: Situation, weakness: str, state: str
) -> None:
    key = "F.function.collection"
    change_row(session, s, "u1", FUNCTIONS, key, values={"maturity": "m2", "weakness": weakness})
    take(session, s, "u1", GAPS, ["*"])
    row = find_row(s, s.playbook.get(FUNCTIONS, Register), key)
    assert (row.state, row.shown["gap"]) == (state, "Weak: Collect payments")


def test_a_likely_risk_is_raised_with_its_reasons(session: Session, s: Situation) -> None:
    set_input(session, s, "u1", "profile.tools", ["none"])
    take(session, s, "u1", RISKS, ["Q24.risk.manual_steps"])
    row = find_row(s, s.playbook.get(RISKS, Register), "Q24.risk.manual_steps")
    assert (row.state, row.raw["because"]) == (
        "raised", "Invoices are made without a billing tool today."
    )  # fmt: skip
    assert "Manual steps survive the project" not in offers(s, RISKS)


def test_a_known_figure_becomes_the_baseline_with_its_source(
    session: Session, s: Situation
) -> None:
    set_input(session, s, "u1", "Q27.input.dso", "47")
    (offer,) = offers(s, MEASURES).values()
    assert offer.why == "Baseline 47: “DSO before”, ASSUMED."
    take(session, s, "u1", MEASURES, [offer.key])
    row = find_row(s, s.playbook.get(MEASURES, Register), "Q27.measure.dso")
    assert (row.shown["baseline"], row.state) == ("47", "baseline_taken")
    assert row.shown["source"] == "The customer's own figure"


def test_offers_stand_on_both_pages_and_are_taken_from_either(
    engagement: Engagement, session: Session, s: Situation, staff: Callable[..., FlaskClient]
) -> None:
    key = "F.function.system"
    change_row(session, s, "u1", FUNCTIONS, key, values={"maturity": "m1", "weakness": "Anybody"})
    client, base = staff(), f"/e/{engagement.slug}/register"
    assert "Found elsewhere, not here yet: 1" in client.get(f"{base}/{GAPS}").text
    assert "Not in “Gap table” yet: 1" in client.get(f"{base}/{FUNCTIONS}").text
    answer = client.post(
        f"{base}/{GAPS}/offers",
        data={"take": f"from:weak_functions:{key}", "at": FUNCTIONS},
    )
    assert answer.location.endswith(f"{FUNCTIONS}#offers")
    assert "1 gap taken over." in client.get(answer.location).text
    assert "Not in “Gap table”" not in client.get(f"{base}/{FUNCTIONS}").text
    assert client.post(f"{base}/{GAPS}/offers", data={}).status_code == 422


@pytest.mark.parametrize("value", ["<b>", "x" * 5000, "{step}", "from:no_tool", "* *"])
def test_whatever_is_sent_takes_nothing_that_is_not_offered(
    engagement: Engagement, session: Session, staff: Callable[..., FlaskClient], s: Situation,
    value: str,
) -> None:  # fmt: skip
    at = f"/e/{engagement.slug}/register/{GAPS}/offers"
    assert staff().post(at, data={"take": value, "at": value}).status_code == 302
    assert not live_rows(s, gaps(s))


def test_titles_typed_by_people_stay_words(library: Any) -> None:
    typed = "<script>{actor}</script> {step}"
    (offer,) = offers(said(library, rows={CURRENT: [STEP | {"step": typed, "state": "part"}]}),
                      GAPS).values()  # fmt: skip
    assert offer.title == f"Done by hand: {typed}"


def test_a_long_list_is_shown_in_part_and_taken_whole(
    engagement: Engagement, session: Session, s: Situation, staff: Callable[..., FlaskClient]
) -> None:
    for n in range(40):
        add_row(session, s, "u1", CURRENT, values=STEP | {"step": f"Step {n:02}"})
    client, at = staff(), f"/e/{engagement.slug}/register/{GAPS}"
    page = client.get(at).text
    assert "And 4 more" in page
    assert page.count("Done by hand: Step 39") == 0
    client.post(f"{at}/offers", data={"take": "*", "at": GAPS})
    s.records.forget("_all_rows", "rows", "row_index", "removed_seeds")
    assert len(live_rows(s, gaps(s))) == 40
