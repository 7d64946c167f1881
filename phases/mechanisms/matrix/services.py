"""What may be done to a matrix: weigh, score, decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from phases.core import audit
from phases.core.clock import now
from phases.core.errors import BadValue, Missing, Refusal, check_version
from phases.mechanisms.history import services as history
from phases.mechanisms.matrix import events, ranking, tables
from phases.mechanisms.matrix.models import Cell
from phases.mechanisms.matrix.queries import (
    basis_of,
    cells_of,
    matrix_of,
    matrix_view,
    missing_words,
    options_of,
    requirements_of,
    version_of,
)
from phases.mechanisms.matrix.scores import Score, evidence_of
from phases.mechanisms.register.values import clean
from phases.mechanisms.situation import Situation
from phases.mechanisms.spreadsheet import ImportRefused
from playbook.models import Matrix

LONGEST = 2000


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
    if problems := problems_of(s, matrix, weights, scores):
        raise problems[0]
    cells, changes = cells_of(s, matrix), dict[str, tuple[Any, Any]]()
    for key, weight in weights.items():
        changes |= _save_weight(session, s, actor, matrix, cells, key, weight)
    for (key, option), score in scores.items():
        changes |= _save_score(session, s, actor, matrix, cells, key, option, score)
    _kept(session, s, actor, matrix, changes)


def _kept(
    session: Session, s: Situation, actor: str, matrix: Matrix, changes: dict[str, tuple[Any, Any]]
) -> None:
    """Write what changed, and what stood there before."""
    session.flush()
    s.records.forget("cells")
    if changes:
        version = version_of(s, matrix)
        history.note(session, s.engagement, actor, matrix.key, version, changes)


def problems_of(
    s: Situation, matrix: Matrix, weights: Mapping[str, int],
    scores: Mapping[tuple[str, str], Score],
) -> list[BadValue]:  # fmt: skip
    """Everything that is wrong with *weights* and *scores*; a score kept as it stands never is.

    Raises:
        Missing: there is no such requirement or option here.
    """
    known, options = {r.key for r in requirements_of(s, matrix)}, options_of(s, matrix)
    found, cells = [], cells_of(s, matrix)
    if set(weights) - known or any(r not in known or o not in options for r, o in scores):
        raise Missing
    for key, weight in weights.items():
        if weight not in ranking.WEIGHTS:
            found.append(BadValue(f"weight:{key}", "A weight is a whole number from 0 to 10."))
    for (key, option), score in scores.items():
        if score.number is None or _as_it_stands(s, cells.get((key, option)), score):
            continue
        if wrong := _wrong(s, matrix, score):
            found.append(BadValue(f"score:{key}:{option}", wrong))
    return found


def _as_it_stands(s: Situation, cell: Cell | None, score: Score) -> bool:
    return cell is not None and (cell.number, cell.note, cell.link) == _kept_as(s, score)


def _kept_as(s: Situation, score: Score) -> tuple[int | None, str, str]:
    return score.number, clean(score.note), evidence_of(s, score.link) or ""


def _wrong(s: Situation, matrix: Matrix, score: Score) -> str:
    """What is wrong with a score; empty if nothing is."""
    low, high = matrix.scale
    if score.number is None or not low <= score.number <= high:
        return f"A score is a whole number from {low} to {high}."
    if max(len(score.note), len(score.link)) > LONGEST:
        return f"Notes and links have at most {LONGEST} characters."
    if evidence_of(s, score.link) is None:
        return "The evidence is a link that begins with https://, or the name of an uploaded file."
    if matrix.evidence and not (score.note.strip() and score.link.strip()):
        return "A score counts only with a note and a link or document behind it."
    return ""


def _save_weight(
    session: Session, s: Situation, actor: str, matrix: Matrix, cells: dict[tuple[str, str], Cell],
    key: str, weight: int,
) -> dict[str, tuple[Any, Any]]:  # fmt: skip
    cell = cells.get((key, ""))
    stands = matrix.requirements[key].weight if cell is None else cell.number
    if weight == stands:
        return {}
    cell = cell or _new_cell(session, s, matrix, key, "")
    cell.number = weight
    _changed(cell, actor)
    audit.record(session, s.engagement, actor, events.WeightSet(matrix.key, key, weight))
    return {f"weight:{key}": (stands, weight)}


def _save_score(
    session: Session, s: Situation, actor: str, matrix: Matrix, cells: dict[tuple[str, str], Cell],
    key: str, option: str, score: Score,
) -> dict[str, tuple[Any, Any]]:  # fmt: skip
    cell = cells.get((key, option))
    if cell is None and score.number is None and not score.note.strip():
        return {}
    cell = cell or _new_cell(session, s, matrix, key, option)
    after = _kept_as(s, score)
    before = (cell.number, cell.note, cell.link)
    if after == before:
        return {}
    cell.number, cell.note, cell.link = after
    _changed(cell, actor)
    audit.record(
        session, s.engagement, actor, events.ScoreSet(matrix.key, key, option, score.number)
    )
    return {f"score:{key}:{option}": (list(before), list(after))}


def import_scores(
    session: Session, s: Situation, actor: str, matrix_key: str, rows: Sequence[Sequence[str]]
) -> tuple[int, int]:
    """Take weights and scores from a table, all or none; how many of each it changed.

    Raises:
        ImportRefused: anything at all is wrong, named by line and column.
    """
    matrix = matrix_of(s, matrix_key)
    view = matrix_view(s, matrix)
    sheet = tables.read(view, rows)
    problems = problems_of(s, matrix, sheet.weights, sheet.scores)
    if problems:
        raise ImportRefused([tables.problem_of(view, sheet, p.field, p.message) for p in problems])
    cells, changes = cells_of(s, matrix), dict[str, tuple[Any, Any]]()
    for key, weight in sheet.weights.items():
        changes |= _save_weight(session, s, actor, matrix, cells, key, weight)
    weighed = len(changes)
    for (key, option), score in sheet.scores.items():
        changes |= _save_score(session, s, actor, matrix, cells, key, option, score)
    done = weighed, len(changes) - weighed
    audit.record(session, s.engagement, actor, events.ScoresImported(matrix.key, *done))
    _kept(session, s, actor, matrix, changes)
    return done


def defer(
    session: Session, s: Situation, actor: str, matrix_key: str, option: str, reason: str,
    version: int | None = None,
) -> None:  # fmt: skip
    """Leave an option for later, with the reason: it is neither ranked nor asked for scores.

    Raises:
        Missing: there is no such option here.
        BadValue: there is no reason.
        Conflict: somebody changed the matrix after *version*.
    """
    matrix = matrix_of(s, matrix_key)
    reason = clean(reason)
    if not reason or len(reason) > LONGEST:
        raise BadValue("deferral", "Say why it is left for later, in a sentence.")
    _set_deferral(session, s, actor, matrix, option, reason, version)


def take_up(
    session: Session, s: Situation, actor: str, matrix_key: str, option: str,
    version: int | None = None,
) -> None:  # fmt: skip
    """Bring a deferred option back into the race."""
    _set_deferral(session, s, actor, matrix_of(s, matrix_key), option, "", version)


def _set_deferral(
    session: Session, s: Situation, actor: str, matrix: Matrix, option: str, reason: str,
    version: int | None,
) -> None:  # fmt: skip
    if option not in options_of(s, matrix):
        raise Missing
    _check_version(s, matrix, version, {}, reason)
    cell = cells_of(s, matrix).get(("", option)) or _new_cell(session, s, matrix, "", option)
    before = cell.note if cell.number == 1 else ""
    if before == reason:
        return
    cell.number, cell.note = int(bool(reason)), reason
    _changed(cell, actor)
    event = events.OptionDeferred(matrix.key, option, bool(reason))
    audit.record(session, s.engagement, actor, event)
    _kept(session, s, actor, matrix, {f"deferred:{option}": (before, reason)})


def dissent(
    session: Session, s: Situation, actor: str, matrix_key: str, who: str, why: str,
    version: int | None = None,
) -> None:  # fmt: skip
    """Record that *who* holds another view of the decision, and why. It stays with the decision.

    Raises:
        Refusal: nothing is decided.
        BadValue: nobody the engagement knows, or no reason.
        Conflict: somebody changed the matrix after *version*.
    """
    matrix = matrix_of(s, matrix_key)
    _check_version(s, matrix, version, {}, why)
    cell = cells_of(s, matrix).get(("", ""))
    if cell is None or not cell.chosen:
        raise Refusal("Nothing is decided yet, so there is nothing to hold another view of.")
    if who not in s.people.names:
        raise BadValue("who", "Choose somebody on the team or one of the customer's contacts.")
    why = clean(why)
    if not why or len(why) > LONGEST:
        raise BadValue("why", "Say what speaks for another choice, in a sentence.")
    before: list[dict[str, str]] = list(cell.dissent or [])
    cell.dissent = [*before, {"who": who, "why": why, "at": now().isoformat()}]
    cell.version = (cell.version or 0) + 1
    flag_modified(cell, "changed_at")  # who decided, and when, stays
    session.flush()
    event = events.DissentRecorded(matrix.key, cell.version)
    audit.record(session, s.engagement, actor, event)
    _kept(session, s, actor, matrix, {f"dissent:{who}": ("", why)})


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
            f"{missing_words(view.missing, view.total, sum(view.idle.values()))}. Score every "
            "option on every requirement first, then decide."
        )
    standings = {one.key: one for one in view.ranking.standings}
    chosen = list(dict.fromkeys(options))
    _check_choice(matrix, chosen, standings)
    if not reason.strip():
        raise BadValue("reason", "Say why, in a sentence that will still make sense in a year.")
    cell = cells_of(s, matrix).get(("", "")) or _new_cell(session, s, matrix, "", "")
    before = [list(cell.chosen or []), cell.note]
    cell.chosen, cell.note, cell.basis = chosen, clean(reason), basis_of(s, matrix)
    cell.dissent, cell.changed_at = [], now()
    _changed(cell, actor)
    session.flush()
    audit.record(
        session, s.engagement, actor, events.MatrixDecided(matrix.key, tuple(chosen), cell.basis)
    )
    _kept(session, s, actor, matrix, {"decision": (before, [chosen, cell.note])})


def _check_choice(
    matrix: Matrix, chosen: list[str], standings: Mapping[str, ranking.Standing]
) -> None:
    if not chosen or any(key not in standings for key in chosen):
        raise BadValue("options", "Choose an option of the matrix.")
    if len(chosen) > 1 and not matrix.several:
        raise BadValue("options", "Choose one option only.")
    for key in chosen:
        if standings[key].deferred:
            raise BadValue(
                "options", f"{standings[key].title} is deferred. Take it up again first, or choose "
                "another option.",
            )  # fmt: skip
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
        number=None, note="", link="", chosen=[], dissent=[], basis="", version=0, changed_by="",
    )  # fmt: skip
    session.add(cell)
    return cell


def _changed(cell: Cell, actor: str) -> None:
    cell.version = (cell.version or 0) + 1
    cell.changed_by = actor
