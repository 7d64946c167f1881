"""Inputs and their standing, and the checks that belong to no one mechanism."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from phases.core.errors import BadValue, Conflict, Missing, Refusal
from phases.core.models import Input, IssuedDocument
from phases.mechanisms.core_checks import documents_issued, inputs_confirmed
from phases.mechanisms.inputs import queries, services
from phases.mechanisms.situation import Situation
from playbook.checks import DocumentsIssued, InputsConfirmed
from tests.mechanisms.tiny import situation

TOOL, VOLUME, SCOPE = "T3.input.tool", "T3.input.volume", "profile.scope"
DOCUMENT = "T9.document.config"


def said(key: str, value: Any, standing: str) -> dict[str, Input]:
    return {key: Input(key=key, value=value, standing=standing, version=1, changed_by="u1")}


@pytest.mark.parametrize(
    ("check", "inputs", "scope", "lacks"),
    [
        (InputsConfirmed(inputs=(TOOL,)), {}, "tool", ["“Billing tool” is not known yet."]),
        (InputsConfirmed(inputs=(TOOL,)), said(TOOL, "Stripe", "ASSUMED"), "tool",
         ["“Billing tool” is ASSUMED, not yet CONFIRMED."]),
        (InputsConfirmed(inputs=(TOOL,)), said(TOOL, "", "CONFIRMED"), "tool",
         ["“Billing tool” is not known yet."]),
        (InputsConfirmed(inputs=(TOOL,)), said(TOOL, "Stripe", "CONFIRMED"), "tool", []),
        (InputsConfirmed(critical=True), said(TOOL, "Stripe", "CONFIRMED"), "tool", []),
        (InputsConfirmed(critical=True), said(TOOL, "Stripe", "CONFIRMED"), "handoff",
         ["“Warehouse” is not known yet."]),
        (InputsConfirmed(critical=True), said(SCOPE, "tool", "ASSUMED"), "tool",
         ["“Scope” is ASSUMED, not yet CONFIRMED.", "“Billing tool” is not known yet."]),
        (InputsConfirmed(inputs=("T3.input.gone",)), {}, "tool",
         ["This names inputs that the playbook does not have."]),
    ],
)  # fmt: skip
def test_inputs_confirmed(
    check: InputsConfirmed, inputs: dict[str, Input], scope: str, lacks: list[str]
) -> None:
    finding = inputs_confirmed(check, situation(scope=scope, inputs=inputs))
    assert [lack.sentence for lack in finding.lacks] == lacks
    assert finding.met is not bool(lacks)


@pytest.mark.parametrize(
    ("key", "place"), [(TOOL, "inputs#T3-input-tool"), (SCOPE, "profile#profile-scope")]
)
def test_a_lack_leads_to_where_the_input_is_changed(key: str, place: str) -> None:
    s = situation(inputs=said(SCOPE, "tool", "ASSUMED"))
    assert inputs_confirmed(InputsConfirmed(inputs=(key,)), s).lacks[0].place == place


def copy(number: int, digest: str | None) -> IssuedDocument:
    return IssuedDocument(key=DOCUMENT, number=number, sha256=digest)


@pytest.mark.parametrize(
    ("issued", "lack"),
    [
        ([], "“Configuration” has not been issued."),
        ([copy(1, None)], "“Configuration” is being drawn up."),
        ([copy(1, "a" * 64)], ""),
        ([copy(1, "a" * 64), copy(2, None)], ""),
    ],
)
def test_documents_issued(issued: list[IssuedDocument], lack: str) -> None:
    finding = documents_issued(DocumentsIssued(documents=(DOCUMENT,)), situation(issued=issued))
    assert [found.sentence for found in finding.lacks] == ([lack] if lack else [])


@pytest.mark.parametrize("documents", [("T9.document.gone",)])
def test_unknown_documents_are_not_issued(documents: tuple[str, ...]) -> None:
    assert not documents_issued(DocumentsIssued(documents=documents), situation()).met


def test_inputs_are_grouped_by_sub_phase_and_only_those_that_apply() -> None:
    groups = queries.input_groups(situation())
    assert [(group.title, [view.key for view in group.inputs]) for group in groups] == [
        ("The project", [SCOPE, "profile.kickoff"]), ("Prepare", [TOOL, VOLUME]),
    ]  # fmt: skip
    assert groups[0].confirmed == 1


# --- services, on a database ---------------------------------------------------------------------


def test_a_new_value_is_assumed(store: Session, tiny: Situation) -> None:
    record = services.set_input(store, tiny, "u1", VOLUME, "USD 1,000", "Their deck", 0)
    assert (record.value, record.standing, record.source) == (
        "USD 1000.00",
        "ASSUMED",
        "Their deck",
    )


@pytest.mark.parametrize(
    ("value", "source", "confirmed", "standing"),
    [
        ("Tabs", "CRM", False, "ASSUMED"),
        ("Tabs", "CRM", True, "CONFIRMED"),
        ("Stripe", "CRM", False, "CONFIRMED"),
        ("Stripe", "A better source", False, "CONFIRMED"),
        ("", "CRM", False, "ASSUMED"),
    ],
)
def test_a_changed_value_is_assumed_again_unless_confirmed_in_the_same_act(
    store: Session, tiny: Situation, value: str, source: str, confirmed: bool, standing: str
) -> None:
    services.set_input(store, tiny, "u1", TOOL, "Stripe", "CRM", confirmed=True)
    record = services.set_input(store, tiny, "u1", TOOL, value, source, confirmed=confirmed)
    assert record.standing == standing


def test_confirming_tells_by_whom_and_in_which_meeting(store: Session, tiny: Situation) -> None:
    services.set_input(store, tiny, "u1", TOOL, "Stripe")
    services.confirm(store, tiny, "u1", TOOL, "T6.meeting.kickoff", 1)
    view = queries.input_view(tiny, services.input_of(tiny, TOOL))
    assert (view.confirmed, view.standing_by, view.meeting) == (
        True,
        "Ann Architect",
        "Kickoff meeting",
    )


def test_nothing_cannot_be_confirmed(store: Session, tiny: Situation) -> None:
    with pytest.raises(BadValue):
        services.confirm(store, tiny, "u1", TOOL)
    with pytest.raises(BadValue):
        services.set_input(store, tiny, "u1", TOOL, "", confirmed=True)


def test_a_meeting_is_one_of_the_playbooks(store: Session, tiny: Situation) -> None:
    services.set_input(store, tiny, "u1", TOOL, "Stripe")
    with pytest.raises(BadValue) as refused:
        services.confirm(store, tiny, "u1", TOOL, "T3.form.intake")
    assert refused.value.field == "meeting"


def test_a_confirmation_can_be_taken_back_once(store: Session, tiny: Situation) -> None:
    services.set_input(store, tiny, "u1", TOOL, "Stripe", confirmed=True)
    assert services.assume(store, tiny, "u1", TOOL).standing == "ASSUMED"
    with pytest.raises(Refusal, match="not CONFIRMED"):
        services.assume(store, tiny, "u1", TOOL)


def test_two_editors_of_an_input(store: Session, tiny: Situation) -> None:
    services.set_input(store, tiny, "u1", TOOL, "Stripe", version=0)
    with pytest.raises(Conflict) as refused:
        services.set_input(store, tiny, "u2", TOOL, "Tabs", version=0)
    assert (refused.value.kept["value"], refused.value.theirs["value"]) == ("Tabs", "Stripe")


def test_a_changed_profile_counts_at_once(store: Session, tiny: Situation) -> None:
    warehouse = tiny.playbook.get("T3.input.warehouse")
    assert not tiny.applies(warehouse)
    services.set_input(store, tiny, "u1", SCOPE, "handoff")
    assert tiny.applies(warehouse)


@pytest.mark.parametrize(("key", "value"), [(VOLUME, "a lot"), (SCOPE, "castle")])
def test_a_value_of_the_wrong_type_is_refused(
    store: Session, tiny: Situation, key: str, value: str
) -> None:
    with pytest.raises(BadValue) as refused:
        services.set_input(store, tiny, "u1", key, value)
    assert refused.value.field == "value"


def test_an_unknown_input_is_missing(store: Session, tiny: Situation) -> None:
    with pytest.raises(Missing):
        services.set_input(store, tiny, "u1", "T3.input.gone", "x")
