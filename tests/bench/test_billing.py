"""The benchmark of expected invoices compares two ways to the same invoices."""

from __future__ import annotations

from bench import billing
from billing.expect import expected


def test_both_ways_come_to_the_same_invoices() -> None:
    for row in billing.rows(0, 40):
        made = expected(billing.contract_of(row))
        shown = [
            billing.Plain(o.period_start, o.period_end, o.net, o.tax, o.total, o.due_date)
            for o in made
        ]
        assert shown == billing.plain_invoices(row)


def test_every_size_is_measured_in_a_process_of_its_own() -> None:
    figures = {figure.what: figure for figure in billing.run((60, 120), rounds=3)}

    assert figures["120 contracts: errors found of those seeded"].value == 1
    assert figures["120 contracts: memory at most"].good
    assert figures["120 contracts: over the plain loop"].limit == 3
    assert figures["one contract's schedule, two rich years: median"].value > 0
