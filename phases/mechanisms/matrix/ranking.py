"""Options ranked by weighted scores, and what would change the ranking. Pure arithmetic.

An option's score is the mean of its scores, each weighted by its requirement. A must-have scored in
the lowest quarter of the scale (2 or less of 1 to 5) puts its option out, whatever the mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    """One option in the ranking. ``score`` is None while nothing that weighs anything is scored.

    ``deferred`` is the reason why it is left for later; empty while it is in the race.
    """

    key: str
    title: str
    exact: Fraction | None
    failed: tuple[str, ...]
    missing: tuple[str, ...]
    contributions: tuple[Contribution, ...]
    deferred: str = ""

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
        """Why it is out or left for later, as a sentence; empty if it is neither."""
        if self.deferred:
            return f"Deferred: {self.deferred}"
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
        return tuple(
            one
            for one in self.standings
            if not one.out and not one.deferred and one.exact is not None
        )

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
        """Whether every option that is not deferred is scored on every requirement."""
        asked = [one for one in self.standings if not one.deferred]
        return bool(asked) and not any(one.missing for one in asked)


@dataclass(frozen=True)
class Change:
    """The smallest change of one weight that gives another winner, or one where several lead."""

    requirement: Requirement
    weight: int
    winner: Standing


def rank(
    requirements: Sequence[Requirement], options: Mapping[str, str], scores: Scores,
    scale: tuple[int, int] = (1, 5), deferred: Mapping[str, str] | None = None,
) -> Ranking:  # fmt: skip
    """Rank *options* (title by key) by their *scores*; those *deferred* (reason by key) stand last.

    Equal scores share a place: their order is the content's.
    """
    fails_at = _fails_at(scale)
    found = [
        _standing(key, title, requirements, scores, fails_at, (deferred or {}).get(key, ""))
        for key, title in options.items()
    ]
    return Ranking(tuple(sorted(found, key=_place)))


def _fails_at(scale: tuple[int, int]) -> int:
    low, high = scale
    return low + (high - low) // 4


def _place(one: Standing) -> tuple[bool, bool, bool, Fraction]:
    return bool(one.deferred), one.out, one.exact is None, -(one.exact or Fraction(0))


def _standing(
    key: str, title: str, requirements: Sequence[Requirement], scores: Scores, fails_at: int,
    deferred: str,
) -> Standing:  # fmt: skip
    scored = [(r, scores[r.key, key]) for r in requirements if (r.key, key) in scores]
    total = sum(r.weight for r, _ in scored)
    points = sum(r.weight * score for r, score in scored)
    return Standing(
        key=key,
        title=title,
        exact=Fraction(points, total) if total else None,
        failed=tuple(r.title for r, score in scored if r.must and score <= fails_at),
        missing=tuple(r.key for r in requirements if (r.key, key) not in scores),
        contributions=tuple(
            Contribution(r.key, r.title, _share(r.weight * score, total))
            for r, score in (scored if total else ())
        ),
        deferred=deferred,
    )


def smallest_change(
    requirements: Sequence[Requirement], options: Mapping[str, str], scores: Scores,
    scale: tuple[int, int] = (1, 5), deferred: Mapping[str, str] | None = None,
) -> Change | None:  # fmt: skip
    """The smallest change of one weight (0 to 10) that gives another single winner, if any does.

    Where several lead, it is the smallest that leaves one of them, or another, alone in front. Of
    changes equally small the one of the earlier requirement counts, then the smaller weight.
    """
    return _smallest(rank(requirements, options, scores, scale, deferred), requirements, scores)


def _smallest(
    ranking: Ranking, requirements: Sequence[Requirement], scores: Scores
) -> Change | None:
    if not ranking.leaders:
        return None
    now = ranking.winner
    standings = {one.key: one for one in ranking.standings}
    racing = [_Sums.of(one, requirements, scores) for one in standings.values()
              if not one.out and not one.deferred]  # fmt: skip
    for index, weight in _tries(requirements):
        key = _winner(racing, index, requirements[index].weight, weight)
        if key is not None and (now is None or key != now.key):
            return Change(requirements[index], weight, standings[key])
    return None


def _tries(requirements: Sequence[Requirement]) -> Iterator[tuple[int, int]]:
    """Every other weight of every requirement, the smallest changes first."""
    tries = sorted(
        (abs(weight - r.weight), index, weight)
        for index, r in enumerate(requirements)
        for weight in WEIGHTS
        if weight != r.weight
    )
    return ((index, weight) for _, index, weight in tries)


@dataclass(frozen=True)
class _Sums:
    """An option's weighted sum and the weights behind it, in whole numbers."""

    key: str
    points: int
    weights: int
    scores: tuple[int | None, ...]

    @classmethod
    def of(cls, one: Standing, requirements: Sequence[Requirement], scores: Scores) -> _Sums:
        own = tuple(scores.get((r.key, one.key)) for r in requirements)
        pairs = [(r.weight, s) for r, s in zip(requirements, own, strict=True) if s is not None]
        return cls(one.key, sum(w * s for w, s in pairs), sum(w for w, _ in pairs), own)

    def with_weight(self, index: int, before: int, after: int) -> tuple[int, int]:
        """Sum and weights, had the requirement at *index* another weight."""
        score = self.scores[index]
        if score is None:
            return self.points, self.weights
        return self.points + (after - before) * score, self.weights + after - before


