"""What a row rests on: links to inputs and to rows of other registers, and the way back.

A link is kept as ``<register>/<row>``, the row named by its seed's key or ``r`` and its id, or as
``inputs/<key>``. Links are looked up among what this engagement holds, so that one of another
engagement is simply not there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from phases.core.errors import BadValue
from phases.mechanisms.register.models import Row
from phases.mechanisms.situation import Situation
from playbook.models import Column, Input, Register

INPUTS = "inputs"
MOST_FOUND = 30
"""How many links a search offers before it asks for more words."""


@dataclass(frozen=True)
class LinkView:
    """One end of a link. ``gone``: the row was removed."""

    ref: str
    title: str
    kind: str
    href: str
    gone: bool = False

    @property
    def words(self) -> str:
        """The link in one cell of an export: its title, then what it is kept as."""
        title = self.title.replace(";", ",").replace("[", "(").replace("]", ")")
        return f"{' '.join(title.split())} [{self.ref}]"


def view(s: Situation, ref: str) -> LinkView | None:
    """What *ref* leads to; None if there is no such thing here."""
    place, _, name = ref.partition("/")
    if place == INPUTS:
        item = s.playbook.items.get(name)
        return _of_input(s, item) if isinstance(item, Input) else None
    register = s.playbook.items.get(place)
    if not isinstance(register, Register):
        return None
    row = s.records.row_index.get((place, name))
    if row is not None:
        return _of_row(s, register, row)
    seed = register.seeds.get(name)
    if seed is None or not s.applies(seed):
        return None
    return _link(s, register, seed.key, s.plain(seed.title), name)


def views(s: Situation, refs: Iterable[str]) -> tuple[LinkView, ...]:
    """What *refs* lead to; those that lead nowhere any more are left out."""
    return tuple(found for ref in refs if (found := view(s, ref)) is not None)


def titles(s: Situation, refs: Iterable[str]) -> str:
    """The same by their titles, in one line."""
    return "; ".join(found.title for found in views(s, refs))


def _of_input(s: Situation, item: Input) -> LinkView:
    href = f"/e/{s.engagement.slug}/inputs#{item.key.replace('.', '-')}"
    return LinkView(f"{INPUTS}/{item.key}", s.plain(item.title), "Input", href)


def _of_row(s: Situation, register: Register, row: Row) -> LinkView:
    name = row.seed or f"r{row.id}"
    return _link(s, register, name, row.title, f"r{row.id}", gone=row.removed_at is not None)


def _link(
    s: Situation, register: Register, name: str, title: str, at: str, *, gone: bool = False
) -> LinkView:
    href = f"/e/{s.engagement.slug}/register/{register.key}?edit={at}#row-{at.replace('.', '-')}"
    return LinkView(f"{register.key}/{name}", title, s.plain(register.title), href, gone)


def candidates(s: Situation, column: Column) -> list[LinkView]:
    """Everything that *column* may point to, inputs first, in the content's order."""
    return s.once(("links", column.into), lambda: list(_candidates(s, column)))


def _candidates(s: Situation, column: Column) -> Iterator[LinkView]:
    if INPUTS in column.into:
        yield from (_of_input(s, item) for item in s.playbook.inputs if s.applies(item))
    for key in column.into:
        register = s.playbook.items.get(key)
        if isinstance(register, Register) and s.applies(register):
            yield from _rows(s, register)


def _rows(s: Situation, register: Register) -> Iterator[LinkView]:
    kept = s.records.rows.get(register.key, [])
    for seed in register.seeds.values():
        row = s.records.row_index.get((register.key, seed.key))
        if s.applies(seed) and (row is None or row.removed_at is None):
            yield (
                _of_row(s, register, row)
                if row
                else _link(s, register, seed.key, s.plain(seed.title), seed.key)
            )
    yield from (_of_row(s, register, row) for row in kept if row.seed not in register.seeds)


def search(found: Sequence[LinkView], words: str) -> list[LinkView]:
    """Those of *found* whose title or kind holds every word, the first few."""
    asked = words.casefold().split()
    fits = (one for one in found if all(w in f"{one.title} {one.kind}".casefold() for w in asked))
    return [one for one, _ in zip(fits, range(MOST_FOUND), strict=False)]


def resolved(
    s: Situation, register: Register, name: str, refs: Sequence[str], had: Sequence[str], own: str
) -> list[str]:
    """*refs*, given as they are kept, by key or by exact title, as they are kept.

    What stood there before (*had*) may stay even if it has gone since; *own* is the row's own ref.

    Raises:
        BadValue: one of them is not there, is of something else, or is the row itself.
    """
    column = register.columns[name]
    found = [_resolved(s, column, name, given, had) for given in refs]
    if f"{register.key}/{own}" in found:
        raise BadValue(name, f"{column.title}: a {register.row_word} cannot rest on itself.")
    return list(dict.fromkeys(found))


def _resolved(s: Situation, column: Column, name: str, given: str, had: Sequence[str]) -> str:
    found = view(s, given)
    if found is not None and found.ref in had:
        return found.ref
    if found is not None and not found.gone and found.ref.partition("/")[0] in column.into:
        return found.ref
    wanted = given.casefold()
    fits = [one.ref for one in candidates(s, column) if wanted in _names(one)]
    if len(fits) == 1:
        return fits[0]
    if fits:
        refs = " or ".join(fits[:5])
        raise BadValue(name, f"{column.title}: “{given}” is the name of {len(fits)}; write {refs}.")
    raise BadValue(name, f"{column.title}: there is no “{given}” here to rest on.")


def _names(one: LinkView) -> tuple[str, str]:
    return one.title.casefold(), one.ref.partition("/")[2].casefold()


ORIGINS: list[Callable[[Situation], Mapping[str, LinkView]]] = []
"""What phase packages know of where inputs and rows were taken over from, by the ref of each."""


def origins(s: Situation) -> dict[str, LinkView]:
    """Where inputs and rows were taken over from, by the ref of each."""
    return {ref: link for origin in ORIGINS for ref, link in origin(s).items()}


def resting_on(s: Situation, ref: str) -> list[LinkView]:
    """The rows that rest on what *ref* leads to."""
    return s.once(("resting", ""), lambda: _resting(s)).get(ref, [])


def _resting(s: Situation) -> dict[str, list[LinkView]]:
    found: dict[str, list[LinkView]] = defaultdict(list)
    for key, rows in s.records.rows.items():
        register = s.playbook.items.get(key)
        if not isinstance(register, Register):
            continue
        names = [name for name, column in register.columns.items() if column.type == "rests_on"]
        for row in rows if names else ():
            for ref in dict.fromkeys(r for name in names for r in (row.values or {}).get(name, ())):
                found[ref].append(_of_row(s, register, row))
    return dict(found)


def around(s: Situation, register: Register) -> tuple[str, ...]:
    """*register*, the registers its rows may rest on, and those whose rows may rest on them."""
    below = {key for column in register.columns.values() for key in column.into}
    above = above_of(s, register.key)
    return register.key, *sorted({*below, *above} - {INPUTS, register.key})


def above_of(s: Situation, key: str) -> tuple[str, ...]:
    """The registers whose rows may rest on those of the register *key*, or on ``inputs``."""
    return tuple(
        other.key
        for other in s.playbook.registers
        if any(key in column.into for column in other.columns.values())
    )


def ref_of_row(register: str, name: str, seed: str) -> str:
    """How a link names the row *name*, made from *seed* if from any."""
    return f"{register}/{seed or name}"
