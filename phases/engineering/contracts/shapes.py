"""Between a form and the part of the terms that it shows; what it does not show stays. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from wtforms.fields import FieldList

from billing.errors import Problem
from phases.engineering.contracts.forms import (
    AmendmentForm,
    HeadForm,
    LineForm,
    MilestoneForm,
    OneOffForm,
    PartForm,
    PeriodicForm,
    RecurringForm,
    UsageForm,
)
from phases.engineering.contracts.rows import RowForm, filled
from phases.engineering.contracts.terms import said

Terms = dict[str, Any]


class Unreadable(Exception):
    """Something typed that no terms can be made of: on which field, and why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


# --- out of the terms into a form -----------------------------------------------------------------


def texts(part: Mapping[str, Any], names: Sequence[str]) -> Terms:
    """The plain values of *part* as a form shows them."""
    return {name: text_of(part.get(name)) for name in names}


def text_of(value: Any) -> str:
    return "" if value is None else str(value)


def table(parts: Any, form: type[RowForm]) -> list[dict[str, str]]:
    """Parts of the terms as lines of a small table."""
    names = [name for name in dir(form) if not name.startswith("_")]
    return [
        {"at": str(place), **{name: text_of(value) for name, value in part.items()
                              if name in names and not isinstance(value, (dict, list))}}
        for place, part in enumerate(parts or ())
    ]  # fmt: skip


HEAD = ("number", "customer", "currency", "start", "end", "months")
LINE = ("key", "description", "start", "end")
RECURRING = ("timing", "price", "price_per", "quantity", "term_amount")
ONE_OFF = ("on", "price", "quantity")
USAGE = ("aggregation", "included", "minimum", "maximum")
PRICING = ("price", "size", "percent", "fixed", "free_units")
AMENDMENT = ("kind", "on", "line", "price", "quantity", "frequency", "end", "until")
ADDED = ("key", "description", "price", "quantity", "frequency")
OWN_CHOICES = ("change_effect", "credit_form")
BY_MODEL: Mapping[str, Sequence[str]] = {
    "per_unit": ("price", "free_units"),
    "package": ("size", "price", "free_units"),
    "percentage": ("percent", "fixed"),
}


def head_data(terms: Terms) -> Terms:
    """What the form of the head shows."""
    payments = terms.get("payment_terms") or [{}]
    first = payments[0]
    return {
        **texts(terms, HEAD),
        "payment_kind": "parts" if len(payments) > 1 else first.get("kind", "net"),
        "payment_days": text_of(first.get("days", "" if "kind" in first else 30)),
        "payment_day": text_of(first.get("day")),
        "payment_parts": payments if len(payments) > 1 else [],
        "taxes": terms.get("taxes"), "inclusive": _inclusive(terms.get("taxes")),
        "discounts": terms.get("discounts"),
    }  # fmt: skip


def _inclusive(taxes: Any) -> bool:
    return bool(taxes) and any(tax.get("inclusive") for tax in taxes)


def line_data(line: Terms) -> Terms:
    """What the form of a line shows."""
    anchor, trial = line.get("anchor") or {}, line.get("trial") or {}
    pricing = line.get("pricing") or {}
    taxes = line.get("taxes")
    found = {
        **texts(line, (*LINE, *RECURRING, *ONE_OFF, *USAGE, "frequency", "total")),
        "every": text_of((line.get("every") or {}).get("months")),
        "anchor": anchor.get("kind", "contract"), "anchor_day": text_of(anchor.get("day")),
        "anchor_month": text_of(anchor.get("month")), "anchor_date": text_of(anchor.get("date")),
        "trial_days": text_of(trial.get("days")), "trial_until": text_of(trial.get("until")),
        "taxed": "" if taxes is None else ("own" if taxes else "none"),
        "inclusive": _inclusive(taxes),
        "records": "\n".join(f"{r['on']} {r['quantity']}" for r in line.get("records") or ()),
        "model": pricing.get("model", "per_unit"), "tiers": pricing.get("tiers"),
        **{name: line.get(name) for name in ("taxes", "discounts", "steps", "free", "milestones")},
    }  # fmt: skip
    if line.get("kind") == "usage":
        found |= texts(pricing, PRICING)
    return {name: value for name, value in found.items() if value != "" or name == "taxed"}


def amendment_data(amendment: Terms) -> Terms:
    """What the form of an amendment shows."""
    added, own = amendment.get("add") or {}, amendment.get("conventions") or {}
    return {
        **texts(amendment, AMENDMENT), **texts(own, OWN_CHOICES),
        **{f"add_{name}": text for name, text in texts(added, ADDED).items() if text},
        "restart_anchor": bool(amendment.get("restart_anchor")),
    }  # fmt: skip


