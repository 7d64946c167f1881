"""How one kind of contract export is read: recognised once, corrected, kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from billing.agreements.fields import LABELS
from billing.agreements.words import FREQUENCIES
from billing.mapping import ENDS, UNITS, ColumnMapping, Ends, Units

Basis = Literal["", "period", "month", "year", "term"]
OwnDates = Literal["", "line", "contract"]
Tiers = Literal["", "graduated", "volume", "stairstep"]


@dataclass(frozen=True)
class ContractMapping(ColumnMapping):
    """``basis`` is what an amount is for, ``frequency`` how often contracts are billed that do not
    say so, ``ends`` what the end names, ``trial_ends`` what that of a trial does, ``own_dates``
    whose dates rows tell that share a number and differ in them, ``tiers`` how tiers are priced
    where the file does not say."""

    CHOICES: ClassVar[AnyMapping[str, tuple[str, ...]]] = {
        "basis": ("period", "month", "year", "term"), "ends": ENDS, "units": UNITS,
        "frequency": tuple(dict.fromkeys(FREQUENCIES.values())), "trial_ends": ENDS,
        "own_dates": ("line", "contract"), "tiers": ("graduated", "volume", "stairstep"),
    }  # fmt: skip

    basis: Basis = ""
    frequency: str = ""
    ends: Ends = ""
    units: Units = ""
    trial_ends: Ends = ""
    own_dates: OwnDates = ""
    tiers: Tiers = ""

    @classmethod
    def fields(cls, _data: AnyMapping[str, Any]) -> frozenset[str]:
        return frozenset(LABELS)
