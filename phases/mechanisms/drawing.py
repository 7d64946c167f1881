"""From a kind of item to what its records hold, as blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from phases.core.models import ASSUMED, CONFIRMED
from phases.core.models import Input as InputRecord
from phases.mechanisms.blocks import (
    Block,
    Cell,
    Facts,
    Listing,
    Missing,
    Paragraph,
    Table,
    absent,
    cell,
)
from phases.mechanisms.checklist.queries import StepView, live_steps
from phases.mechanisms.form.queries import form_view
from phases.mechanisms.matrix.queries import matrix_view
from phases.mechanisms.meeting.models import MeetingRecord
from phases.mechanisms.metric.queries import metric_view
from phases.mechanisms.naming import day, place_of, title_of
from phases.mechanisms.register.mix import mix_view
from phases.mechanisms.register.queries import RowView, live_rows, seed_values, told
from phases.mechanisms.register.ranks import ranked
from phases.mechanisms.register.values import NUMBERS, is_inside, plural, title_column
from phases.mechanisms.schedule.queries import schedule_view
from phases.mechanisms.sheet.queries import sheet_view
from phases.mechanisms.situation import Situation
from playbook.models import (
    Category,
    Checklist,
    Choice,
    Column,
    Document,
    Form,
    Gate,
    Guide,
    Input,
    Item,
    Matrix,
    Meeting,
    Metric,
    Phase,
    Point,
    Register,
    Schedule,
    Sheet,
    SubPhase,
    Trigger,
)

STEP_MARKS = {
    "done": "done", "failed": "bad", "blocked": "bad", "doing": "waiting", "todo": "open",
    "dropped": "dropped",
}  # fmt: skip
NOTHING = absent("–")
INSIDE = Cell("Recorded in the product")
SIGNED_MARKS = {"approved": "done", "rejected": "bad", "stale": "waiting", "none": "open"}


# --- facts ----------------------------------------------------------------------------------------


def _input(s: Situation, item: Input) -> Iterator[Block]:
    yield Facts((fact(s, item),))


def fact(s: Situation, item: Input) -> tuple[str, Cell]:
    """An input as a labelled value with its standing."""
    said, shown = s.records.inputs.get(item.key), s.shown(item.key)
    label = s.plain(item.title)
    if not shown:
        return label, absent()
    if item.type == "date":
        shown = day(s, shown)
    elif item.type == "percent":
        shown += "%"
    standing = (said.standing if said else "") or ASSUMED
    return label, Cell(shown, standing=standing, by=_confirmed_by(s, said))


def _confirmed_by(s: Situation, said: InputRecord | None) -> str:
    if said is None or said.standing != CONFIRMED:
        return ""
    who = s.people.name(said.standing_by or "") or "somebody"
    return f"{who}, {day(s, said.standing_at)}" if said.standing_at else who


# --- records --------------------------------------------------------------------------------------


def _register(s: Situation, register: Register) -> Iterator[Block]:
    rows = ranked(register, live_rows(s, register))
    title = s.plain(register.title)
    if not rows:
        none = plural(register.row_word, 0).removeprefix("0 ")
        yield Missing(f"No {none} recorded yet: see {title}.", _place(s, register))
        return
    said, named = told(s, register, rows), title_column(register)
    naming = bool(named) and [row.title for row in rows] == said[named]
    again = naming or _repeated(s, register, rows, named)
    columns = [name for name in said if any(said[name]) and not (again and name == named)]
    head = register.columns[named].title if naming else register.row_word.capitalize()
    heads = (head, *(register.columns[name].title for name in columns))
    ends = _ends(s, register, rows)
    body = zip(
        [_named(s, register, row) for row in rows],
        *(_cells(register.columns[name], said[name]) for name in columns),
        *(map(end, rows) for _, end in ends),
        strict=True,
    )
    yield Table(title, (*heads, *(name for name, _ in ends)), tuple(body))
    yield from _mixed(register, rows)


def _mixed(register: Register, rows: list[RowView]) -> Iterator[Block]:
    """The shares of the groups beside the whole."""
    if found := mix_view(register, rows):
        body = tuple(
            (Cell(f"{line.column}: {line.value}"), *(Cell(w, number=True) for w in line.words))
            for line in found.lines
        )
        yield Table("Mix, in shares", ("By", *found.heads), body)
        if found.note:
            yield Paragraph(found.note)


def _repeated(s: Situation, register: Register, rows: list[RowView], named: str) -> bool:
    """Whether the column *named* only says again, in the playbook's words, what rows are called."""
    for row in rows:
        seed = register.seeds.get(row.seed)
        begins = seed_values(s, register, seed).get(named) if seed else row.title
        if (row.raw.get(named) or None) != begins:
            return False
    return True


