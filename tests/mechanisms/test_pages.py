"""Staff pages of checklists, forms, sheets, inputs: what a person reads, what a click does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from phases.core.commit import commit
from phases.core.db import db
from phases.core.models import Contact, Engagement
from phases.mechanisms.checklist.queries import StepView, live_steps
from phases.mechanisms.form.queries import asked, form_of, questions
from phases.mechanisms.form.services import save_answer, submit
from phases.mechanisms.inputs.services import set_input
from phases.mechanisms.page import situation_for
from phases.mechanisms.sheet.queries import sheet_of, statement_views
from phases.mechanisms.sheet.services import sign
from phases.mechanisms.situation import Situation
from playbook.models import Form, Input

CHECKLIST = "Q4.checklist.preparation"
TESTS, TEST = "Q16.checklist.tests", "Q16.test.crm_sync"
FORM, SHEET, TERM = "Q3.form.intake", "Q5.sheet.definitions", "Q5.term.invoice"
INPUT = "Q3.input.crm"

Make = Callable[..., Any]


@pytest.fixture
def browser(staff: Make) -> FlaskClient:
    """The engagement's architect."""
    client: FlaskClient = staff("architect")
    return client


@pytest.fixture
def fay(contact: Make, engagement: Engagement, session: Session) -> Contact:
    """The customer's Finance Lead."""
    found: Contact = contact(engagement, "finance_lead")
    contact(engagement, "revops_lead")
    commit(session)
    return found


def read(session: Session, engagement: Engagement) -> Situation:
    return situation_for(session, engagement)


def at(engagement: Engagement, place: str) -> str:
    return f"/e/{engagement.slug}/{place}"


@contextmanager
def counted() -> Iterator[list[str]]:
    """The queries made meanwhile."""
    queries: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        queries.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield queries
    event.remove(db.engine, "before_cursor_execute", note)


PAGES = [f"checklist/{CHECKLIST}", f"checklist/{TESTS}", f"form/{FORM}", f"sheet/{SHEET}",
         "sheet/Q16.sheet.invoices", "sheet/Q12.sheet.package", "inputs",
         f"inputs?edit={INPUT}"]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_in_at_most_twelve_queries(
    browser: FlaskClient, engagement: Engagement, fay: Contact, page: str
) -> None:
    with counted() as queries:
        answer = browser.get(at(engagement, page))
    assert answer.status_code == 200
    reads = [query for query in queries if query.startswith("SELECT")]
    assert len(reads) <= 12, "\n".join(reads)


@pytest.mark.parametrize(
    "page", ["checklist/Q4.gone", f"checklist/{FORM}", "form/Q3.gone", f"sheet/{FORM}"]
)
def test_what_the_playbook_does_not_have_is_not_found(
    browser: FlaskClient, engagement: Engagement, page: str
) -> None:
    assert browser.get(at(engagement, page)).status_code == 404


# --- checklist -----------------------------------------------------------------------------------


def plain_step(s: Situation) -> StepView:
    """A step that one click can put to done."""
    return next(v for c in s.playbook.checklists for v in live_steps(s, c) if v.quick)


def test_one_click_makes_a_step_done(
    browser: FlaskClient, engagement: Engagement, session: Session
) -> None:
    step = plain_step(read(session, engagement))
    place = at(engagement, f"checklist/{step.checklist}/{step.key}/done")
    answer = browser.post(place, data={"version": "0", "back": "phase"})
    assert answer.status_code == 302
    assert answer.location == at(engagement, f"strategy#{step.anchor}")
    assert read(session, engagement).records.steps[step.key].state == "done"


def test_a_click_twice_counts_once(
    browser: FlaskClient, engagement: Engagement, session: Session
) -> None:
    step = plain_step(read(session, engagement))
    place = at(engagement, f"checklist/{step.checklist}/{step.key}/done")
    for _ in range(2):
        assert browser.post(place, data={"version": "0", "once": "k1"}).status_code == 302
    assert read(session, engagement).records.steps[step.key].version == 1


