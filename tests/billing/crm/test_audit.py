"""What an audit finds, in how many rows, and what of it is a gap in billing."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from billing.crm.audit import audit
from billing.crm.offending import neutral, offending_csv
from billing.crm.recognise import recognise
from billing.crm.report import Audit
from billing.crm.suggest import FACTS, Keys, Suggestion, suggestions
from tests.billing.crm.asking import audited, source, table
from tests.billing.crm.exports import PRICES, csv_text, small_export
from tests.billing.crm.motions import LABELLED, Labelled

KEYS = Keys("Q9.register.gaps", "Q24.register.risks", {fact: f"input.{fact}" for fact in FACTS})


def counts(report: Audit) -> dict[str, tuple[int, int]]:
    """Rows and gaps by finding."""
    return {each.key: (each.count, each.gaps) for each in report.findings}


def test_what_open_deals_lack_is_no_gap_and_what_won_deals_lack_is() -> None:
    report = audited(small_export(), PRICES)
    assert report.by_state == {"won": 2, "lost": 1, "open": 2, "unknown": 0}
    assert counts(report) == {
        "missing.account": (2, 0), "missing.amount": (2, 0), "missing.close": (2, 0),
        "value.zero": (1, 0), "unmatched.product": (2, 1), "missing.payment_terms": (2, 2),
        "missing.billing_frequency": (2, 2), "missing.currency": (2, 2),
        "missing.term_start": (2, 2), "missing.term_end": (2, 2),
    }  # fmt: skip
    assert (report.clean, report.noted, report.with_gaps) == (0, 3, 2)


def test_a_near_miss_is_told() -> None:
    report = audited(small_export(), PRICES)
    found = report.finding("unmatched.product")
    assert found is not None
    assert [(each.value, each.count) for each in found.details] == [("GTXPro", 2)]
    assert "GTX Pro" in found.details[0].note
    assert found.first_lines == (3, 6)


@pytest.mark.parametrize(
    ("product", "note"),
    [("gtx pro", "the same letters"), ("GTX Pross", "nearly the same letters"), ("Banana", "")],
)
def test_how_near_a_product_is(product: str, note: str) -> None:
    report = audited(f"Deal Name,Stage,Product\nA,Won,{product}\n", PRICES)
    found = report.finding("unmatched.product")
    assert found is not None
    assert found.details[0].note.endswith(note)


FULL: dict[str, object] = {
    "Deal ID": "D1", "Account Name": "Acme", "Stage": "Won", "Amount": "100", "Currency": "EUR",
    "Create Date": "2025-01-10", "Close Date": "2025-02-10", "Payment Terms": "Net 30",
    "Billing Frequency": "Monthly", "Contract Start Date": "2025-03-01",
    "Contract End Date": "2026-02-28",
}  # fmt: skip


def export(*changes: Mapping[str, object]) -> str:
    """Deals that lack nothing, each with its changes and an id of its own."""
    rows = [FULL | {"Deal ID": f"D{n}", "Account Name": f"Acme {n}"} | dict(change)
            for n, change in enumerate(changes)]  # fmt: skip
    return csv_text(tuple(FULL), (tuple(row.values()) for row in rows))


def test_a_deal_that_lacks_nothing_is_clean() -> None:
    report = audited(export({}, {}))
    assert counts(report) == {}
    assert (report.clean, report.noted, report.with_gaps) == (2, 0, 0)


@pytest.mark.parametrize(
    ("change", "key", "gap"),
    [
        ({"Close Date": ""}, "missing.close", True),
        ({"Close Date": "n/a"}, "missing.close", True),
        ({"Amount": ""}, "missing.amount", True),
        ({"Account Name": " "}, "missing.account", True),
        ({"Payment Terms": ""}, "missing.payment_terms", True),
        ({"Billing Frequency": "-"}, "missing.billing_frequency", True),
        ({"Contract Start Date": ""}, "missing.term_start", True),
        ({"Contract End Date": ""}, "missing.term_end", True),
        ({"Currency": ""}, "missing.currency", True),
        ({"Amount": "0"}, "value.zero", True),
        ({"Amount": "-5"}, "value.negative", True),
        ({"Amount": "lots"}, "unreadable.amount", True),
        ({"Close Date": "soon"}, "unreadable.close", True),
        ({"Close Date": "2025-01-09"}, "order.close", True),
        ({"Contract End Date": "2025-02-28"}, "order.term", True),
        ({"Currency": "XQQ"}, "unreadable.currency", True),
        ({"Deal ID": "D0"}, "duplicate.id", True),
        ({"Deal ID": "D0", "Account Name": "Acme 0"}, "duplicate.exact", True),
        ({"Account Name": "Acme 0"}, "duplicate.possible", True),
        ({"Currency": "USD"}, "currency.mixed", False),
        ({"Stage": "Engaging", "Close Date": ""}, "missing.close", False),
        ({"Stage": "Engaging", "Payment Terms": ""}, "", False),
        ({"Stage": "Lost", "Amount": "0"}, "value.zero", False),
    ],
)
def test_one_change_makes_one_finding(change: Mapping[str, object], key: str, gap: bool) -> None:
    report = audited(export({}, {}, change))
    assert counts(report) == ({key: (1, int(gap))} if key else {})
    for found in report.findings:
        assert found.first_lines == (4,)
        assert found.of in {2, 3}


def test_a_term_in_months_stands_for_an_end() -> None:
    head = "Contract Number,Customer,Contract Start Date,Contract Term (months)\n"
    text = f"{head}A,X,2025-01-01,12\nB,Y,2025-01-01,\n"
    found = audited(text).finding("missing.term_end")
    assert found is not None
    assert (found.count, found.first_lines) == (1, (3,))


def test_an_amount_far_from_its_product_stands_out() -> None:
    changes = [{"Amount": str(95 + n)} for n in range(25)]
    report = audited(export(*changes, {"Amount": "10000"}))
    assert counts(report) == {"outlier.amount": (1, 0)}
    assert counts(audited(export(*changes[:10], {"Amount": "10000"}))) == {}


def test_without_a_stage_nothing_is_called_a_gap_and_it_is_asked() -> None:
    report = audited("Deal Name,Amount\nA,\nB,5\n")
    assert report.by_state["unknown"] == 2
    assert report.gaps == ()
    assert "column:stage" in {q.key for q in report.recognition.questions}


def test_the_word_won_in_a_column_of_its_own_decides() -> None:
    report = audited("Deal Name,Stage,Is Won,Amount\nA,Closed,TRUE,5\nB,Closed Won,FALSE,6\n")
    assert report.by_state == {"won": 1, "lost": 0, "open": 1, "unknown": 0}


def test_segments_come_from_the_accounts() -> None:
    accounts = "account,sector\nCancity,retail\nIsdom,medical\n"
    report = audited(small_export(), accounts=accounts)
    assert {g.label: g.deals for g in report.structure.by_segment} == {"retail": 1, "medical": 1}


def test_the_offending_rows_come_with_line_and_finding_and_no_formula() -> None:
    text = "Deal Name,Stage,Account,Note\n=cmd(),Won,,x\nB,Open,Acme,-5\n"
    found = table(text)
    report = audit(found, recognise(found))
    finding = report.finding("missing.account")
    assert finding is not None
    assert "".join(offending_csv(found, [finding])).splitlines() == [
        "Line,Finding,Deal Name,Stage,Account,Note", "2,No account,'=cmd(),Won,,x",
    ]  # fmt: skip
    assert neutral("-5") == "-5"


def test_a_report_is_plain_json() -> None:
    data = json.loads(json.dumps(audited(small_export(), PRICES).as_data()))
    assert (data["rows"], data["by_state"]["won"], data["won_amount"]) == (5, 2, {"": "5568"})
    gaps = {each["key"] for each in data["findings"] if each["billing_gap"]}
    assert "missing.payment_terms" in gaps
    assert "missing.close" not in gaps


def taken(report: Audit, kind: str) -> dict[str, Suggestion]:
    return {each.name: each for each in suggestions(report, KEYS) if each.kind == kind}


def test_only_gaps_become_gaps_and_each_says_where_it_comes_from() -> None:
    gaps = taken(audited(small_export(), PRICES), "gap")
    assert set(gaps) == {
        "crm.unmatched.product", "crm.missing.payment_terms", "crm.missing.billing_frequency",
        "crm.missing.currency", "crm.missing.term_start", "crm.missing.term_end",
    }  # fmt: skip
    product = gaps["crm.unmatched.product"]
    assert product.source == "CRM export export.csv, column “product”, 2 of 5 rows"
    assert (product.into, product.severity) == ("Q9.register.gaps", "medium")
    assert gaps["crm.missing.currency"].severity == "high"


def test_facts_become_inputs_and_trouble_becomes_risks() -> None:
    report = audited(small_export(), PRICES)
    inputs = {each.into: each.value for each in taken(report, "input").values()}
    assert inputs == {
        "input.deal_count": "2", "input.deal_value": "5,568", "input.cycle_days": "132",
        "input.quality": inputs["input.quality"],
    }  # fmt: skip
    assert inputs["input.quality"].startswith("2 of 2 won deals (100%) lack what billing needs.")
    assert "product not in the price book: 1" in inputs["input.quality"]
    assert set(taken(report, "risk")) == {"crm.risk.data_quality", "crm.risk.catalogue"}
    assert not [s for s in suggestions(report, Keys("g", "r", {})) if s.kind == "input"]


@pytest.mark.parametrize("labelled", LABELLED, ids=lambda each: each.name)
def test_the_motion_of_the_labelled_exports(labelled: Labelled) -> None:
    motion = audited(labelled.make()).motion
    assert motion.kind == labelled.motion, motion
    assert motion.reasons
    assert any(character.isdigit() for character in motion.reasons[0])


def test_too_few_deals_have_no_motion() -> None:
    motion = audited(small_export()).motion
    assert (motion.kind, motion.words) == (None, "not enough to tell")
    assert "too few" in motion.reasons[0]


def test_progress_is_told_to_the_end() -> None:
    seen: list[float] = []
    found = table(small_export())
    audit(found, recognise(found), progress=seen.append)
    assert seen[-1] == 1.0
    assert source("a").size == 1
