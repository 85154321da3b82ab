"""A straight line that is cut off at both ends: a = max(low, min(high, m·z + c))."""

from abc import abstractmethod
from typing import TYPE_CHECKING

from handcalc.formula import Case, Cases, Formula, Number, maximum, minimum, number
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Clipped(Elementwise):
    """The slope is m between the two corners; at them and beyond it is 0, as PyTorch has it."""

    @abstractmethod
    def ends(self) -> tuple[Number, Number]:
        """The lowest and the highest value."""

    @abstractmethod
    def coefficients(self) -> tuple[Number, Number]:
        """The m, above 0, and the c of the line."""

    @abstractmethod
    def line(self, z: Formula) -> Formula:
        """m·z + c as people write it."""

    def corners(self) -> tuple[Number, Number]:
        """The z at which the line meets the lowest and the highest value."""
        (m, c), (low, high) = self.coefficients(), self.ends()
        if m.value == 1 and c.value == 0:
            return low, high
        return Number((low.value - c.value) / m.value), Number((high.value - c.value) / m.value)

    @property
    def kinks(self) -> tuple[float, ...]:  # type: ignore[override]  # the options decide
        return tuple(float(corner.value) for corner in self.corners())

    def of(self, z: Formula) -> Formula:
        low, high = self.ends()
        return maximum(low, minimum(high, self.line(z)))

    def slope(self, z: Formula, a: Formula) -> Formula:
        left, right = self.corners()
        flat = number(0)
        return Cases((Case(flat, z, "<=", left), Case(flat, z, ">=", right)), self._steepness())

    def values(self, z: "Array") -> "Array":
        import numpy as np

        (m, c), (low, high) = self.coefficients(), self.ends()
        return np.clip(float(m.value) * z + float(c.value), float(low.value), float(high.value))

    def slopes(self, z: "Array", a: "Array") -> "Array":
        import numpy as np

        left, right = self.kinks
        return np.where((z > left) & (z < right), float(self._steepness().value), 0.0)

    def _steepness(self) -> Number:
        return self.coefficients()[0]