def test_what_is_missing_stands_beside_the_field_and_what_was_typed_is_kept(
    browser: FlaskClient, engagement: Engagement, session: Session
) -> None:
    place = at(engagement, f"checklist/{TESTS}/{TEST}")
    said = {"state": "done", "note": "It went <well>", "evidence": "on my desk", "version": "0"}
    answer = browser.post(place, data=said)
    assert answer.status_code == 422
    assert "Give a link that begins with https://." in answer.text
    assert "It went &lt;well&gt;" in answer.text
    assert 'value="on my desk"' in answer.text
    assert TEST not in read(session, engagement).records.steps


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"due": "soon"}, "Not a valid date value."),
        ({"owner": "u999"}, "Choose somebody who is on this engagement."),
        ({"state": "dropped"}, "This step is critical"),
    ],
)
def test_a_wrong_value_is_refused(
    browser: FlaskClient, engagement: Engagement, said: dict[str, str], message: str
) -> None:
    answer = browser.post(at(engagement, f"checklist/{TESTS}/{TEST}"), data=said)
    assert answer.status_code == 422
    assert message in answer.text


def test_two_editors_of_a_step_each_see_both_texts(
    browser: FlaskClient, engagement: Engagement
) -> None:
    place = at(engagement, f"checklist/{TESTS}/{TEST}")
    browser.post(place, data={"note": "First text", "version": "0"})
    answer = browser.post(place, data={"note": "Second text", "version": "0"})
    assert answer.status_code == 409
    assert "First text" in answer.text
    assert "Second text" in answer.text


def test_an_account_manager_may_not_work_on_engineering(
    staff: Make, engagement: Engagement
) -> None:
    client = staff("account_manager")
    place = at(engagement, f"checklist/{TESTS}")
    assert "Save" not in client.get(place).text
    assert client.post(f"{place}/{TEST}", data={"note": "x"}).status_code == 403


# --- form ----------------------------------------------------------------------------------------


SAMPLES = {
    "text": "Yes & no", "long_text": "Some text", "number": "12", "percent": "10",
    "money": "USD 10", "date": "2026-11-20", "yes_no": "yes",
}  # fmt: skip


def fill(session: Session, s: Situation, actor: str) -> None:
    """Answer everything the intake asks for, follow-ups too, and send it."""
    form, done = form_of(s, FORM), set[str]()
    while open_ones := [q for q in asked(s, form) if q.key not in done and q.type != "files"]:
        question = open_ones[0]
        raw: Any = SAMPLES.get(question.type) or next(iter(question.options), None)
        if question.type == "table":
            raw = [{slug: cell(column) for slug, column in question.columns.items()}]
        save_answer(session, s, actor, FORM, question.key, raw)
        done.add(question.key)
    submit(session, s, actor, FORM)


def cell(column: Any) -> str:
    return next(
        iter(column.options), {"text": "Stripe", "long_text": "It bills"}.get(column.type, "")
    )


def test_a_sent_form_shows_the_answers_with_who_and_can_be_opened_again(
    browser: FlaskClient, engagement: Engagement, session: Session, fay: Contact
) -> None:
    fill(session, read(session, engagement), fay.ref)
    shown = browser.get(at(engagement, f"form/{FORM}")).text
    assert "Yes &amp; no" in shown
    assert f"Sent by {fay.name}" in shown
    place = at(engagement, f"form/{FORM}/reopen")
    assert "Say why it is opened again" in browser.post(place, data={"why": " "}).text
    assert browser.post(place, data={"why": "The CRM is missing"}).status_code == 302
    assert "The CRM is missing" in browser.get(at(engagement, f"form/{FORM}")).text


def test_every_answer_of_the_intake_fits_the_input_it_feeds(
    engagement: Engagement, session: Session, fay: Contact
) -> None:
    s = read(session, engagement)
    fill(session, s, fay.ref)
    sources = [row.source for row in s.records.inputs.values()]
    assert sum(source.startswith("Intake, ") for source in sources) >= 9


# --- sheet ---------------------------------------------------------------------------------------


