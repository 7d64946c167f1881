"""From YAML to items: the problems a model finds, told in the author's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from playbook.errors import Problem, pick
from playbook.models import KINDS, Item
from playbook.reading import LinedDict
from playbook.walking import leaves

KEY = re.compile(r"^[A-Za-z][A-Za-z0-9]*(\.[a-z0-9_]+)+$")


@dataclass(frozen=True)
class Place:
    """Where in the content a key stands: file, line, and the item that holds it, if any."""

    file: str
    line: int
    parent: str = ""


@dataclass(frozen=True)
class Declaration:
    """Where a key is declared; known also when its item is wrong, so that errors do not cascade."""

    key: str
    model: type[Item]
    file: str
    line: int
    raw: LinedDict
    parent: str = ""


@dataclass
class Draft:
    """A playbook being read."""

    declared: dict[str, Declaration] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    placeholders: Mapping[str, str] | None = None
    _leaves: dict[str, list[tuple[str, Any]]] = field(default_factory=dict)

    def leaves_of(self, item: Item) -> list[tuple[str, Any]]:
        """What *item* itself says, property by property; walked once."""
        if item.key not in self._leaves:
            self._leaves[item.key] = list(leaves(item, skip=item.children))
        return self._leaves[item.key]

    def report(self, key: str, what: str, remedy: str, *path: str | int) -> None:
        """Add a problem of a declared item; *path* leads to the line."""
        at = self.declared[key]
        self.problems.append(Problem(at.file, key, what, remedy, line_of(at, path)))

    def keys_of(self, kind: str) -> list[str]:
        """Every key declared with this kind."""
        return [key for key, at in self.declared.items() if at.model.kind == kind]


def line_of(at: Declaration, path: tuple[str | int, ...]) -> int:
    """The line of the deepest mapping entry on *path* inside a declared item."""
    line, data = at.line, at.raw
    node: Any = data
    for step in path:
        if isinstance(node, LinedDict) and step in node.lines:
            line, node = node.lines[str(step)], node[str(step)]
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
            line = node.line if isinstance(node, LinedDict) else line
        else:
            break
    return line


def read_items(data: LinedDict, file: str, draft: Draft) -> None:
    """Declare and build every item of one file."""
    for kind, entries in data.items():
        line = data.lines[kind]
        if kind not in KINDS:
            what = f"there is no kind '{kind}'"
            draft.problems.append(Problem(file, "", what, pick(kind, KINDS, ""), line))
        elif not isinstance(entries, LinedDict):
            what = f"'{kind}' is not a mapping from key to item"
            draft.problems.append(Problem(file, "", what, "Indent the items below it", line))
        else:
            for key, raw in entries.items():
                before = len(draft.problems)
                declare(draft, KINDS[kind], key, raw, Place(file, entries.lines[key]))
                if isinstance(raw, LinedDict) and draft.declared.get(key, None) is not None:
                    _build(key, raw, draft, declared_well=len(draft.problems) == before)


def declare(draft: Draft, model: type[Item], key: str, raw: Any, at: Place) -> None:
    """Note a key and those inside its item, and write each key into its item's data."""
    file, line, parent = at.file, at.line, at.parent
    if not KEY.match(key):
        remedy = "Write an id and words in small letters, as in Q5.term.invoice"
        draft.problems.append(Problem(file, key, "is not a well-formed key", remedy, line))
        return
    if key in draft.declared:
        first = draft.declared[key]
        what = f"the key is given twice (first in {first.file}:{first.line})"
        draft.problems.append(Problem(file, key, what, "Rename or remove one of them", line))
        return
    if not isinstance(raw, LinedDict):
        what = f"is not a mapping but {_shown(raw)}"
        draft.problems.append(Problem(file, key, what, "Indent its properties below it", line))
        return
    draft.declared[key] = Declaration(key, model, file, line, raw, parent)
    if "key" in raw:
        draft.report(key, "unknown property 'key'", "Remove it; the key stands above", "key")
    raw["key"] = key
    for name in model.children:
        held = raw.get(name)
        if isinstance(held, LinedDict):
            child = _child_model(model, name)
            for inner_key, inner in held.items():
                declare(draft, child, inner_key, inner, Place(file, held.lines[inner_key], key))


