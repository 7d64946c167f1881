"""Rows that are not there yet and that something speaks for: offered, never added unasked.

An offer is known by its key, which the row keeps as its seed, so that it is never taken twice. One
whose name a row has already, in whatever state, is not made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phases.mechanisms.register.queries import RowView, first_state, row_views
from phases.mechanisms.register.signs import (
    NAMED,
    Found,
    Reason,
    filled,
    reasons,
    rows_where,
)
from phases.mechanisms.register.values import LONGEST
from phases.mechanisms.situation import Situation, in_words
from playbook.models import Proposal, Register, Seed

FROM = "from:"


@dataclass(frozen=True)
class Offer:
    """A row to take over: what it would be called, and why. ``href`` is where that stands.

    ``values`` are those of the new row, or those that a seed is filled with; ``origin`` names the
    row it comes from, as links do.
    """

    key: str
    title: str
    because: tuple[str, ...]
    href: str
    values: dict[str, Any]
    origin: str = ""
    proposal: str = ""

    @property
    def why(self) -> str:
        """Its reasons in one line."""
        return " ".join(f"{one.rstrip('.')}." for one in self.because)


@dataclass(frozen=True)
class Group:
    """Offers of one origin; seeds have no title of their own."""

    title: str
    offers: tuple[Offer, ...]

    @property
    def keys(self) -> str:
        """The keys of all, to be taken over together."""
        return " ".join(offer.key for offer in self.offers)


@dataclass(frozen=True)
class Offered:
    """All that *register* is offered. ``drop`` names the state for what is not wanted, if any."""

    register: Register
    groups: tuple[Group, ...]
    drop: str

    @property
    def verb(self) -> str:
        """What taking one over is called."""
        taking = self.register.taking
        return taking.verb if taking else f"Add {self.register.row_word}"

    @property
    def count(self) -> int:
        return sum(len(group.offers) for group in self.groups)


def offered(s: Situation, register: Register, only: Collection[str] | None = None) -> Offered:
    """What is offered to *register* now, each name once; *only* by some of its proposals."""
    groups: list[Group] = []
    if s.applies(register) and (register.proposals or register.taking):
        seen = _there(s, register)
        groups = _together(_groups(s, register, seen, only))
    return Offered(register, tuple(groups), _drop(register))


def offered_from(s: Situation, register: Register) -> list[Offered]:
    """What *register*'s rows offer to other registers."""
    found = []
    for other in s.playbook.registers:
        slugs = [slug for slug, one in other.proposals.items() if _of(one) == register.key]
        if slugs and (own := offered(s, other, slugs)).count:
            found.append(own)
    return found


def sources_of(s: Situation, register: Register) -> set[str]:
    """The registers whose rows speak for this one's, and those that this one's speak for."""
    into = {_of(one) for one in register.proposals.values()}
    into |= {
        sign.rows.of
        for signs in (
            *(one.signs for one in register.proposals.values()),
            *(seed.likely for seed in register.seeds.values()),
        )
        for sign in signs if sign.rows is not None
    }  # fmt: skip
    out = {
        other.key for other in s.playbook.registers
        if any(_of(one) == register.key for one in other.proposals.values())
    }  # fmt: skip
    return {key for key in into | out if isinstance(s.playbook.items.get(key), Register)}


def _of(proposal: Proposal) -> str:
    return proposal.rows.of if proposal.rows is not None else ""


def named(title: str) -> str:
    """A title as names are compared: without case, spare blanks and a full stop."""
    return " ".join(title.casefold().split()).rstrip(".")


def _there(s: Situation, register: Register) -> set[str]:
    """Keys and names of the rows that there are, in whatever state."""
    kept = s.records.rows.get(register.key, [])
    return {row.seed for row in kept if row.seed} | {named(row.title) for row in kept}


def _groups(
    s: Situation, register: Register, seen: set[str], only: Collection[str] | None
) -> Iterator[Group]:
    if register.taking is not None and only is None:
        seeds = tuple(_of_seeds(s, register))
        yield Group("", seeds)
    for slug, proposal in register.proposals.items():
        wanted = only is None or slug in only
        if wanted and (proposal.applies is None or proposal.applies.holds(s.profile)):
            offers = _proposed(s, register, slug, proposal)
            yield Group(s.plain(proposal.found), tuple(_new(offers, seen)))


def _together(groups: Iterable[Group]) -> list[Group]:
    """Groups of one title as one, in the order of the first; none without an offer."""
    found: dict[str, list[Offer]] = {}
    for group in groups:
        found.setdefault(group.title, []).extend(group.offers)
    return [Group(title, tuple(offers)) for title, offers in found.items() if offers]