def fill(form: PartForm, data: Mapping[str, Any]) -> None:
    """Show *data* in *form*."""
    for field in form:
        if field.short_name not in data:
            continue
        value = data[field.short_name]
        if isinstance(field, FieldList):
            row: Any = field.unbound_field.args[0]
            for line in table(value, row):
                field.append_entry(line)
        elif value not in (None, ""):
            field.data = value


# --- out of a form into the terms -----------------------------------------------------------------


def put(part: Terms, name: str, value: Any) -> None:
    """Have *part* say *value* under *name*; nothing takes it out."""
    if value in (None, "", [], {}):
        part.pop(name, None)
    else:
        part[name] = value


def plain(form: PartForm, part: Terms, names: Sequence[str]) -> None:
    """Put the plain fields *names* into *part*."""
    for name in names:
        put(part, name, form[name].data)


WHOLE = ("days", "periods")
"""Cells that hold whole numbers."""


def parts_of(field: FieldList, before: Any, drop: Sequence[str] = ()) -> list[Terms]:
    """The lines of a small table as parts; what the table does not show stays with its line."""
    old = list(before or ())
    found = []
    for row in filled(field):
        at = row.at.data or ""
        kept = dict(old[int(at)]) if at.isdecimal() and int(at) < len(old) else {}
        for cell in row.cells:
            value = cell.data
            put(kept, cell.short_name, whole(value) if cell.short_name in WHOLE else value)
        for name in drop:
            kept.pop(name, None)
        found.append(kept)
    return found


def whole(value: Any) -> Any:
    """A whole number where one was typed; what was typed otherwise, to be refused by its field."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def taxes_of(form: HeadForm | LineForm, before: Any) -> list[Terms]:
    """The taxes, all inclusive or none."""
    found = parts_of(form.taxes, before)
    for tax in found:
        put(tax, "inclusive", form.inclusive.data or None)
    return found


def head_terms(form: HeadForm, before: Terms) -> Terms:
    """The whole terms, with the head as typed."""
    terms = deepcopy(before)
    plain(form, terms, HEAD)
    put(terms, "months", whole(form.months.data))
    put(terms, "currency", (form.currency.data or "").upper())
    terms["payment_terms"] = payment_terms(form, terms.get("payment_terms") or [])
    put(terms, "taxes", taxes_of(form, terms.get("taxes")))
    put(terms, "discounts", parts_of(form.discounts, terms.get("discounts")))
    return terms


def payment_terms(form: HeadForm, before: Sequence[Terms]) -> list[Terms]:
    """When invoices are due: one rule, or several parts."""
    if form.payment_kind.data == "parts":
        return [{"kind": "net", **part} for part in parts_of(form.payment_parts, before)]
    same = before[0] if before and before[0].get("kind", "net") == form.payment_kind.data else {}
    rule = {**same, "kind": form.payment_kind.data}
    rule.pop("percent", None)
    put(rule, "days", whole(form.payment_days.data))
    put(rule, "day", whole(form.payment_day.data))
    if rule["kind"] == "on_receipt":
        rule = {"kind": "on_receipt"}
    elif rule["kind"] == "end_of_month" and "days" not in rule:
        rule["days"] = 0
    return [rule]


def line_terms(form: LineForm, before: Terms, kind: str) -> Terms:
    """A line as typed."""
    line = {"kind": kind, **deepcopy(before)}
    plain(form, line, LINE)
    line.pop("taxes", None)
    if form.taxed.data:
        line["taxes"] = taxes_of(form, before.get("taxes")) if form.taxed.data == "own" else []
    put(line, "discounts", parts_of(form.discounts, before.get("discounts")))
    if isinstance(form, PeriodicForm):
        periodic(form, line)
    OWN_PARTS[kind](form, line)
    return line


def periodic(form: PeriodicForm, line: Terms) -> None:
    """The parts of a line with billing periods."""
    line["frequency"] = form.frequency.data
    put(line, "every", {"months": whole(form.every.data)} if form.every.data else None)
    if form.frequency.data != "custom" and not form.every.data:
        line.pop("every", None)
    anchor: Terms = {"kind": form.anchor.data}
    put(anchor, "day", whole(form.anchor_day.data))
    put(anchor, "month", whole(form.anchor_month.data))
    put(anchor, "date", form.anchor_date.data)
    put(line, "anchor", anchor if anchor != {"kind": "contract"} else None)
    trial: Terms = {}
    put(trial, "days", whole(form.trial_days.data))
    put(trial, "until", form.trial_until.data)
    put(line, "trial", trial)
    put(line, "free", parts_of(form.free, line.get("free")))


def _recurring(form: Any, line: Terms) -> None:
    assert isinstance(form, RecurringForm)
    plain(form, line, RECURRING)
    put(line, "steps", parts_of(form.steps, line.get("steps")))


def _one_off(form: Any, line: Terms) -> None:
    assert isinstance(form, OneOffForm)
    plain(form, line, ONE_OFF)


def _milestone(form: Any, line: Terms) -> None:
    assert isinstance(form, MilestoneForm)
    plain(form, line, ("total",))
    line["milestones"] = parts_of(form.milestones, line.get("milestones"))


def _usage(form: Any, line: Terms) -> None:
    assert isinstance(form, UsageForm)
    plain(form, line, USAGE)
    if line.get("aggregation") == "sum":
        line.pop("aggregation")
    line["pricing"] = pricing(form, line.get("pricing") or {})
    put(line, "records", records(form.records.data or ""))


OWN_PARTS: Mapping[str, Callable[[Any, Terms], None]] = {
    "recurring": _recurring, "one_off": _one_off, "milestone": _milestone, "usage": _usage,
}  # fmt: skip


def pricing(form: UsageForm, before: Terms) -> Terms:
    """The prices of usage by the model chosen."""
    model = form.model.data
    found = dict(before) if before.get("model") == model else {"model": model}
    if model in BY_MODEL:
        plain(form, found, BY_MODEL[model])
    else:
        found["tiers"] = parts_of(form.tiers, found.get("tiers"), drop=("from",))
    return found


def records(text: str) -> list[Terms]:
    """Usage records, one a line: day, then quantity.

    Raises:
        Unreadable: with the number of the line.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        cells = re.split(r"[\s,;]+", line.strip())
        if len(cells) != 2:
            raise Unreadable("records", f"Line {number}: write a day and a quantity.")
        found.append({"on": cells[0], "quantity": cells[1]})
    return found


