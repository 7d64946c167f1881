"""Whatever a file is: read whole, or refused with line and column and nothing of it used."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook

from billing.crm.errors import UnreadableExport
from billing.crm.source import Limits, quick
from billing.crm.table import ROWS_OF_A_BATCH
from tests.billing.crm.asking import cells, source, table

PLAIN = "Deal Name,Amount\nCafé Zoë,100\nMüller & Söhne,250\n"
ROWS = [("Café Zoë", "100"), ("Müller & Söhne", "250")]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_encodings(encoding: str) -> None:
    assert cells(table(PLAIN.encode(encoding))) == ROWS


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(separator: str, end: str) -> None:
    text = PLAIN.replace(",", separator).replace("\n", end)
    found = table(text)
    assert found.titles == ("Deal Name", "Amount")
    assert cells(found) == ROWS


def test_commas_within_amounts_separate_nothing() -> None:
    found = table("name;amount\nA;1,234,567\nB;2,345,678\n")
    assert cells(found) == [("A", "1,234,567"), ("B", "2,345,678")]


def test_a_tab_can_be_named_as_separator() -> None:
    assert cells(table("sep=\t\r\nDeal Name\tAmount\r\nA, B\t1,5\r\n")) == [("A, B", "1,5")]


def test_a_line_that_names_the_separator() -> None:
    assert cells(table("sep=;\nDeal Name;Amount\nA, B and C;1,5\nD;2\n")) == [
        ("A, B and C", "1,5"), ("D", "2"),
    ]  # fmt: skip


def test_quotes_and_line_breaks_within_cells_keep_the_lines_right() -> None:
    found = table('name,amount\n"one\ntwo, ""three""",5\n\nnext,6\n')
    assert cells(found) == [('one\ntwo, "three"', "5"), ("next", "6")]
    assert [line for batch in found.batches() for line in batch.lines] == [2, 5]


def test_titles_below_a_preamble_and_a_footer_are_told() -> None:
    text = (
        "Won deals\nAcme Inc\n\nOpportunity ID,Account Name,Amount,Stage\nA,X,1,Won\nB,Y,2,Won\n"
        "Grand Total,,3,\n\nReport: Won deals\n"
        '"Copyright (c) 2026"\nConfidential Information - Do Not Distribute\n'
    )
    found = table(text)
    assert (found.rows, found.heading.line, found.end) == (2, 4, 7)
    assert cells(found) == [("A", "X", "1", "Won"), ("B", "Y", "2", "Won")]
    assert "Lines 7 to 11 are a footer and were left out." in found.notes


def test_titles_merged_over_two_rows() -> None:
    found = table("Deal,,Term,,Amount\nName,Stage,Start,End,\nA,Won,2025-01-01,2025-12-31,5\n")
    assert found.titles == ("Name", "Stage", "Start", "End", "Amount")


def test_doubled_titles_take_their_group() -> None:
    found = table("Customer,,Seller,\nName,City,Name,City\nA,B,C,D\n")
    assert found.titles == ("Customer Name", "Customer City", "Seller Name", "Seller City")


def test_doubled_titles_are_told_apart_and_told() -> None:
    found = table("name,amount,amount\nA,1,2\n")
    assert found.titles == ("name", "amount", "amount (2)")
    assert any("“amount” stands more than once" in note for note in found.notes)


REFUSED = {
    "empty": (b"", 0, 0, "empty"),
    "blank": (b"\xef\xbb\xbf \r\n\r\n", 0, 0, "empty"),
    "nothing but zeros": (bytes(100), 1, 0, "no text has"),
    "a PDF": (b"%PDF-1.7 ...", 0, 0, "PDF"),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + bytes(600), 0, 0, "old Excel"),
    "a web page called xls": (b"<html><table><tr><td>x</td></tr></table>", 1, 1, "web page"),
    "JSON": (b'[{"amount": 1}]', 1, 1, "JSON"),
    "bytes": (b"name,amount\nA,1\n\x00\x01\x02\n", 3, 0, "no text has"),
    "half UTF-8": ("name,amount\nÄ,1\n".encode() + b"\xff,2\n", 3, 0, "not UTF-8"),
    "no titles": (b"1,2\n3,4\n", 1, 0, "no row of column titles"),
    "titles only": (b"name,amount\n", 1, 0, "no row below"),
    "a long row": (b"name,amount\nA,1\nB,2,3\n", 3, 3, "3 cells"),
    "a short row": (b"name,stage,amount\nA,Won,1\nB,Won\nC,Won,2\n", 3, 3, "2 cells"),
    "an open quote": (b'name,amount\nA,1\n"B,2\nC,3\n', 3, 0, "never closed"),
    "text after a quote": (b'name,amount\n"A"x,1\n', 2, 0, "closing quote"),
    "a subtotal": (b"name,stage,amount\nTotal,,1\nC,Won,2\n", 2, 1, "total"),
    "a broken archive": (b"PK\x03\x04" + bytes(50), 0, 0, "no readable XLSX"),
}


