"""What records hold of any item, as blocks: every kind answers, and says what is missing."""

from __future__ import annotations

import pytest

from phases.core.models import Input
from phases.mechanisms import parts
from phases.mechanisms.blocks import Facts, Heading, Missing, Paragraph, Table
from phases.mechanisms.naming import place_of
from phases.mechanisms.register.queries import live_rows, told
from phases.mechanisms.situation import Situation
from phases.mechanisms.writing.models import PassageRecord
from playbook.pointers import SHOWN
from tests.deliverables.records import empty, full
from tests.mechanisms import tabular, tiny


@pytest.mark.parametrize("make", [empty, full])
def test_every_item_that_may_be_shown_shows_something_or_says_what_is_missing(make: type) -> None:
    s: Situation = make()
    shown = [item for item in s.playbook.items.values() if item.kind in SHOWN]
    assert shown
    for item in shown:
        assert parts.blocks(s, item.key), item.key


def test_columns_told_at_once_say_what_each_row_shows() -> None:
    s: Situation = full()
    seen = 0
    for register in s.playbook.registers:
        rows = live_rows(s, register)
        said = told(s, register, rows)
        assert list(said) == list(register.columns)
        assert [{name: said[name][n] for name in said} for n in range(len(rows))] == [
            row.shown for row in rows
        ]
        seen += sum(any(column) for column in said.values())
    assert seen


def test_a_place_of_entry_leads_to_a_page_that_exists(app: object) -> None:
    s = empty()
    heads = {"register", "matrix", "form", "sheet", "checklist", "schedule", "meeting", "metrics"}
    heads |= {"gate", "text", "documents", "inputs", *(p.slug for p in s.playbook.phases)}
    for key in s.playbook.items:
        place = place_of(s, key)
        assert not place or place.partition("/")[0].partition("#")[0] in heads, (key, place)


@pytest.mark.parametrize(
    ("key", "place"),
    [
        (tabular.USAGE, ""),
        (tabular.ACCURACY, "metrics"),
        (tabular.TOOL, f"matrix/{tabular.TOOL}"),
    ],
)
def test_what_is_empty_says_where_to_enter_it(key: str, place: str) -> None:
    found = parts.blocks(tabular.situation(), key)
    missing = [block.place for block in found if isinstance(block, Missing)]
    assert missing == ([place] if place else [])


def test_what_does_not_apply_says_why() -> None:
    found = parts.blocks(tabular.situation(usage_based=False), tabular.USAGE)
    assert isinstance(found[0], Paragraph)
    assert "Does not apply here" in found[0].text


def test_a_key_nobody_has_is_named() -> None:
    assert parts.blocks(tabular.situation(), "Z9.none") == (
        Missing("This playbook has no “Z9.none”."),
    )


def test_a_register_shows_the_columns_that_say_something_with_state_and_standing() -> None:
    row = tabular.gap(1, title="Dates", standing="CONFIRMED", standing_by="u1", values={
        "gap": "Dates", "kind": "data", "cost": "USD 1200", "proof": "https://a.test/x",
    })  # fmt: skip
    s = tabular.situation(rows={tabular.GAPS: [row]})
    (table,) = parts.blocks(s, tabular.GAPS)
    assert isinstance(table, Table)
    assert table.columns == ("Gap", "Kind", "Cost", "Proof", "State")
    last = table.rows[-1]
    assert [part.text for part in last] == ["Dates", "Missing data", "USD 1,200", "Link", "Open"]
    assert (last[0].standing, last[2].number, last[3].href) == (
        "CONFIRMED", True, "https://a.test/x",
    )  # fmt: skip
    assert table.rows[0][0].assumed


def tool(standing: str) -> Input:
    return Input(key="T3.input.tool", value="Tabs", standing=standing, version=1)


@pytest.mark.parametrize(
    ("said", "text", "standing"),
    [
        (None, "Not recorded yet", ""),
        (tool("ASSUMED"), "Tabs", "ASSUMED"),
        (tool("CONFIRMED"), "Tabs", "CONFIRMED"),
    ],
)
def test_an_input_shows_its_value_and_standing(
    said: Input | None, text: str, standing: str
) -> None:
    s = tiny.situation(inputs={"T3.input.tool": said} if said else {})
    (facts,) = parts.blocks(s, "T3.input.tool")
    assert isinstance(facts, Facts)
    label, found = facts.rows[0]
    assert (label, found.text, found.standing) == ("Billing tool", text, standing)
    assert found.absent == (said is None)


def test_inputs_stand_side_by_side_and_the_rest_under_its_title() -> None:
    s = tiny.situation()
    found = parts.drawn(s, ["T3.input.tool", "T3.input.volume", "T8.register.invoices"])
    assert [type(block) for block in found] == [Facts, Heading, Missing]
    assert len(found[0].rows) == 2  # type: ignore[union-attr]


def test_a_text_shows_what_was_edited_in_the_place_of_its_draft() -> None:
    s = empty()
    for writing in s.playbook.of("writing"):
        section = next(section for section in writing.inner())
        s.records.passages[section.key] = PassageRecord(key=section.key, text="My *own* words.")
        if s.applies(section):
            assert Paragraph("My *own* words.") in parts.blocks(s, writing.key)
