"""What several documents say: facts with their standing, people, registers as tables, approvals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from deliverables import blocks
from deliverables.blocks import Block, Cell, Section
from phases.core.models import CONFIRMED
from phases.mechanisms.checklist.queries import StepView, live_steps
from phases.mechanisms.drawing import INSIDE
from phases.mechanisms.register.queries import RowView, live_rows
from phases.mechanisms.register.values import is_inside
from phases.mechanisms.situation import Situation
from playbook.models import Checklist, Input, Register

Rows = list[RowView]
Draw = Callable[[RowView], Cell | str]


def day(value: date | datetime | str | None, s: Situation | None = None) -> str:
    """A date as ``20 Nov 2026``; an instant by the calendar of the engagement."""
    if not value:
        return ""
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    if isinstance(value, datetime) and s is not None:
        value = value.astimezone(ZoneInfo(s.engagement.time_zone))
    return f"{value.day} {value:%b %Y}"


def title_of(s: Situation, key: str) -> str:
    """An item's title; its key if this playbook has none."""
    item = s.playbook.items.get(key)
    return s.plain(item.title) if item else key


# --- facts ----------------------------------------------------------------------------------------


def fact(s: Situation, key: str, label: str = "") -> tuple[str, Cell] | None:
    """The input *key* as a labelled value with its standing; None where it does not apply."""
    item = s.playbook.items.get(key)
    if not isinstance(item, Input) or not s.applies(item):
        return None
    said = s.records.inputs.get(key)
    shown = s.shown(key)
    label = label or s.plain(item.title)
    if not shown:
        return label, blocks.absent()
    if item.type == "date":
        shown = day(shown)
    elif item.type == "percent":
        shown += "%"
    if said is None:
        return label, blocks.cell(shown, standing="ASSUMED")
    return label, blocks.cell(shown, standing=said.standing or "ASSUMED", by=confirmation(s, said))


def confirmation(s: Situation, said: Any) -> str:
    """By whom and when a value was confirmed."""
    if said.standing != CONFIRMED:
        return ""
    who = s.people.name(said.standing_by or "") or "somebody"
    return f"{who}, {day(said.standing_at, s)}" if said.standing_at else who


def known_facts(s: Situation, keys: Iterable[str | tuple[str, str]]) -> Block:
    """The inputs that apply, in the order given."""
    found = [fact(s, *((key,) if isinstance(key, str) else key)) for key in keys]
    return blocks.facts(part for part in found if part is not None)


# --- registers ------------------------------------------------------------------------------------


def rows_of(s: Situation, key: str) -> Rows:
    """The rows of a register that count; none where the playbook has no such register."""
    register = s.playbook.items.get(key)
    if not isinstance(register, Register) or not s.applies(register):
        return []
    return live_rows(s, register)


def applies(s: Situation, key: str) -> bool:
    """Whether the playbook has the item *key* and it applies here."""
    item = s.playbook.items.get(key)
    return item is not None and s.applies(item)


def value(name: str, note: str = "", *, markdown: bool = False) -> Draw:
    """Draws a column, with another one small beneath it."""

    def draw(row: RowView) -> Cell:
        shown = row.shown.get(name, "")
        if not shown:
            return blocks.absent("Not said")
        return blocks.cell(shown, note=row.shown.get(note, "") if note else "", markdown=markdown)

    return draw


def soft(name: str) -> Draw:
    """Draws a column that may well be empty."""
    return lambda row: blocks.cell(row.shown.get(name, ""))


def link(name: str, words: str = "Evidence") -> Draw:
    """Draws a column of addresses."""

    def draw(row: RowView) -> Cell:
        address = row.shown.get(name, "")
        if is_inside(address):
            return blocks.cell(INSIDE.text)
        return blocks.cell(words, href=address) if address else blocks.absent("None yet")

    return draw


def state(row: RowView) -> Cell:
    """Draws the row's state."""
    return blocks.cell(row.state_label, state=row.state_kind)


