"""The rows behind a finding, as a file to hand over: read once more, with line and finding."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from billing.crm.report import Finding
from billing.crm.table import Table

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def offending_csv(table: Table, findings: Sequence[Finding]) -> Iterator[str]:
    """CSV in pieces: every row that one of *findings* names, once, with its line and theirs."""
    titles: dict[int, list[str]] = {}
    for finding in findings:
        for row in finding.rows:
            titles.setdefault(row, []).append(finding.title)
    yield _lines([["Line", "Finding", *table.titles]])
    for batch in table.batches():
        found = [
            [str(batch.lines[n]), "; ".join(titles[batch.first + n]), *cells]
            for n, cells in enumerate(zip(*batch.columns, strict=True))
            if batch.first + n in titles
        ]
        if found:
            yield _lines(found)


def _lines(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([neutral(cell) for cell in r] for r in rows)
    return out.getvalue()


def neutral(cell: str) -> str:
    """*cell* so that no spreadsheet takes it for a formula; plain signed numbers stay."""
    if cell.startswith(DANGEROUS) and not cell[1:].replace(".", "", 1).isdigit():
        return f"'{cell}"
    return cell
