"""The rounding policy: how a number is written down, and when it is written without loss."""

from dataclasses import dataclass
from fractions import Fraction

from handcalc.fields.pattern import fits
from handcalc.number import (
    Exact,
    as_decimal,
    fixed,
    is_decimal,
    magnitude,
    plain,
    round_to,
    scientific,
)
from handcalc.problem.model import Rounding

_SMALLEST = -8  # below 1e-8 a number is written with a power of ten
_LARGEST = 15


@dataclass(frozen=True, slots=True)
class Written:
    """A number on paper: its text, the value the text stands for, and whether nothing was lost."""

    text: str
    value: Exact
    exact: bool


class Policy:
    """Fixed decimals, with more of them for small numbers and others for the answers named.

    A number that ends within the decimals is written without trailing zeros; one that was cut keeps
    them. A small one that would keep fewer than two significant digits (at one decimal: none) is
    written with three.
    """

    def __init__(self, rounding: Rounding) -> None:
        self.rounding = rounding
        self.carries = rounding.carry == "rounded"

    def places(self, key: str) -> int | None:
        """The decimals that the file sets for one answer."""
        name = key.partition("@")[0]
        return next(
            (places for pattern, places in self.rounding.keys.items() if fits(pattern, name)), None
        )

    def write(self, value: Exact, key: str = "") -> Written:
        """The number as it is written down under this key."""
        if isinstance(value, float):
            value = Fraction(as_decimal(value))
        own = self.places(key)
        places = self.rounding.decimals if own is None else own
        size = magnitude(value)
        if is_decimal(value, places) and size < _LARGEST:
            return Written(plain(value, max(places, 1)), value, exact=True)
        if size >= _LARGEST or (own is None and size < _SMALLEST):
            text = scientific(value, 3 if size < 0 else 4)
            return Written(text, Fraction(text), exact=Fraction(text) == value)
        kept = places + size + 1
        if own is None and size < 0 and kept < max(1, min(2, places)):
            places = -size + 2
            if is_decimal(value, places):
                return Written(plain(value, places), value, exact=True)
        rounded = round_to(value, places, self.rounding.mode)
        return Written(fixed(rounded, places), rounded, exact=False)
