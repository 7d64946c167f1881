"""What the newer properties of items point to: registers' links and guards, meetings, texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from playbook.checks import (
    CheckBase,
    LayersReconciled,
    ReadingsMet,
    RowsAtMost,
    RowsCovered,
    RowsCurrent,
    RowsSpread,
)
from playbook.errors import pick
from playbook.models import (
    Document,
    Gate,
    Input,
    Item,
    Limit,
    Meeting,
    Metric,
    Passage,
    Register,
    Step,
    Trigger,
)
from playbook.shapes import Draft
from playbook.values import fits_column

SHOWN = (
    "register", "matrix", "form", "sheet", "checklist", "schedule", "input", "guide", "meeting",
    "metric", "trigger", "gate", "writing", "passage", "document", "choice", "category", "phase",
    "subphase", "role",
)  # fmt: skip
"""The kinds whose records a text or a document may show."""
Pointer = tuple[str, str, tuple[str, ...]]


def check_pointers(draft: Draft) -> None:
    """Everything these properties name exists and is of the right kind."""
    for item in draft.items.values():
        for path, key, kinds in _pointers(item):
            _points(draft, item, path, key, kinds)
        if isinstance(item, Register):
            _register(draft, item)
        elif isinstance(item, Metric):
            _metric(draft, item)
        elif isinstance(item, Document) and item.builder == "parts" and not item.parts:
            remedy = "Give parts, or name a builder"
            draft.report(item.key, "nothing says what it is made of", remedy, "builder")


def _pointers(item: Item) -> Iterator[Pointer]:
    for model, found in POINTERS.items():
        if isinstance(item, model):
            yield from found(item)


def _of_meeting(item: Meeting) -> Iterator[Pointer]:
    yield from (("guides", key, ("guide",)) for key in item.guides)
    yield from (("captures", key, ("register",)) for key in item.captures)
    yield from (("asks", key, ("input",)) for key in item.asks)


def _of_document(item: Document) -> Iterator[Pointer]:
    yield from (("per", key, ("register",)) for key in _some(item.per or ""))
    for slug, part in item.parts.items():
        yield from ((f"parts.{slug}.draws", key, SHOWN) for key in part.draws)


def _of_register(item: Register) -> Iterator[Pointer]:
    for slug, state in item.states.items():
        yield from ((f"states.{slug}.guard", key, ("gate",)) for key in _some(state.guard))
    for slug, column in item.columns.items():
        named = (key for key in column.into if key != "inputs")
        yield from ((f"columns.{slug}.into", key, ("register",)) for key in named)


def _of_step(item: Step) -> Iterator[Pointer]:
    yield from (("guard", key, ("gate",)) for key in _some(item.guard))
    yield from (("shows", key, ("step",)) for key in _some(item.shows))


def _of_gate(item: Gate) -> Iterator[Pointer]:
    for slug, outcome in item.outcomes.items():
        yield from ((f"outcomes.{slug}.asks", key, ("input",)) for key in _some(outcome.asks))


def _of_trigger(item: Trigger) -> Iterator[Pointer]:
    if item.watch:
        yield "watch.metric", item.watch.metric, ("metric",)
        yield from (("watch.limit.input", key, ("input",)) for key in _bound(item.watch.limit))


def _of_metric(item: Metric) -> Iterator[Pointer]:
    yield from (("currency", key, ("input",)) for key in _some(item.currency or ""))
    for path, limit in (("target", item.target), ("red_flag", item.red_flag)):
        yield from ((f"{path}.input", key, ("input",)) for key in _bound(limit))


POINTERS: dict[type[Item], Callable[[Any], Iterator[Pointer]]] = {
    Meeting: _of_meeting,
    Passage: lambda item: (("draws", key, SHOWN) for key in item.draws),
    Document: _of_document,
    Register: _of_register,
    Step: _of_step,
    Gate: _of_gate,
    Trigger: _of_trigger,
    Metric: _of_metric,
}


def _some(key: str) -> Iterable[str]:
    return (key,) if key else ()


def _bound(limit: Limit | None) -> Iterable[str]:
    return _some(limit.input) if limit else ()


def _points(draft: Draft, item: Item, path: str, key: str, kinds: tuple[str, ...]) -> None:
    at = draft.declared.get(key)
    if at is None or at.model.kind not in kinds:
        known = [name for name, found in draft.declared.items() if found.model.kind in kinds]
        what = f"{path} names '{key}', which is no {' or '.join(kinds)}"
        draft.report(item.key, what, pick(key, known, "Add it"), *path.split("."))
    elif path.endswith(".asks"):
        asked = draft.items.get(key)
        if isinstance(asked, Input) and asked.type != "date":
            draft.report(item.key, f"{path} asks for {key}, which is no date", "Name a date input")


def _register(draft: Draft, register: Register) -> None:
    columns = [*register.columns, *(["owner"] if register.owner else [])]
    columns += ["due"] if register.due else []
    for slug, state in register.states.items():
        for name in state.needs:
            _column(draft, register, f"states.{slug}.needs", name, columns)
    for slug, column in register.columns.items():
        if (column.type == "rests_on") != bool(column.into):
            what = f"columns.{slug}: 'into' does not go with type '{column.type}'"
            remedy = "Give 'into' to a rests_on column, and to nothing else"
            draft.report(register.key, what, remedy, "columns", slug)
    if register.routing is not None:
        _routing(draft, register)
    if register.mix is not None:
        numbers = [slug for slug, column in register.columns.items() if column.type == "number"]
        for name in register.mix.by:
            _column(draft, register, "mix.by", name, list(register.columns))
        for name in (register.mix.base, *register.mix.groups):
            _column(draft, register, "mix", name, numbers)


def _column(draft: Draft, item: Register, path: str, name: str, known: list[str]) -> bool:
    if name in known:
        return True
    what = f"{path} names '{name}', which is no column"
    draft.report(item.key, what, pick(name, known, "Add it"), *path.split("."))
    return False


def _routing(draft: Draft, register: Register) -> None:
    routing = register.routing
    assert routing is not None
    choices = [slug for slug, column in register.columns.items() if column.type == "choice"]
    if not _column(draft, register, "routing.by", routing.by, choices):
        return
    for value, route in routing.routes.items():
        path = f"routing.routes.{value}"
        if value not in register.columns[routing.by].options:
            known = register.columns[routing.by].options
            what = f"{path} is no option of '{routing.by}'"
            draft.report(register.key, what, pick(value, known, "Add it"), *path.split("."))
        if route.role and f"role.{route.role}" not in draft.declared:
            roles = [key.removeprefix("role.") for key in draft.keys_of("role")]
            what = f"{path}.role names '{route.role}', which is no role"
            draft.report(register.key, what, pick(route.role, roles, "Add it"), *path.split("."))
        for name, given in route.sets.items():
            if _column(draft, register, f"{path}.sets", name, list(register.columns)) and (
                wrong := fits_column(register.columns[name], given)
            ):
                draft.report(register.key, f"{path}.sets.{name} {wrong[0]}", wrong[1], "routing")


def _metric(draft: Draft, metric: Metric) -> None:
    if metric.target is None and metric.red_flag is not None:
        draft.report(metric.key, "has a red flag but no target", "Add a target", "red_flag")
    if metric.target is None and metric.better is None:
        remedy = "Add a target, or say in 'better' which way is good"
        draft.report(metric.key, "says nowhere what is good", remedy, "unit")
    low, high = metric.within
    if low is not None and high is not None and low > high:
        what = f"within runs from {low} down to {high}"
        draft.report(metric.key, what, "Turn it round", "within")


def columns_of_check(draft: Draft, item: Item, path: str, check: CheckBase) -> None:
    """The states and columns that checks over rows name are their register's."""
    found = draft.items.get(getattr(check, "register_", ""))
    if not isinstance(found, Register):
        return
    top = path.partition(".")[0]
    if isinstance(check, RowsAtMost | RowsSpread):
        _states(draft, item, path, check.states, found)
    if isinstance(check, RowsAtMost):
        if check.input:
            _points(draft, item, f"{path}.input", check.input, ("input",))
    elif isinstance(check, RowsCurrent):
        dates = [slug for slug, column in found.columns.items() if column.type == "date"]
        if check.column not in dates:
            what = f"{path}.column names '{check.column}', which is no date column of {found.key}"
            draft.report(item.key, what, pick(check.column, dates, "Add it"), top)
    elif isinstance(check, RowsSpread):
        _spread(draft, item, path, check, found)
    elif isinstance(check, RowsCovered):
        by = draft.items.get(check.by)
        columns = by.columns if isinstance(by, Register) else {}
        links = [slug for slug, column in columns.items() if found.key in column.into]
        if by is not None and check.column not in links:
            what = f"{path}.column names '{check.column}', which links no row of {found.key}"
            draft.report(item.key, what, pick(check.column, links, "Add it"), top)


