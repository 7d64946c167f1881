"""An engagement told from values alone: for each check of the playbook how to meet it, how not to.

``MEET`` says what must be on record for a check to be met. ``SPOIL`` names, by check, each way in
which it is not met although everything else is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from phases.core.models import Engagement, GateRecord, Input, IssuedDocument
from phases.engineering.reconciliation.checks import Newest
from phases.gates.checks import CHECKS
from phases.mechanisms.checklist.models import StepRecord
from phases.mechanisms.form.models import Answer, FormRecord
from phases.mechanisms.matrix.models import Cell
from phases.mechanisms.matrix.queries import basis_of
from phases.mechanisms.meeting.models import MeetingRecord
from phases.mechanisms.metric.judge import first_day, step
from phases.mechanisms.metric.models import Reading
from phases.mechanisms.records import Records
from phases.mechanisms.register.models import Row
from phases.mechanisms.sheet.models import SignOff
from phases.mechanisms.sheet.queries import statement_views
from phases.mechanisms.situation import Situation
from phases.mechanisms.writing.draft import draft_of
from phases.mechanisms.writing.models import PassageRecord
from playbook.book import Playbook, slug_of
from playbook.models import (
    Checklist,
    Column,
    Criterion,
    Gate,
    Limit,
    Matrix,
    Metric,
    Register,
    Sheet,
    State,
    Step,
    Writing,
)
from playbook.models import Input as InputItem

TODAY = date(2027, 3, 17)
NOON = datetime(2027, 3, 17, 12, tzinfo=UTC)
EVERYTHING: dict[str, Any] = {
    "category": "balanced", "engagement_type": "single", "scope": "single_tool",
    "methodology": "usage_based", "motion": "hybrid", "path": "full", "tools": ["stripe"],
    "kickoff": "2026-10-05", "go_live": "2027-01-04",
    **dict.fromkeys(
        ("keep_tool", "usage_based", "erp", "tax", "multi_currency", "multi_entity", "revrec",
         "payouts", "compliance", "launch_checklist", "marketing", "pilot"), True,
    ),
}  # fmt: skip
"""A profile under which everything that is built applies."""

AGREED = "10"
"""Any figure that an engagement agrees for itself."""


class Told:
    """What has been said; ``situation`` judges it as it then stands.

    Texts and sheets are accepted and signed last, on what the records say by then: ``unread``,
    ``unsigned``, ``refused`` and ``changed`` name those that are not.
    """

    def __init__(self, playbook: Playbook) -> None:
        self.playbook, self.numbers = playbook, count(1)
        self.engagement = Engagement(
            id=1, slug="acme", customer="Acme", playbook_name="q2c", playbook_version="1.0",
            time_zone="UTC", country="US", created_at=datetime(2026, 10, 1, tzinfo=UTC),
            chain_head="", chain_length=0,
        )  # fmt: skip
        self.inputs: dict[str, Input] = {}
        self.steps: dict[str, StepRecord] = {}
        self.answers: dict[str, Answer] = {}
        self.forms: dict[str, FormRecord] = {}
        self.rows: dict[str, list[Row]] = {}
        self.cells: dict[str, list[Cell]] = {}
        self.readings: dict[str, list[Reading]] = {}
        self.meetings: dict[str, list[MeetingRecord]] = {}
        self.issued: list[IssuedDocument] = []
        self.gate_records: list[GateRecord] = []
        self.undecided: set[str] = set()
        self.decided: set[str] = set()
        self.texts: set[str] = set()
        self.unread: set[str] = set()
        self.changed: set[str] = set()
        self.sheets: dict[str, tuple[str, ...]] = {}
        self.unsigned: set[str] = set()
        self.refused: set[str] = set()
        self.reconciled: list[Newest] = []
        for name, value in EVERYTHING.items():
            self.say(f"profile.{name}", value, "ASSUMED")

    def bare(self) -> Situation:
        """The records as told so far, nothing accepted, decided or signed."""
        records = Records.of(
            self.engagement, inputs=self.inputs, steps=self.steps, answers=self.answers,
            forms=self.forms, rows=self.rows, cells=self.cells, readings=self.readings,
            meetings=self.meetings, issued=self.issued, gate_records=self.gate_records,
        )  # fmt: skip
        return Situation(self.playbook, records, TODAY, CHECKS)

    def situation(self) -> Situation:
        """All that was told, with the texts accepted and the sheets signed."""
        s = self.bare()
        for key in sorted(self.decided - self.undecided):
            s.records.cells[key][-1].basis = basis_of(s, self.playbook.get(key, Matrix))
        for key in sorted(self.texts):
            self._accept(s, self.playbook.get(key, Writing))
        for key, statements in sorted(self.sheets.items()):
            self._sign(s, self.playbook.get(key, Sheet), statements)
        s.remember = {("reconciled", ""): self.reconciled}
        return s

    def _accept(self, s: Situation, writing: Writing) -> None:
        for passage in writing.sections.values():
            if not s.applies(passage) or passage.key in self.unread:
                continue
            draft = draft_of(s, passage)
            read = "It read otherwise." if passage.key in self.changed else "Our plan."
            s.records.passages[passage.key] = PassageRecord(
                key=passage.key, text="Our plan.", base=draft, read=read, read_draft=draft,
                read_by="u1", read_at=NOON, version=1, changed_by="u1", changed_at=NOON,
            )  # fmt: skip

    def _sign(self, s: Situation, sheet: Sheet, statements: tuple[str, ...]) -> None:
        views = statement_views(s, sheet)
        for view in [v for v in views if not statements or v.key in statements]:
            for role in sheet.roles:
                if f"{sheet.key} {role}" in self.unsigned:
                    continue
                approved = f"{sheet.key} {role}" not in self.refused
                sha256 = "0" * 64 if sheet.key in self.changed else view.sha256
                s.records.sign_offs.append(
                    SignOff(
                        sheet=sheet.key, statement=view.key, role=role, approved=approved,
                        comment="" if approved else "No.", content=view.content, sha256=sha256,
                        signer="c1", name="Somebody", at=NOON,
                    )
                )  # fmt: skip

    def say(self, key: str, value: Any, standing: str = "CONFIRMED") -> None:
        """Give an input a value and a standing."""
        self.inputs[key] = Input(key=key, value=value, standing=standing, version=1)

    def table(self, register: Register, least: int = 0) -> list[Row]:
        """The rows of *register*: those of the playbook that apply, and *least* in all."""
        s = self.bare()
        there = self.rows.setdefault(register.key, [])
        for seed in register.seeds.values():
            if s.applies(seed) and not any(row.seed == seed.key for row in there):
                there.append(self.row(register, dict(seed.values), seed.key))
        while len(there) < least:
            there.append(self.row(register, {}))
        return there

    def row(self, register: Register, values: dict[str, Any], seed: str = "") -> Row:
        number = next(self.numbers)
        required = {n: cell(c) for n, c in register.columns.items() if c.required}
        return Row(
            id=number, register=register.key, position=number, seed=seed or None,
            title=f"Row {number}", state=next(iter(register.states)), values={**required, **values},
            version=1, owner="", standing="ASSUMED", changed_by="u1", changed_at=NOON,
        )  # fmt: skip

    def read(self, metric: Metric, *values: Decimal) -> None:
        """Readings of *metric*, the last of them of the period before this one."""
        last = step(metric.period, first_day(metric.period, TODAY), -1)
        for subject in metric.subjects or ("",):
            for back, value in enumerate(reversed(values)):
                self.reading(metric, step(metric.period, last, -back), value, subject)

    def reading(self, metric: Metric, period: date, value: Decimal, subject: str = "") -> None:
        parts = (value, Decimal(100)) if metric.unit == "percent" else (None, None)
        there = self.readings.setdefault(metric.key, [])
        there.append(
            Reading(
                metric=metric.key, period=period, subject=subject, numerator=parts[0],
                denominator=parts[1], value=value, version=1,
            )
        )  # fmt: skip
        there.sort(key=lambda reading: reading.period)

    def record(self, gate: str, kind: str, criterion: str = "", *, passes: bool = False) -> None:
        """Put something on a gate's record."""
        self.gate_records.append(
            GateRecord(
                id=next(self.numbers), gate=gate, kind=kind, criterion=criterion, outcome="",
                by="u1", at=NOON, note="So it is.", evidence="", passes=passes,
            )
        )  # fmt: skip