def _ends(
    s: Situation, register: Register, rows: list[RowView]
) -> list[tuple[str, Callable[[RowView], Cell]]]:
    """The columns that every register has, where they tell rows apart."""
    found: list[tuple[str, Callable[[RowView], Cell]]] = []
    if len(register.states) > 1:
        marks = {slug: Cell(one.title, state=one.kind) for slug, one in register.states.items()}
        found.append(("State", lambda row: marks.get(row.state) or Cell(row.state, state="open")))
    if any(row.owner for row in rows):
        found.append(("Owner", lambda row: cell(row.owner_name)))
    if any(row.due for row in rows):
        found.append(("Due", lambda row: cell(day(s, row.due))))
    return found


def _named(s: Situation, register: Register, row: RowView) -> Cell:
    if not register.standing:
        return _titled(row.title, "")
    if not row.confirmed:
        return _titled(row.title, row.standing)
    by = ", ".join(filter(None, (row.standing_by, day(s, row.standing_at))))
    return Cell(row.title, standing=row.standing, by=by)


def _cells(column: Column, said: Sequence[str]) -> Iterator[Cell]:
    """One column, row by row."""
    number, markdown = column.type in NUMBERS, column.type == "long_text"
    for shown in said:
        if not shown:
            yield NOTHING
        elif column.type == "link":
            yield INSIDE if is_inside(shown) else Cell("Link", href=shown)
        else:
            yield _said(shown, number, markdown)


@lru_cache(maxsize=8192)
def _said(shown: str, number: bool, markdown: bool) -> Cell:
    """Cells that say the same are one."""
    return Cell(shown, number=number, markdown=markdown)


@lru_cache(maxsize=8192)
def _titled(title: str, standing: str) -> Cell:
    return Cell(title, standing=standing)


def _matrix(s: Situation, matrix: Matrix) -> Iterator[Block]:
    view = matrix_view(s, matrix)
    place = _place(s, matrix)
    if view.decision:
        by = f", decided by {view.decision.who}, {day(s, view.decision.at)}"
        yield Paragraph(f"**{view.decision.titles}**{by}. {view.decision.reason}")
        if view.decision.stale:
            yield Missing("Weights or scores have changed since this was decided.", place)
    else:
        yield Missing(f"Nothing is decided yet: see {s.plain(matrix.title)}.", place)
    if view.missing == view.total:
        return
    scores = {line.key: {c.option: c for c in line.cells} for line in view.lines}
    heads = ("Option", *(f"{line.title} ({line.weight})" for line in view.lines), "Score")
    rows = [
        (
            Cell(one.title, note=one.reason if one.out else ""),
            *(
                _score(cell.number, cell.lacking)
                for line in view.lines
                for cell in [scores[line.key][one.key]]
            ),
            _score(None if one.out else one.score),
        )
        for one in view.ranking.standings
    ]
    yield Table(s.plain(matrix.title), heads, tuple(rows))


def _score(number: Any, lacking: str = "") -> Cell:
    note = f"does not count yet: {lacking}" if lacking else ""
    return absent("–") if number is None else Cell(str(number), note=note, number=True)


def _form(s: Situation, form: Form) -> Iterator[Block]:
    view = form_view(s, form)
    said = [answer for answer in view.answers if answer.value not in (None, "", [])]
    if not said:
        yield Missing(f"Nothing is answered yet: see {view.title}.", _place(s, form))
        return
    facts = [answer for answer in said if not answer.rows]
    if facts:
        yield Facts(tuple((answer.title, Cell(answer.shown)) for answer in facts))
    for answer in said:
        if answer.rows:
            heads = tuple(column.title for column in answer.columns)
            rows = tuple(tuple(cell(text) for text in row) for row in answer.rows)
            yield Table(answer.title, heads, rows)
    if not view.sent:
        yield Missing(f"{view.title} is not sent yet: {view.progress.words}.", _place(s, form))


