"""The assessment as keyed entries, in words: what a version freezes and a comparison compares.

An entry has ``group`` (what it belongs to), ``title``, ``fields`` (text by name, names being those
of the group's labels), ``standing`` and the record behind it: ``source``, ``by`` (a person's ref),
``at`` and ``in`` (a meeting's key). Persons stand as refs, so that a version holds no names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from phases.core.models import ASSUMED
from phases.mechanisms.matrix.queries import MatrixView, matrix_view
from phases.mechanisms.register.models import Row
from phases.mechanisms.register.queries import RowView, live_rows
from phases.mechanisms.sheet.content import wording_of
from phases.mechanisms.situation import Situation
from phases.strategy.versions import frame
from playbook.models import Input, Matrix, Register
from playbook.recommend import recommendations

Entry = dict[str, Any]
Keyed = Iterator[tuple[str, Entry]]

INPUTS, RECOMMENDED = "inputs", "recommended"
OWNER, DUE, STATE = "@owner", "@due", "@state"
"""The common columns of a register, beside its own."""
COMMON = {OWNER: "Owner", DUE: "Due", STATE: "State"}
STRONGEST = 3
"""How many requirements are named as what speaks for the option that leads."""


def entries(s: Situation) -> dict[str, Entry]:
    """Every entry of the assessment as *s* has it."""
    return dict(_entries(s))


def groups(s: Situation) -> dict[str, dict[str, Any]]:
    """What entries belong to: title, the place below the engagement, and the labels of fields."""
    found = {
        INPUTS: _group("Inputs", "inputs", {"value": "Value"}),
        RECOMMENDED: _group("Recommended", "profile", {"value": "Option", "reasons": "Because"}),
    }
    for one in frame.registers(s):
        labels = {name: column.title for name, column in one.columns.items()} | COMMON
        found[one.key] = _group(s.plain(one.title), f"register/{one.key}", labels)
    for matrix in frame.matrices(s):
        options = {key: s.plain(option.title) for key, option in matrix.options.items()}
        labels = {"weight": "Weight", **options, **DECISION}
        found[matrix.key] = _group(s.plain(matrix.title), f"matrix/{matrix.key}", labels)
    for sheet, _ in frame.definitions(s):
        found[sheet.key] = _group(s.plain(sheet.title), f"sheet/{sheet.key}", {"text": "Wording"})
    for writing in frame.writings(s):
        labels = {"text": "Text"}
        found[writing.key] = _group(s.plain(writing.title), f"text/{writing.key}", labels)
    return found


DECISION = {
    "leads": "Leads", "score": "Score", "because": "Because", "decision": "Decision",
    "reason": "Reason", "dissent": "Dissent",
}  # fmt: skip


def _group(title: str, place: str, labels: dict[str, str]) -> dict[str, Any]:
    """JSON sorts keys, so labels are kept as pairs, in order."""
    return {"title": title, "place": place, "labels": [[n, t] for n, t in labels.items()]}


def _entry(group: str, title: str, fields: dict[str, Any], standing: str = "", *,
           source: str = "", by: str = "", at: Any = None, meeting: str = "") -> Entry:  # fmt: skip
    said = {name: str(text) for name, text in fields.items() if text not in ("", None)}
    return {
        "group": group, "title": title, "fields": said, "standing": standing, "source": source,
        "by": by, "at": at.isoformat() if at else "", "in": meeting,
    }  # fmt: skip


def _entries(s: Situation) -> Keyed:
    for item in frame.inputs(s):
        yield from _input(s, item)
    yield from _recommended(s)
    for register in frame.registers(s):
        yield from _rows(s, register)
    for matrix in frame.matrices(s):
        if s.records.cells.get(matrix.key):
            yield from _matrix(s, matrix)
    yield from _texts(s)


def _texts(s: Situation) -> Keyed:
    """Definitions as they read here, and sections that somebody has edited."""
    for sheet, statements in frame.definitions(s):
        for one in statements:
            fields = {"text": wording_of(s, one)}
            yield f"wording/{one.key}", _entry(sheet.key, s.plain(one.title), fields)
    for writing in frame.writings(s):
        for passage in writing.sections.values():
            kept = s.records.passages.get(passage.key)
            if kept is not None and kept.text is not None and s.applies(passage):
                fields = {"text": kept.text}
                yield f"text/{passage.key}", _entry(writing.key, s.plain(passage.title), fields)


def _input(s: Situation, item: Input) -> Keyed:
    said, shown = s.records.inputs.get(item.key), s.shown(item.key)
    if not shown:
        return
    fields = {"value": shown}
    if said is None:
        yield f"input/{item.key}", _entry(INPUTS, s.plain(item.title), fields, ASSUMED)
        return
    yield f"input/{item.key}", _entry(
        INPUTS, s.plain(item.title), fields, said.standing or ASSUMED, source=said.source or "",
        by=said.standing_by or said.changed_by or "", at=said.standing_at,
        meeting=said.standing_in or "",
    )  # fmt: skip


def _recommended(s: Situation) -> Keyed:
    """Options of the profile that the rest of it speaks for, with the reasons."""
    for name, found in recommendations(s.playbook, s.profile).items():
        item = s.playbook.get(found.input, Input)
        fields = {"value": s.plain(found.title), "reasons": "\n".join(map(s.plain, found.reasons))}
        yield f"recommended/{name}", _entry(RECOMMENDED, s.plain(item.title), fields)


def _rows(s: Situation, register: Register) -> Keyed:
    """Rows that somebody has said something of."""
    stored = {f"r{row.id}": row for row in s.records.rows.get(register.key, [])}
    for view in live_rows(s, register):
        if view.ref in stored:
            name = view.seed or view.ref
            yield f"row/{register.key}/{name}", _row(register, view, stored[view.ref])


def _row(register: Register, view: RowView, row: Row) -> Entry:
    fields: dict[str, Any] = {name: view.shown[name] for name in register.columns}
    fields |= {OWNER: view.owner, DUE: view.due or "", STATE: view.state_label}
    return _entry(
        register.key, view.title, fields, view.standing if register.standing else "",
        by=row.standing_by or "", at=row.standing_at, meeting=row.standing_in or "",
    )  # fmt: skip


def _matrix(s: Situation, matrix: Matrix) -> Keyed:
    view = matrix_view(s, matrix)
    for line in view.lines:
        scores = {one.option: one.number for one in line.cells if one.number and one.counts}
        fields = {"weight": line.weight, **scores}
        yield f"weight/{matrix.key}/{line.key}", _entry(matrix.key, line.title, fields)
    if leads := _leader(view):
        yield f"leader/{matrix.key}", _entry(matrix.key, "Recommended by the scores", leads)
    if view.decision:
        dissent = "; ".join(one.why for one in view.decision.dissent)
        decided = {"decision": view.decision.titles, "reason": view.decision.reason}
        yield (
            f"decision/{matrix.key}",
            _entry(matrix.key, "Decision", decided | {"dissent": dissent}),
        )


def _leader(view: MatrixView) -> dict[str, Any]:
    """The option that leads, or all that share the lead, and what speaks for it most."""
    leaders = view.ranking.leaders
    if not leaders:
        return {}
    strongest = sorted(leaders[0].contributions, key=lambda one: one.points, reverse=True)
    because = ", ".join(f"{one.title} {one.points}" for one in strongest[:STRONGEST])
    titles = " and ".join(one.title for one in leaders)
    return {"leads": titles, "score": leaders[0].score, "because": because}
