"""What a check finds: met or not, what is missing and who can supply it, and the evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Lack:
    """One thing that is missing: a sentence, the role or person who can supply it, and the place.

    ``place`` is a path below the engagement's address (``strategy#Q9.register.gaps``).
    """

    sentence: str
    who: str = ""
    place: str = ""


@dataclass(frozen=True)
class Finding:
    """The answer of one check. ``evidence`` says in a sentence why it is met."""

    met: bool
    lacks: tuple[Lack, ...] = ()
    evidence: str = ""
    stale: bool = False


def met(evidence: str) -> Finding:
    """A finding with nothing lacking."""
    return Finding(True, evidence=evidence)


def unmet(lacks: Iterable[Lack], *, stale: bool = False) -> Finding:
    """A finding that lacks something."""
    found = tuple(lacks)
    assert found, "an unmet finding says what is missing"
    return Finding(False, found, stale=stale)


def together(findings: Iterable[Finding]) -> Finding:
    """All *findings* as one: met when every one is. No findings at all are not met."""
    all_found = list(findings)
    lacks = tuple(lack for finding in all_found for lack in finding.lacks)
    if not all_found:
        return Finding(False, (Lack("Nothing says how this is judged."),))
    if all(finding.met for finding in all_found):
        return met(" ".join(f.evidence for f in all_found if f.evidence))
    return Finding(False, lacks, stale=any(f.stale for f in all_found))


@dataclass
class People:
    """Names of the people an engagement knows, by ref (``u3``, ``c5``)."""

    names: dict[str, str] = field(default_factory=dict)

    def name(self, ref: str) -> str:
        """The person's name, or what stands for somebody who is gone."""
        if not ref:
            return ""
        if ref == "system":
            return "The system"
        return self.names.get(ref, "Somebody no longer here")
