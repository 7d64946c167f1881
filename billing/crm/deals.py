"""Rows as deals: every field read the way the mapping says, some thousands of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from billing.crm.amounts import PLAIN, SIGNS, UNREADABLE, Read, read_amount
from billing.crm.cells import Cache, clean
from billing.crm.dates import MISSING, read_day
from billing.crm.fields import SHEETS
from billing.crm.mapping import CONTRACTS, Mapping
from billing.crm.states import STATES, state_of
from billing.crm.table import Batch, Table
from billing.errors import UnknownCurrencyError
from billing.money import currencies, iso_digits, known_currency

WON, LOST, OPEN, UNKNOWN = range(4)
"""The states of ``STATES``, as they are kept for each row."""
YES = frozenset({"true", "yes", "1", "ja", "won", "wahr", "y", "oui", "sí", "x"})
DATES = ("engage", "close", "term_start", "term_end")


@dataclass(slots=True)
class Deals:
    """Consecutive rows as columns of equal length. A field the export lacks is not in ``texts``
    or ``days``; days are numbers of days, or 0 where missing, below 0 where unreadable."""

    first: int
    count: int
    lines: Sequence[int]
    states: bytes
    won: list[int]
    """Places of the won deals, and of those nobody can tell, within these rows."""
    texts: dict[str, list[str]]
    days: dict[str, list[int]]
    amounts: list[Decimal | None] | None
    currencies: list[str] | None
    contents: list[int]
    """A number for each row that rows alike but for their id share."""


class Reader:
    """Turns the rows of a table into deals."""

    def __init__(self, table: Table, mapping: Mapping) -> None:
        self.table, self.mapping = table, mapping
        places = {title: place for place, title in enumerate(table.titles)}
        self.places = {
            key: places[title] for key, title in mapping.columns.items() if title in places
        }
        kinds = {each.key: each.kind for each in SHEETS["deals"]}
        self.text_fields = [k for k in self.places if kinds[k] not in {"date", "amount"}]
        self.clean = Cache(clean)
        self.states = Cache(self._state)
        self.days = {key: Cache(self._day_reader(key)) for key in DATES if key in self.places}
        self.mark = mapping.decimals.get(mapping.columns.get("amount", ""), "point")
        self.amounts = Cache(self._amount)
        self.codes = Cache(code_of)
        self.contracts = mapping.sheet == CONTRACTS

    def __iter__(self) -> Iterator[Deals]:
        for batch in self.table.batches():
            yield self.deals(batch)

    def deals(self, batch: Batch) -> Deals:
        cells = batch.columns
        texts = {key: self._texts(key, cells[self.places[key]]) for key in self.text_fields}
        states = self._states(texts, len(batch))
        reads = self.amounts.all(cells[self.places["amount"]]) if "amount" in self.places else None
        currencies = self._currencies(texts, reads)
        return Deals(
            first=batch.first,
            count=len(batch),
            lines=batch.lines,
            states=states,
            won=[place for place, state in enumerate(states) if state in (WON, UNKNOWN)],
            texts=texts,
            days={key: cache.all(cells[self.places[key]]) for key, cache in self.days.items()},
            amounts=self._values(reads, currencies) if reads else None,
            currencies=currencies,
            contents=self._contents(cells),
        )

    def _texts(self, key: str, cells: Sequence[str]) -> list[str]:
        if key in {"id", "name"}:  # nearly every one is another
            return [cell.strip() for cell in cells]
        return self.clean.all(cells)

    def _states(self, texts: dict[str, list[str]], count: int) -> bytes:
        if "won" in texts:
            won = [text.casefold() in YES for text in texts["won"]]
            if "stage" not in texts:
                return bytes(WON if each else OPEN for each in won)
            others = (self.states[stage] for stage in texts["stage"])
            return bytes(
                WON if each else (OPEN if other == WON else other)
                for each, other in zip(won, others, strict=True)
            )
        if "stage" in texts:
            return bytes(self.states.all(texts["stage"]))
        return bytes([WON if self.contracts else UNKNOWN]) * count

    def _state(self, stage: str) -> int:
        told = self.mapping.states
        state = told.get(stage) or told.get(stage.casefold()) or state_of(stage)[0]
        return STATES.index(state)

    def _day_reader(self, key: str) -> partial[int]:
        order = self.mapping.dates.get(self.mapping.columns[key])
        return partial(_day, order=order)

    def _amount(self, text: str) -> Read:
        return read_amount(text if PLAIN.match(text) else clean(text), self.mark)

    def _values(self, reads: list[Read], currencies: list[str] | None) -> list[Decimal | None]:
        values = [read.value for read in reads]
        if not self.mapping.minor:
            return values
        codes = currencies or [""] * len(values)
        return [
            value if value is None or value is UNREADABLE else major(value, code)
            for value, code in zip(values, codes, strict=True)
        ]

    def _contents(self, cells: Sequence[Sequence[str]]) -> list[int]:
        id_place = self.places.get("id", -1)
        return list(map(hash, zip(*(c for n, c in enumerate(cells) if n != id_place), strict=True)))

    def _currencies(
        self, texts: dict[str, list[str]], reads: list[Read] | None
    ) -> list[str] | None:
        own = self.codes.all(texts["currency"]) if "currency" in texts else None
        named = [read.currency for read in reads] if reads else None
        if own is None and (named is None or not any(named)):
            return [self.mapping.currency] * len(reads) if self.mapping.currency and reads else None
        pairs = zip(own or named or [], named or own or [], strict=True)
        return [one or other or self.mapping.currency for one, other in pairs]


def _day(text: str, order: str | None) -> int:
    ready = clean(text)
    return read_day(ready, order) if ready else MISSING  # type: ignore[arg-type]


def code_of(text: str) -> str:
    """A currency's code in capitals, or the text itself if it is none."""
    word = text.split(" ", 1)[0] if " - " in text else text
    signs = {"€": "EUR", "£": "GBP", "¥": "JPY"}
    try:
        return known_currency(signs.get(word, word)) if word else ""
    except UnknownCurrencyError:
        return text


def is_currency(text: str) -> bool:
    """Whether *text* names a currency, by its code or a sign."""
    return code_of(text) in currencies() or text in SIGNS


def major(amount: Decimal, currency: str) -> Decimal:
    """*amount* of minor units in major ones."""
    digits = iso_digits(currency) if len(currency) == 3 and currency.isalpha() else 2
    return amount.scaleb(-digits)
