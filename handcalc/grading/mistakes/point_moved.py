"""The right digits with the decimal point in another place."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.grading.mistakes._mistake import Mistake

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]


class PointMoved(Mistake):
    """0.673 in place of 0.0673."""

    said: ClassVar[str] = "the decimal point was put in the wrong place"
    systematic: ClassVar[bool] = False

    def meant(self, value: "Array", decimals: "Array") -> Iterator["Array"]:
        for power in (-1, 1, -2, 2, -3, 3):
            yield value * 10.0**power