def cell(column: Column) -> Any:
    """Something that a column of this type may hold, as it is kept."""
    return {
        "choice": next(iter(column.options), ""), "number": AGREED, "percent": AGREED,
        "money": "USD 100.00", "date": TODAY.isoformat(), "flag": True,
        "link": "https://example.com", "rests_on": [f"{next(iter(column.into), 'inputs')}/r1"],
    }.get(column.type, "It is so.")  # fmt: skip


Meet = Callable[[Told, Any], None]


def inputs_asked(told: Told, check: Any) -> list[InputItem]:
    """The inputs that apply of those a check names."""
    s = told.bare()
    named = [told.playbook.get(key, InputItem) for key in check.inputs]
    asked = [i for i in told.playbook.inputs if i.critical] if check.critical else named
    return [item for item in asked if s.applies(item)]


def inputs_confirmed(told: Told, check: Any) -> None:
    for item in inputs_asked(told, check):
        known = told.inputs.get(item.key)
        told.say(item.key, known.value if known else value_of(told, item))


def value_of(told: Told, item: InputItem) -> Any:
    """A value that an input may have."""
    first = next(iter(told.playbook.options(item)), "")
    return {
        "choice": first, "choices": [first], "flag": True, "date": TODAY.isoformat(),
        "text": "It is so.", "long_text": "It is so.",
    }.get(item.type, AGREED)  # fmt: skip


