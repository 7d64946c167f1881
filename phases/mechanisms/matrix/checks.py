"""The playbook's checks of matrices. A matrix that does not apply has nothing to lack."""

from __future__ import annotations

from phases.core.facts import Finding, Lack, met, unmet
from phases.mechanisms.matrix.queries import (
    asked_of,
    decision_of,
    idle_of,
    missing_words,
    requirements_of,
    scores_of,
)
from phases.mechanisms.situation import Situation
from playbook import checks
from playbook.models import Matrix


def matrix_scored(check: checks.MatrixScored, s: Situation) -> Finding:
    """Every option that applies, unless deferred, is scored on every requirement that applies."""
    matrix = s.playbook.get(check.matrix, Matrix)
    if skipped := _skipped(s, matrix):
        return skipped
    if lack := _missing(s, matrix):
        return unmet([lack])
    count = len(asked_of(s, matrix)) * len(requirements_of(s, matrix))
    return met(f"“{matrix.title}”: all {count} scores are there.")


def matrix_decided(check: checks.MatrixDecided, s: Situation) -> Finding:
    """A decision with its reason stands on the weights and scores of today, all of them there."""
    matrix = s.playbook.get(check.matrix, Matrix)
    if skipped := _skipped(s, matrix):
        return skipped
    lacks = [lack] if (lack := _missing(s, matrix)) else []
    decision = decision_of(s, matrix)
    if decision is None:
        lacks.append(_lack(matrix, f"“{matrix.title}”: nothing is decided."))
    elif not decision.reason.strip():
        lacks.append(
            _lack(matrix, f"“{matrix.title}”: {decision.titles} was decided without a reason.")
        )
    elif decision.stale:
        lacks.append(
            _lack(matrix, f"“{matrix.title}”: weights, scores or what applies changed since the "
                          f"decision for {decision.titles}. Decide again.")
        )  # fmt: skip
    if lacks or decision is None:
        return unmet(lacks, stale=decision is not None and decision.stale)
    return met(f"“{matrix.title}”: {decision.titles}, decided by {decision.who}.")


def _missing(s: Situation, matrix: Matrix) -> Lack | None:
    requirements, options = requirements_of(s, matrix), asked_of(s, matrix)
    if not requirements or not options:
        return _lack(matrix, f"“{matrix.title}” has nothing to score.")
    scores = scores_of(s, matrix)
    total, there = len(requirements) * len(options), sum(o in options for _, o in scores)
    if there == total:
        return None
    idle = idle_of(s, matrix)
    title, option, why = next(
        (r.title, words, idle.get((r.key, o), ""))
        for r in requirements
        for o, words in options.items()
        if (r.key, o) not in scores
    )
    words = missing_words(total - there, total, len(idle))
    first = f"first {option} on “{title}”" + (f", which has {why}" if why else "")
    return _lack(matrix, f"“{matrix.title}”: {words}; {first}.")


def _lack(matrix: Matrix, sentence: str) -> Lack:
    return Lack(sentence, "architect", f"matrix/{matrix.key}")


def _skipped(s: Situation, matrix: Matrix) -> Finding | None:
    found = s.applicability(matrix)
    if found.applies:
        return None
    return met(f"“{matrix.title}” does not apply: {found.reason.rstrip('.')}.")
