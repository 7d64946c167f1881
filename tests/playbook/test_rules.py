"""Rules, as truth tables over the profile."""

from __future__ import annotations

from typing import Any

import pytest

from playbook.rules import Rule

USAGE, FLAT = {"methodology": "usage_based"}, {"methodology": "contract_based"}

TRUTH: list[tuple[Any, dict[str, Any], bool]] = [
    ({"scope": "single"}, {"scope": "single"}, True),
    ({"scope": "single"}, {"scope": "multi"}, False),
    ({"scope": "single"}, {"scope": None}, False),
    ({"scope": "single"}, {}, False),
    ({"scope": ["single", "multi"]}, {"scope": "multi"}, True),
    ({"erp": True}, {"erp": True}, True),
    ({"erp": True}, {"erp": False}, False),
    ({"erp": True}, {"erp": None}, False),
    ({"erp": False}, {"erp": False}, True),
    ({"erp": False}, {}, False),
    ({"tools": "tabs"}, {"tools": ["stripe", "tabs"]}, True),
    ({"tools": ["tabs", "stripe"]}, {"tools": ["none"]}, False),
    ({"tools": "tabs"}, {"tools": []}, False),
    ({"scope": "single", "erp": True}, {"scope": "single", "erp": True}, True),
    ({"scope": "single", "erp": True}, {"scope": "single", "erp": False}, False),
    ({"all": [{"scope": "single"}, {"erp": True}]}, {"scope": "single"}, False),
    ({"any": [USAGE, {"usage_based": True}]}, FLAT | {"usage_based": True}, True),
    ({"any": [USAGE, {"usage_based": True}]}, USAGE, True),
    ({"any": [USAGE, {"usage_based": True}]}, FLAT, False),
    ({"not": {"scope": "single"}}, {"scope": "single"}, False),
    ({"not": {"scope": "single"}}, {}, True),
    ({"not": {"not": {"scope": "single"}}}, {"scope": "single"}, True),
]


@pytest.mark.parametrize(("written", "profile", "holds"), TRUTH)
def test_a_rule_holds(written: Any, profile: dict[str, Any], holds: bool) -> None:
    assert Rule.parse(written).holds(profile) is holds


@pytest.mark.parametrize(("written", "profile", "holds"), TRUTH)
def test_a_rule_reads_as_it_was_written(written: Any, profile: dict[str, Any], holds: bool) -> None:
    rule = Rule.parse(written)
    assert Rule.parse(rule.as_data()) == rule


@pytest.mark.parametrize(
    "written",
    [
        "scope == 'single'", {}, [], None, {"any": []}, {"all": {"a": "b"}}, {"scope": 3},
        {"scope": []}, {"not": "scope"}, {"scope": {"is": "single"}},
    ],
)  # fmt: skip
def test_what_is_not_of_the_vocabulary_is_no_rule(written: Any) -> None:
    with pytest.raises(ValueError, match=r"takes|mapping"):
        Rule.parse(written)
