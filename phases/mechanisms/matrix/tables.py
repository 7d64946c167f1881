"""A matrix as a table of text: one line a requirement, three columns an option. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from phases.mechanisms.matrix.queries import MatrixView
from phases.mechanisms.matrix.scores import Score
from phases.mechanisms.spreadsheet import ImportRefused, plain_text

COMMON = {"ref": "Ref", "requirement": "Requirement", "weight": "Weight", "must": "Must-have"}
PARTS = ("score", "note", "evidence")
TOLD = COMMON | {"parts": "for each option its score, note and evidence"}
"""What the columns are, to someone who makes such a table."""


@dataclass
class Sheet:
    """What a table says: weights by requirement, scores by requirement and option."""

    weights: dict[str, int] = field(default_factory=dict)
    scores: dict[tuple[str, str], Score] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


def head(view: MatrixView) -> dict[str, str]:
    """The columns of the table: titles by name, an option's as ``<option>:<part>``."""
    titles = [option.title for option in view.options]
    found = dict(COMMON)
    for option in view.options:
        alike = titles.count(option.title) > 1
        title = f"{option.title} ({option.key})" if alike else option.title
        found |= {f"{option.key}:{part}": f"{title}: {part}" for part in PARTS}
    return found


def table(view: MatrixView) -> list[list[object]]:
    """Head and lines for an export."""
    lines: list[list[object]] = [list(head(view).values())]
    for line in view.lines:
        cells = [part for cell in line.cells for part in (cell.number, cell.note, cell.evidence)]
        lines.append([line.key, line.title, line.weight, "yes" if line.must else "no", *cells])
    return lines


def read(view: MatrixView, rows: Sequence[Sequence[str]]) -> Sheet:
    """What the table in *rows* says; columns that are not there change nothing.

    Raises:
        ImportRefused: anything does not fit; each problem is named by line and column.
    """
    numbered = [(number, row) for number, row in enumerate(rows, 1) if any(c.strip() for c in row)]
    if len(numbered) < 2:
        raise ImportRefused(["Line 1 has the columns' names; at least one row stands below it."])
    (first, names), *body = numbered
    columns = _columns(view, first, names)
    sheet, problems = Sheet(), []
    for number, row in body:
        problems += _line(view, columns, number, row, sheet)
    if problems:
        raise ImportRefused(problems)
    return sheet


def _columns(view: MatrixView, line: int, names: Sequence[str]) -> list[str]:
    known = {title.casefold(): name for name, title in head(view).items()}
    known |= {
        _as_link(title): name for title, name in known.items() if title.endswith(": evidence")
    }
    found, problems = [], []
    for cell in names:
        title = plain_text(cell.strip())
        name = known.get(title.casefold(), "")
        if title and not name:
            wanted = ", ".join(head(view).values())
            problems.append(f"Line {line}: no column is called “{title}”; there are {wanted}.")
        elif name and name in found:
            problems.append(f"Line {line}: the column “{title}” stands twice.")
        found.append(name)
    if not problems and "ref" not in found and "requirement" not in found:
        problems.append(f"Line {line}: a column “Requirement” or “Ref” says what is scored.")
    if problems:
        raise ImportRefused(problems)
    return found


def _as_link(title: str) -> str:
    """What many call the column of the evidence."""
    return title.removesuffix("evidence") + "link"


def _line(
    view: MatrixView, columns: Sequence[str], number: int, row: Sequence[str], sheet: Sheet
) -> list[str]:
    if any(cell.strip() for cell in row[len(columns) :]):
        return [f"Line {number}: {len(row)} cells under {len(columns)} columns."]
    cells = {n: plain_text(c.strip()) for n, c in zip(columns, row, strict=False) if n}
    line = next((one for one in view.lines if _names(one.key, one.title, cells)), None)
    if line is None:
        called = cells.get("ref") or cells.get("requirement", "")
        return [f"Line {number}: no requirement here is called “{called}”."]
    if line.key in sheet.lines:
        return [f"Line {number}: “{line.title}” stands twice."]
    sheet.lines[line.key] = number
    problems = []
    if cells.get("weight"):
        weight = _whole(cells["weight"])
        if weight is None:
            problems.append(f"Line {number}, Weight: “{cells['weight']}” is not a whole number.")
        else:
            sheet.weights[line.key] = weight
    for cell in line.cells:
        said = {p: cells[f"{cell.option}:{p}"] for p in PARTS if f"{cell.option}:{p}" in cells}
        text = said.get("score", "" if cell.number is None else str(cell.number))
        score = _whole(text) if text else None
        if text and score is None:
            title = head(view)[f"{cell.option}:score"]
            problems.append(f"Line {number}, {title}: “{text}” is not a whole number.")
        elif said:
            note, evidence = said.get("note", cell.note), said.get("evidence", cell.evidence)
            sheet.scores[line.key, cell.option] = Score(score, note, evidence)
    return problems


def _names(key: str, title: str, cells: Mapping[str, str]) -> bool:
    if cells.get("ref"):
        return cells["ref"] == key
    return cells.get("requirement", "").casefold() == title.casefold()


def _whole(text: str) -> int | None:
    whole, _, rest = text.partition(".")
    return int(whole) if whole.isdecimal() and len(whole) < 5 and not rest.strip("0") else None


def problem_of(view: MatrixView, sheet: Sheet, field_name: str, message: str) -> str:
    """A refused weight or score with its line and column."""
    kind, _, rest = field_name.partition(":")
    key, _, option = rest.partition(":")
    column = "Weight" if kind == "weight" else head(view).get(f"{option}:score", "Score")
    return f"Line {sheet.lines.get(key, 1)}, {column}: {message}"
