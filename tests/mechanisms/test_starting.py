"""A register begun with the rows of the usual systems: chosen by what is in use, never twice."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.errors import BadValue, Missing
from phases.core.models import Engagement
from phases.mechanisms.inputs.services import set_input
from phases.mechanisms.register.diagram import SCREEN, drawings
from phases.mechanisms.register.queries import live_rows
from phases.mechanisms.register.services import add_row, remove_row
from phases.mechanisms.register.starting import start, starters_of
from phases.mechanisms.situation import Situation
from playbook.models import Register, Starter

MAPPING, TRIGGERS = "Q11.register.mapping", "Q11.register.triggers"
FIELDS, EVENTS = "Q11.starter.fields", "Q11.starter.events"
USUAL = {"crm": ["salesforce"], "billing": ["stripe"], "erp": ["netsuite"]}
PAIRS = list(product(("salesforce", "hubspot"), ("tabs", "stripe", "metronome", "chargebee"),
                     ("netsuite", "quickbooks", "sage", "sap")))  # fmt: skip


@pytest.fixture
def s(engagement: Engagement, situation: Callable[[Engagement], Situation]) -> Situation:
    return situation(engagement)


def register(s: Situation, key: str = MAPPING) -> Register:
    return s.playbook.get(key, Register)


def test_the_systems_in_use_are_chosen(session: Session, s: Situation) -> None:
    set_input(session, s, "u1", "Q3.input.crm", "HubSpot, with its own quotes")
    set_input(session, s, "u1", "profile.tools", ["stripe", "metronome"])
    set_input(session, s, "u1", "profile.erp", True)
    set_input(session, s, "u1", "Q3.input.erp_name", "sage")
    (found,) = starters_of(s, register(s))
    chosen = {slot.slug: slot.chosen for slot in found.slots}
    assert chosen == {"crm": ("hubspot",), "billing": ("stripe", "metronome"), "erp": ("sage",)}
    set_input(session, s, "u1", "Q10.input.billing_tool", ["tabs"])
    assert starters_of(s, register(s))[0].slots[1].chosen == ("tabs",)


@pytest.mark.parametrize(("crm", "billing", "erp"), PAIRS)
def test_every_usual_pair_gives_every_required_field_a_place(
    session: Session, s: Situation, crm: str, billing: str, erp: str
) -> None:
    chosen = {"crm": [crm], "billing": [billing], "erp": [erp]}
    done = start(session, s, "u1", MAPPING, FIELDS, chosen)
    rows = live_rows(s, register(s))
    assert done.added == len(rows) == 19  # without usage, tax and entities, which do not apply
    assert not [row.title for row in rows if row.values["required"] and not row.raw["crm_field"]]
    assert all(row.raw.get("billing_field") for row in rows)
    assert not [row.title for row in rows if row.confirmed]
    start(session, s, "u1", TRIGGERS, EVENTS, chosen)
    triggers = live_rows(s, register(s, TRIGGERS))
    assert len(triggers) == 4  # without ERP
    assert all(row.raw[name] for row in triggers for name in ("retries", "error_handling"))
    assert len(drawings(register(s, TRIGGERS), triggers, SCREEN)) == 1


@pytest.mark.data
def test_a_second_click_adds_nothing_and_what_somebody_entered_stays(
    session: Session, s: Situation
) -> None:
    own = add_row(
        session, s, "u1", MAPPING, values={"purpose": "payment terms", "sample": "Net-30"}
    )
    first = start(session, s, "u1", MAPPING, FIELDS, USUAL)
    assert (first.added, first.there) == (18, 1)
    gone = next(row for row in live_rows(s, register(s)) if row.title == "Discount and how long it "
                "lasts")  # fmt: skip
    remove_row(session, s, "u1", MAPPING, gone.ref)
    second = start(session, s, "u1", MAPPING, FIELDS, USUAL)
    assert (second.added, second.there) == (0, 19)
    assert live_rows(s, register(s))[0].ref == f"r{own.id}"
    assert not starters_of(s, register(s))


def test_two_tools_share_a_field_and_have_triggers_of_their_own(
    session: Session, s: Situation
) -> None:
    both = USUAL | {"billing": ["stripe", "metronome"]}
    start(session, s, "u1", MAPPING, FIELDS, both)
    terms = next(row for row in live_rows(s, register(s)) if row.title == "Payment terms")
    assert terms.raw["billing_field"] == (
        "Stripe: invoice.days_until_due; Metronome: contract.net_payment_terms_days"
    )
    start(session, s, "u1", TRIGGERS, EVENTS, both)
    targets = [row.raw["target"] for row in live_rows(s, register(s, TRIGGERS))]
    assert targets.count("Stripe") == targets.count("Metronome") == 3


def test_what_applies_follows_the_profile(
    session: Session, make_engagement: Callable[..., Engagement],
    situation: Callable[[Engagement], Situation],
) -> None:  # fmt: skip
    s = situation(make_engagement(usage_based=True, tax=True, multi_entity=True, erp=True))
    assert start(session, s, "u1", MAPPING, FIELDS, USUAL).added == 23
    assert start(session, s, "u1", TRIGGERS, EVENTS, USUAL).added == 8


@pytest.mark.parametrize("chosen", [{}, {"crm": []}, {"crm": ["siebel"]}])
def test_no_system_or_one_that_is_not_offered_is_refused(
    session: Session, s: Situation, chosen: dict[str, list[str]]
) -> None:
    with pytest.raises(BadValue):
        start(session, s, "u1", MAPPING, FIELDS, chosen)
    with pytest.raises(Missing):
        start(session, s, "u1", MAPPING, EVENTS, USUAL)
    assert not live_rows(s, register(s))


def test_one_click_on_the_page_adds_the_fields(
    engagement: Engagement, session: Session, s: Situation, staff: Callable[..., FlaskClient]
) -> None:
    client, at = staff(), f"/e/{engagement.slug}/register/{MAPPING}"
    assert "Fields of the usual systems: 19 not here yet" in client.get(at).text
    answer = client.post(f"{at}/start", data={"starter": FIELDS, **USUAL})
    assert "19 mappings added." in client.get(answer.location).text
    assert "Fields of the usual systems" not in client.get(at).text
    assert client.post(f"{at}/start", data={"starter": "Q11.nothing"}).status_code == 404
    wrong = client.post(f"{at}/start", data={"starter": FIELDS, "crm": "<b>"})
    assert wrong.status_code == 422


def test_a_starter_names_every_system_or_says_so_by_leaving_it_out(s: Situation) -> None:
    starter = s.playbook.get(FIELDS, Starter)
    for row in starter.rows.values():
        assert set(row.values["crm_field"]) == {"salesforce", "hubspot"}  # type: ignore[arg-type]
        assert set(row.values["billing_field"]) == set(starter.slots["billing"].options)  # type: ignore[arg-type]
