"""The situation of the request's engagement."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from flask import current_app, g, request
from sqlalchemy.orm import Session

from phases.core.db import db
from phases.core.models import Engagement
from phases.mechanisms.checks import CHECKS
from phases.mechanisms.records import Records
from phases.mechanisms.situation import Situation, situation_of
from playbook.book import Playbook
from playbook.models import Register


def playbook_of(engagement: Engagement) -> Playbook:
    """The version of the playbook that the engagement follows."""
    library = current_app.extensions["library"]
    return cast(Playbook, library.get(engagement.playbook_name, engagement.playbook_version))


def situation_for(session: Session, engagement: Engagement, *, plain: bool = False) -> Situation:
    """The situation of *engagement*, its records loaded as they are read; see ``Records``."""
    checks = current_app.extensions.get("checks", CHECKS)
    firm = current_app.config["SETTINGS"].firm_name
    return situation_of(
        playbook_of(engagement), Records(engagement, session, plain=plain), checks, firm
    )


def current() -> Situation:
    """The situation of ``g.engagement``, the same one throughout a request."""
    if "situation" not in g or g.situation.engagement is not g.engagement:
        reads = request.method in ("GET", "HEAD")
        g.situation = situation_for(cast(Session, db.session), g.engagement, plain=reads)
        if g.members is not None:  # the access check has loaded them
            g.situation.records.members = g.members
            g.situation.records.contacts = g.contacts
        if reads:
            g.situation.remember = {}
    return cast(Situation, g.situation)


def current_for(*keys: str) -> Situation:
    """As ``current``, for a page about these items: only the rows that they rest on are loaded."""
    s = current()
    s.records.narrow(*_registers_behind(s.playbook, keys))
    return s


@lru_cache(maxsize=512)
def _registers_behind(playbook: Playbook, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The registers that these items rest on; content does not change while it is loaded."""
    found = playbook.resting_on(*keys)
    return tuple(key for key in found if isinstance(playbook.items[key], Register))