def amendment_terms(form: AmendmentForm, before: Terms) -> Terms:
    """An amendment as typed."""
    found = deepcopy(before)
    plain(form, found, AMENDMENT)
    put(found, "restart_anchor", form.restart_anchor.data or None)
    own = dict(found.get("conventions") or {})
    for name in OWN_CHOICES:
        put(own, name, form[name].data)
    put(found, "conventions", own)
    typed = {name: form[f"add_{name}"].data for name in ADDED}
    if found.get("kind") in ("add", "coterm"):
        line = {"kind": "recurring", **(found.get("add") or {})}
        for name, value in typed.items():
            put(line, name, value)
        found["add"] = line
    else:
        found.pop("add", None)
    return found


# --- what is wrong, at the field where it was typed -----------------------------------------------

NAMED = {
    "every": "every", "every.months": "every", "anchor": "anchor", "anchor.day": "anchor_day",
    "anchor.month": "anchor_month", "anchor.date": "anchor_date", "trial": "trial_days",
    "trial.days": "trial_days", "trial.until": "trial_until", "pricing": "model",
    "payment_terms": "payment_kind", "conventions.change_effect": "change_effect",
    "conventions.credit_form": "credit_form", "records": "records",
    "payment_terms[0].days": "payment_days", "payment_terms[0].day": "payment_day",
}  # fmt: skip
"""Where in a form a path of the terms stands, if not under its own name."""

PATH = re.compile(r"^(\w+)\[(\d+)\](?:\.(\w+))?")


def refuse(form: PartForm, problems: Sequence[Problem], prefix: str = "") -> None:
    """Show each of *problems* at its field; those of other parts above the form.

    *prefix* is the path of the part that the form shows, such as ``lines[0]``.
    """
    for problem in problems:
        path = problem.field
        inside = path == prefix or path.startswith(f"{prefix}.") if prefix else True
        own = path[len(prefix) :].removeprefix(".") if inside else ""
        field = find_field(form, own) if inside and own else None
        if field is None:
            where = f"{path}: " if path and path not in ("contract", "terms", prefix) else ""
            form.form_errors.append(f"{where}{said(problem)}")
        else:
            field.errors = [*field.errors, named(said(problem), field.label.text)]


def named(words: str, label: str) -> str:
    """What is wrong with *label*, where the sentence only says "it"."""
    return f"{label} {words.removeprefix('It ')}" if label and words.startswith("It ") else words


def find_field(form: PartForm, path: str) -> Any:
    """The field that shows the part of the terms at *path*; None if the form shows it nowhere."""
    if path.startswith(("pricing.tiers", "add.")):
        path = path.removeprefix("pricing.").replace("add.", "add_", 1)
    path = path.removeprefix("pricing.")
    if path in NAMED and NAMED[path] in form:
        return form[NAMED[path]]
    if (at := PATH.match(path)) and at[1] in form:
        return _cell(form[at[1]], int(at[2]), at[3])
    found = {field.short_name: field for field in form}
    return found.get(path)


def _cell(field: Any, place: int, name: str | None) -> Any:
    """A cell of a small table; the table itself where it has no such cell."""
    if not isinstance(field, FieldList):
        return field
    rows = filled(field)
    if place >= len(rows):
        return field
    row = rows[place]
    cell = row[name] if name and name in row else next(iter(row.cells))
    field.errors = [*field.errors, {}]
    return cell
