"""Two people edit the same thing: the second is told, sees both texts, and overwrites nothing."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from phases.mechanisms.register.queries import find_row, register_of
from phases.mechanisms.sheet.content import wording_of
from playbook.models import Statement
from tests.trust.acts import (
    CASES,
    FORM,
    MEETING,
    PASSAGE,
    SHEET,
    TERM,
    TEXT,
    World,
    profile_of,
)

FIRST, SECOND = "First words, kept", "Second words, refused"


@dataclass(frozen=True)
class Case:
    """What both send, each with other words, and how what stands is read."""

    send: Callable[[World, str], Any]
    stands: Callable[[World], str]
    first: str = FIRST
    second: str = SECOND


def row(w: World, words: str) -> Any:
    place = f"{w.at}/register/{CASES}/rows/Q28.case.refunds"
    return w.staff.post(place, data={"v_handling": words, "state": "open", "version": "0"})


def row_stands(w: World) -> str:
    view = find_row(w.s, register_of(w.s, CASES), "Q28.case.refunds")
    return str(view.shown["handling"])


def step(w: World, words: str) -> Any:
    place = f"{w.at}/checklist/Q4.checklist.preparation/Q4.step.determine_motion"
    return w.staff.post(place, data={"note": words, "version": "0", "back": "checklist"})


def wording(w: World, words: str) -> Any:
    place = f"{w.at}/sheet/{SHEET}/{TERM}/wording"
    return w.staff.post(place, data={"text": words, "version": "0"})


def one_input(w: World, words: str) -> Any:
    place = f"{w.at}/inputs/Q3.input.crm"
    return w.staff.post(place, data={"value": words, "source": "Call", "version": "0"})


def form_answer(w: World, words: str) -> Any:
    said = {"q-crm": words, "q-crm-version": "0", "q-crm-was": "", "do": "continue"}
    return w.customer.post(f"{w.base}/form/{FORM}/1", data=said)


def contact(w: World, words: str) -> Any:
    place = f"{w.at}/people/{w.contact.id}"
    said = {"name": words, "email": w.contact.email, "role": w.contact.role, "version": "1"}
    return w.staff.post(place, data=said)


def minutes(w: World, words: str) -> Any:
    said = {"notes": words, "version": "0"}
    return w.staff.post(f"{w.at}/meeting/{MEETING}/1/minutes", data=said)


def section(w: World, words: str) -> Any:
    said = {"text": words, "base": "", "version": "0"}
    return w.staff.post(f"{w.at}/text/{TEXT}/{PASSAGE}", data=said)


CASES_BY_NAME = {
    "minutes": Case(minutes, lambda w: str(w.s.records.meetings[MEETING][0].notes[""])),
    "section": Case(section, lambda w: str(w.s.records.passages[PASSAGE].text)),
    "register row": Case(row, row_stands),
    "step": Case(step, lambda w: str(w.s.records.steps["Q4.step.determine_motion"].note)),
    "wording": Case(wording, lambda w: wording_of(w.s, w.s.playbook.get(TERM, Statement))),
    "input": Case(one_input, lambda w: str(w.s.value("Q3.input.crm"))),
    "form answer": Case(form_answer, lambda w: str(w.s.records.answers["Q3.followup.crm"].value)),
    "contact": Case(contact, lambda w: str(w.s.records.contacts[0].name)),
}


@pytest.mark.parametrize("name", CASES_BY_NAME)
def test_the_second_is_told_and_overwrites_nothing(w: World, name: str) -> None:
    case = CASES_BY_NAME[name]
    assert case.send(w, case.first).status_code == 302
    answer = case.send(w, case.second)
    page = html.unescape(answer.text)
    assert answer.status_code == 409, page
    assert case.first in page
    assert case.second in page
    assert case.stands(w) == case.first


def test_an_answer_saved_as_one_goes_is_refused_with_theirs(w: World) -> None:
    def send(words: str) -> Any:
        said = {"q-crm": words, "q-crm-version": "0", "autosave_field": "q-crm"}
        return w.customer.post(
            f"{w.base}/form/{FORM}/answer", data=said, headers={"Accept": "application/json"}
        )

    assert send(FIRST).status_code == 200
    answer = send(SECOND)
    assert answer.status_code == 409
    assert FIRST in str(answer.json)
    assert w.s.records.answers["Q3.followup.crm"].value == FIRST


def test_a_profile_changed_meanwhile_is_shown_beside_what_was_chosen(w: World) -> None:
    known = profile_of(w)
    version = str(w.engagement.version)
    first = {**known, "motion": "plg", "version": version}
    assert w.staff.post(f"{w.at}/profile", data=first).status_code == 302
    answer = w.staff.post(f"{w.at}/profile", data={**known, "motion": "hybrid", "version": version})
    assert answer.status_code == 409
    page = html.unescape(answer.text)
    assert "Your text: GTM motion" in page
    assert "Hybrid" in page
    assert "Saved by somebody else: GTM motion" in page
    assert w.s.profile["motion"] == "plg"
