"""Invoices imported and held against contracts: six errors in, six errors found and told."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliverables.contexts import compared, draw_up
from deliverables.render import print_document
from phases.core import outbox
from phases.core.clock import now
from phases.core.errors import BadValue
from phases.core.models import Engagement, Run, StoredFile
from phases.engineering.invoices import services as imports
from phases.engineering.invoices.models import InvoiceImport, InvoiceRecord
from phases.engineering.reconciliation import services as comparing
from phases.engineering.reconciliation.models import Outcome, Reconciliation
from phases.engineering.reconciliation.settings import amounts_of
from phases.gates.checks import CHECKS
from phases.mechanisms.metric.models import Reading
from phases.mechanisms.page import situation_for
from playbook.checks import VariancesExplained
from playbook.models import Document

EXPORTS = Path(__file__).parent / "exports"
SIX = EXPORTS / "six-errors.csv"
LEDGER = EXPORTS / "ledger.csv"


def terms(number: str, price: str, quantity: str = "1", tax: str = "") -> str:
    line: dict[str, Any] = {"key": "plan" if quantity == "1" else "seats", "kind": "recurring",
                            "price": price, "quantity": quantity}  # fmt: skip
    found: dict[str, Any] = {"number": number, "currency": "EUR", "start": "2026-01-01",
                             "end": "2026-03-31", "lines": [line]}  # fmt: skip
    if tax:
        found["taxes"] = [{"name": "VAT", "percent": tax}]
    return json.dumps(found)


CONTRACTS = (terms("C-1", "100", tax="19"), terms("C-2", "30", "10"), terms("C-3", "200"))


class Desk:
    """The architect at the pages of one engagement."""

    def __init__(self, client: FlaskClient, engagement: Engagement, session: Session) -> None:
        self.client, self.engagement, self.session = client, engagement, session
        self.at = f"/e/{engagement.slug}"

    def contracts(self) -> None:
        for text in CONTRACTS:
            said = {"kind": "json", "terms": text}
            assert self.client.post(f"{self.at}/contracts/new", data=said).status_code == 302

    def upload(self, file: Path | str, side: str = "billing", name: str = "export.csv") -> str:
        said = {"side": side, "file": (str(file), name)}
        answer = self.client.post(f"{self.at}/invoices", data=said)
        assert answer.status_code == 302, answer.text
        return str(answer.location)

    def take(self, place: str, **answers: str) -> Any:
        version = self.session.scalars(select(InvoiceImport.version).order_by(
            InvoiceImport.id.desc())).first()  # fmt: skip
        said = {"then": "import", "version": str(version), **answers}
        answer = self.client.post(place, data=said)
        assert answer.status_code == 302, answer.text
        return self.client.get(place)

    def reconcile(self, purpose: str = "qa", **more: str) -> str:
        answer = self.client.post(f"{self.at}/reconciliation", data={"purpose": purpose, **more})
        assert answer.status_code == 302, answer.text
        return str(answer.location)

    def rows(self) -> list[Outcome]:
        newest = select(func.max(Reconciliation.id)).scalar_subquery()
        query = select(Outcome).where(Outcome.reconciliation_id == newest)
        return list(self.session.scalars(query.order_by(Outcome.position)))


@pytest.fixture
def desk(staff: Any, engagement: Engagement, session: Session) -> Desk:
    return Desk(staff("architect"), engagement, session)


@pytest.fixture
def six(desk: Desk) -> str:
    """Three contracts, an export with six errors, and the comparison."""
    desk.contracts()
    desk.take(desk.upload(SIX))
    return desk.reconcile()


TITLES = "Invoice Number,Contract Number,Invoice Date,Currency,Total,Item,Line Amount"


def test_a_file_of_single_lines_says_nothing_of_the_next(
    desk: Desk, session: Session, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(f"{TITLES}\nA-1,C-1,2026-01-01,EUR,100.00,plan,100.00\n")
    second.write_text(f"{TITLES}\nA-2,C-1,2026-02-01,EUR,130.00,plan,100.00\n"
                      "A-2,C-1,2026-02-01,EUR,130.00,seats,30.00\n")  # fmt: skip
    for file in (first, second):
        desk.take(desk.upload(file))

    found = session.execute(select(InvoiceRecord.number, InvoiceRecord.total)).tuples().all()
    assert [(number, str(total)) for number, total in found] == [
        ("A-1", "100.00"), ("A-2", "130.00"),
    ]  # fmt: skip


@pytest.mark.data
def test_six_errors_are_all_found_and_told_apart(desk: Desk, six: str) -> None:
    found = {(row.number or row.contract): (row.outcome, row.causes) for row in desk.rows()
             if row.outcome != "exact"}  # fmt: skip
    assert found == {
        "INV-102": ("different", "tax"),
        "INV-104": ("duplicate", "duplicate"),
        "INV-201": ("different", "quantity"),
        "INV-202": ("different", "currency"),
        "INV-301": ("unexpected", "unexpected"),
        "C-3": ("missing", "missing"),
    }


def test_the_page_tells_accuracy_money_and_contracts_without_a_schedule(
    desk: Desk, six: str
) -> None:
    text = re.sub(r"\s+", " ", desk.client.get(six).text)
    assert "45.45%" in text
    assert "5 of 11" in text
    assert "Without a schedule: 1 contract" in text
    assert "C-9" in text


def test_every_file_is_kept_with_its_hash(desk: Desk, six: str) -> None:
    stored = desk.session.scalars(select(StoredFile)).one()
    record = desk.session.scalars(select(Reconciliation)).one()
    assert record.files["right"][0]["sha256"] == stored.sha256
    assert stored.sha256 in desk.client.get(six).text


def test_a_variance_is_explained_only_with_cause_and_words(desk: Desk, six: str) -> None:
    row = next(row for row in desk.rows() if row.state)
    place = f"{six}/rows/{row.id}"
    said = {"state": "explained", "version": "1", "owner": "", "cause": "", "resolution": ""}
    assert desk.client.post(place, data=said).status_code == 422
    said |= {"cause": "tax", "resolution": "20 % instead of 19 %."}
    assert desk.client.post(place, data=said).status_code == 302
    stale = desk.client.post(place, data=said)
    assert stale.status_code == 409
    assert desk.session.get_one(Outcome, row.id).state == "explained"


def check(desk: Desk) -> Any:
    s = situation_for(desk.session, desk.engagement)
    return CHECKS["variances_explained"](VariancesExplained(purposes=("hypercare", "layer")), s)


def test_an_unexplained_variance_blocks_and_an_explained_one_does_not(desk: Desk, six: str) -> None:
    assert check(desk).met
    place = desk.reconcile("hypercare")
    assert not check(desk).met
    ids = [str(row.id) for row in desk.rows() if row.state]
    said = {"rows": ids, "act": "explain", "state": "resolved", "cause": "other",
            "resolution": "Credited."}  # fmt: skip
    assert desk.client.post(f"{place}/rows", data=said).status_code == 302
    assert check(desk).met


@pytest.mark.data
def test_what_was_explained_stays_so_when_the_comparison_is_repeated(desk: Desk, six: str) -> None:
    row = next(row for row in desk.rows() if row.number == "INV-102")
    said = {"rows": str(row.id), "act": "explain", "state": "explained", "cause": "tax",
            "resolution": "Rate of last year."}  # fmt: skip
    desk.client.post(f"{six}/rows", data=said)
    desk.reconcile()
    again = next(row for row in desk.rows() if row.number == "INV-102")
    assert (again.state, again.cause, again.resolution) == (
        "explained", "tax", "Rate of last year.")  # fmt: skip


def test_red_flags_only_mark_in_the_monthly_one(desk: Desk, six: str) -> None:
    assert not any(row.red_flag for row in desk.rows())
    desk.reconcile("monthly", first_day="2026-01-01", last_day="2026-03-31")
    flagged = {row.number or row.contract for row in desk.rows() if row.red_flag}
    assert flagged == {"INV-104", "INV-201", "INV-202", "INV-301", "C-3"}
    assert all(row.outcome == "different" for row in desk.rows() if row.number == "INV-102")


def test_what_is_not_due_yet_is_missing_in_the_test_set_alone(desk: Desk, tmp_path: Path) -> None:
    start = now().date() - timedelta(days=40)
    plan = {"key": "plan", "kind": "recurring", "price": "10", "frequency": "custom",
            "every": {"days": 30}}  # fmt: skip
    contract = {"number": "C-9", "currency": "EUR", "start": f"{start}", "lines": [plan],
                "end": f"{start + timedelta(days=119)}"}  # fmt: skip
    said = {"kind": "json", "terms": json.dumps(contract)}
    assert desk.client.post(f"{desk.at}/contracts/new", data=said).status_code == 302
    file = tmp_path / "first.csv"
    file.write_text(f"Invoice No,Contract,Date,Currency,Total\nI-1,C-9,{start},EUR,10.00\n")
    desk.take(desk.upload(file))
    missing = []
    for purpose in ("qa", "hypercare", "monthly"):
        desk.reconcile(purpose)
        missing.append(len([row for row in desk.rows() if row.outcome == "missing"]))

    assert missing == [3, 1, 1]


def test_a_contract_that_bills_on_other_days_has_a_schedule(desk: Desk, six: str) -> None:
    desk.reconcile("monthly", first_day="2026-01-02", last_day="2026-01-31")
    record = desk.session.scalars(select(Reconciliation).order_by(Reconciliation.id.desc())).first()
    assert record is not None
    assert record.summary is not None
    assert record.summary["without_schedule"] == []


def test_a_tolerance_counts_in_the_monthly_one_alone(desk: Desk, six: str) -> None:
    said = {"amounts": "EUR 90", "percent": "1", "tolerance": "EUR 1", "version": "0"}
    desk.client.post(f"{desk.at}/reconciliation/settings", data=said)
    desk.reconcile("monthly")
    monthly = {row.number: row.outcome for row in desk.rows()}
    desk.reconcile("hypercare")
    strict = {row.number: row.outcome for row in desk.rows()}
    assert (monthly["INV-102"], strict["INV-102"]) == ("within tolerance", "different")


def test_a_reading_is_taken_with_its_two_parts(desk: Desk, six: str) -> None:
    place = desk.reconcile("hypercare")
    desk.client.post(f"{place}/take", data={"key": "Q18.metric.invoice_accuracy"})
    reading = desk.session.scalars(select(Reading)).one()
    assert [str(reading.numerator), str(reading.denominator)] == ["5.0000", "10.0000"]
    assert "reconciliation no." in reading.note
    assert "1 expected invoices were missing" in reading.note


def test_test_invoices_are_put_before_the_customer_beside_what_was_expected(
    desk: Desk, six: str
) -> None:
    exact = [str(row.id) for row in desk.rows() if row.outcome == "exact"][:3]
    answer = desk.client.post(f"{six}/rows", data={"rows": exact, "act": "tests"})
    assert answer.status_code == 302
    rows = situation_for(desk.session, desk.engagement).records.rows["Q16.register.invoices"]
    assert [row.values["contract_ref"] for row in rows] == [
        "C-1, Jan 2026", "C-1, Mar 2026", "C-2, Mar 2026",
    ]  # fmt: skip
    assert "plan, 100.00 for the full period: 100.00" in rows[0].values["comparison"]
    desk.client.post(f"{six}/rows", data={"rows": exact, "act": "tests"})
    rows = situation_for(desk.session, desk.engagement).records.rows["Q16.register.invoices"]
    assert len(rows) == 3


@pytest.mark.data
def test_wrong_test_invoices_are_entered_as_defects_once(desk: Desk, six: str) -> None:
    ids = [str(row.id) for row in desk.rows()]
    for _ in range(2):
        said = {"rows": ids, "act": "defects"}
        assert desk.client.post(f"{six}/rows", data=said).status_code == 302
    again = desk.reconcile()
    ids = [str(row.id) for row in desk.rows() if row.state]
    desk.client.post(f"{again}/rows", data={"rows": ids, "act": "defects"})
    rows = situation_for(desk.session, desk.engagement).records.rows["Q16.register.defects"]
    assert {(row.title.partition(":")[0], row.values["test"]) for row in rows} == {
        ("INV-102 of C-1", "tax"), ("INV-104 of C-1", "schedules"),
        ("INV-201 of C-2", "line_items"), ("INV-202 of C-2", "currency"),
        ("C-3", "schedules"), ("INV-301 of C-9", "schedules"),
    }  # fmt: skip
    assert len(rows) == 6
    assert rows[0].title.startswith("INV-102 of C-1: different, probably tax; expected 119.00 EUR")
    exact = [str(row.id) for row in desk.rows() if not row.state]
    answer = desk.client.post(f"{again}/rows", data={"rows": exact, "act": "defects"})
    assert "Tick the invoices that are wrong." in answer.text


def report(desk: Desk) -> Any:
    s = situation_for(desk.session, desk.engagement)
    return draw_up(s, s.playbook.get("Q16.document.tests", Document))


def tables_of(context: Any, first: str) -> list[Any]:
    """Tables of a document whose first two columns are called so."""
    return [block for part in context["sections"] for block in part["blocks"]
            if block["kind"] == "table" and block["columns"][:2] == first.split("|")]  # fmt: skip


def test_the_test_report_lists_every_comparison(desk: Desk, six: str) -> None:
    context = report(desk)
    said = json.dumps(context, default=str)
    assert "5 of 11 invoices equal what their contract gives" in said
    (results,) = tables_of(context, "Result|Invoices")
    assert {row[0]["text"]: row[1]["text"] for row in results["rows"]} == {
        "Exact": "5", "Different": "3", "Missing": "1", "Unexpected": "1", "Duplicate": "1",
    }  # fmt: skip
    (wrong,) = tables_of(context, "Contract|Invoice")
    assert len(wrong["rows"]) == 6
    exact = next(block for part in context["sections"] for block in part["blocks"]
                 if block["kind"] == "table" and block["columns"][-1] == "Together")  # fmt: skip
    lines = [[cell["text"] for cell in row] for row in exact["rows"]]
    told = {(line[0], one) for line in lines for one in line[1].split("; ")}
    rows = {(row.contract, f"{row.number}\u00a0{row.actual_total:,.2f}") for row in desk.rows()
            if row.outcome == "exact"}  # fmt: skip
    assert told == rows
    assert len(told) == 5


def test_a_report_of_many_comparisons_holds_them_all_in_a_table_with_its_hash(
    desk: Desk, six: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compared, "PRINTED", 10)
    context = report(desk)
    (wrong,) = tables_of(context, "Contract|Invoice")
    assert len(wrong["rows"]) == 6
    (found,) = [block for part in context["sections"] for block in part["blocks"]
                if block["kind"] == "attachment"]  # fmt: skip
    data = zlib.decompress(base64.b64decode(found["packed"]))
    assert len(data.decode("utf-8-sig").strip().splitlines()) == 12
    assert data == desk.client.get(f"{six}/rows.csv?outcome=all").data
    assert found["sha256"] == hashlib.sha256(data).hexdigest()
    printed = print_document(context)
    reader = PdfReader(BytesIO(printed.pdf))
    assert dict(reader.attachments.items()) == {found["name"]: [data]}
    assert printed.pdf == print_document(context).pdf
    assert found["sha256"] in "".join(page.extract_text() for page in reader.pages)
    assert printed.warnings == ()


def test_a_name_in_a_file_can_stand_for_a_contract(desk: Desk, six: str) -> None:
    said = {"amounts": "", "percent": "1", "names": "C-9 = C-3", "version": "0"}
    desk.client.post(f"{desk.at}/reconciliation/settings", data=said)
    desk.reconcile()
    found = next(row for row in desk.rows() if row.number == "INV-301")
    assert found.contract == "C-3"


def test_a_faulty_file_is_refused_whole_by_line_and_column(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    lines = SIX.read_text().splitlines()
    lines[2] = lines[2].replace("120.00,plan", "a lot,plan")
    lines[4] = lines[4].replace("2026-03-01,2026-03-01", "2026-02-31,2026-03-01")
    file.write_text("\n".join(lines))
    place = desk.upload(file)
    text = desk.take(place).text
    assert "“a lot” is no amount" in text
    assert "“2026-02-31” is no date that can be read" in text
    assert desk.session.scalars(select(InvoiceRecord)).all() == []


def test_a_question_is_asked_answered_and_remembered(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "plain.csv"
    file.write_text("Invoice No,Contract,Date,Currency,Total\n1,C-1,01/02/2026,EUR,10.00\n")
    place = desk.upload(file)
    assert "day first or month first?" in desk.client.get(place).text
    assert "questions are still open" in desk.take(place).text
    desk.take(place, **{"answer:date:Date": "day"})
    assert str(desk.session.scalars(select(InvoiceRecord)).one().issue_date) == "2026-02-01"
    assert "day first or month first?" not in desk.client.get(desk.upload(file)).text


def test_each_heading_row_of_a_side_is_remembered_by_itself(desk: Desk, tmp_path: Path) -> None:
    texts = {
        "one": "Invoice Number,Contract,Invoice Date,Currency,Total\n"
        "{n},C-1,03/04/2026,EUR,10.00\n",
        "two": "Number,Contract,Date,Currency,Total\n{n},C-1,03/04/2026,EUR,10.00\n",
    }

    def send(name: str, number: str) -> str:
        file = tmp_path / f"{name}-{number}.csv"
        file.write_text(texts[name].format(n=number))
        return desk.upload(file, name=file.name)

    desk.take(send("one", "1"), **{"answer:date:Invoice Date": "day"})
    desk.take(send("two", "2"), **{"answer:date:Date": "month"})
    for name, number in (("one", "3"), ("two", "4")):
        place = send(name, number)
        assert f"Read as “{name}-" in desk.client.get(place).text
        desk.take(place)
    days = desk.session.scalars(select(InvoiceRecord.issue_date).order_by(InvoiceRecord.number))
    assert [str(day) for day in days] == ["2026-04-03", "2026-03-04"] * 2


def test_the_order_of_dates_is_corrected_once_it_was_given(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "dates.csv"
    file.write_text("Invoice Number,Contract,Invoice Date,Currency,Total\n"
                    "1,C-1,03/04/2026,EUR,10.00\n")  # fmt: skip
    place = desk.upload(file)
    said = {"then": "look", "version": "1", "answer:date:Invoice Date": "day"}
    assert desk.client.post(place, data=said).status_code == 302
    assert "Dates in “Invoice Date” are" in desk.client.get(place).text
    desk.take(place, **{"answer:date:Invoice Date": "month"})
    assert str(desk.session.scalars(select(InvoiceRecord.issue_date)).one()) == "2026-03-04"


def test_a_parallel_run_compares_two_systems(desk: Desk, tmp_path: Path) -> None:
    desk.take(desk.upload(SIX))
    file = tmp_path / "legacy.csv"
    file.write_text(SIX.read_text().replace("120.00,plan", "119.00,plan").replace(
        "100.00,20.00", "100.00,19.00"))  # fmt: skip
    desk.take(desk.upload(file, "legacy"))
    desk.reconcile("parallel")
    outcomes = [row.outcome for row in desk.rows()]
    assert (outcomes.count("different"), outcomes.count("exact")) == (1, 9)


def test_a_layer_joins_both_sides_by_reference(desk: Desk, tmp_path: Path) -> None:
    right = tmp_path / "right.csv"
    text = LEDGER.read_text().replace("850.50", "850.00").replace("po_3", "po_4")
    right.write_text(text)
    said = {"layer": "bank", "period": "2027-03", "left": (str(LEDGER), "bank.csv"),
            "right": (str(right), "cash.csv")}  # fmt: skip
    answer = desk.client.post(f"{desk.at}/reconciliation/layers", data=said)
    assert answer.status_code == 302, answer.text
    assert [(row.number, row.outcome) for row in desk.rows()] == [
        ("po_1", "exact"), ("po_2", "different"), ("po_3", "missing"), ("po_4", "unexpected"),
    ]  # fmt: skip
    assert not check(desk).met


def test_a_ledger_of_debits_and_credits_is_asked_which_count_as_plus(
    desk: Desk, tmp_path: Path
) -> None:
    right = tmp_path / "right.csv"
    right.write_text(
        "Date,Reference,Description,Debit,Credit,Currency\n2027-03-02,po_1,In,1000.00,,EUR\n"
        "2027-03-09,po_2,In,850.50,,EUR\n2027-03-16,po_3,Out,,20.00,EUR\n"
    )
    said = {"layer": "bank", "period": "2027-03", "left": (str(LEDGER), "bank.csv"),
            "right": (str(right), "cash.csv")}  # fmt: skip
    place = desk.client.post(f"{desk.at}/reconciliation/layers", data=said).location
    assert "Do debits or credits count as plus?" in desk.client.get(place).text
    page = desk.take(place, **{"answer:sign": "debit"}).text
    assert "1,830.50 EUR" in page
    again = {"layer": "bank", "period": "2027-03"}
    answer = desk.client.post(f"{desk.at}/reconciliation/layers", data=again)
    assert answer.status_code == 302, answer.text
    assert {row.outcome for row in desk.rows()} == {"exact"}


PERIODS, PROOFS = "C5.register.periods", "C5.register.layers"


def layer(desk: Desk, right: Path = LEDGER) -> str:
    said = {"layer": "bank", "period": "2027-03", "left": (str(LEDGER), "bank.csv"),
            "right": (str(right), "cash.csv")}  # fmt: skip
    return str(desk.client.post(f"{desk.at}/reconciliation/layers", data=said).location)


def kept(desk: Desk, register: str) -> list[Any]:
    s = situation_for(desk.session, desk.engagement)
    return [row for row in s.records.rows.get(register, []) if row.version]


def test_a_layer_that_agrees_is_put_on_record_with_its_period(desk: Desk) -> None:
    place = layer(desk)
    for key in (PERIODS, PROOFS):
        answer = desk.client.post(f"{place}/take", data={"key": key})
        assert answer.status_code == 302, answer.text
    (period,), (proof,) = kept(desk, PERIODS), kept(desk, PROOFS)
    assert (period.title, period.values["bank_result"]) == ("2027-03", "agrees")
    assert proof.seed == "C5.layer.bank"
    assert proof.values["proven"] == place
    assert "Put on record" not in desk.client.get(place).text
    assert desk.client.post(f"{place}/take", data={"key": PERIODS}).status_code == 422


def test_a_period_is_not_reconciled_with_the_files_of_another(desk: Desk) -> None:
    layer(desk)
    place, said = f"{desk.at}/reconciliation/layers", {"layer": "bank", "period": "2027-04"}
    answer = desk.client.post(place, data=said)
    assert answer.status_code == 422
    assert "Both files are those of 2027-03. Choose the files of 2027-04." in answer.text
    assert desk.client.post(place, data={**said, "period": "2027-03"}).status_code == 302
    fresh = {**said, "left": (str(LEDGER), "bank.csv")}
    assert desk.client.post(place, data=fresh).status_code == 302


@pytest.mark.data
def test_a_layer_that_differs_counts_once_everything_is_explained(
    desk: Desk, tmp_path: Path
) -> None:
    right = tmp_path / "right.csv"
    right.write_text(LEDGER.read_text().replace("850.50", "850.00"))
    place = layer(desk, right)
    assert desk.client.post(f"{place}/take", data={"key": PERIODS}).status_code == 422
    ids = [str(row.id) for row in desk.rows() if row.state]
    said = {"rows": ids, "act": "explain", "state": "explained", "cause": "timing",
            "resolution": "Clears on the 2nd."}  # fmt: skip
    desk.client.post(f"{place}/rows", data=said)
    desk.client.post(f"{place}/take", data={"key": PERIODS})
    assert kept(desk, PERIODS)[0].values["bank_result"] == "explained"
    again = layer(desk)
    assert "Put on record" not in desk.client.get(place).text
    assert "now differs" in desk.client.get(again).text
    desk.client.post(f"{again}/take", data={"key": PERIODS})
    assert [row.values["bank_result"] for row in kept(desk, PERIODS)] == ["agrees"]


def test_a_missing_layer_is_begun_where_the_gate_leads(desk: Desk) -> None:
    page = desk.client.get(f"{desk.at}/reconciliation?layer=erp&period=2027-03").text
    layers = page[page.index('id="layers"') :]
    assert layers.startswith('id="layers" open')
    assert re.search(r'<option[^>]*value="erp"[^>]*selected|selected[^>]*value="erp"', layers)
    assert 'value="2027-03"' in layers
    closed = desk.client.get(f"{desk.at}/reconciliation?layer=none&period=x").text
    assert 'id="layers" open' not in closed


def test_rows_are_exported(desk: Desk, six: str) -> None:
    text = desk.client.get(f"{six}/rows.csv?outcome=all").get_data(as_text=True)
    assert len(text.strip().splitlines()) == 12
    assert desk.client.get(f"{six}/rows.xlsx").data.startswith(b"PK")


def test_a_removed_file_is_left_out_of_later_comparisons(desk: Desk, six: str) -> None:
    record = desk.session.scalars(select(InvoiceImport)).one()
    desk.client.post(f"{desk.at}/invoices/import/{record.id}/remove")
    answer = desk.client.post(f"{desk.at}/reconciliation", data={"purpose": "qa"})
    assert answer.status_code == 422
    assert "There are no invoices of the billing tool yet" in answer.text


def test_nothing_of_another_engagement_is_shown(desk: Desk, six: str, make_engagement: Any) -> None:
    other = make_engagement("Another")
    stranger = six.replace(desk.engagement.slug, other.slug)
    assert desk.client.get(stranger).status_code == 404


def test_large_files_and_comparisons_go_to_the_worker(
    desk: Desk, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 0)
    monkeypatch.setattr(comparing, "AT_ONCE", 0)
    desk.contracts()
    place = desk.upload(SIX)
    assert "Being read" in desk.take(place).text
    outbox.deliver_due(app)
    assert "10 below the titles: 10 used" in desk.client.get(place).text
    run = desk.reconcile()
    assert desk.rows() == []
    outbox.deliver_due(app)
    assert "45.45%" in desk.client.get(run).text
    assert len(desk.rows()) == 11


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is small enough to be looked at while somebody waits."""
    monkeypatch.setattr("billing.crm.source.AT_ONCE", 0)


