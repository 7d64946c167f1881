"""The page of a register: filters in the address, many rows at once, links, a table looked at."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.models import Engagement
from phases.mechanisms.register.models import Row
from playbook.models import Column, Register, State

GAPS = "Q9.register.gaps"


def place(engagement: Engagement, more: str = "", key: str = GAPS) -> str:
    return f"/e/{engagement.slug}/register/{key}{more}"


@pytest.fixture
def rows(engagement: Engagement, session: Session) -> list[Row]:
    """Sixty gaps, the even ones planned."""
    made = [
        Row(engagement_id=engagement.id, register=GAPS, position=n, title=f"Gap {n:02}",
            state="open" if n % 2 else "planned", owner="", changed_by="u1",
            values={"gap": f"Gap {n:02}", "kind": "missing_data", "severity": "high"})
        for n in range(60)
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    return made


def shown(text: str) -> list[str]:
    return re.findall(r'<th scope="row">(Gap \d\d)', text)


def test_filters_counts_sorting_and_pages_stand_in_the_address(
    engagement: Engagement, staff: Callable[..., FlaskClient], rows: list[Row]
) -> None:
    client = staff()
    first = client.get(place(engagement)).text
    assert shown(first) == [f"Gap {n:02}" for n in range(50)]
    assert "1–50 of 60" in first
    assert len(shown(client.get(place(engagement, "?page=2")).text)) == 10
    planned = client.get(place(engagement, "?state=planned&sort=-title")).text
    assert shown(planned)[:2] == ["Gap 58", "Gap 56"]
    assert 'aria-sort="descending"' in planned
    assert shown(client.get(place(engagement, "?q=gap+07")).text) == ["Gap 07"]


def test_filtered_to_nothing_says_so_and_shows_the_way_back(
    engagement: Engagement, staff: Callable[..., FlaskClient], rows: list[Row]
) -> None:
    text = staff().get(place(engagement, "?state=closed&q=nowhere")).text
    assert "No gap fits" in text
    assert "Nothing of 60 has this state, “nowhere”." in text
    assert "Show all" in text


def test_a_saved_row_is_led_to_where_it_stands_under_the_same_filter(
    engagement: Engagement, staff: Callable[..., FlaskClient], rows: list[Row]
) -> None:
    client, ref = staff(), f"r{rows[58].id}"
    said = {"v_gap": "Gap 58", "v_kind": "missing_data", "v_found_in": "intake",
            "v_severity": "low", "state": "planned", "version": "1"}  # fmt: skip
    answer = client.post(place(engagement, f"/rows/{ref}?state=planned&sort=-title"), data=said)
    assert answer.location.endswith(f"?state=planned&sort=-title#row-{ref}")
    away = client.post(place(engagement, f"/rows/{ref}?state=planned"),
                       data=said | {"state": "open", "version": "2"})  # fmt: skip
    assert away.location.endswith(f"?page=2#row-{ref}")


def test_many_rows_move_and_those_that_cannot_say_why(
    engagement: Engagement, staff: Callable[..., FlaskClient], rows: list[Row]
) -> None:
    client = staff()
    chosen = [f"r{row.id}:1" for row in rows[:2]] + [f"r{rows[2].id}:9"]
    said = {"act": "state", "to_state": "planned", "rows": chosen}
    text = client.get(client.post(place(engagement, "/bulk"), data=said).location).text
    assert "2 gaps changed." in text
    assert "Not changed: “Gap 02” was changed by somebody else meanwhile." in text


def test_removed_rows_can_all_be_put_back(
    engagement: Engagement, staff: Callable[..., FlaskClient], rows: list[Row]
) -> None:
    client = staff()
    said: dict[str, Any] = {"act": "remove", "rows": [f"r{row.id}:1" for row in rows[:3]]}
    led = client.post(place(engagement, "/bulk"), data=said).location
    text = client.get(led).text
    assert "3 rows were removed." in text
    assert "57" in text
    gone = re.search(r'name="rows" value="([^"]+)"', text)
    assert gone is not None
    client.post(place(engagement, "/bulk"), data={"act": "restore", "rows": gone[1]})
    assert shown(client.get(place(engagement)).text)[:3] == ["Gap 00", "Gap 01", "Gap 02"]


@pytest.mark.parametrize(
    ("said", "status"),
    [({"act": "state", "to_state": "planned"}, 422), ({"act": "explode", "rows": "r1"}, 404),
     ({}, 404), ({"act": "due", "rows": "r1:x,,r2", "to_due": "soon"}, 302)],
)  # fmt: skip
def test_odd_requests_for_many_rows(
    engagement: Engagement, staff: Callable[..., FlaskClient], said: dict[str, str], status: int
) -> None:
    assert staff().post(place(engagement, "/bulk"), data=said).status_code == status


def test_a_table_is_looked_at_before_it_is_imported(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    client = staff()
    table = "Gap\tKind\tFound in\tSeverity\nLate\tManual step\tIntake\tHigh\n"
    seen = client.post(place(engagement, "/preview"), data={"table": table})
    assert seen.status_code == 200
    assert "1 would be added, 0 changed. Nothing is imported yet." in seen.text
    assert "Late" not in client.get(place(engagement)).text
    kept = re.search(r'<textarea[^>]*name="table"[^>]*>\s*(.*?)</textarea>', seen.text, re.DOTALL)
    assert kept is not None
    again = kept[1].replace("&#34;", '"')
    assert (
        "1 gap added"
        in client.get(
            client.post(place(engagement, "/import"), data={"table": again}).location
        ).text
    )
    bad = client.post(place(engagement, "/preview"), data={"table": table + "Odd\tx\t\tHigh\n"})
    assert bad.status_code == 422
    assert "Line 3, Kind: “x” is none of" in bad.text
    assert "Line 3, Found in: Enter found in." in bad.text
    assert "cell-wrong" in bad.text


@pytest.fixture
def linking(monkeypatch: pytest.MonkeyPatch, library: Any) -> Register:
    """The gap table with a column that rests on risks and inputs, and a state that asks for it."""
    register = library.latest("q2c").get(GAPS, Register)
    column = Column(title="Rests on", type="rests_on", into=("Q24.register.risks", "inputs"))
    guarded = State(title="Guarded", kind="done", guard="Q12.gate.1d")
    opened = register.states["open"].model_copy(
        update={"next": (*register.states["open"].next, "guarded")}
    )
    given = {"columns": {**register.columns, "rests": column},
             "states": {**register.states, "open": opened, "guarded": guarded}}  # fmt: skip
    for name, value in given.items():
        monkeypatch.setitem(register.__dict__, name, value)
    return register


def test_what_a_row_rests_on_is_looked_for_and_ticked(
    engagement: Engagement, staff: Callable[..., FlaskClient], rows: list[Row], linking: Register
) -> None:
    client, ref = staff(), f"r{rows[1].id}"
    page = place(engagement, f"/rows/{ref}")
    said = {"v_gap": "Typed", "v_kind": "missing_data", "v_found_in": "intake",
            "v_severity": "low", "state": "open", "version": "1"}  # fmt: skip
    found = client.post(page, data=said | {"find_rests": "pricing model"})
    assert found.status_code == 422
    assert 'value="inputs/Q3.input.pricing_model"' in found.text
    assert 'value="Typed"' in found.text
    saved = client.post(page, data=said | {"v_rests": "inputs/Q3.input.pricing_model"})
    opened = client.get(f"{place(engagement)}?edit={ref}").text
    assert saved.status_code == 302
    assert f'href="/e/{engagement.slug}/inputs#Q3-input-pricing_model"' in opened
    assert "Typed" in client.get(f"/e/{engagement.slug}/inputs").text
    assert client.post(page, data=said | {"version": "2", "find": "v_rests"}).status_code == 422
    forged = client.post(page, data=said | {"version": "2", "v_rests": f"{GAPS}/r999"})
    assert "there is no" in forged.text


def test_a_state_behind_a_gate_leads_to_the_gate(
    engagement: Engagement, staff: Callable[..., FlaskClient], rows: list[Row], linking: Register
) -> None:
    said = {"v_gap": "G", "v_kind": "missing_data", "v_found_in": "intake", "v_severity": "low",
            "state": "guarded", "version": "1"}  # fmt: skip
    answer = staff().post(place(engagement, f"/rows/r{rows[1].id}"), data=said)
    assert answer.status_code == 422
    assert "does not open" in answer.text
    assert f'<a href="/e/{engagement.slug}/gate/1d">See what it still asks for</a>' in answer.text


def test_customers_see_no_links(
    engagement: Engagement, portal: Callable[..., tuple[FlaskClient, str]], rows: list[Row],
    linking: Register, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setitem(linking.__dict__, "portal", True)
    client, base = portal(engagement)
    text = client.get(f"{base}/register/{GAPS}/r{rows[0].id}").text
    assert "Gap 00" in text
    assert "Rests on" not in text
    said = {"v_gap": "Theirs", "v_kind": "missing_data", "v_found_in": "intake",
            "v_severity": "low", "v_rests": "inputs/Q3.input.crm", "version": "1"}  # fmt: skip
    client.post(f"{base}/register/{GAPS}/r{rows[0].id}", data=said)
    text = client.get(f"{base}/register/{GAPS}").text
    assert "Theirs" in text


def test_what_only_grows_offers_a_correction_and_no_change(
    engagement: Engagement, staff: Callable[..., FlaskClient], rows: list[Row], library: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    register = library.latest("q2c").get(GAPS, Register)
    monkeypatch.setitem(register.__dict__, "append_only", True)
    client, ref = staff(), f"r{rows[3].id}"
    text = client.get(place(engagement, f"?edit={ref}")).text
    assert "What is written here stays." in text
    assert "Save gap" not in text
    assert "Remove" not in text
    assert 'value="Gap 03"' in client.get(place(engagement, f"?add=1&like={ref}")).text
    assert client.post(place(engagement, f"/rows/{ref}"), data={"v_gap": "X"}).status_code == 422


def test_the_history_on_the_page_tells_before_and_after(
    engagement: Engagement, staff: Callable[..., FlaskClient], rows: list[Row]
) -> None:
    client, ref = staff(), f"r{rows[0].id}"
    said = {"v_gap": "Renamed", "v_kind": "missing_data", "v_found_in": "intake",
            "v_severity": "low", "state": "planned", "version": "1"}  # fmt: skip
    client.post(place(engagement, f"/rows/{ref}"), data=said)
    text = client.get(place(engagement, f"?edit={ref}")).text
    told = re.sub(r"<[^>]+>", " ", text)
    assert re.search(r":\s+Gap 00 → Renamed", told)
    assert re.search(r":\s+High[^→]* → Low", told)
