"""Registers: rows and seeds, values by type, states, imports, and the checks that read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from phases.core.errors import BadValue, Conflict, Missing, Refusal
from phases.core.models import AuditEvent, Engagement
from phases.mechanisms import spreadsheet
from phases.mechanisms.register import diagram, imports, queries, services, tables, values
from phases.mechanisms.register.checks import (
    no_recent_rows,
    rows_confirmed,
    rows_equal,
    rows_filled,
    rows_in_state,
)
from phases.mechanisms.register.errors import FixedRegister, NoSuchStep
from phases.mechanisms.register.history import events_of
from phases.mechanisms.register.models import Row
from phases.mechanisms.situation import Situation
from phases.mechanisms.spreadsheet import ImportRefused
from playbook import checks
from playbook.models import Column, Register
from tests.mechanisms.tabular import AREAS, GAPS, USAGE, gap, playbook, situation, stored_situation

TERMS, METER, TAX = "T2.seed.terms", "T2.seed.meter", "T2.seed.tax"


LATE = {"gap": "Late", "kind": "data"}


@pytest.fixture
def kept(session: Session) -> Situation:
    return stored_situation(session)


def register(key: str = GAPS) -> Register:
    return playbook().get(key, Register)


def titles(s: Situation, key: str = GAPS) -> list[str]:
    return [row.title for row in queries.row_views(s, register(key))]


def row(s: Situation, ref: str) -> queries.RowView:
    return queries.find_row(s, register(), ref)


def without_seeds(*rows: Row, **more: Any) -> Situation:
    """The rows, and the seeds that apply in the dropped state, so that only the rows count."""
    gone = [
        gap(900, seed=TERMS, title="Terms", state="gone"),
        gap(901, seed=TAX, title="Tax", state="gone"),
    ]
    return situation(rows={GAPS: [*rows, *gone]}, **more)


# --- rows ----------------------------------------------------------------------------------------


def test_seeds_that_apply_are_rows_before_anybody_touched_them() -> None:
    first = queries.row_views(situation(), register())[0]
    assert (first.ref, first.title, first.version, first.state) == (
        TERMS,
        "Payment terms",
        0,
        "open",
    )
    assert first.values["gap"] == "Payment terms"
    assert first.shown["kind"] == "Missing data"
    assert titles(situation()) == ["Payment terms", "Tax ids"]


def test_a_seed_that_does_not_apply_is_listed_apart_with_its_reason() -> None:
    (found,) = queries.not_applicable(situation(), register())
    assert found.title == "Metering"
    assert found.reason == "Only when Usage-based is yes"
    assert titles(situation(usage_based=True)) == ["Payment terms", "Metering", "Tax ids"]


def test_rows_come_in_the_contents_order_and_added_ones_after() -> None:
    stored = [gap(2), gap(1, seed=TAX, title="Tax, looked at")]
    assert titles(situation(rows={GAPS: stored})) == ["Payment terms", "Tax, looked at", "Gap 2"]


def test_a_row_of_a_seed_goes_when_the_seed_no_longer_applies() -> None:
    assert "Metering" not in titles(situation(rows={GAPS: [gap(1, seed=METER, title="Metering")]}))


@pytest.mark.parametrize(
    ("due", "state", "overdue"),
    [
        (date(2026, 11, 19), "open", True),
        (date(2026, 11, 20), "open", False),
        (date(2026, 11, 19), "closed", False),
        (date(2026, 11, 19), "gone", False),
    ],
)
def test_a_row_is_overdue_the_day_after_unless_it_is_over(
    due: date, state: str, overdue: bool
) -> None:
    assert row(situation(rows={GAPS: [gap(1, due=due, state=state)]}), "r1").overdue is overdue


# --- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "raw", "stored", "shown"),
    [
        ("gap", "  late  ", "late", "late"),
        ("kind", "manual", "manual", "Manual step"),
        ("kind", "manual STEP", "manual", "Manual step"),
        ("cost", "1,234.50", "1234.50", "1,234.50"),
        ("cost", "USD 1234.5", "USD 1234.5", "USD 1,234.5"),
        ("cost", "1234.50 eur", "EUR 1234.50", "EUR 1,234.50"),
        ("cost", "-12.00", "-12.00", "-12.00"),
        ("share", "100", "100", "100%"),
        ("share", "0.1%", "0.1", "0.1%"),
        ("hours", "1.5", "1.5", "1.5"),
        ("found_on", "2026-11-20", "2026-11-20", "20 Nov 2026"),
        ("urgent", "yes", True, "Yes"),
        ("urgent", "no", False, "No"),
        ("proof", "https://a.test/x", "https://a.test/x", "https://a.test/x"),
        ("cost", "  ", None, ""),
    ],
)
def test_a_value_is_kept_as_its_column_says(column: str, raw: str, stored: Any, shown: str) -> None:
    found = register().columns[column]
    assert values.stored(column, found, raw) == stored
    assert values.shown(found, stored) == shown


@pytest.mark.parametrize(
    ("column", "raw"),
    [
        ("kind", "other"),
        ("cost", "12 or so"),
        ("cost", "1,23"),
        ("cost", "NaN"),
        ("cost", "1e9"),
        ("share", "100.01"),
        ("share", "-1"),
        ("hours", "infinity"),
        ("found_on", "20.11.2026"),
        ("found_on", "2026-02-30"),
        ("urgent", "perhaps"),
        ("proof", "http://a.test"),
        ("proof", "javascript:alert(1)"),
        ("gap", "x" * 301),
    ],
)
def test_a_value_of_another_type_is_refused_and_names_its_column(column: str, raw: str) -> None:
    with pytest.raises(BadValue) as refused:
        values.stored(column, register().columns[column], raw)
    assert refused.value.field == column
    assert register().columns[column].title in refused.value.message


def test_money_stays_exact() -> None:
    assert values.meant(Column(title="Cost", type="money"), "USD 0.10") == Decimal("0.10")


@pytest.mark.parametrize(("count", "words"), [(0, "0 entries"), (1, "1 entry"), (2, "2 entries")])
def test_plural(count: int, words: str) -> None:
    assert values.plural("entry", count) == words


# --- services ------------------------------------------------------------------------------------


def test_an_added_row_stands_last_and_is_named_by_its_first_required_column(
    session: Session, kept: Situation
) -> None:
    services.add_row(session, kept, "u1", GAPS, values=LATE | {"cost": "12.50"},
                     owner="u1", due=date(2026, 12, 1))  # fmt: skip
    found = queries.row_views(kept, register())[-1]
    assert (found.title, found.owner_name, found.values["cost"]) == (
        "Late",
        "Ann Architect",
        Decimal("12.50"),
    )
    assert (found.state, found.version, found.standing) == ("open", 1, "ASSUMED")
    (recorded,) = session.scalars(select(AuditEvent))
    assert (recorded.kind, recorded.subject) == ("RowAdded", f"{GAPS}/{found.ref}")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"values": {"kind": "data"}}, "gap"),
        ({"values": {"gap": "Late"}}, "kind"),
        ({"values": {"gap": "Late", "kind": "data", "colour": "red"}}, "colour"),
        ({"values": LATE, "owner": "u9"}, "owner"),
        ({"values": LATE, "state": "nowhere"}, "state"),
        ({"values": LATE, "due": "soon"}, "due"),
    ],
)
def test_a_row_that_does_not_fit_is_refused(
    session: Session, kept: Situation, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadValue) as refused:
        services.add_row(session, kept, "u1", GAPS, **given)
    assert refused.value.field == field


def test_a_seed_becomes_a_row_when_it_is_first_changed(session: Session, kept: Situation) -> None:
    services.change_row(session, kept, "u1", GAPS, TERMS, owner="u1", version=0)
    found = row(kept, TERMS)
    assert (found.owner, found.version, found.shown["kind"]) == ("u1", 1, "Missing data")
    assert titles(kept) == ["Payment terms", "Tax ids"]


def test_a_change_touches_only_what_is_given_and_an_empty_text_clears(
    session: Session, kept: Situation
) -> None:
    services.change_row(session, kept, "u1", GAPS, TERMS, values={"cost": "5"}, owner="u1")
    services.change_row(session, kept, "u1", GAPS, TERMS, values={"hours": "2"}, due="2026-12-01")
    services.change_row(session, kept, "u1", GAPS, TERMS, values={"cost": ""}, due="")
    found = row(kept, TERMS)
    assert (found.values["cost"], found.values["hours"], found.owner, found.due) == (
        None, Decimal(2), "u1", None,
    )  # fmt: skip


def test_a_second_editor_is_told_and_keeps_the_text(session: Session, kept: Situation) -> None:
    services.change_row(session, kept, "u1", GAPS, TERMS, values={"cost": "5"}, version=0)
    with pytest.raises(Conflict) as refused:
        services.change_row(session, kept, "u1", GAPS, TERMS, values={"cost": "7"}, version=0)
    assert refused.value.kept == {"Cost": "7"}
    assert refused.value.theirs["Cost"] == "5"


def test_a_change_that_changes_nothing_leaves_no_trace(session: Session, kept: Situation) -> None:
    added = services.add_row(session, kept, "u1", GAPS, values=LATE)
    services.change_row(
        session, kept, "u1", GAPS, f"r{added.id}", values={"gap": "Late"}, state="open"
    )
    assert row(kept, f"r{added.id}").version == 1


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("open", "planned", True),
        ("open", "gone", True),
        ("open", "closed", False),
        ("planned", "closed", True),
        ("closed", "open", False),
        ("closed", "closed", True),
    ],
)
def test_a_row_goes_only_along_its_states(
    session: Session, kept: Situation, before: str, after: str, allowed: bool
) -> None:
    added = services.add_row(session, kept, "u1", GAPS, values=LATE, state=before)
    if allowed:
        assert (
            services.change_row(session, kept, "u1", GAPS, f"r{added.id}", state=after).state
            == after
        )
        return
    with pytest.raises(NoSuchStep):
        services.change_row(session, kept, "u1", GAPS, f"r{added.id}", state=after)


def test_a_required_value_may_not_be_emptied_but_may_still_be_open(
    session: Session, kept: Situation
) -> None:
    services.change_row(session, kept, "u1", GAPS, TAX, values={"kind": ""}, owner="u1")
    with pytest.raises(BadValue, match="Enter kind"):
        services.change_row(session, kept, "u1", GAPS, TERMS, values={"kind": ""})


def test_a_removed_row_can_be_put_back(session: Session, kept: Situation) -> None:
    removed = services.remove_row(session, kept, "u1", GAPS, TERMS, version=0)
    assert titles(kept) == ["Tax ids"]
    services.restore_row(session, kept, "u1", GAPS, f"r{removed.id}")
    assert titles(kept) == ["Payment terms", "Tax ids"]


def test_a_fixed_register_keeps_its_rows(session: Session, kept: Situation) -> None:
    with pytest.raises(FixedRegister):
        services.add_row(session, kept, "u1", AREAS, title="Tax")
    with pytest.raises(FixedRegister):
        services.remove_row(session, kept, "u1", AREAS, "T2.area.cash")
    services.change_row(session, kept, "u1", AREAS, "T2.area.cash", values={"truth": "Bank"})
    assert titles(kept, AREAS) == ["Billing", "Cash"]


def test_a_confirmed_row_is_assumed_again_when_its_content_changes(
    session: Session, kept: Situation
) -> None:
    services.confirm_row(session, kept, "u1", GAPS, TERMS, meeting="T6.meeting.kickoff", version=0)
    found = row(kept, TERMS)
    assert (found.standing, found.standing_by, found.standing_in) == (
        "CONFIRMED", "Ann Architect", "T6.meeting.kickoff",
    )  # fmt: skip
    services.change_row(session, kept, "u1", GAPS, TERMS, state="planned")
    assert row(kept, TERMS).confirmed
    services.change_row(session, kept, "u1", GAPS, TERMS, values={"cost": "9"})
    assert not row(kept, TERMS).confirmed


def test_a_confirmation_can_be_taken_back(session: Session, kept: Situation) -> None:
    services.confirm_row(session, kept, "u1", GAPS, TERMS)
    services.assume_row(session, kept, "u1", GAPS, TERMS)
    assert row(kept, TERMS).standing == "ASSUMED"
    with pytest.raises(Refusal):
        services.confirm_row(session, kept, "u1", AREAS, "T2.area.cash")


def test_the_history_of_a_row_is_its_events(session: Session, kept: Situation) -> None:
    services.change_row(session, kept, "u1", GAPS, TERMS, values={"cost": "5"})
    services.change_row(session, kept, "u1", GAPS, TERMS, state="planned")
    services.change_row(session, kept, "u1", GAPS, TAX, owner="u1")
    found = events_of(session, kept, row(kept, TERMS))
    assert [(e.data["columns"], e.data["state"]) for e in found] == [
        ([], "planned"),
        (["cost"], ""),
    ]


def test_a_row_of_another_register_or_engagement_is_missing(
    session: Session, kept: Situation
) -> None:
    added = services.add_row(session, kept, "u1", GAPS, values=LATE)
    for key, ref in ((AREAS, f"r{added.id}"), (GAPS, "r999"), (GAPS, ""), (GAPS, METER)):
        with pytest.raises(Missing):
            services.change_row(session, kept, "u1", key, ref, owner="u1")


# --- import and export ---------------------------------------------------------------------------


def brought_in(session: Session, s: Situation, text: str, key: str = GAPS) -> imports.Imported:
    return imports.import_rows(session, s, "u1", key, spreadsheet.rows_of_text(text))


@pytest.mark.parametrize(
    "text",
    [
        'Gap,Kind,Cost,Owner\nLate,Missing data,"1,200.50",Ann Architect\n',
        "gap\tkind\tcost\towner\nLate\tdata\t1200.50\tu1\n",
        "Gap;Kind;Cost;Owner\r\nLate;DATA;1200.50;u1\r\n",
    ],
)
def test_columns_are_found_by_title_or_slug(session: Session, kept: Situation, text: str) -> None:
    assert brought_in(session, kept, text) == imports.Imported(added=1, changed=0)
    found = queries.row_views(kept, register())[-1]
    assert (found.title, found.values["cost"], found.owner) == ("Late", Decimal("1200.50"), "u1")


def test_every_problem_is_named_by_line_and_column_and_nothing_is_imported(
    session: Session, kept: Situation
) -> None:
    text = "Gap,Kind,Cost,State\nLate,data,1,open\nEarly,colour,dear,\n,data,,gone away\n"
    with pytest.raises(ImportRefused) as refused:
        brought_in(session, kept, text)
    assert [problem.split(":")[0] for problem in refused.value.problems] == [
        "Line 3, Kind", "Line 3, Cost", "Line 4, Gap", "Line 4, State",
    ]  # fmt: skip
    assert titles(kept) == ["Payment terms", "Tax ids"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "Line 1"),
        ("Gap,Kind\n", "Line 1"),
        ("Gap,Colour\nLate,red\n", "no column is called “Colour”"),
        ("Gap,gap\nLate,Late\n", "stands twice"),
        ("Gap,Kind\nLate,data,more\n", "Line 2: 3 cells under 2 columns"),
        ("Ref,Cost\nr77,5\n", "no gap is called “r77”"),
        (f"Ref,Cost\n{TERMS},5\n{TERMS},6\n", "“Payment terms” stands twice"),
        (f"Ref,State\n{TERMS},Closed\n", "cannot become closed"),
        ('Gap,Kind\n"Late,data\n', "no table"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(
    session: Session, kept: Situation, text: str, problem: str
) -> None:
    with pytest.raises(ImportRefused) as refused:
        brought_in(session, kept, text)
    assert problem in " ".join(refused.value.problems)


def test_an_export_edited_and_imported_changes_the_same_rows(
    session: Session, kept: Situation
) -> None:
    services.change_row(session, kept, "u1", GAPS, TERMS, values={"cost": "USD -5.00"}, owner="u1")
    data = tables.csv_of(kept, register(), queries.row_views(kept, register())).decode("utf-8-sig")
    assert brought_in(session, kept, data.replace("Tax ids", "Tax numbers")) == imports.Imported(
        0, 1
    )
    assert titles(kept) == ["Payment terms", "Tax numbers"]
    assert row(kept, TAX).version == 1
    assert row(kept, TERMS).raw["cost"] == "USD -5.00"


def test_rows_of_a_fixed_register_are_matched_by_title(session: Session, kept: Situation) -> None:
    assert brought_in(session, kept, "Title,Source of truth\ncash,Bank\n", AREAS).changed == 1
    with pytest.raises(ImportRefused, match="none are added"):
        brought_in(session, kept, "Title,Source of truth\nTax,Law\n", AREAS)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd", "'+cmd"),
        ("-cmd", "'-cmd"),
        ("@sum", "'@sum"),
        ("\tx", "'\tx"),
        ("-12.50", "-12.50"),
        ("a=b", "a=b"),
    ],
)
def test_exports_hold_no_formulas(text: str, written: str) -> None:
    assert spreadsheet.neutral(text) == written
    assert spreadsheet.plain_text(written) == text


def test_an_xlsx_export_reads_back_without_formulas() -> None:
    s = situation(rows={GAPS: [gap(1, title="=1+1", values={"gap": "=1+1", "hours": "2"})]})
    data = tables.xlsx_of(s, register(), queries.row_views(s, register()))
    sheet = load_workbook(BytesIO(data)).worksheets[0]
    last = [cell.value for cell in sheet[4]]
    assert last[:2] == ["r1", "'=1+1"]
    assert 2 in last
    assert spreadsheet.rows_of_file("x.xlsx", data)[0][:3] == ["Ref", "Gap", "Kind"]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 not a zip", b"\xff\xfebad", b"a\x00b"])
def test_a_file_that_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(ImportRefused):
        spreadsheet.rows_of_file("rows", data)


# --- checks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "met"),
    [
        ({"owner": "u1", "values": {"cost": "1"}}, True),
        ({"owner": "u1", "values": {"cost": ""}}, False),
        ({"owner": "", "values": {"cost": "1"}}, False),
        ({"owner": "", "values": {}, "state": "gone"}, True),
    ],
)
def test_rows_filled_asks_every_live_row(fields: dict[str, Any], met: bool) -> None:
    check = checks.RowsFilled(register_=GAPS, columns=("owner", "cost"), minimum=0)
    assert rows_filled(check, without_seeds(gap(1, **fields))).met is met


def test_rows_filled_counts_the_due_date() -> None:
    check = checks.RowsFilled(register_=GAPS, columns=("due",))
    finding = rows_filled(check, without_seeds(gap(1), gap(2, due=date(2026, 12, 1))))
    assert [lack.sentence for lack in finding.lacks] == ["“Gap 1” lacks a due date."]
    assert finding.lacks[0].place == f"register/{GAPS}"


def test_untouched_seeds_are_live_rows() -> None:
    finding = rows_filled(checks.RowsFilled(register_=GAPS, columns=("owner",)), situation())
    assert [lack.sentence for lack in finding.lacks] == [
        "“Payment terms” lacks an owner.", "“Tax ids” lacks an owner.",
    ]  # fmt: skip


def test_five_rows_are_named_and_the_rest_counted() -> None:
    rows = [gap(number) for number in range(1, 9)]
    finding = rows_filled(
        checks.RowsFilled(register_=GAPS, columns=("owner",)), without_seeds(*rows)
    )
    assert len(finding.lacks) == 6
    assert finding.lacks[-1].sentence == "and 3 more"


@pytest.mark.parametrize(("count", "met"), [(2, False), (3, True), (4, True)])
def test_a_minimum_of_rows(count: int, met: bool) -> None:
    rows = [gap(number) for number in range(count)]
    assert (
        rows_filled(checks.RowsFilled(register_=GAPS, minimum=3), without_seeds(*rows)).met is met
    )


def test_a_register_that_does_not_apply_lacks_nothing() -> None:
    check = checks.RowsFilled(register_=USAGE)
    assert rows_filled(check, situation()).met
    assert not rows_filled(check, situation(usage_based=True)).met


@pytest.mark.parametrize(
    ("state", "met"), [("open", False), ("planned", True), ("closed", True), ("gone", False)]
)
def test_rows_in_state(state: str, met: bool) -> None:
    check = checks.RowsInState(register_=GAPS, states=("planned", "closed"))
    assert rows_in_state(check, without_seeds(gap(1, state=state))).met is met


def test_rows_in_state_says_where_the_row_is() -> None:
    check = checks.RowsInState(register_=GAPS, states=("planned", "closed"))
    (lack,) = rows_in_state(check, without_seeds(gap(1, owner="u1"))).lacks
    assert lack.sentence == "“Gap 1” is open, not yet planned or closed."
    assert lack.who == "Ann Architect"


@pytest.mark.parametrize(("standing", "met"), [("ASSUMED", False), ("CONFIRMED", True)])
def test_rows_confirmed(standing: str, met: bool) -> None:
    check = checks.RowsConfirmed(register_=GAPS)
    assert rows_confirmed(check, without_seeds(gap(1, standing=standing))).met is met


@pytest.mark.parametrize(
    ("left", "right", "met"),
    [
        ("100.00", "100", True),
        ("100.00", "100.01", False),
        ("100.00", "99.99", False),
        ("USD 100", "100.0", True),
        ("USD 100", "EUR 100", False),
        ("100", "", False),
    ],
)
def test_rows_equal_to_the_minor_unit(left: str, right: str, met: bool) -> None:
    check = checks.RowsEqual(register_=GAPS, left="cost", right="other")
    assert (
        rows_equal(check, without_seeds(gap(1, values={"cost": left, "other": right}))).met is met
    )


@pytest.mark.parametrize(("count", "met"), [(2, False), (3, True), (5, True), (6, False)])
def test_rows_equal_between_two_counts(count: int, met: bool) -> None:
    check = checks.RowsEqual(register_=GAPS, left="cost", right="other", minimum=3, maximum=5)
    rows = [gap(number, values={"cost": "1", "other": "1"}) for number in range(count)]
    assert rows_equal(check, without_seeds(*rows)).met is met


RECENT = checks.NoRecentRows(
    register_=GAPS, column="kind", value="data", date_column="found_on", days=14
)


@pytest.mark.parametrize(
    ("go_live", "met"),
    [(None, False), ("2026-11-07", False), ("2026-11-06", True), ("2026-11-05", True)],
)
def test_that_many_days_have_passed_since_go_live(go_live: str | None, met: bool) -> None:
    assert no_recent_rows(RECENT, without_seeds(go_live=go_live)).met is met


@pytest.mark.parametrize(
    ("values_", "state", "met"),
    [
        ({"kind": "data", "found_on": "2026-11-05"}, "open", True),
        ({"kind": "data", "found_on": "2026-11-06"}, "open", False),
        ({"kind": "data", "found_on": "2026-11-20"}, "closed", False),
        ({"kind": "data", "found_on": "2026-11-25"}, "open", False),
        ({"kind": "data"}, "open", False),
        ({"kind": "manual", "found_on": "2026-11-20"}, "open", True),
        ({"kind": "data", "found_on": "2026-11-20"}, "gone", True),
    ],
)
def test_no_recent_row_of_the_kind(values_: dict[str, str], state: str, met: bool) -> None:
    s = without_seeds(gap(1, values=values_, state=state), go_live="2026-10-01")
    assert no_recent_rows(RECENT, s).met is met


def test_a_recent_row_says_until_when_it_stands_in_the_way() -> None:
    row_ = gap(1, values={"kind": "data", "found_on": "2026-11-10"})
    (lack,) = no_recent_rows(RECENT, without_seeds(row_, go_live="2026-10-01")).lacks
    assert "of 10 Nov 2026; it stands in the way until 25 Nov 2026" in lack.sentence


# --- diagrams ------------------------------------------------------------------------------------


def test_a_register_without_a_diagram_draws_nothing() -> None:
    assert diagram.drawing(register(), queries.row_views(situation(), register())) is None


# --- pages ---------------------------------------------------------------------------------------

GAP_TABLE = "Q9.register.gaps"
BUILD = "Q15.register.build"


def place(engagement: Engagement, key: str = GAP_TABLE, more: str = "") -> str:
    return f"/e/{engagement.slug}/register/{key}{more}"


def followed(client: FlaskClient, address: str, data: dict[str, Any]) -> str:
    """The page a form leads to."""
    return client.get(client.post(address, data=data).location).text


def typed(**changed: str) -> dict[str, str]:
    return {
        "v_gap": "Terms are blank", "v_kind": "missing_data", "v_found_in": "intake",
        "v_severity": "high", "state": "open", "version": "0",
    } | changed  # fmt: skip


def test_a_gap_is_added_changed_confirmed_removed_and_put_back(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    client, page = staff(), place(engagement)
    client.post(f"{page}/rows", data=typed())
    assert "Terms are blank" in client.get(page).text
    client.post(
        f"{page}/rows/r1", data=typed(v_gap="Terms are missing", state="planned", version="1")
    )
    assert "Terms are missing" in client.get(f"{page}?state=planned").text
    client.post(f"{page}/rows/r1/confirm", data={"version": "2"})
    assert "CONFIRMED" in client.get(page).text
    history = client.get(f"{page}?edit=r1").text
    assert "confirmed it" in history
    assert "the state from Open to Planned" in history
    removed = followed(client, f"{page}/rows/r1/remove", {"version": "3"})
    assert "Undo" in removed
    assert "Terms are missing" not in removed
    client.post(f"{page}/rows/r1/restore")
    assert "Terms are missing" in client.get(page).text


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    answer = staff().post(
        f"{place(engagement)}/rows", data=typed(v_gap="", v_severity="awful", v_plan="Ask them")
    )
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "Ask them" in answer.text


def test_the_second_editor_of_a_row_keeps_both_texts(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    client, page = staff(), place(engagement)
    client.post(f"{page}/rows", data=typed())
    client.post(f"{page}/rows/r1", data=typed(v_plan="First plan", version="1"))
    answer = client.post(f"{page}/rows/r1", data=typed(v_plan="Second plan", version="1"))
    assert answer.status_code == 409
    assert "First plan" in answer.text
    assert "Second plan" in answer.text


def test_a_double_click_adds_one_row(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    client, page = staff(), place(engagement)
    for _ in range(2):
        client.post(f"{page}/rows", data=typed(once="abc"))
    assert client.get(f"{page}/export.csv").text.count("Terms are blank") == 1


def test_a_pasted_table_is_imported_and_a_bad_one_kept_in_the_field(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    client, page = staff(), place(engagement)
    good = "Gap\tKind\tFound in\tSeverity\nLate\tManual step\tintake\thigh\n"
    assert "1 gap added" in followed(client, f"{page}/import", {"table": good})
    answer = client.post(f"{page}/import", data={"table": good.replace("Manual step", "Odd")})
    assert answer.status_code == 422
    assert "Line 2, Kind" in answer.text
    assert "Odd" in answer.text


def test_a_file_is_imported(engagement: Engagement, staff: Callable[..., FlaskClient]) -> None:
    data = b"Gap,Kind,Found in,Severity\nLate,manual_step,intake,high\n"
    answer = followed(staff(), f"{place(engagement)}/import", {"file": (BytesIO(data), "gaps.csv")})
    assert "1 gap added" in answer


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_is_an_attachment(
    engagement: Engagement, staff: Callable[..., FlaskClient], ending: str
) -> None:
    answer = staff().get(place(engagement, BUILD, f"/export.{ending}"))
    assert (
        f"attachment; filename={engagement.slug}-build.{ending}"
        in answer.headers["Content-Disposition"]
    )


def test_a_seed_is_opened_by_its_key(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    text = staff().get(place(engagement, BUILD, "?edit=Q15.component.product_catalog")).text
    assert "Save component" in text
    assert "it comes from the playbook" in text


def test_a_reader_sees_the_row_but_no_form(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    client = staff("account_manager")
    text = client.get(place(engagement, BUILD, "?edit=Q15.component.product_catalog")).text
    assert "Save component" not in text
    refused = client.post(f"{place(engagement)}/rows", data=typed())
    assert refused.status_code == 403


def test_a_page_with_many_rows_asks_the_database_little(
    engagement: Engagement, staff: Callable[..., FlaskClient], session: Session
) -> None:
    session.add_all(
        Row(engagement_id=engagement.id, register=GAP_TABLE, position=n, title=f"Gap {n}",
            state="open", values={"gap": f"Gap {n}"}, changed_by="u1")
        for n in range(100)
    )  # fmt: skip
    client, count = staff(), 0

    def counted(*_: Any) -> None:
        nonlocal count
        count += 1

    session.flush()
    event.listen(session.get_bind(), "before_cursor_execute", counted)
    try:
        assert "Gap 99" in client.get(place(engagement, more="?page=2")).text
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", counted)
    assert count <= 14  # with the test's own commit around the request
