"""The verbs of stories, and the service behind each."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from dateutil.relativedelta import relativedelta
from werkzeug.datastructures import FileStorage

from phases.core import files
from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.invitations import services as people
from phases.core.models import CONFIRMED
from phases.gates import services as gates
from phases.gates.judge import decide_one
from phases.mechanisms.checklist.queries import StepView, live_steps
from phases.mechanisms.checklist.services import say_step
from phases.mechanisms.form import services as forms
from phases.mechanisms.form.queries import form_of, questions
from phases.mechanisms.inputs import services as inputs
from phases.mechanisms.matrix import services as matrices
from phases.mechanisms.matrix.queries import options_of, requirements_of
from phases.mechanisms.matrix.scores import Score
from phases.mechanisms.metric.queries import metrics_of
from phases.mechanisms.metric.services import take_reading
from phases.mechanisms.register import services as registers
from phases.mechanisms.register.queries import find_row, live_rows, register_of
from phases.mechanisms.schedule.queries import occurrence_views, schedule_of
from phases.mechanisms.schedule.services import record_occurrence
from phases.mechanisms.sheet import services as sheets
from phases.mechanisms.sheet.queries import sheet_of, statement_views
from phases.portfolio.demo.accounts import ACCOUNTS
from phases.portfolio.demo.billing import BILLING
from phases.portfolio.demo.builder import Deed, Telling
from phases.portfolio.demo.paper import paper
from phases.portfolio.demo.sessions import SESSIONS
from playbook.models import Checklist, Gate, Matrix, Register

FORM = "Q3.form.intake"
SPECIAL = ("seed", "row", "id", "title", "state", "owner", "due", "confirmed")


def invite(t: Telling, actor: str, roles: list[str]) -> None:
    """Send links to the contacts in *roles*; never by real mail, since nobody is there."""
    for role in [] if t.settings.sends_mail else roles:
        people.invite(t.session, t.engagement, actor, t.contacts[role])


def answers(t: Telling, actor: str, said: dict[str, Any]) -> None:
    """Answer questions of the intake form, named by the last part of their keys."""
    keys = {q.key.rsplit(".", 1)[1]: q.key for q in questions(form_of(t.s, FORM))}
    for name, value in said.items():
        forms.save_answer(t.session, t.s, actor, FORM, keys[name], value)


def submit(t: Telling, actor: str, key: str) -> None:
    """Send a form."""
    forms.submit(t.session, t.s, actor, key)


def upload(t: Telling, actor: str, said: dict[str, dict[str, Any]]) -> None:
    """Upload a page of text, as a PDF, to each question named."""
    keys = {q.key.rsplit(".", 1)[1]: q.key for q in questions(form_of(t.s, FORM))}
    for name, page in said.items():
        commit(t.session)
        content = FileStorage(BytesIO(paper(page["lines"])), filename=page["name"])
        stored = files.store(t.session, t.engagement, content, actor)
        files.claim(t.session, t.engagement, stored.id, keys[name], actor)
        t.again()


def set_inputs(t: Telling, actor: str, said: dict[str, Any]) -> None:
    """Give inputs their values; they stand ASSUMED."""
    for key, value in said.items():
        inputs.set_input(t.session, t.s, actor, key, value)


def confirm(t: Telling, actor: str, said: dict[str, Any]) -> None:
    """Confirm the inputs named, or every one that has a value, in a meeting."""
    keys = said.get("inputs") or [
        key for key, row in t.s.records.inputs.items()
        if row.value not in (None, "", []) and row.standing != CONFIRMED
    ]  # fmt: skip
    for key in keys:
        inputs.confirm(t.session, t.s, actor, key, said.get("meeting", ""))


def steps(t: Telling, actor: str, said: dict[str, dict[str, Any]]) -> None:
    """Say something of steps."""
    for key, words in said.items():
        values = {**words, "owner": t.ref(words["owner"])} if "owner" in words else words
        say_step(t.session, t.s, actor, key, **values)


def finish(t: Telling, actor: str, said: dict[str, dict[str, str] | None]) -> None:
    """Do every step of the checklists that is still open; proofs by the last part of its key."""
    for key, proofs in said.items():
        for step in list(live_steps(t.s, t.s.playbook.get(key, Checklist))):
            if step.computed or step.state in ("done", "dropped"):
                continue
            proof = (proofs or {}).get(step.key.rsplit(".", 1)[1], "")
            say_step(
                t.session, t.s, actor, step.key, state="done", owner=t.known(step.role),
                evidence=proof or usual_proof(t, step),
            )  # fmt: skip


def usual_proof(t: Telling, step: StepView) -> str:
    """Where the proof of a step lies, if it needs one."""
    name = step.key.rsplit(".", 1)[1].replace("_", "-")
    if step.evidence_kind == "link":
        return f"https://share.{t.engagement.slug}.example/billing-project/{name}"
    if step.evidence_kind == "note":
        return f"{step.output or step.title}: done, see the project folder under {name}."
    return ""


def rows(t: Telling, actor: str, said: dict[str, list[dict[str, Any]]]) -> None:
    """Add rows to registers, or change the ones that the playbook or the story has put there."""
    for key, lines in said.items():
        for line in lines:
            ref = (
                _changed(t, actor, key, line)
                if {"seed", "row"} & set(line)
                else _added(t, actor, key, line)
            )
            if "id" in line:
                t.rows[line["id"]] = ref
            if line.get("confirmed"):
                registers.confirm_row(t.session, t.s, actor, key, ref)


def _added(t: Telling, actor: str, key: str, line: dict[str, Any]) -> str:
    row = registers.add_row(
        t.session, t.s, actor, key, title=line.get("title", ""), values=_values(line),
        state=line.get("state", ""), owner=t.known(line.get("owner", "")), due=line.get("due"),
    )  # fmt: skip
    return f"r{row.id}"


def _changed(t: Telling, actor: str, key: str, line: dict[str, Any]) -> str:
    ref = line["seed"] if "seed" in line else t.rows[line["row"]]
    owner = t.ref(line["owner"]) if "owner" in line else None
    row = registers.change_row(
        t.session, t.s, actor, key, ref, values=_values(line), owner=owner, due=line.get("due")
    )
    if "state" in line:
        _move(t, actor, key, f"r{row.id}", line["state"])
    return f"r{row.id}"


def _values(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in SPECIAL}


def _move(t: Telling, actor: str, key: str, ref: str, state: str) -> None:
    """Bring a row to *state* by the steps that the playbook allows."""
    register = register_of(t.s, key)
    for step in _way(register, find_row(t.s, register, ref).state, state):
        registers.change_row(t.session, t.s, actor, key, ref, state=step)


def _way(register: Register, start: str, end: str) -> list[str]:
    ways: deque[list[str]] = deque([[start]])
    seen = {start}
    while ways:
        way = ways.popleft()
        if way[-1] == end:
            return way[1:]
        for step in register.states[way[-1]].next:
            if step not in seen:
                seen.add(step)
                ways.append([*way, step])
    raise KeyError(f"{register.key}: no way from {start} to {end}")


def move(t: Telling, actor: str, said: dict[str, str]) -> None:
    """Bring every live row of the registers named to a state."""
    for key, state in said.items():
        for row in live_rows(t.s, register_of(t.s, key)):
            _move(t, actor, key, row.ref, state)


def confirm_rows(t: Telling, actor: str, said: dict[str, Any]) -> None:
    """Mark every live row of the registers named CONFIRMED."""
    for key in said["registers"]:
        for row in live_rows(t.s, register_of(t.s, key)):
            if not row.confirmed:
                registers.confirm_row(
                    t.session, t.s, actor, key, row.ref, meeting=said.get("meeting", "")
                )


def score(t: Telling, actor: str, said: dict[str, Any]) -> None:
    """Score a matrix, a line per requirement; ``notes`` replace the note of an option's proof."""
    matrix = t.s.playbook.get(said["matrix"], Matrix)
    options = list(options_of(t.s, matrix))
    known = {r.key.rsplit(".", 1)[1]: r.key for r in requirements_of(t.s, matrix)}
    scores = {
        (known[name], option): Score(number, **said["proof"][option.rsplit(".", 1)[1]])
        for name, line in said["scores"].items()
        for option, number in zip(options, line, strict=True)
    }
    weights = {known[name]: weight for name, weight in said.get("weights", {}).items()}
    notes = {
        (known[name], f"Q10.option.{option}"): note
        for name, lines in said.get("notes", {}).items()
        for option, note in lines.items()
    }
    scores |= {key: replace(scores[key], note=note) for key, note in notes.items()}
    matrices.save_scores(t.session, t.s, actor, matrix.key, weights, scores)


