"""How parts of a whole are mixed beside the whole, in shares: a pilot's cohorts (P3). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from phases.mechanisms.register.queries import RowView
from phases.mechanisms.register.values import lower
from playbook.models import Mix, Register

Counts = tuple[Decimal, ...]


@dataclass(frozen=True)
class MixLine:
    """One value of a column: how many have it, and in per cent, of the base and of each group."""

    column: str
    value: str
    counts: Counts
    shares: tuple[Decimal | None, ...]

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(
            "–" if share is None else f"{share:.1f}% ({count.normalize():,f})"
            for count, share in zip(self.counts, self.shares, strict=True)
        )


@dataclass(frozen=True)
class MixView:
    """``heads`` name base and groups; ``note`` says where a group is least like the base."""

    heads: tuple[str, ...]
    lines: tuple[MixLine, ...]
    note: str


def mix_view(register: Register, rows: Iterable[RowView]) -> MixView | None:
    """The mix of *register*'s live rows; None where it has none, or nothing is counted yet."""
    if (mix := register.mix) is None:
        return None
    live = [row for row in rows if row.live]
    if not any(any(_counts(mix, row)) for row in live):
        return None
    totals = _sum(_counts(mix, row) for row in live)
    lines = [line for name in mix.by for line in _lines(register, mix, name, live, totals)]
    heads = tuple(register.columns[name].title for name in (mix.base, *mix.groups))
    return MixView(heads, tuple(lines), _note(heads, lines))


def _lines(
    register: Register, mix: Mix, name: str, rows: Sequence[RowView], totals: Counts
) -> list[MixLine]:
    titles: dict[str, str] = {}
    named: dict[str, list[RowView]] = {}
    for row in rows:
        said = row.shown.get(name, "").partition(":")[0].strip()
        titles.setdefault(said.casefold(), said or "Not said")
        named.setdefault(said.casefold(), []).append(row)
    column = register.columns[name].title
    found = []
    for value, same in named.items():
        counts = _sum(_counts(mix, row) for row in same)
        shares = tuple(100 * n / all_ if all_ else None
                       for n, all_ in zip(counts, totals, strict=True))  # fmt: skip
        found.append(MixLine(column, titles[value], counts, shares))
    return sorted(found, key=lambda line: -line.counts[0])


def _counts(mix: Mix, row: RowView) -> Counts:
    values = (row.values.get(name) for name in (mix.base, *mix.groups))
    return tuple(value if isinstance(value, Decimal) else Decimal(0) for value in values)


def _sum(counts: Iterable[Counts]) -> Counts:
    return tuple(sum(column, Decimal(0)) for column in zip(*counts, strict=True))


def _note(heads: Sequence[str], lines: Sequence[MixLine]) -> str:
    """Where a group differs most from the base, by at least one point."""
    found = [
        (abs(share - line.shares[0]), head, line, share)
        for line in lines
        for head, share in zip(heads[1:], line.shares[1:], strict=True)
        if share is not None and line.shares[0] is not None
    ]
    if not found:
        return ""
    far, head, line, share = max(found, key=lambda one: one[0])
    if far < 1:
        return "Every group is mixed as the base is, to the point."
    return (
        f"Least like the base: {lower(head)}, {lower(line.column)} “{line.value}”: {share:.1f}% "
        f"against {line.shares[0]:.1f}%."
    )
