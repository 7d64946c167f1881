"""How documents draw the method itself: phases, gates, meetings, guidance, roles, documents."""

from __future__ import annotations

from deliverables import blocks
from deliverables.blocks import Block, Cell
from deliverables.contexts import parts
from deliverables.contexts.layout import Ask, laid_out, table
from phases.mechanisms import parts as neutral
from phases.mechanisms.situation import Situation
from playbook.models import (
    Category,
    Document,
    Gate,
    Guide,
    Meeting,
    Phase,
    Point,
    SubPhase,
    Trigger,
)


def phases(ask: Ask) -> list[Block]:
    s = ask.s
    rows = []
    for item in ask.items:
        assert isinstance(item, Phase)
        how = s.applicability(item)
        codes = [_marked(s, sub) for sub in s.playbook.subphases if sub.phase == item.slug]
        rows.append([
            blocks.cell(f"{item.number} {s.plain(item.title)}"), blocks.cell(s.plain(item.weight)),
            _mode(how.mode, how.reason), blocks.cell(", ".join(codes)),
            blocks.cell(s.plain(item.output)),
        ])  # fmt: skip
    heads = ["Phase", "Weight", "Runs", "Sub-phases", "Output"]
    return [blocks.table("", heads, rows, (13, 9, 22, 26, 30))]


def _marked(s: Situation, item: SubPhase) -> str:
    """A sub-phase's code and title, with LIGHT or SKIP where it does not run in full."""
    how = s.applicability(item)
    mode = how.mode if how.applies else "skip"
    return f"{item.code} {s.plain(item.title)}" + ("" if mode == "full" else f" ({mode.upper()})")


def _mode(mode: str, reason: str) -> Cell:
    if mode == "full":
        return blocks.cell("In full", state="done")
    return blocks.cell(mode.upper(), note=reason, state="dropped" if mode == "skip" else "waiting")


def subphases(ask: Ask) -> list[Block]:
    s = ask.s
    rows = []
    for item in ask.items:
        assert isinstance(item, SubPhase)
        how = s.applicability(item)
        mode = how.mode if how.applies else "skip"
        rows.append([
            blocks.cell(f"{item.code} {s.plain(item.title)}"), _mode(mode, how.reason),
            blocks.cell(s.plain(item.purpose)),
        ])  # fmt: skip
    return [blocks.table("", ["Sub-phase", "Runs", "Purpose"], rows, (24, 28, 48))]


def triggers(ask: Ask) -> list[Block]:
    s = ask.s
    rows = [
        [
            blocks.cell(s.plain(one.title)), blocks.cell(s.plain(one.threshold)),
            blocks.cell(s.text(one.response), markdown=True),
        ]
        for one in ask.items
        if isinstance(one, Trigger) and s.applies(one)
    ]  # fmt: skip
    heads = ["Condition", "Threshold", "Response"]
    return [blocks.table("", heads, rows, (24, 32, 44))] if rows else []


def guides(ask: Ask) -> list[Block]:
    s = ask.s
    found: list[Block] = []
    for item in ask.items:
        assert isinstance(item, Guide)
        if not s.applies(item):
            continue
        if len(ask.items) > 1:
            found.append(blocks.heading(s.plain(item.title)))
        points = [one for one in item.items.values() if s.applies(one)]
        rows = [
            [blocks.cell(s.plain(one.title)), blocks.cell(s.text(one.text), markdown=True)]
            for one in points
        ]
        found.append(blocks.table("", ["What", "What it means"], rows, (32, 68)))
    return found


def gates(ask: Ask) -> list[Block]:
    s = ask.s
    rows = []
    for item in ask.items:
        assert isinstance(item, Gate)
        decided = [r for r in s.records.gate_records if r.gate == item.key and r.kind == "decision"]
        rows += [
            [
                blocks.cell(s.plain(item.title)),
                blocks.cell(
                    item.outcomes[r.outcome].title if r.outcome in item.outcomes else r.outcome,
                    state="done" if r.passes else "waiting",
                ),
                blocks.cell(s.people.name(r.by)), blocks.cell(parts.day(r.at, s)),
            ]
            for r in decided
        ]  # fmt: skip
        if not decided and s.applies(item):
            rows.append([
                blocks.cell(s.plain(item.title)), blocks.cell("Not decided yet", state="open"),
                blocks.cell(""), blocks.cell(""),
            ])  # fmt: skip
    found = [blocks.table("", ["Gate", "Decision", "By", "On"], rows, (30, 32, 22, 16))]
    return [*found, *_said_of_lines(ask)] if ask.look.shows == "report" else found


