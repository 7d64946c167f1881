"""Short ways to ask for what the tests look at."""

from __future__ import annotations

from billing.crm.audit import Beside, audit_file, beside
from billing.crm.mapping import Mapping
from billing.crm.report import Audit
from billing.crm.source import Limits, Source
from billing.crm.table import Table, open_table


def source(text: str | bytes, name: str = "export.csv") -> Source:
    return Source.of_bytes(name, text.encode() if isinstance(text, str) else text)


def table(text: str | bytes, limits: Limits | None = None) -> Table:
    return open_table(source(text), limits)


def cells(found: Table) -> list[tuple[str, ...]]:
    """The body of a table, row by row."""
    return [row for batch in found.batches() for row in zip(*batch.columns, strict=True)]


def audited(
    text: str | bytes, prices: str = "", mapping: Mapping | None = None, accounts: str = ""
) -> Audit:
    side = Beside()
    if prices or accounts:
        side = beside(source(prices) if prices else None, source(accounts) if accounts else None)
    return audit_file(source(text), side, mapping)
