"""Money: digits of a currency, rounding, splitting without losing a minor unit."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from fractions import Fraction
from functools import lru_cache

from babel.core import get_global

from billing.conventions import Conventions
from billing.errors import UnknownCurrencyError

ZERO = Decimal(0)
ONE = Decimal(1)
NOT_TWO = (
    dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    )
    | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)
    | dict.fromkeys(["CLF", "UYW"], 4)
)
"""ISO 4217 minor units where they are not two."""
WIDE = Context(prec=60)
"""Wide enough that a quotient is never taken for an exact half."""
EXACT = Context(prec=120)
"""Wide enough for a price times a quantity times a count of seconds."""

MODES = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "half_down": ROUND_HALF_DOWN,
    "up": ROUND_UP,
    "down": ROUND_DOWN,
    "ceiling": ROUND_CEILING,
    "floor": ROUND_FLOOR,
}


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """The codes of every currency that is or was in use."""
    return frozenset(get_global("all_currencies")) - {"XXX", "XTS"}


@lru_cache(maxsize=1)
def _today() -> frozenset[str]:
    used = get_global("territory_currencies").values()
    return frozenset(code for each in used for code, _, end, *_ in each if end is None)


def in_use(code: str) -> bool:
    """Whether some country uses the currency today."""
    return code in _today()


def known_currency(code: str) -> str:
    """The code in capitals.

    Raises:
        UnknownCurrencyError: no currency has it.
    """
    if code.upper() not in currencies():
        raise UnknownCurrencyError(code)
    return code.upper()


def digits(currency: str, conventions: Conventions) -> int:
    """How many decimals amounts of *currency* have."""
    own = conventions.currency_decimals.get(currency)
    found = iso_digits(currency) if own is None else own
    return 2 if found == 3 and conventions.three_decimals_end_in_zero else found


def iso_digits(currency: str) -> int:
    """Decimals by ISO 4217; those of daily use, which babel knows, are fewer for some (RSD)."""
    return NOT_TWO.get(currency, 2)


def decimal_of(value: Fraction) -> Decimal:
    """*value* as a decimal, exact or to 60 digits."""
    return WIDE.divide(Decimal(value.numerator), Decimal(value.denominator))


def part_of(share: Fraction, price: Decimal, quantity: Decimal = ONE) -> Decimal:
    """*share* of so many at a price: multiplied exactly, then divided once, to 60 digits."""
    whole = EXACT.multiply(EXACT.multiply(price, quantity), Decimal(share.numerator))
    return WIDE.divide(whole, Decimal(share.denominator))


@lru_cache(maxsize=64)
def unit(decimals: int) -> Decimal:
    """One minor unit, such as 0.01."""
    return Decimal(1).scaleb(-decimals)


def rounded(value: Decimal, decimals: int, mode: str = "half_up") -> Decimal:
    """*value* at *decimals*; a zero carries no sign."""
    found = value.quantize(unit(decimals), MODES[mode], WIDE)
    return found or abs(found)


class Purse:
    """Amounts of one currency under one set of conventions."""

    __slots__ = ("_mode", "_unit", "currency", "decimals", "mode")

    def __init__(self, currency: str, conventions: Conventions) -> None:
        self.currency = currency
        self.decimals = digits(currency, conventions)
        self.mode = conventions.rounding_mode
        self._mode = MODES[self.mode]
        self._unit = unit(self.decimals)

    def round(self, value: Decimal) -> Decimal:
        """*value* in whole minor units."""
        found = value.quantize(self._unit, self._mode, WIDE)
        return found or abs(found)

    def split(self, total: Decimal, weights: Sequence[Fraction], to: str) -> list[Decimal]:
        """*total* in proportion to *weights*; what rounding leaves over goes where *to* says.

        With ``largest``, every part is rounded down and those with the largest remainders get one
        minor unit each, the earlier first; so they do where so many parts are rounded up that the
        first or last would have to be negative. With ``leave`` the parts need not add up.
        """
        whole = sum(weights, Fraction(0))
        if not whole:
            weights, whole = [Fraction(1)] * len(weights), Fraction(len(weights))
        exact = [Fraction(total) * weight / whole for weight in weights]
        if to == "largest":
            return self._largest(total, exact)
        parts = [self.round(decimal_of(part)) for part in exact]
        if to == "leave" or not parts:
            return parts
        place = 0 if to == "first" else -1
        parts[place] += self.round(total) - sum(parts, ZERO)
        return self._largest(total, exact) if parts[place] < 0 < total else parts

    def _largest(self, total: Decimal, exact: Sequence[Fraction]) -> list[Decimal]:
        parts = [rounded(decimal_of(part), self.decimals, "floor") for part in exact]
        left = int((self.round(total) - sum(parts, ZERO)) / self._unit)
        order = sorted(range(len(exact)), key=lambda i: (Fraction(parts[i]) - exact[i], i))
        for index in order[:left]:
            parts[index] += self._unit
        return parts
