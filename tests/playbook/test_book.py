"""A loaded playbook: finding, listing, rendering, exporting; and its commands."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from click.testing import CliRunner

from playbook.book import Library, Playbook
from playbook.cli import group
from playbook.errors import UndefinedPlaceholderError, UnknownKeyError, UnknownPlaybookError
from playbook.loader import load
from playbook.models import Gate, Register, Step
from tests.playbooks import HERE, RELOCATION, copy_of_relocation, replaced


@pytest.fixture(scope="module")
def relocation() -> Playbook:
    return load(RELOCATION)


def test_items_are_found_by_key_and_kind(relocation: Playbook) -> None:
    assert relocation.get("R4.register.boxes", Register).columns["room"].required
    assert [item.key for item in relocation.of(Step)] == ["R3.step.walk", "R3.step.servers"]
    assert relocation.of("step") == relocation.of(Step)
    assert relocation.gate_of("1b") == relocation.get("R5.gate.1b")
    assert relocation.gate_of("1a") is None
    assert list(relocation.roles) == ["mover", "architect", "tenant"]


def test_a_wrong_key_is_refused_with_the_nearest(relocation: Playbook) -> None:
    with pytest.raises(UnknownKeyError, match=r"'R3\.step\.wlk'\. Did you mean R3\.step\.walk"):
        relocation.get("R3.step.wlk")
    with pytest.raises(UnknownKeyError, match=r"no item 'R3\.step\.walk'"):
        relocation.get("R3.step.walk", Gate)
    for find in (relocation.phase, relocation.subphase, relocation.role):
        with pytest.raises(UnknownKeyError):
            find("nowhere")


def test_what_stands_at_a_sub_phase_comes_in_order_with_the_gate_last(relocation: Playbook) -> None:
    assert [item.kind for item in relocation.at("1a")] == ["form", "checklist", "register"]
    assert [item.kind for item in relocation.at("1b")] == ["sheet", "gate"]
    assert relocation.at("9z") == ()


def test_an_item_knows_what_holds_it(relocation: Playbook) -> None:
    key = "R3.question.rent"
    parent = relocation.parent_of(key)
    assert parent is not None
    assert parent.key == "R3.section.office"
    assert relocation.container_of(key).key == "R3.form.survey"
    assert relocation.parent_of("R3.form.survey") is None
    assert relocation.container_of("R3.form.survey").key == "R3.form.survey"
    assert relocation.subphase_of(key) == "1a"
    assert relocation.subphase_of("role.mover") == ""


def test_options_come_from_the_input_or_the_family_it_names(relocation: Playbook) -> None:
    size, kit = relocation.profile["size"], relocation.profile["kit"]
    assert list(relocation.options(size)) == ["desk", "floor", "house"]
    assert relocation.options(size)["house"].title == "A whole house"
    assert list(relocation.options(kit)) == ["crane", "truck"]


def test_placeholders_are_filled_and_escaped(relocation: Playbook) -> None:
    text = "To {{ address }} for {{customer}}"
    values = {"address": "5 <b>Row</b>", "customer": "A & B"}
    assert relocation.render(text, values) == "To 5 &lt;b&gt;Row&lt;/b&gt; for A &amp; B"
    assert relocation.plain(text, values) == "To 5 <b>Row</b> for A & B"
    with pytest.raises(UndefinedPlaceholderError, match="'address'; given are: customer"):
        relocation.render(text, {"customer": "A"})


def test_a_value_that_looks_like_a_placeholder_is_left_alone(relocation: Playbook) -> None:
    assert relocation.render("{{ customer }}", {"customer": "{{ address }}"}) == "{{ address }}"


def test_a_playbook_cannot_be_changed(relocation: Playbook) -> None:
    with pytest.raises(FrozenInstanceError):
        relocation.title = "Other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        relocation.items["x"] = relocation.phases[0]  # type: ignore[index]


def test_the_export_lists_every_item_and_its_children_by_key(relocation: Playbook) -> None:
    data = json.loads(json.dumps(relocation.export()))
    assert (data["name"], data["version"], data["title"]) == ("relocation", "1.0", "Office move")
    assert set(data["items"]) == set(relocation.items)
    checklist = data["items"]["R3.checklist.survey"]
    assert checklist["kind"] == "checklist"
    assert checklist["items"] == ["R3.step.walk", "R3.step.servers"]
    step = data["items"]["R3.step.servers"]
    assert step["in"] == "R3.checklist.survey"
    assert step["applies"] == {"server_room": True}
    assert step["done_when"] == [{"answer_given": {"question": "R3.question.safe"}}]


def test_the_newest_version_counts_numbers_not_letters(relocation: Playbook) -> None:
    library = Library({("r", version): relocation for version in ("1.9", "1.10", "1.2")})
    assert library.versions("r") == ("1.2", "1.9", "1.10")
    assert library.names == ("r",)
    with pytest.raises(UnknownPlaybookError, match=r"no playbook 'x'\. Installed: r 1\.9"):
        library.latest("x")
    with pytest.raises(UnknownPlaybookError, match="no playbook 'r 2'"):
        library.get("r", "2")


def test_check_counts_and_says_no_problems() -> None:
    result = CliRunner().invoke(group, ["check", str(HERE)])
    assert result.exit_code == 0
    assert "relocation 1.0 (draft): " in result.output
    assert "2 phase" in result.output
    assert result.output.endswith("no problems\n")


def test_check_reports_problems_and_fails(tmp_path: Path) -> None:
    folder = copy_of_relocation(tmp_path)
    replaced(folder, "frame.yaml", "phase: move", "phase: moove")
    result = CliRunner().invoke(group, ["check", str(tmp_path)])
    assert result.exit_code == 1
    assert "R1.subphase.2a: phase names 'moove'" in result.output
    assert "1 problem\n" in result.output


def test_show_and_export_print_json() -> None:
    own = ["--name", "relocation", "--path", str(HERE)]
    shown = CliRunner().invoke(group, ["show", "R5.gate.1b", *own])
    assert json.loads(shown.output)["criteria"] == ["R5.criterion.plan", "R5.criterion.boxes"]
    exported = CliRunner().invoke(group, ["export", *own], env={"PLAYBOOK_PATH": str(HERE)})
    assert json.loads(exported.output)["name"] == "relocation"
    missing = CliRunner().invoke(group, ["show", "R5.gate.1c", *own])
    assert missing.exit_code == 1
    assert "Did you mean R5.gate.1b?" in missing.output