def steps_asked(told: Told, check: Any) -> Iterator[tuple[Checklist, Step]]:
    """The steps that apply of those a check names."""
    s = told.bare()
    for key in check.checklists:
        checklist = told.playbook.get(key, Checklist)
        if s.applies(checklist):
            yield from ((checklist, one) for one in checklist.items.values() if s.applies(one))
    for key in check.steps:
        holder, found = told.playbook.container_of(key), told.playbook.get(key, Step)
        assert isinstance(holder, Checklist)
        if s.applies(holder) and s.applies(found):
            yield holder, found


def steps_done(told: Told, check: Any) -> None:
    for _, found in steps_asked(told, check):
        for asked in found.done_when:
            meet(told, asked)
        if not found.done_when:
            told.steps[found.key] = StepRecord(
                key=found.key, state="done", owner="", note="So it is.",
                evidence="https://example.com", version=1, changed_by="u1", changed_at=NOON,
            )  # fmt: skip


def register_of(told: Told, check: Any) -> Register:
    return told.playbook.get(check.register_, Register)


def rows_filled(told: Told, check: Any) -> None:
    register = register_of(told, check)
    for row in told.table(register, check.minimum):
        row.owner = "u1" if "owner" in check.columns else row.owner
        row.due = TODAY if "due" in check.columns else row.due
        given = {n: cell(register.columns[n]) for n in check.columns if n in register.columns}
        row.values = {**row.values, **{n: v for n, v in given.items() if not row.values.get(n)}}


def rows_in_state(told: Told, check: Any) -> None:
    for row in told.table(register_of(told, check), check.minimum):
        row.state = check.states[0]


def rows_confirmed(told: Told, check: Any) -> None:
    for row in told.table(register_of(told, check), check.minimum):
        row.standing = "CONFIRMED"


def rows_equal(told: Told, check: Any) -> None:
    for row in told.table(register_of(told, check), check.minimum):
        row.values = {**row.values, check.left: "USD 100.00", check.right: "USD 100.00"}


def rows_current(told: Told, check: Any) -> None:
    for row in told.table(register_of(told, check), check.minimum):
        row.values = {**row.values, check.column: TODAY.isoformat()}


def rows_covered(told: Told, check: Any) -> None:
    register, by = register_of(told, check), told.playbook.get(check.by, Register)
    refs = [f"{register.key}/{row.seed or f'r{row.id}'}" for row in told.table(register, 1)]
    for row in told.table(by, 1):
        row.values = {**row.values, check.column: [*row.values.get(check.column, ()), *refs]}


