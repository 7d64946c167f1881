"""Values of inputs: as typed, and as stored."""

from __future__ import annotations

from typing import Any

from phases.mechanisms.form.values import Kind, stored
from playbook.book import Playbook
from playbook.models import Input


def kind_of(playbook: Playbook, item: Input) -> Kind:
    """What a value of *item* must be."""
    return Kind(item.type, {slug: o.title for slug, o in playbook.options(item).items()})


def parse(playbook: Playbook, item: Input, raw: Any) -> Any:
    """*raw*, as typed, as it is stored; None for nothing.

    Raises:
        BadValue: *raw* is not of the input's type; the message says what would be.
    """
    return stored("value", kind_of(playbook, item), raw)