def _build(key: str, raw: LinedDict, draft: Draft, *, declared_well: bool) -> None:
    model = draft.declared[key].model
    try:
        item = model.model_validate(raw)
    except ValidationError as error:
        for part in error.errors():
            _report_part(key, model, part["loc"], dict(part), draft)
        return
    if declared_well:
        draft.items[key] = item
        draft.items.update((child.key, child) for child in item.inner())


def _report_part(
    top: str, model: type[Item], loc: tuple[int | str, ...], part: dict[str, Any], draft: Draft
) -> None:
    """Turn one of pydantic's errors into a problem of the innermost item it lies in."""
    key, path = top, loc
    for index, step in enumerate(loc):
        at = draft.declared.get(str(step))
        if at is not None and (at.parent == key):
            key, model, path = str(step), at.model, loc[index + 1 :]
    if path and path[-1] == "[key]" and not KEY.match(str(path[-2])) and "." in str(path[-2]):
        return  # a malformed key; told when it was declared
    if key in draft.declared:
        what, remedy = _in_words(part, path, _model_at(model, path[:-1]))
        if what:
            draft.report(key, what, remedy, *(str(s) if isinstance(s, str) else s for s in path))


def _in_words(
    part: dict[str, Any], path: tuple[int | str, ...], model: type[BaseModel] | None
) -> tuple[str, str]:
    name = ".".join(str(step) for step in path)
    kind, ctx = part["type"], part.get("ctx", {})
    if kind == "extra_forbidden":
        known = [field for field in model.model_fields if field != "key"] if model else []
        return f"unknown property '{name}'", pick(str(path[-1]), known, "Remove it")
    if kind == "missing":
        return f"the property '{name}' is missing", "Add it"
    if kind == "literal_error":
        words = re.findall(r"'([^']+)'", ctx["expected"])
        return f"'{name}' cannot be {_shown(part['input'])}", pick(
            str(part["input"]), words, "Choose one of the known words"
        )
    if kind == "string_pattern_mismatch":
        word = path[-2] if path[-1:] == ("[key]",) else part["input"]
        pattern = f"Write it to match {ctx['pattern']}"
        return f"'{name.removesuffix('.[key]')}' is not a well-formed name: {_shown(word)}", pattern
    if kind == "value_error":
        return f"'{name}' is wrong: {ctx['error']}" if name else str(ctx["error"]), "Mend it"
    return f"'{name}' has the wrong type: {part['msg']}, not {_shown(part['input'])}", REMEDIES.get(
        kind, "Write a value of that type"
    )


REMEDIES = {
    "string_type": "Write text; quote what looks like a number, a date, yes or no",
    "string_too_short": "Write something",
    "string_too_long": "Shorten it, or move the rest to 'text'",
    "dict_type": "Write a mapping, one 'name: value' on each line",
    "tuple_type": "Write a list, as in [first, second]",
    "int_parsing": "Write a whole number",
    "int_type": "Write a whole number",
    "bool_parsing": "Write true or false",
    "bool_type": "Write true or false",
    "decimal_parsing": "Write a number",
    "decimal_type": "Write a number",
}


def _model_at(model: type[BaseModel] | None, path: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model whose properties stand at *path* inside *model*."""
    skip = False
    for step in path:
        if skip or model is None:
            skip = False
            continue
        info = model.model_fields.get(str(step))
        if info is None:
            return None
        skip = _is_collection(info.annotation)
        model = _model_in(info.annotation)
    return model


def _child_model(model: type[Item], name: str) -> type[Item]:
    child = _model_in(model.model_fields[name].annotation)
    if child is None or not issubclass(child, Item):
        raise TypeError(f"{model.__name__}.{name} is listed as children but holds no items")
    return child


def _is_collection(annotation: Any) -> bool:
    return get_origin(annotation) in (dict, tuple) or any(
        _is_collection(part) for part in get_args(annotation)
    )


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(part) for part in reversed(get_args(annotation)))
    return next((model for model in found if model), None)


def _shown(value: Any) -> str:
    shown = repr(dict(value) if isinstance(value, LinedDict) else value)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"
