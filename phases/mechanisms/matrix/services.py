"""What may be done to a matrix: weigh, score, decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.errors import BadValue, Missing, Refusal, check_version
from phases.mechanisms.matrix import events, ranking
from phases.mechanisms.matrix.models import Cell
from phases.mechanisms.matrix.queries import (
    basis_of,
    cells_of,
    matrix_of,
    matrix_view,
    options_of,
    requirements_of,
    version_of,
)
from phases.mechanisms.register.values import is_link
from phases.mechanisms.situation import Situation
from playbook.models import Matrix

LONGEST = 2000


@dataclass(frozen=True)
class Score:
    """A score as it is given; no number takes it back."""

    number: int | None
    note: str = ""
    link: str = ""


def set_weight(
    session: Session, s: Situation, actor: str, matrix_key: str, requirement: str, weight: int,
    version: int | None = None,
) -> None:  # fmt: skip
    """Weigh a requirement, 0 to 10."""
    save_scores(session, s, actor, matrix_key, {requirement: weight}, {}, version)


def set_score(
    session: Session, s: Situation, actor: str, matrix_key: str, requirement: str, option: str,
    number: int | None, note: str = "", link: str = "", version: int | None = None,
) -> None:  # fmt: skip
    """Score an option on a requirement; where the matrix asks for evidence, with note and link."""
    scores = {(requirement, option): Score(number, note, link)}
    save_scores(session, s, actor, matrix_key, {}, scores, version)


def save_scores(
    session: Session, s: Situation, actor: str, matrix_key: str, weights: Mapping[str, int],
    scores: Mapping[tuple[str, str], Score], version: int | None = None,
) -> None:  # fmt: skip
    """Save weights by requirement and scores by requirement and option, all or none.

    *version* is that of the whole matrix (``queries.version_of``).

    Raises:
        BadValue: a number off its scale, or a score without its evidence; ``field`` is
            ``weight:<requirement>`` or ``score:<requirement>:<option>``.
        Conflict: somebody changed the matrix after *version*.
    """
    matrix = matrix_of(s, matrix_key)
    _check_version(s, matrix, version, scores)
    known = {r.key for r in requirements_of(s, matrix)}
    options = options_of(s, matrix)
    for key, weight in weights.items():
        _check_weight(key, weight, known)
    for (key, option), score in scores.items():
        if key not in known or option not in options:
            raise Missing
        _check_score(matrix, key, option, score)
    cells = cells_of(s, matrix)
    for key, weight in weights.items():
        _save_weight(session, s, actor, matrix, cells, key, weight)
    for (key, option), score in scores.items():
        _save_score(session, s, actor, matrix, cells, key, option, score)
    session.flush()
    s.records.forget("cells")


def _check_weight(key: str, weight: int, known: set[str]) -> None:
    if key not in known:
        raise Missing
    if weight not in ranking.WEIGHTS:
        raise BadValue(f"weight:{key}", "A weight is a whole number from 0 to 10.")


def _check_score(matrix: Matrix, key: str, option: str, score: Score) -> None:
    field = f"score:{key}:{option}"
    if score.number is None:
        return
    low, high = matrix.scale
    if not low <= score.number <= high:
        raise BadValue(field, f"A score is a whole number from {low} to {high}.")
    if max(len(score.note), len(score.link)) > LONGEST:
        raise BadValue(field, f"Notes and links have at most {LONGEST} characters.")
    if score.link.strip() and not is_link(score.link.strip()):
        raise BadValue(field, "The link begins with https://.")
    if matrix.evidence and not (score.note.strip() and score.link.strip()):
        raise BadValue(
            field, "A score counts only with a note and a link to the document behind it."
        )


def _save_weight(
    session: Session, s: Situation, actor: str, matrix: Matrix, cells: dict[tuple[str, str], Cell],
    key: str, weight: int,
) -> None:  # fmt: skip
    cell = cells.get((key, ""))
    stands = matrix.requirements[key].weight if cell is None else cell.number
    if weight == stands:
        return
    cell = cell or _new_cell(session, s, matrix, key, "")
    cell.number = weight
    _changed(cell, actor)
    audit.record(session, s.engagement, actor, events.WeightSet(matrix.key, key, weight))


def _save_score(
    session: Session, s: Situation, actor: str, matrix: Matrix, cells: dict[tuple[str, str], Cell],
    key: str, option: str, score: Score,
) -> None:  # fmt: skip
    cell = cells.get((key, option))
    if cell is None and score.number is None and not score.note.strip():
        return
    cell = cell or _new_cell(session, s, matrix, key, option)
    after = (score.number, score.note.strip(), score.link.strip())
    if after == (cell.number, cell.note, cell.link):
        return
    cell.number, cell.note, cell.link = after
    _changed(cell, actor)
    audit.record(
        session, s.engagement, actor, events.ScoreSet(matrix.key, key, option, score.number)
    )


def decide(
    session: Session, s: Situation, actor: str, matrix_key: str, options: Sequence[str],
    reason: str, version: int | None = None,
) -> None:  # fmt: skip
    """Record which option was chosen (several where the matrix allows) and why.

    Raises:
        Refusal: scores are missing.
        BadValue: no or too many options, one that fails a must-have, or no reason.
        Conflict: somebody changed the matrix after *version*.
    """
    matrix = matrix_of(s, matrix_key)
    _check_version(s, matrix, version, {}, reason)
    view = matrix_view(s, matrix)
    if not view.complete:
        raise Refusal(
            f"{view.missing} of {view.total} scores are missing. Score every option on every "
            "requirement first, then decide."
        )
    standings = {one.key: one for one in view.ranking.standings}
    chosen = list(dict.fromkeys(options))
    _check_choice(matrix, chosen, standings)
    if not reason.strip():
        raise BadValue("reason", "Say why, in a sentence that will still make sense in a year.")
    cell = cells_of(s, matrix).get(("", "")) or _new_cell(session, s, matrix, "", "")
    cell.chosen, cell.note, cell.basis = chosen, reason.strip(), basis_of(s, matrix)
    _changed(cell, actor)
    session.flush()
    audit.record(
        session, s.engagement, actor, events.MatrixDecided(matrix.key, tuple(chosen), cell.basis)
    )
    s.records.forget("cells")


def _check_choice(
    matrix: Matrix, chosen: list[str], standings: Mapping[str, ranking.Standing]
) -> None:
    if not chosen or any(key not in standings for key in chosen):
        raise BadValue("options", "Choose an option of the matrix.")
    if len(chosen) > 1 and not matrix.several:
        raise BadValue("options", "Choose one option only.")
    for key in chosen:
        if standings[key].out:
            raise BadValue(
                "options",
                f"{standings[key].title} cannot be chosen. {standings[key].reason} "
                "Change the score or the requirement first.",
            )


def _check_version(
    s: Situation, matrix: Matrix, version: int | None,
    scores: Mapping[tuple[str, str], Score], reason: str = "",
) -> None:  # fmt: skip
    titles = {
        key: part.title for key, part in (*matrix.requirements.items(), *matrix.options.items())
    }
    kept = {
        f"{titles[option]} on {titles[key]}": f"{score.number} {score.note}".strip()
        for (key, option), score in scores.items()
        if option in titles and key in titles and score.number is not None
    }
    theirs = {
        f"{titles[option]} on {titles[key]}": f"{cell.number} {cell.note}".strip()
        for (key, option), cell in cells_of(s, matrix).items()
        if option in titles and key in titles and cell.number is not None
    }
    changed = {name: value for name, value in theirs.items() if value != kept.get(name)}
    mine = {name: value for name, value in kept.items() if value != theirs.get(name)}
    check_version(version_of(s, matrix), version, kept=mine | {"Reason": reason}, theirs=changed)


def _new_cell(
    session: Session, s: Situation, matrix: Matrix, requirement: str, option: str
) -> Cell:
    cell = Cell(
        engagement_id=s.engagement.id, matrix=matrix.key, requirement=requirement, option=option,
        number=None, note="", link="", chosen=[], basis="", version=0, changed_by="",
    )  # fmt: skip
    session.add(cell)
    return cell


def _changed(cell: Cell, actor: str) -> None:
    cell.version = (cell.version or 0) + 1
    cell.changed_by = actor
