"""The playbook to read: by phase, role and part, searched, and as it stands in an engagement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from phases.core.models import Engagement
from phases.portfolio.reading import due_words, duties, facts, parts, recurrence_words
from phases.portfolio.views.reading import search
from playbook.book import Playbook
from playbook.models import Due, Recurrence

PARTS = [
    *(f"Q{n}" for n in range(1, 31)), *(f"C{n}" for n in range(1, 13)),
    *(f"P{n}" for n in range(1, 7)), "M", "F",
]  # fmt: skip


@pytest.fixture
def playbook(library: Any) -> Playbook:
    found: Playbook = library.latest("q2c")
    return found


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"after": "kickoff", "business_days": -2}, "2 business days before the kickoff"),
        ({"after": "created", "business_days": 1}, "1 business day after the engagement begins"),
        ({"after": "go_live", "weeks": 4}, "4 weeks after go-live"),
        ({"after": "gate_1d", "days": 0}, "on the day of gate 1d"),
    ],
)
def test_due_rules_in_words(rule: dict[str, Any], words: str) -> None:
    assert due_words(Due(**rule)) == words


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"after": "go_live", "every": "month"}, "every month, first 1 month after go-live"),
        (
            {"after": "go_live", "every": "month", "count": 6, "first": 6, "times": 2},
            "every 6 months, first 6 months after go-live, 2 times",
        ),
        (
            {"after": "gate_3d", "every": "week", "first": 2, "times": 1},
            "once, 2 weeks after gate 3d",
        ),
    ],
)
def test_recurrences_in_words(rule: dict[str, Any], words: str) -> None:
    assert recurrence_words(Recurrence(**rule)) == words


@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_a_topic_and_holds_something(playbook: Playbook, part: str) -> None:
    found = {code: (topic, items) for code, topic, items in parts(playbook)}
    topic, items = found[part]
    assert topic is not None
    assert items, f"nothing of the playbook belongs to {part}"


def test_a_role_finds_its_duties_in_order(playbook: Playbook) -> None:
    found = duties(playbook, playbook.role("finance_lead"))
    codes = [code for code, _ in found]
    assert codes == sorted(codes)
    all_of_it = {(line.verb, line.item.key) for _, lines in found for line in lines}
    assert ("Answer", "Q3.form.intake") in all_of_it
    assert ("Approve", "Q5.sheet.definitions") in all_of_it


def test_an_item_knows_who_mentions_it(playbook: Playbook) -> None:
    assert "Q12.criterion.definitions" in playbook.mentions["Q5.sheet.definitions"]
    assert all(key in playbook.items for keys in playbook.mentions.values() for key in keys)


def test_every_item_has_facts_in_words_without_empty_ones(playbook: Playbook) -> None:
    for item in playbook.items.values():
        for label, words in facts(playbook, item):
            assert label, item.key
            assert words, item.key


def test_search_puts_titles_first_and_wants_every_word(playbook: Playbook) -> None:
    found = search(playbook, "invoice accuracy")
    assert found
    text = [f"{i.title} {i.text} {i.key}".lower() for i in found]
    assert all("invoice" in each and "accuracy" in each for each in text)
    assert "invoice accuracy" in found[0].title.lower()
    assert search(playbook, "no such word anywhere") == []


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/playbook?by=role", "Finance Lead"),
        ("/playbook?by=part", "Tool selection"),
        ("/playbook?by=nonsense", "1. Strategy"),
        ("/playbook/Q18.metric.invoice_accuracy", "Where else it counts"),
        ("/playbook?q=%3Cscript%3E", "Nothing found"),
    ],
)
def test_the_pages_open(staff: Callable[..., FlaskClient], address: str, words: str) -> None:
    answer = staff().get(address)
    assert answer.status_code == 200
    assert words in answer.text


def test_in_an_engagement_an_item_says_whether_it_applies_and_leads_there(
    make_engagement: Callable[..., Engagement], staff: Callable[..., FlaskClient]
) -> None:
    engagement = make_engagement(scope="information_handoff", methodology="information_handoff")
    base = f"/e/{engagement.slug}"
    browser = staff()
    here = browser.get(f"{base}/playbook/Q9.register.gaps").text
    assert f'href="{base}/register/Q9.register.gaps"' in here
    assert "Applies here" in here
    away = browser.get(f"{base}/playbook/Q16.checklist.tests").text
    assert "Does not apply here" in away
    assert "Information handoff" in away
    assert browser.get(f"{base}/playbook/Q99.nothing").status_code == 404


@pytest.mark.parametrize(
    "place", ["playbook/Q11.register.mapping", "register/Q11.register.mapping?add=1"]
)
def test_what_a_column_asks_for_names_the_tool_rather_than_its_placeholder(
    staff: Callable[..., FlaskClient], engagement: Engagement, place: str
) -> None:
    page = staff("architect").get(f"/e/{engagement.slug}/{place}", follow_redirects=True)

    assert "The field in " in page.text
    assert "{{" not in page.text
