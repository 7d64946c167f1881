"""Lists of steps: filters, effort left, many at once, tables in and out, gates before steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html  # type: ignore[import-untyped]
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from phases.core.errors import BadValue
from phases.core.facts import Finding, Lack, met, unmet
from phases.core.models import Engagement
from phases.mechanisms.checklist import bulk
from phases.mechanisms.checklist.history import history_of
from phases.mechanisms.checklist.listing import Asked, Effort, chips, effort_left
from phases.mechanisms.checklist.queries import StepView, checklist_of, live_steps
from phases.mechanisms.checklist.services import say_step
from phases.mechanisms.checklist.tables import say_steps, table
from phases.mechanisms.page import situation_for
from phases.mechanisms.register.errors import StandsBehindGate
from phases.mechanisms.situation import Situation
from phases.mechanisms.spreadsheet import ImportRefused
from playbook.loader import Playbook, load
from tests.mechanisms.tiny import CONTENT, situation

PREPARE = "T4.checklist.prepare"
READ, NOTE, LINK, INTAKE = "T4.step.read", "T4.step.note", "T4.step.link", "T4.step.intake"
SEND = "Q3.checklist.send"


def views(**changed: dict[str, Any]) -> list[StepView]:
    """The tiny checklist's steps, some of them changed."""
    s = situation()
    return [
        replace(view, **changed.get(view.key.rpartition(".")[2], {}))
        for view in live_steps(s, checklist_of(s, PREPARE))
    ]


# --- filters and effort --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "shown"),
    [
        ({}, ["read", "note", "link", "intake"]),
        ({"state": "open"}, ["read", "note", "link", "intake"]),
        ({"state": "overdue"}, ["read"]),
        ({"state": "done"}, []),
        ({"priority": "high"}, ["note"]),
        ({"owner": "c1"}, ["link"]),
        ({"owner": "c1", "priority": "high"}, []),
        ({"role": "nobody"}, []),
        ({"state": "none such"}, []),
        ({"colour": "red"}, ["read", "note", "link", "intake"]),
    ],
)
def test_the_address_says_which_steps_are_shown(args: dict[str, str], shown: list[str]) -> None:
    asked = Asked.of(args)
    found = views(note={"priority": "high"}, link={"owner": "c1"})
    assert [v.key.rpartition(".")[2] for v in found if asked.shows(v)] == shown


def test_filters_count_what_they_would_show_beside_the_others() -> None:
    found = views(
        read={"priority": "high"}, note={"priority": "high", "state": "done"},
        link={"priority": "low"},
    )  # fmt: skip
    rows = chips(found, Asked(state="open"))
    assert [(c.label, c.count, c.active) for c in rows["priority"]] == [
        ("All", 3, True), ("High", 1, False), ("Low", 1, False),
    ]  # fmt: skip
    assert rows["priority"][1].args == {"state": "open", "priority": "high"}
    assert "role" not in rows


EFFORTS = [
    ([], ""),
    ([("1 week", "todo"), ("2 weeks", "doing"), ("1 day", "blocked")], "3 weeks and 1 day"),
    ([("1 week", "done"), ("1 week", "dropped"), ("2 days", "todo")], "2 days"),
    ([("ongoing", "todo"), ("ongoing", "todo"), ("variable", "todo")],
     "None measured; 2 ongoing and 1 variable apart"),
    ([("1 week", "todo"), ("ongoing", "done"), ("variable", "todo")], "1 week; 1 variable apart"),
]  # fmt: skip


@pytest.mark.parametrize(("efforts", "words"), EFFORTS)
def test_the_effort_left_counts_open_steps_alone(
    efforts: list[tuple[str, str]], words: str
) -> None:
    one = views()[0]
    assert effort_left(replace(one, effort=e, state=st) for e, st in efforts).words == words


