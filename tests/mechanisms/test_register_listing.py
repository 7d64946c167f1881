"""What of a register a page shows, and tables out and in: whatever goes out comes back the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from phases.core.db import Base
from phases.core.errors import BadValue
from phases.core.models import Contact
from phases.mechanisms import spreadsheet
from phases.mechanisms.register import imports, queries, services, tables
from phases.mechanisms.register.listing import Asked, listing, page_of
from phases.mechanisms.register.models import Row
from phases.mechanisms.situation import Situation
from phases.mechanisms.spreadsheet import ImportRefused
from playbook.models import Register
from tests.mechanisms.ledger import (
    FACTS,
    FIRST,
    GAPS,
    LOG,
    MOST,
    fact,
    playbook,
    situation,
    stored,
)

REGISTER = playbook().get(FACTS, Register)


def seen(*rows: Row) -> list[queries.RowView]:
    """These rows as a page sees them, the seed gone."""
    away = fact(900, seed=FIRST, state="gone", title="Away", values={})
    s = situation(rows={FACTS: [away, *rows]})
    return [view for view in queries.row_views(s, REGISTER) if view.title != "Away"]


ROWS = seen(
    fact(1, title="Beta", values={"fact": "Beta", "kind": "cash", "amount": "USD 20"}, owner="u1"),
    fact(2, title="alpha", values={"fact": "alpha", "kind": "tax", "amount": "100"}, state="done"),
    fact(3, title="Gamma", values={"fact": "Gamma", "note": "See Beta"}, standing="CONFIRMED",
         due=date(2026, 11, 1)),
)  # fmt: skip


def titles(**args: str) -> list[str]:
    return [row.title for row in listing(REGISTER, ROWS, Asked.of(REGISTER, args)).rows]


@pytest.mark.parametrize(
    ("args", "found"),
    [
        ({}, ["Beta", "alpha", "Gamma"]),
        ({"state": "done"}, ["alpha"]),
        ({"state": "overdue"}, ["Gamma"]),
        ({"due": "overdue"}, ["Gamma"]),
        ({"owner": "u1"}, ["Beta"]),
        ({"owner": "nobody"}, ["alpha", "Gamma"]),
        ({"c_kind": "tax"}, ["alpha"]),
        ({"standing": "CONFIRMED"}, ["Gamma"]),
        ({"q": "beta"}, ["Beta", "Gamma"]),
        ({"q": "beta see"}, ["Gamma"]),
        ({"q": "ann"}, ["Beta"]),
        ({"q": "beta", "state": "open", "owner": "u1"}, ["Beta"]),
        ({"state": "no such"}, []),
        ({"c_amount": "20"}, ["Beta", "alpha", "Gamma"]),
        ({"unknown": "x"}, ["Beta", "alpha", "Gamma"]),
        ({"sort": "title"}, ["alpha", "Beta", "Gamma"]),
        ({"sort": "-title"}, ["Gamma", "Beta", "alpha"]),
        ({"sort": "amount"}, ["Beta", "alpha", "Gamma"]),
        ({"sort": "-amount"}, ["alpha", "Beta", "Gamma"]),
        ({"sort": "due"}, ["Gamma", "Beta", "alpha"]),
        ({"sort": "-kind"}, ["alpha", "Beta", "Gamma"]),
        ({"sort": "state"}, ["Beta", "Gamma", "alpha"]),
        ({"sort": "owner"}, ["Beta", "alpha", "Gamma"]),
        ({"sort": "nothing"}, ["Beta", "alpha", "Gamma"]),
        ({"page": "9"}, ["Beta", "alpha", "Gamma"]),
        ({"page": "-1"}, ["Beta", "alpha", "Gamma"]),
        ({"page": "x"}, ["Beta", "alpha", "Gamma"]),
    ],
)
def test_the_address_says_what_is_shown(args: dict[str, str], found: list[str]) -> None:
    assert titles(**args) == found


def counts(**args: str) -> dict[str, dict[str, int]]:
    shown = listing(REGISTER, ROWS, Asked.of(REGISTER, args))
    return {facet.name: {o.value: o.count for o in facet.options} for facet in shown.facets}


def test_every_filter_says_how_many_rows_it_would_leave() -> None:
    assert counts() == {
        "state": {"open": 2, "done": 1}, "c_kind": {"cash": 1, "tax": 1},
        "owner": {"nobody": 2, "u1": 1}, "standing": {"ASSUMED": 2, "CONFIRMED": 1},
        "due": {"overdue": 1},
    }  # fmt: skip


def test_counts_are_beside_the_other_filters_and_what_is_chosen_stays() -> None:
    found = counts(state="open", q="beta")
    assert found["state"] == {"open": 2}
    assert found["owner"] == {"nobody": 1, "u1": 1}
    assert counts(state="done", owner="u1")["state"] == {"open": 1, "done": 0}


def test_fifty_rows_a_page_and_a_row_is_found_on_its_page() -> None:
    many = seen(*(fact(n) for n in range(1, 102)))
    shown = listing(REGISTER, many, Asked({}, page=3))
    assert (len(shown.rows), shown.first, shown.last, shown.pages, shown.found) == (
        1, 101, 101, 3, 101,
    )  # fmt: skip
    assert page_of(REGISTER, many, Asked({}), "r51") == 2
    assert page_of(REGISTER, many, Asked({"state": "done"}), "r51") is None


# --- tables --------------------------------------------------------------------------------------


def brought_in(s: Situation, text: str, key: str = FACTS) -> imports.Imported:
    assert s.records.session is not None
    rows = spreadsheet.rows_of_text(text)
    return imports.import_rows(s.records.session, s, "u1", key, rows)


@pytest.fixture
def kept(store: Session) -> Situation:
    return stored(store)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Fact,Nonsense\nA,1", "Line 1: no column is called “Nonsense”"),
        ("Fact,Kind\nA,Colour", "Line 2, Kind: “Colour” is none of Cash, Tax."),
        ("Fact,,Kind\nA,loose,cash", "Line 2: “loose” stands under no column."),
        ("Fact,State\nA,Nowhere", "Line 2, State: “Nowhere” is none of Open, Done, Gone."),
        ("Fact,Owner\nA,Zoe", "Line 2, Owner: Choose somebody"),
        ("Ref,Fact\nr77,A", "Line 2, Ref: no fact is called “r77”"),
        ("Fact,State\nA,Done", "Line 2, State: “A” cannot be done without “Proof” and an owner."),
        ("Fact,Due\nA,soon", "Line 2, Due: “soon” is not a date"),
        ("Fact\tFact\nA\tB", "Line 1: the column “Fact” stands twice."),
        ("Kind\ncash", "Line 2, Fact: Enter fact."),
    ],
)
def test_a_table_that_does_not_fit_is_refused_by_line_and_column(
    kept: Situation, text: str, problem: str
) -> None:
    with pytest.raises(ImportRefused) as refused:
        brought_in(kept, text)
    assert refused.value.problems[0].startswith(problem)
    assert [row.title for row in queries.row_views(kept, REGISTER)] == ["First fact"]


def test_one_bad_line_keeps_all_out(kept: Situation) -> None:
    with pytest.raises(ImportRefused):
        brought_in(kept, "Fact,Amount\nGood,5\nBad,lots\n")
    assert len(queries.row_views(kept, REGISTER)) == 1


def test_a_link_to_another_engagement_is_refused_by_line(store: Session, kept: Situation) -> None:
    other = stored(store, 2, "other")
    theirs = services.add_row(store, other, "u1", FACTS, values={"fact": "Theirs"})
    with pytest.raises(ImportRefused) as refused:
        brought_in(kept, f"Gap,Rests on\nA,{FACTS}/r{theirs.id}\n", GAPS)
    assert refused.value.problems[0].startswith("Line 2, Rests on: there is no")


def test_what_only_grows_takes_new_lines_only(store: Session, kept: Situation) -> None:
    row = services.add_row(store, kept, "u1", LOG, values={"what": "Wrote"})
    assert brought_in(kept, f"Ref,What\nr{row.id},Wrote\n,More\n", LOG).added == 1
    with pytest.raises(ImportRefused, match="stays as it was written"):
        brought_in(kept, f"Ref,What\nr{row.id},Rewrote\n", LOG)


def test_an_owner_whose_name_two_have_is_told_by_ref(store: Session, kept: Situation) -> None:
    store.add(Contact(engagement_id=1, name="Ann Architect", email="x@acme.test", role="it_lead"))
    store.flush()
    kept.records.forget("contacts", "people")
    with pytest.raises(ImportRefused, match=r"Ann Architect \(u1\) or Ann Architect \(c2\)"):
        brought_in(kept, "Fact,Owner\nA,Ann Architect\n")
    assert brought_in(kept, "Fact,Owner\nA,Ann Architect (c2)\n").added == 1
    assert queries.row_views(kept, REGISTER)[-1].owner == "c2"


def test_a_preview_changes_nothing_and_tells_what_it_would_do(kept: Situation) -> None:
    rows = spreadsheet.rows_of_text(f"Ref,Fact,Hours\n{FIRST},First fact,\n,New,5\n,Bad,x\n")
    plans = imports.plan_rows(kept, REGISTER, rows)
    assert [(p.view is None, p.changes, len(p.problems)) for p in plans] == [
        (False, False, 0), (True, True, 0), (True, True, 1),
    ]  # fmt: skip
    assert len(queries.row_views(kept, REGISTER)) == 1


def test_columns_of_every_register_of_the_playbook_are_told_apart(library: Any) -> None:
    for register in library.latest("q2c").registers:
        names = [title.casefold() for title in tables.columns_of(register).values()]
        assert len(names) == len(set(names)), register.key


WORDS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("=+-@\t'\"\n\r;,[]/0 "), max_size=30
)
DATES = st.dates(date(1950, 1, 1), date(2100, 1, 1)).map(date.isoformat)
AMOUNTS = st.decimals(-(10**12), 10**12, places=3, allow_nan=False, allow_infinity=False).map(
    lambda number: format(number, "f")
)
VALUES = st.fixed_dictionaries(
    {"fact": WORDS.filter(lambda text: bool(text.strip("\x00 ")))},
    optional={
        "kind": st.sampled_from(["cash", "tax"]), "note": WORDS, "found": DATES,
        "amount": st.builds("{}{}".format, st.sampled_from(["", "USD "]), AMOUNTS),
        "share": st.integers(0, 100).map(str), "hours": AMOUNTS, "sure": st.booleans(),
        "proof": st.just("https://proof.test/=1?a=b;c"),
    },
)  # fmt: skip
ENTRIES = st.lists(
    st.tuples(VALUES, st.sampled_from(["", "u1", "c1"]), st.none() | st.just("2026-12-24")),
    min_size=1, max_size=4,
)  # fmt: skip


@pytest.fixture(scope="module")
def database() -> Iterator[Engine]:
    """One database for all examples; each is rolled back."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def held(s: Situation) -> list[tuple[Any, ...]]:
    """What the rows hold, in order."""
    return [
        (row.title, row.values, row.state, row.owner, row.due)
        for row in queries.row_views(s, REGISTER)
        if not row.seed
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(entries=ENTRIES)
def test_what_goes_out_comes_back_the_same(database: Engine, kind: str, entries: list[Any]) -> None:
    with Session(database) as session:
        goes_round(session, kind, entries)


def goes_round(session: Session, kind: str, entries: list[Any]) -> None:
    s, other = stored(session), stored(session, 2, "other")
    for values, owner, due in entries:
        try:
            services.add_row(session, s, "u1", FACTS, values=values, owner=owner, due=due)
        except BadValue:  # what is nothing once cleaned has no name
            return
    write = tables.csv_of if kind == "csv" else tables.xlsx_of
    data = write(s, REGISTER, queries.row_views(s, REGISTER))
    rows = spreadsheet.rows_of_file(f"x.{kind}", data)
    again = imports.import_rows(session, s, "u1", FACTS, rows)
    assert (again.added, again.changed) == (0, 0)
    new = [rows[0], *([("" if not n else cell) for n, cell in enumerate(row)] for row in rows[2:])]
    other.records.people = s.records.people  # the same people are known there
    imports.import_rows(session, other, "u1", FACTS, new)
    assert held(other) == held(s)


def test_links_come_back_the_same(store: Session, kept: Situation) -> None:
    below = services.add_row(store, kept, "u1", FACTS, values={"fact": "A; odd [name]/x"})
    links = [f"{FACTS}/r{below.id}", f"{FACTS}/{FIRST}", f"inputs/{MOST}"]
    services.add_row(store, kept, "u1", GAPS, values={"gap": "G", "rests": links})
    gaps = playbook().get(GAPS, Register)
    for kind, write in (("csv", tables.csv_of), ("xlsx", tables.xlsx_of)):
        data = write(kept, gaps, queries.row_views(kept, gaps))
        rows = spreadsheet.rows_of_file(f"x.{kind}", data)
        done = imports.import_rows(store, kept, "u1", GAPS, rows)
        assert (done.added, done.changed) == (0, 0)


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-x", "@cmd", "'=1", "''+x"])
def test_no_cell_of_an_export_is_a_formula(store: Session, kept: Situation, text: str) -> None:
    services.add_row(store, kept, "u1", FACTS, values={"fact": text, "note": text})
    data = tables.xlsx_of(kept, REGISTER, queries.row_views(kept, REGISTER))
    sheet = load_workbook(BytesIO(data)).active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {
        "s",
        "n",
        "d",
        "inlineStr",
    }
    for line in tables.csv_of(kept, REGISTER, queries.row_views(kept, REGISTER)).splitlines():
        assert not line.startswith((b"=", b"+", b"-", b"@"))


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 5000, b"\xff\xfe\x00", b"a\x00b", b"\x80"]
)
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(ImportRefused):
        spreadsheet.rows_of_file("x", data)


