"""The scenario pack through its pages: chosen by the profile, tried, compared to the minor unit."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.scenarios import ALL
from phases.core.models import Engagement, StoredFile
from phases.engineering.scenarios.judging import (
    BY_KEY,
    SCHEDULES,
    TESTS,
    Unreadable,
    outcome_of,
    recorded_of,
    verdicts,
)
from phases.engineering.scenarios.judging import (
    tests_of as evidence_of,
)
from phases.engineering.scenarios.models import ScenarioRun
from phases.mechanisms.situation import Situation


@pytest.fixture
def client(staff: Callable[..., FlaskClient]) -> FlaskClient:
    return staff("architect")


@pytest.fixture
def at(engagement: Engagement) -> str:
    return f"/e/{engagement.slug}/contracts/scenarios"


def right(key: str) -> list[dict[str, Any]]:
    """The scenario's own invoices, as a tester would record them."""
    return [
        {"issue": one.issue_date.isoformat(), "total": str(one.total), "tax": str(one.tax),
         "lines": [{"line": line.line, "amount": str(line.amount)} for line in one.lines]}
        for one in BY_KEY[key].invoices
    ]  # fmt: skip


@pytest.mark.parametrize("key", sorted(BY_KEY))
def test_what_was_worked_out_by_hand_is_exact(key: str) -> None:
    found = verdicts(BY_KEY[key], right(key))
    assert [one.outcome for one in found] == ["exact"] * len(BY_KEY[key].invoices)
    assert outcome_of(found) == "exact"


def changed(key: str, **of_first: str) -> list[dict[str, Any]]:
    first, *rest = right(key)
    return [first | of_first, *rest]


WRONG: list[tuple[str, list[dict[str, Any]], str, str]] = [
    ("a cent", changed("january_31", total="100.01", lines=[]), "different", ""),  # type: ignore[arg-type]
    ("a day", changed("january_31", issue="2025-02-01"), "different", ""),
    ("none", [], "missing", "missing"),
    ("one too many", [*right("january_31"), right("january_31")[0]], "duplicate", ""),
    ("other lines", changed(
        "january_31", lines=[{"line": "plan", "amount": "99"}, {"line": "x", "amount": "1"}]),  # type: ignore[arg-type]
     "different", "amounts of lines"),
]  # fmt: skip


@pytest.mark.parametrize(("_what", "made", "outcome", "cause"), WRONG)
def test_the_least_difference_fails(
    _what: str, made: list[dict[str, Any]], outcome: str, cause: str
) -> None:
    found = verdicts(BY_KEY["january_31"], made)
    assert outcome in {one.outcome for one in found}
    assert outcome_of(found) == "different"
    assert not cause or cause in {each for one in found for each in one.causes}


def test_every_scenario_is_evidence_for_a_test(
    situation: Callable[[Engagement], Situation], engagement: Engagement
) -> None:
    known = situation(engagement).playbook.items
    assert {SCHEDULES, *TESTS} <= set(known)
    assert {key for keys in TESTS.values() for key in keys} <= set(BY_KEY)
    assert all(evidence_of(one.key) for one in ALL)


ROWS = [
    ([{"issue": "2025-01-01", "total": "1,200.50"}],
     [{"issue": "2025-01-01", "total": "1200.50", "tax": "", "lines": []}]),
    ([{"issue": "2025-01-01", "total": "5", "tax": "1", "line": "a", "amount": "4"},
      {"issue": "", "total": "", "line": "b", "amount": "0"}, {"issue": "", "total": ""}],
     [{"issue": "2025-01-01", "total": "5", "tax": "1",
       "lines": [{"line": "a", "amount": "4"}, {"line": "b", "amount": "0"}]}]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "found"), ROWS)
def test_rows_become_invoices(rows: list[dict[str, str]], found: list[dict[str, Any]]) -> None:
    assert recorded_of(rows) == found


@pytest.mark.parametrize(
    ("row", "field"),
    [({"issue": "soon", "total": "5"}, "1:issue"), ({"issue": "2025-01-01"}, "1:total"),
     ({"issue": "2025-01-01", "total": "five"}, "1:total"), ({"total": "5"}, "1:issue"),
     ({"issue": "2025-01-01", "total": "NaN"}, "1:total"),
     ({"issue": "2025-01-01", "total": "1e99"}, "1:total"),
     ({"issue": "9999-12-31", "total": "5"}, "1:issue"), ({"amount": "5"}, "1:issue"),
     ({"issue": "2025-01-01", "total": "5", "tax": "x"}, "1:tax")],
)  # fmt: skip
def test_a_row_that_is_no_invoice_is_refused_at_its_cell(row: dict[str, str], field: str) -> None:
    with pytest.raises(Unreadable) as refused:
        recorded_of([row])
    assert refused.value.field == field


