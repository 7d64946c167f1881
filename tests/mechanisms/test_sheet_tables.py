"""A sheet's words by table: out, changed, and in again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.errors import Refusal
from phases.core.models import Engagement
from phases.mechanisms.sheet.queries import SheetView, sheet_of, sheet_view
from phases.mechanisms.sheet.services import reword
from phases.mechanisms.sheet.tables import reword_all, table
from phases.mechanisms.situation import Situation
from phases.mechanisms.spreadsheet import ImportRefused

TERMS, INVOICE, PACKAGE = "Q5.sheet.definitions", "Q5.term.invoice", "Q12.sheet.package"
HEAD = ["Statement", "Wording", "Version"]


@pytest.fixture
def s(engagement: Engagement, situation: Callable[[Engagement], Situation]) -> Situation:
    return situation(engagement)


def view(s: Situation, key: str = TERMS) -> SheetView:
    return sheet_view(s, sheet_of(s, key))


def exported(s: Situation) -> list[list[str]]:
    return [["" if cell is None else str(cell) for cell in line] for line in table(view(s))]


def test_an_export_changed_in_one_place_rewords_one_statement(
    session: Session, s: Situation
) -> None:
    lines = exported(s)
    for line in lines:
        if line[0] == INVOICE:
            line[2] = "A numbered request for payment."
    assert reword_all(session, s, "u1", view(s), lines) == 1
    words = next(one for one in view(s).statements if one.key == INVOICE)
    assert (words.wording, words.version) == ("A numbered request for payment.", 1)
    assert reword_all(session, s, "u1", view(s), exported(s)) == 0


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([["Nothing", "Words", ""]], "Line 3, Statement: no statement"),
        ([[INVOICE, "", ""]], "Line 3, Wording: Write the wording."),
        ([[INVOICE, "x" * 5001, ""]], "Line 3, Wording: That is 5001 characters"),
        ([[INVOICE, "One", ""], [INVOICE, "Other", ""]], "Line 4, Wording: “"),
    ],
)
def test_one_wrong_line_keeps_all_words(
    session: Session, s: Situation, lines: list[list[str]], problem: str
) -> None:
    good = ["Q5.term.credit_memo", "Lowers what is due.", ""]
    before = exported(s)
    with pytest.raises(ImportRefused) as refused:
        reword_all(session, s, "u1", view(s), [HEAD, good, *lines])
    assert problem in refused.value.problems[0]
    assert exported(s) == before


def test_words_changed_here_need_their_version(session: Session, s: Situation) -> None:
    reword(session, s, "u1", INVOICE, "First words")
    with pytest.raises(ImportRefused, match="somebody changed these words"):
        reword_all(session, s, "u1", view(s), [HEAD, [INVOICE, "Second words", ""]])
    assert reword_all(session, s, "u1", view(s), [HEAD, [INVOICE, "Second words", "1"]]) == 1


def test_a_sheet_whose_words_are_fixed_takes_none(session: Session, s: Situation) -> None:
    shown = view(s, PACKAGE)
    line = [shown.statements[0].key, "Other words", ""]
    with pytest.raises((ImportRefused, Refusal), match="fixed by the playbook"):
        reword_all(session, s, "u1", shown, [HEAD, line])


def test_the_page_takes_and_refuses_a_table(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    client, place = staff(), f"/e/{engagement.slug}/sheet/{TERMS}"
    assert client.get(f"{place}/export.csv").mimetype == "text/csv"
    wrong = client.post(f"{place}/import", data={"table": f"Statement\tWording\n{INVOICE}\t\n"})
    assert wrong.status_code == 422
    assert "Line 2, Wording: Write the wording." in wrong.text
    good = client.post(f"{place}/import", data={"table": f"Statement\tWording\n{INVOICE}\tOurs\n"})
    assert good.status_code == 302
    assert "Ours" in client.get(place).text