def choose(t: Telling, actor: str, said: dict[str, Any]) -> None:
    """Decide a matrix."""
    matrices.decide(t.session, t.s, actor, said["matrix"], said["options"], said["reason"])


def reword(t: Telling, actor: str, said: dict[str, str]) -> None:
    """Give statements this engagement's own words."""
    for key, text in said.items():
        sheets.reword(t.session, t.s, actor, key, text)


def sign(t: Telling, actor: str, said: dict[str, Any]) -> None:
    """Approve a sheet: all of it, or ``only`` some, with ``no`` and a comment to others."""
    s, role = t.again(), said["role"]
    no: dict[str, str] = said.get("no", {})
    wanted = said.get("only")
    views = [
        view for view in statement_views(s, sheet_of(s, said["sheet"]))
        if (wanted is None or view.key in wanted) and view.key not in said.get("leave", ())
    ]  # fmt: skip
    name, email = _signer(t, role)
    sheets.sign(
        t.session, s, sheet_key=said["sheet"], role=role, signer=actor, name=name, email=email,
        decisions={v.key: (v.key not in no, no.get(v.key, ""), v.sha256) for v in views},
        address="203.0.113.24", proof="code" if role in t.contacts else "login",
    )  # fmt: skip


def _signer(t: Telling, role: str) -> tuple[str, str]:
    person = t.contacts.get(role) or t.staff[t.story.team[role]]
    return person.name, person.email


