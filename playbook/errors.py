"""What can be wrong with a playbook, said so that its author can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in the content: where, what, and what to do about it."""

    file: str
    key: str
    what: str
    remedy: str
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        subject = f"{self.key}: " if self.key else ""
        remedy = self.remedy if self.remedy.endswith("?") else f"{self.remedy}."
        return f"{place}: {subject}{self.what}. {remedy}"


class PlaybookError(Exception):
    """Something is wrong with a playbook, or with what was asked of it."""


class ContentError(PlaybookError):
    """A playbook that cannot be used; it carries every problem found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.file, p.line or 0, p.key)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnknownKeyError(PlaybookError):
    """No item of the playbook has this key."""

    def __init__(self, key: str, known: Iterable[str]) -> None:
        message = f"The playbook has no item '{key}'. {near(key, known) or 'Check the key.'}"
        super().__init__(message)


class UnknownPlaybookError(PlaybookError):
    """No playbook of this name and version is installed."""

    def __init__(self, wanted: str, known: Iterable[str]) -> None:
        have = ", ".join(known) or "none"
        message = f"There is no playbook '{wanted}'. Installed: {have}; see PLAYBOOK_PATH."
        super().__init__(message)


class UndefinedPlaceholderError(PlaybookError):
    """A text names a placeholder for which no value was given."""


def near(word: str, known: Iterable[str], count: int = 2) -> str:
    """Suggest the known words nearest to *word*, as a remedy; empty if none is near."""
    found = get_close_matches(word, list(known), n=count, cutoff=0.6)
    return f"Did you mean {' or '.join(found)}?" if found else ""


def pick(word: str, known: Iterable[str], nothing: str) -> str:
    """The near misses of *word*, else the first of the *known* words, else *nothing*."""
    words = list(known)
    if suggestion := near(word, words):
        return suggestion
    if not words:
        return nothing
    more = ", …" if len(words) > 12 else ""
    return f"Known are {', '.join(words[:12])}{more}"
