"""What a phase page shows of each container: a line with a title, a sentence, and the way in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Panel:
    """One container at a glance.

    ``state`` is a chip's kind (todo, waiting, red, met …) with ``label`` as its words; ``done`` of
    ``total`` are drawn as a meter when there is a total.
    """

    key: str
    title: str
    kind: str
    href: str
    state: str
    label: str
    sentence: str = ""
    done: int = 0
    total: int = 0
