"""How deals are built, as figures for pictures: sizes, cycles, products, segments, months."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from billing.crm.amounts import UNREADABLE
from billing.crm.cells import Cache
from billing.crm.deals import WON, Deals
from billing.crm.side import Groups

NONE = "(none)"
OTHERS = "(all others)"
MOST_GROUPS = 2_000
CYCLES = (1, 7, 14, 30, 60, 90, 180, 365)
CYCLE_LABELS = ("up to 1 day", "2–7 days", "8–14 days", "15–30 days", "31–60 days", "61–90 days",
                "91–180 days", "181–365 days", "more than 365 days")  # fmt: skip
ZERO = Decimal(0)


@dataclass(frozen=True)
class Bar:
    """One bar of a distribution."""

    label: str
    deals: int


@dataclass(frozen=True)
class Group:
    """Deals of one product, segment, region or month, with their amounts by currency."""

    label: str
    deals: int
    amounts: Mapping[str, Decimal]


@dataclass(frozen=True)
class Quartiles:
    """Least, quarter, middle, three quarters, nine tenths, most: values that deals really have."""

    least: Decimal
    quarter: Decimal
    middle: Decimal
    three_quarters: Decimal
    nine_tenths: Decimal
    most: Decimal


@dataclass(frozen=True)
class Structure:
    """The won deals. Every grouping holds each of them once, so its sums are the totals."""

    deals: int
    amounts: Mapping[str, Decimal]
    currency: str
    """Of which the sizes are; the commonest."""
    size: Quartiles | None
    sizes: tuple[Bar, ...]
    cycle: Quartiles | None
    cycles: tuple[Bar, ...]
    by_product: tuple[Group, ...]
    by_segment: tuple[Group, ...]
    by_region: tuple[Group, ...]
    by_month: tuple[Group, ...]

    def as_data(self) -> dict[str, Any]:
        return {
            "deals": self.deals,
            "amounts": _text(self.amounts),
            "currency": self.currency,
            "size": _quartiles(self.size),
            "sizes": [asdict(bar) for bar in self.sizes],
            "cycle_days": _quartiles(self.cycle),
            "cycles": [asdict(bar) for bar in self.cycles],
            **{
                name: [{"label": g.label, "deals": g.deals, "amounts": _text(g.amounts)}
                       for g in getattr(self, name)]
                for name in ("by_product", "by_segment", "by_region", "by_month")
            },
        }  # fmt: skip


def _text(amounts: Mapping[str, Decimal]) -> dict[str, str]:
    return {code: str(amount) for code, amount in amounts.items()}


def _quartiles(found: Quartiles | None) -> dict[str, str] | None:
    return None if found is None else {name: str(value) for name, value in asdict(found).items()}


class Grouping:
    """Counts and sums by label and currency; past ``MOST_GROUPS`` labels, under one for all."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.sums: dict[tuple[str, str], Decimal] = {}

    def add(self, labels: Sequence[str], amounts: Sequence[Decimal], codes: Sequence[str]) -> None:
        counts, sums = self.counts, self.sums
        names = [label or NONE for label in labels]
        if len(counts) + len(set(names)) > MOST_GROUPS:
            names = [name if name in counts else OTHERS for name in names]
        counts.update(names)
        for key, amount in zip(zip(names, codes, strict=True), amounts, strict=True):
            if key in sums:
                sums[key] += amount
            else:
                sums[key] = amount

    def total(self) -> tuple[int, dict[str, Decimal]]:
        """How many deals in all, and their sums by currency."""
        sums: dict[str, Decimal] = {}
        for (_, code), amount in self.sums.items():
            sums[code] = sums.get(code, ZERO) + amount
        return self.counts.total(), sums

    def groups(self, order: Iterable[str] | None = None) -> tuple[Group, ...]:
        amounts: dict[str, dict[str, Decimal]] = {}
        for (label, code), amount in self.sums.items():
            amounts.setdefault(label, {})[code] = amount
        largest = sorted(self.counts, key=lambda name: (-sum(amounts[name].values()), name))
        return tuple(Group(n, self.counts[n], amounts[n]) for n in order or largest)


