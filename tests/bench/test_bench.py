"""Each benchmark runs, tiny, and says what it measured and how it stands beside its limit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import __main__ as command
from bench import contracts, create, crm, design, documents, pages, startup, versions
from bench.measure import Figure, in_turn, p95, ratio
from bench.world import copying
from phases.core.models import Contact, Engagement


def named(figures: list[Figure]) -> dict[str, float]:
    return {figure.what: figure.value for figure in figures}


def test_pages_are_measured_at_every_size() -> None:
    figures = named(pages.run((5, 10), rounds=1))

    assert set(pages.STAFF_PAGES) < {name.split(",")[0] for name in figures}
    assert figures["engagement, 10 engagements: median"] > 0
    assert 2 <= figures["engagement: queries"] <= pages.MOST_QUERIES
    assert figures["phase: queries"] <= pages.MOST_QUERIES


def test_documents_are_measured_cold_and_again() -> None:
    key = "Q25.document.maintenance"
    figures = documents.run(renders=2, keys=(key,), again=1)

    assert [figure.good for figure in figures if figure.what == "maintenance: again over cold"] == [
        True
    ]
    assert named(figures)["memory after 2 renders"] > 0


def test_comparing_versions_is_measured() -> None:
    figures = versions.run(rounds=1)

    assert [figure.limit for figure in figures] == [None, versions.MOST]
    assert all(figure.value > 0 for figure in figures)


def test_drawing_and_ranking_are_measured() -> None:
    figures = design.run(rounds=1)

    assert [figure.limit for figure in figures] == [
        design.MOST_DRAWING, design.MOST_DRAWING, design.MOST_RANKING,
    ]  # fmt: skip
    assert all(figure.value > 0 for figure in figures)


def test_starting_and_creating_are_measured() -> None:
    assert named(startup.run(1))["memory of a worker after its first page"] > 10
    assert named(create.run(2))["creating over a bare commit"] > 1


@pytest.mark.parametrize(("value", "good"), [(1.3, True), (1.31, False)])
def test_a_limit_is_the_most_that_is_good(value: float, good: bool) -> None:
    assert Figure("pages", value, "times", 1.3).good is good


def test_acts_take_turns_after_a_warm_up() -> None:
    seen: list[str] = []
    times = in_turn({"a": lambda: seen.append("a"), "b": lambda: seen.append("b")}, 2)

    assert "".join(seen) == "ababab"
    assert [len(kept) for kept in times.values()] == [2, 2]


def test_figures_of_many_times() -> None:
    assert p95([float(n) for n in range(1, 101)]) == 96
    assert ratio([4.0, 2.0, 9.0], [1.0, 2.0, 3.0]) == 2


def test_a_copy_has_ids_and_people_of_its_own() -> None:
    assert '"engagement_id" + n * 100000' in copying(Contact.__table__)  # type: ignore[arg-type]
    assert "\"slug\" || '-' || n" in copying(Engagement.__table__)  # type: ignore[arg-type]


def test_the_command_writes_its_figures_and_fails_on_a_missed_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(command.ALL, "pages", lambda: [Figure("slow", 2.0, "times", 1.0)])

    assert command.main(["pages", "--json", str(tmp_path / "figures.json")]) == 1
    assert "MISSED" in capsys.readouterr().out
    written = json.loads((tmp_path / "figures.json").read_text())
    assert written["figures"]["pages"][0] == {
        "what": "slow", "value": 2.0, "unit": "times", "limit": 1.0, "good": False,
    }  # fmt: skip


def test_a_crm_export_is_audited_beside_the_csv_module() -> None:
    figures = named(crm.run(rows=2_000, smaller=500, rounds=1))

    assert figures["import and audit over csv module"] > 1
    assert figures["most memory, 2,000 rows"] > 10


def test_the_list_of_contracts_is_measured_with_few_and_with_many() -> None:
    figures = named(contracts.run((3, 60), rounds=1))

    assert figures["contracts, 60: median"] > 0
    assert all(figures[f"{name}: queries"] <= contracts.MOST_QUERIES for name in contracts.PLACES)