DATES = "Invoice Number,Contract,Invoice Date,Currency,Total\n1,C-1,03/04/2026,EUR,10.00\n"


@pytest.mark.usefixtures("slow")
def test_a_file_that_takes_long_is_looked_at_by_the_worker(
    desk: Desk, app: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "dates.csv"
    file.write_text(DATES)
    place = desk.upload(file)
    page = desk.client.get(place).text
    assert ("data-run=" in page, "Being looked at" in page, 'id="mapping"' in page) == (
        True, True, False)  # fmt: skip
    outbox.deliver_due(app)
    assert "day first or month first" in desk.client.get(place).text
    assert "Being looked at" in desk.take(place, **{"answer:date:Invoice Date": "day"}).text
    outbox.deliver_due(app)
    assert "10.00 EUR" in desk.take(place).text
    assert str(desk.session.scalars(select(InvoiceRecord.issue_date)).one()) == "2026-04-03"


@pytest.mark.usefixtures("slow")
def test_a_long_file_that_is_no_table_says_so_and_can_be_removed(
    desk: Desk, app: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "odd.csv"
    file.write_text("nothing here")
    place = desk.upload(file)
    assert desk.client.post(f"{place}/remove").status_code == 422
    outbox.deliver_due(app)
    page = desk.client.get(place).text
    assert "no row of column titles" in page
    assert 'id="mapping"' not in page
    assert desk.client.post(f"{place}/remove").status_code == 302
    assert "Removed" in desk.client.get(place).text


@pytest.mark.usefixtures("slow")
def test_a_layer_waits_for_files_that_are_looked_at(desk: Desk, app: Flask, tmp_path: Path) -> None:
    said = {"layer": "bank", "period": "2027-03", "left": (str(LEDGER), "bank.csv"),
            "right": (str(LEDGER), "cash.csv")}  # fmt: skip
    place = desk.client.post(f"{desk.at}/reconciliation/layers", data=said).location
    assert "is large and is being looked at" in desk.client.get(place).text
    assert desk.rows() == []


def test_a_reading_that_was_stopped_can_be_corrected_and_begun_again(
    desk: Desk, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 0)
    place = desk.upload(SIX)
    desk.take(place)
    run = desk.session.scalars(select(Run)).one()
    desk.client.post(f"{desk.at}/runs/{run.id}/cancel")
    assert "It was stopped" in desk.client.get(place).text
    monkeypatch.setattr(imports, "AT_ONCE", 10**6)
    assert "10 used" in desk.take(place).text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("USD 100", {"USD": "100"}),
        ("usd = 1,250.50\nJPY: 15,000", {"USD": "1250.50", "JPY": "15000"}),
        ("EUR 100,50", None),
        ("EUR 1.250,50", None),
        ("EUR 1,2,3", None),
        ("EUX 100", None),
        ("EUR", None),
    ],
)
def test_an_amount_of_a_currency_reads_one_way_or_is_refused(
    text: str, kept: dict[str, str] | None
) -> None:
    if kept is not None:
        assert amounts_of("amounts", text) == kept
        return
    with pytest.raises(BadValue, match="Line 1"):
        amounts_of("amounts", text)
