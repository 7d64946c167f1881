"""The benchmark of imported contracts has both ways read the same file."""

from __future__ import annotations

import json

from bench import imports
from billing.agreements.reader import read_contracts
from billing.agreements.recognise import recognise
from billing.crm.source import Source
from billing.crm.table import open_table
from billing.expect import expected
from billing.reading import contract_of


def test_both_ways_come_to_the_same_contracts_and_invoices() -> None:
    data = imports.export(12)
    table = open_table(Source.of_bytes("x.csv", data))
    mapping = recognise(table).settled.answered("basis", "period")
    reading = read_contracts(table, mapping)

    assert reading.problems == ()
    made = [len(expected(contract_of(one.terms))) for one in reading.contracts]
    assert made == [count for _, count in imports.plain(data)]


def test_every_size_is_measured_in_a_process_of_its_own() -> None:
    figures = {figure.what: figure for figure in imports.run((40, 80))}

    assert figures["80 contracts: over the plain loop"].limit == 3
    assert figures["80 contracts: memory at most"].good
    assert json.dumps([figure.as_data() for figure in figures.values()])
