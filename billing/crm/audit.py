"""The audit of an export: one stream through all collectors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from billing.crm.catalogue import Outliers, Products
from billing.crm.collect import Collector, Ledger
from billing.crm.deals import Reader
from billing.crm.duplicates import Duplicates
from billing.crm.mapping import Mapping
from billing.crm.missing import Missing
from billing.crm.motion import Weigher
from billing.crm.recognise import Recognition, recognise
from billing.crm.report import Audit, Finding
from billing.crm.side import Groups, Prices, price_book, regions, segments
from billing.crm.source import Limits, Source
from billing.crm.structure import Shapes
from billing.crm.table import Progress, Table, open_table, quiet
from billing.crm.values import Amounts, Currencies, Dates


@dataclass(frozen=True)
class Beside:
    """What comes with the export: price book, accounts, teams."""

    prices: Prices | None = None
    accounts: Groups | None = None
    teams: Groups | None = None


def beside(
    prices: Source | None = None, accounts: Source | None = None, teams: Source | None = None,
    limits: Limits | None = None,
) -> Beside:  # fmt: skip
    """The side files, read.

    Raises:
        UnreadableExport: one of them is no table.
    """
    return Beside(
        price_book(open_table(prices, limits)) if prices else None,
        segments(open_table(accounts, limits)) if accounts else None,
        regions(open_table(teams, limits)) if teams else None,
    )


def audit_file(
    source: Source, side: Beside | None = None, mapping: Mapping | None = None,
    limits: Limits | None = None, progress: Progress = quiet,
) -> Audit:  # fmt: skip
    """Open, recognise and audit *source*; *mapping* is what was corrected or kept.

    Raises:
        UnreadableExport: it is no table; nothing of it was used.
    """
    table = open_table(source, limits, lambda done: progress(done * 0.25))
    found = recognise(table, mapping)
    progress(0.4)
    return audit(table, found, side, lambda done: progress(0.4 + done * 0.6))


def audit(
    table: Table, found: Recognition, side: Beside | None = None, progress: Progress = quiet
) -> Audit:
    """The audit of *table*, read as *found* says."""
    side = side or Beside()
    mapping = found.mapping
    ledger, shapes, weigher = Ledger(), Shapes(side.accounts, side.teams), Weigher()
    collectors: tuple[Collector, ...] = (
        Missing(mapping), Amounts(mapping), Dates(mapping), Currencies(mapping),
        Duplicates(mapping), Products(mapping, side.prices), Outliers(mapping),
    )  # fmt: skip
    takers = [ledger.take, shapes.take, weigher.take, *(each.take for each in collectors)]
    for deals in Reader(table, mapping):
        for take in takers:
            take(deals)
        progress(ledger.rows / table.rows)
    findings = [each for collector in collectors for each in collector.findings(ledger)]
    structure = shapes.structure()
    return Audit(
        name=table.name, rows=ledger.rows, by_state=ledger.by_state(),
        clean=ledger.marks.count(Ledger.CLEAN), noted=ledger.marks.count(Ledger.NOTED),
        with_gaps=ledger.marks.count(Ledger.GAP), won_amount=structure.amounts,
        findings=tuple(ordered(findings)), structure=structure,
        motion=weigher.motion(structure.currency), recognition=found, notes=table.notes,
    )  # fmt: skip


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Gaps first, the larger before the smaller."""
    return sorted(findings, key=lambda each: (-each.gaps, -each.count, each.key))
