"""Options ranked by weighted scores, and what would change the ranking. Pure arithmetic.

An option's score is the mean of its scores, each weighted by its requirement. A must-have scored in
the lowest quarter of the scale (2 or less of 1 to 5) puts its option out, whatever the mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

Scores = Mapping[tuple[str, str], int]
"""From (requirement, option) to the score; what is missing is not scored."""

WEIGHTS = range(11)


@dataclass(frozen=True)
class Requirement:
    key: str
    title: str
    weight: int
    must: bool = False


@dataclass(frozen=True)
class Contribution:
    """What one requirement gives to an option's score: its share of the weights, times score."""

    requirement: str
    title: str
    points: Decimal


@dataclass(frozen=True)
class Standing:
    """One option in the ranking. ``score`` is None while nothing that weighs anything is scored."""

    key: str
    title: str
    exact: Fraction | None
    failed: tuple[str, ...]
    missing: tuple[str, ...]
    contributions: tuple[Contribution, ...]

    @property
    def score(self) -> Decimal | None:
        """The weighted mean to two decimals."""
        return None if self.exact is None else _decimal(self.exact, 2)

    @property
    def out(self) -> bool:
        """Whether a must-have fails."""
        return bool(self.failed)

    @property
    def reason(self) -> str:
        """Why it is out, as a sentence; empty if it is not."""
        if not self.failed:
            return ""
        return f"Out: it fails the must-have {_and(self.failed)}."


@dataclass(frozen=True)
class Ranking:
    """Options still in first, best first; equal ones in the order of the content."""

    standings: tuple[Standing, ...]

    @property
    def race(self) -> tuple[Standing, ...]:
        """The options that are still in and have a score."""
        return tuple(one for one in self.standings if not one.out and one.exact is not None)

    @property
    def leaders(self) -> tuple[Standing, ...]:
        """The best option, or all that share the best score."""
        race = self.race
        return tuple(one for one in race if one.exact == race[0].exact)

    @property
    def winner(self) -> Standing | None:
        """The one option that leads; None when none or several do."""
        return self.leaders[0] if len(self.leaders) == 1 else None

    @property
    def complete(self) -> bool:
        """Whether every option is scored on every requirement."""
        return bool(self.standings) and not any(one.missing for one in self.standings)


@dataclass(frozen=True)
class Change:
    """The smallest change of one weight that gives another winner."""

    requirement: Requirement
    weight: int
    winner: Standing


def rank(
    requirements: Sequence[Requirement], options: Mapping[str, str], scores: Scores,
    scale: tuple[int, int] = (1, 5),
) -> Ranking:  # fmt: skip
    """Rank *options* (title by key) by their *scores*."""
    low, high = scale
    fails_at = low + (high - low) // 4
    found = [
        _standing(key, title, requirements, scores, fails_at) for key, title in options.items()
    ]
    return Ranking(
        tuple(sorted(found, key=lambda one: (one.out, one.exact is None, -(one.exact or 0))))
    )


def _standing(
    key: str, title: str, requirements: Sequence[Requirement], scores: Scores, fails_at: int
) -> Standing:
    scored = [(r, scores[r.key, key]) for r in requirements if (r.key, key) in scores]
    total = sum(r.weight for r, _ in scored)
    shares = [(r, Fraction(r.weight * score, total)) for r, score in scored] if total else []
    return Standing(
        key=key,
        title=title,
        exact=sum((share for _, share in shares), Fraction(0)) if total else None,
        failed=tuple(r.title for r, score in scored if r.must and score <= fails_at),
        missing=tuple(r.key for r in requirements if (r.key, key) not in scores),
        contributions=tuple(
            Contribution(r.key, r.title, _decimal(share, 2)) for r, share in shares
        ),
    )


def smallest_change(
    requirements: Sequence[Requirement], options: Mapping[str, str], scores: Scores,
    scale: tuple[int, int] = (1, 5),
) -> Change | None:  # fmt: skip
    """The smallest change of one weight (0 to 10) that gives another single winner, if any does."""
    now = rank(requirements, options, scores, scale).winner
    if now is None:
        return None
    tries = sorted(
        (abs(weight - r.weight), index, weight)
        for index, r in enumerate(requirements)
        for weight in WEIGHTS
        if weight != r.weight
    )
    for _, index, weight in tries:
        changed = [
            replace(r, weight=weight) if i == index else r for i, r in enumerate(requirements)
        ]
        winner = rank(changed, options, scores, scale).winner
        if winner is not None and winner.key != now.key:
            return Change(requirements[index], weight, winner)
    return None


def sentence(
    requirements: Sequence[Requirement], options: Mapping[str, str], scores: Scores,
    scale: tuple[int, int] = (1, 5),
) -> str:  # fmt: skip
    """The ranking in one sentence, with what would change it; Markdown marks the requirement."""
    ranking = rank(requirements, options, scores, scale)
    if not any(one.exact is not None for one in ranking.standings):
        return "No option is scored yet."
    if not ranking.race:
        return "Every scored option fails a must-have."
    if ranking.winner is None:
        level = ranking.leaders[0].score
        return f"{_and(tuple(one.title for one in ranking.leaders))} are level at {level}."
    if len(ranking.race) == 1:
        return f"{ranking.winner.title} is the only scored option that meets every must-have."
    return _lead(ranking, smallest_change(requirements, options, scores, scale))


def _lead(ranking: Ranking, change: Change | None) -> str:
    first, second = ranking.race[:2]
    assert first.exact is not None
    assert second.exact is not None
    start = f"{first.title} leads by {_gap(first.exact - second.exact)}"
    if change is None:
        return f"{start}; no other weight of a single requirement would change that."
    r = change.requirement
    return (
        f"{start}; it would lose to {change.winner.title} if *{r.title}* weighed {change.weight} "
        f"instead of {r.weight}."
    )


def _gap(gap: Fraction) -> str:
    """One decimal, or as many as it takes to be more than nothing."""
    return (
        str(_decimal(gap, 1))
        if gap >= Fraction(5, 100)
        else f"{max(_decimal(gap, 2), Decimal('0.01'))}"
    )


def _decimal(value: Fraction, digits: int) -> Decimal:
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return number.quantize(Decimal(1).scaleb(-digits), rounding="ROUND_HALF_UP")


def _and(words: Sequence[str]) -> str:
    *start, last = words
    return f"{', '.join(start)} and {last}" if start else last