def titled(row: RowView) -> Cell:
    """Draws the row's title with its standing."""
    return blocks.cell(row.title)


def standing(s: Situation) -> Draw:
    """Draws who confirmed the row and when, or that nobody has."""

    def draw(row: RowView) -> Cell:
        if row.standing == CONFIRMED:
            at = (
                f"{row.standing_by}, {day(row.standing_at, s)}"
                if row.standing_at
                else row.standing_by
            )
            return blocks.cell("", note=at, standing="CONFIRMED")
        return blocks.cell("", standing="ASSUMED")

    return draw


def state_and_standing(s: Situation) -> Draw:
    """Draws the row's state, and below it who confirmed the row, or that nobody has."""
    drawn = standing(s)

    def draw(row: RowView) -> Cell:
        found = drawn(row)
        assert isinstance(found, dict)
        note = f"CONFIRMED {found['note']}" if row.standing == CONFIRMED else ""
        mark = "" if row.standing == CONFIRMED else row.standing
        return blocks.cell(row.state_label, state=row.state_kind, standing=mark, note=note)

    return draw


def register_table(
    caption: str, rows: Rows, columns: Sequence[tuple[str, Draw]], widths: Sequence[float] = ()
) -> Block:
    """Rows as a table, a column for each (title, how it is drawn) in which anything stands."""
    heads = [title for title, _ in columns]
    body = [[draw(row) for _, draw in columns] for row in rows]
    return blocks.filled(blocks.table(caption, heads, body, widths))


def or_missing(
    rows: Sequence[Any], block: Callable[[], Block], sentence: str, place: str = ""
) -> Block:
    """The block, or the sentence that says what is not there yet."""
    return block() if rows else blocks.missing(sentence, place)


def steps_of(s: Situation, key: str) -> list[StepView]:
    """The steps of a checklist that apply."""
    checklist = s.playbook.items.get(key)
    return live_steps(s, checklist) if isinstance(checklist, Checklist) else []


STEP_STATES = {
    "done": "done",
    "failed": "bad",
    "blocked": "bad",
    "doing": "waiting",
    "todo": "open",
    "dropped": "dropped",
}


def step_state(step: StepView) -> Cell:
    """A step's state with its mark; a test that is done has passed."""
    words = "Passed" if step.test and step.state == "done" else step.label
    return blocks.cell(words, state=STEP_STATES[step.state])


def proof(note: str, evidence: str) -> Cell:
    """A note and the link that proves it."""
    if evidence.startswith("https://"):
        return blocks.cell("Evidence", href=evidence, note=note)
    if is_inside(evidence):
        return blocks.cell(INSIDE.text, note=note)
    return blocks.cell(evidence or note) if evidence or note else blocks.absent("None yet")


# --- people, approvals, open matters --------------------------------------------------------------


def people(s: Situation) -> Block:
    """Who is who on both sides; not whoever only helped out with homework."""
    roles = {slug: role.title for slug, role in s.playbook.roles.items()}
    rows = [
        [member.user.name, roles.get(member.role, member.role), s.firm, member.user.email]
        for member in s.records.members
    ]
    rows += [
        [
            contact.name,
            contact.title or roles.get(contact.role, contact.role),
            s.engagement.customer,
            contact.email,
        ]
        for contact in s.records.contacts
        if contact.role
    ]
    if not rows:
        return blocks.missing("No people are recorded yet: see People.", "people")
    return blocks.table("People", ["Name", "Role", "Of", "E-mail"], rows, (22, 23, 19, 36))


