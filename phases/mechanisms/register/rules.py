"""What a row may hold, and where it may go. Pure: everything that is wrong is found at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from phases.core.errors import BadValue
from phases.core.template import listed
from phases.mechanisms.guards import guard
from phases.mechanisms.register import links
from phases.mechanisms.register.errors import (
    AppendOnly,
    FixedRegister,
    LacksColumns,
    NoSuchStep,
    StandsBehindGate,
)
from phases.mechanisms.register.queries import RowView, first_state
from phases.mechanisms.register.values import (
    NUMBERS,
    amount_of,
    clean,
    date_of,
    lower,
    stored,
    title_column,
)
from phases.mechanisms.situation import Situation
from playbook.due import add_business_days
from playbook.models import Gate, Register

LONGEST_TITLE = 300


@dataclass(frozen=True)
class Entry:
    """What a row is to hold once it is written, and everything that speaks against it."""

    title: str
    values: dict[str, Any]
    state: str
    owner: str
    due: date | None
    problems: tuple[BadValue, ...] = ()

    def refuse(self) -> None:
        """Refuse what does not fit.

        Raises:
            BadValue: the first thing that is wrong.
        """
        if self.problems:
            raise self.problems[0]


def new_entry(
    s: Situation, register: Register, *, title: str = "", values: Mapping[str, Any] | None = None,
    state: str = "", owner: str = "", due: date | str | None = None,
) -> Entry:  # fmt: skip
    """What a new row would hold, sent where its register's routing sends it."""
    given = {name: (values or {}).get(name) for name in register.columns} | dict(values or {})
    problems = Problems()
    kept = check_values(s, register, given, problems)
    name = title_column(register)
    if name and not kept.get(name) and title.strip():
        kept[name] = stored(name, register.columns[name], title)
    routed = _route(s, register, kept, problems)
    problems.add_all(blanks(register, kept, register.columns))
    entry = Entry(
        title=problems.of(lambda: checked_title(register, title or str(kept.get(name) or "")), ""),
        values={column: value for column, value in kept.items() if value is not None},
        state=problems.of(lambda: known_state(register, state or first_state(register)), ""),
        owner=problems.of(lambda: checked_owner(s, register, owner), "") or routed[0],
        due=problems.of(lambda: checked_due(register, due), None) or routed[1],
    )
    if entry.state:
        _check_entry(s, register, entry, None, problems)
    return _with(entry, problems)


def changed_entry(
    s: Situation, register: Register, view: RowView, *, title: str | None = None,
    values: Mapping[str, Any] | None = None, state: str | None = None, owner: str | None = None,
    due: date | str | None = None,
) -> Entry:  # fmt: skip
    """What the row in *view* would hold; what is None stays as it is."""
    problems = Problems()
    kept = check_values(s, register, values or {}, problems, view)
    had = {name for name, value in view.raw.items() if value is not None}
    problems.add_all(blanks(register, kept, had))
    problems.of(lambda: check_step(register, view, state), None)
    merged = dict(view.raw)
    for name, value in kept.items():
        merged[name] = _kept_as_it_was(register, name, view.raw.get(name), value)
    entry = Entry(
        title=problems.of(lambda: _new_title(register, view, title, kept), view.title),
        values={name: value for name, value in merged.items() if value is not None},
        state=state if state in register.states else view.state,
        owner=view.owner if owner is None
        else problems.of(lambda: checked_owner(s, register, owner, view.owner), view.owner),
        due=view.due if due is None
        else problems.of(lambda: checked_due(register, due), view.due),
    )  # fmt: skip
    _check_entry(s, register, entry, view, problems)
    return _with(entry, problems)


class Problems:
    """Collects what is refused, one for each field."""

    def __init__(self) -> None:
        self.found: list[BadValue] = []

    def add(self, problem: BadValue) -> None:
        if problem.field not in {one.field for one in self.found}:
            self.found.append(problem)

    def add_all(self, problems: Iterable[BadValue]) -> None:
        for problem in problems:
            self.add(problem)

    def of(self, attempt: Callable[[], Any], instead: Any) -> Any:
        """What *attempt* gives; *instead* if it is refused."""
        try:
            return attempt()
        except BadValue as problem:
            self.add(problem)
            return instead


