"""Whatever stands in the cells, every row becomes part of a contract or is refused by its line."""

from __future__ import annotations

import csv
import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.agreements.fields import FIELDS
from billing.agreements.reader import read_contracts
from billing.agreements.recognise import recognise
from billing.crm.source import Source
from billing.crm.table import open_table

TITLES = {field.key: field.titles[0] for field in FIELDS}
CELLS = st.sampled_from([
    "", "1", "0", "-1", "100", "1,5", "0.10", "1e9", "99999999999999", "x", "2026-12-31",
    "9999-12-31", "0001-01-01", "3 months", "0 days", "tiered", "volume", "package", "percentage",
    "metered", "licensed", "5%", "150%", "[]", "[1]", '[{"start":0}]', '[{"index":0,"price":{}}]',
    '[{"start":0,"end":10},{"start":11}]', '[{"index":0,"price":1},{"index":1,"price":2}]', "EUR",
    "$", "€5", "unlimited", "Fixed Amount", "one-time", "P12M", "999 years", "SAVE10", "NaN", "٣",
])  # fmt: skip
OPTIONAL = [key for key in TITLES if key not in ("number", "start", "status")]
ROWS = st.lists(
    st.tuples(st.sampled_from(["C-1", "C-2"]),
              st.sampled_from(["2026-01-01", "2027-01-01", "9999-12-31"]),
              st.dictionaries(st.sampled_from(OPTIONAL), CELLS, max_size=12)),
    min_size=1, max_size=5,
)  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS, own_dates=st.sampled_from(["", "line", "contract"]), exclusive=st.booleans())
def test_every_row_is_used_or_refused(
    rows: list[tuple[str, str, dict[str, str]]], own_dates: str, exclusive: bool
) -> None:
    keys = ["number", "start", *sorted({key for _, _, cells in rows for key in cells} | {"price"})]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([TITLES[key] for key in keys])
    for number, start, cells in rows:
        writer.writerow([number, start, *(cells.get(key, "") for key in keys[2:])])
    table = open_table(Source.of_bytes("x.csv", out.getvalue().encode()))
    mapping = recognise(table).mapping
    for key in keys:
        mapping = mapping.with_column(key, TITLES[key])
    for key, answer in (("own_dates", own_dates), ("frequency", "monthly"), ("currency", "EUR")):
        mapping = mapping.answered(key, answer)

    reading = read_contracts(table, mapping, exclusive=exclusive)

    used = sum(len(contract.rows) for contract in reading.contracts)
    assert used + reading.refused_rows == reading.rows == len(rows)
    assert {problem.row for problem in reading.problems} <= set(range(2, len(rows) + 2))
