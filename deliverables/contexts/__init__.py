"""What draws up each document: the content's ``builder`` -> its context and its template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deliverables.blocks import Context
from deliverables.contexts.configuration import configuration
from deliverables.contexts.maintenance import maintenance
from deliverables.contexts.runbook import runbook
from phases.mechanisms.situation import Situation


@dataclass(frozen=True)
class Builder:
    """``context`` is pure: the same records give the same document."""

    context: Callable[[Situation], Context]
    template: str = "deliverables/document.html"


BUILDERS: Mapping[str, Builder] = {
    "configuration": Builder(configuration),
    "runbook": Builder(runbook),
    "maintenance": Builder(maintenance),
}
