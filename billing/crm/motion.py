"""How the customer sells: by itself (PLG), by people, or both; with reasons and figures.

Every won deal is weighed: what speaks for a purchase without a seller counts up, what speaks for a
seller counts down. Then the two populations are compared, by count and by value, since a few
contracts among many small purchases are a path of their own if they bring the money.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Literal

from billing.crm.amounts import UNREADABLE
from billing.crm.cells import Cache
from billing.crm.deals import Deals
from billing.errors import UnknownCurrencyError
from billing.money import iso_digits, known_currency

Kind = Literal["plg", "sales_led", "hybrid"]
Strength = Literal["strong", "moderate", "weak"]

FEWEST = 20
"""Fewer won deals tell nothing."""
BY_COUNT, BY_VALUE, PATH = Decimal("0.10"), Decimal("0.20"), 3
"""A motion is a path of its own from this share of the deals or of their value, and so many."""
SMALL, LARGE, VERY_LARGE = Decimal(500), Decimal(5_000), Decimal(25_000)
SAME_DAY, QUICK, SLOW, VERY_SLOW = 1, 7, 30, 60
MOST_OWNERS = 5_000

SELF = re.compile(
    r"self.?serv|self.?sign|sign.?up|\bplg\b|product.?led|free.?trial|freemium|check.?out"
    r"|online purchase|in.?app|\bshop\b|\bstripe\b|marketplace", re.IGNORECASE,
)  # fmt: skip
SOLD = re.compile(
    r"sales|outbound|partner|referral|\brfp\b|tender|trade ?show|field|enterprise|cold|\bsdr\b"
    r"|\bbdr\b|account exec|event|conference", re.IGNORECASE,
)  # fmt: skip
MACHINE = re.compile(
    r"self.?serv|system|automat|integration|\bapi\b|\bbot\b|web.?site|online|stripe|check.?out"
    r"|no owner|unassigned|billing user|workflow|zapier|^admin$", re.IGNORECASE,
)  # fmt: skip
CARD = re.compile(r"card|receipt|immediate|prepaid|pre-paid|paypal|direct debit|sofort|stripe",
                  re.IGNORECASE)  # fmt: skip
CREDIT = re.compile(r"net\W*\d+|\d+ days|invoice|wire|bank|\beom\b|n\d{2}$|tage", re.IGNORECASE)
MONTHLY = re.compile(r"month|weekly|monatlich|^1$", re.IGNORECASE)
YEARLY = re.compile(r"annual|year|quarter|semi|jährlich|upfront|^12$", re.IGNORECASE)
WEIGHTS = {"words": (4, -2), "owner": (2, -3), "terms": (2, -1), "rhythm": (1, -1)}


@dataclass(frozen=True)
class Population:
    """Won deals that look alike in how they were sold, with their value in the main currency."""

    deals: int
    value: Decimal


@dataclass(frozen=True)
class Motion:
    """The motion, how strongly the export says so, what speaks for it and what against."""

    kind: Kind | None
    strength: Strength | None
    reasons: tuple[str, ...]
    against: tuple[str, ...]
    self_serve: Population
    sales: Population
    undecided: Population

    @property
    def words(self) -> str:
        names = {"plg": "PLG", "sales_led": "Sales-Led", "hybrid": "Hybrid"}
        return names[self.kind] if self.kind else "not enough to tell"

    def as_data(self) -> dict[str, Any]:
        data = asdict(self)
        for name in ("self_serve", "sales", "undecided"):
            data[name]["value"] = str(data[name]["value"])
        return data | {"words": self.words}


class Weigher:
    """Weighs won deals while the file streams by."""

    def __init__(self) -> None:
        self.words = Cache(lambda text: _sign(text, SELF, SOLD, WEIGHTS["words"]))
        self.owner = Cache(_owner)
        self.terms = Cache(lambda text: _sign(text, CARD, CREDIT, WEIGHTS["terms"]))
        self.rhythm = Cache(lambda text: _sign(text, MONTHLY, YEARLY, WEIGHTS["rhythm"]))
        self.digits = Cache(_digits)
        self.counts: Counter[int] = Counter()
        self.values: dict[tuple[int, str], Decimal] = {}
        self.evidence: Counter[str] = Counter()
        self.owners: set[str] = set()
        self.seen: set[str] = set()

    def take(self, deals: Deals) -> None:
        won = deals.won
        scores = [0] * len(won)
        for key in ("source", "pipeline", "type"):
            self._weigh(deals, key, self.words, "words", scores)
        self._weigh(deals, "owner", self.owner, "owner", scores)
        self._weigh(deals, "payment_terms", self.terms, "terms", scores)
        self._weigh(deals, "billing_frequency", self.rhythm, "rhythm", scores)
        self._cycles(deals, scores)
        self._sizes(deals, scores)
        if "owner" in deals.texts and len(self.owners) < MOST_OWNERS:
            owners = deals.texts["owner"]
            self.owners.update(owners[p] for p in won if self.owner[owners[p]] < 0)
        self._tally(deals, scores)

    def _weigh(
        self, deals: Deals, key: str, read: Cache[int], kind: str, scores: list[int]
    ) -> None:
        texts = deals.texts.get(key)
        if texts is None:
            return
        self.seen.add(key)
        up = down = 0
        for n, place in enumerate(deals.won):
            weight = read[texts[place]]
            if weight:
                scores[n] += weight
                up += weight > 0
                down += weight < 0
        self.evidence[f"{kind}+"] += up
        self.evidence[f"{kind}-"] += down

    def _cycles(self, deals: Deals, scores: list[int]) -> None:
        first, last = deals.days.get("engage"), deals.days.get("close")
        if not (first and last):
            return
        self.seen.add("cycle")
        for n, place in enumerate(deals.won):
            if 0 < first[place] <= last[place]:
                days = last[place] - first[place]
                weight = (
                    2 if days <= SAME_DAY else 1 if days <= QUICK
                    else -2 if days >= VERY_SLOW else -1 if days >= SLOW else 0
                )  # fmt: skip
                scores[n] += weight
                self.evidence["cycle+"] += weight > 0
                self.evidence["cycle-"] += weight < 0
                self.evidence["cycle"] += 1

    def _sizes(self, deals: Deals, scores: list[int]) -> None:
        if deals.amounts is None:
            return
        codes = deals.currencies
        for n, place in enumerate(deals.won):
            value = deals.amounts[place]
            if value is None or value is UNREADABLE or value <= 0:
                continue
            scale = self.digits[codes[place]] if codes else 1
            weight = (
                1 if value < SMALL * scale
                else -2 if value >= VERY_LARGE * scale else -1 if value >= LARGE * scale else 0
            )  # fmt: skip
            scores[n] += weight
            self.evidence["size+"] += weight > 0
            self.evidence["size-"] += weight < 0

    def _tally(self, deals: Deals, scores: list[int]) -> None:
        amounts, codes = deals.amounts, deals.currencies
        for score, place in zip(scores, deals.won, strict=True):
            side = (score > 0) - (score < 0)
            self.counts[side] += 1
            value = amounts[place] if amounts else None
            if value is not None and value is not UNREADABLE and value > 0:
                key = (side, codes[place] if codes else "")
                self.values[key] = self.values.get(key, Decimal(0)) + value

    def motion(self, currency: str) -> Motion:
        """The motion; values are those in *currency*."""
        sides = [
            Population(self.counts[side], self.values.get((side, currency), Decimal(0)))
            for side in (1, -1, 0)
        ]
        return judged(sides[0], sides[1], sides[2], self.evidence, len(self.owners), self.seen)


def _sign(
    text: str, up: re.Pattern[str], down: re.Pattern[str], weights: tuple[int, int]
) -> int:  # fmt: skip
    if up.search(text):
        return weights[0]
    return weights[1] if text and down.search(text) else 0


def _owner(text: str) -> int:
    return WEIGHTS["owner"][0] if not text or MACHINE.search(text) else WEIGHTS["owner"][1]


def _digits(currency: str) -> Decimal:
    """How many times larger amounts are where the currency has no cents."""
    try:
        return (
            Decimal(100) if currency and iso_digits(known_currency(currency)) == 0 else Decimal(1)
        )
    except UnknownCurrencyError:
        return Decimal(1)


def judged(
    own: Population, sold: Population, undecided: Population, evidence: Counter[str], owners: int,
    seen: set[str],
) -> Motion:  # fmt: skip
    """The motion that the two populations make."""
    won = own.deals + sold.deals + undecided.deals
    if won < FEWEST or not (own.deals or sold.deals):
        why = f"{won:,} won deals are too few to tell." if won < FEWEST else (
            "Nothing in the export tells how the deals were sold."
        )  # fmt: skip
        return Motion(None, None, (why,), (), own, sold, undecided)
    a_path, b_path = _is_path(own, sold), _is_path(sold, own)
    alone: Kind = "plg" if a_path or (not b_path and own.deals > sold.deals) else "sales_led"
    kind: Kind = "hybrid" if a_path and b_path else alone
    plus, minus = _sentences(evidence, won, owners, seen)
    balance = _balance(own, sold, undecided)
    if kind == "hybrid":
        plus, minus = [*plus, *minus], []
    speaking, against = (minus, plus) if kind == "sales_led" else (plus, minus)
    strength = _strength(kind, own, sold, undecided, seen)
    return Motion(kind, strength, (*balance, *speaking), tuple(against), own, sold, undecided)


def share(part: Decimal | int, whole: Decimal | int) -> Decimal:
    return Decimal(part) / Decimal(whole) if whole else Decimal(0)


def _is_path(one: Population, other: Population) -> bool:
    by_count = share(one.deals, one.deals + other.deals)
    by_value = share(one.value, one.value + other.value)
    return one.deals >= PATH and (by_count >= BY_COUNT or by_value >= BY_VALUE)


def _strength(
    kind: Kind, own: Population, sold: Population, undecided: Population, seen: set[str]
) -> Strength:
    decided = own.deals + sold.deals
    sure = share(decided, decided + undecided.deals)
    lesser = share(min(own.deals, sold.deals), decided)
    if sure < Decimal("0.6") or not seen:
        return "weak"
    apart = lesser <= Decimal("0.03") if kind != "hybrid" else lesser >= Decimal("0.15")
    telling = seen & {"owner", "source", "pipeline", "payment_terms", "type"}
    return "strong" if apart and telling and sure >= Decimal("0.9") else "moderate"


def _balance(own: Population, sold: Population, undecided: Population) -> list[str]:
    won = own.deals + sold.deals + undecided.deals
    value = own.value + sold.value + undecided.value
    lines = [
        f"{each.deals:,} of {won:,} won deals ({percent(each.deals, won)}), with"
        f" {percent(each.value, value)} of the value, look {words}."
        for each, words in ((own, "bought without a seller"), (sold, "sold by people"))
        if each.deals
    ]  # fmt: skip
    if undecided.deals:
        lines.append(f"{undecided.deals:,} ({percent(undecided.deals, won)}) could be either.")
    return lines


def percent(part: Decimal | int, whole: Decimal | int) -> str:
    """A share in words that never rounds something to nothing, or nearly all to all."""
    found = share(part, whole) * 100
    if 0 < found < Decimal("0.1"):
        return "under 0.1%"
    if Decimal("99.9") < found < 100:
        return "over 99.9%"
    return f"{found.quantize(Decimal('0.1')).normalize():f}%"


def _sentences(
    evidence: Counter[str], won: int, owners: int, seen: set[str]
) -> tuple[list[str], list[str]]:  # fmt: skip
    """What speaks for buying alone, and what for selling, each with its figure."""
    people = f"; {owners:,} {'person' if owners == 1 else 'people'} in all" if owners else ""
    texts: Sequence[tuple[str, str, str]] = (
        ("words", "speak of self-service, a trial or a checkout",
         "speak of outbound sales, partners or events"),
        ("owner", "have no owner, or a system as owner", f"have a person as owner{people}"),
        ("cycle", f"closed within {QUICK} days of their first date",
         f"took {SLOW} days or more to close"),
        ("size", f"are below {SMALL:,}", f"are {LARGE:,} or more"),
        ("terms", "are paid by card or at once", "are paid by invoice on credit"),
        ("rhythm", "are billed by the month", "are billed by the quarter, the year or at once"),
    )  # fmt: skip
    plus: list[str] = []
    minus: list[str] = []
    for key, up, down in texts:
        for mark, words, into in (("+", up, plus), ("-", down, minus)):
            if count := evidence[key + mark]:
                into.append(f"{count:,} ({percent(count, won)}) {words}.")
    if "owner" not in seen:
        plus.append("The export names no owner of a deal.")
    return plus, minus
