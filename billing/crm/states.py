"""Whether a deal is won, lost or still open: only a won one can leave a gap in billing."""

from __future__ import annotations

import re
from typing import Literal

State = Literal["won", "lost", "open", "unknown"]
STATES: tuple[State, ...] = ("won", "lost", "open", "unknown")
UNKNOWN_CODE = 3

WON = re.compile(
    r"won|gewonnen|gagn|ganad|signed|activated|^active$|^live$|^booked$|^contracted$|^yes$|^true$"
    r"|^complete[d]?$|^in[ -]?force$|^executed$|^renewed$|^closed ?/? ?w$|^paid$|^1$",
    re.IGNORECASE,
)
LOST = re.compile(
    r"lost|verloren|perdu|perdid|disqualif|unqualified|abandon|cancel|declin|reject|^dead$"
    r"|no ?decision|^closed ?/? ?l$|churn|terminated|expired|withdrawn|void",
    re.IGNORECASE,
)
NOT_YET = re.compile(
    r"not|unsigned|inactive|almost|likely|to be|pending|deactivated", re.IGNORECASE
)
OPEN = re.compile(
    r"open|prospect|engag|qualif|propos|negot|demo|discover|lead|contact|quote|review|commit|verbal"
    r"|appointment|presentation|decision|contract ?sent|draft|pipeline|new|interest|meeting|trial"
    r"|pilot|evaluat|analysis|approval|pending|in progress|working|perception|value|id\.",
    re.IGNORECASE,
)


def state_of(stage: str) -> tuple[State, bool]:
    """The state that the word for a stage says, and whether the word is a known one."""
    word = stage.strip()
    if not word:
        return "open", True
    if LOST.search(word):
        return "lost", True
    if WON.search(word) and not NOT_YET.search(word):
        return "won", True
    return "open", bool(OPEN.search(word) or NOT_YET.search(word))
