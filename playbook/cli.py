"""``flask --app wsgi playbook``: check, show and export content."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from playbook.book import Library, Playbook
from playbook.errors import ContentError, UnknownKeyError, UnknownPlaybookError
from playbook.loader import CONTENT, load_all

elsewhere = click.option(
    "--path",
    "paths",
    envvar="PLAYBOOK_PATH",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A folder with playbooks of your own (default: PLAYBOOK_PATH).",
)
which = click.option("--name", default="q2c", show_default=True, help="The playbook's name.")
version = click.option("--version", default="", help="Its version (default: the newest).")


@click.group("playbook")
def group() -> None:
    """Check, show and export the playbooks."""


@group.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True))
@elsewhere
def check(folder: Path | None, paths: tuple[Path, ...]) -> None:
    """Check every playbook, or those in FOLDER, and report all problems."""
    for playbook in _library((folder,) if folder else (CONTENT, *paths)):
        counts = Counter(item.kind for item in playbook.items.values())
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
        standing = "released" if playbook.released else "draft"
        click.echo(f"{playbook.name} {playbook.version} ({standing}): {len(playbook.items)} items")
        click.echo(f"  {kinds}")
        click.echo(f"  digest {playbook.digest}")
    click.echo("no problems")


@group.command()
@click.argument("key")
@which
@version
@elsewhere
def show(key: str, name: str, version: str, paths: tuple[Path, ...]) -> None:
    """Print the item with KEY."""
    playbook = _playbook(name, version, paths)
    try:
        _print(playbook.export_item(key))
    except UnknownKeyError as error:
        raise click.ClickException(str(error)) from error


@group.command()
@which
@version
@elsewhere
def export(name: str, version: str, paths: tuple[Path, ...]) -> None:
    """Print a whole playbook as JSON."""
    _print(_playbook(name, version, paths).export())


def _library(paths: tuple[Path, ...]) -> Library:
    try:
        return load_all(paths)
    except ContentError as error:
        click.echo(str(error))
        number = len(error.problems)
        click.echo(f"{number} problem" if number == 1 else f"{number} problems")
        sys.exit(1)


def _playbook(name: str, version: str, paths: tuple[Path, ...]) -> Playbook:
    library = _library((CONTENT, *paths))
    try:
        return library.get(name, version) if version else library.latest(name)
    except UnknownPlaybookError as error:
        raise click.ClickException(str(error)) from error


def _print(data: dict[str, Any]) -> None:
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))
