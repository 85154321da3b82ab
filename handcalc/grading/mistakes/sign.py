"""The right number with the wrong sign."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.grading.box import Box, agrees
from handcalc.grading.mistakes._mistake import Mistake

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]


class Sign(Mistake):
    """-x in place of x."""

    said: ClassVar[str] = "the sign is wrong"
    systematic: ClassVar[bool] = False

    def slips(self, value: "Array", unit: "Array", expected: Box) -> "Array | None":
        turned = Box(-expected.value, -expected.high, -expected.low)
        found: Array = (value * expected.value < 0) & agrees(turned, value, unit, truncation=True)
        return found
