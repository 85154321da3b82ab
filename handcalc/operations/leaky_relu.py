"""a = z for z > 0, else α·z, the leaky rectifier; α is 0.01 unless the file says `alpha:`."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import Given
from handcalc.formula import Case, Cases, Formula, Number, number
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class LeakyRelu(Elementwise):
    """LeakyReLU(z) = z for z > 0, else α·z; slope 1 for z > 0, else α (at z = 0 too)."""

    kinks: ClassVar[tuple[float, ...]] = (0.0,)
    examples: ClassVar[tuple[dict[str, Any], ...]] = ({}, {"alpha": "0.2"})

    alpha: Given = Given.of("0.01")

    def of(self, z: Formula) -> Formula:
        return Cases((Case(z, z, ">", number(0)),), self._alpha() * z)

    def slope(self, z: Formula, a: Formula) -> Formula:
        return Cases((Case(number(1), z, ">", number(0)),), self._alpha())

    def values(self, z: "Array") -> "Array":
        import numpy as np

        return np.where(z > 0.0, z, float(self.alpha.value) * z)

    def slopes(self, z: "Array", a: "Array") -> "Array":
        import numpy as np

        return np.where(z > 0.0, 1.0, float(self.alpha.value))

    def rule(self) -> str:
        return f"leaky ReLU passes the gradient where z > 0 and {self.alpha.text} of it elsewhere"

    def _alpha(self) -> Formula:
        return Number(self.alpha.value, self.alpha.text)