# --- pages ----------------------------------------------------------------------------------------


def test_the_profile_chooses_and_a_hand_changes_it(
    client: FlaskClient, at: str, make_engagement: Callable[..., Engagement]
) -> None:
    page = client.get(at).text
    assert f"of {len(ALL)}</dd>" in page
    assert "Not for this profile" in page
    keys = [one.key for one in ALL if one.applies is None]
    assert page.count(" checked ") == len(keys)
    assert client.post(at, data={"scenarios": ["yen", *keys[1:]]}).status_code == 302
    page = client.get(at).text
    assert "Added by hand" in page
    assert "Left out by hand" in page
    other = make_engagement("Metered Ltd", usage_based=True, tax=True, multi_currency=True)
    assert client.get(f"/e/{other.slug}/contracts/scenarios").text.count(" checked ") == len(ALL)


def test_an_unknown_scenario_is_not_there(client: FlaskClient, at: str) -> None:
    assert client.get(f"{at}/nothing").status_code == 404
    assert client.post(at, data={"scenarios": "nothing"}).status_code == 404


def said(key: str) -> dict[str, list[str]]:
    made = right(key)
    return {name: [str(one[name]) for one in made] for name in ("issue", "total", "tax")}


def test_a_scenario_is_tried_fails_and_is_retested(
    client: FlaskClient, at: str, session: Session
) -> None:
    place = f"{at}/upgrade_mid_cycle"
    page = client.get(place).text
    assert "Upgrade of plan: price 200.00" in page
    assert "16 Apr 2025" in page
    assert "A mid-contract change is prorated" in page
    wrong = said("upgrade_mid_cycle")
    wrong["total"][1] = "49.99"
    assert client.post(place, data=wrong).status_code == 302
    page = client.get(place).text
    assert "Different" in page
    assert "-0.01" in page
    assert "1 differ" in client.get(f"{at.replace('/contracts/scenarios', '')}/engineering").text
    assert client.post(place, data=said("upgrade_mid_cycle")).status_code == 302
    assert "in the newest of 2 tries" in client.get(place).text
    outcomes = session.scalars(select(ScenarioRun.outcome).order_by(ScenarioRun.id)).all()
    assert outcomes == ["different", "exact"]
    assert "1 of 12 exact" in client.get(at).text


def test_a_table_is_read_and_kept_as_evidence(
    client: FlaskClient, at: str, session: Session
) -> None:
    rows = "".join(f"{one['issue']},{one['total']},{one['tax']}\n" for one in right("trial"))
    file = (io.BytesIO(f"Issue date,Total,Tax\n{rows}".encode()), "made.csv")
    answer = client.post(f"{at}/trial", data={"file": file, "note": "Sandbox, run 3"})
    assert answer.status_code == 302
    stored = session.scalars(select(StoredFile)).one()
    run = session.scalars(select(ScenarioRun)).one()
    assert (run.outcome, run.file_id) == ("exact", stored.id)
    assert stored.claimed_by == f"scenario/trial/{run.id}"
    page = client.get(f"{at}/trial").text
    assert stored.sha256[:16] in page
    assert "Sandbox, run 3" in page


def test_nothing_billed_is_recorded_as_such(client: FlaskClient, at: str) -> None:
    place = f"{at}/cancelled_on_day_one"
    assert client.post(place, data={}).status_code == 422
    assert client.post(place, data={"none": "y"}).status_code == 302
    assert "Nothing was wanted and nothing was made." in client.get(place).text
    both = {"none": "y", "issue": "2025-01-01", "total": "5"}
    assert client.post(place, data=both).status_code == 422


@pytest.mark.parametrize(
    ("sent", "words"),
    [({"issue": "soon", "total": "5"}, "write the day of issue"),
     ({"issue": "2025-01-01", "total": "x"}, "write the total"),
     ({"note": "n" * 2001, "issue": "2025-01-01", "total": "5"}, "2000 characters are the most"),
     ({"file": (io.BytesIO(b"a,b\n1,2\n"), "x.csv")}, "needs the columns Issue date and Total"),
     ({"file": (io.BytesIO(b"MZ\x00"), "x.exe"), "issue": "2025-01-01", "total": "5"},
      "cannot be taken")],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused_and_kept_in_the_form(
    client: FlaskClient, at: str, session: Session, sent: dict[str, Any], words: str
) -> None:
    answer = client.post(f"{at}/trial", data=sent)
    assert answer.status_code == 422
    assert words in answer.text
    if sent.get("total"):
        assert f'value="{sent["total"]}"' in answer.text
    assert session.scalars(select(ScenarioRun)).all() == []
