"""What the wider kinds of content point to: each way of pointing wrong is told with its remedy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.playbooks import HERE, problems_of, replaced

GARDEN = HERE / "garden" / "1.0"
WORK, GATES = "work.yaml", "gates.yaml"

Mistake = tuple[str, str, str, str, str, str]

MISTAKES: dict[str, Mistake] = {
    "step behind no gate": (
        WORK, "guard: G3.gate.frost", "guard: G3.gate.frst", "G2.step.trees",
        "guard names 'G3.gate.frst', which is no gate", "G3.gate.frost",
    ),
    "state behind no gate": (
        WORK, "kind: done, needs: [count]}", "kind: done, guard: G3.sheet.plan}",
        "G3.register.plants", "states.planted.guard names 'G3.sheet.plan'", "Did you mean",
    ),
    "state that needs no column": (
        WORK, "needs: [count]", "needs: [cuont]", "G3.register.plants",
        "states.planted.needs names 'cuont', which is no column", "count",
    ),
    "link column into nothing": (
        WORK, "count: {title: How many, type: number, follows_up: true}",
        "count: {title: Rests on, type: rests_on}", "G3.register.plants",
        "'into' does not go with type 'rests_on'", "Give 'into'",
    ),
    "link column into no register": (
        WORK, "count: {title: How many, type: number, follows_up: true}",
        "count: {title: Rests on, type: rests_on, into: [G3.matrix.path]}", "G3.register.plants",
        "columns.count.into names 'G3.matrix.path', which is no register", "G3.register.plants",
    ),
    "into on a plain column": (
        WORK, "plant: {title: Plant, required: true}",
        "plant: {title: Plant, into: [inputs]}", "G3.register.plants",
        "'into' does not go with type 'text'", "to nothing else",
    ),
    "text that draws nothing": (
        WORK, "draws: [G3.register.plants]}\n\nsheet", "draws: [G3.register.plnts]}\n\nsheet",
        "G3.passage.plants", "draws names 'G3.register.plnts'", "G3.register.plants",
    ),
    "document that draws a role's step": (
        WORK, "draws: [G3.writing.letter]", "draws: [G2.step.look]", "G5.document.plan",
        "parts.letter.draws names 'G2.step.look', which is no", "Known are",
    ),
    "meeting with no guide": (
        WORK, "    minutes: [30, 60]\n", "    minutes: [30, 60]\n    guides: [G3.sheet.plan]\n",
        "G2.meeting.visit", "guides names 'G3.sheet.plan', which is no guide", "Add it",
    ),
    "meeting that captures no register": (
        WORK, "    minutes: [30, 60]\n", "    minutes: [30, 60]\n    captures: [G3.sheet.plan]\n",
        "G2.meeting.visit", "captures names 'G3.sheet.plan', which is no register",
        "G3.register.plants",
    ),
    "meeting planned after no gate": (
        WORK, "planned: {after: kickoff, days: 0}", "planned: {after: gate_1a, days: 0}",
        "G2.meeting.visit", "planned counts from 'gate_1a', but no gate stands at 1a", "gate_1b",
    ),
    "flag without target": (
        WORK, '    target: {op: ">=", value: 90, words: at least 90 %}\n', "", "G4.metric.alive",
        "has a red flag but no target", "Add a target",
    ),
    "bound of no input": (
        WORK, '{op: ">=", value: 90, words', '{op: ">=", input: G1.input.none, words',
        "G4.metric.alive", "target.input names 'G1.input.none', which is no input", "Did you mean",
    ),
    "bound without value": (
        WORK, '{op: ">=", value: 90, words', '{op: ">=", words', "G4.metric.alive",
        "give op together with value or input", "Mend it",
    ),
    "range the wrong way": (
        WORK, "    period: month\n", "    period: month\n    within: [100, 0]\n",
        "G4.metric.alive", "within runs from 100 down to 0", "Turn it round",
    ),
    "effort in other words": (
        WORK, "guard: G3.gate.frost}", "effort: some weeks}", "G2.step.trees",
        "'effort' is not a well-formed name", "Write it to match",
    ),
    "outcome that asks for no date": (
        GATES, "effect: pass}\n  G3.gate.frost",
        "effect: pass, asks: G1.input.soil}\n  G3.gate.frost", "G3.gate.plan",
        "outcomes.plant.asks asks for G1.input.soil, which is no date", "Name a date input",
    ),
    "gate of two": (
        GATES, "    guards: planting trees\n", "", "G3.gate.frost",
        "no outcome passes it", "effect: pass",
    ),
    "meeting held that is none": (
        GATES, "meetings: [G2.meeting.visit]", "meetings: [G2.form.wishes]",
        "G3.criterion.visit", "names 'G2.form.wishes', which is no meeting", "G2.meeting.visit",
    ),
    "rows at most in no state": (
        GATES, "rows_in_state: {register: G3.register.plants, states: [planted]}",
        "rows_at_most: {register: G3.register.plants, states: [dead]}", "G5.criterion.planted",
        "states names 'dead', which is no state of G3.register.plants", "wished, planted",
    ),
    "rows current by no date": (
        GATES, "rows_in_state: {register: G3.register.plants, states: [planted]}",
        "rows_current: {register: G3.register.plants, column: count}", "G5.criterion.planted",
        "column names 'count', which is no date column", "Add it",
    ),
    "rows covered by no link": (
        GATES, "rows_in_state: {register: G3.register.plants, states: [planted]}",
        "rows_covered: {register: G3.register.plants, by: G3.register.plants, column: plant}",
        "G5.criterion.planted", "column names 'plant', which links no row of", "Add it",
    ),
    "layers of no column": (
        GATES, "rows_in_state: {register: G3.register.plants, states: [planted]}",
        "layers_reconciled: {register: G3.register.plants, column: x, layers: [G3.seed.hedge]}",
        "G5.criterion.planted", "column names 'x', which is no column of", "plant, count",
    ),
    "rows spread over no link": (
        GATES, "rows_in_state: {register: G3.register.plants, states: [planted]}",
        "rows_spread: {register: G3.register.plants, states: [planted], column: plant}",
        "G5.criterion.planted", "column names 'plant', which links no rows", "Add it",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_what_points_wrong_is_told_with_its_remedy(case: str, tmp_path: Path) -> None:
    file, old, new, key, what, remedy = MISTAKES[case]
    folder = Path(shutil.copytree(GARDEN, tmp_path / "garden" / "1.0"))
    replaced(folder, file, old, new)
    matching = [line for line in problems_of(folder) if what in line]
    assert matching, problems_of(folder)
    assert matching[0].startswith(f"garden/1.0/{file}:")
    assert f"{key}: " in matching[0]
    assert remedy in matching[0].partition(what)[2]


ROUTED = """      count: {title: How many, type: number, follows_up: true}
      place: {title: Place, type: choice, options: {sun: Sun, shade: Shade}}
    routing:
      by: BY
      routes: {WHERE: {sets: {SETS: SAID}, role: ROLE}}
"""
GOOD = {"BY": "place", "WHERE": "sun", "SETS": "count", "SAID": "3", "ROLE": "gardener"}


@pytest.mark.parametrize(
    ("part", "word", "what"),
    [
        ("BY", "plant", "routing.by names 'plant', which is no column"),
        ("WHERE", "rain", "routing.routes.rain is no option of 'place'"),
        ("SETS", "cuont", "routing.routes.sun.sets names 'cuont', which is no column"),
        ("SAID", "many", "routing.routes.sun.sets.count"),
        ("ROLE", "gardner", "routing.routes.sun.role names 'gardner', which is no role"),
    ],
)
def test_a_route_leads_by_real_columns_options_and_roles(
    part: str, word: str, what: str, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(GARDEN, tmp_path / "garden" / "1.0"))
    text = ROUTED
    for name, good in GOOD.items():
        text = text.replace(name, word if name == part else good)
    replaced(folder, WORK, "      count: {title: How many, type: number, follows_up: true}\n", text)
    assert any(what in line for line in problems_of(folder)), problems_of(folder)
