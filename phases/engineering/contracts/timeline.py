"""A contract's expected invoices drawn along its term: issued when, for which periods. Pure.

Ink is ``currentColor``, so that the drawing is read on light and on dark paper.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from billing.calendars import add_months, plain
from billing.contracts import Contract
from billing.invoices import Charge, Invoice

WIDTH, LEFT, RIGHT = 960, 130, 24
BARS, ROW, GAP, TOP = 120, 24, 10, 18
MOST_LANES = 12
MOST_BARS = 400
STEPS = (1, 3, 6, 12, 24, 60, 120, 240)
"""Months between the dates that are written below."""


@dataclass(frozen=True)
class Scale:
    """Days on paper."""

    first: date
    days: int

    def x(self, day: date) -> float:
        """Where *day* lies."""
        share = (plain(day) - self.first).days / max(self.days, 1)
        return round(LEFT + (WIDTH - LEFT - RIGHT) * min(max(share, 0.0), 1.0), 1)


def drawing(contract: Contract, invoices: Sequence[Invoice]) -> str:
    """An SVG of at most so many invoices, with the same told in words."""
    drawn = invoices[:MOST_BARS]
    lanes = lanes_of(drawn)
    scale = scale_of(contract, drawn)
    height = TOP + BARS + GAP + ROW * len(lanes) + 34
    parts = [
        *bars(drawn, scale), *rows(lanes, scale), *changes(contract, scale, height - 34),
        *axis(scale, height - 22),
    ]  # fmt: skip
    words = told(contract, invoices)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-label="{escape(words)}" '
        f'font-family="sans-serif" font-size="12" fill="currentColor"><title>Timeline of '
        f"{escape(contract.number)}</title><desc>{escape(words)}</desc>{''.join(parts)}</svg>"
    )


def lanes_of(invoices: Sequence[Invoice]) -> dict[str, list[Charge]]:
    """Charges by line, as many lines as there is room for."""
    found: dict[str, list[Charge]] = {}
    for invoice in invoices:
        for line in invoice.lines:
            if line.charge.line in found or len(found) < MOST_LANES:
                found.setdefault(line.charge.line, []).append(line.charge)
    return found


def scale_of(contract: Contract, invoices: Sequence[Invoice]) -> Scale:
    """From the first to the last day that anything happens on."""
    days = [plain(contract.start)]
    for invoice in invoices:
        days += [plain(invoice.issue_date), plain(invoice.period_start), plain(invoice.period_end)]
    days += [plain(one.on) for one in contract.amendments]
    return Scale(min(days), (max(days) - min(days)).days)


def bars(invoices: Sequence[Invoice], scale: Scale) -> Iterator[str]:
    """A bar for each invoice on its day of issue; credits hang below the line."""
    most = max((abs(float(one.total)) for one in invoices), default=0.0) or 1.0
    below = any(one.total < 0 for one in invoices)
    base = TOP + BARS * (0.7 if below else 1.0)
    room = base - TOP
    wide = max(1.5, min(12.0, (WIDTH - LEFT - RIGHT) / max(len(invoices), 1) * 0.6))
    yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base:g}" y2="{base:g}" {STROKE}/>'
    yield label("Invoiced", base - 2)
    for one in invoices:
        tall = min(abs(float(one.total)) / most * room, room if one.total > 0 else BARS - room)
        top = base - tall if one.total >= 0 else base
        look = 'fill-opacity="0.75"' if one.total >= 0 else HOLLOW
        yield (
            f'<rect x="{scale.x(one.issue_date) - wide / 2:g}" y="{top:g}" width="{wide:g}" '
            f'height="{max(tall, 1):g}" {look}><title>{one.issue_date.isoformat()}: '
            f"{one.total} {one.currency}</title></rect>"
        )


STROKE = 'stroke="currentColor" stroke-opacity="0.35"'
HOLLOW = 'fill="none" stroke="currentColor" stroke-width="1.2"'


def label(words: str, y: float) -> str:
    """Words at the left."""
    short = words if len(words) <= 18 else f"{words[:17]}…"
    return f'<text x="0" y="{y:g}">{escape(short)}</text>'


def rows(lanes: dict[str, list[Charge]], scale: Scale) -> Iterator[str]:
    """For each line, the periods it is billed for."""
    y = TOP + BARS + GAP
    for name, charges in lanes.items():
        yield label(name, y + 15)
        for charge in charges:
            left, right = scale.x(charge.start), scale.x(charge.end)
            look = 'fill-opacity="0.18" stroke="currentColor" stroke-opacity="0.5"'
            if charge.amount < 0:
                look = f'{HOLLOW} stroke-dasharray="3 2"'
            yield (
                f'<rect x="{left:g}" y="{y + 4:g}" width="{max(right - left, 2):g}" '
                f'height="{ROW - 9}" {look}/>'
            )
        y += ROW


def changes(contract: Contract, scale: Scale, bottom: float) -> Iterator[str]:
    """A dashed line on the day of each amendment."""
    for one in contract.amendments:
        x = scale.x(plain(one.on))
        yield (
            f'<line x1="{x:g}" x2="{x:g}" y1="{TOP - 4}" y2="{bottom:g}" stroke="currentColor" '
            f'stroke-dasharray="4 3"/><text x="{x + 3:g}" y="{TOP - 6}" font-size="11">'
            f"{escape(one.kind)}</text>"
        )


def axis(scale: Scale, y: float) -> Iterator[str]:
    """The beginnings of months below, as many as can be read."""
    months = max(scale.days // 30, 1)
    step = next((step for step in STEPS if months / step <= 10), months // 10 + 1)
    first = scale.first.replace(day=1)
    if step >= 12:
        first = first.replace(month=1)
    for number in range(months // step + 2):
        day = add_months(first, number * step)
        if not 0 <= (day - scale.first).days <= scale.days:
            continue
        x = scale.x(day)
        words = f"{day:%Y}" if step >= 12 else f"{day:%b %Y}"
        yield (
            f'<line x1="{x:g}" x2="{x:g}" y1="{y - 12:g}" y2="{y - 6:g}" {STROKE}/>'
            f'<text x="{x:g}" y="{y + 8:g}" text-anchor="middle" font-size="11">{words}</text>'
        )


def told(contract: Contract, invoices: Sequence[Invoice]) -> str:
    """The drawing in words."""
    if not invoices:
        return f"Contract {contract.number} calls for no invoice."
    credits_ = sum(one.total < 0 for one in invoices)
    first, last = invoices[0].issue_date, invoices[-1].issue_date
    changed = len(contract.amendments)
    more = f", {credits_} of them credits" if credits_ else ""
    amended = f" Amended {changed} time{'' if changed == 1 else 's'}." if changed else ""
    shown = f" The first {MOST_BARS} are drawn." if len(invoices) > MOST_BARS else ""
    return (
        f"Contract {contract.number}: {len(invoices)} invoice{'' if len(invoices) == 1 else 's'} "
        f"from {first.isoformat()} to {last.isoformat()}{more}.{amended}{shown} "
        "The table below has the same."
    )
