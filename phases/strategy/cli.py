"""``flask --app wsgi crm audit``: what a CRM export says, and what billing lacks."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask import Flask

from billing.crm.audit import audit, beside
from billing.crm.errors import UnfitMapping, UnreadableExport
from billing.crm.mapping import Mapping
from billing.crm.offending import offending_csv
from billing.crm.recognise import recognise
from billing.crm.source import Source
from billing.crm.table import open_table
from phases.strategy.words import lines_of

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("crm")
def group() -> None:
    """CRM data in, facts out."""


def init_app(app: Flask) -> None:
    """Add the commands to *app*."""
    app.cli.add_command(group)


@group.command("audit")
@click.argument("file", type=FILE)
@click.option("--prices", type=FILE, help="The price book: products with their list prices.")
@click.option("--accounts", type=FILE, help="Accounts with their segment.")
@click.option("--teams", type=FILE, help="Owners with their region.")
@click.option("--mapping", type=FILE, help="Columns as corrected before (JSON).")
@click.option("--keep-mapping", type=click.Path(path_type=Path), help="Write the columns there.")
@click.option("--rows", "rows_to", type=click.Path(path_type=Path),
              help="Write the offending rows there (CSV).")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def audit_command(
    file: Path, prices: Path | None, accounts: Path | None, teams: Path | None,
    mapping: Path | None, keep_mapping: Path | None, rows_to: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Audit the export FILE of opportunities, deals or contracts (CSV or XLSX)."""
    try:
        side = beside(_source(prices), _source(accounts), _source(teams))
        given = Mapping.from_json(mapping.read_text(encoding="utf-8")) if mapping else None
        table = open_table(Source.of_path(file))
        found = recognise(table, given)
    except UnreadableExport as error:
        for line in str(error).splitlines():
            click.echo(line, err=True)
        sys.exit(1)
    except (UnfitMapping, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    report = audit(table, found, side)
    if keep_mapping:
        keep_mapping.write_text(found.mapping.to_json() + "\n", encoding="utf-8")
    if rows_to:
        with rows_to.open("w", encoding="utf-8-sig", newline="") as out:
            out.writelines(offending_csv(table, report.findings))
    if as_json:
        click.echo(json.dumps(report.as_data(), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(lines_of(report)))


def _source(path: Path | None) -> Source | None:
    return Source.of_path(path) if path else None
