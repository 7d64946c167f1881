"""Checks inside items: rules, placeholders, registers' columns and states, forms' questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from playbook.book import PLACEHOLDER, PROFILE, slug_of
from playbook.errors import pick
from playbook.models import (
    Column,
    Form,
    Input,
    Item,
    Matrix,
    Meeting,
    Metric,
    Point,
    Question,
    Register,
    Seed,
)
from playbook.rules import Rule, Value
from playbook.shapes import Draft
from playbook.values import fits_column

Values = list[Value]
TEMPLATE_SIGN = re.compile(r"\{\{|\{%")


# --- rules ----------------------------------------------------------------------------------------


def check_rules(draft: Draft) -> None:
    """Every rule is over profile fields, or earlier answers, and their values."""
    fields = _profile_fields(draft)
    for item in draft.items.values():
        for path, rule in rules_in(draft, item):
            if path == "when" and isinstance(item, Question):
                continue
            _check_rule(draft, item, path, rule, fields, noun="profile field")
        if isinstance(item, Form):
            _check_follow_ups(draft, item)


def _profile_fields(draft: Draft) -> dict[str, Values]:
    from_items: dict[str, Values] = {}
    for key in draft.keys_of("input"):
        given = draft.items.get(key)
        if not key.startswith(PROFILE) or not isinstance(given, Input):
            continue
        name = key.removeprefix(PROFILE)
        if given.type == "flag":
            from_items[name] = [True, False]
        elif given.options_from:
            prefix = f"{given.options_from}."
            from_items[name] = [slug_of(k) for k in draft.declared if k.startswith(prefix)]
        elif given.type in ("choice", "choices"):
            from_items[name] = list(given.options)
    return from_items


def _check_follow_ups(draft: Draft, form: Form) -> None:
    earlier: dict[str, Values] = {}
    for question in form.inner():
        if not isinstance(question, Question):
            continue
        if question.when is not None:
            noun = "earlier question with choices"
            _check_rule(draft, question, "when", question.when, earlier, noun=noun)
        if slug_of(question.key) in earlier:
            what = f"another question of {form.key} ends in '{slug_of(question.key)}' too"
            draft.report(question.key, what, "Change the last part of one key")
        if question.type == "yes_no":
            earlier[slug_of(question.key)] = [True, False]
        elif question.type in ("choice", "choices"):
            earlier[slug_of(question.key)] = list(question.options)


def _check_rule(
    draft: Draft, item: Item, path: str, rule: Rule, fields: Mapping[str, Values], *, noun: str
) -> None:
    for leaf in rule.leaves():
        if leaf.field not in fields:
            what = f"{path} asks for '{leaf.field}', which is no {noun}"
            draft.report(item.key, what, pick(leaf.field, fields, "Add it"), *_steps(path))
            continue
        known = fields[leaf.field]
        for value in leaf.values:
            if not any(value == one and type(value) is type(one) for one in known):
                words = [str(one).lower() if isinstance(one, bool) else one for one in known]
                what = f"{path} asks whether '{leaf.field}' is {_word(value)}, which it never is"
                remedy = pick(_word(value), words, "Add the option")
                draft.report(item.key, what, remedy, *_steps(path))


def rules_in(draft: Draft, item: Item) -> Iterator[tuple[str, Rule]]:
    """Every rule in an item's own properties, with its path."""
    for path, value in draft.leaves_of(item):
        if isinstance(value, Rule):
            yield path, value


# --- placeholders ---------------------------------------------------------------------------------


def check_placeholders(draft: Draft) -> None:
    """Every placeholder is one the playbook lists, and nothing else looks like a template."""
    known = draft.placeholders  # None when the manifest could not be read
    for item in draft.items.values():
        for path, value in draft.leaves_of(item):
            if not isinstance(value, str) or "{" not in value:
                continue
            for name in PLACEHOLDER.findall(value):
                if known is not None and name not in known:
                    what = f"{path} names the placeholder '{name}', which is not defined"
                    remedy = pick(name, known, "List it in playbook.yaml")
                    draft.report(item.key, what, remedy, *_steps(path))
            if sign := TEMPLATE_SIGN.search(PLACEHOLDER.sub("", value)):
                what = f"{path} holds '{sign.group()}', which is no placeholder"
                remedy = "Write a placeholder as {{ name }}, in small letters, and nothing else"
                draft.report(item.key, what, remedy, *_steps(path))


