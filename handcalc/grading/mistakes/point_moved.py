"""The right digits with the decimal point in another place."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.grading.box import Box, agrees
from handcalc.grading.mistakes._mistake import Mistake

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]


class PointMoved(Mistake):
    """0.673 in place of 0.0673."""

    said: ClassVar[str] = "the decimal point stands in the wrong place"
    systematic: ClassVar[bool] = False

    def slips(self, value: "Array", unit: "Array", expected: Box) -> "Array | None":
        import numpy as np

        found: Array = np.zeros(value.size, bool)
        for power in (-3, -2, -1, 1, 2, 3):
            moved = Box(*(a * 10.0**power for a in (expected.value, expected.low, expected.high)))
            fine = np.minimum(unit, np.abs(moved.value) * 0.05)
            found |= agrees(moved, value, fine, truncation=True)
        return found & (value != 0)
