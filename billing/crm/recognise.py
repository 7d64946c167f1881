"""Recognising the columns of an export, and asking where the file does not say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from billing.crm.cells import Cache, clean
from billing.crm.fields import CURRENCY_IN_TITLE, MARKS_OF_SYSTEM, MINOR, SHEETS, plain_full
from billing.crm.mapping import CONTRACTS, Mapping
from billing.crm.states import State, state_of
from billing.crm.table import Batch, Table
from billing.recognition import (
    Looks,
    Question,
    Recognised,
    matches_of,
    sample_of,
    told_by,
    unused,
)

STAGES = 60


@dataclass(frozen=True)
class Recognition(Recognised[Mapping]):
    """What was recognised; ``missing`` are fields that the export does not have, ``stages`` the
    words of the stage column, each with how it is taken."""

    missing: tuple[str, ...] = ()
    stages: tuple[tuple[str, State], ...] = ()


def recognise(table: Table, given: Mapping | None = None, sheet: str = "deals") -> Recognition:
    """The columns of *table*; those of *given* stand, where the table has them."""
    first = next(iter(table.batches()))
    samples = {title: sample_of(cells) for title, cells in zip(table.titles, first.columns,
                                                             strict=True)}  # fmt: skip
    given = given or Mapping(
        sheet=sheet, system=told_by(MARKS_OF_SYSTEM, map(plain_full, table.titles))
    )
    kept = {key: title for key, title in given.columns.items() if title in samples}
    sheet = "deals" if given.sheet == CONTRACTS else given.sheet
    fields = [each for each in SHEETS[sheet] if each.key not in given.without]
    matches, doubts = matches_of(fields, table.titles, samples, kept)
    columns = {match.field: match.title for match in matches}
    mapping = replace(given, columns=columns, sheet=_kind(given.sheet, columns, table.titles),
                      minor=given.minor or bool(MINOR.search(columns.get("amount", ""))),
                      currency=given.currency or _currency_of_title(columns))  # fmt: skip
    mapping, questions, stages = _read_through(table, mapping)
    left = unused(table.titles, columns, samples)
    missing = tuple(each.key for each in SHEETS[sheet] if each.key not in columns)
    questions = [*doubts, *questions]
    return Recognition(mapping, matches, left, tuple(questions), missing=missing, stages=stages)


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


def _read_through(
    table: Table, mapping: Mapping
) -> tuple[Mapping, list[Question], tuple[tuple[str, State], ...]]:
    """What only the whole file can tell: the order of dates, the decimal mark, the stages."""
    kinds = {each.key: each.kind for each in SHEETS["deals" if mapping.sheet == CONTRACTS else
                                                    mapping.sheet]}  # fmt: skip
    places = {title: place for place, title in enumerate(table.titles)}
    looks = Looks.at(mapping, kinds)
    words = _Words(places.get(mapping.columns.get("stage", ""), -1))
    for batch in table.batches():
        for title in looks.seen:
            looks.take(title, batch.columns[places[title]])
        words.take(batch)
    read = replace(mapping, dates=looks.orders, decimals=looks.marks)
    questions = [*looks.about_dates(), *looks.about_marks(assume=True),
                 *_about_stages(words.stages, read)]  # fmt: skip
    told = {word.casefold(): state for word, state in read.states.items()}
    stages = tuple((w, told.get(w.casefold()) or state_of(w)[0]) for w in words.stages if w)
    return read, questions, stages


class _Words:
    """The words of the stage column."""

    def __init__(self, place: int) -> None:
        self.place = place
        self.stages: dict[str, None] = {}
        self.clean = Cache(clean)

    def take(self, batch: Batch) -> None:
        if self.place >= 0 and len(self.stages) < STAGES:
            self.stages |= dict.fromkeys(self.clean.all(dict.fromkeys(batch.columns[self.place])))


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
