"""The command says the same as the audit, and refuses by line and column."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phases.strategy.cli import group
from tests.billing.crm.exports import PRICES, small_export


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deals.csv").write_text(small_export(), newline="")
    (tmp_path / "prices.csv").write_text(PRICES)
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(group, ["audit", *(a.replace("@", f"{folder}/") for a in arguments)])


def test_it_says_what_is_a_gap_and_what_is_not(folder: Path) -> None:
    said = run(folder, "@deals.csv", "--prices", "@prices.csv").output
    gaps, _, notes = said.partition("Noted, no gap in billing:")
    assert "No payment terms: 2 of 2 rows (100.0%, no such column), on won deals: 2." in gaps
    assert "“GTXPro” in 2 rows: probably “GTX Pro”" in gaps
    assert "No close date: 2 of 5 rows (40.0%), on won deals: 0. No gap in billing" in notes
    assert "2 with gaps + 3 with notes only + 0 without = 5" in notes


def test_json_mapping_and_rows(folder: Path) -> None:
    first = run(
        folder, "@deals.csv", "--json", "--keep-mapping", "@kept.json", "--rows", "@bad.csv"
    )
    again = run(folder, "@deals.csv", "--json", "--mapping", "@kept.json")
    assert json.loads(first.output)["rows"] == json.loads(again.output)["rows"] == 5
    assert json.loads(again.output)["columns"][0]["confidence"] == "given"
    assert (folder / "bad.csv").read_text("utf-8-sig").startswith("Line,Finding,opportunity_id")


@pytest.mark.parametrize(
    ("text", "words"),
    [("name,amount\nA,1\nB,2,3\n", "x.csv: line 3, column 3: the row has 3 cells"), ("", "empty")],
)
def test_what_it_cannot_read_it_refuses(folder: Path, text: str, words: str) -> None:
    (folder / "x.csv").write_text(text)
    refused = run(folder, "@x.csv")
    assert refused.exit_code == 1
    assert words in refused.output


def test_a_mapping_that_is_none_is_refused(folder: Path) -> None:
    refused = run(folder, "@deals.csv", "--mapping", "@prices.csv")
    assert refused.exit_code == 1
    assert "the mapping is not JSON" in refused.output