def _sheet(s: Situation, sheet: Sheet) -> Iterator[Block]:
    view = sheet_view(s, sheet)
    if not view.statements:
        yield Missing(f"There is nothing to sign yet: see {view.title}.", _place(s, sheet))
        return
    rows = [
        (
            Cell(statement.title),
            Cell(statement.wording, markdown=True) if statement.wording else absent("–"),
            *(
                Cell(said.label, state=SIGNED_MARKS[said.state], note=said.name)
                for said in statement.signatures
            ),
        )
        for statement in view.statements
    ]
    yield Table(view.title, ("What", "Words", *(signer.title for signer in view.signers)),
                tuple(rows))  # fmt: skip


def _checklist(s: Situation, checklist: Checklist) -> Iterator[Block]:
    steps = live_steps(s, checklist)
    if not steps:
        yield Missing(f"No step of {s.plain(checklist.title)} applies.", _place(s, checklist))
        return
    rows = [
        (
            Cell(step.title), Cell(step.owner_name or step.role_title), cell(day(s, step.due)),
            Cell(_passed(step.test, step.state, step.label), state=STEP_MARKS[step.state]),
            _proof(step),
        )
        for step in steps
    ]  # fmt: skip
    yield Table(s.plain(checklist.title), ("Step", "Who", "Due", "State", "Evidence"), tuple(rows))


def _proof(step: StepView) -> Cell:
    if step.linked:
        return Cell("Evidence", href=step.evidence, note=step.note)
    if step.proven:
        return Cell(INSIDE.text, note=step.note)
    return cell(step.evidence or step.note)


def _passed(test: bool, state: str, label: str) -> str:
    return "Passed" if test and state == "done" else label


def _schedule(s: Situation, schedule: Schedule) -> Iterator[Block]:
    view = schedule_view(s, schedule)
    if not view.tasks:
        yield Missing(f"No task of {view.title} applies.", _place(s, schedule))
        return
    rows = [
        (
            Cell(task.title), Cell(task.rhythm), Cell(task.check, markdown=True),
            Cell(task.red_flag, markdown=True) if task.red_flag else absent("–"),
            Cell(task.action, markdown=True) if task.action else absent("–"),
            cell(day(s, task.next_due)),
        )
        for task in view.tasks
    ]  # fmt: skip
    heads = ("Task", "How often", "Check", "Red flag", "Then", "Next due")
    yield Table(view.title, heads, tuple(rows), of_today=True)


def _metric(s: Situation, metric: Metric) -> Iterator[Block]:
    view = metric_view(s, metric)
    limits = [("Target", view.target), ("Red flag", view.red_flag)]
    if known := tuple((name, Cell(s.plain(words))) for name, words in limits if words):
        yield Facts(known)
    if not view.readings:
        yield Missing(f"No reading of {s.plain(metric.title)} yet: see Metrics.", "metrics")
        return
    rows = [
        (Cell(r.period_words), Cell(r.shown, number=True), cell(r.parts), Cell(r.words))
        for r in view.readings
    ]
    yield Table(s.plain(metric.title), ("Period", "Reading", "Counted", "Means"), tuple(rows))


def _meeting(s: Situation, meeting: Meeting) -> Iterator[Block]:
    held = [row for row in s.records.meetings.get(meeting.key, []) if row.ended_at or _noted(row)]
    if not held:
        yield Missing(f"{s.plain(meeting.title)} has not been held yet.", _place(s, meeting))
    for row in held:
        yield from minutes(s, meeting, row)


def _noted(row: MeetingRecord) -> bool:
    """Whether anything was written down of a meeting, ended or not."""
    notes = (row.notes or {}).values()
    return any(note.strip() for note in notes) or bool(row.outcomes or row.brought)


def minutes(s: Situation, meeting: Meeting, row: MeetingRecord) -> Iterator[Block]:
    """What came of a meeting that was held: who was there, what was noted, what it left with."""
    names = [s.people.name(ref) for ref in row.attendees or []]
    names += [name.strip() for name in (row.others or "").splitlines() if name.strip()]
    present = ", ".join(names) or "nobody recorded"
    at = day(s, row.started_at or row.planned_at or row.ended_at)
    held = f"Held on {at}" if row.ended_at else "Not ended yet; noted so far"
    yield Paragraph(f"**{held}.** Present: {present}.")
    if brought := [title_of(s, key) for key in row.brought or []]:
        yield Paragraph(f"**Brought.** {'; '.join(brought)}.")
    for key, note in (row.notes or {}).items():
        if note.strip():
            title = title_of(s, key) if key else "Notes"
            yield Paragraph(f"**{title}**\n\n{note.strip()}")
    outcomes = row.outcomes or {}
    lines = [
        (s.plain(point.title), outcomes.get(point.key, {})) for point in meeting.leave.values()
    ]
    if lines:
        yield Table("What it left with", ("Outcome", "State", "Note"), tuple(
            (Cell(title), _reached(said), cell(said.get("note", ""))) for title, said in lines
        ))  # fmt: skip