def column_of_periods(draft: Draft, item: Item, path: str, check: CheckBase) -> None:
    """The column by which periods are told apart is their register's."""
    found = draft.items.get(getattr(check, "register_", ""))
    if not isinstance(found, Register) or not isinstance(check, LayersReconciled):
        return
    if check.column not in found.columns:
        what = f"{path}.column names '{check.column}', which is no column of {found.key}"
        remedy = pick(check.column, found.columns, "Add it")
        draft.report(item.key, what, remedy, path.partition(".")[0])


def _states(draft: Draft, item: Item, path: str, named: Iterable[str], found: Register) -> None:
    for state in named:
        if state not in found.states:
            what = f"{path}.states names '{state}', which is no state of {found.key}"
            remedy = pick(state, found.states, "Add it")
            draft.report(item.key, what, remedy, path.partition(".")[0])


def _spread(draft: Draft, item: Item, path: str, check: RowsSpread, found: Register) -> None:
    top = path.partition(".")[0]
    links = [slug for slug, column in found.columns.items() if column.type == "rests_on"]
    if check.column not in links:
        what = f"{path}.column names '{check.column}', which links no rows"
        draft.report(item.key, what, pick(check.column, links, "Add it"), top)


def readings_judged(draft: Draft, item: Item, path: str, check: CheckBase) -> None:
    """Metrics that a gate reads have a target to meet."""
    for key in check.metrics if isinstance(check, ReadingsMet) else ():
        metric = draft.items.get(key)
        if isinstance(metric, Metric) and metric.target is None:
            what = f"{path}.metrics names '{key}', which has no target"
            draft.report(item.key, what, "Give the metric a target", path.partition(".")[0])
