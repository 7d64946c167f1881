"""Taking the assessment down as plain data, and having it stand again as it was.

A version's content: ``entries`` and ``groups`` in words (see ``entries``), ``order`` (keys of
entries as they stood, since JSON sorts them), and ``records``, the stored values by table, from
which maps and matrices are drawn again; ``untouched`` are the playbook's own rows of that day.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, inspect

from phases.core.audit import canonical
from phases.core.db import Instant
from phases.core.models import AssessmentVersion, Input
from phases.mechanisms.checklist.models import StepRecord
from phases.mechanisms.matrix.models import Cell
from phases.mechanisms.records import Records
from phases.mechanisms.register.models import Row
from phases.mechanisms.register.queries import row_views
from phases.mechanisms.sheet.models import Wording
from phases.mechanisms.situation import Situation
from phases.mechanisms.writing.models import PassageRecord
from phases.strategy.versions import frame
from phases.strategy.versions.entries import entries, groups

Content = dict[str, Any]

TABLES: dict[str, type[Any]] = {
    "inputs": Input, "steps": StepRecord, "rows": Row, "cells": Cell, "wordings": Wording,
    "passages": PassageRecord,
}  # fmt: skip


def snapshot(s: Situation) -> Content:
    """The assessment as *s* has it."""
    found = entries(s)
    content = {
        "entries": found, "order": list(found), "groups": groups(s),
        "records": {name: list(map(_plain, rows)) for name, rows in _records(s).items()},
        "untouched": [
            row.seed for one in frame.registers(s) for row in row_views(s, one) if not row.version
        ],
    }  # fmt: skip
    plain: Content = json.loads(canonical(content))
    return plain


def _records(s: Situation) -> dict[str, Iterable[Any]]:
    records = s.records
    return {
        "inputs": records.inputs.values(),
        "steps": [records.steps[key] for key in frame.steps(s) if key in records.steps],
        "rows": [r for one in frame.registers(s) for r in records.rows.get(one.key, [])],
        "cells": [c for one in frame.matrices(s) for c in records.cells.get(one.key, [])],
        "wordings": records.wordings.values(),
        "passages": records.passages.values(),
    }


def _plain(row: Any) -> dict[str, Any]:
    names = (column.key for column in inspect(type(row)).columns)
    return {name: getattr(row, name) for name in names if name != "engagement_id"}


def thaw(s: Situation, version: AssessmentVersion) -> Situation:
    """The situation of the day on which *version* was cut; people and files are those of today."""
    live = s.records
    content = live.content_of(version)
    kept = {name: list(_rows(name, content["records"][name])) for name in TABLES}
    records = Records.of(
        s.engagement,
        inputs={row.key: row for row in kept["inputs"]},
        steps={row.key: row for row in kept["steps"]},
        wordings={row.key: row for row in kept["wordings"]},
        passages={row.key: row for row in kept["passages"]},
        rows=_by(kept["rows"], "register"), cells=_by(kept["cells"], "matrix"),
        members=live.members, contacts=live.contacts, files=live.files,
        versions=[one for one in live.versions if one.id < version.id],
    )  # fmt: skip
    records.__dict__["content_of"] = live.content_of
    records.__dict__["removed_seeds"] = _gone(s, kept["rows"], content["untouched"])
    today = version.at.astimezone(ZoneInfo(s.engagement.time_zone)).date()
    return Situation(s.playbook, records, today, s.checks, s.firm, {})


def _rows(name: str, plain: Iterable[dict[str, Any]]) -> Iterator[Any]:
    model = TABLES[name]
    columns = {column.key: column.type for column in inspect(model).columns}
    for row in plain:
        values = {key: _typed(columns[key], v) for key, v in row.items() if key in columns}
        yield model(**values)


def _typed(kind: Any, value: Any) -> Any:
    if value and isinstance(kind, Instant):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if value and isinstance(kind, Date) else value


def _by(rows: Iterable[Any], name: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return dict(found)


def _gone(s: Situation, rows: Iterable[Row], untouched: Iterable[str]) -> set[str]:
    """The playbook's rows that did not stand there: taken out, or not in the playbook yet."""
    stood = {row.seed for row in rows} | set(untouched)
    return {seed for one in s.playbook.registers for seed in one.seeds} - stood
