"""Telling a story: every deed goes through the service that a page would call, on its own day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from phases.core import clock
from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.invitations import services as people
from phases.core.models import Contact, Engagement, User
from phases.core.settings import Settings
from phases.mechanisms.page import situation_for
from phases.mechanisms.situation import Situation
from phases.portfolio.demo.story import Chapter, Story
from phases.portfolio.services import Draft, create_engagement
from playbook.book import Playbook


class Issuing(Protocol):
    """Issuing documents and printing them; both end the transaction and begin another."""

    def prepare(self) -> None:
        """Get ready to print."""

    def issue(self, session: Session, s: Situation, actor: str, key: str) -> None:
        """Issue the document *key* and begin to print it."""

    def keep(
        self, session: Session, s: Situation, actor: str, key: str, file_id: int, subject: str
    ) -> None:
        """Keep an upload with the document *key* of *subject*."""

    def settle(self, session: Session) -> None:
        """Wait until all that was issued is printed and kept."""

    def close(self) -> None:
        """End what was started for it."""


Deed = Callable[["Telling", str, Any], None]

MORNING = time(9, 10)
PAUSE = timedelta(minutes=4)


class Telling:
    """One story while it is being told: the engagement, the people, and the clock."""

    def __init__(
        self, session: Session, story: Story, staff: Mapping[str, User], deeds: Mapping[str, Deed],
        issuing: Issuing, settings: Settings,
    ) -> None:  # fmt: skip
        self.session = session
        self.story = story
        self.staff = staff
        self.deeds = deeds
        self.issuing = issuing
        self.settings = settings
        self.present = clock.now()
        self.rows: dict[str, str] = {}
        self.contacts: dict[str, Contact] = {}
        self.engagement: Engagement
        self.instant: datetime

    def tell(self, playbook: Playbook) -> Engagement:
        """Build the engagement; uploads and documents end a transaction, all else is one."""
        begin_write(self.session)
        self._set_out(playbook)
        for chapter in self.story.chapters:
            self._tell(chapter)
        self.settle()
        commit(self.session)
        return self.engagement

    def settle(self) -> None:
        """Wait for the documents issued so far, and read the records anew."""
        self.issuing.settle(self.session)
        self.__dict__.pop("s", None)

    def _set_out(self, playbook: Playbook) -> None:
        """Create the engagement and its contacts on the day of the first chapter."""
        first = self.story.chapters[0]
        self.instant = self._morning(first.day)
        members = {role: self.staff[name] for role, name in self.story.team.items()}
        draft = Draft(
            self.story.customer,
            self.story.time_zone,
            self.story.country,
            self.story.profile,
            members,
        )
        with clock.at(self.instant):
            actor = members["architect"].ref
            self.engagement = create_engagement(
                self.session, playbook, actor, draft, self.settings.firm_name
            )
            for role, (name, title) in self.story.contacts.items():
                self.contacts[role] = people.add_contact(
                    self.session, self.engagement, actor, name, self._address(name), role, title
                )

    def _address(self, name: str) -> str:
        mailbox = ".".join(name.lower().split())
        return f"{mailbox}@{self.engagement.slug}.example"

    def _tell(self, chapter: Chapter) -> None:
        self.instant = max(self.instant + PAUSE, self._morning(chapter.day))
        self.__dict__.pop("s", None)
        for verb, what in chapter.deeds.items():
            self.instant = min(self.instant + PAUSE, self.present)
            with clock.at(self.instant):
                self.deeds[verb](self, self.ref(chapter.by), what)

    def _morning(self, day: date) -> datetime:
        """The morning of *day* at the customer's; never later than now."""
        morning = datetime.combine(day, MORNING, ZoneInfo(self.story.time_zone))
        return min(morning, self.present)

    @cached_property
    def s(self) -> Situation:
        """The situation of the chapter being told."""
        return situation_for(self.session, self.engagement)

    def again(self) -> Situation:
        """The situation, read anew: after a deed that services of other parts must see."""
        self.session.flush()
        self.__dict__.pop("s", None)
        return self.s

    def ref(self, role: str) -> str:
        """Who plays *role* here."""
        if role in self.contacts:
            return self.contacts[role].ref
        return self.staff[self.story.team[role]].ref

    def known(self, role: str) -> str:
        """The same; the architect stands in for a role that nobody plays. Empty for no role."""
        try:
            return self.ref(role) if role else ""
        except KeyError:
            return self.ref("architect")
