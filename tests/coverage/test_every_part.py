"""A value typed into every part through the pages, and read back there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from playbook.applicability import Applicable
from playbook.loader import load
from playbook.models import Category, Gate, Register
from tests.coverage.families import FAMILIES
from tests.coverage.world import CHOSEN, World

PLAYBOOK = load(Path(__file__).parents[2] / "playbook" / "content" / "q2c" / "1.0")
CHOSEN_AT_CREATION = ("Q1.category", "Q2.methodology", "Q2.scope")
SAID = [family for family in FAMILIES if family not in (*CHOSEN_AT_CREATION, "Q1.subphase")]
MORE = (
    "Q2.input", "Q3.input", "Q10.input", "Q10.option", "Q10.requirement", "Q11.input",
    "Q16.monitoring", "Q27.input", "Q29.input", "Q30.metric", "C1.artifact", "C7.artifact",
    "C10.input", "C10.incident", "C10.metric", "C10.rollback", "C11.test", "P1.interview",
    "P4.metric",
)  # fmt: skip
"""Families beyond the table that carry what is asked of a part."""
KEPT = [register.key for register in PLAYBOOK.registers if not register.fixed]


@pytest.mark.parametrize("family", SAID)
def test_what_is_typed_is_read_back(world: World, family: str) -> None:
    said = world.family(family)
    assert len(said) == FAMILIES[family]
    assert all(said.values())


@pytest.mark.parametrize("family", MORE)
def test_what_is_typed_beyond_the_table_is_read_back(world: World, family: str) -> None:
    said = world.family(family)
    assert set(said) == {item.key for item in world.playbook.family(family)}
    assert said
    assert all(said.values())


@pytest.mark.parametrize("register", KEPT)
def test_a_row_is_added_and_read_back(world: World, register: str) -> None:
    assert world.rows(register)[register]


@pytest.mark.parametrize("category", PLAYBOOK.categories, ids=lambda category: category.key)
def test_a_category_is_chosen_and_stands_on_the_card(world: World, category: Category) -> None:
    chosen = {**CHOSEN, "engagement_type": "single"}
    slug = category.key.rpartition(".")[2]
    base = world.create(f"A {slug} customer", {**chosen, "category": slug})
    card = world.open(f"{base}/").words()
    assert "Identity card" in card
    assert category.title in card
    shown = world.open(f"{base}/playbook/{category.key}").words()
    for low, high in category.weights.values():
        assert f"{low}–{high}%" in shown


@pytest.mark.parametrize(
    ("field", "slug"),
    [
        (family.partition(".")[2], item.key.rpartition(".")[2])
        for family in ("Q2.methodology", "Q2.scope")
        for item in PLAYBOOK.family(family)
    ],
)
def test_a_choice_is_made_and_what_does_not_apply_says_why(
    world: World, field: str, slug: str
) -> None:
    chosen = {**CHOSEN, "engagement_type": "single", field: slug}
    base = world.create(f"Chose {slug} for {field}", chosen)
    assert PLAYBOOK.items[f"Q2.{field}.{slug}"].title in world.open(f"{base}/").words()
    view = Applicable(PLAYBOOK, {**chosen, "path": "undecided"})
    for phase in PLAYBOOK.phases:
        page = world.open(f"{base}/{phase.slug}").words()
        for part in PLAYBOOK.subphases_of(phase.slug):
            found = view.of(part)
            assert f"{part.code} {part.title}" in page
            assert found.reason in page
            assert found.mode == "full" or found.reason


@pytest.mark.parametrize("part", PLAYBOOK.subphases, ids=lambda part: part.key)
def test_a_sub_phase_is_shown_full_light_or_skipped_with_its_reason(
    world: World, part: Any
) -> None:
    page = world.single.page(part.phase)
    (section,) = page.tree.xpath(f'//section[@id="{part.code}"]')
    assert part.title in section.text_content()
    assert part.purpose in " ".join(section.text_content().split())
    found = world.handoff_view.of(part)
    (section,) = world.open(f"{world.handoff}/{part.phase}").tree.xpath(
        f'//section[@id="{part.code}"]'
    )
    words = " ".join(section.text_content().split())
    shown = {"full": "", "light": "Light", "skip": "Not applicable"}[found.mode]
    assert shown in words
    assert found.reason in words


@pytest.mark.parametrize("gate", PLAYBOOK.of(Gate), ids=lambda gate: gate.key)
def test_every_line_stands_on_its_gate_page(world: World, gate: Gate) -> None:
    page = world.single.page(f"gate/{gate.place}").words()
    assert [line.key for line in gate.criteria.values() if line.title not in page] == []


def test_no_register_is_left_out() -> None:
    fixed = {register.key for register in PLAYBOOK.registers if register.fixed}
    assert set(KEPT) | fixed == {register.key for register in PLAYBOOK.of(Register)}
    said = {PLAYBOOK.container_of(item.key).key for f in SAID for item in PLAYBOOK.family(f)}
    assert fixed <= said
