"""Every id and every key family has tests that walk it, and each of those tests exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.coverage.families import FAMILIES, IDS, keys_of
from tests.coverage.walks import BY_ID, walks_of_family

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def walks(library: Any) -> dict[str, list[str]]:
    """By family and by id, the tests that walk it."""
    keys = list(library.latest("q2c").items)
    found = {family: walks_of_family(family, keys_of(keys, family)) for family in FAMILIES}
    for part in IDS:
        own = [walk for family in FAMILIES if family.partition(".")[0] == part
               for walk in found[family]]  # fmt: skip
        found[part] = [*own, *BY_ID.get(part, ())]
    return found


@pytest.fixture(scope="module")
def collected(walks: dict[str, list[str]]) -> set[str]:
    """Every test that pytest finds in the files that are named, with and without its case."""
    files = sorted({walk.partition("::")[0] for found in walks.values() for walk in found})
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n0", "-p", "no:cacheprovider",
         *files],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=240,
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST")},
    )  # fmt: skip
    assert told.returncode == 0, told.stdout[-2000:] + told.stderr[-2000:]
    names = {line for line in told.stdout.splitlines() if "::" in line}
    return names | {re.sub(r"\[.*", "", name) for name in names}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_walked_by_tests_that_exist(
    walks: dict[str, list[str]], collected: set[str], family: str
) -> None:
    assert walks[family]
    assert [walk for walk in walks[family] if walk not in collected] == []


@pytest.mark.parametrize("part", IDS)
def test_an_id_is_walked_by_tests_that_exist(
    walks: dict[str, list[str]], collected: set[str], part: str
) -> None:
    assert BY_ID.get(part), f"{part} has no test beside those of its families"
    assert [walk for walk in walks[part] if walk not in collected] == []


def test_nothing_unknown_is_on_the_map() -> None:
    assert set(BY_ID) == set(IDS)
    assert {family.partition(".")[0] for family in FAMILIES} <= set(IDS)


def test_a_name_that_nobody_wrote_would_be_noticed(collected: set[str]) -> None:
    some = f"{Path(__file__).relative_to(ROOT).parent}/test_criteria.py::test_no_such"
    assert some not in collected
    assert len(collected) > 400