# --- registers ------------------------------------------------------------------------------------


def check_registers(draft: Draft) -> None:
    """Columns have what their type needs, states lead to states, seeds fill real columns."""
    for item in draft.items.values():
        if isinstance(item, Register):
            _check_columns(draft, item, item.columns)
            _check_states(draft, item)
            for seed in item.seeds.values():
                _check_seed(draft, item, seed)


def _check_columns(draft: Draft, item: Item, columns: Mapping[str, Column]) -> None:
    for slug, column in columns.items():
        if (column.type == "choice") != bool(column.options):
            what = f"columns.{slug}: its options do not go with type '{column.type}'"
            remedy = "Give options to a choice, and to nothing else"
            draft.report(item.key, what, remedy, "columns", slug)


def _check_states(draft: Draft, register: Register) -> None:
    if not register.states:
        draft.report(register.key, "has no states", "Add one, the initial state first", "states")
    for slug, state in register.states.items():
        for after in state.next:
            if after not in register.states:
                what = f"states.{slug} leads to '{after}', which is no state"
                remedy = pick(after, register.states, "Add it")
                draft.report(register.key, what, remedy, "states", slug, "next")
    taken = {"state"} | ({"owner"} if register.owner else set())
    taken |= ({"due"} if register.due else set()) | ({"standing"} if register.standing else set())
    for slug in taken & set(register.columns):
        remedy = "Rename the column, or leave it out: the register shows it anyway"
        what = f"the column '{slug}' is one that every row of this register has"
        draft.report(register.key, what, remedy, "columns", slug)


def _check_seed(draft: Draft, register: Register, seed: Seed) -> None:
    for slug, value in seed.values.items():
        column = register.columns.get(slug)
        if column is None:
            what = f"values names '{slug}', which is no column of {register.key}"
            draft.report(seed.key, what, pick(slug, register.columns, "Add it"), "values", slug)
        elif wrong := fits_column(column, value):
            draft.report(seed.key, f"values.{slug} {wrong[0]}", wrong[1], "values", slug)


# --- forms and the rest ---------------------------------------------------------------------------


def check_forms(draft: Draft) -> None:
    """Questions have what their type needs; ranges run upwards; percentages say of what."""
    for item in draft.items.values():
        if isinstance(item, Question):
            _check_question(draft, item)
        elif isinstance(item, Matrix):
            _check_range(draft, item, "scale", *item.scale)
        elif isinstance(item, Meeting) and item.minutes:
            _check_range(draft, item, "minutes", *item.minutes)
        elif isinstance(item, Point):
            if item.from_minute is not None and item.to_minute is not None:
                _check_range(draft, item, "to_minute", item.from_minute, item.to_minute)
        elif isinstance(item, Metric) and item.unit == "percent":
            for name in ("numerator", "denominator"):
                if not getattr(item, name):
                    draft.report(item.key, f"a percentage without {name}", f"Add {name}", "unit")


def _check_question(draft: Draft, question: Question) -> None:
    if (question.type in ("choice", "choices")) != bool(question.options):
        remedy = "Give options to a choice, and to nothing else"
        what = f"its options do not go with type '{question.type}'"
        draft.report(question.key, what, remedy, "type")
    if (question.type == "table") != bool(question.columns):
        remedy = "Give columns to a table, and to nothing else"
        what = f"its columns do not go with type '{question.type}'"
        draft.report(question.key, what, remedy, "type")
    _check_columns(draft, question, question.columns)


def _check_range(draft: Draft, item: Item, path: str, low: int, high: int) -> None:
    if low > high:
        draft.report(item.key, f"{path} runs from {low} down to {high}", "Turn it round", path)


# --- words of messages ----------------------------------------------------------------------------


def _steps(path: str) -> tuple[str | int, ...]:
    return tuple(int(step) if step.isdigit() else step for step in path.split("."))


def _word(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else f"'{value}'"
