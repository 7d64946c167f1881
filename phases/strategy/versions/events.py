"""What happened to the assessment's versions. ``subject`` is the version's name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class VersionCut:
    """``meeting`` (a key) and ``number`` say after which meeting; none for one cut by hand."""

    subject: str
    sha256: str
    meeting: str = ""
    number: int | None = None
