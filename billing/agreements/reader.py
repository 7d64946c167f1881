"""A contract export's rows as terms: every row is used, left out with its reason, or refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from billing.agreements.fields import ITEMS, LABELS, series
from billing.agreements.gathering import HEAD, TERM, Group, own_dates, span_of
from billing.agreements.lines import LineDraft, line_of
from billing.agreements.mapping import ContractMapping
from billing.agreements.row import Row, Unfit
from billing.agreements.tiers import has_tiers
from billing.agreements.words import NOT_BILLED, payment_of
from billing.conventions import DEFAULT, Conventions
from billing.crm.cells import clean
from billing.crm.errors import UnfitMapping
from billing.crm.table import Table
from billing.errors import Problem


@dataclass(frozen=True)
class Drafted:
    """The terms that rows come to. ``row`` is the line of the first in the file."""

    row: int
    number: str
    terms: dict[str, Any]
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Reading:
    """``rows`` = the rows of ``contracts``, those of ``problems``, and what was left out."""

    contracts: tuple[Drafted, ...]
    problems: tuple[Problem, ...]
    rows: int
    left_out: Mapping[str, int]
    refused_rows: int


def read_contracts(
    table: Table, mapping: ContractMapping, told: Callable[[int], None] = lambda _: None,
    *, exclusive: bool = False, conventions: Conventions = DEFAULT,
) -> Reading:  # fmt: skip
    """Every contract of *table*; *told* hears how many rows were read. With *exclusive* the terms
    name the day after the last one as their end.

    Raises:
        UnfitMapping: it names columns that are not there.
    """
    if not mapping.fits(table.titles):
        raise UnfitMapping("the mapping names columns that this file does not have")
    reader = _Reader(table, mapping, conventions, exclusive=exclusive)
    for batch in table.batches():
        for line, cells in zip(batch.lines, zip(*batch.columns, strict=True), strict=True):
            reader.row(line, cells)
        told(reader.rows)
    return reader.reading()


class _Reader:
    def __init__(
        self, table: Table, mapping: ContractMapping, conventions: Conventions, *, exclusive: bool
    ) -> None:
        self.mapping, self.conventions, self.exclusive = mapping, conventions, exclusive
        places = {key: series(key, title, table.titles) for key, title in mapping.columns.items()}
        self.places = [(key, those[0]) for key, those in places.items()]
        self.series = [(key, those) for key, those in places.items() if len(those) > 1]
        self.rows = 0
        self.left_out: Counter[str] = Counter()
        self.groups: dict[str, Group] = {}
        self.lost: list[Problem] = []

    def row(self, line: int, cells: tuple[str, ...]) -> None:
        """Take one row in."""
        self.rows += 1
        texts = {key: clean(cells[place]) for key, place in self.places}
        more = {key: [clean(cells[place]) for place in places] for key, places in self.series}
        if reason := self._left_out(texts):
            self.left_out[reason] += 1
            return
        number = texts.get("number", "")[:80]
        if not number:
            self.lost.append(Problem(line, "", LABELS["number"], "there is no contract number"))
            return
        self._keep(Row(line, texts, self.mapping, more), number, cells)

    def _left_out(self, texts: dict[str, str]) -> str:
        if not any(texts.values()):
            return "blank rows"
        status = texts.get("status", "")
        return f"contracts in the state “{status[:40]}”" if NOT_BILLED.match(status) else ""

    def _keep(self, row: Row, number: str, cells: tuple[str, ...]) -> None:
        group = self.groups.get(number)
        problems: list[Problem] = []
        if group is not None:
            row = _continued(row, group)
        head = self._part(row, number, self._head, problems)
        lines = self._part(row, number, self._lines, problems)
        if group is None:
            texts = {key: row.text(key) for key in HEAD}
            group = self.groups[number] = Group(number, head or {}, texts)
        elif cells in group.seen:
            what = f"the row stands twice; the first is on line {group.rows[0]}"
            problems.append(Problem(row.line, number, LABELS["number"], what))
        elif head is not None and group.head:
            problems += self._contradicts(row.line, head, group)
        group.rows.append(row.line)
        group.seen.add(cells)
        group.problems += problems
        if head is not None:
            span = span_of(head, exclusive=self.exclusive)
            group.spans.append(span)
            for line in lines or ():
                self._date(line, span)
        for line in lines or ():
            group.add(line)

    def _contradicts(self, line: int, head: dict[str, Any], group: Group) -> Iterator[Problem]:
        own = TERM if self.mapping.own_dates == "line" else ()
        shared = [key for key in HEAD if key not in own]
        other = next((key for key in shared if head.get(key) != group.head.get(key)), "")
        if other:
            what = (
                f"line {group.rows[0]} has the same number with another {LABELS[other]}: two"
                " contracts with one number, or one that contradicts itself"
            )
            yield Problem(line, group.number, LABELS["number"], what)

    def _date(self, line: LineDraft, span: Any) -> None:
        start, end = own_dates(line.row, exclusive=self.exclusive)
        if self.mapping.own_dates == "line":
            start, end = start or span[0], end or span[1]
        line.ends = (start, end)

    def _part(
        self, row: Row, number: str, part: Callable[[Row], Any], problems: list[Problem]
    ) -> Any:  # fmt: skip
        try:
            return part(row)
        except Unfit as error:
            problems.append(Problem(row.line, number, LABELS[error.field], error.what))
            return None

    def _lines(self, row: Row) -> list[LineDraft]:
        own_dates(row, exclusive=self.exclusive)  # so that what is wrong with them is told here
        return [line_of(each, exclusive=self.exclusive) for each in _beside(row)]

    def _head(self, row: Row) -> dict[str, Any]:
        start, end = row.day("start"), row.day("end")
        if start is None:
            raise Unfit("start", "there is no start")
        if end is not None:
            end += timedelta(days=self.exclusive - (self.mapping.ends == "day_after"))
        head: dict[str, Any] = {
            "customer": row.text("customer")[:200], "currency": row.currency(),
            "start": start.isoformat(), "end": end.isoformat() if end else None,
            "months": None if end else row.months(), "payment_terms": _payment(row),
        }  # fmt: skip
        return {key: value for key, value in head.items() if value not in (None, "")}

    def reading(self) -> Reading:
        """What the rows came to."""
        contracts, problems, refused = [], list(self.lost), len(self.lost)
        for group in self.groups.values():
            if self.mapping.own_dates == "line" and not group.problems:
                group.widen()
            terms = {} if group.problems else group.terms(
                self.conventions, exclusive=self.exclusive)  # fmt: skip
            if terms:
                rows = tuple(group.rows)
                contracts.append(Drafted(rows[0], group.number, terms, rows))
            else:
                problems += group.problems
                refused += len(group.rows)
        problems.sort(key=lambda problem: problem.row)
        return Reading(tuple(contracts), tuple(problems), self.rows, dict(self.left_out), refused)


def _continued(row: Row, group: Group) -> Row:
    """A later row of a contract: what its head leaves blank is as above, and so is the whole line
    in a row that only adds a tier."""
    texts = dict(row.texts)
    before = group.lines[-1] if group.lines else None
    tier = before is not None and has_tiers(row) and row.text("item") in ("", before.item)
    if tier and before is not None:
        same = {k: v for k, v in before.row.texts.items() if v and not k.startswith("tier_")}
        texts = same | {k: v for k, v in texts.items() if v or k.startswith("tier_")}
    told = any(texts.get(key) for key in TERM)
    for key, text in group.texts.items():
        if key in texts and not (key in TERM and told):
            texts[key] = texts[key] or text
    return row.with_texts(texts)


def _beside(row: Row) -> Iterator[Row]:
    """The row once for every line that stands in its numbered columns."""
    if not row.more:
        yield row
        return
    count = max((len(row.all(key)) for key in ITEMS), default=1)
    for place in range(count):
        cells = {key: row.all(key)[place] if place < len(row.all(key)) else "" for key in ITEMS
                 if key in row.more}  # fmt: skip
        if not place or any(cells.values()):
            yield row.with_texts({**row.texts, **cells})


def _payment(row: Row) -> list[dict[str, Any]] | None:
    text = row.text("payment_terms")
    found = payment_of(text) if text else None
    if text and found is None:
        raise Unfit("payment_terms", f"“{text[:40]}” are no payment terms that are known")
    return [found] if found else None
