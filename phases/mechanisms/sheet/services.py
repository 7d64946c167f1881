"""Changing a wording, and signing."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.errors import BadValue, Conflict, NotAllowed, Refusal, check_version
from phases.core.facts import Finding
from phases.mechanisms.sheet.content import wording_of
from phases.mechanisms.sheet.events import SheetSigned, StatementReworded
from phases.mechanisms.sheet.models import SignOff, Wording
from phases.mechanisms.sheet.queries import (
    StatementView,
    opening,
    sheet_of,
    signatory,
    statement_views,
)
from phases.mechanisms.situation import Situation
from playbook.models import Sheet, Statement

LONGEST = 5000

Decision = tuple[bool, str, str]
"""Approved or not, the comment, and the SHA-256 of the content that was read."""


def reword(
    session: Session, s: Situation, actor: str, key: str, text: str, version: int | None = None
) -> Wording:
    """Give a statement this engagement's own words; what was said of the old ones turns stale.

    Raises:
        BadValue: no words, or too many.
        Conflict: somebody else changed them first.
        Refusal: the sheet's words are fixed.
    """
    text = text.strip().replace("\r\n", "\n")
    statement, sheet = check_wording(s, key, text)
    now_reads = wording_of(s, statement)
    wording = s.records.wordings.get(key) or Wording(
        engagement_id=s.engagement.id, key=key, text=now_reads, version=0, changed_by=actor
    )
    check_version(wording.version, version, kept={"wording": text}, theirs={"wording": now_reads})
    if text == now_reads:
        return wording
    wording.text, wording.changed_by = text, actor
    wording.version += 1
    session.add(wording)
    s.records.wordings[key] = wording
    session.flush()
    event = StatementReworded(key, sheet.key, wording.version)
    audit.record(session, s.engagement, actor, event)
    return wording


def check_wording(
    s: Situation, key: str, text: str, field: str = "text"
) -> tuple[Statement, Sheet]:
    """The statement *key* and its sheet, where *text* may be its words.

    Raises:
        BadValue: no words, or too many; on the field *field*.
        Refusal: the sheet's words are fixed.
    """
    statement, sheet = _statement(s, key)
    if not sheet.editable:
        raise Refusal(f"The wording of “{s.plain(sheet.title)}” is fixed by the playbook.")
    if not text:
        raise BadValue(field, "Write the wording.")
    if len(text) > LONGEST:
        raise BadValue(field, f"That is {len(text)} characters; {LONGEST} are the most.")
    return statement, sheet


def _statement(s: Situation, key: str) -> tuple[Statement, Sheet]:
    statement = s.playbook.items.get(key)
    if not isinstance(statement, Statement):
        raise Refusal("Only the statements of the playbook have a wording to change.")
    return statement, sheet_of(s, s.playbook.container_of(key).key)


class NothingDecided(Refusal):
    """A batch without a single decision."""


def sign(
    session: Session, s: Situation, *, sheet_key: str, role: str, decisions: Mapping[str, Decision],
    signer: str, name: str, email: str, address: str, proof: str,
) -> list[SignOff]:  # fmt: skip
    """Append one batch of decisions of the person *signer* (a ref) in *role*; the latest counts.

    *proof* says how it is known to be that person, for example ``code``, ``link`` or ``login``.

    Raises:
        BadValue: a rejection without a comment; the field is the statement's key.
        Conflict: a statement changed while it was read.
        NotAllowed: the person does not play *role*, or the role does not sign this sheet.
        NotOpenYet: a Yes before the sheet opens.
        Refusal: nothing was decided, or a statement is none of the sheet's.
    """
    sheet = sheet_of(s, sheet_key)
    _must_play(s, sheet, role, signer)
    views = {view.key: view for view in statement_views(s, sheet)}
    if not decisions or not s.applies(sheet):
        raise NothingDecided("Decide on at least one statement before signing.")
    for key, decision in decisions.items():
        _allow(views.get(key), key, decision)
    if any(approved for approved, _, _ in decisions.values()):
        _must_be_open(s, sheet)
    rows = [
        SignOff(
            engagement_id=s.engagement.id, sheet=sheet_key, statement=key, role=role,
            approved=approved, comment=comment.strip(), content=views[key].content,
            sha256=views[key].sha256, signer=signer, name=name, email=email, address=address,
            proof=proof,
        )
        for key, (approved, comment, _seen) in decisions.items()
    ]  # fmt: skip
    session.add_all(rows)
    s.records.sign_offs.extend(rows)
    session.flush()
    audit.record(session, s.engagement, signer, _event(sheet_key, role, rows, proof))
    return rows


def _event(sheet_key: str, role: str, rows: list[SignOff], proof: str) -> SheetSigned:
    return SheetSigned(
        subject=sheet_key, role=role, proof=proof,
        approved=tuple(row.statement for row in rows if row.approved),
        rejected=tuple(row.statement for row in rows if not row.approved),
        hashes={row.statement: row.sha256 for row in rows},
    )  # fmt: skip


class NotOpenYet(Refusal):
    """A Yes before what the sheet waits for holds."""


def _must_be_open(s: Situation, sheet: Sheet) -> None:
    found = opening(s, sheet)
    if not found.met:
        raise NotOpenYet(
            f"“{s.plain(sheet.title)}” cannot be approved yet: {_first(found)} You may say No, "
            "with what must change."
        )


def _first(found: Finding) -> str:
    more = len(found.lacks) - 1
    rest = f" So {'is' if more == 1 else 'are'} {more} more." if more else ""
    return f"{found.lacks[0].sentence}{rest}"


def _must_play(s: Situation, sheet: Sheet, role: str, signer: str) -> None:
    if role not in sheet.roles:
        raise NotAllowed(f"“{s.plain(sheet.title)}” is not signed in this role.")
    plays = {contact.ref for contact in s.records.contacts if contact.role == role}
    if s.playbook.role(role).side == "staff":
        plays = {f"u{member.user_id}" for member in s.records.members if member.role == role}
    if signer not in plays:
        title = s.playbook.role(role).title
        raise NotAllowed(f"Only the {title} of this engagement signs this.")
    other = signatory(s, sheet, role)
    if other is not None and other.signer not in (signer, ""):
        raise NotAllowed(
            f"{other.name} has begun to sign this, and one person signs for each role."
        )


def _allow(view: StatementView | None, key: str, decision: Decision) -> None:
    approved, comment, seen = decision
    if view is None:
        raise Refusal(
            "One of the statements is no longer part of this. Reload the page and read on."
        )
    if seen != view.sha256:
        raise Conflict(
            f"“{view.title}” changed while you were reading. Nothing was signed. Reload the page: "
            "it shows what changed.",
            kept={view.title: comment}, theirs={view.title: view.wording},
        )  # fmt: skip
    if not approved and not comment.strip():
        raise BadValue(key, f"Tell us what is wrong with “{view.title}”.")
    if len(comment) > LONGEST:
        raise BadValue(key, f"That comment is too long; {LONGEST} characters are the most.")