@pytest.mark.parametrize(("data", "line", "column", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_told_by_line_and_column(
    data: bytes, line: int, column: int, words: str
) -> None:
    with pytest.raises(UnreadableExport) as caught:
        table(data)
    first = caught.value.faults[0]
    assert (first.line, first.column) == (line, column), str(first)
    assert words in str(caught.value)


def test_every_bad_row_is_told_and_the_count_is_whole() -> None:
    text = "name,amount\n" + "A,1\nB,2,3\n" * 150
    with pytest.raises(UnreadableExport) as caught:
        table(text)
    assert (len(caught.value.faults), caught.value.count) == (100, 150)
    assert "and 50 more" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "limits", "words"),
    [
        ("name," + "x," * 1_000_000 + "\n", Limits(), "columns"),
        ("name,amount\n" + "A,1\n" * 20, Limits(rows=19), "more than 19 rows"),
        ("name,amount\nA,1\n", Limits(size=10), "at most 10"),
        ("name,amount\nA," + "9" * 140_000 + "\n", Limits(), "more than 131,072 characters"),
        ("name,amount " * 600_000, Limits(), "it is no table"),
    ],
    ids=["a million columns", "rows", "size", "cell", "line"],
)
def test_too_much_is_refused(text: str, limits: Limits, words: str) -> None:
    with pytest.raises(UnreadableExport, match=words):
        table(text, limits)


def test_a_fault_in_a_later_batch_is_found_before_any_row_is_used() -> None:
    text = "name,amount\n" + "A,1\n" * (2 * ROWS_OF_A_BATCH) + "B,2,3\n"
    with pytest.raises(UnreadableExport) as caught:
        table(text)
    assert caught.value.faults[0].line == 2 * ROWS_OF_A_BATCH + 2


def workbook(*rows: tuple[object, ...], **others: list[tuple[object, ...]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for name, content in others.items():
        extra = book.create_sheet(name)
        for row in content:
            extra.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_reads_like_text() -> None:
    rows = (("Won deals",), (), ("Deal Name", "Amount", "Stage"), ("a\nb", 1.5, "Won"),
            ("c", 12000000, None))  # fmt: skip
    found = table(workbook(*rows, notes=[("not", "this")]))
    assert cells(found) == [("a\nb", "1.5", "Won"), ("c", "12000000", "")]
    assert [line for batch in found.batches() for line in batch.lines] == [4, 5]
    assert "Not read: the sheets “notes”." in found.notes


def test_a_formula_without_a_value_is_refused_by_line_and_column() -> None:
    with pytest.raises(UnreadableExport) as caught:
        table(workbook(("name", "amount"), ("a", "=1+1")))
    fault = caught.value.faults[0]
    assert (fault.line, fault.column) == (2, 2)
    assert "has no value" in fault.what


def bomb(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (bomb("xl/worksheets/sheet1.xml", bytes(12 * 1024 * 1024)), "swells"),
        (bomb("xl/workbook.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'), "entities"),
        (bomb("readme.txt", b"hello"), "no readable XLSX"),
    ],
)
def test_archives_that_are_traps_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableExport, match=words):
        table(data)


def test_a_source_is_read_again_from_its_start() -> None:
    found = source(PLAIN)
    assert found.head(4) == found.head(4) == b"Deal"


@pytest.mark.parametrize(
    ("name", "size", "at_once"),
    [("a.csv", 12 * 1024 * 1024, True), ("a.csv", 12 * 1024 * 1024 + 1, False),
     ("a.XLSX", 256 * 1024, True), ("a.xlsx", 256 * 1024 + 1, False)],
)  # fmt: skip
def test_how_large_a_file_may_be_to_be_looked_at_at_once(
    name: str, size: int, at_once: bool
) -> None:
    assert quick(name, size) is at_once
