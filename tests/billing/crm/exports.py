"""Exports as text, made by hand or by a generator with a fixed seed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]], separator: str = ",") -> str:
    """A table as a CSV file says it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()
