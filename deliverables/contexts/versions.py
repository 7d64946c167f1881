"""The assessment as a document, as it stands now or as a version: with what changed before it."""

from __future__ import annotations

from collections.abc import Iterable

from deliverables import blocks
from deliverables.blocks import Block, Cell, Context, Section
from deliverables.contexts import parts
from deliverables.contexts.drawn import sections_of
from phases.core.models import AssessmentVersion
from phases.mechanisms.inputs.queries import InputView, input_view
from phases.mechanisms.situation import Situation
from phases.strategy.versions import frame, queries
from phases.strategy.versions.compare import KINDS
from phases.strategy.versions.entries import RECOMMENDED, Entry, entries
from phases.strategy.versions.queries import NOW, ChangeView, Comparison
from playbook.models import Document

MOST_FIELDS = 4
"""How many fields of an entry that was added are told."""
STATES = {
    "corrected": "waiting", "confirmed": "done", "reopened": "open", "added": "done",
    "removed": "dropped", "noted": "open",
}  # fmt: skip


def assessment(s: Situation, item: Document) -> Context:
    """The assessment as *s* has it: what changed, what is recommended, its parts, every input."""
    first = [part for part in (_changed(s), _recommended(s)) if part]
    return parts.document(s, item.key, [*first, *sections_of(s, item), _inputs(s)])


def cut_mark(s: Situation, row: AssessmentVersion) -> dict[str, str]:
    """What a cut version says of itself in the place of the number of an issued copy."""
    at = parts.day(row.at, s)
    after = f", after {parts.title_of(s, row.meeting)}" if row.meeting else ""
    return {"name": row.name, "on": at, "words": f"{row.name}, cut {at}{after}",
            "by": s.people.name(row.by), "sha256": row.sha256}  # fmt: skip


def _inputs(s: Situation) -> Section:
    """Every input with its standing and its source."""
    known = [view for item in frame.inputs(s) if (view := input_view(s, item)).known]
    rows: list[list[Cell | str]] = [[view.title, _value(s, view), view.source] for view in known]
    none = blocks.missing("No input has a value yet.", "inputs")
    heads = ["Input", "Value", "Source"]
    found = blocks.table("", heads, rows, (28, 44, 28)) if rows else none
    return blocks.section(
        "inputs", "What it rests on", found, lead="Every fact with its standing and its source.",
    )  # fmt: skip


def _value(s: Situation, view: InputView) -> Cell:
    by = f"{view.standing_by}, {parts.day(view.standing_at, s)}" if view.confirmed else ""
    note = ", ".join(part for part in (by, view.meeting) if part)
    return blocks.cell(
        view.shown, standing=view.standing, note=f"CONFIRMED by {note}" if note else ""
    )


def _changed(s: Situation) -> Section | None:
    """What changed since the version before; none in the first."""
    if not s.records.versions:
        return None
    last = s.records.versions[-1]
    found = queries.comparison(s, queries.side(s, last.name), queries.side(s, NOW))
    rows = [_change(s, group.title, one) for group in found.groups for one in group.changes]
    heads = ["What", "Change", "Before", "Now", "On whose word"]
    table = blocks.table("", heads, rows, (24, 14, 23, 25, 14)) if rows else None
    same = None if rows else blocks.text(f"Nothing has changed since {last.name}.")
    return blocks.section(
        "changed", f"What changed since {last.name}", table, same, *_reordered(found),
        lead=_sum(found),
    )  # fmt: skip


def _sum(found: Comparison) -> str:
    said = [f"{found.counts[kind]} {queries.LABELS[kind].lower()}"
            for kind in KINDS if found.counts[kind]]  # fmt: skip
    return f"In all {', '.join(said)}." if said else ""


def _reordered(found: Comparison) -> list[Block]:
    titles = [group.title for group in found.groups if group.reordered]
    return [blocks.text(f"In another order now: {', '.join(titles)}.")] if titles else []


def _change(s: Situation, group: str, one: ChangeView) -> list[Cell | str]:
    state = blocks.cell(one.label, state=STATES[one.kind],
                        note="and CONFIRMED" if _also(one) else "")  # fmt: skip
    word = ", ".join(part for part in (one.who, parts.day(one.at, s), one.meeting) if part)
    return [
        blocks.cell(one.title, note=group), state,
        _told(one, (field.before for field in one.fields)),
        _told(one, (field.after for field in one.fields)) if one.fields else blocks.cell(one.value),
        blocks.cell("", note=word if one.kind != "removed" else ""),
    ]  # fmt: skip


def _also(one: ChangeView) -> bool:
    return one.newly_confirmed and one.kind != "confirmed"


def _told(one: ChangeView, texts: Iterable[str]) -> Cell:
    """Texts of the fields by their labels; a single one stands by itself."""
    pairs = [(f.label, text) for f, text in zip(one.fields, texts, strict=True) if text]
    if len(one.fields) == 1:
        return blocks.cell(pairs[0][1] if pairs else "")
    shown = pairs if one.kind == "corrected" else pairs[:MOST_FIELDS]
    return blocks.cell("; ".join(f"{label}: {text}" for label, text in shown))


def _recommended(s: Situation) -> Section | None:
    """What the facts speak for, with the reasons, beside what stands; and what the scores say."""
    found = entries(s)
    rows = [_advice(s, key, one) for key, one in found.items() if one["group"] == RECOMMENDED]
    rows += [_leader(s, one["group"], one["fields"], found) for key, one in found.items()
             if key.startswith("leader/")]  # fmt: skip
    if not rows:
        return None
    heads = ["Of", "We recommend", "Because", "What stands"]
    return blocks.section(
        "recommended", "What we recommend",
        blocks.table("", heads, rows, (20, 22, 36, 22)),
        lead="What the facts below speak for, and what has been chosen.",
    )  # fmt: skip


def _advice(s: Situation, key: str, one: Entry) -> list[Cell | str]:
    stands = parts.fact(s, f"profile.{key.partition('/')[2]}")
    said = one["fields"]
    because = said["reasons"].replace("\n", " ")
    return [one["title"], said["value"], because, stands[1] if stands else ""]


def _leader(
    s: Situation, matrix: str, said: dict[str, str], found: dict[str, Entry]
) -> list[Cell | str]:
    decision = found.get(f"decision/{matrix}")
    stands = decision["fields"]["decision"] if decision else ""
    because = f"Scores {said['score']}: {said['because']}."
    shown = blocks.cell(stands) if stands else blocks.absent("Not decided yet")
    return [parts.title_of(s, matrix), said["leads"], because, shown]
