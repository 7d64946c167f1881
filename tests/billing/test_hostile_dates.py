"""Days that no calendar or no contract has, through both imports: refused by row, never a crash."""

from __future__ import annotations

from itertools import product
from zoneinfo import ZoneInfo

import pytest

from billing.agreements.reader import read_contracts
from billing.agreements.recognise import recognise as recognise_contracts
from billing.crm.errors import UnreadableExport
from billing.crm.source import Source
from billing.crm.table import open_table
from billing.exports.grid import open_grid
from billing.exports.reader import Reading, read_invoices
from billing.exports.recognise import recognise as recognise_invoices
from billing.recognition import same_day_of_month

LAST, FIRST = "9999-12-31", "0001-01-01"
HOSTILE = (
    LAST, FIRST, "2026-02-29", "2026-02-30", "2024-02-29", "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00", "0000-00-00", "9999999999999", "2026-01-01 24:00",
)  # fmt: skip
ZONES = (ZoneInfo("Pacific/Kiritimati"), ZoneInfo("America/New_York"))
CONTRACTS = "Contract Number,Customer,Currency,Start Date,End Date,Price,Billing Frequency\n"
INVOICES = "Invoice Number,Contract,Date (UTC),Period Start (UTC),Period End (UTC),Currency,Total\n"


def invoices(start: str, end: str, zone: ZoneInfo) -> Reading:
    text = f"{INVOICES}I-1,C-1,2026-01-31,{start},{end},EUR,100.00\n"
    grid = open_grid(Source.of_bytes("x.csv", text.encode()))
    found = recognise_invoices(grid, None, zone).settled
    columns = {"period_start": "Period Start (UTC)", "period_end": "Period End (UTC)"}
    for key, title in columns.items():
        found = found.with_column(key, title)
    settled = found.answered("zone", "local").answered("ends", "last_day")
    return read_invoices(grid, settled, zone)


def outcome(start: str, end: str, zone: ZoneInfo) -> str:
    try:
        invoices(start, end, zone)
    except UnreadableExport as error:
        return " and ".join(f"a fault of line {line}" for line in {f.line for f in error.faults})
    return "read"


@pytest.mark.parametrize(("start", "end"), list(product(HOSTILE, repeat=2)))
def test_an_invoice_is_read_or_a_fault_of_its_line(start: str, end: str) -> None:
    for zone in ZONES:
        assert outcome(start, end, zone) in ("read", "a fault of line 2")


@pytest.mark.parametrize(("start", "end"), list(product(HOSTILE, repeat=2)))
@pytest.mark.parametrize("ends", ["last_day", "day_after"])
def test_a_contract_is_read_or_refused_by_its_line(start: str, end: str, ends: str) -> None:
    text = f"{CONTRACTS}C-1,Acme,EUR,{start},{end},100,Monthly\nC-2,B,EUR,2026-01-01,,9,Monthly\n"
    table = open_table(Source.of_bytes("x.csv", text.encode()))
    found = recognise_contracts(table).mapping.with_column("start", "Start Date")
    mapping = found.with_column("end", "End Date").answered("ends", ends)
    reading = read_contracts(table, mapping.answered("basis", "period"), exclusive=True)
    assert {problem.row for problem in reading.problems} <= {2}
    assert len(reading.contracts) + reading.refused_rows == reading.rows == 2


@pytest.mark.parametrize(
    ("day", "said"),
    [(LAST, "the year 9999 is not between"), (FIRST, "the year 1 is not between"),
     ("2026-02-30", "is no date"), ("2026-02-29", "is no date")],
)  # fmt: skip
def test_what_is_wrong_with_a_day_is_said(day: str, said: str) -> None:
    with pytest.raises(UnreadableExport, match=said):
        invoices("2026-01-01", day, ZONES[0])


def test_a_leap_day_is_a_day() -> None:
    (one,) = invoices("2024-01-30", "2024-02-29", ZONES[1]).found
    assert str(one.billed.period_end) == "2024-03-01"


def test_the_last_day_of_all_has_no_next() -> None:
    last = 3652059
    assert same_day_of_month(last, last)
    assert not same_day_of_month(last, last + 1)
