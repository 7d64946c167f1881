"""Recognising the columns of any export, and asking where the file does not say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, Literal, Self, TypeVar

from billing.crm.amounts import UNREADABLE as NO_AMOUNT
from billing.crm.amounts import AmountColumn, DecimalMark, read_amount
from billing.crm.cells import clean
from billing.crm.dates import UNREADABLE, DateColumn, Order, read_day
from billing.crm.deals import is_currency
from billing.crm.fields import Field, Kind, plain, plain_full
from billing.mapping import ColumnMapping

Confidence = Literal["given", "certain", "likely"]
M = TypeVar("M", bound=ColumnMapping)
EXAMPLES = 3
LONG = 8
"""A title of so many letters tells its field even inside a longer one."""
MOST_SEEN = 100_000
BOTH: tuple[DecimalMark, ...] = ("point", "comma")
ORDERS = (("day", "day first: 31/12/2025"), ("month", "month first: 12/31/2025"))
MARKS = (("point", "a point: 1,234.56"), ("comma", "a comma: 1.234,56"))


@dataclass(frozen=True)
class Match:
    """A field, the column it was found in, how sure that is and why."""

    field: str
    label: str
    title: str
    confidence: Confidence
    why: str


@dataclass(frozen=True)
class Column:
    """A column that was not recognised, with some of what it holds."""

    title: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """What the file does not say. Without ``assumed``, what hangs on it is left out until told."""

    key: str
    column: str
    text: str
    choices: tuple[tuple[str, str], ...]
    assumed: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Recognised(Generic[M]):
    """The mapping, where it comes from, what was not recognised, and what must be asked."""

    mapping: M
    matches: tuple[Match, ...]
    unrecognised: tuple[Column, ...]
    questions: tuple[Question, ...]
    lacking: tuple[str, ...] = ()
    """What nothing can be read without, in words."""

    @property
    def settled(self) -> M:
        """The mapping with what is assumed until somebody says otherwise."""
        found = self.mapping
        for question in self.questions:
            if question.assumed and not question.key.startswith("column:"):
                found = found.answered(question.key, question.assumed)
        return found

    @property
    def ready(self) -> bool:
        """Whether the file can be read as it stands."""
        return not self.lacking and all(question.assumed for question in self.questions)


@dataclass(frozen=True)
class Known(Generic[M]):
    """How a file was read before: its mapping, its titles, its name."""

    mapping: M
    titles: frozenset[str]
    file: str

    def same(self, titles: Iterable[str]) -> bool:
        """Whether these are the titles of that file."""
        return self.titles == frozenset(titles)


def known_for(kept: Sequence[Known[M]], titles: Sequence[str]) -> Known[M] | None:
    """How a file with *titles* was read before: the newest with just these titles, else the newest
    all of whose columns it has. *kept* goes from the newest to the oldest."""
    alike = (one for one in kept if one.same(titles))
    return next(alike, None) or next((one for one in kept if one.mapping.fits(titles)), None)


def standing(matches: Iterable[Match], known: Known[M] | None) -> tuple[Match, ...]:
    """Of *matches* what was given, and what was found in columns that *known* had not."""
    return tuple(
        match for match in matches
        if match.confidence == "given" or (known and match.title not in known.titles)
    )  # fmt: skip


def told_by(marks: AnyMapping[str, frozenset[str]], seen: Iterable[str]) -> str:
    """The system whose titles are among *seen*, by two of its own at least."""
    names = set(seen)
    best = max(marks, key=lambda name: len(marks[name] & names))
    return best if len(marks[best] & names) >= 2 else "plain"


def sample_of(cells: Iterable[str]) -> list[str]:
    """Some of the different values of *cells*, without what stands for nothing."""
    return [text for text in map(clean, dict.fromkeys(cells)) if text][:200]


def unused(
    titles: Iterable[str], columns: AnyMapping[str, str], samples: AnyMapping[str, Sequence[str]]
) -> tuple[Column, ...]:
    """The columns that are no field's, each with some of what it holds."""
    used = set(columns.values())
    return tuple(Column(t, tuple(samples[t][:EXAMPLES])) for t in titles if t not in used)


