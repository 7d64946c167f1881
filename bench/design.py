"""Drawing a process map of 30 steps, and ranking 12 options by 40 requirements with what would
change the winner. No records are read."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

from bench.measure import Figure, in_turn
from phases.mechanisms.matrix.ranking import Requirement, Scores, rank, sentence
from phases.mechanisms.register.flow import Step
from phases.mechanisms.register.lanes import lanes
from phases.mechanisms.register.sheets import SCREEN, Paper

STEPS, LANES = 30, 8
OPTIONS, REQUIREMENTS = 12, 40
MOST_DRAWING, MOST_RANKING = 50.0, 100.0
LANDSCAPE = Paper(1040, 560)


def run(rounds: int = 20) -> list[Figure]:
    """Both, in turn."""
    steps = process()
    requirements, options, scores = matrix()
    acts: dict[str, Callable[[], Any]] = {
        "page": lambda: lanes("Map", steps, SCREEN),
        "PDF": lambda: lanes("Map", steps, LANDSCAPE),
        "ranking": lambda: (rank(requirements, options, scores),
                            sentence(requirements, options, scores)),
    }  # fmt: skip
    times = in_turn(acts, rounds)
    size = f"{STEPS} steps in {LANES} lanes"
    return [
        Figure(f"a map of {size}, for a page", median(times["page"]), "ms", MOST_DRAWING),
        Figure(f"a map of {size}, for a PDF", median(times["PDF"]), "ms", MOST_DRAWING),
        Figure(f"{OPTIONS} options by {REQUIREMENTS} requirements, with sensitivity",
               median(times["ranking"]), "ms", MOST_RANKING),
    ]  # fmt: skip


def process() -> list[Step]:
    """A process with every mark, and a step that goes back."""
    return [
        Step(
            f"Check the order form and its annex, number {n}", f"Lane {n * 3 % LANES}",
            "Salesforce", "Manual", by_hand=n % 2 == 0, lost="PO number" if n % 3 == 0 else "",
            time=f"{n} min", after=("3",) if n == STEPS // 2 else (), fate="Vanishes",
        )
        for n in range(STEPS)
    ]  # fmt: skip


def matrix() -> tuple[list[Requirement], dict[str, str], Scores]:
    """Scores so near one another that every weight is tried."""
    requirements = [
        Requirement(f"r{n}", f"Requirement {n}", 1 + n % 10, must=n % 9 == 0)
        for n in range(REQUIREMENTS)
    ]
    options = {f"o{n}": f"Option {n}" for n in range(OPTIONS)}
    scores = {
        (r.key, option): 5 if place == 0 else 3 + (n + place) % 3
        for n, r in enumerate(requirements)
        for place, option in enumerate(options)
    }
    return requirements, options, scores
