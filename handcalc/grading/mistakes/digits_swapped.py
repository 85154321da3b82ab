"""Two neighbouring digits swapped, as happens when a number is copied."""

from math import floor, isfinite
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.grading.box import Box
from handcalc.grading.mistakes._mistake import Mistake

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]

MOST_DIGITS = 12


class DigitsSwapped(Mistake):
    """0.0763 in place of 0.0736."""

    said: ClassVar[str] = "two digits are swapped"
    systematic: ClassVar[bool] = False

    def slips(self, value: "Array", unit: "Array", expected: Box) -> "Array | None":
        import numpy as np

        # A fraction such as 1/7 has no last digit.
        decimals = np.where(unit > 0, -np.log10(np.where(unit > 0, unit, 1.0)), -1)
        rows = zip(value, decimals, expected.value, strict=True)
        return np.array([_swapped(float(v), round(d), float(e)) for v, d, e in rows], bool)


def _swapped(value: float, decimals: int, expected: float) -> bool:
    """Are the digits of one those of the other, rounded or cut off, with two neighbours swapped?"""
    finite = isfinite(expected) and max(abs(value), abs(expected)) <= 1e9
    if not finite or not 0 <= decimals <= MOST_DIGITS:
        return False
    typed = str(round(abs(value) * 10**decimals))
    scaled = abs(expected) * 10**decimals
    for written in {str(round(scaled)), str(floor(scaled))}:
        width = max(len(typed), len(written))
        a, b = typed.zfill(width), written.zfill(width)
        apart = [i for i in range(width) if a[i] != b[i]]
        if len(apart) == 2 and apart[1] == apart[0] + 1:
            i, j = apart
            if a[i] == b[j] and a[j] == b[i] and (value >= 0) == (expected >= 0):
                return True
    return False