def approvals(s: Situation, sheets: Sequence[str]) -> list[Block]:
    """The gates that were passed, and who signed the *sheets*."""
    rows = []
    for record in s.records.gate_records:
        if record.kind != "decision":
            continue
        gate = s.playbook.items.get(record.gate)
        outcome = getattr(gate, "outcomes", {}).get(record.outcome)
        rows.append(
            [
                s.plain(gate.title) if gate else record.gate,
                outcome.title if outcome else record.outcome,
                blocks.cell(s.people.name(record.by)),
                day(record.at, s),
                record.note or "",
            ]
        )
    found: list[Block] = []
    if rows:
        found.append(
            blocks.table("Decisions at gates", ["Gate", "Decision", "By", "On", "Note"], rows)
        )
    else:
        found.append(blocks.missing("No gate has been decided yet."))
    signed = _signatures(s, sheets)
    if signed:
        found.append(
            blocks.table("Sign-offs", ["Sheet", "Role", "Name", "Approved", "Last on"], signed)
        )
    else:
        found.append(blocks.missing("Nobody has signed anything yet."))
    return found


def _signatures(s: Situation, sheets: Sequence[str]) -> list[list[Cell | str]]:
    """A line for each sheet and signer: how many statements they approved last, and when."""
    rows: list[list[Cell | str]] = []
    for key in sheets:
        last = {
            (said.statement, said.role): said for said in s.records.sign_offs if said.sheet == key
        }
        for role in dict.fromkeys(role for _, role in last):
            own = [said for (_, by), said in last.items() if by == role]
            newest = max(own, key=lambda said: said.at)
            yes = sum(said.approved for said in own)
            title = s.playbook.roles[role].title if role in s.playbook.roles else role
            rows.append(
                [title_of(s, key), title, newest.name, f"{yes} of {len(own)}", day(newest.at, s)]
            )
    return rows


def open_rows(rows: Rows) -> Rows:
    """Those in no final state."""
    return [row for row in rows if row.state_kind not in ("done", "dropped")]


def open_matters(s: Situation) -> list[Block]:
    """What is still open: gaps, issues, risks."""
    gaps = open_rows(rows_of(s, "Q9.register.gaps"))
    issues = open_rows(rows_of(s, "Q18.register.issues"))
    risks = [row for row in open_rows(rows_of(s, "Q24.register.risks")) if row.version]
    found = []
    if gaps:
        found.append(
            register_table(
                "Gaps not closed",
                gaps,
                [
                    ("Gap", titled),
                    ("Severity", value("severity")),
                    ("Plan", value("plan")),
                    ("State", state),
                ],
                (34, 18, 33, 15),
            )
        )
    if issues:
        found.append(
            register_table(
                "Issues not closed",
                issues,
                [
                    ("Issue", titled),
                    ("Found", value("found_on")),
                    ("Severity", value("severity")),
                    ("Cause", value("cause")),
                    ("State", state),
                ],
                (32, 13, 12, 28, 15),
            )
        )
    if risks:
        found.append(
            register_table(
                "Risks being watched",
                risks,
                [("Risk", titled), ("Counter-measure", value("counter")), ("State", state)],
                (34, 48, 18),
            )
        )
    return found or [blocks.text("No gap, issue or risk is open.")]


# --- the whole ------------------------------------------------------------------------------------


def document(s: Situation, key: str, sections: Sequence[Section | None]) -> dict[str, Any]:
    """The context of the document *key*: what it is, its sections, and what they lack."""
    item = s.playbook.get(key)
    parts = [part for part in sections if part]
    missing, assumed = blocks.gaps(parts), blocks.assumed(parts)
    return {
        "key": key,
        "title": s.plain(item.title),
        "text": s.plain(item.text),
        "used_for": getattr(item, "used_for", ""),
        "customer": s.engagement.customer,
        "firm": s.firm,
        "country": s.engagement.country,
        "cover": [
            {"label": "Method", "text": f"{s.playbook.title}, version {s.playbook.version}"},
            {"label": "Prepared by", "text": s.names_of("architect") or s.firm},
        ],
        "sections": parts,
        "missing": missing,
        "assumed": assumed,
        "counts": {"missing": len(missing), "assumed": len(assumed)},
    }
