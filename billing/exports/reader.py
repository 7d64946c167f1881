"""An export's rows as invoices: every row is used, left out with its reason, or a fault."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from decimal import Decimal

from billing.billed import BilledLine, flagged
from billing.crm.errors import UnfitMapping, UnreadableExport
from billing.errors import Problem
from billing.exports.cells import Cells
from billing.exports.drafts import Draft, Found
from billing.exports.fields import LABELS
from billing.exports.grid import FOOTER, TOTAL, Grid, filled
from billing.exports.mapping import InvoiceMapping
from billing.exports.words import Counts, is_void, kind_of

LONGEST = 120
CREDITED = re.compile(r"invoice\s*#\s*(.+)", re.IGNORECASE)
"""How it says from which invoice a credit was created, in place of an order."""
ONE_DAY = timedelta(days=1)
TELLING = ("number", "total", "line_amount", "debit", "credit")
"""What shows that a row is no heading."""
BALANCE = re.compile(
    r"((opening|closing|beginning|ending|starting) balance|(balance )?(brought|carried) forward"
    r"|balance [bc]/f|saldovortrag|anfangssaldo|endsaldo)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reading:
    """What an export holds: ``rows`` = ``used`` + everything in ``left_out``, by its reason.

    ``flags`` are invoices that ought to be looked at.
    """

    found: tuple[Found, ...]
    rows: int
    used: int
    left_out: Mapping[str, int]
    flags: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    first_left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """How many lines the invoices have."""
        return sum(len(one.billed.lines) for one in self.found)

    @property
    def sums(self) -> dict[str, Decimal]:
        """What the invoices come to, by currency."""
        found: dict[str, Decimal] = {}
        for one in self.found:
            code = one.billed.currency
            found[code] = found.get(code, Decimal(0)) + one.billed.total
        return found


def read_invoices(grid: Grid, mapping: InvoiceMapping, zone: tzinfo | None = None) -> Reading:
    """Every invoice of *grid*.

    Raises:
        UnfitMapping: it names columns that are not there.
        UnreadableExport: rows that cannot be read, by line and column; nothing was taken over.
    """
    if not mapping.fits(grid.titles):
        raise UnfitMapping("the mapping names columns that this file does not have")
    reader = _Reader(grid, mapping, zone)
    for line, cells in grid.rows():
        reader.row(line, cells)
    return reader.reading()


class _Reader(Cells):
    def __init__(self, grid: Grid, mapping: InvoiceMapping, zone: tzinfo | None) -> None:
        super().__init__(grid, mapping, zone)
        self.grid = grid
        self.rows = self.used = 0
        self.left_out: Counter[str] = Counter()
        self.first: dict[str, int] = {}
        self.drafts: list[Draft] = []
        self.by_number: dict[str, Draft] = {}
        self.current: Draft | None = None

    # --- rows -------------------------------------------------------------------------------------

    def row(self, line: int, cells: list[str]) -> None:
        """Take one row in."""
        self.rows += 1
        if reason := self._no_data(cells):
            self._leave(reason, line)
            return
        width = self.grid.width
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            place = min(len(cells), width) + 1
            what = f"the row has {len(cells)} cells, and there are {width} column titles"
            self._fault(line, place, what, "Complete the row, or put a cell with marks in quotes")
            return
        draft = self._draft(line, cells)
        if draft is None:
            return
        if draft.out:
            self._leave(draft.out, line)
            return
        self.used += 1
        draft.last_row = line
        self._money(draft, line, cells)

    def _no_data(self, cells: list[str]) -> str:
        """Why the row is none of an invoice; empty if it is one."""
        there = filled(cells)
        if not there:
            return "blank rows"
        dated = bool(self._text(cells, "date"))
        readable = dated and not self._moment("date", self._text(cells, "date")).bad
        if tuple(c.strip() for c in cells[: self.grid.width]) == self.grid.heading:
            return "titles once more"
        if TOTAL.match(there[0]) and not readable:
            return "totals"
        if FOOTER.match(there[0]) and not readable:
            return "footer"
        if self.mapping.of == "entries" and any(BALANCE.match(cell) for cell in there):
            return "opening and closing balances"
        told = any(self._text(cells, key) for key in TELLING)
        if len(there) <= 2 and not told:
            if len(there) == 1 and cells[0].strip():
                self.above = there[0]
                return "headings of groups"
            return "rows of text"
        if len(there) == 1 and len(cells) == 1 and self.grid.width > 1:
            return "rows of text"
        return ""

    def _draft(self, line: int, cells: list[str]) -> Draft | None:
        """The invoice that the row belongs to."""
        number = self._text(cells, "number") or self._text(cells, "id")
        lines = self.mapping.level == "line"
        if not number:
            if lines and self.current is not None:
                self.current.closed = True
                return self.current
            if out := self._out(cells):
                return Draft(line, "", out=out)
            name = "reference" if self.mapping.of == "entries" else "invoice number"
            self._fault(line, self._column("number"), f"there is no {name}")
            return None
        fresh = self._header(line, cells, number)
        known = self.by_number.get(number) if lines else None
        if known is not None and known.is_of(fresh) and not (known.main and fresh.main):
            _merge(known, fresh)
            self.current = known
            return known
        self.current = self.by_number[number] = fresh
        if not fresh.out:
            self._complete(fresh, line)
            self.drafts.append(fresh)
        return fresh

    def _out(self, cells: list[str]) -> str:
        kind = self._kind(cells)
        if kind == "neither":
            return f"documents of the kind “{self._text(cells, 'type')[:40]}”"
        status = self._text(cells, "status")
        return f"documents in the state “{status[:40]}”" if is_void(status) else ""

    def _kind(self, cells: list[str]) -> Counts | None:
        word = self._text(cells, "type")
        if not word:
            return "invoice"
        told = {key.casefold(): kind for key, kind in self.mapping.kinds.items()}
        return told.get(word.casefold()) or kind_of(word)

    def _header(self, line: int, cells: list[str], number: str) -> Draft:
        """What the row tells of its invoice."""
        draft = Draft(line, number, out=self._out(cells))
        if draft.out:
            return draft
        kind = self._kind(cells)
        if kind is None:
            what = f"nobody has said whether “{self._text(cells, 'type')}” is an invoice"
            self._fault(line, self._column("type"), what)
        draft.kind = kind or "invoice"
        draft.contract = self._text(cells, "contract") or self._text(cells, "customer")
        draft.customer, draft.status = self._text(cells, "customer"), self._text(cells, "status")
        draft.refers_to = self._text(cells, "refers_to")
        if draft.kind == "credit_note" and (credited := CREDITED.match(draft.contract)):
            draft.refers_to = draft.refers_to or credited[1]
            draft.contract = draft.customer or draft.contract
        draft.issue, draft.due = self._day(line, cells, "date"), self._day(line, cells, "due")
        draft.currency = self._currency(line, cells)
        draft.main = self._is_main(cells)
        for key in ("number", "contract", "customer", "refers_to", "status"):
            if len(self._text(cells, key)) > LONGEST:
                what = f"the {LABELS[key]} has more than {LONGEST} characters"
                self._fault(line, self._column(key), what)
        return draft

    def _complete(self, draft: Draft, line: int) -> None:
        """Say what an invoice's first row lacks."""
        if draft.issue is None and self._told_nothing(line, "date"):
            name = "date" if self.mapping.of == "entries" else "invoice date"
            self._fault(line, self._column("date"), f"there is no {name}")
        if not draft.contract and self.mapping.of == "invoices":
            key = "contract" if "contract" in self.places else "customer"
            self._fault(line, self._column(key), f"there is no {LABELS[key]}")

    # --- money ------------------------------------------------------------------------------------

    def _money(self, draft: Draft, line: int, cells: list[str]) -> None:
        if not draft.currency:
            column = self._column("currency")
            self._fault(line, column, "nothing says in which currency this is")
            draft.currency = "XXX"
        main = self._is_main(cells)
        for key in ("total", "net", "tax"):
            value = (self._posted(draft, line, cells) if key == "total" and self.posted
                     else self._amount(draft, line, cells, key))  # fmt: skip
            known = getattr(draft, key)
            if known is None:
                setattr(draft, key, value)
            elif value is not None and value != known and key == "total":
                what = f"the total is {value} here and {known} above, in line {draft.row}"
                self._fault(line, self._column(key), what)
        if main or (self.mapping.level != "line" and not self.grid.indexed):
            if draft.total is None:
                draft.total = self._amount(draft, line, cells, "line_amount")
            self._periods(draft, line, cells, 0)
            self._one_line(draft, line, cells)
        else:
            most = max((len(places) for places in self.places.values()), default=1)
            for index in range(most if self.grid.indexed else 1):
                self._line(draft, line, cells, index)
        whole = "line_amount" not in self.places or self.mapping.level != "line"
        key = "debit" if self.mapping.two_sided else "total"
        if whole and draft.total is None and not draft.lines and self._told_nothing(line, key):
            self._fault(line, self._column(key), "there is no amount")

    def _one_line(self, draft: Draft, line: int, cells: list[str]) -> None:
        """The only line of an invoice whose row tells an item beside its total."""
        if "line_amount" in self.places and "total" in self.places and not self._is_main(cells):
            self._line(draft, line, cells, 0)

    def _line(self, draft: Draft, line: int, cells: list[str], index: int) -> None:
        amount = self._amount(draft, line, cells, "line_amount", index)
        tax = self._amount(draft, line, cells, "line_tax", index)
        if tax is not None:
            draft.line_tax = (draft.line_tax or Decimal(0)) + tax
        self._periods(draft, line, cells, index)
        if amount is None:
            return
        draft.lines.append(BilledLine(
            self._text(cells, "item", index)[:200], amount,
            self._amount(draft, line, cells, "quantity", index),
            self._amount(draft, line, cells, "unit_price", index),
            self._amount(draft, line, cells, "line_discount", index),
        ))  # fmt: skip

    def _periods(self, draft: Draft, line: int, cells: list[str], index: int) -> None:
        start = self._day(line, cells, "period_start", index)
        end = self._day(line, cells, "period_end", index)
        if start and end and end <= start:
            what = f"the period ends on {end - ONE_DAY}, before it starts, on {start}"
            self._fault(line, self._column("period_end", index), what)
        draft.span(start, end)

    # --- results ----------------------------------------------------------------------------------

    def _leave(self, reason: str, line: int) -> None:
        self.left_out[reason] += 1
        self.first.setdefault(reason, line)

    def reading(self) -> Reading:
        """All of it.

        Raises:
            UnreadableExport: there were faults.
        """
        for draft in self.drafts:
            if draft.total is None and not draft.lines and not self.count:
                self._fault(draft.row, self._column("total"), "there is no amount")
        if self.faults:
            raise UnreadableExport(self.grid.name, self.faults, self.count)
        found, flags = [], []
        contracts = {draft.number: draft.contract for draft in self.drafts}
        for draft in self.drafts:
            if draft.refers_to and draft.contract in ("", draft.customer):
                draft.contract = contracts.get(draft.refers_to, draft.contract)
            one, doubts = draft.finished()
            found.append(one)
            flags += doubts
        if self.mapping.of == "invoices":
            flags += flagged(one.billed for one in found)
        flags.sort(key=lambda problem: (problem.row, problem.field))
        return Reading(tuple(found), self.rows, self.used, dict(self.left_out), tuple(flags),
                       self.grid.notes, self.first)  # fmt: skip


def _merge(known: Draft, fresh: Draft) -> None:
    """Take over what a later row tells and no earlier one did."""
    known.main = known.main or fresh.main
    for name in ("customer", "status", "refers_to", "due"):
        if not getattr(known, name):
            setattr(known, name, getattr(fresh, name))
