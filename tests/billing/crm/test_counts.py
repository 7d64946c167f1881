"""Whatever goes in, the counts add up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.crm.errors import Fault, UnreadableExport
from billing.crm.report import Audit
from billing.crm.structure import Group
from billing.crm.table import Table
from tests.billing.crm.asking import audited, cells, table
from tests.billing.crm.exports import DEAL_HEAD, PRICES, csv_text

T = TypeVar("T")
ANY = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12
)  # fmt: skip
DAYS = st.dates().map(lambda day: f"{day.month}/{day.day}/{day.year}")
AMOUNTS = st.decimals(-(10**6), 10**6, places=2).map(str) | st.sampled_from(
    ["0", "", "1,234.50", "$5", "€ 7", "(3.00)", "soup"]
)
NAMES = st.sampled_from(["GTX Basic", "GTXPro", "GTX Pro", "Banana", "", "n/a"])
STAGES = st.sampled_from(["Won", "Lost", "Engaging", "Closed Won", "", "Bluebird"])
ROW = st.tuples(
    st.integers(0, 30).map(str) | ANY, ANY, NAMES | ANY, ANY, STAGES, DAYS | ANY, DAYS | ANY,
    AMOUNTS | ANY,
)  # fmt: skip
EXPORTS = st.lists(ROW, min_size=1, max_size=40).map(lambda rows: csv_text(DEAL_HEAD, rows))


def read_or_refused(read: Callable[[], T]) -> T | tuple[Fault, ...]:
    """What was read, or why nothing was."""
    try:
        return read()
    except UnreadableExport as refused:
        return refused.faults


def summed(groups: tuple[Group, ...]) -> tuple[int, Mapping[str, Decimal]]:
    amounts: dict[str, Decimal] = {}
    for group in groups:
        for code, amount in group.amounts.items():
            amounts[code] = amounts.get(code, Decimal(0)) + amount
    return sum(group.deals for group in groups), amounts


def check(report: Audit) -> None:
    assert report.clean + report.noted + report.with_gaps == report.rows
    assert sum(report.by_state.values()) == report.rows
    for finding in report.findings:
        assert finding.count == len(finding.rows) == len(set(finding.rows))
        assert sum(finding.by_state.values()) == finding.count <= finding.of <= report.rows
        assert finding.gaps in {0, finding.by_state["won"]}
        assert max(finding.rows) < report.rows
    touched = {row for finding in report.findings for row in finding.rows}
    assert len(touched) == report.noted + report.with_gaps
    structure = report.structure
    assert structure.deals == report.by_state["won"] + report.by_state["unknown"]
    for groups in (structure.by_product, structure.by_segment, structure.by_month):
        if groups:
            assert summed(groups) == (structure.deals, structure.amounts)
    motion = report.motion
    parts = (motion.self_serve, motion.sales, motion.undecided)
    assert sum(part.deals for part in parts) == structure.deals
    assert sum(bar.deals for bar in structure.sizes) <= structure.deals


@settings(max_examples=40)
@given(EXPORTS)
def test_every_row_is_counted_once_and_groups_sum_to_the_total(text: str) -> None:
    report = read_or_refused(lambda: audited(text, PRICES))
    if not isinstance(report, Audit):
        assert report
        return
    check(report)
    assert report.rows == table(text).rows == len(cells(table(text)))


@settings(max_examples=80)
@given(st.binary(max_size=300) | ANY.map(str.encode))
def test_any_bytes_are_read_or_refused_by_name(data: bytes) -> None:
    report = read_or_refused(lambda: audited(data))
    if isinstance(report, Audit):
        check(report)
    else:
        assert report


@settings(max_examples=40)
@given(st.lists(st.tuples(ANY, ANY, ANY), min_size=1, max_size=20), st.sampled_from(",;\t|"))
def test_cells_come_back_as_they_were_written(
    rows: list[tuple[str, str, str]], separator: str
) -> None:
    full = [(f"n{n}", *row) for n, row in enumerate(rows)]
    text = csv_text(("Deal Name", "Account", "Stage", "Owner"), full, separator)
    found = read_or_refused(lambda: table(text))
    assert found
    assert not isinstance(found, Table) or cells(found) == [tuple(row) for row in full]
