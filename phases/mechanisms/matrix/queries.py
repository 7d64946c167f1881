"""A matrix as pages, checks and documents see it: cells, ranking, decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from phases.core.audit import canonical, sha256
from phases.core.errors import Missing
from phases.mechanisms.matrix import ranking
from phases.mechanisms.matrix.models import Cell
from phases.mechanisms.matrix.scores import shown_evidence
from phases.mechanisms.situation import Situation, once_each
from playbook.models import Matrix


@dataclass(frozen=True)
class CellView:
    """A score. ``lacking`` says what keeps it from counting; empty if nothing does.

    ``evidence`` is the address or the upload's name, ``href`` where it is read.
    """

    requirement: str
    option: str
    number: int | None
    note: str
    link: str
    evidence: str
    href: str
    counts: bool
    lacking: str
    heat: int
    who: str
    at: datetime | None


@dataclass(frozen=True)
class LineView:
    """A requirement with its weight here and its scores in the order of the options."""

    key: str
    title: str
    text: str
    weight: int
    usual: int
    must: bool
    cells: tuple[CellView, ...]


@dataclass(frozen=True)
class OptionView:
    """``deferred`` says why it is left for later; empty while it is in the race."""

    key: str
    title: str
    text: str
    deferred: str


@dataclass(frozen=True)
class DissentView:
    """Another view of a decision: whose, and why."""

    who: str
    why: str
    at: datetime


@dataclass(frozen=True)
class DecisionView:
    """What was decided. ``stale``: weights or scores have changed since."""

    options: tuple[str, ...]
    titles: str
    reason: str
    who: str
    at: datetime | None
    stale: bool
    dissent: tuple[DissentView, ...]


@dataclass(frozen=True)
class MatrixView:
    """``missing`` counts the scores that are not there or do not count yet.

    ``idle`` has those that are there and do not count yet, by option.
    ``say`` finds the sentence, for which every weight is tried: only the matrix's own page asks.
    """

    key: str
    title: str
    text: str
    lines: tuple[LineView, ...]
    options: tuple[OptionView, ...]
    ranking: ranking.Ranking
    say: Callable[[], str]
    decision: DecisionView | None
    missing: int
    idle: dict[str, int]
    total: int
    version: int
    scale: tuple[int, int]
    evidence: bool
    several: bool
    dropped: tuple[tuple[str, str], ...]
    deferred: dict[str, str]

    @property
    def complete(self) -> bool:
        return self.total > 0 and self.missing == 0


def matrix_of(s: Situation, key: str) -> Matrix:
    """The matrix *key* of the engagement's playbook.

    Raises:
        Missing: there is none.
    """
    item = s.playbook.items.get(key)
    if not isinstance(item, Matrix):
        raise Missing
    return item


@once_each
def cells_of(s: Situation, matrix: Matrix) -> dict[tuple[str, str], Cell]:
    """What has been said, by requirement and option."""
    return {
        (cell.requirement or "", cell.option or ""): cell
        for cell in s.records.cells.get(matrix.key, [])
    }


@once_each
def requirements_of(s: Situation, matrix: Matrix) -> list[ranking.Requirement]:
    """The requirements that apply, with their weights here."""
    cells = cells_of(s, matrix)
    return [
        ranking.Requirement(
            r.key, s.plain(r.title), _number(cells.get((r.key, "")), r.weight), r.must
        )
        for r in matrix.requirements.values()
        if s.applies(r)
    ]


@once_each
def options_of(s: Situation, matrix: Matrix) -> dict[str, str]:
    """Titles of the options that apply, by key."""
    return {o.key: s.plain(o.title) for o in matrix.options.values() if s.applies(o)}


@once_each
def deferred_of(s: Situation, matrix: Matrix) -> dict[str, str]:
    """Why options are left for later, by option."""
    cells = cells_of(s, matrix)
    return {
        option: cell.note or "Left for later."
        for option in options_of(s, matrix)
        if (cell := cells.get(("", option))) is not None and cell.number == 1
    }


def asked_of(s: Situation, matrix: Matrix) -> dict[str, str]:
    """Titles of the options that are to be scored: those that are not deferred."""
    deferred = deferred_of(s, matrix)
    return {key: title for key, title in options_of(s, matrix).items() if key not in deferred}


@once_each
def scores_of(s: Situation, matrix: Matrix) -> dict[tuple[str, str], int]:
    """The scores that count, of requirements and options that apply."""
    cells, options = cells_of(s, matrix), options_of(s, matrix)
    return {
        (requirement.key, option): cell.number
        for requirement in requirements_of(s, matrix)
        for option in options
        if (cell := cells.get((requirement.key, option))) is not None
        and cell.number is not None
        and not lacking(matrix, cell)
    }


def idle_of(s: Situation, matrix: Matrix) -> dict[tuple[str, str], str]:
    """The scores that are there and asked for and do not count yet, with what they lack."""
    cells, asked = cells_of(s, matrix), asked_of(s, matrix)
    return {
        (requirement.key, option): words
        for requirement in requirements_of(s, matrix)
        for option in asked
        if (cell := cells.get((requirement.key, option))) is not None
        and (words := lacking(matrix, cell))
    }


def basis_of(s: Situation, matrix: Matrix) -> str:
    """The SHA-256 of what a decision rests on: weights, scores, what applies and is deferred."""
    weights = {r.key: r.weight for r in requirements_of(s, matrix)}
    scores = sorted([r, o, n] for (r, o), n in scores_of(s, matrix).items())
    basis = {"weights": weights, "options": list(options_of(s, matrix)), "scores": scores}
    if deferred := sorted(deferred_of(s, matrix)):
        basis["deferred"] = deferred
    return sha256(canonical(basis))


def version_of(s: Situation, matrix: Matrix) -> int:
    """The version of the matrix as a whole: it grows with every change of a cell."""
    return sum(cell.version or 1 for cell in s.records.cells.get(matrix.key, []))


@once_each
def decision_of(s: Situation, matrix: Matrix) -> DecisionView | None:
    """What was decided, if anything."""
    cell = cells_of(s, matrix).get(("", ""))
    if cell is None or not cell.chosen:
        return None
    titles = [s.plain(matrix.options[key].title) for key in cell.chosen if key in matrix.options]
    return DecisionView(
        options=tuple(cell.chosen), titles=" and ".join(titles), reason=cell.note,
        who=s.people.name(cell.changed_by or ""), at=cell.changed_at,
        stale=cell.basis != basis_of(s, matrix),
        dissent=tuple(
            DissentView(s.people.name(one["who"]), one["why"], datetime.fromisoformat(one["at"]))
            for one in cell.dissent or ()
        ),
    )  # fmt: skip


def matrix_view(s: Situation, matrix: Matrix) -> MatrixView:
    """All that the page of a matrix shows."""
    requirements, options = requirements_of(s, matrix), options_of(s, matrix)
    scores, cells = scores_of(s, matrix), cells_of(s, matrix)
    lines = tuple(
        LineView(
            r.key, r.title, s.text(matrix.requirements[r.key].text), r.weight,
            matrix.requirements[r.key].weight, r.must,
            tuple(_cell(s, matrix, r.key, o, cells.get((r.key, o))) for o in options),
        )
        for r in requirements
    )  # fmt: skip
    deferred = deferred_of(s, matrix)
    asked = [option for option in options if option not in deferred]
    total = len(requirements) * len(asked)
    there = sum(option in asked for _, option in scores)
    idle = Counter(option for _, option in idle_of(s, matrix))
    return MatrixView(
        key=matrix.key, title=matrix.title, text=s.text(matrix.text), lines=lines,
        options=tuple(
            OptionView(k, t, s.text(matrix.options[k].text), deferred.get(k, ""))
            for k, t in options.items()
        ),
        ranking=ranking.rank(requirements, options, scores, matrix.scale, deferred),
        say=partial(ranking.sentence, requirements, options, scores, matrix.scale, deferred),
        decision=decision_of(s, matrix), missing=total - there, total=total, deferred=deferred,
        idle=dict(idle), version=version_of(s, matrix), scale=matrix.scale,
        evidence=matrix.evidence, several=matrix.several, dropped=_dropped(s, matrix),
    )  # fmt: skip


def _dropped(s: Situation, matrix: Matrix) -> tuple[tuple[str, str], ...]:
    """What does not apply, and why."""
    parts = [*matrix.requirements.values(), *matrix.options.values()]
    judged = [(part, s.applicability(part)) for part in parts]
    return tuple((s.plain(part.title), found.reason) for part, found in judged if not found.applies)


def _cell(
    s: Situation, matrix: Matrix, requirement: str, option: str, cell: Cell | None
) -> CellView:
    if cell is None:
        return CellView(requirement, option, None, "", "", "", "", False, "", 0, "", None)
    evidence, href = shown_evidence(s, cell.link or "")
    words = lacking(matrix, cell)
    return CellView(
        requirement, option, cell.number, cell.note or "", cell.link or "", evidence, href,
        cell.number is not None and not words, words,
        _heat(cell.number, matrix.scale), s.people.name(cell.changed_by or ""), cell.changed_at,
    )  # fmt: skip


def _heat(number: int | None, scale: tuple[int, int]) -> int:
    """The shade of a score, 1 to 5; 0 for none."""
    if number is None:
        return 0
    low, high = scale
    return 1 + round(4 * (number - low) / max(high - low, 1))


def lacking(matrix: Matrix, cell: Cell) -> str:
    """What a score lacks before it counts, as “no note”; empty if nothing or not scored."""
    if not matrix.evidence or cell.number is None:
        return ""
    parts = (("no note", cell.note), ("no link or document", cell.link))
    return " and ".join(words for words, said in parts if not (said or "").strip())


def missing_words(missing: int, total: int, idle: int) -> str:
    """How many scores are missing, and how many of those only lack what makes them count."""
    words = f"{missing} of {total} scores are missing"
    if not idle:
        return words
    each = "is" if idle == 1 else "are"
    return f"{words} ({idle} {each} there but lack{'s' * (idle == 1)} a note or a link or document)"


def remarks_of(s: Situation, matrix: Matrix) -> list[list[str]]:
    """What goes with the decision: options left for later, and who holds another view."""
    options, decision = options_of(s, matrix), decision_of(s, matrix)
    deferred = [["Deferred", f"{options[o]}: {why}"] for o, why in deferred_of(s, matrix).items()]
    dissent = decision.dissent if decision else ()
    return deferred + [["Dissent", f"{one.who}: {one.why}"] for one in dissent]


def _number(cell: Cell | None, usual: int) -> int:
    return usual if cell is None or cell.number is None else cell.number
