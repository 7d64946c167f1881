"""Walking through what an item says, property by property."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel


def leaves(part: BaseModel, skip: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every leaf value of a model's properties, with its dotted path; *skip* are left out."""
    for name, value in part.__dict__.items():
        if name not in skip:
            yield from _leaves(name, value)


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if value is None or isinstance(value, (str, bool, int)):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, part in value.__dict__.items():
            yield from _leaves(f"{path}.{name}", part)
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _leaves(f"{path}.{name}", part)
    elif isinstance(value, tuple):
        for index, part in enumerate(value):
            yield from _leaves(f"{path}.{index}", part)
    else:
        yield path, value
