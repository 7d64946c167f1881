"""What speaks for rows, wrongly written: each mistake is told with its item."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.playbooks import HERE, problems_of, replaced

GARDEN = HERE / "garden" / "1.0"
BEFORE = "    seeds:\n      G3.seed.hedge: {title: Hedge, values: {plant: Hornbeam}}\n"
TAKING = "    taking: {state: planted, found: Likely, verb: Plant it}\n"


def offer(said: str) -> str:
    return (
        f"    proposals:\n      pond:\n        found: Wishes\n        title: Lily\n{said}{BEFORE}"
    )


def sign(said: str) -> str:
    return offer(f"        signs: [{{{said}, because: They want one}}]\n")


MISTAKES: dict[str, tuple[str, str]] = {
    "nothing speaks": (offer(""), "give signs or rows"),
    "sign of nothing": (sign("of: G2.question.pnd, any_of: [true]"), "is no input or question"),
    "answer never given": (sign("of: G2.question.pond, any_of: [maybe]"), "never said"),
    "bound of no number": (sign("of: G2.question.soil, above: 3"), "which is no number"),
    "two things of one": (
        sign("of: G2.question.pond, any_of: [true], blank: true"), "give of with one of"
    ),
    "rows of nothing": (offer("        rows: {of: G2.question.soil}\n"), "which has no rows"),
    "no such column": (
        offer("        rows: {of: G3.register.plants, filled: [cuont]}\n"), "names 'cuont'"
    ),
    "no such state": (
        offer("        rows: {of: G3.register.plants, where: {state: [lost]}}\n"), "names 'lost'"
    ),
    "names what is not there": (
        offer("        rows: {of: G3.register.plants}\n        because: '{colour}'\n"),
        "names 'colour'",
    ),
    "sets what is not there": (
        sign("of: G2.question.pond, any_of: [true]").replace(
            "        signs", "        sets: {pond: 1}\n        signs"
        ),
        "names 'pond', which is no column",
    ),
    "ranked by text": (f"    ranked_by: [plant]\n{BEFORE}", "which is no choice column"),
    "beside no map": (f"    beside: G3.register.plants\n{BEFORE}", "which is no map"),
    "taken over into nothing": (
        TAKING.replace("planted", "plantd") + BEFORE, "names 'plantd', which is no state"
    ),
    "likely, and not taken over": (
        BEFORE.replace("values:", "takes: {count: G1.input.soil}, values:"), "says no state"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_told(tmp_path: Path, name: str) -> None:
    new, what = MISTAKES[name]
    folder = Path(shutil.copytree(GARDEN, tmp_path / "garden" / "1.0"))
    replaced(folder, "work.yaml", BEFORE, new)
    problems = problems_of(folder)
    assert any(what in line for line in problems), problems
