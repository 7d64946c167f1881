"""``flask --app wsgi billing``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from phases.engineering import cli
from phases.engineering.cli import group
from wsgi import PARTS

TERMS: dict[str, Any] = {
    "conventions": {"period_end_display": "exclusive"},
    "contracts": [
        {
            "number": "C-1",
            "currency": "EUR",
            "start": "2024-01-15",
            "months": 12,
            "taxes": [{"name": "VAT", "percent": "20"}],
            "lines": [
                {"key": "seat", "kind": "recurring", "price": 300, "anchor": {"kind": "calendar"}}
            ],
        }
    ],
}


def run(*arguments: str, typed: str | bytes | None = None) -> Result:
    return CliRunner().invoke(group, list(arguments), input=typed)


def test_the_application_has_the_commands() -> None:
    assert cli in PARTS
    assert set(group.commands) == {"schema", "expect"}


def test_the_schema_describes_terms_and_every_convention() -> None:
    schema = json.loads(run("schema").output)

    assert schema["$schema"].startswith("https://json-schema.org/")
    assert "contracts" in schema["properties"]
    assert run("expect", "-", typed=json.dumps(schema["examples"][0])).exit_code == 0
    conventions = schema["$defs"]["Conventions"]["properties"]
    assert len(conventions) > 45
    assert all(field["description"] for field in conventions.values())
    assert all("default" in field for field in conventions.values())


@pytest.mark.parametrize("by", ["file", "standard input"])
def test_terms_become_invoices(by: str, tmp_path: Path) -> None:
    file = tmp_path / "terms.json"
    file.write_text(json.dumps(TERMS))
    ran = run("expect", str(file)) if by == "file" else run("expect", "-", typed=json.dumps(TERMS))

    (contract,) = json.loads(ran.output)["contracts"]
    first = contract["invoices"][0]
    assert (first["issue_date"], first["due_date"]) == ("2024-01-15", "2024-02-14")
    assert (first["subtotal"], first["tax"], first["total"]) == ("164.52", "32.90", "197.42")
    (line,) = first["lines"]
    assert (line["period_start"], line["period_end"]) == ("2024-01-15", "2024-02-01")
    assert line["explanation"] == "17 of 31 days of 300.00"
    assert line["rests_on"]["proration_basis"] == "actual_days"
    assert first["rests_on"]["tax_rounding"] == "per_line"
    assert contract["conventions"]["tax_rounding"] == "per_line"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "document: JSON: cannot be read"),
        ("[]", "document: document: "),
        ('{"contracts": []}', "document: contracts: there is none; at least one is needed"),
        ('{"contracts": [{"number": "C-7"}]}', "row 1 (C-7): currency: it is missing"),
        ('{"contracts": [{"number": NaN}]}', "document: JSON: NaN is not a number"),
        ('{"conventions": {"proration_bases": 1}}', "document: conventions.proration_bases: "),
    ],
)
def test_what_cannot_be_billed_is_refused_by_row_and_field(text: str, said: str) -> None:
    ran = run("expect", "-", typed=text)

    assert ran.exit_code == 1
    assert said in ran.output


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "terms.json"
    file.write_bytes(b"\xff\xfe\x00")

    assert "is not UTF-8 text" in run("expect", str(file)).output


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    file = tmp_path / "terms.json"
    file.write_text(json.dumps(TERMS), encoding="utf-8-sig")

    assert run("expect", str(file)).exit_code == 0
