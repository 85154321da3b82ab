"""a = z for z > 0, else α(e^z - 1), the exponential linear unit; α is 1 unless the file says `alpha:`."""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from handcalc.fields import Given
from handcalc.formula import Case, Cases, Formula, Number, exp, number
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Elu(Elementwise):
    """ELU(z) = z for z > 0, else α(e^z - 1); slope 1 for z > 0, else α·e^z (at z = 0: α)."""

    part_words: ClassVar[tuple[Literal["exp"], ...]] = ("exp",)
    kinks: ClassVar[tuple[float, ...]] = (0.0,)
    examples: ClassVar[tuple[dict[str, Any], ...]] = ({}, {"alpha": "0.5"})

    alpha: Given = Given.of("1")

    def of(self, z: Formula) -> Formula:
        return Cases((Case(z, z, ">", number(0)),), self._alpha() * (exp(z) - 1))

    def power(self, z: Formula) -> Formula | None:
        return exp(z)

    def slope(self, z: Formula, a: Formula) -> Formula:
        return Cases((Case(number(1), z, ">", number(0)),), self._alpha() * exp(z))

    def values(self, z: "Array") -> "Array":
        import numpy as np

        return np.where(z > 0.0, z, float(self.alpha.value) * np.expm1(np.minimum(z, 0.0)))

    def slopes(self, z: "Array", a: "Array") -> "Array":
        import numpy as np

        return np.where(z > 0.0, 1.0, float(self.alpha.value) * np.exp(np.minimum(z, 0.0)))

    def rule(self) -> str:
        return "ELU passes the gradient where z > 0 and damps it by α·e^z elsewhere"

    def _alpha(self) -> Formula:
        return Number(self.alpha.value, self.alpha.text)
