"""Whatever is uploaded: a clear report by line and column, and nothing half imported."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy.orm import Session

from phases.core import files
from phases.core.models import Engagement, Input, StoredFile
from phases.mechanisms.register.models import Row
from phases.strategy.crm.marks import pack, unpack
from phases.strategy.crm.models import CrmExport
from phases.strategy.crm.services import MOST_SENT
from tests.billing.crm.exports import DEAL_HEAD, csv_text, small_export
from tests.strategy.crm_hands import Hands

HEAD = "Deal,Stage,Amount,Close date\n"


def workbook(rows: list[list[object]], merged: str = "") -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    book.save(out)
    return out.getvalue()


def archive(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "deals.csv", "is empty"),
        (b"%PDF-1.7 no table", "deals.csv", "is not what its ending says"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "deals.xlsx", "is not what its ending says"),
        (archive("a.csv"), "deals.xlsx", "is not what its ending says"),
        (archive("a.csv"), "deals.zip", "cannot be taken"),
        (b"\x00\x01\x02", "deals.csv", "is not what its ending says"),
        (workbook([["Deal"], ["A"]])[:300], "deals.xlsx", "is not what its ending says"),
    ],
)
def test_what_is_no_table_does_not_come_in(
    hands: Hands, session: Session, data: bytes, name: str, says: str
) -> None:
    answer = hands.upload(data, name)
    assert answer.status_code == 422
    assert says in answer.text
    assert 'href="#export"' in answer.text
    assert session.query(CrmExport).count() == session.query(StoredFile).count() == 0


def test_without_a_file_one_is_asked_for(hands: Hands) -> None:
    answer = hands.client.post(hands.at, data={})
    assert answer.status_code == 422
    assert "Choose a file." in answer.text


def test_one_bad_file_beside_it_keeps_all_out(hands: Hands, session: Session) -> None:
    answer = hands.upload(small_export(), prices="\x00")
    assert answer.status_code == 422
    assert 'href="#prices"' in answer.text
    session.rollback()
    assert session.query(CrmExport).count() == 0
    assert {row.claimed_by for row in session.query(StoredFile)} <= {""}  # swept in a day


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (HEAD + "A,Won,5,2026-01-01\nB,Won,6\n" + "C,Won,6,2026-01-01\n", "d.csv",
         "line 3, column 4: the row has 3 cells, and there are 4 column titles"),
        (HEAD + "A,Won,5,2026-01-01,x\n" + "C,Won,6,2026-01-01\n", "d.csv",
         "line 2, column 5: the row has 5 cells"),
        (HEAD, "d.csv", "there are column titles and no row below them"),
        ("\n\n\n", "d.csv", "d.csv"),
        ("just words\nand more of them\n", "d.txt", "d.txt"),
        ('Deal,Stage\n"A,Won\n', "d.csv", "line"),
        ("c" + ",c" * 1_000_000 + "\n1\n", "d.csv", "column"),
        (workbook([["Deal", "Amount"], ["A", "=1+1"]]), "d.xlsx",
         "line 2, column 2: the formula =1+1 has no value"),
        ("<html><table><tr><td>Deal</td></tr></table></html>", "d.csv", "d.csv"),
        (workbook([]), "d.xlsx", "d.xlsx"),
        (workbook([["Deal", "Stage"]]), "d.xlsx", "no row below"),
    ],
)  # fmt: skip
def test_a_table_with_faults_is_told_by_line_and_column(
    hands: Hands, session: Session, data: bytes | str, name: str, says: str
) -> None:
    page = hands.looked(data, name)
    assert "It did not work." in page
    assert says in page
    assert "Upload another file" in page
    assert "not readable" in hands.read(hands.at).lower()
    assert session.query(Row).count() == 0


def test_a_bad_price_book_is_told_and_nothing_is_audited(hands: Hands) -> None:
    page = hands.looked(small_export(), prices="product,price\n")
    assert "prices.csv: " in page
    assert "no row below" in page


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators_are_told_from_the_file(
    hands: Hands, encoding: str, separator: str
) -> None:
    text = csv_text(
        ("Deal", "Stage", "Account", "Amount"),
        [("Grün & Söhne", "Won", 'He said "no"\nand left', 5), ("B", "Lost", "É;,|\t", 7)],
        separator,
    )
    page = hands.looked(text.encode(encoding))
    assert "Run the audit" in page
    look = hands.result(1)["look"]
    assert look["rows"] == 2
    assert look["samples"]["Deal"][0] == "Grün & Söhne"
    assert look["mapping"]["columns"]["account"] == "Account"


def test_a_merged_row_above_the_titles_and_titles_that_stand_twice(hands: Hands) -> None:
    rows: list[list[object]] = [
        ["Pipeline 2026", None, None, None],
        ["Deal", "Stage", "Amount", "Amount"],
        ["@SUM(1)", "Won", 6, 5],
        ["B", "Won", 7, 8],
    ]
    page = hands.looked(workbook(rows, "A1:D1"), "deals.xlsx")
    assert "Run the audit" in page
    assert "The column titles stand on line 2." in page
    assert "stands more than once" in page
    hands.audit()
    for row in hands.rows(1):
        assert not any(cell.startswith(("=", "+", "@")) for cell in row)


def test_what_is_in_cells_is_shown_as_text(hands: Hands) -> None:
    page = hands.looked(HEAD + "<script>alert(1)</script>,<b>Won</b>,5,2026-01-01\n")
    assert "<script>alert(1)" not in page
    assert "<b>Won" not in page
    hands.audit()
    assert "<script>alert(1)" not in hands.read(f"{hands.at}/1")


def test_a_file_of_100_mb_may_be_sent_and_a_larger_one_is_refused(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limits of this address, and of no other; the real size is tried in ``bench``."""
    rule: Any = hands.app.view_functions["crm.upload"]
    assert rule.takes == MOST_SENT > 100 * files.MEGABYTE
    monkeypatch.setattr(rule, "takes", 3000)
    answer = hands.upload(HEAD + "A,Won,5,2026-01-01\n" * 1000)
    assert answer.status_code == 413
    assert "Files may be" in answer.text
    monkeypatch.setattr(rule, "takes", 40 * files.MEGABYTE)
    large = HEAD + "A,Won,5,2026-01-01\n" * 1_800_000  # over the 32 MB that any other address takes
    assert hands.upload(large).status_code == 302
    elsewhere = f"/e/{hands.engagement.slug}/register/Q9.register.gaps/import"
    answer = hands.send(elsewhere, {"file": (io.BytesIO(large.encode()), "d.csv")})
    assert answer.status_code == 413


