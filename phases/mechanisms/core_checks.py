"""Checks about what belongs to no one mechanism: inputs, and issued documents."""

from __future__ import annotations

from phases.core.facts import Finding, Lack, met, unmet
from phases.mechanisms.naming import day
from phases.mechanisms.situation import PROFILE, Situation
from playbook.checks import DocumentsIssued, InputsConfirmed, VersionsCut
from playbook.models import Document, Input


def inputs_confirmed(check: InputsConfirmed, s: Situation) -> Finding:
    """The inputs named (or every critical one) that apply are known and CONFIRMED."""
    if any(not isinstance(s.playbook.items.get(key), Input) for key in check.inputs):
        return unmet([Lack("This names inputs that the playbook does not have.")])
    named = [s.playbook.get(key, Input) for key in check.inputs]
    critical = [item for item in s.playbook.inputs if item.critical]
    asked = named or critical
    if check.through:
        asked = [*critical, *(item for item in s.playbook.inputs if _said_by(s, item, check))]
    if not asked:
        return unmet([Lack("The playbook has no critical input, so nothing can be confirmed.")])
    asked = [item for item in asked if s.applies(item)]
    lacks = [_not_confirmed(s, item) for item in asked if not s.is_confirmed(item.key)]
    if lacks:
        return unmet(lacks)
    count = "1 input is" if len(asked) == 1 else f"{len(asked)} inputs are"
    return met(f"{count} CONFIRMED." if asked else "None of these inputs applies here.")


def _said_by(s: Situation, item: Input, check: InputsConfirmed) -> bool:
    """Whether somebody has given a value to an input of the sub-phases that are asked."""
    said = s.records.inputs.get(item.key)
    known = said is not None and said.value not in (None, "", [])
    return known and not item.critical and item.subphase <= check.through


def versions_cut(check: VersionsCut, s: Situation) -> Finding:
    """Each version of the assessment has been cut."""
    cut = {row.name: row for row in s.records.versions}
    lacks = [
        Lack(f"{name} of the assessment has not been cut.", "architect", "versions#cut")
        for name in check.versions
        if name not in cut
    ]
    if lacks:
        return unmet(lacks)
    return met(f"Cut: {', '.join(f'{n} on {day(s, cut[n].at)}' for n in check.versions)}.")


def _not_confirmed(s: Situation, item: Input) -> Lack:
    known = s.value(item.key) not in (None, "", [])
    what = "is ASSUMED, not yet CONFIRMED" if known else "is not known yet"
    anchor = item.key.replace(".", "-")
    place = f"profile#{anchor}" if item.key.startswith(PROFILE) else f"inputs#{anchor}"
    return Lack(f"“{s.plain(item.title)}” {what}.", "architect", place)


def documents_issued(check: DocumentsIssued, s: Situation) -> Finding:
    """Each document that applies has an issued copy, drawn up to its last page."""
    if not check.documents or any(
        not isinstance(s.playbook.items.get(key), Document) for key in check.documents
    ):
        return unmet([Lack("This names documents that the playbook does not have.")])
    asked = [s.playbook.get(key, Document) for key in check.documents]
    asked = [item for item in asked if s.applies(item)]
    copies = {key: [c for c in s.records.issued if c.key == key] for key in check.documents}
    lacks = [
        _not_issued(s, item, under_way=bool(copies[item.key]))
        for item in asked
        if not any(copy.sha256 for copy in copies[item.key])
    ]
    if lacks:
        return unmet(lacks)
    names = ", ".join(
        f"{s.plain(item.title)} no. {max(c.number for c in copies[item.key] if c.sha256)}"
        for item in asked
    )
    return met(f"Issued: {names}." if asked else "None of these documents applies here.")


def _not_issued(s: Situation, item: Document, *, under_way: bool) -> Lack:
    what = "is being drawn up" if under_way else "has not been issued"
    who = item.issued_by[0] if item.issued_by else "architect"
    return Lack(f"“{s.plain(item.title)}” {what}.", who, "documents")
