"""Commands of an installation."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import audit, backup, worker
from phases.core.accounts import services
from phases.core.commit import commit
from phases.core.db import begin_write, db
from phases.core.errors import Refusal
from phases.core.models import User

audit_group = AppGroup("audit", help="The audit trail.")


def init_app(app: Flask) -> None:
    """Add the commands to *app*."""
    for command in (setup, reset_password, run_worker, make_backup, restore, audit_group):
        app.cli.add_command(command)


@click.command("setup")
@with_appcontext
def setup() -> None:
    """Make roles and the first account; says nothing when they are there."""
    email = os.environ.get("ADMIN_EMAIL") or "admin@localhost"
    session = cast(Session, db.session)
    begin_write(session)
    password = services.first_admin(session, email)
    commit(session)
    if password:
        _tell(email, password)


@click.command("reset-password")
@click.argument("email")
@with_appcontext
def reset_password(email: str) -> None:
    """Give EMAIL a new one-time password, for an administrator who is locked out."""
    session = cast(Session, db.session)
    begin_write(session)
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    if user is None:
        raise click.ClickException(f"Nobody has an account with the address {email}.")
    password = services.reset_password(session, user, "system")
    commit(session)
    _tell(user.email, password)


def _tell(email: str, password: str) -> None:
    click.echo(f"Log in at {current_app.config['BASE_URL']}/login")
    click.echo(f"    e-mail              {email.strip().lower()}")
    click.echo(f"    one-time password   {password}")
    click.echo("You choose your own password at the first login. This one is not shown again.")


@click.command("worker")
@with_appcontext
def run_worker() -> None:
    """Send mail and do what is due, until Ctrl-C."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    worker.run(app)


@audit_group.command("verify")
def verify() -> None:
    """Prove every engagement's audit trail; exit 1 and name the first break of each."""
    broken = audit.verify_all(cast(Session, db.session))
    for one in broken:
        click.echo(f"engagement {one.engagement_id}, event {one.seq}: {one.why}", err=True)
    if broken:
        raise SystemExit(1)
    click.echo("Every audit trail is whole.")


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def make_backup(file: Path) -> None:
    """Write everything to FILE, as it is at one moment; people may go on working."""
    try:
        done = backup.make(file)
    except (Refusal, OSError) as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo(f"{file}: {_words(done)}")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Replace what is here.")
@with_appcontext
def restore(file: Path, yes: bool) -> None:
    """Prove FILE and put it in the place of everything here. Stop web and worker before."""
    try:
        done = backup.restore(file, replace=yes)
    except (Refusal, OSError) as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo(f"Restored from {done.made_at}: {_words(done)}")
    click.echo("Everybody logs in anew. Mails that waited then are stopped: see Outgoing mail.")


def _words(done: backup.Done) -> str:
    return f"{done.engagements} engagements, {done.rows} rows, {done.files} files"
