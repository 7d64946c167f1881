"""Taking exports in, saying how they are read, and taking over what their audits suggest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.crm.mapping import Mapping as Columns
from phases.core import audit, files
from phases.core.clock import now
from phases.core.errors import Missing, Refusal, check_version
from phases.core.files import MEGABYTE, Most, Upload
from phases.core.models import Engagement, Run, StoredFile
from phases.core.runs import services as runs
from phases.mechanisms.inputs.services import feed
from phases.mechanisms.register.queries import find_row, register_of
from phases.mechanisms.register.services import add_row, change_row
from phases.mechanisms.register.values import title_column
from phases.mechanisms.situation import Situation
from phases.strategy.crm import events
from phases.strategy.crm.keys import COUNTERS, KINDS, QUALITY, SEEDS, STEP
from phases.strategy.crm.models import CrmExport, CrmTaken
from phases.strategy.crm.working import AUDIT, LIMITS, LOOK
from playbook.models import Register

MOST = Most(LIMITS.size, LIMITS.unpacked)
MOST_SENT = LIMITS.size + 16 * MEGABYTE
"""Of one request: an export, and small files beside it."""
TABLES = (files.KINDS["csv"], files.KINDS["txt"], files.XLSX)


@dataclass
class Again:
    """A stored file, taken in once more under its own name."""

    filename: str | None
    stream: IO[bytes]


def take_in(
    session: Session, engagement: Engagement, actor: str, uploads: Mapping[str, Upload]
) -> tuple[CrmExport, bool]:
    """Keep an export with the files beside it, and have it looked at.

    The very same files are not kept twice: the export they are is returned, and False.

    Raises:
        BadValue: one of them may not come in; its field is named as in *uploads*.
    """
    kept = {}
    for name, upload in uploads.items():
        stored = files.store(session, engagement, upload, actor, name, MOST)
        kept[name] = (stored.id, stored.sha256)
    claimed = {
        name: files.claim(session, engagement, file_id, STEP, actor)
        for name, (file_id, _) in kept.items()
    }
    together = _sha256({name: sha256 for name, (_, sha256) in kept.items()})
    if same := _same(session, engagement, together):
        for row in claimed.values():
            files.remove(session, row)
        return same, False
    return _keep(session, engagement, actor, claimed, together), True


def _sha256(files_: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(files_, sort_keys=True).encode()).hexdigest()


def _same(session: Session, engagement: Engagement, all_sha256: str) -> CrmExport | None:
    query = select(CrmExport).where(
        CrmExport.engagement_id == engagement.id, CrmExport.all_sha256 == all_sha256
    )
    return session.scalar(query.order_by(CrmExport.id.desc()).limit(1))


def _keep(
    session: Session, engagement: Engagement, actor: str, claimed: Mapping[str, StoredFile],
    together: str,
) -> CrmExport:  # fmt: skip
    main = claimed["export"]
    export = CrmExport(
        engagement_id=engagement.id, name=main.name, size=main.size, sha256=main.sha256,
        all_sha256=together, files={name: row.id for name, row in claimed.items()},
        mapping={}, summary={}, uploaded_by=actor,
    )  # fmt: skip
    session.add(export)
    session.flush()
    audit.record(session, engagement, actor, events.ExportUploaded(STEP, export.id))
    look_again(session, engagement, actor, export)
    return export


def take_stored(
    session: Session, engagement: Engagement, actor: str, file_id: int
) -> tuple[CrmExport, bool]:
    """Take in what a customer has uploaded, as a copy that stays whatever they do with theirs.

    Raises:
        Missing: there is no such table.
    """
    row = files.of_engagement(session, engagement, file_id)
    if row.kind not in TABLES:
        raise Missing
    name, path = row.name, row.path
    with files.open_to_read(path) as stream:
        return take_in(session, engagement, actor, {"export": Again(name, stream)})


def look_again(
    session: Session, engagement: Engagement, actor: str, export: CrmExport,
    mapping: dict[str, Any] | None = None,
) -> Run:  # fmt: skip
    """Have the columns recognised, by *mapping* if one is given."""
    data = {"mapping": mapping} if mapping else {}
    return runs.start(
        session, engagement, actor, LOOK, subject=str(export.id), data=data, files=export.files
    )


def correct(
    session: Session, engagement: Engagement, actor: str, export: CrmExport, columns: Columns,
    seen: Iterable[str], version: int | None,
) -> Run:  # fmt: skip
    """Say how the export is read, and have it audited; *seen* are questions that were shown.

    Raises:
        Conflict: somebody else said so first.
    """
    check_version(export.version, version, kept={}, theirs={"Columns": "changed meanwhile"})
    mapping = json.loads(columns.to_json())
    export.mapping, export.mapped_by, export.mapped_at = mapping, actor, now()
    export.version += 1
    audit.record(session, engagement, actor, events.ExportMapped(STEP, export.id))
    return runs.start(
        session, engagement, actor, AUDIT, subject=str(export.id), files=export.files,
        data={"mapping": mapping, "seen": sorted(seen)},
    )  # fmt: skip


class NothingToTake(Refusal):
    """All of it was taken over before, or stands CONFIRMED."""

    status = 409


def take_over(
    session: Session, s: Situation, actor: str, export: CrmExport,
    chosen: Iterable[Mapping[str, Any]],
) -> int:  # fmt: skip
    """Take the *chosen* suggestions over, each ASSUMED and with its source; how many were.

    One that was taken over before is brought up to date where it stands.

    Raises:
        NothingToTake: none of them was left to take.
    """
    query = select(CrmTaken).where(CrmTaken.engagement_id == s.engagement.id)
    before = {row.name: row for row in session.scalars(query)}
    count = 0
    for one in chosen:
        into = TAKE[one["kind"]](session, s, actor, one, before.get(one["name"]))
        if into:
            _note(session, s, actor, export, one, into, before.get(one["name"]))
            count += 1
    if not count:
        raise NothingToTake("There is nothing left to take over: it is all there already.")
    session.flush()
    return count


def _note(
    session: Session, s: Situation, actor: str, export: CrmExport, one: Mapping[str, Any],
    into: str, taken: CrmTaken | None,
) -> None:  # fmt: skip
    if taken is None:
        taken = CrmTaken(engagement_id=s.engagement.id, name=one["name"])
        session.add(taken)
    taken.export_id, taken.into, taken.said = export.id, into, said(one)
    taken.by, taken.at = actor, now()
    event = events.FindingTaken(STEP, export.id, one["name"], into)
    audit.record(session, s.engagement, actor, event)


def said(one: Mapping[str, Any]) -> str:
    """What a suggestion says, to be compared with what it said when it was taken over."""
    return f"{one['title']} {one['value']}" if one["kind"] != "input" else str(one["value"])


def _input(
    session: Session, s: Situation, actor: str, one: Mapping[str, Any], _taken: CrmTaken | None
) -> str:
    if one["into"] not in s.playbook.items:
        return ""
    value: Any = True if one["value"] == "true" else one["value"]
    done = feed(session, s, actor, one["into"], value, one["source"])
    return f"inputs/{one['into']}" if done else ""


def _gap(
    session: Session, s: Situation, actor: str, one: Mapping[str, Any], taken: CrmTaken | None
) -> str:
    once = {
        "gap": one["title"], "kind": KINDS.get(one["name"].split(".")[1], "missing_data"),
        "found_in": "crm_audit", "severity": one["severity"], "plan": one["plan"],
        "source": [f"inputs/{QUALITY}"],
    }  # fmt: skip
    return _row(session, s, actor, one, _ref(taken), "impact", once, taken)


def _risk(
    session: Session, s: Situation, actor: str, one: Mapping[str, Any], taken: CrmTaken | None
) -> str:
    once = {
        "risk": one["title"], "likelihood": one["severity"],
        "counter": COUNTERS.get(one["name"], one["plan"] or one["value"]),
    }  # fmt: skip
    seed = SEEDS.get(one["name"], "")
    seeds = s.playbook.get(one["into"], Register).seeds
    there = seed in seeds and s.applies(seeds[seed]) and seed not in s.records.removed_seeds
    return _row(session, s, actor, one, seed if there else _ref(taken), "note", once, taken)


def _ref(taken: CrmTaken | None) -> str:
    return taken.into.rpartition("/")[2] if taken else ""


def _row(
    session: Session, s: Situation, actor: str, one: Mapping[str, Any], ref: str, column: str,
    once: dict[str, Any], taken: CrmTaken | None,
) -> str:  # fmt: skip
    """Add the row, or tell the one that is there what this audit says; what people wrote stays."""
    register = register_of(s, one["into"])
    row = s.records.row_index.get((register.key, ref))
    if ref and (ref in register.seeds or (row is not None and row.removed_at is None)):
        view = find_row(s, register, ref)
        values = {column: _told(str(view.raw.get(column) or ""), one)}
        if taken and not view.seed and taken.said.startswith(f"{view.title} "):
            values[title_column(register) or column] = one["title"]
            change_row(session, s, actor, register.key, ref, title=one["title"], values=values)
        else:
            change_row(session, s, actor, register.key, ref, values=values)
        return f"{register.key}/{ref}"
    said_once = {name: value for name, value in once.items() if name in register.columns}
    values = {**said_once, column: _told("", one)}
    made = add_row(session, s, actor, register.key, title=one["title"], values=values)
    return f"{register.key}/r{made.id}"


SOURCE = "Source: CRM export"


def _told(before: str, one: Mapping[str, Any]) -> str:
    """*before*, with the paragraph of an earlier audit replaced by what this one says."""
    others = [part for part in before.split("\n\n") if part.strip() and SOURCE not in part]
    return "\n\n".join([*others, f"{one['value']} Source: {one['source']}."])


TAKE = {"input": _input, "gap": _gap, "risk": _risk}
