"""Ledgers with debits and credits apart: one signed amount, asked about where nobody can know."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.crm.errors import UnreadableExport
from billing.crm.source import Source
from billing.exports.grid import open_grid
from billing.exports.reader import Reading, read_invoices
from billing.exports.recognise import Recognition, recognise

HEAD = "Reference,Posting Date,Description,Debit,Credit,Balance,Currency\n"
LEDGER = (
    HEAD + ",2026-01-01,Opening Balance,,,1000.00,USD\n"
    'R-1,2026-01-15,Payment,"1,250.00",,2250.00,USD\n'
    "R-2,2026-01-16,Refund,,50.00,2200.00,USD\n"
    "R-3,2026-01-17,Payment,100.00,0.00,2300.00,USD\n"
)


def told(text: str) -> Recognition:
    return recognise(open_grid(Source.of_bytes("x.csv", text.encode())), of="entries")


def read(text: str, **answers: str) -> Reading:
    grid = open_grid(Source.of_bytes("x.csv", text.encode()))
    mapping = recognise(grid, of="entries").settled
    for key, value in answers.items():
        mapping = mapping.answered(key, value)
    return read_invoices(grid, recognise(grid, mapping).settled)


def sums(reading: Reading) -> dict[str, Decimal]:
    return {one.billed.number: one.billed.total for one in reading.found}


@pytest.mark.parametrize(
    ("sign", "totals"), [("debit", (1250, -50, 100)), ("credit", (-1250, 50, -100))]
)
def test_debits_and_credits_are_one_signed_amount(sign: str, totals: tuple[int, ...]) -> None:
    reading = read(LEDGER, sign=sign)
    assert tuple(sums(reading).values()) == totals
    assert reading.left_out == {"opening and closing balances": 1}


def test_which_count_as_plus_is_asked() -> None:
    found = told(LEDGER)
    assert (found.mapping.columns["debit"], found.mapping.columns["credit"]) == ("Debit", "Credit")
    (question,) = [one for one in found.questions if one.key == "sign"]
    assert (question.assumed, found.ready) == ("", False)


@pytest.mark.parametrize(
    "titles", ["Withdrawals,Deposits", "Paid Out,Paid In", "Money Out,Money In"]
)
def test_titles_that_say_which_way_money_goes_need_no_answer(titles: str) -> None:
    text = LEDGER.replace("Debit,Credit", titles)
    found = told(text)
    assert (found.ready, found.mapping.sign) == (True, "credit")
    assert sums(read(text))["R-2"] == 50


ONE_COLUMN = (
    "Reference,Date,Amount,Dr/Cr,Currency\n"
    "R-1,2026-01-15,100.00,Dr,EUR\nR-2,2026-01-15,40.00,CR.,EUR\n"
)


def test_a_word_for_the_side_gives_an_amount_its_sign() -> None:
    assert "sign" in {one.key for one in told(ONE_COLUMN).questions}
    assert sums(read(ONE_COLUMN, sign="debit")) == {"R-1": 100, "R-2": -40}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("R-9,2026-01-15,Both,10.00,5.00,,USD", "a debit of 10.00 and a credit of 5.00"),
        ("R-9,2026-01-15,None,,,5.00,USD", "column 4: there is no amount"),
        (",2026-01-15,No name,10.00,,5.00,USD", "there is no reference"),
        ("R-9,,No day,10.00,,5.00,USD", "there is no date"),
        ("R-9,2026-01-15,Odd,ten,,5.00,USD", "“ten” is no amount"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_entry_is_told_by_line(row: str, fault: str) -> None:
    with pytest.raises(UnreadableExport, match=fault):
        read(f"{LEDGER}{row}\n", sign="debit")


@pytest.mark.parametrize(("word", "fault"), [("X", "“X” is neither"), ("", "nothing says whether")])
def test_an_entry_whose_side_is_unknown_is_a_fault(word: str, fault: str) -> None:
    with pytest.raises(UnreadableExport, match=fault):
        read(ONE_COLUMN.replace("CR.", word), sign="debit")


def test_debits_without_credits_are_no_amount() -> None:
    found = told("Reference,Date,Debit,Currency\nR-1,2026-01-15,100.00,EUR\n")
    assert found.lacking == ("an amount, or debits and credits",)


def test_a_reversal_keeps_its_sign() -> None:
    assert sums(read(LEDGER.replace("50.00,2200", "-50.00,2200"), sign="debit"))["R-2"] == 50


def test_invoices_have_no_debits() -> None:
    text = "Invoice No,Contract,Date,Currency,Total,Debit\n1,C,2026-01-31,USD,10.00,10.00\n"
    found = recognise(open_grid(Source.of_bytes("x.csv", text.encode())))
    assert "debit" not in found.mapping.columns
