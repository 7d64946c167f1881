"""Walking through what an item says, property by property."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel


def leaves(part: BaseModel, skip: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every leaf value of a model's properties, with its dotted path; *skip* are left out."""
    for name in type(part).model_fields:
        if name not in skip:
            yield from _leaves(name, getattr(part, name))


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _leaves(f"{path}.{name}", getattr(value, name))
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _leaves(f"{path}.{name}", part)
    elif isinstance(value, tuple):
        for index, part in enumerate(value):
            yield from _leaves(f"{path}.{index}", part)
    else:
        yield path, value
