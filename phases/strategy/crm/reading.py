"""Reading an export: recognising it with what people said of it before, and auditing it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, cast

from billing.crm.audit import Beside, audit
from billing.crm.cells import clean
from billing.crm.mapping import Mapping
from billing.crm.recognise import Recognition, recognise
from billing.crm.report import Audit
from billing.crm.suggest import suggestions
from billing.crm.table import Progress, Table, quiet
from billing.recognition import Question
from phases.strategy.crm.keys import KEYS
from phases.strategy.crm.marks import pack

SAMPLES, LONGEST = 3, 60
SHEET_OF = {"prices": "products", "accounts": "accounts", "teams": "teams"}


def titles_sha256(titles: Sequence[str]) -> str:
    """What files of the same kind share: their column titles, in any order."""
    return hashlib.sha256(json.dumps(sorted(titles), ensure_ascii=False).encode()).hexdigest()


def recognised(table: Table, told: Mapping | None) -> Recognition:
    """*table* with the columns as *told* of a file of its kind.

    What was told of dates, decimals and stages only answers what this file leaves open: what it
    proves by itself stands.
    """
    if told is None:
        return recognise(table)
    bare = replace(told, dates={}, decimals={}, states={})
    found = recognise(table, bare)
    dates = {title: told.dates[title] for title in _asked(found, "date") if title in told.dates}
    marks = {t: told.decimals[t] for t in _asked(found, "decimal") if t in told.decimals}
    if not (dates or marks or told.states):
        return found
    mapping = found.mapping
    return recognise(
        table,
        replace(
            mapping,
            dates={**mapping.dates, **dates},
            decimals={**mapping.decimals, **marks},
            states=told.states,
        ),
    )


def _asked(found: Recognition, kind: str) -> list[str]:
    return [q.column for q in found.questions if q.key.startswith(f"{kind}:")]


def open_questions(found: Recognition) -> list[Question]:
    """Those without an answer at hand: what hangs on them would be left out."""
    return [question for question in found.questions if not question.assumed and question.choices]


def looked(table: Table, found: Recognition, sides: AnyMapping[str, Table]) -> dict[str, Any]:
    """What a page shows to be corrected, as plain values."""
    first = next(iter(table.batches()))
    return {
        "rows": table.rows,
        "titles": list(table.titles),
        "sha256": titles_sha256(table.titles),
        "samples": {
            title: _samples(cells) for title, cells in zip(table.titles, first.columns, strict=True)
        },
        "matches": [asdict(match) for match in found.matches],
        "questions": [asdict(question) for question in found.questions],
        "stages": [list(stage) for stage in found.stages],
        "mapping": json.loads(found.mapping.to_json()),
        "notes": list(table.notes),
        "sides": {name: _side(name, side) for name, side in sides.items()},
    }


def _samples(cells: Sequence[str]) -> list[str]:
    values = [text for text in dict.fromkeys(map(clean, cells)) if text]
    return [text if len(text) <= LONGEST else f"{text[:LONGEST]}…" for text in values[:SAMPLES]]


def _side(name: str, table: Table) -> dict[str, Any]:
    found = recognise(table, sheet=SHEET_OF[name])
    return {
        "file": table.name,
        "rows": table.rows,
        "columns": [[match.label, match.title] for match in found.matches],
    }


def audited(
    table: Table, found: Recognition, side: Beside, progress: Progress = quiet
) -> dict[str, Any]:
    """The audit, which rows each finding names, and what may be taken over, as plain values."""
    report = audit(table, found, side, progress)
    return {
        "audit": report.as_data(),
        "marks": {each.key: pack(each.rows, report.rows) for each in report.findings},
        "suggestions": [
            asdict(each) | {"finding": _finding(report, each.name)}
            for each in suggestions(report, KEYS)
        ],
        "summary": {
            "rows": report.rows,
            "won": report.by_state["won"],
            "gaps": len(report.gaps),
            "notes": len(report.findings) - len(report.gaps),
            "with_gaps": report.with_gaps,
            "motion": report.motion.words,
        },
    }


def _finding(report: Audit, name: str) -> str:
    """The finding behind a suggestion's name, where it is of one."""
    key = name.removeprefix("crm.")
    return key if report.finding(key) else ""


def mapping_of(data: AnyMapping[str, Any]) -> Mapping:
    """A mapping as ``looked`` wrote it.

    Raises:
        UnfitMapping: this release does not read it.
    """
    return Mapping.from_json(json.dumps(cast("dict[str, Any]", data)))
