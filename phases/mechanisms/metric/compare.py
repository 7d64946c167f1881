"""Two groups side by side: the difference, its 95 % interval, and whether chance will do.

Proportions by Newcombe's hybrid score interval (1998, method 10), means by Welch's t interval; a
mean without its spread has a difference and no interval. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

LEVEL = 0.95
Z = NormalDist().inv_cdf((1 + LEVEL) / 2)


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int
    whole: int


@dataclass(frozen=True)
class Mean:
    """A mean, of how many cases, and their standard deviation; either may be unknown."""

    value: float
    size: int | None = None
    spread: float | None = None

    @property
    def is_sampled(self) -> bool:
        """Whether enough is known of it for an interval."""
        return self.spread is not None and self.size is not None and self.size > 1


@dataclass(frozen=True)
class Difference:
    """How much more the first group has than the second; the interval is none where unknown."""

    value: float
    interval: tuple[float, float] | None

    @property
    def may_be_chance(self) -> bool | None:
        """Whether the interval holds zero; None without an interval."""
        if self.interval is None:
            return None
        low, high = self.interval
        return low <= 0 <= high


def shares(first: Share, second: Share) -> Difference | None:
    """The difference of two proportions; None where a group has no case."""
    if not first.whole or not second.whole:
        return None
    one, two = first.part / first.whole, second.part / second.whole
    (low1, high1), (low2, high2) = wilson(first), wilson(second)
    value = one - two
    below = math.hypot(one - low1, high2 - two)
    above = math.hypot(high1 - one, two - low2)
    return Difference(value, (max(value - below, -1.0), min(value + above, 1.0)))


def wilson(share: Share) -> tuple[float, float]:
    """Wilson's score interval of one proportion."""
    n, p = share.whole, share.part / share.whole
    middle = p + Z * Z / (2 * n)
    reach = Z * math.sqrt((p * (1 - p) + Z * Z / (4 * n)) / n)
    scale = 1 + Z * Z / n
    return (
        0.0 if share.part == 0 else (middle - reach) / scale,
        1.0 if share.part == n else (middle + reach) / scale,
    )


def means(first: Mean, second: Mean) -> Difference:
    """The difference of two means, with an interval where both spreads are known."""
    value = first.value - second.value
    if not (first.is_sampled and second.is_sampled):
        return Difference(value, None)
    v1, v2 = _variance_of_mean(first), _variance_of_mean(second)
    error = math.sqrt(v1 + v2)
    reach = t_quantile((1 + LEVEL) / 2, welch_df(first, second)) * error if error else 0.0
    return Difference(value, (value - reach, value + reach))


def _variance_of_mean(mean: Mean) -> float:
    assert mean.spread is not None
    assert mean.size is not None
    return mean.spread**2 / mean.size


def welch_df(first: Mean, second: Mean) -> float:
    """Degrees of freedom by Welch and Satterthwaite."""
    v1, v2 = _variance_of_mean(first), _variance_of_mean(second)
    assert first.size is not None
    assert second.size is not None
    if v1 + v2 == 0:
        return float(first.size + second.size - 2)
    return (v1 + v2) ** 2 / (v1**2 / (first.size - 1) + v2**2 / (second.size - 1))


def pooled(parts: Sequence[Mean]) -> Mean:
    """Several means of one group as one: weighted by their cases where all are known."""
    sizes = [part.size for part in parts if part.size]
    if len(sizes) < len(parts):
        return Mean(math.fsum(part.value for part in parts) / len(parts))
    size = sum(sizes)
    value = math.fsum(p.value * n for p, n in zip(parts, sizes, strict=True)) / size
    spreads = [part.spread for part in parts if part.spread is not None]
    if len(spreads) < len(parts) or size < 2:
        return Mean(value, size)
    within = math.fsum((n - 1) * sd**2 for n, sd in zip(sizes, spreads, strict=True))
    between = math.fsum(n * (part.value - value) ** 2 for n, part in zip(sizes, parts, strict=True))
    return Mean(value, size, math.sqrt((within + between) / (size - 1)))


def t_quantile(p: float, df: float) -> float:
    """The quantile *p* (above one half) of Student's t with *df* degrees of freedom."""
    low, high = 0.0, 1.0
    while t_below(high, df) < p:
        high *= 2
    return _root(lambda t: t_below(t, df) - p, low, high)


def t_below(t: float, df: float) -> float:
    """How likely Student's t with *df* degrees of freedom lies below *t* (0 or more)."""
    return 1 - _beta(df / (df + t * t), df / 2, 0.5) / 2


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return (low + high) / 2


def _beta(x: float, a: float, b: float) -> float:
    """The regularized incomplete beta function, by its continued fraction (Lentz)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(1 - x, b, a)
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(scale + a * math.log(x) + b * math.log1p(-x)) / a
    return front * _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    tiny, c, d = 1e-300, 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d or tiny)
    found = d
    for m in range(1, 400):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d, c = 1 / ((1 + term * d) or tiny), (1 + term / c) or tiny
            found *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return found
