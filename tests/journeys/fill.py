"""The rest of each list, by the product's own services: it would be too long to click it all."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliverables.at_once import Issuing
from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.mail import settings
from phases.core.models import Engagement, User
from phases.portfolio.demo.builder import Telling
from phases.portfolio.demo.deeds import DEEDS
from phases.portfolio.demo.story import Chapter, Story, load
from tests.journeys.stage import Live

HERE = Path(__file__).parent
TEAM = {
    "architect": "ada@firm.example",
    "engineer": "edo@firm.example",
    "account_manager": "mina@firm.example",
}
BEFORE = timedelta(days=75)
"""How long before the day that stories count from the go-live of an engagement is."""


def fill(live: Live, slug: str, part: str, go_live: date, story: str = "harbour.yaml") -> None:
    """Do everything that *part* of the story tells, now."""
    chapters = load(HERE / story, go_live + BEFORE)[part]
    with live.records() as session:
        begin_write(session)
        telling = telling_of(session, slug)
        for chapter in chapters:
            tell(telling, Chapter(live.today, chapter.pop("by"), chapter))
        telling.settle()
        commit(session)


def telling_of(session: Session, slug: str) -> Telling:
    """The engagement as the demo's storyteller takes it."""
    engagement = session.scalars(select(Engagement).where(Engagement.slug == slug)).one()
    staff = {user.email: user for user in session.scalars(select(User))}
    story = Story(engagement.customer, engagement.time_zone, engagement.country, {}, TEAM, {}, ())
    telling = Telling(session, story, staff, DEEDS, Issuing(), settings())
    telling.engagement = engagement
    telling.contacts = {contact.role: contact for contact in engagement.all_contacts}
    return telling


def tell(telling: Telling, chapter: Chapter) -> None:
    """Do the deeds of one chapter."""
    telling.again()
    for verb, what in chapter.deeds.items():
        telling.deeds[verb](telling, telling.ref(chapter.by), what)