def rows_spread(told: Told, check: Any) -> None:
    register = register_of(told, check)
    into = told.playbook.get(register.columns[check.column].into[0], Register)
    others = told.table(into, check.minimum)
    for row, other in zip(told.table(register, check.minimum), others, strict=False):
        row.state = check.states[0]
        row.values = {**row.values, check.column: [f"{into.key}/{other.seed or f'r{other.id}'}"]}


def layers_reconciled(told: Told, check: Any) -> None:
    for row in told.table(register_of(told, check), 1):
        period = row.values[check.column]
        told.reconciled += [
            Newest(number, "layer", key, period, layer=slug_of(key), period=period)
            for number, key in enumerate(check.layers, 1)
        ]


def nothing(_told: Told, _check: Any) -> None:
    """Met while nothing of the kind is on record."""


def rows_at_most(told: Told, check: Any) -> None:
    if check.input:
        told.say(check.input, AGREED)


def sheet_signed(told: Told, check: Any) -> None:
    sheet = told.playbook.get(check.sheet, Sheet)
    if sheet.rows_of:
        told.table(told.playbook.get(sheet.rows_of, Register), check.minimum)
    known = told.sheets.get(check.sheet, check.statements)
    told.sheets[check.sheet] = (*known, *check.statements) if known else ()


def matrix_scored(told: Told, check: Any) -> None:
    s, matrix = told.bare(), told.playbook.get(check.matrix, Matrix)
    cells = told.cells.setdefault(matrix.key, [])
    for line in matrix.requirements.values():
        for option in matrix.options.values():
            if s.applies(line) and s.applies(option):
                cells.append(
                    Cell(
                        matrix=matrix.key, requirement=line.key, option=option.key, number=4,
                        note="Seen in the documents.", link="https://example.com", version=1,
                        changed_by="u1", changed_at=NOON,
                    )
                )  # fmt: skip


def matrix_decided(told: Told, check: Any) -> None:
    matrix_scored(told, check)
    first = next(iter(told.playbook.get(check.matrix, Matrix).options))
    told.cells[check.matrix].append(
        Cell(
            matrix=check.matrix, requirement="", option="", number=None, note="It fits best.",
            chosen=[first], basis="", version=1, changed_by="u1", changed_at=NOON,
        )
    )  # fmt: skip
    told.decided.add(check.matrix)


def form_submitted(told: Told, check: Any) -> None:
    told.forms[check.form] = FormRecord(key=check.form, version=1, submitted_at=NOON)


def answer_given(told: Told, check: Any) -> None:
    told.answers[check.question] = Answer(
        key=check.question, value="It is so.", version=1, answered_by="c1", answered_at=NOON
    )
    form = told.playbook.container_of(check.question).key
    told.forms[form] = FormRecord(key=form, version=1, submitted_at=NOON)


def documents_issued(told: Told, check: Any) -> None:
    told.issued += [IssuedDocument(key=key, number=1, sha256="0" * 64) for key in check.documents]


def meetings_held(told: Told, check: Any) -> None:
    for key in check.meetings:
        told.meetings[key] = [
            MeetingRecord(
                meeting=key, number=1, planned_at=NOON, started_at=NOON, ended_at=NOON,
                attendees=["u1"], others="", brought=[], notes={}, outcomes={}, dropped="",
                version=1, changed_by="u1", changed_at=NOON,
            )
        ]  # fmt: skip


def texts_reviewed(told: Told, check: Any) -> None:
    told.texts |= set(check.texts)


def readings_taken(told: Told, check: Any) -> None:
    first = first_day("week", date.fromisoformat(EVERYTHING["go_live"]))
    for key in check.metrics:
        metric = told.playbook.get(key, Metric)
        for week in range(check.weeks):
            told.reading(metric, first + timedelta(weeks=week), Decimal(5))


def readings_met(told: Told, check: Any) -> None:
    for key in check.metrics:
        metric = told.playbook.get(key, Metric)
        told.read(metric, *figures(metric.target, good=True))


