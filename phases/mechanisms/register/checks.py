"""The playbook's checks of registers. A register that does not apply has nothing to lack."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from phases.core.facts import Finding, Lack, met, unmet
from phases.core.template import listed
from phases.mechanisms.register.links import ref_of_row, views
from phases.mechanisms.register.queries import RowView, live_rows
from phases.mechanisms.register.values import is_empty, lower, plural
from phases.mechanisms.situation import Situation
from playbook import checks
from playbook.models import Register

NAMED = 5
"""How many rows are named before the rest is only counted."""

Complaint = Callable[[RowView, Register], str]
"""What is wrong with a row, as the rest of a sentence that begins with its title; else empty."""


def rows_filled(check: checks.RowsFilled, s: Situation) -> Finding:
    """Every live row has a value in each column named."""

    def complaint(row: RowView, register: Register) -> str:
        empty = [_name(register, name) for name in check.columns if _is_empty(row, name)]
        return f"lacks {listed(empty)}" if empty else ""

    return _judge(s, check.register_, check.minimum, complaint, "filled in as asked")


def rows_in_state(check: checks.RowsInState, s: Situation) -> Finding:
    """Every live row is in one of the states."""

    def complaint(row: RowView, register: Register) -> str:
        if row.state in check.states:
            return ""
        wanted = [lower(register.states[state].title) for state in check.states]
        return f"is {lower(row.state_label)}, not yet {' or '.join(wanted)}"

    return _judge(s, check.register_, check.minimum, complaint, "in the state asked for")


def rows_confirmed(check: checks.RowsConfirmed, s: Situation) -> Finding:
    """Every live row is CONFIRMED."""

    def complaint(row: RowView, _register: Register) -> str:
        return "" if row.confirmed else "is still ASSUMED"

    return _judge(s, check.register_, check.minimum, complaint, "CONFIRMED")


def rows_equal(check: checks.RowsEqual, s: Situation) -> Finding:
    """Two columns of every live row hold the same amount, exactly."""

    def complaint(row: RowView, register: Register) -> str:
        empty = [_name(register, n) for n in (check.left, check.right) if _is_empty(row, n)]
        if empty:
            return f"lacks {listed(empty)}"
        if _same(row, check.left, check.right):
            return ""
        left, right = row.shown[check.left], row.shown[check.right]
        names = _name(register, check.left), _name(register, check.right)
        return f"differs: {names[0]} is {left}, {names[1]} {right}"

    return _judge(s, check.register_, check.minimum, complaint, "equal to the minor unit",
                  check.maximum)  # fmt: skip


def rows_at_most(check: checks.RowsAtMost, s: Situation) -> Finding:
    """At most so many live rows are in one of the states; an unknown maximum is not met."""
    register = s.playbook.get(check.register_, Register)
    if skipped := _skipped(s, register):
        return skipped
    most = _whole(s.value(check.input)) if check.input else check.maximum
    if most is None:
        title = s.plain(s.playbook.get(check.input).title)
        what = f"“{title}” does not say how many {plural(register.row_word, 2)[2:]} there may be."
        return unmet([Lack(what, "architect", f"inputs#{check.input.replace('.', '-')}")])
    there = [row for row in live_rows(s, register) if row.state in check.states]
    states = " or ".join(lower(register.states[state].title) for state in check.states)
    count = f"“{register.title}”: {plural(register.row_word, len(there))} {states}"
    allowed = f"at most {most} allowed" if most else "none is allowed"
    if len(there) <= most:
        return met(f"{count}; {allowed}.")
    place = _place(register)
    lacks = [
        Lack(f"“{row.title}” is {lower(row.state_label)}.", row.owner_name or "architect", place)
        for row in there
    ]
    return unmet([Lack(f"{count}; {allowed}.", "architect", place),
                  *_first(lacks, place)])  # fmt: skip


def _whole(value: object) -> int | None:
    """A count; None for anything that is no whole number."""
    text = str(value).strip() if value is not None and not isinstance(value, bool) else ""
    whole, _, rest = text.partition(".")
    return int(whole) if whole.isdecimal() and len(whole) < 10 and not rest.strip("0") else None


def rows_current(check: checks.RowsCurrent, s: Situation) -> Finding:
    """The date of every live row is so many days old at most or, without days, has not passed."""

    def complaint(row: RowView, register: Register) -> str:
        at, name = row.value(check.column), _name(register, check.column)
        if not isinstance(at, date):
            return f"lacks {name}"
        if check.days is None:
            return "" if at >= s.today else f"ran out: {name} is {_day(at)}"
        if at > s.today:
            return f"has {name} in the future, {_day(at)}"
        if (s.today - at).days <= check.days:
            return ""
        return f"is older than {check.days} days: {name} is {_day(at)}"

    return _judge(s, check.register_, check.minimum, complaint, "up to date")


def rows_covered(check: checks.RowsCovered, s: Situation) -> Finding:
    """Every live row is named in the column of a live row of the other register."""
    by = s.playbook.get(check.by, Register)
    if skipped := _skipped(s, by):
        return skipped
    named = {ref for row in live_rows(s, by) for ref in row.raw.get(check.column) or ()}

    def complaint(row: RowView, register: Register) -> str:
        ref = ref_of_row(register.key, row.ref, row.seed)
        return "" if ref in named else f"is covered by no {by.row_word} of “{s.plain(by.title)}”"

    good = f"each covered by “{s.plain(by.title)}”"
    return _judge(s, check.register_, 0, complaint, good, place=_place(by))


def rows_spread(check: checks.RowsSpread, s: Situation) -> Finding:
    """The rows in one of the states name at least so many others, each counted once by its name."""
    register = s.playbook.get(check.register_, Register)
    if skipped := _skipped(s, register):
        return skipped
    states = " or ".join(lower(register.states[state].title) for state in check.states)
    refs = [
        ref
        for row in live_rows(s, register) if row.state in check.states
        for ref in row.raw.get(check.column) or ()
    ]  # fmt: skip
    named = {link.title.strip().casefold(): link.title for link in views(s, refs) if not link.gone}
    what = f"{_name(register, check.column)} of what is {states} in “{s.plain(register.title)}”"
    told = listed(list(named.values())) if named else "nothing"
    if len(named) >= check.minimum:
        return met(f"{what}: {told}.")
    lack = f"{what} names {told}; at least {check.minimum} different ones are needed."
    return unmet([Lack(lack, "architect", _place(register))])


def no_recent_rows(check: checks.NoRecentRows, s: Situation) -> Finding:
    """No such row in the last days of the time since go-live, which is at least as long."""
    register = s.playbook.get(check.register_, Register)
    if skipped := _skipped(s, register):
        return skipped
    go_live, place = s.anchors.get("go_live"), _place(register)
    if go_live is None:
        return unmet([Lack("The go-live date is not known.", "architect", place)])
    passed = (s.today - go_live).days
    if passed < check.days:
        since = f"{max(passed, 0)} of {check.days} days have passed since go-live"
        clear = _day(go_live + timedelta(days=check.days))
        return unmet([Lack(f"{since}; the rest has by {clear}.", "architect", place)])
    since_date = s.today - timedelta(days=check.days)
    rows = [row for row in live_rows(s, register) if _says(row, check.column) == check.value]
    lacks = [
        Lack(f"“{row.title}” {words}.", row.owner_name or "architect", place)
        for row in rows
        if (words := _too_recent(row, register, check, since_date))
    ]
    if lacks:
        return unmet(_first(lacks, place))
    return met(f"“{register.title}”: none {_words(register, check)} since {_day(since_date)}.")


def _too_recent(row: RowView, register: Register, check: checks.NoRecentRows, since: date) -> str:
    """Why the row stands in the way: its date is unknown, or not yet *since* is past."""
    at = row.value(check.date_column)
    if not isinstance(at, date):
        return f"lacks {_name(register, check.date_column)}"
    if at < since:
        return ""
    clear = _day(at + timedelta(days=check.days + 1))
    return f"({_words(register, check)}) is of {_day(at)}; it stands in the way until {clear}"


def _words(register: Register, check: checks.NoRecentRows) -> str:
    column = register.columns[check.column]
    value = column.options.get(check.value, check.value)
    return f"with {lower(column.title)} “{lower(value)}”"


def _judge(
    s: Situation, key: str, minimum: int, complaint: Complaint, good: str,
    maximum: int | None = None, place: str = "",
) -> Finding:  # fmt: skip
    """Judge each live row; *place* is where a lack is made good, if not in the register."""
    register = s.playbook.get(key, Register)
    if skipped := _skipped(s, register):
        return skipped
    rows, place = live_rows(s, register), place or _place(register)
    lacks = [
        Lack(f"“{row.title}” {words}.", row.owner_name or "architect", place)
        for row in rows
        if (words := complaint(row, register))
    ]
    lacks = _first(lacks, place)
    there = plural(register.row_word, len(rows))
    if len(rows) < minimum:
        wanted = f"at least {minimum} are needed" if minimum > 1 else "at least one is needed"
        lacks.insert(0, Lack(f"“{register.title}” has {there}; {wanted}.", "architect", place))
    if maximum is not None and len(rows) > maximum:
        lacks.insert(
            0, Lack(f"“{register.title}” has {there}; {maximum} are the most.", "architect", place)
        )
    return unmet(lacks) if lacks else met(f"“{register.title}”: {there}, {good}.")


def _skipped(s: Situation, register: Register) -> Finding | None:
    found = s.applicability(register)
    if found.applies:
        return None
    return met(f"“{register.title}” does not apply: {found.reason.rstrip('.')}.")


def _first(lacks: list[Lack], place: str) -> list[Lack]:
    """The first few, and how many more there are."""
    rest = len(lacks) - NAMED
    if rest <= 0:
        return lacks
    return [*lacks[:NAMED], Lack(f"and {rest} more", lacks[NAMED].who, place)]


def _place(register: Register) -> str:
    return f"register/{register.key}"


def _is_empty(row: RowView, name: str) -> bool:
    if name == "owner":
        return not row.owner
    if name == "due":
        return row.due is None
    return is_empty(row.raw.get(name))


def _same(row: RowView, left: str, right: str) -> bool:
    """Equal as amounts, and in the same currency where both name one."""
    currencies = {str(row.raw[name]).rpartition(" ")[0] for name in (left, right)} - {""}
    return row.value(left) == row.value(right) and len(currencies) < 2


def _says(row: RowView, name: str) -> str:
    value = row.value(name)
    return str(value).lower() if isinstance(value, bool) else str(value or "")


def _name(register: Register, name: str) -> str:
    words = {"owner": "an owner", "due": "a due date"}
    return words.get(name) or f"“{register.columns[name].title}”"


def _day(at: date) -> str:
    return f"{at.day} {at:%b %Y}"