class Shapes:
    """Gathers the structure of won deals while the file streams by; where no deal is known to be
    won or not, of all of them."""

    def __init__(self, accounts: Groups | None = None, teams: Groups | None = None) -> None:
        self.accounts, self.teams = accounts, teams
        self.product, self.segment, self.region, self.month = (Grouping() for _ in range(4))
        self.sizes: dict[str, list[Decimal]] = {}
        self.cycles = array("i")
        self.months = Cache(_month)

    def take(self, deals: Deals) -> None:
        won = deals.won
        amounts = (
            [_worth(value) for value in map(deals.amounts.__getitem__, won)]
            if deals.amounts
            else [ZERO] * len(won)
        )
        codes = [deals.currencies[p] for p in won] if deals.currencies else [""] * len(won)
        self.product.add(_texts(deals, "product", won), amounts, codes)
        if segments := self._segments(deals, won):
            self.segment.add(segments, amounts, codes)
        if regions := self._regions(deals, won):
            self.region.add(regions, amounts, codes)
        days = deals.days.get("close") or deals.days.get("term_start") or [0] * deals.count
        self.month.add([self.months[str(days[p])] for p in won], amounts, codes)
        for amount, code in zip(amounts, codes, strict=True):
            if amount:
                self.sizes.setdefault(code, []).append(amount)
        self._cycles(deals)

    def _segments(self, deals: Deals, won: Sequence[int]) -> list[str]:
        sided = self.accounts is not None and "account" in deals.texts
        own = _texts(deals, "segment", won) if sided or "segment" in deals.texts else []
        if self.accounts is None or not sided:
            return own
        of, accounts = self.accounts.of, deals.texts["account"]
        return [text or of.get(accounts[p], "") for text, p in zip(own, won, strict=True)]

    def _regions(self, deals: Deals, won: Sequence[int]) -> list[str]:
        if self.teams is None or "owner" not in deals.texts:
            return []
        of, owners = self.teams.of, deals.texts["owner"]
        return [of.get(owners[p], "") for p in won]

    def _cycles(self, deals: Deals) -> None:
        first, last = deals.days.get("engage"), deals.days.get("close")
        if first and last:
            self.cycles.extend(last[p] - first[p] for p in deals.won if 0 < first[p] <= last[p])

    def structure(self) -> Structure:
        deals, amounts = self.product.total()
        main = max(self.sizes, key=lambda code: len(self.sizes[code]), default="")
        sizes = sorted(self.sizes.get(main, ()))
        cycles = sorted(self.cycles)
        return Structure(
            deals=deals, amounts=amounts, currency=main,
            size=quartiles(sizes), sizes=size_bars(sizes),
            cycle=quartiles([Decimal(days) for days in cycles]), cycles=cycle_bars(cycles),
            by_product=_told(self.product), by_segment=_told(self.segment),
            by_region=_told(self.region),
            by_month=self.month.groups(sorted(self.month.counts)),
        )  # fmt: skip


def _told(grouping: Grouping) -> tuple[Group, ...]:
    """Groups, unless there is nothing but what no label was told of."""
    return () if set(grouping.counts) <= {NONE} else grouping.groups()


def _worth(value: Decimal | None) -> Decimal:
    return ZERO if value is None or value is UNREADABLE else value


def _texts(deals: Deals, key: str, won: Sequence[int]) -> list[str]:
    texts = deals.texts.get(key)
    return [texts[place] for place in won] if texts else [""] * len(won)


def _month(day: str) -> str:
    number = int(day)
    return date.fromordinal(number).strftime("%Y-%m") if number > 0 else ""


def quartiles(ordered: Sequence[Decimal]) -> Quartiles | None:
    """Of values in order; none of none."""
    if not ordered:
        return None
    last = len(ordered) - 1
    return Quartiles(*(ordered[last * tenths // 20] for tenths in (0, 5, 10, 15, 18, 20)))


def size_bars(ordered: Sequence[Decimal]) -> tuple[Bar, ...]:
    """How many amounts lie between steps of 1, 2, 5, 10 …; amounts below zero have a bar."""
    if not ordered:
        return ()
    edges = [ZERO]
    step = [Decimal(10) ** power * digit for power in range(-2, 15) for digit in (1, 2, 5)]
    positive = [amount for amount in ordered if amount > 0]
    if positive:
        low = bisect_right(step, positive[0]) - 1
        high = bisect_right(step, positive[-1])
        edges = step[max(0, low) : high + 1]
    below = bisect_right(ordered, ZERO)
    bars = [Bar("below zero", below)] if below else []
    at = [bisect_left_of(ordered, edge) for edge in edges]
    at[0] = below
    at[-1] = len(ordered)
    bars += [Bar(f"{low:,f}–{high:,f}", at[n + 1] - at[n])
             for n, (low, high) in enumerate(pairwise(edges))]  # fmt: skip
    return tuple(bars)


def bisect_left_of(ordered: Sequence[Decimal], edge: Decimal) -> int:
    """How many values lie below *edge*."""
    low, high = 0, len(ordered)
    while low < high:
        middle = (low + high) // 2
        if ordered[middle] < edge:
            low = middle + 1
        else:
            high = middle
    return low


def cycle_bars(ordered: Sequence[int]) -> tuple[Bar, ...]:
    """How many deals took so many days."""
    if not ordered:
        return ()
    at = [0, *(bisect_right(ordered, days) for days in CYCLES), len(ordered)]
    return tuple(Bar(label, at[n + 1] - at[n]) for n, label in enumerate(CYCLE_LABELS))


def known(states: Iterable[int]) -> bool:
    """Whether any deal is known to be won."""
    return WON in states