def figures(limit: Limit | None, *, good: bool) -> tuple[Decimal, ...]:
    """Readings that meet a limit, or miss it."""
    assert limit is not None
    if limit.trend:
        falls = (limit.trend == "decreasing") == good
        return (Decimal(9), Decimal(5)) if falls else (Decimal(5), Decimal(9))
    at = Decimal(AGREED) if limit.input else limit.value
    assert at is not None
    high = limit.op in (">", ">=") if good else limit.op in ("<", "<=", "=")
    return (at + 1,) if high else (at if limit.op == "=" and good else max(at - 1, Decimal(0)),)


def gates_open(told: Told, check: Any) -> None:
    for key in check.gates:
        for criterion in told.playbook.get(key, Gate).criteria.values():
            meet_criterion(told, key, criterion)


def gates_passed(told: Told, check: Any) -> None:
    gates_open(told, check)
    for key in check.gates:
        told.record(key, "decision", passes=True)


MEET: dict[str, Meet] = {
    function.__name__: function
    for function in (
        answer_given, documents_issued, form_submitted, gates_open, gates_passed, inputs_confirmed,
        layers_reconciled, matrix_decided, matrix_scored, meetings_held, readings_met,
        readings_taken, rows_at_most, rows_confirmed, rows_covered, rows_current,
        rows_equal, rows_filled, rows_in_state, rows_spread, sheet_signed,
        steps_done, texts_reviewed,
    )
} | {"no_recent_rows": nothing, "variances_explained": nothing}  # fmt: skip


def meet(told: Told, check: Any) -> None:
    """Put on record what *check* asks."""
    MEET[check.name](told, check)


def meet_criterion(told: Told, gate: str, criterion: Criterion) -> None:
    """Put on record all that one line of a gate asks, and nothing else."""
    if not told.bare().applies(criterion):
        return
    for check in criterion.checks:
        meet(told, check)
    if criterion.by == "attested":
        told.record(gate, "attestation", criterion.key)


# What keeps a check from being met, one thing at a time.

Spoil = Callable[[Told, Any], object]


def first_row(change: Callable[[Told, Any, Row], None]) -> Spoil:
    """Change the first row of the check's register."""
    return lambda told, check: change(told, check, told.rows[check.register_][0])


def put(column: Callable[[Any], str], value: Any) -> Spoil:
    """Another value in a column of the first row."""

    def change(_told: Told, check: Any, row: Row) -> None:
        row.values = {**row.values, column(check): value}

    return first_row(change)


def too_few(told: Told, check: Any) -> None:
    """Fewer rows than are asked for; those of the playbook are dropped rather than gone."""
    register = register_of(told, check)
    rows = told.rows[register.key]
    spare = [row for row in rows if not row.seed]
    while spare and len(rows) >= check.minimum:
        rows.remove(spare.pop())
    gone = next((n for n, state in register.states.items() if state.kind == "dropped"), "")
    if gone:
        for row in rows[check.minimum - 1 :]:
            row.state = gone


def may_be_too_few(told: Told, check: Any) -> bool:
    """Whether fewer rows than the least can be: more are never gone than a person may drop."""
    register = register_of(told, check)
    drops = any(state.kind == "dropped" for state in register.states.values())
    return check.minimum > 0 and (drops or not register.seeds)


def empty_cell(told: Told, check: Any) -> None:
    row = told.rows[check.register_][0]
    if check.columns[-1] == "owner":
        row.owner = ""
    elif check.columns[-1] == "due":
        row.due = None
    else:
        row.values = {**row.values, check.columns[-1]: None}


def elsewhere(told: Told, check: Any, row: Row) -> None:
    """In a live state that is not asked for."""
    states: dict[str, State] = dict(register_of(told, check).states)
    row.state = next(n for n, s in states.items() if n not in check.states and s.kind != "dropped")


def too_many(told: Told, check: Any) -> None:
    """One more row in a state than there may be."""
    register = register_of(told, check)
    most = int(AGREED) if check.input else check.maximum
    rows = told.rows.setdefault(register.key, [])
    for _ in range(most + 1):
        rows.append(told.row(register, {}))
        rows[-1].state = check.states[0]