def _winner(racing: Sequence[_Sums], index: int, before: int, after: int) -> str | None:
    """Who alone would lead with another weight; fractions are compared crosswise, exactly."""
    best, leads = (0, 0), ""
    alone = False
    for option in racing:
        points, weights = option.with_weight(index, before, after)
        if not weights:
            continue
        ahead = points * best[1] - best[0] * weights if leads else 1
        if ahead > 0:
            best, leads, alone = (points, weights), option.key, True
        elif ahead == 0:
            alone = False
    return leads if alone else None


def sentence(
    requirements: Sequence[Requirement], options: Mapping[str, str], scores: Scores,
    scale: tuple[int, int] = (1, 5), deferred: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """The ranking in one sentence, with what would change it; Markdown marks the requirement."""
    ranking = rank(requirements, options, scores, scale, deferred)
    if not ranking.race:
        return _no_race(ranking, requirements, scores)
    change = _smallest(ranking, requirements, scores)
    if ranking.winner is None:
        return _level(ranking, change)
    if len(ranking.race) == 1:
        return f"{ranking.winner.title} is the only scored option that meets every must-have."
    return _lead(ranking, change)


def _no_race(ranking: Ranking, requirements: Sequence[Requirement], scores: Scores) -> str:
    """Why nothing can be ranked."""
    in_race = [one for one in ranking.standings if not one.deferred]
    if not in_race:
        return "Every option is deferred."
    if requirements and not any(r.weight for r in requirements):
        return "Every weight is 0, so nothing tells the options apart. Give some weight."
    if any(one.out for one in in_race) and all(one.out or one.exact is None for one in in_race):
        return "Every scored option fails a must-have."
    if any((r.key, one.key) in scores for r in requirements for one in in_race):
        return "Only requirements of weight 0 are scored yet."
    return "No option is scored yet."


def _level(ranking: Ranking, change: Change | None) -> str:
    titles = _and(tuple(one.title for one in ranking.leaders))
    start = f"{titles} are level at {ranking.leaders[0].score}"
    if change is None:
        return f"{start}."
    r = change.requirement
    return (
        f"{start}; {change.winner.title} would lead if *{r.title}* weighed {change.weight} "
        f"instead of {r.weight}."
    )


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


def _share(points: int, total: int) -> Decimal:
    """What *points* give of a mean over weights of *total*, to two decimals, half up."""
    return Decimal((200 * points + total) // (2 * total)).scaleb(-2)


def _decimal(value: Fraction, digits: int) -> Decimal:
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return number.quantize(Decimal(1).scaleb(-digits), rounding="ROUND_HALF_UP")


def _and(words: Sequence[str]) -> str:
    *start, last = words
    return f"{', '.join(start)} and {last}" if start else last
