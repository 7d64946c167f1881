"""Usage prices, tiers, discounts, trials, frequencies and ramps, as exports tell them or do not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from billing.agreements.reader import Reading, read_contracts
from billing.agreements.recognise import Recognition, recognise
from billing.agreements.words import frequency_of, model_of, period_of, times
from billing.conventions import DEFAULT, merged
from billing.crm.source import Source
from billing.crm.table import open_table
from billing.reading import contract_of


def look(text: str) -> Recognition:
    return recognise(open_table(Source.of_bytes("x.csv", text.encode())))


def read(text: str, conventions: dict[str, Any] | None = None, **answers: str) -> Reading:
    table = open_table(Source.of_bytes("x.csv", text.encode()))
    mapping = recognise(table).settled
    for key, value in answers.items():
        mapping = mapping.answered(key, value)
    reading = read_contracts(table, mapping, conventions=merged(DEFAULT, conventions or {}))
    used = sum(len(contract.rows) for contract in reading.contracts)
    assert used + reading.refused_rows + sum(reading.left_out.values()) == reading.rows
    for contract in reading.contracts:
        contract_of(contract.terms)
    return reading


def lines(text: str, conventions: dict[str, Any] | None = None, **answers: str) -> list[Any]:
    (contract,) = read(text, conventions, **answers).contracts
    found: list[Any] = contract.terms["lines"]
    return found


def refused(text: str, **answers: str) -> str:
    reading = read(text, None, **answers)
    assert reading.contracts == ()
    return "; ".join(f"{p.row} {p.field}: {p.what}" for p in reading.problems)


HEAD = "Contract Number,Customer,Currency,Start Date,Product,Billing Frequency"
ROW = "C-1,Acme,EUR,2026-01-01,Calls,Monthly"


def table(more: str, *rows: str) -> str:
    return "\n".join([f"{HEAD},{more}", *(f"{ROW},{row}" for row in rows)]) + "\n"


def graduated(*tiers: tuple[str | None, str]) -> dict[str, Any]:
    return {"model": "graduated", "tiers": [
        ({"up_to": upper} if upper else {}) | {"unit_price": price} for upper, price in tiers
    ]}  # fmt: skip


THREE = graduated(("100", "0.1"), ("500", "0.08"), (None, "0.05"))
TIERS = "Pricing Model,From Quantity,To Quantity,Tier Price"


@pytest.mark.parametrize(
    "rows",
    [
        ("graduated,1,100,0.10", "graduated,101,500,0.08", "graduated,501,,0.05"),
        ("Tiered,0,100,0.10", "Tiered,101,500,0.08", "Tiered,501,unlimited,0.05"),
        ("Slab,0,100,0.10", "Slab,100,500,0.08", "Slab,500,,0.05"),
        ("graduated,501,,0.05", "graduated,101,500,0.08", "graduated,1,100,0.10"),
        ("graduated,1,,0.10", "graduated,101,,0.08", "graduated,501,,0.05"),
        ("graduated,,100,0.10", "graduated,,500,0.08", "graduated,,∞,0.05"),
        ("graduated,0.00,100.00,0.10", "graduated,100.01,500,0.08", "graduated,500.01,,0.05"),
        ("graduated,1,100,0.10", ",101,500,0.08", ",501,,0.05"),
    ],
)  # fmt: skip
def test_a_row_for_each_tier_makes_one_usage_line(rows: tuple[str, ...]) -> None:
    (line,) = lines(table(TIERS, *rows))
    assert (line["kind"], line["pricing"], line["key"]) == ("usage", THREE, "Calls")


def test_rows_of_tiers_need_not_repeat_what_stands_above_them() -> None:
    text = table(TIERS, "graduated,1,100,0.10")
    (line,) = lines(text + "C-1,,,,,,,101,500,0.08\nC-1,,,,,,,501,,0.05\n")
    assert line["pricing"] == THREE


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("graduated,1,100,0.10", "graduated,201,,0.05"), "leave a gap: one ends at 100"),
        (("graduated,1,100,0.10", "graduated,90,,0.05"), "overlap: one ends at 100"),
        (("graduated,1,100,0.10", "graduated,100,,0.05"), "100 units belong to two of them"),
        (("graduated,5,100,0.10", "graduated,101,,0.05"), "what fewer units cost"),
        (("graduated,,,0.10", "graduated,,,0.05"), "two tiers have no end"),
        (("graduated,1,100,", "graduated,101,,0.05"), "the tier has no price"),
        (("graduated,1,many,0.10",), "“many” is no number"),
        (("graduated,1,100,-0.10",), "is negative"),
        (("cubic,1,100,0.10",), "“cubic” is no pricing model"),
        (("graduated,,,",), "the file has no tiers"),
    ],
)  # fmt: skip
def test_tiers_that_do_not_join_are_refused(rows: tuple[str, ...], said: str) -> None:
    assert said in refused(table(TIERS, *rows))


CHARGEBEE = (
    "subscription[id],customer[id],subscription[start_date],subscription[status],currency,"
    "billing_period,billing_period_unit,subscription_items[item_price_id][0],"
    "subscription_items[quantity][0],subscription_items[unit_price][0],"
    "subscription_items[item_price_id][1],subscription_items[quantity][1],"
    "subscription_items[unit_price][1],pricing_model,item_tiers[item_price_id][0],"
    "item_tiers[starting_unit][0],item_tiers[ending_unit][0],item_tiers[price][0],"
    "item_tiers[item_price_id][1],item_tiers[starting_unit][1],item_tiers[ending_unit][1],"
    "item_tiers[price][1]\n"
)


def test_chargebees_numbered_columns_are_tiers_of_one_line() -> None:
    text = CHARGEBEE + (
        "s1,c1,2026-03-01,active,USD,3,month,api-calls,,,,,,tiered,api-calls,1,100,0.10,"
        "api-calls,101,,0.05\n"
    )
    found = look(text)
    assert (found.mapping.system, found.lacking) == ("chargebee", ())
    assert not [one for one in found.unrecognised if "tiers" in one.title]
    (line,) = lines(text, basis="period")
    assert line["pricing"] == graduated(("100", "0.1"), (None, "0.05"))
    assert (line["key"], line["frequency"]) == ("api-calls", "quarterly")


def test_chargebees_numbered_items_are_lines() -> None:
    text = CHARGEBEE + (
        "s1,c1,2026-03-01,active,USD,1,month,plan,1,99.50,seats,12,8.00,per_unit,,,,,,,,\n"
    )
    one, two = lines(text, basis="period")
    assert (one["key"], one["price"]) == ("plan", "99.5")
    assert (two["key"], two["price"], two["quantity"]) == ("seats", "8", "12")


def test_netsuites_options_tell_flat_fees_from_rates() -> None:
    head = "Above Quantity,Pricing Option,Price Plan Pricing: Value,Price Plan Type"
    (line,) = lines(table(head, "0,Fixed Amount,20,Volume", "100,Rate,0.15,Volume"))
    assert line["pricing"] == {"model": "volume", "tiers": [
        {"up_to": "100", "flat_fee": "20"}, {"unit_price": "0.15"}]}  # fmt: skip


def test_salesforces_upper_bound_belongs_to_the_next_tier() -> None:
    head = "Opportunity ID,Opportunity Name,Schedule Type,Lower Bound,Upper Bound,Tier Price"
    rows = ("o,O,Slab,1,101,0.10", "o,O,Slab,101,501,0.08", "o,O,Slab,501,,0.05")
    (line,) = lines(table(head, *rows))
    assert line["pricing"] == THREE


def test_hubspots_lists_are_matched_by_index() -> None:
    ranges = json.dumps([{"start": 0, "end": 100}, {"start": 101, "end": 500}, {"start": 501}])
    prices = json.dumps([{"index": 2, "price": 0.05}, {"index": 0, "price": 0.1},
                         {"index": 1, "price": 0.08}])  # fmt: skip
    cells = ",".join('"' + each.replace('"', '""') + '"' for each in (ranges, prices))
    head = "hs_pricing_model,hs_tier_ranges,hs_tier_prices"
    (line,) = lines(table(head, f"graduated,{cells}"))
    assert line["pricing"] == THREE
    assert "is no list of tiers" in refused(table(head, 'graduated,oops,"[]"'))


def test_a_stairstep_is_a_price_for_the_whole_quantity() -> None:
    (line,) = lines(table(TIERS, "stairstep,1,100,20", "stairstep,101,,50"))
    assert line["pricing"] == {
        "model": "volume", "tiers": [{"up_to": "100", "flat_fee": "20"}, {"flat_fee": "50"}]
    }  # fmt: skip


def test_tiers_without_a_model_are_asked_about() -> None:
    text = table("From Quantity,To Quantity,Tier Price", "1,100,0.10", "101,,0.05")
    found = look(text)
    assert "tiers" in {question.key for question in found.questions}
    assert not found.ready
    assert "nobody has said how they are priced" in refused(text)
    (line,) = lines(text, tiers="volume")
    assert line["pricing"]["model"] == "volume"


def test_stripes_scheme_says_that_there_are_tiers_and_not_which() -> None:
    text = table("Billing Scheme,Usage Type,Unit Price", "tiered,metered,")
    assert "its prices are tiered, and this file does not tell them" in refused(
        text, basis="period"
    )


@pytest.mark.parametrize(
    ("head", "row", "pricing"),
    [
        ("Usage Type,Unit Price", "metered,0.02", {"model": "per_unit", "price": "0.02"}),
        ("Pricing Model,Package Size,Unit Price", "package,100,5",
         {"model": "package", "size": "100", "price": "5"}),
        ("Pricing Model,Percentage Fee,Fixed Fee", "percentage,2.9%,0.30",
         {"model": "percentage", "percent": "2.9", "fixed": "0.3"}),
    ],
)  # fmt: skip
def test_usage_has_its_price(head: str, row: str, pricing: dict[str, Any]) -> None:
    (line,) = lines(table(head, row), basis="period")
    assert (line["kind"], line["pricing"]) == ("usage", pricing)


def test_a_price_with_a_percent_sign_is_a_share_and_no_price() -> None:
    text = table("Charge Type,Unit Price", "Usage,1.5%", "Recurring,20").replace(
        "Calls", "Other", 1
    )
    one, two = lines(text, basis="period")
    assert one["pricing"] == {"model": "percentage", "percent": "1.5"}
    assert (two["kind"], two["price"]) == ("recurring", "20")


def test_usage_keeps_its_included_units_and_least_amount() -> None:
    head = "Usage Type,Unit Price,Included Units,Minimum Amount"
    (line,) = lines(table(head, "metered,0.02,1000,50"), basis="period")
    assert (line["included"], line["minimum"]) == ("1000", "50")


@pytest.mark.parametrize(
    ("head", "row", "said"),
    [
        ("Usage Type,Unit Price,Quantity", "metered,0.02,500", "may be included, committed or"),
        ("Usage Type,Amount", "metered,20", "prices that this file does not tell"),
        ("Unit Price,Included Units", "20,500", "nothing says that this line is one"),
        ("Pricing Model,Unit Price", "package,20", "how many units a package has"),
        ("Unit Price,Coupon", "20,SAVE10", "does not say how much"),
        ("Unit Price,Discount Percent,Discount Amount", "20,5,5", "another as an amount"),
        ("Amount,Discount Percent", "20,5", "may have the discount in it already"),
        ("Unit Price,Free Months", "20,x", "no whole number"),
        ("Unit Price,Trial Days", "20,soon", "no whole number"),
        ("Unit Price,Interval Count", "20,0", "no number of intervals"),
    ],
)  # fmt: skip
def test_what_cannot_be_known_is_refused_and_not_guessed(head: str, row: str, said: str) -> None:
    assert said in refused(table(head, row), basis="period")


def test_an_agreed_quantity_is_priced_by_its_tiers() -> None:
    text = table(f"Quantity,{TIERS}", "150,volume,1,100,10", "150,volume,101,,8")
    (line,) = lines(text)
    assert (line["kind"], line["price"]) == ("recurring", "1200")
    assert line["description"] == "Calls, 150 units, volume prices"


@pytest.mark.parametrize(("bound", "price"), [("inclusive", "1000"), ("exclusive", "800")])
def test_the_bound_of_a_tier_follows_the_conventions(bound: str, price: str) -> None:
    text = table(f"Quantity,{TIERS}", "100,volume,0,100,10", "100,volume,100,,8")
    (line,) = lines(text, {"tier_upper_bound": bound})
    assert line["price"] == price


@pytest.mark.parametrize(
    ("head", "row", "discount"),
    [
        ("Discount Percent", "12.5", {"percent": "12.5"}),
        ("Discount Percent", "12.5%", {"percent": "12.5"}),
        ("Discount Amount,Discount End Date", "30,2026-06-30",
         {"amount": "30", "end": "2026-06-30"}),
        ("Coupon,Discount Periods", "20% off,3", {"percent": "20", "periods": 3}),
    ],
)  # fmt: skip
def test_discounts_are_read(head: str, row: str, discount: dict[str, Any]) -> None:
    (line,) = lines(table(f"Unit Price,{head}", f"100,{row}"), basis="period")
    assert line["discounts"] == [discount]


@pytest.mark.parametrize("nothing", ["", "0", "0.00", "n/a"])
def test_a_coupon_of_nothing_is_none(nothing: str) -> None:
    (line,) = lines(table("Unit Price,Coupon", f"100,{nothing}"), basis="period")
    assert "discounts" not in line


@pytest.mark.parametrize(
    ("head", "row", "terms"),
    [
        ("Trial Days", "14", {"trial": {"days": 14}}),
        ("Free Months", "2", {"free": [{"periods": 2}]}),
        ("Free Periods", "1", {"free": [{"periods": 1}]}),
        ("Trial End", "2026-01-31", {"trial": {"until": "2026-01-31"}}),
        ("Trial End", "2025-12-31", {}),
    ],
)  # fmt: skip
def test_trials_and_free_time_are_read(head: str, row: str, terms: dict[str, Any]) -> None:
    text = table(f"Unit Price,{head}", f"100,{row}")
    (line,) = lines(text, basis="period", trial_ends="last_day")
    assert {key: line[key] for key in ("trial", "free") if key in line} == terms


def test_what_the_end_of_a_trial_means_is_asked() -> None:
    text = table("Unit Price,Trial End", "100,2026-02-01")
    assert "trial_ends" in {question.key for question in look(text).questions}
    (line,) = lines(text, basis="period", trial_ends="day_after")
    assert line["trial"] == {"until": "2026-01-31"}


@pytest.mark.parametrize(
    ("text", "often", "terms"),
    [
        ("every 2 weeks", "weeks_2", {"frequency": "custom", "every": {"weeks": 2}}),
        ("3 months", "quarterly", {"frequency": "quarterly"}),
        ("2-months", "every_2", {"frequency": "custom", "every": {"months": 2}}),
        ("30 days", "days_30", {"frequency": "custom", "every": {"days": 30}}),
        ("day", "daily", {"frequency": "custom", "every": {"days": 1}}),
        ("12 months", "yearly", {"frequency": "yearly"}),
    ],
)  # fmt: skip
def test_lengths_of_periods(text: str, often: str, terms: dict[str, Any]) -> None:
    assert (frequency_of(text), period_of(often)) == (often, terms)


@pytest.mark.parametrize(
    ("unit", "count", "terms"),
    [("month", "3", {"frequency": "quarterly"}), ("year", "1", {"frequency": "yearly"}),
     ("week", "2", {"frequency": "custom", "every": {"weeks": 2}}),
     ("year", "2", {"frequency": "custom", "every": {"months": 24}})],
)  # fmt: skip
def test_an_interval_counts(unit: str, count: str, terms: dict[str, Any]) -> None:
    text = table("Unit Price,Interval Count", f"100,{count}").replace("Monthly", unit)
    (line,) = lines(text, basis="period")
    assert {key: line[key] for key in ("frequency", "every") if key in line} == terms


def test_no_number_of_periods_is_none() -> None:
    assert times("monthly", 0) == ""


@pytest.mark.parametrize(
    ("word", "model"),
    [("Tiered Pricing", "graduated"), ("Volume Pricing", "volume"), ("per_unit", ""),
     ("Flat Fee", ""), ("stair step", "stairstep"), ("Package", "package"), ("odd", None)],
)  # fmt: skip
def test_models_in_words(word: str, model: str | None) -> None:
    assert model_of(word) == model


RAMP = "Contract Number,Customer,Currency,Start Date,End Date,Product,Price,Quantity,Frequency\n"
YEARS = (
    "C-1,Acme,EUR,2026-01-01,2026-12-31,Platform,100,10,Monthly\n"
    "C-1,Acme,EUR,2027-01-01,2027-12-31,Platform,110,15,Monthly\n"
    "C-1,Acme,EUR,2028-01-01,2028-12-31,Platform,120,15,Monthly\n"
)


def test_rows_that_follow_each_other_are_steps_of_a_ramp() -> None:
    found = look(RAMP + YEARS)
    assert "own_dates" in {question.key for question in found.questions}
    (contract,) = read(RAMP + YEARS, basis="period", own_dates="line").contracts
    assert (contract.terms["start"], contract.terms["end"]) == ("2026-01-01", "2028-12-31")
    (line,) = contract.terms["lines"]
    assert line["steps"] == [
        {"start": "2026-01-01", "price": "100", "quantity": "10"},
        {"start": "2027-01-01", "price": "110", "quantity": "15"},
        {"start": "2028-01-01", "price": "120", "quantity": "15"},
    ]  # fmt: skip
    assert "price" not in line


def test_rows_of_other_dates_are_refused_until_somebody_says_whose_they_are() -> None:
    said = refused(RAMP + YEARS, basis="period")
    assert "two contracts with one number" in said


def test_a_line_that_begins_later_keeps_its_dates() -> None:
    text = RAMP + YEARS.splitlines()[0] + "\n" + (
        "C-1,Acme,EUR,2026-04-01,2026-09-30,Support,20,1,Monthly\n")  # fmt: skip
    one, two = lines(text, basis="period", own_dates="line")
    assert "start" not in one
    assert (two["start"], two["end"]) == ("2026-04-01", "2026-09-30")


def test_ramps_with_a_gap_stay_lines_of_their_own() -> None:
    text = RAMP + YEARS.splitlines()[0] + "\n" + YEARS.splitlines()[2] + "\n"
    one, two = lines(text, basis="period", own_dates="line")
    assert (one["end"], two["start"]) == ("2026-12-31", "2028-01-01")
    assert (one["key"], two["key"]) == ("Platform", "Platform-2")


def test_columns_of_the_lines_dates_need_no_answer() -> None:
    head = RAMP.replace("Product", "Product,Segment Start Date,Segment End Date")
    rows = (
        "C-1,Acme,EUR,2026-01-01,2027-12-31,Seats,2026-01-01,2026-12-31,100,1,Monthly\n"
        "C-1,Acme,EUR,2026-01-01,2027-12-31,Seats,2027-01-01,2027-12-31,90,1,Monthly\n"
    )
    (line,) = lines(head + rows, basis="period")
    assert [step["start"] for step in line["steps"]] == ["2026-01-01", "2027-01-01"]