def _with(entry: Entry, problems: Problems) -> Entry:
    return Entry(
        entry.title, entry.values, entry.state, entry.owner, entry.due, tuple(problems.found)
    )


def check_values(
    s: Situation, register: Register, values: Mapping[str, Any], problems: Problems,
    view: RowView | None = None,
) -> dict[str, Any]:  # fmt: skip
    """*values* as stored; what does not fit joins *problems*."""
    kept: dict[str, Any] = {}
    for name, raw in values.items():
        if name not in register.columns:
            problems.add(BadValue(name, f"“{register.title}” has no column “{name}”."))
            continue
        try:
            kept[name] = _stored(s, register, name, raw, view)
        except BadValue as problem:
            problems.add(problem)
    return kept


def _stored(s: Situation, register: Register, name: str, raw: Any, view: RowView | None) -> Any:
    value = stored(name, register.columns[name], raw)
    if value is None or register.columns[name].type != "rests_on":
        return value
    had = view.raw.get(name) or () if view else ()
    own = (view.seed or view.ref) if view else ""
    return links.resolved(s, register, name, value, had, own)


def _kept_as_it_was(register: Register, name: str, before: Any, after: Any) -> Any:
    """What stands there already where both say the same amount (``5`` and ``5.00``)."""
    if register.columns[name].type not in NUMBERS or not before or not after:
        return after
    same_currency = str(before).rpartition(" ")[0] == str(after).rpartition(" ")[0]
    return before if same_currency and amount_of(before) == amount_of(after) else after


def _route(
    s: Situation, register: Register, kept: dict[str, Any], problems: Problems
) -> tuple[str, date | None]:
    """Fill what the routing sets into *kept* where nothing stands; the owner and due date it says.

    What is typed comes first: routing only fills what was left open.
    """
    routing = register.routing
    route = routing.routes.get(str(kept.get(routing.by) or "")) if routing else None
    if route is None:
        return "", None
    for name, value in route.sets.items():
        if kept.get(name) is None:
            kept[name] = problems.of(partial(stored, name, register.columns[name], value), None)
    owner = _who_plays(s, route.role) if route.role and register.owner else ""
    if route.within is None or not register.due:
        return owner, None
    return owner, add_business_days(s.today, route.within, s.holidays)


def _who_plays(s: Situation, role: str) -> str:
    """The first person with *role* here; empty while nobody has it."""
    staff = [member.user.ref for member in s.records.members if member.role == role]
    there = [contact.ref for contact in s.records.contacts if contact.role == role]
    return next(iter([*staff, *there]), "")


def _check_entry(
    s: Situation, register: Register, entry: Entry, view: RowView | None, problems: Problems
) -> None:
    """A row has what its state needs, and enters a guarded one only while the gate lets it."""
    problems.of(lambda: check_needs(register, entry, view), None)
    if view is None or entry.state != view.state:
        problems.of(lambda: check_guard(s, register, entry), None)


def check_needs(register: Register, entry: Entry, view: RowView | None) -> None:
    """Refuse to enter a state without what it needs, or to empty what the state needs.

    Raises:
        LacksColumns: something is missing; the message names it.
    """
    state = register.states.get(entry.state)
    if state is None:
        return
    missing = [name for name in state.needs if _is_open(entry, name)]
    if view is not None and entry.state == view.state:
        missing = [name for name in missing if _was_there(view, name)]
    if missing:
        names = listed([named(register, name) for name in missing])
        raise LacksColumns(
            "state", f"“{entry.title}” cannot be {lower(state.title)} without {names}. "
            f"Enter {'them' if missing[1:] else 'it'} first, or choose another state.",
        )  # fmt: skip


def _is_open(entry: Entry, name: str) -> bool:
    if name in ("owner", "due"):
        return not getattr(entry, name)
    return entry.values.get(name) in (None, "", [])


def _was_there(view: RowView, name: str) -> bool:
    return bool(getattr(view, name) if name in ("owner", "due") else view.raw.get(name))


