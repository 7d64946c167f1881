"""Recognising the columns of an export, and asking where the file does not say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from billing.crm.amounts import UNREADABLE as NO_AMOUNT
from billing.crm.amounts import AmountColumn, DecimalMark, read_amount
from billing.crm.cells import KEPT, Cache, clean
from billing.crm.dates import UNREADABLE, DateColumn, read_day
from billing.crm.deals import is_currency
from billing.crm.fields import (
    CURRENCY_IN_TITLE,
    MARKS_OF_SYSTEM,
    MINOR,
    SHEETS,
    Field,
    plain,
    plain_full,
)
from billing.crm.mapping import CONTRACTS, Mapping
from billing.crm.states import State, state_of
from billing.crm.table import Batch, Table

Confidence = Literal["given", "certain", "likely"]
EXAMPLES = 3
LONG = 8
"""A title of so many letters tells its field even inside a longer one."""
STAGES = 60
BOTH: tuple[DecimalMark, ...] = ("point", "comma")


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
class Recognition:
    """The mapping, where it comes from, what was not recognised, and what must be asked."""

    mapping: Mapping
    matches: tuple[Match, ...]
    unrecognised: tuple[Column, ...]
    questions: tuple[Question, ...]
    missing: tuple[str, ...]
    """Fields that the export does not have."""
    stages: tuple[tuple[str, State], ...] = ()
    """The words of the stage column, each with how it is taken."""


def recognise(table: Table, given: Mapping | None = None, sheet: str = "deals") -> Recognition:
    """The columns of *table*; those of *given* stand, where the table has them."""
    first = next(iter(table.batches()))
    samples = {title: sample_of(cells) for title, cells in zip(table.titles, first.columns,
                                                             strict=True)}  # fmt: skip
    given = given or Mapping(sheet=sheet, system=_system(table.titles))
    kept = {key: title for key, title in given.columns.items() if title in samples}
    sheet = "deals" if given.sheet == CONTRACTS else given.sheet
    fields = [each for each in SHEETS[sheet] if each.key not in given.without]
    matches, doubts = matches_of(fields, table.titles, samples, kept)
    columns = {match.field: match.title for match in matches}
    mapping = replace(given, columns=columns, sheet=_kind(given.sheet, columns, table.titles),
                      minor=given.minor or bool(MINOR.search(columns.get("amount", ""))),
                      currency=given.currency or _currency_of_title(columns))  # fmt: skip
    mapping, questions, stages = _read_through(table, mapping)
    used = set(columns.values())
    left = tuple(Column(t, tuple(samples[t][:EXAMPLES])) for t in table.titles if t not in used)
    missing = tuple(each.key for each in SHEETS[sheet] if each.key not in columns)
    return Recognition(mapping, matches, left, (*doubts, *questions), missing, stages)


def sample_of(cells: Iterable[str]) -> list[str]:
    """Some of the different values of *cells*, without what stands for nothing."""
    return [text for text in map(clean, dict.fromkeys(cells)) if text][:200]


def _system(titles: Sequence[str]) -> str:
    seen = {plain_full(title) for title in titles}
    best = max(MARKS_OF_SYSTEM, key=lambda name: len(MARKS_OF_SYSTEM[name] & seen))
    return best if len(MARKS_OF_SYSTEM[best] & seen) >= 2 else "plain"


def _kind(sheet: str, columns: dict[str, str], titles: Sequence[str]) -> str:
    if sheet != "deals":
        return sheet
    seen = {plain_full(title) for title in titles}
    contract = bool(seen & {"contractnumber", "contractid", "contract", "contractno"})
    dealless = not seen & {"opportunityid", "dealname", "opportunityname", "dealstage"}
    termed = "term_start" in columns and "close" not in columns
    return CONTRACTS if dealless and (contract or termed) else sheet


def _currency_of_title(columns: dict[str, str]) -> str:
    found = CURRENCY_IN_TITLE.search(columns.get("amount", ""))
    named = (found[1] or found[2]) if found else ""
    return {"€": "EUR", "£": "GBP", "¥": "JPY", "$": "$"}.get(named, named)


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
        good = sum(1 for text in sample if _is_amount(text))
    return good * 2 >= len(sample)


def _is_amount(text: str) -> bool:
    return any(read_amount(text, mark).value is not NO_AMOUNT for mark in BOTH)


def _doubt(each: Field, title: str, sample: Sequence[str]) -> Question:
    held = ", ".join(f"“{text[:30]}”" for text in sample[:EXAMPLES])
    text = f"The column “{title}” is titled like the {each.label}, but holds {held}. Is it that?"
    return Question(f"column:{each.key}", title, text, ((title, "yes"), ("", "no")), assumed="")


def _read_through(
    table: Table, mapping: Mapping
) -> tuple[Mapping, list[Question], tuple[tuple[str, State], ...]]:
    """What only the whole file can tell: the order of dates, the decimal mark, the stages."""
    kinds = {each.key: each.kind for each in SHEETS["deals" if mapping.sheet == CONTRACTS else
                                                    mapping.sheet]}  # fmt: skip
    places = {title: place for place, title in enumerate(table.titles)}
    dates, amounts = {}, {}
    for key, title in mapping.columns.items():
        if kinds.get(key) == "date":
            dates[title] = DateColumn(title)
        elif kinds.get(key) == "amount":
            amounts[title] = AmountColumn(title)
    looked: dict[str, DateColumn | AmountColumn] = {**dates, **amounts}
    looks = _Looks([(places[t], look) for t, look in looked.items()],
                   places.get(mapping.columns.get("stage", ""), -1))  # fmt: skip
    for batch in table.batches():
        looks.take(batch)
    orders = {t: look.order for t, look in dates.items() if look.order} | dict(mapping.dates)
    marks = {t: look.mark or look.assumed for t, look in amounts.items()} | dict(mapping.decimals)
    read = replace(mapping, dates=orders, decimals=marks)
    questions = [*_about_dates(dates, mapping), *_about_amounts(amounts, mapping),
                 *_about_stages(looks.stages, read)]  # fmt: skip
    told = {word.casefold(): state for word, state in read.states.items()}
    stages = tuple((w, told.get(w.casefold()) or state_of(w)[0]) for w in looks.stages if w)
    return read, questions, stages


class _Looks:
    def __init__(self, columns: list[tuple[int, DateColumn | AmountColumn]], stage: int) -> None:
        self.columns = [(place, look, set[str]()) for place, look in columns]
        self.stage = stage
        self.stages: dict[str, None] = {}
        self.clean = Cache(clean)

    def take(self, batch: Batch) -> None:
        for place, look, seen in self.columns:
            new = [text for text in dict.fromkeys(batch.columns[place]) if text not in seen]
            look.look(map(clean, new))
            if len(seen) < KEPT:
                seen.update(new)
        if self.stage >= 0 and len(self.stages) < STAGES:
            self.stages |= dict.fromkeys(self.clean.all(dict.fromkeys(batch.columns[self.stage])))


ORDERS = (("day", "day first: 31/12/2025"), ("month", "month first: 12/31/2025"))
MARKS = (("point", "a point: 1,234.56"), ("comma", "a comma: 1.234,56"))


def _about_dates(dates: dict[str, DateColumn], given: Mapping) -> Iterable[Question]:
    proved = {look.order for look in dates.values() if look.order}
    for title, look in dates.items():
        if title in given.dates:
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
            hint = ""
            if len(proved) == 1:
                hint = f"Other dates of the file are {proved.pop()} first."
                proved = {look.order for look in dates.values() if look.order}
            yield Question(f"date:{title}", title, text, ORDERS, hint=hint)


def _about_amounts(amounts: dict[str, AmountColumn], given: Mapping) -> Iterable[Question]:
    for title, look in amounts.items():
        if title in given.decimals or look.mark is not None:
            continue
        if look.mixed:
            text = (
                f"The column “{title}” has both decimal marks: “{look.point_example}” and"
                f" “{look.comma_example}”. Which one stands before the decimals?"
            )
        else:
            text = (
                f"In “{look.example}” of the column “{title}”, does the mark separate thousands"
                " or decimals? It was read as thousands."
            )
        yield Question(f"decimal:{title}", title, text, MARKS, assumed=look.assumed)


NO_STAGE = (
    "Which column says whether a deal is won? None was recognised, so no missing value can be"
    " called a gap in billing."
)


def _about_stages(stages: Iterable[str], mapping: Mapping) -> Iterable[Question]:
    choices = (("won", "won"), ("lost", "lost"), ("open", "open"))
    if "stage" not in mapping.columns:
        if "won" not in mapping.columns and mapping.sheet == "deals":
            yield Question("column:stage", "", NO_STAGE, ())
        return
    title = mapping.columns["stage"]
    told = {stage.casefold() for stage in mapping.states}
    for stage in stages:
        state, known = state_of(stage)
        if not known and stage.casefold() not in told:
            text = f"Is a deal of the stage “{stage}” won, lost or open? It was taken as {state}."
            yield Question(f"stage:{stage}", title, text, choices, assumed=state)