def test_the_launch_checklist_has_the_effort_of_its_source(
    session: Session, make_engagement: Callable[..., Engagement]
) -> None:
    """M: 33 of 1 week, 7 of 2 weeks, 2 of 1 day, 7 ongoing, 1 variable."""
    engagement = make_engagement("Launch Co", launch_checklist=True, marketing=True, payouts=True,
                                 usage_based=True, tax=True, erp=True, multi_currency=True,
                                 compliance=True, revrec=True, scope="multi_tool")  # fmt: skip
    s = situation_for(session, engagement)
    tasks = [
        view
        for checklist in s.playbook.checklists
        for view in live_steps(s, checklist)
        if view.key.startswith("M.task.")
    ]
    assert len(tasks) == 50
    everything = [replace(view, state="todo") for view in tasks]
    assert effort_left(everything) == Effort(weeks=33 + 14, days=2, ongoing=7, variable=1)
    counts = {c.label: c.count for c in chips(everything, Asked())["priority"]}
    assert counts == {"All": 50, "Critical": 5, "High": 18, "Medium": 22, "Low": 5}


# --- many at once --------------------------------------------------------------------------------


def test_many_steps_change_and_each_that_cannot_says_why(store: Session, tiny: Situation) -> None:
    checklist = checklist_of(tiny, PREPARE)
    steps = [(READ, 0), (NOTE, 0), (LINK, 0), (INTAKE, 0)]
    found = bulk.change(store, tiny, "u1", checklist, steps, {"state": "done"})
    assert found.changed == 1
    assert tiny.records.steps[READ].state == "done"
    assert len(found.refused) == 3
    assert found.refused[0].startswith("“Note the risks”: Write down what proves it")
    assert "ticked by the records" in found.refused[2]


def test_a_step_that_somebody_else_changed_stays(store: Session, tiny: Situation) -> None:
    say_step(store, tiny, "u1", READ, note="Mine")
    checklist = checklist_of(tiny, PREPARE)
    found = bulk.change(store, tiny, "u1", checklist, [(READ, 0)], {"owner": "c1"})
    assert found == bulk.Done(0, ("“Read the intake” was changed by somebody else meanwhile.",))


@pytest.mark.parametrize("steps", [[], [("T4.test.sync", 0)], [("no such", None)]])
def test_only_steps_of_the_list_are_changed(
    store: Session, tiny: Situation, steps: list[tuple[str, int | None]]
) -> None:
    with pytest.raises(BadValue):
        bulk.change(store, tiny, "u1", checklist_of(tiny, PREPARE), steps, {"state": "done"})
    assert tiny.records.steps == {}


# --- a gate before a step ------------------------------------------------------------------------

GUARDED = "T4.step.switch"
BEHIND = """
checklist:
  T4.checklist.start:
    title: Start
    subphase: 1a
    items: {T4.step.switch: {title: Switch it on, guard: T7.gate.start}}
gate:
  T7.gate.start:
    title: Before the start
    subphase: 1a
    guards: Switching it on
    criteria: {T7.line.agreed: {title: It is agreed, by: attested, supplied_by: architect}}
    outcomes: {open: {title: Opened, text: Go., effect: pass}}
"""


