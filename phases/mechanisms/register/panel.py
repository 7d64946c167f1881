"""A register on the page of its phase."""

from __future__ import annotations

from phases.mechanisms.panels import Panel
from phases.mechanisms.register.queries import RowView, row_views
from phases.mechanisms.register.values import lower, plural
from phases.mechanisms.situation import Situation
from playbook.models import Register


def panel(s: Situation, item: Register) -> Panel:
    """How many rows there are, how far they are, and what is wrong."""
    rows = [row for row in row_views(s, item) if row.live] if s.applies(item) else []
    done = sum(row.state_kind == "done" for row in rows)
    state, label = _state(s, item, rows, done)
    return Panel(
        key=item.key, title=s.plain(item.title), kind="register",
        href=f"/e/{s.engagement.slug}/register/{item.key}", state=state, label=label,
        sentence=_sentence(item, rows), done=done if _has_end(item) else 0,
        total=len(rows) if _has_end(item) else 0,
    )  # fmt: skip


def _has_end(register: Register) -> bool:
    return any(state.kind == "done" for state in register.states.values())


def _state(s: Situation, register: Register, rows: list[RowView], done: int) -> tuple[str, str]:
    if not s.applies(register):
        return "na", "Not applicable"
    if not rows:
        return "todo", f"No {plural(register.row_word, 0).removeprefix('0 ')} yet"
    if any(row.overdue for row in rows):
        return "red", "Overdue"
    bad = [row for row in rows if row.state_kind == "bad"]
    if bad:
        return "blocked", f"{len(bad)} {lower(bad[0].state_label)}"
    if _has_end(register) and done == len(rows):
        return "done", "Done"
    if done or any(row.version for row in rows):
        return "doing", "Doing"
    return "todo", "To do"


def _sentence(register: Register, rows: list[RowView]) -> str:
    late = [row for row in rows if row.overdue]
    if late:
        return f"Overdue: {late[0].title}" + (f" and {len(late) - 1} more" if late[1:] else "")
    assumed = sum(not row.confirmed for row in rows) if register.standing else 0
    words = plural(register.row_word, len(rows)) if rows else ""
    return f"{words}, {assumed} still ASSUMED" if assumed else words
