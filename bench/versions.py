"""Comparing two versions of an assessment with 500 inputs: every class, every word that changed."""

from __future__ import annotations

from random import Random
from statistics import median
from typing import Any

from bench.measure import Figure, in_turn
from phases.mechanisms.sheet.content import words_changed
from phases.strategy.versions.compare import applied, compare

INPUTS = 500
MOST = 100.0
"""Milliseconds to compare two versions of ``INPUTS`` inputs."""
WORDS = ("invoice", "contract", "terms", "net-30", "net-60", "billing", "usage", "seat", "ramp",
         "amendment", "credit", "currency", "entity", "renewal", "commitment")  # fmt: skip


def run(rounds: int = 30) -> list[Figure]:
    """Compare two versions of which four in ten inputs differ, then tell the words."""
    a = assessment(Random(7), INPUTS)
    b = changed(Random(8), a)
    assert applied(a, compare(a, b)) == b
    times = in_turn({"classes": lambda: compare(a, b), "words": lambda: told(a, b)}, rounds)
    return [
        Figure(f"classes of {INPUTS} inputs", median(times["classes"]), "ms"),
        Figure(
            f"two versions of {INPUTS} inputs, word by word", median(times["words"]), "ms", MOST
        ),
    ]


def assessment(chance: Random, inputs: int) -> dict[str, Any]:
    """So many inputs with values of up to 30 words."""
    return {f"input/{n}": entry(chance, n) for n in range(inputs)}


def entry(chance: Random, n: int) -> dict[str, Any]:
    value = " ".join(chance.choices(WORDS, k=chance.randrange(1, 30)))
    return {"group": "inputs", "title": f"Input {n}", "fields": {"value": value},
            "standing": "ASSUMED", "source": "Intake", "by": "u1", "at": "", "in": ""}  # fmt: skip


def changed(chance: Random, a: dict[str, Any]) -> dict[str, Any]:
    """*a* with one in ten corrected, confirmed, removed and added."""
    b = dict(a)
    for n, key in enumerate(a):
        value = a[key]["fields"]["value"]
        if n % 10 == 0:
            b[key] = {**a[key], "fields": {"value": f"{value} {chance.choice(WORDS)}"}}
        elif n % 10 == 1:
            b[key] = {**a[key], "standing": "CONFIRMED", "by": "c2"}
        elif n % 10 == 2:
            del b[key]
            b[f"input/new-{n}"] = entry(chance, n)
    return b


def told(a: dict[str, Any], b: dict[str, Any]) -> int:
    """The words of every correction."""
    fields = (field for change in compare(a, b) for field in change.fields)
    return sum(len(words_changed(old, new)) for _, old, new in fields)
