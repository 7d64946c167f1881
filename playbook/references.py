"""Checks across items: everything that one item says of another must be so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from playbook.book import place_of, slug_of
from playbook.checks import (
    CheckBase,
    LayersReconciled,
    NoRecentRows,
    ReadingsMet,
    RowsAtMost,
    RowsCovered,
    RowsCurrent,
    RowsEqual,
    RowsFilled,
    RowsInState,
    RowsSpread,
    SheetSigned,
)
from playbook.errors import pick
from playbook.models import (
    Category,
    Due,
    Form,
    Gate,
    Input,
    Item,
    Phase,
    Question,
    Recurrence,
    Register,
    Scalar,
    Sheet,
    Statement,
    SubPhase,
)
from playbook.pointers import (
    check_pointers,
    column_of_periods,
    columns_of_check,
    readings_judged,
)
from playbook.proposing import check_proposals
from playbook.shapes import Draft
from playbook.soundness import check_forms, check_placeholders, check_registers, check_rules
from playbook.values import fits_column, fits_input

BINDABLE = (
    "register", "matrix", "form", "sheet", "checklist", "schedule", "document", "input", "guide",
    "writing", "passage",
)  # fmt: skip
ROLE_PROPERTIES = (
    "role", "role_when_single", "roles", "attendees", "told", "supplied_by",
    "escalates", "issued_by", "readers",
)  # fmt: skip
LEAD = "architect"
"""Whoever leads an engagement, under whatever title."""
DATED = ("due", "recurrence", "planned", "repeats", "ends")
AMOUNTS = ("money", "number", "percent")
FEEDS = {
    "text": ("text", "long_text"),
    "long_text": ("text", "long_text"),
    "choice": ("choice",),
    "choices": ("choices",),
    "yes_no": ("flag",),
    "number": ("number",),
    "percent": ("percent", "number"),
    "money": ("money",),
    "date": ("date",),
}
"""The types of input that a question of each type can feed."""


def check_references(draft: Draft) -> None:
    """Report everything in *draft* that does not fit together."""
    for check in (
        _keys, _places, _roles, _frame, _inputs, _feeds, _sheets, _gates, _dues, _checks,
        check_pointers, check_proposals, check_rules, check_placeholders, check_registers,
        check_forms,
    ):  # fmt: skip
        check(draft)


def refer(draft: Draft, item: Item, path: str, key: str, kinds: Iterable[str] = ()) -> bool:
    """Report unless *key* is declared, with one of *kinds* if any are given."""
    wanted = tuple(kinds)
    at = draft.declared.get(key)
    if at is not None and (not wanted or at.model.kind in wanted):
        return True
    known = [k for k, d in draft.declared.items() if not wanted or d.model.kind in wanted]
    what = f"{path} names '{key}', which is no {' or '.join(wanted) or 'item'}"
    draft.report(item.key, what, pick(key, known, "Add it"), path.partition(".")[0])
    return False


def names(
    draft: Draft, item: Item, path: str, word: str, known: Iterable[str], *, noun: str
) -> bool:
    """Report unless *word* is one of the *known* ones."""
    words = list(known)
    if word in words:
        return True
    what = f"{path} names '{word}', which is no {noun}"
    draft.report(item.key, what, pick(word, words, "Add it"), *path.split("."))
    return False


def _keys(draft: Draft) -> None:
    for item in draft.items.values():
        for key in item.see:
            refer(draft, item, "see", key)


def _places(draft: Draft) -> None:
    codes = _codes(draft)
    for item in draft.items.values():
        if not isinstance(item, SubPhase) and (code := place_of(item)):
            names(draft, item, "subphase", code, codes, noun="sub-phase")


def _codes(draft: Draft) -> list[str]:
    found = (draft.declared[key].raw.get("code") for key in draft.keys_of("subphase"))
    return sorted(str(code) for code in found if code)


def _roles(draft: Draft) -> None:
    known = [slug_of(key) for key in draft.keys_of("role")]
    if known and LEAD not in known:
        what = f"no role is called '{LEAD}', as whoever leads an engagement is"
        remedy = f"Add role.{LEAD} with side: staff; its title is free"
        draft.report(draft.keys_of("role")[0], what, remedy)
    for item in draft.items.values():
        for name in ROLE_PROPERTIES:
            value = item.__dict__.get(name, ())
            for slug in (value,) if isinstance(value, str) else value:
                if slug:
                    names(draft, item, name, slug, known, noun="role")


def _frame(draft: Draft) -> None:
    phases = [item for item in draft.items.values() if isinstance(item, Phase)]
    numbers = {phase.slug: phase.number for phase in phases}
    slugs = [str(draft.declared[key].raw.get("slug")) for key in draft.keys_of("phase")]
    _unique(draft, ((phase, "slug", phase.slug) for phase in phases))
    _unique(draft, ((phase, "number", str(phase.number)) for phase in phases))
    subphases = [item for item in draft.items.values() if isinstance(item, SubPhase)]
    _unique(draft, ((subphase, "code", subphase.code) for subphase in subphases))
    for subphase in subphases:
        names(draft, subphase, "phase", subphase.phase, slugs, noun="phase's slug")
        number = numbers.get(subphase.phase)
        if number is not None and not subphase.code.startswith(str(number)):
            what = f"code '{subphase.code}' does not begin with its phase's number, {number}"
            draft.report(subphase.key, what, "Change the code or the phase", "code")
    for item in draft.items.values():
        if isinstance(item, Category):
            for slug in item.weights:
                names(draft, item, f"weights.{slug}", slug, slugs, noun="phase's slug")


def _unique(draft: Draft, entries: Iterable[tuple[Item, str, str]]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for item, name, value in entries:
        first = seen.setdefault((name, value), item.key)
        if first != item.key:
            draft.report(item.key, f"{name} '{value}' is also that of {first}", "Change one", name)


def _inputs(draft: Draft) -> None:
    families = {key.rpartition(".")[0] for key in draft.declared}
    for item in draft.items.values():
        if not isinstance(item, Input):
            continue
        if item.options_from:
            noun = "family of keys"
            names(draft, item, "options_from", item.options_from, families, noun=noun)
        chooses = item.type in ("choice", "choices")
        if chooses != bool(item.options or item.options_from):
            remedy = "Give options or options_from to a choice, and to nothing else"
            draft.report(item.key, f"its options do not go with type '{item.type}'", remedy, "type")
        elif item.default is not None:
            _value(draft, item, "default", item, item.default)


def _value(draft: Draft, item: Item, path: str, given: Input, value: Scalar) -> None:
    wrong = fits_input(given, value, slugs_of_options(draft, given))
    if wrong:
        draft.report(item.key, f"{path} {wrong[0]}", wrong[1], *path.split(".", 1))


def slugs_of_options(draft: Draft, given: Input) -> list[str]:
    """The values an input can take, its own or those of the family it names."""
    if given.options_from:
        prefix = f"{given.options_from}."
        return [
            key.removeprefix(prefix)
            for key in draft.declared
            if key.startswith(prefix) and "." not in key.removeprefix(prefix)
        ]
    return list(given.options)


def _feeds(draft: Draft) -> None:
    for item in draft.items.values():
        if not isinstance(item, Question) or not item.feeds:
            continue
        if not refer(draft, item, "feeds", item.feeds, ["input"]):
            continue
        fed = draft.items.get(item.feeds)
        if not isinstance(fed, Input):
            continue
        if fed.type not in FEEDS.get(item.type, ()):
            what = f"a question of type '{item.type}' cannot feed {fed.key} of type '{fed.type}'"
            draft.report(item.key, what, "Change one of the types", "feeds")
            continue
        known = slugs_of_options(draft, fed)
        for slug in item.options:
            if slug not in known:
                what = f"the option '{slug}' is no option of {fed.key}, which it feeds"
                draft.report(item.key, what, pick(slug, known, "Add it there"), "options", slug)


def _sheets(draft: Draft) -> None:
    for item in draft.items.values():
        if isinstance(item, Statement):
            for key in item.binds:
                refer(draft, item, "binds", key, BINDABLE)
        elif isinstance(item, Sheet):
            if item.rows_of:
                refer(draft, item, "rows_of", item.rows_of, ["register"])
            elif not item.items:
                draft.report(item.key, "has no statements", "Add items or rows_of")
        if isinstance(item, (Sheet, Form)) and not item.roles:
            draft.report(item.key, "names no roles", "Say which roles it is for", "roles")


def _gates(draft: Draft) -> None:
    gates = [item for item in draft.items.values() if isinstance(item, Gate)]
    at_ends = (gate for gate in gates if gate.guards is None)
    _unique(draft, ((gate, "subphase", gate.subphase) for gate in at_ends))
    codes = _codes(draft)
    for gate in gates:
        passes = any(outcome.effect == "pass" for outcome in gate.outcomes.values())
        if not passes and (gate.guards is None or gate.outcomes):
            draft.report(gate.key, "no outcome passes it", "Add one with effect: pass", "outcomes")
        for slug, outcome in gate.outcomes.items():
            path = f"outcomes.{slug}"
            if outcome.to:
                names(draft, gate, f"{path}.to", outcome.to, codes, noun="sub-phase")
            elif outcome.effect == "loop":
                draft.report(gate.key, f"{path} loops nowhere", "Say 'to' which", "outcomes", slug)
            for key, value in outcome.sets.items():
                fed = draft.items.get(key)
                if isinstance(fed, Input):
                    _value(draft, gate, f"{path}.sets.{key}", fed, value)
                else:
                    refer(draft, gate, f"{path}.sets", key, ["input"])


def _dues(draft: Draft) -> None:
    gates = {str(draft.declared[key].raw.get("subphase")) for key in draft.keys_of("gate")}
    for item in draft.items.values():
        for name in DATED:
            rule = item.__dict__.get(name)
            if not isinstance(rule, (Due, Recurrence)):
                continue
            code = rule.after.removeprefix("gate_")
            if re.fullmatch(r"[1-9][a-z]", code) and code not in gates:
                known = [f"gate_{gate}" for gate in sorted(gates)]
                what = f"{name} counts from '{rule.after}', but no gate stands at {code}"
                draft.report(item.key, what, pick(rule.after, known, "Add the gate"), name, "after")


# --- checks ---------------------------------------------------------------------------------------


def _checks(draft: Draft) -> None:
    for item in draft.items.values():
        for path, check in _checks_of(item):
            found = [
                refer(draft, item, f"{path}.{check.name}.{parameter}", key, [kind])
                for parameter, kind, key in check.references()
            ]
            judge = _PARTS.get(type(check))
            if judge is not None and all(found):
                judge(draft, item, f"{path}.{check.name}", check)


CHECKED = ("checks", "done_when", "opens_when", "needs")
"""The properties that hold checks."""


def _checks_of(item: Item) -> Iterator[tuple[str, CheckBase]]:
    for path in CHECKED:
        for check in item.__dict__.get(path, ()):
            yield path, check


def _register(draft: Draft, check: CheckBase) -> Register | None:
    found = draft.items.get(getattr(check, "register_", ""))
    return found if isinstance(found, Register) else None


def _filled_columns(draft: Draft, item: Item, path: str, check: CheckBase) -> None:
    register = _register(draft, check)
    if register is None or not isinstance(check, RowsFilled):
        return
    known = [*register.columns, *(["owner"] if register.owner else [])]
    known += ["due"] if register.due else []
    for column in check.columns:
        names(draft, item, f"{path}.columns", column, known, noun=f"column of {register.key}")


def _known_states(draft: Draft, item: Item, path: str, check: CheckBase) -> None:
    register = _register(draft, check)
    if register is None or not isinstance(check, RowsInState):
        return
    for state in check.states:
        names(
            draft, item, f"{path}.states", state, register.states, noun=f"state of {register.key}"
        )


def _amount_columns(draft: Draft, item: Item, path: str, check: CheckBase) -> None:
    register = _register(draft, check)
    if register is None or not isinstance(check, RowsEqual):
        return
    known = [slug for slug, column in register.columns.items() if column.type in AMOUNTS]
    for parameter, column in (("left", check.left), ("right", check.right)):
        noun = f"column of {register.key} with amounts"
        names(draft, item, f"{path}.{parameter}", column, known, noun=noun)


def _recent_columns(draft: Draft, item: Item, path: str, check: CheckBase) -> None:
    register = _register(draft, check)
    if register is None or not isinstance(check, NoRecentRows):
        return
    dates = [slug for slug, column in register.columns.items() if column.type == "date"]
    noun = f"date column of {register.key}"
    names(draft, item, f"{path}.date_column", check.date_column, dates, noun=noun)
    noun = f"column of {register.key}"
    if names(draft, item, f"{path}.column", check.column, register.columns, noun=noun):
        column = register.columns[check.column]
        if wrong := fits_column(column, check.value):
            draft.report(item.key, f"{path}.value {wrong[0]}", wrong[1], path.partition(".")[0])


def _statements_of_sheet(draft: Draft, item: Item, path: str, check: CheckBase) -> None:
    if not isinstance(check, SheetSigned):
        return
    for key in check.statements:
        if draft.declared[key].parent != check.sheet:
            what = f"{path}.statements names '{key}', which is not on {check.sheet}"
            draft.report(item.key, what, "Name statements of that sheet", path.partition(".")[0])


_PARTS: dict[type[CheckBase], Callable[[Draft, Item, str, CheckBase], None]] = {
    RowsFilled: _filled_columns,
    RowsInState: _known_states,
    RowsEqual: _amount_columns,
    NoRecentRows: _recent_columns,
    SheetSigned: _statements_of_sheet,
    RowsAtMost: columns_of_check,
    RowsCurrent: columns_of_check,
    RowsCovered: columns_of_check,
    RowsSpread: columns_of_check,
    LayersReconciled: column_of_periods,
    ReadingsMet: readings_judged,
}
