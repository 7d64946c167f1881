"""The playbook's checks of texts. One that does not apply has nothing to lack."""

from __future__ import annotations

from phases.core.facts import Finding, Lack, met, unmet
from phases.mechanisms.situation import Situation
from phases.mechanisms.writing.queries import PassageView, passages_of
from playbook import checks
from playbook.models import Writing

WHY = {
    "draft": "is a draft that nobody has accepted as read",
    "edited": "is edited, and nobody has accepted it as read",
    "behind": "was edited before the records changed; take over the new draft and accept it",
    "marked": "holds two versions of the same lines; settle which stands",
    "changed": "has changed since it was accepted as read",
}


def texts_reviewed(check: checks.TextsReviewed, s: Situation) -> Finding:
    """Every section of each text that applies was read and accepted as it stands."""
    texts = [s.playbook.get(key, Writing) for key in check.texts]
    wanted = [text for text in texts if s.applies(text)]
    if not wanted:
        return met("None of the texts applies.")
    lacks = [lack for text in wanted for lack in _lacks(s, text)]
    if lacks:
        stale = any(view.state == "changed" for text in wanted for view in passages_of(s, text))
        return unmet(lacks, stale=stale)
    named = ", ".join(f"“{s.plain(text.title)}”" for text in wanted)
    return met(f"Every section of {named} is accepted as read.")


def _lacks(s: Situation, text: Writing) -> list[Lack]:
    views, place = passages_of(s, text), f"text/{text.key}"
    if not views:
        return [Lack(f"“{s.plain(text.title)}” has no section that applies.", text.role, place)]
    return [_lack(s, text, view, place) for view in views if view.state != "read"]


def _lack(s: Situation, text: Writing, view: PassageView, place: str) -> Lack:
    title = s.plain(text.title)
    sentence = f"“{title}”: the section “{view.title}” {WHY[view.state]}."
    return Lack(sentence, text.role, f"{place}#{view.anchor}")
