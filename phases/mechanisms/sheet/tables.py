"""A sheet as a table: out with the words and what was said of them, in with the words."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from phases.core.errors import BadValue
from phases.mechanisms.exchange import Line, Table, lines_of, planned, whole_of
from phases.mechanisms.sheet.queries import SheetView, StatementView
from phases.mechanisms.sheet.services import check_wording, reword
from phases.mechanisms.situation import Situation

COLUMNS = {"statement": "Statement", "title": "Title", "wording": "Wording", "version": "Version"}
SAID = ("Role", "Said", "By", "At", "Comment")
"""What an export tells of each signing role, after the columns that an import takes."""


def table(view: SheetView) -> Table:
    """Head and, for each statement, a line for each role that signs it."""
    body = [
        [
            statement.key, statement.title, statement.wording or None, statement.version,
            signature.role_title, signature.label, signature.name or None,
            signature.at.isoformat(timespec="minutes") if signature.at else None,
            signature.comment or None,
        ]
        for statement in view.statements
        for signature in statement.signatures
    ]  # fmt: skip
    return [[*COLUMNS.values(), *SAID], *body]


def reword_all(
    session: Session, s: Situation, actor: str, view: SheetView, rows: Sequence[Sequence[str]]
) -> int:
    """Give statements the words of a table with a head; how many read differently now.

    A statement may stand in several lines, as in an export, if they say the same. Without its
    version a statement that was reworded here already is refused.

    Raises:
        ImportRefused: anything at all is wrong; no word was changed.
    """
    known = COLUMNS | {title.casefold(): title for title in SAID}
    wanted: dict[str, str] = {}

    def plan(line: Line) -> tuple[StatementView, str] | None:
        statement, text = _statement(view, line), line.get("wording").strip()
        if wanted.setdefault(statement.key, text) != text:
            raise BadValue("wording", f"“{statement.title}” has other words in a line above.")
        if text == statement.wording:
            return None
        check_wording(s, statement.key, text, field="wording")
        if statement.version and whole_of("version", line.get("version")) != statement.version:
            message = "somebody changed these words since; export the sheet afresh."
            raise BadValue("version", message)
        return statement, text

    plans = {one.key: text for one, text in planned(known, lines_of(known, rows), plan)}
    for key, text in plans.items():
        reword(session, s, actor, key, text)
    return len(plans)


def _statement(view: SheetView, line: Line) -> StatementView:
    name = line.get("statement") or line.get("title")
    for statement in view.statements:
        if name and name.casefold() in (statement.key.casefold(), statement.title.casefold()):
            return statement
    raise BadValue("statement", f"no statement of this sheet is called “{name}”.")