def named(register: Register, name: str) -> str:
    """A column, or what every row has, within a sentence."""
    words = {"owner": "an owner", "due": "a due date"}
    return words.get(name) or f"“{register.columns[name].title}”"


def check_guard(s: Situation, register: Register, entry: Entry) -> None:
    """Refuse a state that a gate stands before, with the gate's reasons.

    Raises:
        StandsBehindGate: the gate does not open.
    """
    state = register.states[entry.state]
    found = guard(s, state.guard)
    if not found.met:
        gate = s.playbook.get(state.guard, Gate)
        reasons = " ".join(lack.sentence for lack in found.lacks[:5])
        raise StandsBehindGate(
            "state", f"“{entry.title}” cannot become {lower(state.title)} yet: "
            f"“{s.plain(gate.title)}” does not open. {reasons}", f"gate/{gate.place}",
        )  # fmt: skip


def _new_title(register: Register, view: RowView, title: str | None, kept: dict[str, Any]) -> str:
    """The title given, or the new value of the column that names the rows, unless a seed does."""
    if title is not None and title.strip():
        return checked_title(register, title)
    name = title_column(register)
    named_by_column = name and not (view.seed and view.title != view.raw.get(name))
    if named_by_column and kept.get(name):
        return str(kept[name])[:LONGEST_TITLE]
    return view.title


def blanks(register: Register, kept: Mapping[str, Any], had: Any) -> Iterator[BadValue]:
    """Every required value that is emptied; one that was never there may stay open."""
    for name, value in kept.items():
        column = register.columns[name]
        if column.required and value is None and name in had:
            yield BadValue(name, f"Enter {lower(column.title)}.")


def checked_title(register: Register, title: str) -> str:
    """The title, trimmed.

    Raises:
        BadValue: there is none, or it is too long.
    """
    name = title_column(register)
    title = clean(title)
    if not title:
        raise BadValue(name or "title", f"Give the {register.row_word} a name.")
    if name:
        return title[:LONGEST_TITLE]
    if len(title) > LONGEST_TITLE:
        raise BadValue("title", f"{len(title)} characters; {LONGEST_TITLE} is the most.")
    return title


def checked_owner(s: Situation, register: Register, owner: str, now_owner: str = "") -> str:
    """*owner*, somebody the engagement knows (who owned it before may stay)."""
    owner = owner.strip()
    if not owner or owner == now_owner:
        return owner
    if not register.owner:
        raise BadValue("owner", f"Rows of “{register.title}” have no owner.")
    if owner not in s.people.names:
        raise BadValue("owner", "Choose somebody on the team or one of the customer's contacts.")
    return owner


def checked_due(register: Register, due: date | str | None) -> date | None:
    """*due* as a date, where the register has due dates."""
    if due is None or due == "":
        return None
    if not register.due:
        raise BadValue("due", f"Rows of “{register.title}” have no due date.")
    return date_of("due", due, "Due")


def known_state(register: Register, state: str) -> str:
    """*state*, if the register has it."""
    if state not in register.states:
        words = ", ".join(found.title for found in register.states.values())
        raise BadValue("state", f"“{state}” is no state of “{register.title}”; there are {words}.")
    return state


def check_step(register: Register, view: RowView, state: str | None) -> None:
    """Refuse a state that the row cannot go to from where it is."""
    if not state or state == view.state:
        return
    known_state(register, state)
    if state not in [slug for slug, _ in view.next]:
        there = " or ".join(words for _, words in view.next) or "nowhere"
        raise NoSuchStep(
            "state",
            f"“{view.title}” is {lower(view.state_label)} and cannot become "
            f"{lower(register.states[state].title)}; from here it goes to {there}.",
        )


def refuse_if_fixed(register: Register) -> None:
    """Refuse to add to or take from a register whose rows the playbook sets."""
    if register.fixed:
        raise FixedRegister(
            f"The playbook sets the rows of “{register.title}”; none are added or removed. "
            "Change the rows that are there."
        )


def refuse_if_append_only(register: Register) -> None:
    """Refuse to change what is written in a register that only grows."""
    if register.append_only:
        raise AppendOnly(
            f"What stands in “{register.title}” stays as it was written. "
            f"Add another {register.row_word} that says what was wrong."
        )