def attest(t: Telling, actor: str, said: dict[str, str]) -> None:
    """Attest criteria, each with its note."""
    for key, note in said.items():
        gate = t.s.playbook.container_of(key)
        assert isinstance(gate, Gate)
        gates.attest(t.session, t.again(), actor, gate, key, note)


def decide(t: Telling, actor: str, said: dict[str, Any]) -> None:
    """Take an outcome of a gate; if it waits for documents, so do we."""
    gate = t.s.playbook.get(said["gate"], Gate)
    if decide_one(gate, t.again()).state != "open":
        t.settle()
    gates.decide(
        t.session, t.again(), actor, gate, said["outcome"], said.get("note", ""),
        said.get("weeks"), said.get("date"),
    )  # fmt: skip


def measure(t: Telling, actor: str, said: dict[str, dict[str, Any]]) -> None:
    """Take one reading of each metric named, on the day of the chapter."""
    for key, words in said.items():
        take_reading(t.session, t.s, actor, key, t.s.today, **words)


def readings(t: Telling, actor: str, said: dict[str, Any]) -> None:
    """Take the readings of the weeks since go-live, in order: parts of a percentage, or a value."""
    go_live = t.s.anchors["go_live"]
    assert go_live is not None
    day: date = go_live + timedelta(weeks=said["week"] - 1)
    weekly = [metric for metric in metrics_of(t.s) if metric.period == "week"]
    known = {metric.key.rsplit(".", 1)[1]: metric.key for metric in weekly}
    notes: dict[str, str] = said.get("notes", {})
    for name, value in said["values"].items():
        number = {"value": value}
        if isinstance(value, list):
            number = dict(zip(("numerator", "denominator"), value, strict=True))
        take_reading(t.session, t.s, actor, known[name], day, **number, note=notes.get(name, ""))


def board(t: Telling, actor: str, said: dict[str, Any]) -> None:
    """Take the readings of a board for a month, counted from the one of go-live."""
    go_live = t.s.anchors["go_live"]
    assert go_live is not None
    day: date = go_live + relativedelta(months=said["month"])
    monthly = [metric for metric in metrics_of(t.s) if metric.board and metric.period == "month"]
    known = {metric.key.rsplit(".", 1)[1]: metric.key for metric in monthly}
    for name, value in said["values"].items():
        parts = dict(zip(("numerator", "denominator"), value, strict=True)) if isinstance(
            value, list) else {"value": value}  # fmt: skip
        take_reading(t.session, t.s, actor, known[name], day, **parts)


def occurrences(t: Telling, actor: str, said: dict[str, Any]) -> None:
    """Record what was due up to the day of the chapter: all well, but for what is named."""
    schedule = schedule_of(t.s, said["schedule"])
    flags: dict[str, str] = said.get("red_flags", {})
    notes: dict[str, str] = said.get("notes", {})
    for view in occurrence_views(t.s, schedule, t.s.today):
        name = view.task.split(".", 1)[1]
        if view.version or name in said.get("leave", ()):
            continue
        result = "red_flag" if name in flags else "ok"
        note = flags.get(name) or notes.get(name, "")
        record_occurrence(t.session, t.s, actor, schedule.key, view.task, view.due, result, note)


def issue(t: Telling, actor: str, keys: list[str]) -> None:
    """Issue documents; the phase rail on their covers is that of the last commit."""
    for key in keys:
        commit(t.session)
        begin_write(t.session)
        t.issuing.issue(t.session, t.again(), actor, key)
    t.again()


DEEDS: dict[str, Deed] = {
    "invite": invite, "answers": answers, "submit": submit, "upload": upload, "inputs": set_inputs,
    "confirm": confirm, "steps": steps, "finish": finish, "rows": rows, "move": move,
    "confirm_rows": confirm_rows, "score": score, "choose": choose, "reword": reword, "sign": sign,
    "attest": attest, "decide": decide, "readings": readings, "measure": measure, "board": board,
    "occurrences": occurrences,
    "issue": issue, **SESSIONS, **BILLING, **ACCOUNTS,
}  # fmt: skip