def _reached(said: dict[str, Any]) -> Cell:
    return Cell("Reached", state="done") if said.get("done") else Cell("Open", state="open")


# --- what the method says -------------------------------------------------------------------------


def _guide(s: Situation, guide: Guide) -> Iterator[Block]:
    if guide.text:
        yield Paragraph(s.plain(guide.text))
    yield Listing(tuple(_point(s, point) for point in guide.items.values() if s.applies(point)))


def _point(s: Situation, point: Point) -> str:
    text = s.plain(point.text).strip()
    return f"**{s.plain(point.title)}**" + (f": {text}" if text else "")


def _trigger(s: Situation, trigger: Trigger) -> Iterator[Block]:
    yield Table(s.plain(trigger.title), ("When", "Then"), ((
        Cell(s.plain(trigger.threshold)), Cell(s.plain(trigger.response), markdown=True),
    ),))  # fmt: skip


def _gate(s: Situation, gate: Gate) -> Iterator[Block]:
    """What was decided, as the gate's own records have it: nothing is judged anew."""
    decided = [r for r in s.records.gate_records if r.gate == gate.key and r.kind == "decision"]
    if not decided:
        yield Missing(f"{s.plain(gate.title)} is not decided yet.", _place(s, gate))
        return
    rows = [
        (
            Cell(gate.outcomes[r.outcome].title if r.outcome in gate.outcomes else r.outcome),
            Cell(s.people.name(r.by)), Cell(day(s, r.at)), cell(r.note or ""),
        )
        for r in decided
    ]  # fmt: skip
    yield Table(s.plain(gate.title), ("Decision", "By", "On", "Note"), tuple(rows))


def _document(s: Situation, document: Document) -> Iterator[Block]:
    copies = [copy for copy in s.records.issued if copy.key == document.key]
    state = f"Issued as no. {copies[-1].number}" if copies else "Not issued yet"
    said = Cell(state, note=day(s, copies[-1].issued_at)) if copies else absent(state)
    yield Facts(((s.plain(document.title), said), ("Used for", Cell(s.plain(document.used_for)))))


def in_words(s: Situation, item: Item) -> Iterator[Block]:
    """What the playbook itself says of *item*."""
    yield Paragraph(f"**{s.plain(item.title)}.** {s.plain(item.text)}".strip())


def _phase(s: Situation, phase: Phase) -> Iterator[Block]:
    rows = [("Goal", phase.goal), ("Weight", phase.weight), ("Output", phase.output)]
    yield from _place_in_method(s, phase, rows)


def _subphase(s: Situation, subphase: SubPhase) -> Iterator[Block]:
    rows = [("Purpose", subphase.purpose), ("Leaves with", subphase.leaves)]
    yield from _place_in_method(s, subphase, rows)


def _place_in_method(s: Situation, item: Item, rows: list[tuple[str, str]]) -> Iterator[Block]:
    how = s.applicability(item)
    light = [("Light", Cell(how.reason))] if how.mode == "light" else []
    yield Facts((*((name, Cell(s.plain(words))) for name, words in rows if words), *light))


def _place(s: Situation, item: Item) -> str:
    return place_of(s, item.key)


DRAW: dict[type[Item], Callable[[Situation, Any], Iterator[Block]]] = {
    Register: _register, Matrix: _matrix, Form: _form, Sheet: _sheet, Checklist: _checklist,
    Schedule: _schedule, Input: _input, Guide: _guide, Meeting: _meeting, Metric: _metric,
    Trigger: _trigger, Gate: _gate, Document: _document, Choice: in_words, Category: in_words,
    Phase: _phase, SubPhase: _subphase,
}  # fmt: skip
"""From a kind of item to what its records hold; ``writing`` and ``passage`` follow their draws."""
