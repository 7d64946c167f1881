"""Forms: which questions are asked, what an answer may be, sending and reopening."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from phases.core.errors import BadValue, Conflict, Missing, Refusal
from phases.core.models import StoredFile
from phases.mechanisms.form import panel, queries, services, values
from phases.mechanisms.form.checks import answer_given, form_submitted
from phases.mechanisms.form.models import Answer, FormRecord
from phases.mechanisms.inputs.services import set_input
from phases.mechanisms.situation import Situation
from playbook.checks import AnswerGiven, FormSubmitted
from playbook.models import Column, Form, Option, Question
from tests.mechanisms.tiny import playbook, situation

INTAKE = "T3.form.intake"
FORM = playbook().get(INTAKE, Form)


def q(name: str) -> str:
    return f"T3.question.{name}"


def asked(**answers: Any) -> list[str]:
    found = queries.visible(FORM, {q(name): value for name, value in answers.items()})
    return [question.key.removeprefix("T3.question.") for question in found]


ALWAYS = ["systems", "sample", "volume"]


@pytest.mark.parametrize(
    ("answers", "extra"),
    [
        ({}, []),
        ({"abroad": False}, []),
        ({"abroad": True}, ["currencies"]),
        ({"abroad": True, "currencies": ["usd"]}, ["currencies"]),
        ({"abroad": True, "currencies": ["usd", "eur"]}, ["currencies", "hedging"]),
        ({"abroad": False, "currencies": ["eur"]}, []),
        ({"currencies": ["eur"]}, []),
    ],
)
def test_follow_ups_are_asked_only_where_their_rule_holds_over_what_is_asked_itself(
    answers: dict[str, Any], extra: list[str]
) -> None:
    assert asked(**answers) == ["tool", "abroad", *extra, *ALWAYS]


FULL = {q("tool"): "Stripe", q("abroad"): False, q("systems"): [{"name": "ERP"}]}


@pytest.mark.parametrize(
    ("change", "done", "total", "missing"),
    [
        ({}, 3, 5, {}),
        ({q("tool"): ""}, 2, 5, {q("tool"): "Answer this question."}),
        ({q("abroad"): None}, 2, 5, {q("abroad"): "Choose yes or no."}),
        ({q("abroad"): True}, 3, 6, {q("currencies"): "Choose at least one option."}),
        ({q("currencies"): ["usd"]}, 3, 5, {}),
        ({q("systems"): [{"seats": "3"}]}, 2, 5, {q("systems"): "Line 1: fill in “Name”."}),
        ({q("systems"): []}, 2, 5, {q("systems"): "Fill in at least one line."}),
    ],
)
def test_progress_counts_what_is_asked_and_names_what_is_missing(
    change: dict[str, Any], done: int, total: int, missing: dict[str, str]
) -> None:
    found = queries.progress(FORM, FULL | change)
    assert (found.done, found.total, found.missing) == (done, total, missing)


def question(kind: str, **more: Any) -> Question:
    return Question(key="T.q.x", title="X", type=kind, **more)


OPTIONS = {"a": Option(title="Alpha"), "b": Option(title="Beta")}
COLUMNS = {
    "name": Column(title="Name", required=True),
    "cost": Column(title="Cost", type="number"),
}


@pytest.mark.parametrize(
    ("kind", "raw", "stored", "shown"),
    [
        ("text", "  Stripe ", "Stripe", "Stripe"),
        ("text", "   ", None, ""),
        ("long_text", "a\nb", "a\nb", "a\nb"),
        ("number", "1,200.50", "1200.50", "1,200.50"),
        ("percent", "12.5 %", "12.5", "12.5%"),
        ("money", "1,200 USD", "USD 1200.00", "USD 1,200.00"),
        ("money", "$1,200.5", "USD 1200.50", "USD 1,200.50"),
        ("money", "jpy 300", "JPY 300", "JPY 300"),
        ("date", "2026-11-20", "2026-11-20", "20 Nov 2026"),
        ("choice", "a", "a", "Alpha"),
        ("choices", ["b", "a"], ["a", "b"], "Alpha, Beta"),
        ("choices", "b", ["b"], "Beta"),
        ("choices", [], None, ""),
        ("yes_no", "no", False, "No"),
        ("yes_no", True, True, "Yes"),
        ("table", [{"name": "ERP", "cost": "9"}, {"name": " ", "cost": ""}],
         [{"name": "ERP", "cost": "9"}], "Name: ERP; Cost: 9"),
        ("table", [{"name": ""}], None, ""),
    ],
)  # fmt: skip
def test_an_answer_is_stored_by_its_type_and_shown_in_words(
    kind: str, raw: Any, stored: Any, shown: str
) -> None:
    asked = question(kind, options=OPTIONS, columns=COLUMNS)
    value = values.parse(asked, raw)
    assert (value, values.shown(asked, value)) == (stored, shown)


@pytest.mark.parametrize(
    ("kind", "raw", "message"),
    [
        ("text", "x" * 301, "301 characters; 300 is the most."),
        ("number", "many", "“many” is not a number. Write it as 1234.5."),
        ("percent", "101", "“101” is not between 0 and 100 per cent."),
        ("money", "1200", "Give the currency too, as in USD 1,200.00."),
        ("money", "XQQ 12", "“XQQ” is no currency we know. Use its three letters, as in USD."),
        ("money", "JPY 1.5", "JPY has 0 decimals; “JPY 1.5” has more."),
        ("money", "a lot", "“a lot” is not an amount. Write it as 1234.50."),
        ("date", "tomorrow", "“tomorrow” is not a date. Write it as 2026-11-20."),
        ("choice", "c", "Choose one of the options."),
        ("choices", ["a", "c"], "Choose from the options."),
        ("yes_no", "perhaps", "Choose yes or no."),
        ("table", "ERP", "Fill the table line by line."),
        ("table", [{"name": "ERP"}, {"name": "CRM", "cost": "much"}],
         "Line 2, Cost: “much” is not a number. Write it as 1234.5."),
        ("table", [{"name": "ERP"}] * 201, "There are 201 lines; 200 are the most."),
        ("files", "x.pdf", "Files are uploaded, not typed."),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_refused_with_what_would_be_right(
    kind: str, raw: Any, message: str
) -> None:
    with pytest.raises(BadValue) as refused:
        values.parse(question(kind, options=OPTIONS, columns=COLUMNS), raw)
    assert refused.value.message == message


# --- checks --------------------------------------------------------------------------------------


def answer(name: str, value: Any) -> dict[str, Answer]:
    return {q(name): Answer(key=q(name), value=value, version=1, answered_by="c1")}


def record(sent: bool, reopened: bool = False) -> dict[str, FormRecord]:
    at = datetime(2026, 11, 19, tzinfo=UTC)
    return {
        INTAKE: FormRecord(
            key=INTAKE, submitted_at=at if sent else None, reopened_at=at if reopened else None
        )
    }


@pytest.mark.parametrize(
    ("forms", "lack"),
    [
        ({}, "“Intake” has not been sent (0 of 5 answered)."),
        (record(sent=True), None),
        (record(sent=False, reopened=True), ("“Intake” has not been sent again since it was "
                                            "reopened (0 of 5 answered).")),
        (record(sent=True, reopened=True), None),
    ],
)  # fmt: skip
def test_form_submitted(forms: dict[str, FormRecord], lack: str | None) -> None:
    finding = form_submitted(FormSubmitted(form=INTAKE), situation(forms=forms))
    assert finding.met is (lack is None)
    assert [found.sentence for found in finding.lacks] == ([lack] if lack else [])


@pytest.mark.parametrize(
    ("name", "sets", "met"),
    [
        ("tool", {}, False),
        ("tool", {"answers": answer("tool", "Stripe")}, True),
        ("tool", {"answers": answer("tool", "")}, False),
        ("hedging", {"forms": record(sent=False)}, False),
        ("hedging", {"forms": record(sent=True)}, True),
        ("hedging", {"answers": answer("abroad", True) | answer("currencies", ["eur"]),
                     "forms": record(sent=True)}, False),
        ("systems", {"answers": answer("systems", [{"seats": "1"}])}, False),
        ("systems", {"answers": answer("systems", [{"name": "ERP"}])}, True),
        ("sample", {}, False),
        ("sample", {"files": {q("sample"): [StoredFile(name="a.pdf")]}}, True),
        ("gone", {}, False),
    ],
)  # fmt: skip
def test_answer_given(name: str, sets: dict[str, Any], met: bool) -> None:
    assert answer_given(AnswerGiven(question=q(name)), situation(**sets)).met is met


def test_a_form_the_playbook_does_not_have_is_not_met() -> None:
    assert not form_submitted(FormSubmitted(form="T3.form.gone"), situation()).met


# --- services, on a database ---------------------------------------------------------------------


def save(store: Session, s: Situation, name: str, raw: Any, version: int | None = None) -> Answer:
    return services.save_answer(store, s, "c1", INTAKE, q(name), raw, version)


def fill(store: Session, s: Situation) -> None:
    for name, raw in {"tool": "Stripe", "abroad": "no", "systems": [{"name": "ERP"}]}.items():
        save(store, s, name, raw)


def test_an_answer_is_kept_with_its_version(store: Session, tiny: Situation) -> None:
    assert save(store, tiny, "tool", "Stripe", 0).version == 1
    assert save(store, tiny, "tool", "Tabs", 1).version == 2
    assert tiny.records.answers[q("tool")].value == "Tabs"


def test_the_same_answer_again_changes_nothing(store: Session, tiny: Situation) -> None:
    save(store, tiny, "tool", "Stripe")
    before = tiny.engagement.chain_length
    assert save(store, tiny, "tool", "Stripe", 0).version == 1
    assert tiny.engagement.chain_length == before


def test_an_answer_given_elsewhere_meanwhile_is_not_overwritten(
    store: Session, tiny: Situation
) -> None:
    save(store, tiny, "tool", "Stripe", 0)
    with pytest.raises(Conflict) as refused:
        save(store, tiny, "tool", "Tabs", 0)
    assert (refused.value.kept, refused.value.theirs) == (
        {q("tool"): "Tabs"},
        {q("tool"): "Stripe"},
    )


def test_a_wrong_answer_leaves_the_old_one(store: Session, tiny: Situation) -> None:
    save(store, tiny, "volume", "USD 10")
    with pytest.raises(BadValue):
        save(store, tiny, "volume", "ten")
    assert tiny.records.answers[q("volume")].value == "USD 10.00"


def test_a_hidden_question_takes_no_answer_and_one_given_before_is_kept(
    store: Session, tiny: Situation
) -> None:
    with pytest.raises(Refusal, match="is not asked"):
        save(store, tiny, "currencies", ["usd"])
    save(store, tiny, "abroad", "yes")
    save(store, tiny, "currencies", ["usd"])
    save(store, tiny, "abroad", "no")
    assert tiny.records.answers[q("currencies")].value == ["usd"]
    assert q("currencies") not in [found.key for found in queries.asked(tiny, FORM)]


def test_sending_names_what_is_missing_and_sends_nothing(store: Session, tiny: Situation) -> None:
    save(store, tiny, "tool", "Stripe")
    with pytest.raises(services.NotComplete) as refused:
        services.submit(store, tiny, "c1", INTAKE)
    assert list(refused.value.missing) == [q("abroad"), q("systems")]
    assert "“Do you sell abroad?”; “Which systems?”" in refused.value.message
    assert not queries.is_sent(tiny, FORM)


def test_sending_turns_answers_into_assumed_inputs(store: Session, tiny: Situation) -> None:
    fill(store, tiny)
    services.submit(store, tiny, "c1", INTAKE)
    found = tiny.records.inputs["T3.input.tool"]
    assert (found.value, found.standing, found.source) == (
        "Stripe", "ASSUMED", "Intake, Which tool do you use?",
    )  # fmt: skip
    assert "T3.input.volume" not in tiny.records.inputs


def test_sending_leaves_a_confirmed_input_alone(store: Session, tiny: Situation) -> None:
    set_input(store, tiny, "u1", "T3.input.tool", "Tabs", "Kickoff", confirmed=True)
    fill(store, tiny)
    services.submit(store, tiny, "c1", INTAKE)
    assert tiny.records.inputs["T3.input.tool"].value == "Tabs"


def test_a_sent_form_takes_no_answer_until_it_is_reopened(store: Session, tiny: Situation) -> None:
    fill(store, tiny)
    services.submit(store, tiny, "c1", INTAKE)
    with pytest.raises(Refusal, match="has been sent"):
        save(store, tiny, "tool", "Tabs")
    with pytest.raises(Refusal, match="has been sent"):
        services.submit(store, tiny, "c1", INTAKE)
    services.reopen(store, tiny, "u1", INTAKE, "The systems are incomplete")
    assert save(store, tiny, "tool", "Tabs").value == "Tabs"


@pytest.mark.parametrize("why", ["", "  ", "x" * 501])
def test_reopening_asks_for_a_reason(store: Session, tiny: Situation, why: str) -> None:
    fill(store, tiny)
    services.submit(store, tiny, "c1", INTAKE)
    with pytest.raises(BadValue) as refused:
        services.reopen(store, tiny, "u1", INTAKE, why)
    assert refused.value.field == "why"


def test_what_was_not_sent_cannot_be_reopened(store: Session, tiny: Situation) -> None:
    with pytest.raises(Refusal, match="is open already"):
        services.reopen(store, tiny, "u1", INTAKE, "Why not")


def test_a_question_of_no_such_form_is_missing(store: Session, tiny: Situation) -> None:
    with pytest.raises(Missing):
        save(store, tiny, "gone", "x")


def test_the_view_and_the_panel_tell_how_far_it_is(store: Session, tiny: Situation) -> None:
    fill(store, tiny)
    view = queries.form_view(tiny, FORM)
    assert [title for title, _ in view.sections] == ["Basics", "More"]
    assert (view.answers[0].shown, view.answers[0].answered_by) == ("Stripe", "Fay Finance")
    shown = panel.panel(tiny, FORM)
    assert (shown.done, shown.total, shown.sentence) == (3, 5, "Waiting for the Finance Lead")