def _new(offers: Iterable[Offer], seen: set[str]) -> Iterator[Offer]:
    for offer in offers:
        if offer.key not in seen and named(offer.title) not in seen:
            seen |= {offer.key, named(offer.title)}
            yield offer


# --- what seeds are likely, and what they can be filled with ------------------------------------


def _of_seeds(s: Situation, register: Register) -> Iterator[Offer]:
    if not any(seed.likely or seed.takes for seed in register.seeds.values()):
        return
    for row in row_views(s, register):
        seed = register.seeds.get(row.seed)
        if seed is not None and row.state == first_state(register):
            offer = _of_seed(s, register, seed, row)
            if offer is not None:
                yield offer


def _of_seed(s: Situation, register: Register, seed: Seed, row: RowView) -> Offer | None:
    assert register.taking is not None
    found = reasons(s, seed.likely)
    takes = {
        name: s.value(key)
        for name, key in seed.takes.items()
        if not row.raw.get(name) and s.value(key) not in (None, "", [])
    }
    said = [_said(s, register, name, seed.takes[name]) for name in takes]
    if not found and not takes:
        return None
    sets: dict[str, Any] = {
        name: value for name, value in register.taking.sets.items() if not row.raw.get(name)
    }
    href = found[0].href if found else _at_input(s, next(iter(seed.takes.values())))
    because = (*(one.words for one in found), *said)
    if (kept := register.taking.reasons) and not row.raw.get(kept):
        sets[kept] = " ".join(because)
    return Offer(row.ref, row.title, because, href, {**sets, **takes})


def _said(s: Situation, register: Register, name: str, key: str) -> str:
    said = s.records.inputs.get(key)
    shown = in_words(s.playbook, key, s.value(key))
    standing = f", {said.standing}" if said is not None and said.standing else ""
    return (
        f"{register.columns[name].title} {shown}: “{s.plain(s.playbook.get(key).title)}”{standing}"
    )


def _at_input(s: Situation, key: str) -> str:
    return f"/e/{s.engagement.slug}/inputs#{key.replace('.', '-')}"


# --- proposals -----------------------------------------------------------------------------------


def _proposed(s: Situation, register: Register, slug: str, proposal: Proposal) -> Iterator[Offer]:
    if proposal.rows is not None:
        for row in rows_where(s, proposal.rows):
            yield _from_row(s, register, slug, proposal, row)
        return
    found = reasons(s, proposal.signs)
    if found:
        yield _from_signs(s, register, slug, proposal, found)


def _from_row(s: Situation, register: Register, slug: str, proposal: Proposal, row: Found) -> Offer:
    title = filled(s.plain(proposal.title), row.cells)
    values = _values(s, register, proposal, row.cells, row.ref)
    because = (filled(s.plain(proposal.because), row.cells),) if proposal.because else ()
    key = f"{FROM}{slug}:{row.key}"
    return Offer(key, title, because, row.href, values, row.ref, slug)


def _from_signs(
    s: Situation, register: Register, slug: str, proposal: Proposal, found: Sequence[Reason]
) -> Offer:
    said = {"count": "", "value": ""}
    ref = next((one.ref for one in found if one.ref), "")
    values = _values(s, register, proposal, said, ref)
    because = tuple(one.words for one in found)
    return Offer(f"{FROM}{slug}", s.plain(proposal.title), because, found[0].href, values, "", slug)


def _values(
    s: Situation, register: Register, proposal: Proposal, cells: Mapping[str, str], ref: str
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in proposal.sets.items():
        longest = LONGEST.get(register.columns[name].type)
        text = _text(s.plain(value), cells) if isinstance(value, str) else value
        values[name] = text[:longest] if isinstance(text, str) and longest else text
    column = register.columns.get(proposal.source)
    if column is not None and ref.partition("/")[0] in column.into:
        values[proposal.source] = [ref]
    return {name: value for name, value in values.items() if value != ""}


def _text(text: str, cells: Mapping[str, str]) -> str:
    """What a column is given; nothing where it would be one empty column of the other row."""
    whole = NAMED.fullmatch(text)
    return cells.get(whole[1], "") if whole else filled(text, cells)


# --- words ---------------------------------------------------------------------------------------


def _drop(register: Register) -> str:
    """The state in which a row does not count, so that the same is not offered again."""
    return next((slug for slug, one in register.states.items() if one.kind == "dropped"), "")
