"""What a contact may hand to a colleague."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from phases.core.models import Contact
from phases.mechanisms.form.queries import form_of
from phases.mechanisms.homework.pieces import Piece, held, piece_of, pieces, sections_of
from phases.mechanisms.homework.services import may_hand
from phases.mechanisms.situation import Situation


@dataclass(frozen=True)
class Choice:
    """One item that may be handed over."""

    key: str
    title: str
    words: str


def handable(s: Situation, summary: Any, contact: Contact, chosen: Piece) -> list[Choice]:
    """*chosen* first, then the contact's own open items, then the sections of its form."""
    own = [
        piece for piece in pieces(s, summary)
        if piece.open and piece.kind != "section" and contact in held(s, piece).people
    ]  # fmt: skip
    parts = []
    if chosen.kind == "section":
        keys = (section.key for section in sections_of(s, form_of(s, chosen.form)))
        parts = [piece for key in keys if (piece := piece_of(s, summary, key)) and piece.open]
    found = {piece.key: piece for piece in (chosen, *parts, *own)}
    return [
        Choice(piece.key, piece.title, piece.words)
        for piece in found.values()
        if may_hand(s, piece, contact)
    ]
