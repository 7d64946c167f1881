"""``flask --app wsgi billing``: the schema of contract terms, and the invoices they call for."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask

from billing.errors import TermsError
from billing.output import expected_json
from billing.reading import read_document, schema


@click.group("billing")
def group() -> None:
    """Contract terms and expected invoices."""


def init_app(app: Flask) -> None:
    """Add the commands to *app*."""
    app.cli.add_command(group)


@group.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of contract terms and conventions."""
    _print(schema())


@group.command()
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
def expect(file: Any) -> None:
    """Print the expected invoices of the terms in FILE (- for standard input) as JSON."""
    try:
        _print(expected_json(read_document(file.read())))
    except TermsError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(1)
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{Path(file.name).name} is not UTF-8 text") from error


def _print(data: dict[str, Any]) -> None:
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))