# --- which column is what -------------------------------------------------------------------------


def matches_of(
    fields: Sequence[Field], titles: Sequence[str], samples: dict[str, list[str]],
    kept: dict[str, str],
) -> tuple[tuple[Match, ...], list[Question]]:  # fmt: skip
    """Each field's best column, exact titles first; and titles whose cells hold something else."""
    taken = set(kept.values())
    found: dict[str, tuple[str, Confidence, str]] = {
        key: (title, "given", "as kept or corrected") for key, title in kept.items()
    }
    doubts: list[Question] = []
    for exact in (True, False):
        for each in fields:
            if each.key in found:
                continue
            for title in _candidates(each, titles, exact=exact):
                if title in taken:
                    continue
                if exact and not _agrees(each, samples[title]):
                    doubts.append(_doubt(each, title, samples[title]))
                elif _agrees(each, samples[title]):
                    taken.add(title)
                    why = "the title says so" if exact else "the title comes near, the cells agree"
                    found[each.key] = (title, "certain" if exact else "likely", why)
                    break
    labels = {each.key: each.label for each in fields}
    matches = tuple(
        Match(key, labels[key], title, confidence, why)
        for key, (title, confidence, why) in sorted(found.items(), key=lambda i: i[0])
        if key in labels
    )
    return matches, [q for q in doubts if q.column not in taken and q.key not in found]


def _candidates(each: Field, titles: Sequence[str], *, exact: bool) -> list[str]:
    ranked = []
    for place, title in enumerate(titles):
        for name in {plain(title), plain_full(title)}:
            ranks = [
                rank for rank, known in enumerate(each.titles)
                if (name == known if exact else len(known) >= LONG and known in name)
            ]  # fmt: skip
            if ranks:
                ranked.append((ranks[0], place, title))
    return [title for _, _, title in sorted(ranked)]


def _agrees(each: Field, sample: Sequence[str]) -> bool:
    """Whether at least half of what the column holds is of the field's kind."""
    if each.key == "currency":
        return not sample or sum(1 for text in sample if is_currency(text)) * 2 >= len(sample)
    if not sample or each.kind in {"text", "flag", "number"}:
        return True
    if each.kind == "date":
        good = sum(1 for text in sample if read_day(text, None) != UNREADABLE)
    else:
        sign = "%" if each.kind == "share" else ""
        good = sum(1 for text in sample if _is_amount(text.removesuffix(sign).strip()))
    return good * 2 >= len(sample)


def _is_amount(text: str) -> bool:
    return any(read_amount(text, mark).value is not NO_AMOUNT for mark in BOTH)


def _doubt(each: Field, title: str, sample: Sequence[str]) -> Question:
    held = ", ".join(f"“{text[:30]}”" for text in sample[:EXAMPLES])
    text = f"The column “{title}” is titled like the {each.label}, but holds {held}. Is it that?"
    return Question(f"column:{each.key}", title, text, ((title, "yes"), ("", "no")), assumed="")


# --- orders of dates and decimal marks ------------------------------------------------------------


