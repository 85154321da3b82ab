"""A value with what a person may have carried behind the digits written, for all students at once.

A box is [low, high] around a value: rounded, cut off, or carried on with full precision.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]

SLACK = 1e-9
"""Of a unit of the last digit: more than binary arithmetic can be off."""
NOISE = 1e-12
"""Of a value: the same."""
MOST_UNITS = 12
"""Units of the last digit asked for that a box may be wide, unless it is narrow beside its value."""
NARROW = 0.5
"""Of a value: a box as wide as this is still narrow beside it."""


@dataclass(frozen=True, slots=True)
class Box:
    """One value a student, and the bounds of what it may have been before it was written."""

    value: "Array"
    low: "Array"
    high: "Array"

    @classmethod
    def point(cls, value: "Array") -> "Box":
        """A value that is known exactly."""
        return cls(value, value, value)

    def of(self, rows: "Array") -> "Box":
        """The box of some students."""
        return Box(self.value[rows], self.low[rows], self.high[rows])

    def where(self, chosen: "Array", other: "Box") -> "Box":
        """This box for the chosen students, another for the others."""
        import numpy as np

        if self is other:
            return self
        return Box(
            np.where(chosen, self.value, other.value),
            np.where(chosen, self.low, other.low),
            np.where(chosen, self.high, other.high),
        )

    def narrow(self, unit: Any, key: Any = 0.0, share: float = NARROW) -> "Array":
        """Is it narrow enough for a number in it to say something?"""
        import numpy as np

        width = self.high - self.low
        size = np.maximum(np.abs(self.value), np.abs(key))
        enough: Array = (width <= MOST_UNITS * unit) | (width <= share * size)
        return enough

    def written(self, unit: "Array | float", *, truncation: bool) -> "Box":
        """As it may stand on scratch paper, written with this unit of the last digit.

        A number that is known exactly and has no more digits than that stands there as it is.
        """
        import numpy as np

        cut = 1.0 if truncation else 0.5
        low = self.low - unit * np.where(self.low > 0, cut, 0.5)
        high = self.high + unit * np.where(self.high < 0, cut, 0.5)
        units = self.value / unit
        with np.errstate(invalid="ignore"):  # what has no finite value has no digits
            off = np.abs(units - np.round(units))
        known = (self.low == self.high) & (off <= NOISE * np.maximum(np.abs(units), 1))
        return Box(self.value, np.where(known, self.low, low), np.where(known, self.high, high))


def typed(value: "Array", unit: "Array", *, truncation: bool) -> Box:
    """What may stand behind typed digits: half a unit to zero, where digits are cut off a whole one from it."""
    import numpy as np

    cut = 1.0 if truncation else 0.5
    low = value - unit * np.where(value > 0, 0.5, cut)
    high = value + unit * np.where(value < 0, 0.5, cut)
    return Box(value, low, high)


def allowed(box: Box, unit: Any, *, truncation: bool) -> "tuple[Array, Array]":
    """The interval [low, high] of what may be typed for a box: half a unit beside it, or its ends cut off.

    Of 0.60587 at four decimals 0.6058 is allowed, cut off, and not 0.6057; digits behind those asked for
    may be any that lie between.
    """
    import numpy as np

    slack = SLACK * unit + NOISE * np.maximum(np.abs(box.low), np.abs(box.high))
    low, high = box.low - unit / 2, box.high + unit / 2
    if truncation:
        cut_low = np.floor((box.low + slack) / unit) * unit
        cut_high = np.ceil((box.high - slack) / unit) * unit
        low = np.where(box.low > 0, np.minimum(low, cut_low), low)
        high = np.where(box.high < 0, np.maximum(high, cut_high), high)
    return low - slack, high + slack


def agrees(box: Box, value: "Array", unit: Any, *, truncation: bool) -> "Array":
    """Is a typed value what some number of the box is, rounded or cut off to this unit?"""
    low, high = allowed(box, unit, truncation=truncation)
    within: Array = (value >= low) & (value <= high)
    return within
