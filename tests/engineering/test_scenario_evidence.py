"""What scenarios came to is the result of technical tests: runs, evidence, defects, retests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from deliverables.contexts import draw_up
from phases.core.models import Engagement
from phases.engineering.scenarios.evidence import by_test
from phases.engineering.scenarios.judging import BY_KEY
from phases.mechanisms.checklist.history import runs_of
from phases.mechanisms.page import situation_for
from phases.mechanisms.register.queries import live_rows, register_of
from phases.mechanisms.register.services import change_row
from phases.mechanisms.situation import Situation
from playbook.models import Checklist, Document
from tests.engineering.test_scenario_pack import right

RAMP = "Q16.test.ramp"
RAMPS = ("ramp_by_year", "ramp_of_seats", "ramp_inside_a_month")
CHECKLIST, DEFECTS = "Q16.checklist.tests", "Q16.register.defects"


class Bench:
    """Somebody who tries scenarios on the billing tool and records what came of them."""

    def __init__(self, client: FlaskClient, engagement: Engagement, session: Session) -> None:
        self.client, self.engagement, self.session = client, engagement, session
        self.at = f"/e/{engagement.slug}"

    def tries(self, key: str, **of_first: str) -> None:
        first, *rest = right(key)
        made = [first | of_first, *rest]
        said = {name: [one[name] for one in made] for name in ("issue", "total", "tax")}
        place = f"{self.at}/contracts/scenarios/{key}"
        assert self.client.post(place, data=said).status_code == 302

    def records(self, test: str = RAMP, *, status: int = 302) -> Any:
        place = f"{self.at}/contracts/scenarios/tests"
        answer = self.client.post(place, data={"test": test})
        assert answer.status_code == status, answer.text
        return answer

    @property
    def s(self) -> Situation:
        return situation_for(self.session, self.engagement)

    def step(self, key: str = RAMP) -> Any:
        return self.s.records.steps.get(key)

    def defects(self) -> list[Any]:
        return live_rows(self.s, register_of(self.s, DEFECTS))


@pytest.fixture
def bench(staff: Callable[..., FlaskClient], engagement: Engagement, session: Session) -> Bench:
    return Bench(staff("architect"), engagement, session)


@pytest.mark.parametrize(
    ("exact", "wrong", "result"),
    [
        ((), (), ""),
        (RAMPS[:2], (), ""),
        (RAMPS, (), "done"),
        (RAMPS[1:], RAMPS[:1], "failed"),
        ((), RAMPS[:1], "failed"),
    ],
)
def test_a_test_has_the_result_that_its_scenarios_prove(
    bench: Bench, exact: tuple[str, ...], wrong: tuple[str, ...], result: str
) -> None:
    for key in exact:
        bench.tries(key)
    for key in wrong:
        bench.tries(key, total="1")
    found = next(one for one in by_test(bench.session, bench.s) if one.step.key == RAMP)
    assert (found.result, found.offered) == (result, bool(result))


def test_nothing_is_recorded_before_every_scenario_was_tried(bench: Bench) -> None:
    bench.tries(RAMPS[0])
    answer = bench.records(status=422)
    assert "Try every scenario of this test first" in answer.text
    assert bench.step() is None
    assert bench.records("Q16.test.nothing", status=422)


def test_all_exact_is_a_passed_run_with_the_tries_as_evidence(bench: Bench) -> None:
    for key in RAMPS:
        bench.tries(key)
    noted = bench.client.get(f"{bench.at}/checklist/{CHECKLIST}").text
    assert "1 technical test has a result from the scenario pack" in noted
    bench.records()
    step = bench.step()
    assert step.state == "done"
    assert step.note.startswith("Scenarios: 3 of 3 exact to the minor unit.")
    assert step.evidence.startswith(f"{bench.at}/contracts/scenarios?test={RAMP}&until=")
    page = bench.client.get(step.evidence).text
    assert "3 of 3 scenarios exact" in page
    assert BY_KEY["yen"].title not in page
    listed = bench.client.get(f"{bench.at}/checklist/{CHECKLIST}").text
    assert step.evidence.replace("&", "&amp;") in listed
    assert "from the scenario pack that is not recorded" not in listed
    assert bench.defects() == []


def test_the_evidence_stays_what_it_was_when_more_is_tried(bench: Bench) -> None:
    for key in RAMPS:
        bench.tries(key)
    bench.records()
    before = bench.step().evidence
    bench.tries(RAMPS[0], total="1")
    assert "3 of 3 scenarios exact" in bench.client.get(before).text
    assert "1 differs" in bench.client.get(f"{bench.at}/contracts/scenarios").text


@pytest.mark.data
def test_what_differs_fails_the_test_becomes_a_defect_and_is_retested(bench: Bench) -> None:
    for key in RAMPS[1:]:
        bench.tries(key)
    bench.tries(RAMPS[0], total="1")
    bench.records()
    bench.records()
    assert bench.step().state == "failed"
    (defect,) = bench.defects()
    assert (defect.state, defect.raw["test"], defect.raw["severity"]) == (
        "found", "ramp", "critical")  # fmt: skip
    assert BY_KEY[RAMPS[0]].title in defect.title
    bench.tries(RAMPS[0])
    answer = bench.records()
    with bench.client.session_transaction() as kept:
        assert "Defects to be fixed: 1" in str(kept["_flashes"])
    assert answer.location.endswith("#tests")
    assert bench.defects()[0].state == "found"
    fixed = {"cause": "The ramp began a year late", "fix": "Start date of step 2"}
    change_row(bench.session, bench.s, "u1", DEFECTS, defect.ref, state="fixed", values=fixed)
    bench.session.commit()
    bench.tries(RAMPS[0])
    bench.records()
    (defect,) = bench.defects()
    assert defect.state == "retested"
    assert defect.raw["evidence"] == bench.step().evidence
    runs = runs_of(bench.session, bench.s, bench.s.playbook.get(CHECKLIST, Checklist))[RAMP]
    assert [run.passed for run in runs] == [False, True, True]


def test_a_later_day_alone_is_major_not_critical(bench: Bench) -> None:
    bench.tries("annual_billed_monthly", issue="2025-01-02")
    bench.records("Q16.test.annual_monthly")
    assert [one.raw["severity"] for one in bench.defects()] == ["major"]


def test_a_persons_note_stays(bench: Bench) -> None:
    for key in RAMPS:
        bench.tries(key)
    said = {"state": "doing", "note": "Sandbox 2", "version": "0", "owner": "", "due": "",
            "evidence": "", "back": "checklist"}  # fmt: skip
    bench.client.post(f"{bench.at}/checklist/{CHECKLIST}/{RAMP}", data=said)
    bench.records()
    assert (bench.step().note, bench.step().state) == ("Sandbox 2", "done")


def test_documents_say_that_it_is_recorded_here(bench: Bench) -> None:
    for key in RAMPS:
        bench.tries(key)
    bench.records()
    s = bench.s
    said = str(draw_up(s, s.playbook.get("Q16.document.tests", Document)))
    assert "Recorded in the product" in said
    assert "/contracts/scenarios?test=" not in said


@pytest.mark.parametrize("where", ["/e/acme/x?a=1 b", "/f/acme/x", "//evil/e/a/b", "/e/../x y"])
def test_only_a_page_of_an_engagement_proves(bench: Bench, where: str) -> None:
    said = {"state": "done", "note": "", "version": "0", "owner": "", "due": "",
            "evidence": where, "back": "checklist"}  # fmt: skip
    place = f"{bench.at}/checklist/{CHECKLIST}/{RAMP}"
    assert bench.client.post(place, data=said).status_code == 422