def test_a_table_in_utf_16_is_read() -> None:
    rows = spreadsheet.rows_of_file("x.txt", "Fact\tKind\nÄ\tcash\n".encode("utf-16"))
    assert rows == [["Fact", "Kind"], ["Ä", "cash"]]


def test_too_large_a_table_is_refused() -> None:
    with pytest.raises(ImportRefused):
        spreadsheet.rows_of_text("a,b\n" * (2 * spreadsheet.ROWS + 1))
    with pytest.raises(ImportRefused):
        spreadsheet.rows_of_text("," * (spreadsheet.CELLS + 1))


def test_a_zip_that_swells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "UNPACKED", 100)
    with pytest.raises(ImportRefused, match="too large once unpacked"):
        spreadsheet.rows_of_file("x.xlsx", spreadsheet.xlsx_of("T", [["a"]]))


@pytest.mark.parametrize(
    ("cell", "text"),
    [(datetime(2026, 11, 20, tzinfo=UTC).replace(tzinfo=None), "2026-11-20"), (True, "yes"),
     (1e-7, "0.0000001"), (1234.5, "1234.5"), (7, "7"), (None, "")],
)  # fmt: skip
def test_a_cell_is_read_as_what_it_means(cell: Any, text: str) -> None:
    data = spreadsheet.xlsx_of("T", [["Head"], [cell], ["last"]])
    assert "".join(spreadsheet.rows_of_file("x.xlsx", data)[1]) == text


def test_a_date_in_the_year_before_is_overdue_only_while_open() -> None:
    late = seen(fact(1, due=date(2026, 11, 20) - timedelta(days=365)))
    assert late[0].overdue
