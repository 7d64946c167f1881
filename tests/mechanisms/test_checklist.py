"""Steps: what is said of them, what is computed, when they count as done."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from phases.core.errors import BadValue, Conflict, Missing, Refusal
from phases.mechanisms.checklist import panel, queries, services
from phases.mechanisms.checklist.checks import steps_done
from phases.mechanisms.checklist.models import StepRecord
from phases.mechanisms.form.models import FormRecord
from phases.mechanisms.situation import Situation
from playbook.checks import StepsDone
from tests.mechanisms.tiny import situation

PREPARE = "T4.checklist.prepare"
TESTS = "T4.checklist.tests"
READ, NOTE, LINK = "T4.step.read", "T4.step.note", "T4.step.link"


def said(**states: str) -> dict[str, StepRecord]:
    return {
        f"T4.{key.replace('_', '.', 1)}": StepRecord(key=key, state=state, note="why", version=1)
        for key, state in states.items()
    }


def step(s: Situation, key: str) -> queries.StepView:
    checklist, item = queries.step_of(s, key)
    return queries.step_view(s, checklist, item)


def sent() -> dict[str, FormRecord]:
    at = datetime(2026, 11, 19, tzinfo=UTC)
    return {"T3.form.intake": FormRecord(key="T3.form.intake", submitted_at=at, submitted_by="c1")}


def test_a_step_nobody_touched_is_to_do_with_the_due_date_of_its_rule() -> None:
    view = step(situation(), READ)
    assert (view.state, view.version, view.due, view.due_is_own) == (
        "todo",
        0,
        date(2026, 11, 12),
        False,
    )


@pytest.mark.parametrize(
    ("state", "due", "overdue"),
    [
        ("todo", date(2026, 11, 19), True),
        ("blocked", date(2026, 11, 19), True),
        ("todo", date(2026, 11, 20), False),
        ("done", date(2026, 11, 19), False),
        ("dropped", date(2026, 11, 19), False),
    ],
)
def test_a_step_is_overdue_the_day_after_unless_it_is_over(
    state: str, due: date, overdue: bool
) -> None:
    record = StepRecord(key=READ, state=state, due=due, version=1)
    assert step(situation(steps={READ: record}), READ).overdue is overdue


def test_a_computed_step_is_done_exactly_when_its_checks_are_met() -> None:
    waiting = step(situation(), "T4.step.intake")
    assert waiting.state == "todo"
    assert waiting.lacks[0].sentence.startswith("“Intake” has not been sent")
    assert step(situation(forms=sent()), "T4.step.intake").state == "done"


def test_a_ticked_record_does_not_make_a_computed_step_done() -> None:
    assert step(situation(steps=said(step_intake="done")), "T4.step.intake").state == "todo"


def test_a_step_that_does_not_apply_is_shown_with_its_reason_and_is_not_live() -> None:
    s = situation()
    view = step(s, "T4.step.handoff")
    assert not view.applies
    assert view.reason
    assert view.key not in [
        live.key for live in queries.live_steps(s, queries.checklist_of(s, PREPARE))
    ]


DONE = {"step_read": "done", "step_note": "done", "step_link": "done"}


@pytest.mark.parametrize(
    ("states", "submitted", "missing"),
    [
        (DONE, True, []),
        (
            DONE,
            False,
            ["“Get the intake” is not done: “Intake” has not been sent (0 of 5 answered)."],
        ),
        (DONE | {"step_read": "todo"}, True, ["“Read the intake” is not done."]),
        (DONE | {"step_read": "doing"}, True, ["“Read the intake” is being done."]),
        (DONE | {"step_read": "blocked"}, True, ["“Read the intake” is blocked: why."]),
        (DONE | {"step_read": "dropped"}, True, []),
        (DONE | {"step_link": "dropped"}, True, ["“Link the plan” was dropped, and may not be."]),
    ],
)
def test_steps_done(states: dict[str, str], submitted: bool, missing: list[str]) -> None:
    s = situation(steps=said(**states), forms=sent() if submitted else {})
    finding = steps_done(StepsDone(checklists=(PREPARE,)), s)
    assert [lack.sentence for lack in finding.lacks] == missing
    assert finding.met is not bool(missing)


@pytest.mark.parametrize(
    ("states", "met"),
    [
        ({"test_sync": "done", "test_tax": "done"}, True),
        ({"test_sync": "done", "test_tax": "failed"}, False),
        ({"test_sync": "done", "test_tax": "dropped"}, False),
        ({"test_sync": "done"}, False),
    ],
)
def test_every_test_must_pass_and_none_may_be_dropped(states: dict[str, str], met: bool) -> None:
    assert steps_done(StepsDone(checklists=(TESTS,)), situation(steps=said(**states))).met is met


def test_a_named_step_that_does_not_apply_is_not_asked_for() -> None:
    check = StepsDone(steps=("T4.step.handoff",))
    assert steps_done(check, situation()).met
    assert not steps_done(check, situation(scope="handoff")).met


def test_a_check_that_names_no_known_step_is_not_met() -> None:
    assert not steps_done(StepsDone(steps=("T4.step.gone",)), situation()).met


def test_a_lack_leads_to_the_step_and_names_who_can_do_it() -> None:
    finding = steps_done(StepsDone(steps=(READ,)), situation())
    assert (finding.lacks[0].who, finding.lacks[0].place) == (
        "architect", "checklist/T4.checklist.prepare#step-T4-step-read",
    )  # fmt: skip


def test_the_panel_counts_what_is_settled_and_names_what_is_late() -> None:
    s = situation(steps=said(step_note="done"))
    shown = panel.panel(s, queries.checklist_of(s, PREPARE))
    assert (shown.done, shown.total, shown.state) == (1, 4, "red")
    assert shown.sentence == "Overdue: Read the intake"


# --- services, on a database ---------------------------------------------------------------------


def test_saying_something_keeps_the_rest_and_counts_versions(
    store: Session, tiny: Situation
) -> None:
    services.say_step(store, tiny, "u1", READ, owner="u1", note=" Half way ", version=0)
    record = services.say_step(store, tiny, "u1", READ, state="doing", version=1)
    assert (record.owner, record.note, record.state, record.version) == (
        "u1",
        "Half way",
        "doing",
        2,
    )
    assert step(tiny, READ).changed_by == "Ann Architect"


def test_a_change_leaves_an_event_and_no_change_leaves_none(
    store: Session, tiny: Situation
) -> None:
    before = tiny.engagement.chain_length
    services.say_step(store, tiny, "u1", READ, state="done")
    services.say_step(store, tiny, "u1", READ, state="done")
    assert tiny.engagement.chain_length == before + 1


def test_the_second_of_two_editors_is_told_and_loses_nothing(
    store: Session, tiny: Situation
) -> None:
    services.say_step(store, tiny, "u1", READ, note="Mine", version=0)
    with pytest.raises(Conflict) as refused:
        services.say_step(store, tiny, "u2", READ, note="Theirs", version=0)
    assert (refused.value.kept, refused.value.theirs) == ({"note": "Theirs"}, {"note": "Mine"})


@pytest.mark.parametrize(
    ("key", "what", "field"),
    [
        (NOTE, {"state": "done"}, "evidence"),
        (LINK, {"state": "done", "evidence": "on my desk"}, "evidence"),
        (LINK, {"state": "done", "evidence": "http://plain.test/"}, "evidence"),
        (LINK, {"state": "dropped", "note": "No time"}, "state"),
        (READ, {"state": "dropped"}, "note"),
        (READ, {"state": "failed"}, "state"),
        (READ, {"state": "finished"}, "state"),
        (READ, {"owner": "u99"}, "owner"),
        (READ, {"note": "x" * 5001}, "note"),
    ],
)
def test_what_may_not_be_said(
    store: Session, tiny: Situation, key: str, what: dict[str, str], field: str
) -> None:
    with pytest.raises(BadValue) as refused:
        services.say_step(store, tiny, "u1", key, **what)  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("key", "what"),
    [
        (NOTE, {"state": "done", "evidence": "Asked Fay"}),
        (LINK, {"state": "done", "evidence": "https://plan.test/1"}),
        (READ, {"state": "dropped", "note": "Done last year"}),
        ("T4.test.tax", {"state": "failed"}),
        ("T4.step.intake", {"owner": "c1"}),
    ],
)
def test_what_may_be_said(store: Session, tiny: Situation, key: str, what: dict[str, str]) -> None:
    record = services.say_step(store, tiny, "u1", key, **what)  # type: ignore[arg-type]
    assert {name: getattr(record, name) for name in what} == what


def test_evidence_may_not_be_taken_from_a_step_that_is_done(
    store: Session, tiny: Situation
) -> None:
    services.say_step(store, tiny, "u1", NOTE, state="done", evidence="Asked Fay")
    with pytest.raises(BadValue):
        services.say_step(store, tiny, "u1", NOTE, evidence="")


def test_a_computed_step_is_never_ticked(store: Session, tiny: Situation) -> None:
    with pytest.raises(Refusal, match="ticked by the records"):
        services.say_step(store, tiny, "u1", "T4.step.intake", state="done")


def test_a_step_that_does_not_apply_takes_nothing(store: Session, tiny: Situation) -> None:
    with pytest.raises(Refusal, match="does not apply"):
        services.say_step(store, tiny, "u1", "T4.step.handoff", state="done")


def test_an_unknown_step_is_missing(store: Session, tiny: Situation) -> None:
    with pytest.raises(Missing):
        services.say_step(store, tiny, "u1", "T4.step.gone", state="done")