@dataclass(frozen=True)
class Looks:
    """What columns of dates and of amounts say of themselves, by title; ``seen`` is what they hold,
    as it is written."""

    given: ColumnMapping
    dates: dict[str, DateColumn]
    amounts: dict[str, AmountColumn]
    seen: dict[str, set[str]]

    @classmethod
    def at(cls, given: ColumnMapping, kinds: AnyMapping[str, Kind], but: str = "") -> Self:
        """Ready to look at the columns of *given*, save the one called *but*."""
        by = [(kinds.get(key), t) for key, t in given.columns.items() if t != but]
        dates = {title: DateColumn(title) for kind, title in by if kind == "date"}
        amounts = {title: AmountColumn(title) for kind, title in by if kind in ("amount", "share")}
        return cls(given, dates, amounts, {title: set() for title in (*dates, *amounts)})

    def take(self, title: str, cells: Iterable[str]) -> None:
        """Take what the column *title* holds into account; each value once."""
        seen = self.seen[title]
        fresh = [text for text in cells if text not in seen]
        if not fresh:
            return
        fresh = list(dict.fromkeys(fresh))
        if len(seen) < MOST_SEEN:
            seen.update(fresh)
        look = self.dates.get(title) or self.amounts[title]
        look.look(text for text in map(clean, fresh) if text)

    @property
    def orders(self) -> dict[str, Order]:
        """The orders that the file proves, or that are given."""
        proved = {title: look.order for title, look in self.dates.items() if look.order}
        return dict(self.given.dates) | proved

    @property
    def marks(self) -> dict[str, DecimalMark]:
        """The decimal mark of every column of amounts."""
        return dict(self.given.decimals) | {title: self.mark(title) for title in self.amounts}

    def mark(self, title: str) -> DecimalMark:
        """The decimal mark of one column: proved, given, as elsewhere in the file, or assumed."""
        look, given = self.amounts[title], self.given.decimals.get(title)
        proved = look.mark if look.point or look.comma else None
        return proved or given or look.mark or self.other_mark or look.assumed

    @property
    def other_mark(self) -> DecimalMark | None:
        """The mark that columns of the file prove, if they agree."""
        proved = {look.mark for look in self.amounts.values()
                  if look.mark and (look.point or look.comma)}  # fmt: skip
        return proved.pop() if len(proved) == 1 else None

    def about_dates(self) -> Iterator[Question]:
        """Which number is the day, where the file does not tell."""
        proved = {look.order for look in self.dates.values() if look.order}
        hint = f"Other dates of the file are {min(proved)} first." if len(proved) == 1 else ""
        for title, look in self.dates.items():
            if title in self.given.dates:
                continue
            if look.mixed:
                text = (
                    f"The column “{title}” mixes both orders: “{look.day_example}” can only be day"
                    f" first, “{look.month_example}” only month first. Which holds for the others?"
                )
                yield Question(f"date:{title}", title, text, ORDERS)
            elif look.must_be_asked:
                text = (
                    f"Is “{look.example}” in the column “{title}” day first or month first?"
                    " No date in it has a day beyond 12 to tell."
                )
                yield Question(f"date:{title}", title, text, ORDERS, hint=hint)

    def about_marks(self, *, assume: bool = False) -> Iterator[Question]:
        """Which mark stands before decimals, where the file does not tell; with *assume* an answer
        is taken for granted until somebody gives another."""
        for title, look in self.amounts.items():
            if title in self.given.decimals or look.mark is not None:
                continue
            assumed = look.assumed if assume else ""
            if look.mixed:
                text = (
                    f"The column “{title}” has both decimal marks: “{look.point_example}” and"
                    f" “{look.comma_example}”. Which one stands before the decimals?"
                )
                yield Question(f"decimal:{title}", title, text, MARKS, assumed)
            elif not self.other_mark:
                so = " It was read as thousands." if assume else ""
                text = (
                    f"In “{look.example}” of the column “{title}”, does the mark separate thousands"
                    f" or decimals?{so}"
                )
                yield Question(f"decimal:{title}", title, text, MARKS, assumed)


def columns_said(mapping: ColumnMapping) -> tuple[Question, ...]:
    """What is told of columns one by one, each with the answer that stands."""
    said = {"date": ("Dates in “{}” are", ORDERS),
            "decimal": ("Before decimals in “{}” stands", MARKS)}  # fmt: skip
    return tuple(
        Question(f"{kind}:{of}", of, text.format(of), choices, value)
        for kind, (text, choices) in said.items()
        for of, value in getattr(mapping, mapping.ASKED[kind]).items()
    )


def same_day_of_month(one: int, two: int) -> bool:
    """Whether two days, by their numbers, have the same day of month; none after year 9999 has."""
    last = date.max.toordinal()
    return max(one, two) <= last and date.fromordinal(one).day == date.fromordinal(two).day
