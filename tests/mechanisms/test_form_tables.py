"""A form's answers by table: what came by mail is taken over, all or nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.models import Engagement
from phases.mechanisms.form.queries import FormView, form_of, form_view
from phases.mechanisms.form.services import save_answer
from phases.mechanisms.form.tables import answer_all, table
from phases.mechanisms.situation import Situation
from phases.mechanisms.spreadsheet import ImportRefused

INTAKE, CRM, OWNER = "Q3.form.intake", "Q3.followup.crm", "Q3.question.billing_owner"
VOLUME, PRICING, TOOLS = (
    "Q3.followup.invoice_volume", "Q3.question.pricing_model", "Q3.question.billing_tools",
)  # fmt: skip
HEAD = ["Question", "Answer", "Version"]


@pytest.fixture
def s(engagement: Engagement, situation: Callable[[Engagement], Situation]) -> Situation:
    return situation(engagement)


def view(s: Situation) -> FormView:
    return form_view(s, form_of(s, INTAKE))


def bring(session: Session, s: Situation, *lines: list[str]) -> int:
    return answer_all(session, s, "u1", form_of(s, INTAKE), view(s), [HEAD, *lines])


def answer(s: Situation, key: str) -> str:
    return next(one.shown for one in view(s).answers if one.key == key)


def options(s: Situation, key: str) -> list[str]:
    question = next(one.question for one in view(s).answers if one.key == key)
    return [option.title for option in question.options.values()]


def test_answers_are_taken_as_they_would_be_typed(session: Session, s: Situation) -> None:
    one, several = options(s, OWNER)[0], [t for t in options(s, PRICING) if "," not in t][:2]
    lines = [[CRM, "Salesforce", ""], [VOLUME, "240", ""], [OWNER, one.upper(), ""],
             [PRICING, ", ".join(several), ""], [TOOLS, "", ""]]  # fmt: skip
    assert bring(session, s, *lines) == 4
    assert answer(s, CRM) == "Salesforce"
    assert answer(s, OWNER) == one
    assert answer(s, PRICING) == ", ".join(several)
    assert answer(s, TOOLS) == ""


def test_an_export_sent_back_changes_nothing(session: Session, s: Situation) -> None:
    save_answer(session, s, "u1", INTAKE, CRM, "HubSpot")
    lines = [["" if cell is None else str(cell) for cell in line] for line in table(view(s))]
    assert answer_all(session, s, "u1", form_of(s, INTAKE), view(s), lines) == 0


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (["Nothing", "x", ""], "Line 3, Question: no question"),
        ([VOLUME, "many", ""], "Line 3, Answer: "),
        ([OWNER, "Nobody we know", ""], "Line 3, Answer: Choose one of the options."),
        ([PRICING, "Barter", ""], "Line 3, Answer: Choose from the options."),
        ([CRM, "HubSpot", ""], "Line 3, Question: it stands in line 2 already."),
    ],
)
def test_one_wrong_line_keeps_all_out(
    session: Session, s: Situation, line: list[str], problem: str
) -> None:
    with pytest.raises(ImportRefused) as refused:
        bring(session, s, [CRM, "Salesforce", ""], line)
    assert problem in refused.value.problems[0]
    assert answer(s, CRM) == ""


def test_an_answer_that_is_there_needs_its_version(session: Session, s: Situation) -> None:
    save_answer(session, s, "c1", INTAKE, CRM, "HubSpot")
    with pytest.raises(ImportRefused, match="answered since"):
        bring(session, s, [CRM, "Salesforce", ""])
    assert bring(session, s, [CRM, "Salesforce", "1"]) == 1


def test_files_and_tables_are_answered_on_the_form(session: Session, s: Situation) -> None:
    untyped = next(one.key for one in view(s).answers if one.question.type in ("files", "table"))
    with pytest.raises(ImportRefused, match="answered on the form"):
        bring(session, s, [untyped, "contract.pdf", ""])


def test_the_page_takes_a_table_and_says_who_gave_the_answer(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    client, place = staff(), f"/e/{engagement.slug}/form/{INTAKE}"
    sent = client.post(f"{place}/import", data={"table": f"Question\tAnswer\n{CRM}\tPipedrive\n"})
    assert sent.status_code == 302
    page = client.get(place).text
    assert "Pipedrive" in page
    assert "Ada Architect" in page