@cache
def guarded() -> Playbook:
    """The tiny playbook with a step that a gate stands before."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "tiny" / "1.0"
        folder.mkdir(parents=True)
        (folder / "playbook.yaml").write_text(
            'name: tiny\nversion: "1.0"\ntitle: Tiny\nplaceholders: {customer: Who, firm: We}\n'
        )
        (folder / "content.yaml").write_text(CONTENT)
        (folder / "behind.yaml").write_text(BEHIND)
        return load(folder)


@pytest.mark.parametrize(
    ("finding", "state", "refused"),
    [
        (unmet([Lack("No success metric is chosen.")]), "done", True),
        (unmet([Lack("No success metric is chosen.")]), "doing", False),
        (met("It opens."), "done", False),
    ],
)
def test_a_guarded_step_is_done_only_while_its_gate_opens(
    store: Session, tiny: Situation, finding: Finding, state: str, refused: bool
) -> None:
    held = {"gates_open": lambda _check, _s: finding}
    s = Situation(guarded(), tiny.records, tiny.today, {**tiny.checks, **held}, tiny.firm)
    if refused:
        with pytest.raises(StandsBehindGate, match="No success metric is chosen") as found:
            say_step(store, s, "u1", GUARDED, state=state)
        assert found.value.place == "gate/T7.gate.start"
        return
    assert say_step(store, s, "u1", GUARDED, state=state).state == state


# --- history -------------------------------------------------------------------------------------


def test_what_stood_there_before_is_kept(store: Session, tiny: Situation) -> None:
    say_step(store, tiny, "u1", READ, note="First")
    say_step(store, tiny, "u1", READ, note="Second", owner="c1", due=date(2026, 12, 1))
    newest, oldest = history_of(store, tiny, READ)
    assert newest.who == "Ann Architect"
    assert newest.differences == (
        ("Due", "", "Tue 1 Dec 2026"),
        ("Note", "First", "Second"),
        ("Owner", "", "Fay Finance"),
    )
    assert oldest.differences == (("Note", "", "First"),)


# --- in and out ----------------------------------------------------------------------------------

HEAD = ["Step", "State", "Owner", "Due", "Note", "Evidence", "Version"]


def bring(store: Session, s: Situation, *lines: list[str]) -> int:
    return say_steps(store, s, "u1", checklist_of(s, PREPARE), [HEAD, *lines])


def test_a_table_is_said(store: Session, tiny: Situation) -> None:
    changed = bring(
        store, tiny,
        [READ, "Done", "Fay Finance", "2026-11-13", "", "", "0"],
        ["note the risks", "doing", "c2", "", "'=x", "", ""],
    )  # fmt: skip
    assert changed == 2
    said = tiny.records.steps
    assert (said[READ].state, said[READ].owner, said[READ].due) == (
        "done",
        "c1",
        date(2026, 11, 13),
    )
    assert (said[NOTE].state, said[NOTE].note) == ("doing", "=x")


def test_what_was_exported_changes_nothing(store: Session, tiny: Situation) -> None:
    say_step(store, tiny, "u1", NOTE, note="+ risk", owner="c1")
    found = table(live_steps(tiny, checklist_of(tiny, PREPARE)))
    rows = [["" if cell is None else str(cell) for cell in line] for line in found]
    assert say_steps(store, tiny, "u1", checklist_of(tiny, PREPARE), rows) == 0


WRONG = [
    (["T4.step.none", "", "", "", "", "", ""], "Line 2, Step: no step"),
    ([READ, "finished", "", "", "", "", ""], "Line 2, State: “finished” is none of"),
    ([READ, "failed", "", "", "", "", ""], "Line 2, State: “Failed” is no state"),
    ([READ, "todo", "Nobody Known", "", "", "", ""], "Line 2, Owner: nobody"),
    ([READ, "todo", "", "13.11.", "", "", ""], "Line 2, Due: “13.11.” is not a date"),
    ([READ, "dropped", "", "", "", "", ""], "Line 2, Note: Say why"),
    ([LINK, "done", "", "", "", "", ""], "Line 2, Evidence: Give the link"),
    ([LINK, "todo", "", "", "", "http://x", ""], "Line 2, Evidence: Give a link"),
    ([INTAKE, "done", "", "", "", "", ""], "Line 2: “Get the intake” is ticked by the records"),
    ([READ, "done", "", "", "", "", "7"], "Line 2: Somebody else saved a change"),
    ([READ, "done", "", "", "", "", "one"], "Line 2, Version: “one”"),
    (["T4.step.handoff", "done", "", "", "", "", ""], "Line 2, Step: no step"),
]


@pytest.mark.parametrize(("line", "problem"), WRONG)
def test_what_is_wrong_is_named_by_line_and_column_and_nothing_is_said(
    store: Session, tiny: Situation, line: list[str], problem: str
) -> None:
    good = [NOTE, "doing", "", "", "", "", ""]
    with pytest.raises(ImportRefused) as refused:
        bring(store, tiny, line, good)
    assert refused.value.problems[0].startswith(problem), refused.value.problems
    assert tiny.records.steps == {}


def test_a_step_stands_once(store: Session, tiny: Situation) -> None:
    with pytest.raises(ImportRefused, match="stands in line 2 already"):
        bring(store, tiny, [READ, "doing", *[""] * 5], [READ, "done", *[""] * 5])


# --- pages ---------------------------------------------------------------------------------------


def test_steps_are_changed_together_on_the_page(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    client, place = staff("architect"), f"/e/{engagement.slug}/checklist/{SEND}"
    chosen = ["Q3.send.intake_form:0", "Q3.send.definitions:0", "Q3.send.intro_video:0"]
    answer = client.post(f"{place}/bulk?state=open", data={"act": "done", "steps": chosen})
    assert answer.location.endswith(f"{SEND}?state=open")
    told = client.get(place).text
    assert "2 steps changed." in told
    assert "Not changed: “Send the billing intro video”: Give the link" in told
    for wrong in ({"act": "done"}, {"act": "burn", "steps": chosen[:1]},
                  {"act": "due", "steps": chosen[:1], "to_due": "soon"}):  # fmt: skip
        assert client.post(f"{place}/bulk", data=wrong).status_code == 422


def test_the_page_filters_imports_and_exports(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    client, place = staff("architect"), f"/e/{engagement.slug}/checklist/{SEND}"
    assert "No step fits" in client.get(f"{place}?state=failed").text
    table_ = "Step\tState\nQ3.send.intake_form\tDone\n"
    refused = client.post(f"{place}/import", data={"table": table_.replace("Done", "Burnt")})
    assert refused.status_code == 422
    assert "Line 2, State" in refused.text
    assert client.post(f"{place}/import", data={"table": table_}).status_code == 302
    assert "Q3.send.intake_form" in client.get(f"{place}/export.csv").text
    book = load_workbook(BytesIO(client.get(f"{place}/export.xlsx").data))
    assert book.worksheets[0]["A1"].value == "Step"
    opened = client.get(f"{place}?step=Q3.send.intake_form").text
    assert "History" in opened
    assert "To do → Done" in opened


def test_what_is_done_is_changed_on_a_form_that_a_link_opens(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    client, place = staff("architect"), f"/e/{engagement.slug}/checklist/{SEND}"
    step = "Q3.send.intake_form"
    assert f'action="{place}/{step}"' in client.get(place).text
    client.post(f"{place}/bulk", data={"act": "done", "steps": [f"{step}:0"]})
    for page in (place, f"/e/{engagement.slug}/strategy"):
        shown = html.fromstring(client.get(page).text)
        assert f"{place}/{step}" not in shown.xpath("//form/@action"), page
        (link,) = shown.xpath(
            f"//li[@id='step-{step.replace('.', '-')}']//a[contains(., 'Change')]"
        )
        opened = html.fromstring(client.get(link.get("href").partition("#")[0]).text)
        assert f"{place}/{step}" in opened.xpath("//details[@open]//form/@action"), page


def test_all_checklists_stand_on_one_page(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    client, place = staff("architect"), f"/e/{engagement.slug}/checklists"
    assert f"/checklist/{SEND}" in client.get(place).text
    assert "No step fits" in client.get(f"{place}?owner=u999").text


def test_a_part_that_lies_over_several_sub_phases_stands_on_one_page(
    make_engagement: Callable[..., Engagement], staff: Callable[..., FlaskClient]
) -> None:
    """M: fifty tasks by priority, the effort left, the critical ones."""
    made = make_engagement("Launch Co", launch_checklist=True, marketing=True, payouts=True,
                           usage_based=True, tax=True, erp=True, multi_currency=True,
                           compliance=True, revrec=True, scope="multi_tool")  # fmt: skip
    client, place = staff("architect"), f"/e/{made.slug}/checklists"
    whole = html.fromstring(client.get(f"{place}?part=M").text)
    words = " ".join(whole.text_content().split())
    assert "Launch checklist" in whole.xpath("//h1")[0].text_content()
    assert len(whole.xpath("//ul[@class='step-list']/li")) == 50
    assert "47 weeks and 2 days; 7 ongoing and 1 variable apart" in words
    assert "Critical: 0 of " in words
    critical = html.fromstring(client.get(f"{place}?part=M&priority=critical").text)
    assert len(critical.xpath("//ul[@class='step-list']/li")) == 5
    assert "47 weeks" in critical.text_content()
    one = client.get(f"/e/{made.slug}/checklist/M.checklist.setup_2c").text
    assert f"{place}?part=M" in one
    assert "No step fits" in client.get(f"{place}?part=Z99").text
