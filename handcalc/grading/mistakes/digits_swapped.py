"""Two neighbouring digits swapped, as happens when a number is copied."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.grading.mistakes._mistake import Mistake

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]


MOST_DIGITS = 12


class DigitsSwapped(Mistake):
    """0.0763 in place of 0.0736."""

    said: ClassVar[str] = "two digits were swapped"
    systematic: ClassVar[bool] = False

    def meant(self, value: "Array", decimals: "Array") -> Iterator["Array"]:
        import numpy as np

        scale = 10.0 ** np.clip(decimals, 0, MOST_DIGITS)
        with np.errstate(all="ignore"):
            digits = np.round(np.abs(value) * scale)
            for place in range(MOST_DIGITS):
                right = np.floor(digits / 10.0**place) % 10
                left = np.floor(digits / 10.0 ** (place + 1)) % 10
                other = digits + (right - left) * 9 * 10.0**place
                shown = (
                    (right != left) & (digits >= 10.0 ** (place + 1)) & (digits < 10.0**MOST_DIGITS)
                )
                if not shown.any():
                    continue
                yield np.where(shown, np.sign(value) * other / scale, np.nan)
