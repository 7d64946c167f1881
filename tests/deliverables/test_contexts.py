"""What each document says of an engagement, from records alone."""

from __future__ import annotations

import json

import pytest

from deliverables.contexts import draw_up
from phases.core.audit import canonical
from phases.core.models import Input
from playbook.models import Document
from tests.deliverables.records import PLAYBOOK, context_of, empty, full, row

NAMES = ("configuration", "maintenance", "runbook")


def words(context) -> str:
    return json.dumps(context, ensure_ascii=False)


def section(context, key: str):
    return next(part for part in context["sections"] if part["id"] == key)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("make", [empty, full])
def test_a_context_is_plain_data_and_the_same_for_the_same_records(name, make):
    context = context_of(make(), name)
    assert json.loads(canonical(context)) == context
    assert context == context_of(make(), name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("make", [empty, full])
def test_no_section_is_silently_empty_and_each_has_its_own_id(name, make):
    sections = context_of(make(), name)["sections"]
    assert all(part["blocks"] for part in sections)
    ids = [part["id"] for part in sections]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("configuration", "No field mapping recorded yet: see 1c Integration design."),
        ("configuration", "No trigger recorded yet: see 1c Integration design."),
        ("runbook", "No future process recorded yet: see 1c, future process map."),
        (
            "maintenance",
            "No dates yet. The dates count from the go-live date, which is not known yet.",
        ),
    ],
)
def test_what_is_missing_is_said_in_its_place(name, sentence):
    gaps = context_of(empty(), name)["missing"]
    assert sentence in [gap["text"] for gap in gaps]
    assert all(gap["section"] for gap in gaps)


def test_assumed_values_are_listed_with_what_they_are():
    listed = context_of(full(), "configuration")["assumed"]
    assert ("Standard payment terms", "Net-30") in [(x["label"], x["value"]) for x in listed]
    assert ("Purchase order", "as listed") in [(x["label"], x["value"]) for x in listed]


def test_a_confirmed_value_tells_by_whom_and_when():
    facts = section(context_of(full(), "configuration"), "identity")["blocks"][0]
    tool = next(row["cell"] for row in facts["rows"] if row["label"] == "Billing tool selected")
    assert (tool["text"], tool["standing"], tool["by"]) == (
        "Tabs, Stripe", "CONFIRMED", "Fay Fischer, 15 Sep 2026",
    )  # fmt: skip


def test_names_stand_as_they_were_typed():
    assert "Salesforce & CPQ" in words(context_of(full(), "configuration"))


def test_the_accuracy_of_test_invoices_counts_to_the_smallest_unit():
    said = words(section(context_of(full(), "configuration"), "tests"))
    assert "Invoice accuracy on the test set: 50%" in said
    assert "Off by -5.16" in said
    assert "**3 of" in said


def test_definitions_show_their_wording_and_who_agreed():
    block = section(context_of(full(), "configuration"), "definitions")["blocks"][1]
    invoice = block["rows"][0]
    assert invoice[0]["text"] == "Invoice"
    assert "asks a customer to pay" in invoice[1]["text"]
    assert (invoice[2]["text"], invoice[2]["note"]) == ("Approved", "Fay Fischer, 15 Sep 2026")
    assert invoice[3]["text"] == "Not yet"


def test_every_document_of_a_full_engagement_has_a_drawing_that_is_told_in_words():
    for name in NAMES:
        figures = [
            block
            for part in context_of(full(), name)["sections"]
            for block in part["blocks"]
            if block["kind"] == "figure"
        ]
        assert figures
        assert all(figure["alt"] and figure["svg"].startswith("<svg") for figure in figures)


def test_the_schedule_is_owned_by_the_customer_in_a_single_project():
    said = words(section(context_of(full(), "maintenance"), "owner"))
    assert "Finance Lead (Fay Fischer)" in said
    assert "Handed over at 4c" in said


def test_the_calendar_shows_twelve_months_of_every_task():
    calendar = section(context_of(full(), "maintenance"), "calendar")["blocks"][-1]
    assert len(calendar["columns"]) == 13
    monthly = calendar["rows"][0]
    assert all(cell["text"] for cell in monthly[1:])


def test_maintenance_names_every_task_with_check_and_action_and_every_trigger():
    said = words(context_of(full(), "maintenance"))
    for item in PLAYBOOK.items.values():
        if (
            item.kind in ("task", "trigger")
            and item.key.startswith("Q20.")
            and ".light." not in item.key
        ):
            assert item.title in said


def test_the_runbook_answers_the_day_to_day_questions():
    said = words(context_of(full(), "runbook"))
    for title in ("What follows when a payment fails?", "Changes to billing logic", "Billing lag",
                  "Dunning of failed payments", "Ann Arbor"):  # fmt: skip
        assert title in said


def test_a_pack_holds_what_is_recorded_of_its_period_and_nothing_of_others():
    s, register = full(), "C6.register.evidence"
    later = row(register, 65, "Payout file of April", "kept", period="2027-04",
                piece="Payout file of April", kind="export_files")  # fmt: skip
    s.records.rows[register].append(later)
    item = PLAYBOOK.get("C6.document.evidence", Document)
    march, april = (draw_up(s, item, subject=period) for period in ("2027-03", " 2027-04"))
    assert march["title"] == "Close evidence pack, 2027-03"
    assert march["cover"][0] == {"label": "Period", "text": "2027-03"}
    assert [line[0]["text"] for line in section(march, "evidence")["blocks"][0]["rows"]] == [
        "Balance report of March"
    ]
    assert [line[0]["text"] for line in section(april, "evidence")["blocks"][0]["rows"]] == [
        "Payout file of April"
    ]


def test_the_runbook_says_the_words_of_billing_and_where_each_function_is_told():
    context = context_of(full(), "runbook")
    terms = section(context, "words")["blocks"][0]["rows"]
    assert {"Dunning", "Proration"} <= {line[0]["text"] for line in terms}
    functions = section(context, "functions")["blocks"][0]["rows"]
    assert len(functions) == 8
    ids = {part["id"] for part in context["sections"]}
    assert {line[-1]["href"].removeprefix("#") for line in functions} <= ids


def test_money_on_a_board_follows_the_main_currency():
    s = full()
    s.records.inputs["Q3.input.main_currency"] = Input(
        key="Q3.input.main_currency", value="EUR", standing="CONFIRMED", version=1
    )
    board = section(context_of(s, "Q30.document.dashboard"), "growth")["blocks"][0]
    assert next(tile for tile in board["tiles"] if tile["title"] == "MRR")["value"].startswith(
        "EUR "
    )


def test_a_board_says_how_a_figure_moved_and_what_it_means():
    board = section(context_of(full(), "Q30.document.dashboard"), "control")["blocks"][0]
    tiles = {tile["title"]: tile for tile in board["tiles"]}
    assert tiles["DSO"]["value"] == "52 days"
    assert tiles["DSO"]["state"] == "watch"
    assert tiles["DSO"]["notes"][1:] == ["Baseline 61 days", "Target 48 days"]
    assert tiles["Invoice accuracy"]["state"] == "red"
    assert tiles["Failed payments"]["words"] == "No reading yet"
    assert tiles["DSO"]["svg"].startswith("<svg")
