"""The command that loads the demo."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core.accounts.services import add_user, ensure_roles
from phases.core.clock import today
from phases.core.commit import commit
from phases.core.db import begin_write, db
from phases.core.models import Engagement, Role, User
from phases.core.settings import Settings
from phases.portfolio.demo.builder import Issuing, Telling
from phases.portfolio.demo.deeds import DEEDS
from phases.portfolio.demo.story import read_all, read_staff
from phases.portfolio.models import EngagementSummary

ADMIN = "admin"
"""What stories call the first administrator, who therefore finds work of their own."""


def demo_commands(issuing: Callable[[], Issuing]) -> AppGroup:
    """``demo load``; *issuing* makes what issues and prints its documents."""
    group = AppGroup("demo", help="Engagements to look at.")

    @group.command("load")
    @click.option("--if-empty", is_flag=True, help="Do nothing where there are engagements.")
    @click.option("--force", is_flag=True, help="Add the demo to the engagements that are there.")
    def load(if_empty: bool, force: bool) -> None:
        """Build five engagements, one per methodology, each at another point."""
        session = cast(Session, db.session)
        there = session.scalar(select(Engagement.id).limit(1)) is not None
        session.rollback()
        if there and if_empty:
            return
        if there and not force:
            raise click.ClickException("There are engagements already; --force adds the demo.")
        click.echo("Loading the demo engagements:")
        press = issuing()
        press.prepare()
        tell_all(session, press, click.echo)
        press.close()

    return group


def tell_all(session: Session, issuing: Issuing, say: Callable[[str], None]) -> list[Engagement]:
    """Build the engagement of every story, one after another, and *say* how far it is."""
    settings: Settings = current_app.config["SETTINGS"]
    playbook = current_app.extensions["library"].latest(current_app.config["PLAYBOOK_NAME"])
    stories = read_all(today(settings.time_zone))
    staff = hire(session)
    told = []
    for number, story in enumerate(stories, 1):
        began = time.monotonic()
        engagement = Telling(session, story, staff, DEEDS, issuing, settings).tell(playbook)
        took = time.monotonic() - began
        summary = session.get_one(EngagementSummary, engagement.id)
        where = f"{story.profile['methodology'].replace('_', ' ')}, in {summary.subphase}"
        say(f"  {number} of {len(stories)}  {story.customer}: {where}  ({took:.1f} s)")
        told.append(engagement)
    return told


def hire(session: Session) -> dict[str, User]:
    """The firm's people, by the names that stories call them.

    Their one-time passwords are told to nobody: an administrator gives them new ones.
    """
    begin_write(session)
    ensure_roles(session)
    staff = {name: _hired(session, **person) for name, person in read_staff().items()}
    admins = select(User).join(User.roles).where(Role.name == "admin").order_by(User.id)
    staff[ADMIN] = session.scalars(admins).first() or staff["noel"]
    commit(session)
    return staff


def _hired(session: Session, name: str, email: str, roles: list[str]) -> User:
    there = session.scalar(select(User).where(User.email == email))
    return there or add_user(session, name, email, roles, "system")[0]
