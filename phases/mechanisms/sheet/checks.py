"""Whether a sheet is signed, as it reads now."""

from __future__ import annotations

from phases.core.facts import Finding, Lack, met, unmet
from phases.mechanisms.sheet.queries import (
    SignatureView,
    StatementView,
    anchor_of,
    latest,
    statement_views,
)
from phases.mechanisms.situation import Situation
from playbook.checks import SheetSigned
from playbook.models import Sheet


def sheet_signed(check: SheetSigned, s: Situation) -> Finding:
    """Every required statement (or each named) is approved by every role as it reads now."""
    sheet = s.playbook.items.get(check.sheet)
    if not isinstance(sheet, Sheet) or not sheet.roles:
        return unmet([Lack(f"The playbook has no sheet “{check.sheet}” that anybody signs.")])
    title = s.plain(sheet.title)
    if not s.applies(sheet):
        return met(f"“{title}” does not apply here.")
    if not sheet.rows_of and not latest(s, sheet):
        return _untouched(check, s, sheet, title)
    views = statement_views(s, sheet)
    asked = [v for v in views if (v.key in check.statements if check.statements else v.required)]
    lacks = []
    if len(asked) < check.minimum:
        lacks.append(_too_few(sheet, title, len(asked), check.minimum))
    pairs = [(view, said) for view in asked for said in view.signatures if said.state != "approved"]
    lacks += [_lack(sheet, view, said) for view, said in pairs]
    if lacks:
        return unmet(lacks, stale=any(said.state == "stale" for _, said in pairs))
    who = " and ".join(s.playbook.role(role).title for role in sheet.roles)
    lines = f"all {len(asked)} lines of" if len(asked) > 1 else "one line of"
    return met(f"{who} approved {lines} “{title}” as they read now.")


def _untouched(check: SheetSigned, s: Situation, sheet: Sheet, title: str) -> Finding:
    """As below, without drawing up what nobody has signed yet."""
    asked = [
        item
        for item in sheet.items.values()
        if s.applies(item) and (item.key in check.statements if check.statements else item.required)
    ]
    few = [_too_few(sheet, title, len(asked), check.minimum)] if len(asked) < check.minimum else []
    lacks = [
        Lack(
            f"{s.playbook.role(role).title} has not approved “{s.plain(item.title)}”.",
            role,
            f"sheet/{sheet.key}#{anchor_of(item.key)}",
        )
        for item in asked
        for role in sheet.roles
    ]
    return unmet(few + lacks) if few or lacks else met(f"Nothing of “{title}” is asked.")


def _too_few(sheet: Sheet, title: str, have: int, wanted: int) -> Lack:
    place = f"register/{sheet.rows_of}" if sheet.rows_of else f"sheet/{sheet.key}"
    return Lack(f"“{title}” has {have} to sign; at least {wanted} are wanted.", "architect", place)


def _lack(sheet: Sheet, view: StatementView, said: SignatureView) -> Lack:
    why = said.comment or "no reason given"
    sentences = {
        "none": f"{said.role_title} has not approved “{view.title}”.",
        "stale": f"{said.role_title} has not signed the current wording of “{view.title}”.",
        "rejected": f"{said.role_title} rejected “{view.title}”: {why}",
    }
    return Lack(sentences[said.state], said.role, f"sheet/{sheet.key}#{view.anchor}")
