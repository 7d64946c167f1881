"""What belongs to the assessment: what stands in the phase whose meetings cut its versions."""

from __future__ import annotations

from functools import lru_cache

from phases.mechanisms.situation import Situation
from playbook.book import Playbook
from playbook.models import (
    Checklist,
    Input,
    Matrix,
    Meeting,
    Register,
    Sheet,
    Statement,
    Writing,
)

FIRST = "v0"
"""What is drafted before the first meeting."""


@lru_cache(maxsize=32)
def phases_of(playbook: Playbook) -> frozenset[str]:
    """The phases whose meetings cut versions; none where the playbook has no such meeting."""
    codes = {meeting.subphase for meeting in playbook.meetings if meeting.cuts}
    return frozenset(playbook.subphase(code).phase for code in codes)


def subphases(playbook: Playbook) -> frozenset[str]:
    """The codes of their sub-phases."""
    phases = phases_of(playbook)
    return frozenset(p.code for p in playbook.subphases if p.phase in phases)


def first_subphase(playbook: Playbook) -> str:
    """The sub-phase whose people cut a version by hand."""
    return min(subphases(playbook), default="")


def cutting(s: Situation) -> list[Meeting]:
    """The meetings that apply and cut a version, in order."""
    return [meeting for meeting in s.playbook.meetings if meeting.cuts and s.applies(meeting)]


def inputs(s: Situation) -> list[Input]:
    """Inputs of the assessment that apply: those of its sub-phases, and of none."""
    here = subphases(s.playbook) | {""}
    return [item for item in s.playbook.inputs if item.subphase in here and s.applies(item)]


def registers(s: Situation) -> list[Register]:
    """Those that the draft shows first, in its order; then the others."""
    found = [one for one in s.playbook.registers if _belongs(s, one)]
    drawn = [key for writing in writings(s) for p in writing.sections.values() for key in p.draws]
    places = {key: n for n, key in enumerate(dict.fromkeys(drawn))}
    return sorted(found, key=lambda one: places.get(one.key, len(places)))


def matrices(s: Situation) -> list[Matrix]:
    return [one for one in s.playbook.matrices if _belongs(s, one)]


def writings(s: Situation) -> list[Writing]:
    return [one for one in s.playbook.of(Writing) if _belongs(s, one)]


def steps(s: Situation) -> list[str]:
    """Keys of the steps of its checklists."""
    return [key for one in s.playbook.checklists if _belongs(s, one) for key in one.items]


def definitions(s: Situation) -> list[tuple[Sheet, list[Statement]]]:
    """Sheets whose words each engagement may choose, with the statements that apply."""
    sheets = [sheet for sheet in s.playbook.sheets if sheet.editable and _belongs(s, sheet)]
    return [(one, [part for part in one.items.values() if s.applies(part)]) for one in sheets]


def _belongs(s: Situation, item: Checklist | Register | Matrix | Writing | Sheet) -> bool:
    return item.subphase in subphases(s.playbook) and s.applies(item)