def one_over(told: Told, check: Any) -> None:
    """More rows than may be."""
    told.table(register_of(told, check), check.maximum + 1)
    rows_equal(told, check)


def recent(told: Told, check: Any) -> None:
    """Such a row today."""
    register = register_of(told, check)
    said = {check.column: check.value, check.date_column: TODAY.isoformat()}
    told.rows.setdefault(register.key, []).append(told.row(register, said))


def just_live(told: Told, check: Any) -> None:
    """One day short of the days that must have passed since go-live."""
    told.say("profile.go_live", (TODAY - timedelta(days=check.days - 1)).isoformat())


def unsaid_step(told: Told, check: Any) -> None:
    """The first step open again, or what ticks it taken back."""
    _, found = next(steps_asked(told, check))
    if found.done_when:
        next(iter(SPOIL[found.done_when[0].name].values()))(told, found.done_when[0])
    else:
        told.steps[found.key].state = "doing"


def last_step(told: Told, check: Any) -> None:
    """The last step never touched, or what ticks it taken back."""
    _, found = list(steps_asked(told, check))[-1]
    if found.done_when:
        next(iter(SPOIL[found.done_when[-1].name].values()))(told, found.done_when[-1])
    else:
        del told.steps[found.key]


def first_role(told: Told, check: Any) -> str:
    return f"{check.sheet} {told.playbook.get(check.sheet, Sheet).roles[0]}"


def first_section(told: Told, check: Any) -> str:
    return next(iter(told.playbook.get(check.texts[0], Writing).sections))


def missed(told: Told, check: Any) -> None:
    metric = told.playbook.get(check.metrics[0], Metric)
    del told.readings[metric.key]
    limit = metric.red_flag if check.watch else metric.target
    told.read(metric, *figures(limit, good=check.watch))


def not_decided(told: Told, check: Any) -> None:
    told.cells[check.matrix].pop()
    told.undecided.add(check.matrix)


def shut_gate(told: Told, check: Any) -> None:
    """What the first line of the named gate rests on is not there any more."""
    criterion = next(iter(told.playbook.get(check.gates[0], Gate).criteria.values()))
    next(iter(SPOIL[criterion.checks[0].name].values()))(told, criterion.checks[0])


def all_of_one(told: Told, check: Any) -> None:
    """Every row names the same."""
    rows = told.rows[check.register_]
    for row in rows:
        row.values = {**row.values, check.column: rows[0].values[check.column]}


def of_nothing(_told: Told, check: Any, row: Row) -> None:
    row.values = {**row.values, check.column: []}


def last_date(told: Told, check: Any) -> None:
    """The day before the last that would do."""
    at = TODAY - timedelta(days=1 if check.days is None else check.days + 1)
    told.rows[check.register_] = told.table(register_of(told, check), 1)
    put(lambda check: check.column, at.isoformat())(told, check)


def no_date(told: Told, check: Any) -> None:
    told.rows[check.register_] = told.table(register_of(told, check), 1)
    put(lambda check: check.column, None)(told, check)


def a_new_line(told: Told, check: Any) -> None:
    register = register_of(told, check)
    told.rows[register.key].append(told.row(register, {}))


def covered_by_nobody(told: Told, check: Any) -> None:
    for row in told.rows[check.by]:
        row.values = {**row.values, check.column: []}


def reconciled(**otherwise: Any) -> Spoil:
    """The last layer's reconciliation is another."""

    def spoil(told: Told, _check: Any) -> None:
        told.reconciled[-1] = replace(told.reconciled[-1], **otherwise)

    return spoil


def a_new_period(told: Told, check: Any) -> None:
    register = register_of(told, check)
    told.rows[register.key].append(told.row(register, {check.column: "2027-04"}))