def approve(session: Session, s: Situation, person: Contact) -> None:
    views = statement_views(s, sheet_of(s, SHEET))
    sign(
        session, s, sheet_key=SHEET, role=person.role, signer=person.ref, name=person.name,
        email=person.email, address="", proof="code",
        decisions={view.key: (True, "Fine by us", view.sha256) for view in views},
    )  # fmt: skip


def test_a_new_wording_shows_what_was_said_of_the_old_one_and_the_words_that_changed(
    browser: FlaskClient, engagement: Engagement, session: Session, fay: Contact
) -> None:
    approve(session, read(session, engagement), fay)
    place = at(engagement, f"sheet/{SHEET}")
    assert "Changed since" not in browser.get(place).text
    words = "A document that begs a customer to pay."
    answer = browser.post(f"{place}/{TERM}/wording", data={"text": words, "version": "0"})
    assert answer.location == f"{place}#statement-Q5-term-invoice"
    shown = browser.get(place).text
    assert "Changed since" in shown
    assert "<del>asks</del><ins>begs</ins>" in shown
    assert "1 changed since" in shown


def test_an_empty_wording_is_refused_beside_its_field(
    browser: FlaskClient, engagement: Engagement
) -> None:
    place = at(engagement, f"sheet/{SHEET}/{TERM}/wording")
    answer = browser.post(place, data={"text": " ", "version": "0"})
    assert answer.status_code == 422
    assert "Write the wording." in answer.text


# --- inputs --------------------------------------------------------------------------------------


def test_a_value_is_saved_with_its_source_and_confirmed_in_a_meeting(
    browser: FlaskClient, engagement: Engagement, session: Session
) -> None:
    place = at(engagement, f"inputs/{INPUT}")
    assert browser.post(place, data={"value": "HubSpot", "source": "Call"}).status_code == 302
    meeting = read(session, engagement).playbook.meetings[0]
    answer = browser.post(f"{place}/confirm", data={"version": "1", "meeting": meeting.key})
    assert f"meeting={meeting.key}" in answer.location
    record = read(session, engagement).records.inputs[INPUT]
    assert (record.standing, record.standing_in, record.source) == (
        "CONFIRMED",
        meeting.key,
        "Call",
    )
    browser.post(f"{place}/assume", data={"version": "2"})
    assert read(session, engagement).records.inputs[INPUT].standing == "ASSUMED"


def test_a_value_of_the_wrong_type_is_kept_and_explained(
    browser: FlaskClient, engagement: Engagement, session: Session
) -> None:
    inputs = read(session, engagement).playbook.inputs
    key = next(i.key for i in inputs if i.type == "number" and not i.key.startswith("profile."))
    answer = browser.post(at(engagement, f"inputs/{key}"), data={"value": "many", "source": "Call"})
    assert answer.status_code == 422
    assert "“many” is not a number." in answer.text
    assert 'value="many"' in answer.text


def test_the_profile_is_changed_on_its_own_page(
    browser: FlaskClient, engagement: Engagement
) -> None:
    answer = browser.post(at(engagement, "inputs/profile.scope"), data={"value": "multi_tool"})
    assert answer.status_code == 422
    assert "change it on the profile page" in answer.text


def test_two_editors_of_an_input_each_see_both_texts(
    browser: FlaskClient, engagement: Engagement, session: Session, architect: Any
) -> None:
    set_input(session, read(session, engagement), architect.ref, INPUT, "HubSpot")
    place = at(engagement, f"inputs/{INPUT}")
    answer = browser.post(place, data={"value": "Salesforce", "version": "0"})
    assert answer.status_code == 409
    assert "HubSpot" in answer.text
    assert "Salesforce" in answer.text


def test_an_answer_is_always_an_option_of_the_input_it_feeds(
    engagement: Engagement, session: Session
) -> None:
    book = read(session, engagement).playbook
    fed = [q for q in questions(book.get(FORM, Form)) if q.feeds and q.options]
    for question in fed:
        item = book.get(question.feeds, Input)
        assert item.type in ("text", "long_text") or set(question.options) <= set(
            book.options(item)
        )
    assert fed
