"""The exported playbook holds every key family, complete and no larger."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from flask import Flask

from playbook.book import Playbook
from tests.coverage.families import FAMILIES, IDS, keys_of


@pytest.fixture(scope="module")
def playbook(library) -> Playbook:
    return library.latest("q2c")


@pytest.fixture(scope="module")
def exported(playbook: Playbook) -> dict[str, Any]:
    return playbook.export()["items"]


@pytest.mark.parametrize(("family", "number"), FAMILIES.items(), ids=list(FAMILIES))
def test_a_family_is_exported_complete(exported: dict[str, Any], family: str, number: int) -> None:
    assert len(keys_of(exported, family)) == number


def test_the_command_exports_the_same(app: Flask) -> None:
    told = app.test_cli_runner().invoke(args=["playbook", "export"])
    assert told.exit_code == 0, told.output
    exported = json.loads(told.output)
    assert {"name", "version", "items"} <= set(exported)
    found = Counter(key.rpartition(".")[0] for key in exported["items"])
    assert {family: found[family] for family in FAMILIES} == FAMILIES


def test_there_are_fifty_parts_and_each_is_in_the_playbook(playbook: Playbook) -> None:
    assert len(IDS) == len(set(IDS)) == 50
    assert {key.partition(".")[0] for key in playbook.items if key[0] in "QCPMF"} == set(IDS)
