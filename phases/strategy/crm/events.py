"""What happens to CRM exports. ``subject`` is the step of the playbook that asks for them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ExportUploaded:
    subject: str
    export: int


@dataclass(frozen=True)
class ExportMapped:
    subject: str
    export: int


@dataclass(frozen=True)
class FindingTaken:
    """``name`` is the suggestion's; ``into`` what it became."""

    subject: str
    export: int
    name: str
    into: str