SAID = {"attestation": "Attested", "waiver": "Waived"}
"""What a person may say of a line of a gate, and how it reads."""


def _said_of_lines(ask: Ask) -> list[Block]:
    """Lines that stand on somebody's word: attested, or waived until a day; as far as they hold."""
    s = ask.s
    gates = {item.key: item for item in ask.items if isinstance(item, Gate)}
    rows = [
        [
            blocks.cell(s.plain(gates[r.gate].criteria[r.criterion].title)),
            blocks.cell(SAID[r.kind], state="done" if r.kind == "attestation" else "watch",
                        note=f"Until {parts.day(r.expires_on)}" if r.expires_on else ""),
            blocks.cell(s.people.name(r.by), note=parts.day(r.at, s)),
            parts.proof(r.note or "", r.evidence or ""),
        ]
        for r in s.records.gate_records
        if r.kind in SAID and r.ended_at is None
        and r.gate in gates and r.criterion in gates[r.gate].criteria
    ]  # fmt: skip
    caption = "Lines that stand on somebody's word"
    heads = ["Line", "How", "By", "Note and evidence"]
    return [blocks.table(caption, heads, rows, (36, 14, 20, 30))] if rows else []


def meetings(ask: Ask) -> list[Block]:
    """On slides what will be done; elsewhere what was."""
    s = ask.s
    found: list[Block] = []
    for item in ask.items:
        assert isinstance(item, Meeting)
        if ask.look.shows == "slides":
            found.append(_agenda(s, item))
        else:
            came = laid_out(neutral.blocks(s, item.key), ask.look, ask.title)
            if len(ask.items) > 1 and any(block["kind"] != "missing" for block in came):
                found.append(blocks.heading(s.plain(item.title)))
            found += came
    return found


def _agenda(s: Situation, item: Meeting) -> Block:
    rows = [
        [
            blocks.cell(_minutes(one)),
            blocks.cell(s.plain(one.title)),
        ]
        for one in item.agenda.values()
        if s.applies(one)
    ]  # fmt: skip
    return blocks.table("", ["When", "What"], rows, (20, 80))


def _minutes(line: Point) -> str:
    return f"{line.from_minute}–{line.to_minute} min" if line.to_minute else "At the end"


def documents(ask: Ask) -> list[Block]:
    s = ask.s
    rows = []
    for item in ask.items:
        assert isinstance(item, Document)
        copies = [copy for copy in s.records.issued if copy.key == item.key]
        state = (
            blocks.cell(f"Issued, no. {copies[-1].number}", state="done",
                        note=parts.day(copies[-1].issued_at, s))
            if copies else blocks.cell("Not issued yet", state="open")
        )  # fmt: skip
        rows.append([blocks.cell(s.plain(item.title)), blocks.cell(s.plain(item.used_for)), state])
    return [table("", ["Document", "Used for", "State"], rows, ask.look)]


def categories(ask: Ask) -> list[Block]:
    s = ask.s
    chosen = s.profile.get("category")
    phases = s.playbook.phases
    rows = []
    for item in ask.items:
        assert isinstance(item, Category)
        own = item.key.rpartition(".")[2] == chosen
        rows.append([
            blocks.cell(s.plain(item.title), state="done" if own else "",
                        note="This project" if own else ""),
            *(blocks.cell(_range(item.weights.get(phase.slug))) for phase in phases),
            blocks.cell(", ".join(item.examples)),
        ])  # fmt: skip
    heads = ["Category", *(s.plain(phase.title) for phase in phases), "Examples"]
    return [table("", heads, rows, ask.look)]


def _range(weights: tuple[int, int] | None) -> str:
    return f"{weights[0]}–{weights[1]}%" if weights else "–"


def roles(ask: Ask) -> list[Block]:
    """Who plays them: a line for each person, one that says so where there is nobody."""
    s = ask.s
    rows: list[list[Cell]] = []
    for item in ask.items:
        slug = item.key.removeprefix("role.")
        people = [(m.user.name, m.user.email) for m in s.records.members if m.role == slug]
        people += [(c.name, c.email) for c in s.records.contacts if c.role == slug]
        head = blocks.cell(s.plain(item.title))
        rows += [[head, blocks.cell(name), blocks.cell(mail)] for name, mail in people] or [
            [head, blocks.absent("Nobody named"), blocks.cell("")]
        ]
    return [blocks.table("", ["Role", "Name", "E-mail"], rows, (22, 25, 53))]
