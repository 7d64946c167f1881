"""What somebody sees who was only handed something: just that, from whom, and what is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from intake.queries.home import NUMBERS, Person, contacts_at_firm, read_people
from intake.queries.needs import Need, piece_need
from phases.core.models import Contact
from phases.mechanisms.homework.models import holds
from phases.mechanisms.homework.pieces import piece_of
from phases.mechanisms.situation import Situation


@dataclass(frozen=True)
class HandedView:
    """``givers`` are those who handed something over; ``done`` are titles."""

    needs: tuple[Need, ...]
    done: tuple[Need, ...]
    givers: tuple[Person, ...]
    people: tuple[Person, ...]

    @property
    def heading(self) -> str:
        """``Two things for you``."""
        count = len(self.needs)
        number = NUMBERS[count] if count < len(NUMBERS) else str(count)
        return f"{number} thing{'' if count == 1 else 's'} for you"


def handed_view(s: Situation, contact: Contact, summary: Any) -> HandedView:
    """The first page of a colleague."""
    read_people(s)
    asks = [ask for ask in s.records.asks if ask.contact_id == contact.id and holds(ask)]
    found = [p for key in dict.fromkeys(a.item for a in asks) if (p := piece_of(s, summary, key))]
    known = {person.ref: person for person in s.records.contacts}
    givers = [known[ref] for ref in dict.fromkeys(ask.by for ask in asks) if ref in known]
    return HandedView(
        tuple(piece_need(s, piece, contact) for piece in found if piece.open),
        tuple(piece_need(s, piece, contact) for piece in found if not piece.open),
        tuple(Person(x.name, _role(s, x), x.email) for x in givers),
        contacts_at_firm(s)[:1],
    )


def _role(s: Situation, contact: Contact) -> str:
    return s.playbook.role(contact.role).title if contact.role else "Your colleague"
