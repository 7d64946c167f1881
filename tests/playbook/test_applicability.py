"""What applies, how, and why; what is recommended and what contradicts."""

from __future__ import annotations

from typing import Any

import pytest

from playbook.applicability import Applicable, applicable
from playbook.book import Playbook
from playbook.loader import load
from playbook.recommend import contradictions, recommend, recommendations
from playbook.rules import Rule
from tests.playbooks import RELOCATION


@pytest.fixture(scope="module")
def relocation() -> Playbook:
    return load(RELOCATION)


HOUSE = {"size": "house", "server_room": True}

TRUTH: list[tuple[str, dict[str, Any], str, str]] = [
    ("R3.step.walk", {}, "full", ""),
    ("R3.step.servers", HOUSE, "full", ""),
    ("R3.step.servers", {"server_room": False}, "skip", "Only when Server room is yes"),
    ("R3.step.servers", {}, "skip", "Only when Server room is yes"),
    ("R1.phase.move", HOUSE, "full", ""),
    ("R1.phase.move", {"size": "desk"}, "skip", "A single desk moves itself"),
    ("R1.phase.move", {"size": "floor"}, "light", "One floor moves in a day"),
    ("R1.subphase.2a", {"size": "desk"}, "skip", "A single desk moves itself"),
    ("R6.document.plan", {"size": "desk"}, "skip", "A single desk moves itself"),
    ("R6.document.plan", {"size": "floor"}, "light", "One floor moves in a day"),
    ("R6.document.plan", HOUSE, "full", ""),
    ("R5.criterion.plan", {"size": "desk"}, "light", "One person agrees"),
    ("R5.criterion.plan", {"size": "floor"}, "full", ""),
    ("R2.input.rent", {"size": "desk"}, "full", ""),
    ("profile.size", {"size": "desk"}, "full", ""),
]


@pytest.mark.parametrize(("key", "profile", "mode", "reason"), TRUTH)
def test_an_item_applies_as_its_rules_and_surroundings_say(
    relocation: Playbook, key: str, profile: dict[str, Any], mode: str, reason: str
) -> None:
    found = applicable(relocation, relocation.get(key), profile)
    assert (found.mode, found.reason, found.applies) == (mode, reason, mode != "skip")


REASONS: list[tuple[Any, dict[str, Any], str]] = [
    ({"size": ["floor", "house"]}, {"size": "desk"}, "Only when Size is A floor or A whole house"),
    ({"not": {"size": "desk"}}, {"size": "desk"}, "Size is A desk"),
    ({"not": {"size": ["desk", "floor"]}}, {"size": "floor"}, "Size is A floor"),
    ({"not": {"kit": ["crane", "truck"]}}, {"kit": ["truck"]}, "Kit is Truck"),
    ({"size": "house", "server_room": True}, {"size": "house"}, "Only when Server room is yes"),
    (
        {"size": "house", "server_room": True},
        {},
        "Only when Size is A whole house; Only when Server room is yes",
    ),
    (
        {"any": [{"size": "house"}, {"server_room": True}]},
        {},
        "Only when Size is A whole house or Server room is yes",
    ),
    (
        {"any": [{"not": {"size": "house"}}, {"server_room": True}]},
        {"size": "house"},
        "Only when Size is not A whole house or Server room is yes",
    ),
    (
        {"not": {"any": [{"size": "desk"}, {"server_room": True}]}},
        {"size": "desk", "server_room": True},
        "Size is A desk; Server room is yes",
    ),
    (
        {"not": {"all": [{"size": "desk"}, {"server_room": False}]}},
        {"size": "desk", "server_room": False},
        "Size is A desk and Server room is no",
    ),
    ({"not": {"not": {"size": "desk"}}}, {"size": "floor"}, "Size is not A desk"),
]


@pytest.mark.parametrize(("written", "profile", "reason"), REASONS)
def test_a_reason_names_fields_and_options_by_their_titles(
    relocation: Playbook, written: Any, profile: dict[str, Any], reason: str
) -> None:
    rule = Rule.parse(written)
    assert not rule.holds(profile)
    assert Applicable.view(relocation, profile).by(rule).reason == reason


def test_a_view_judges_each_item_once(
    relocation: Playbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Rule] = []
    holds = Rule.holds

    def counting(self: Rule, profile: Any) -> bool:
        asked.append(self)
        return holds(self, profile)

    monkeypatch.setattr(Rule, "holds", counting)
    view = Applicable.view(relocation, HOUSE)
    for item in relocation.items.values():
        view.of(item)
    first = len(asked)
    for item in relocation.items.values():
        view.of(item)
    assert len(asked) == first


def test_what_applies_at_a_sub_phase_leaves_out_what_is_skipped(relocation: Playbook) -> None:
    assert Applicable.view(relocation, {"size": "desk"}).at("2a") == ()
    assert [item.key for item in Applicable.view(relocation, HOUSE).at("2a")] == [
        "R6.document.plan"
    ]


def test_the_first_option_with_a_reason_is_recommended_with_all_its_reasons(
    relocation: Playbook,
) -> None:
    found = recommendations(relocation, HOUSE | {"kit": ["crane"]})
    assert set(found) == {"size"}
    assert found["size"].option == "house"
    assert found["size"].reasons == ("There is a server room", "Heavy kit is at hand")


def test_nothing_is_recommended_without_a_reason(relocation: Playbook) -> None:
    assert recommendations(relocation, {}) == {}
    assert recommend(relocation, relocation.profile["server_room"], HOUSE) is None


def test_a_contradiction_is_named(relocation: Playbook) -> None:
    (found,) = contradictions(relocation, {"size": "desk", "server_room": True})
    assert (found.input, found.title) == ("profile.size", "A desk")
    assert found.reason == "A desk has no server room"
    assert contradictions(relocation, HOUSE) == []