SPOIL: dict[str, dict[str, Spoil]] = {
    "inputs_confirmed": {
        "assumed": lambda told, check: setattr(
            told.inputs[inputs_asked(told, check)[-1].key], "standing", "ASSUMED"
        ),
        "unknown": lambda told, check: setattr(
            told.inputs[inputs_asked(told, check)[-1].key], "value", None
        ),
    },
    "steps_done": {"first_open": unsaid_step, "last_untouched": last_step},
    "rows_filled": {"empty_cell": empty_cell, "too_few": too_few},
    "rows_in_state": {"elsewhere": first_row(elsewhere), "too_few": too_few},
    "rows_confirmed": {
        "assumed": first_row(lambda _told, _check, row: setattr(row, "standing", "ASSUMED")),
        "too_few": too_few,
    },
    "rows_equal": {
        "a_minor_unit_over": put(lambda check: str(check.right), "USD 100.01"),
        "a_minor_unit_under": put(lambda check: str(check.right), "USD 99.99"),
        "another_currency": put(lambda check: str(check.right), "EUR 100.00"),
        "unknown": put(lambda check: str(check.right), None),
        "too_few": too_few,
        "too_many": one_over,
    },
    "rows_at_most": {"one_too_many": too_many},
    "rows_current": {"ran_out": last_date, "no_date": no_date},
    "variances_explained": {
        "one_open": lambda told, check: told.reconciled.append(
            Newest(1, check.purposes[0], "Ledger", "Oct 2026", 1)
        ),
    },
    "layers_reconciled": {
        "none": lambda told, _check: told.reconciled.clear(),
        "one_less": lambda told, _check: told.reconciled.pop(),
        "unexplained": reconciled(open=1),
        "empty": reconciled(total=0),
        "of_another_period": reconciled(period="Another"),
        "of_another_kind": reconciled(purpose="monthly"),
        "a_new_period": a_new_period,
        "no_period": lambda told, check: told.rows.pop(check.register_),
    },
    "rows_spread": {"all_of_one": all_of_one, "of_nothing": first_row(of_nothing)},
    "rows_covered": {"a_new_line": a_new_line, "nobody": covered_by_nobody},
    "no_recent_rows": {"today": recent, "too_early": just_live},
    "sheet_signed": {
        "unsigned": lambda told, check: told.unsigned.add(first_role(told, check)),
        "refused": lambda told, check: told.refused.add(first_role(told, check)),
        "stale": lambda told, check: told.changed.add(check.sheet),
    },
    "matrix_decided": {
        "undecided": not_decided,
        "no_reason": lambda told, check: setattr(told.cells[check.matrix][-1], "note", " "),
        "stale": lambda told, check: told.undecided.add(check.matrix),
        "unscored": lambda told, check: told.cells[check.matrix].pop(0),
    },
    "matrix_scored": {"unscored": lambda told, check: told.cells[check.matrix].pop(0)},
    "form_submitted": {"not_sent": lambda told, check: told.forms.pop(check.form)},
    "answer_given": {"unanswered": lambda told, check: told.answers.pop(check.question)},
    "documents_issued": {
        "none": lambda told, _check: told.issued.clear(),
        "being_printed": lambda told, _check: setattr(told.issued[0], "sha256", None),
    },
    "meetings_held": {
        "not_held": lambda told, check: told.meetings.pop(check.meetings[0]),
        "nobody_came": lambda told, check: setattr(
            told.meetings[check.meetings[0]][0], "attendees", []
        ),
    },
    "texts_reviewed": {
        "unread": lambda told, check: told.unread.add(first_section(told, check)),
        "changed": lambda told, check: told.changed.add(first_section(told, check)),
    },
    "readings_taken": {
        "a_week_missing": lambda told, check: told.readings[check.metrics[0]].pop(1),
        "never_read": lambda told, check: told.readings.pop(check.metrics[-1]),
    },
    "readings_met": {
        "missed": missed,
        "unread": lambda told, check: told.readings.pop(check.metrics[0]),
    },
    "gates_open": {"shut": shut_gate},
    "gates_passed": {
        "stale": shut_gate,
        "not_passed": lambda told, _check: told.gate_records.__setitem__(
            slice(None), [r for r in told.gate_records if r.kind != "decision"]
        ),
    },
}


def can_be(told: Told, check: Any, spoil: str) -> bool:
    """Whether a check can be spoilt so: fewer rows than the playbook itself has may not be."""
    if spoil == "too_few":
        return may_be_too_few(told, check)
    if spoil == "empty_cell":
        return bool(check.columns)
    return True
