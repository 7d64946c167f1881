"""What was answered before, and answers as a table."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from phases.core.commit import commit
from phases.core.models import Contact, Engagement
from phases.mechanisms.form.history import history_of
from phases.mechanisms.form.queries import form_of, form_view, question_of
from phases.mechanisms.form.services import save_answer
from phases.mechanisms.form.tables import table
from phases.mechanisms.page import situation_for
from phases.mechanisms.situation import Situation

FORM, TOOL, SYSTEMS = "T3.form.intake", "T3.question.tool", "T3.question.systems"
INTAKE, CRM = "Q3.form.intake", "Q3.followup.crm"


def test_every_change_of_an_answer_is_kept_with_what_stood_there(
    store: Session, tiny: Situation
) -> None:
    save_answer(store, tiny, "c1", FORM, TOOL, "Stripe", 0)
    save_answer(store, tiny, "c1", FORM, TOOL, "Stripe", 1)
    save_answer(store, tiny, "u1", FORM, TOOL, "Tabs", 1)
    question = question_of(form_of(tiny, FORM), TOOL)
    told = [(one.who, one.before, one.after) for one in history_of(store, tiny, question)]
    assert told == [("Ann Architect", "Stripe", "Tabs"), ("Fay Finance", "", "Stripe")]


def test_a_table_of_answers_has_a_line_for_each_question_asked(
    store: Session, tiny: Situation
) -> None:
    save_answer(store, tiny, "c1", FORM, SYSTEMS, [{"name": "CRM", "seats": "4"}], 0)
    lines = table(form_view(tiny, form_of(tiny, FORM)))
    assert lines[0][0] == "Question"
    by_key = {line[0]: line for line in lines[1:]}
    assert by_key[SYSTEMS][3] == "Name: CRM; Seats: 4"
    assert by_key[TOOL][3] is None
    assert by_key[TOOL][6]
    assert "T3.question.currencies" not in by_key


def test_the_page_tells_the_history_and_exports(
    session: Session, engagement: Engagement, staff: Callable[..., FlaskClient],
    contact: Callable[..., Contact],
) -> None:  # fmt: skip
    who = contact(engagement)
    for said in ("=HubSpot", "Salesforce"):
        save_answer(session, situation_for(session, engagement), who.ref, INTAKE, CRM, said)
    commit(session)
    client, place = staff("architect"), f"/e/{engagement.slug}/form/{INTAKE}"
    assert f"?history={CRM}" in client.get(place).text
    assert "=HubSpot → Salesforce" in client.get(f"{place}?history={CRM}").text
    assert client.get(f"{place}?history=none").status_code == 200
    assert "Salesforce" in client.get(f"{place}/export.csv").text
    book = load_workbook(BytesIO(client.get(f"{place}/export.xlsx").data))
    assert book.worksheets[0]["A1"].value == "Question"
    assert client.get(f"{place}/export.doc").status_code == 404