def test_a_mapping_made_up_by_hand_is_refused(hands: Hands, session: Session) -> None:
    hands.looked(small_export())
    for said in ({"column-amount": "no such column"}, {"sheet": "x"}, {"currency": "Dollars"},
                 {"stage-0": "maybe"}, {"decimal-0": "both"}):  # fmt: skip
        answer = hands.audit(**said)
        assert answer.status_code == 422, said
    assert session.query(CrmExport).one().mapped_at is None


def test_somebody_else_said_how_it_is_read_meanwhile(hands: Hands) -> None:
    hands.looked(small_export())
    sent = hands.as_shown(1)
    hands.audit()
    answer = hands.client.post(f"{hands.at}/1/columns", data=sent)
    assert answer.status_code == 409


def test_a_file_that_is_gone_is_told(hands: Hands, session: Session) -> None:
    hands.looked(small_export())
    hands.audit()
    for row in session.query(StoredFile):
        files.remove(session, row)
    session.commit()
    answer = hands.client.get(f"{hands.at}/1/rows.csv")
    assert answer.status_code == 404
    assert "no longer kept" in answer.text
    hands.audit()
    assert "no longer there" in hands.read(f"{hands.at}/1")
    assert "No payment terms" in hands.read(f"{hands.at}/1")


# --- whatever goes in, counts add up --------------------------------------------------------------

CELL = st.one_of(
    st.sampled_from(["", "Won", "Lost", "Open", "5", "-1", "0", "1,234.5", "2026-01-31", "3/4/2026",
                     "=1+1", "@x", "GTX", "GTXPro", "USD", "EUR", "net 30", "n/a"]),
    st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12),
)  # fmt: skip


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(*[CELL] * len(DEAL_HEAD)), min_size=1, max_size=12), st.data())
def test_counts_add_up_to_the_downloaded_rows(
    hands: Hands, make_engagement: Callable[..., Engagement], rows: list[tuple[str, ...]],
    data: st.DataObject,
) -> None:  # fmt: skip
    """Every finding names as many rows as can be downloaded, and every row is counted once."""
    mine = Hands(
        hands.app, hands.session,
        make_engagement(f"Maker {data.draw(st.uuids()).hex}"), hands.client,
    )  # fmt: skip
    page = mine.looked(csv_text(DEAL_HEAD, [("row", *row[1:]) for row in rows]))
    if "Run the audit" not in page:
        return  # it reads like a footer, and that is told
    number = hands.session.query(CrmExport.id).order_by(CrmExport.id.desc()).limit(1).scalar()
    assert number is not None
    mine.audit(number)
    audit = mine.result(number)["audit"]
    assert sum(audit["by_state"].values()) == audit["rows"]
    assert audit["rows_with_gaps"] + audit["rows_noted"] + audit["rows_clean"] == audit["rows"]
    for finding in audit["findings"]:
        downloaded = mine.rows(number, finding["key"])
        assert len(downloaded) == finding["rows"]
        assert len({row[0] for row in downloaded}) == finding["rows"]
    if audit["findings"]:
        assert len(mine.rows(number)) == audit["rows_with_gaps"] + audit["rows_noted"]


@given(st.integers(1, 300).flatmap(
    lambda total: st.tuples(st.sets(st.integers(0, total - 1)), st.just(total))
))  # fmt: skip
def test_marks_come_back_as_they_were(case: tuple[set[int], int]) -> None:
    rows, total = case
    assert list(unpack(pack(rows, total))) == sorted(rows)


def test_nothing_is_written_by_looking_and_auditing(hands: Hands, session: Session) -> None:
    before = session.query(Input).count()
    hands.looked(small_export())
    hands.audit()
    assert session.query(Input).count() == before
    assert session.query(Row).count() == 0
