"""a = λ·z for z > 0, else λ·α(e^z - 1): λ and α keep mean 0 and variance 1 through many layers."""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from handcalc.fields import Given
from handcalc.formula import Case, Cases, Formula, Number, exp, number
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Selu(Elementwise):
    """SELU(z) = λ·z for z > 0, else λ·α(e^z - 1); slope λ for z > 0, else λ·α·e^z (at z = 0: λ·α).

    `scale` is λ and `alpha` is α; both are those of Keras and PyTorch unless the file has others.
    """

    part_words: ClassVar[tuple[Literal["exp"], ...]] = ("exp",)
    kinks: ClassVar[tuple[float, ...]] = (0.0,)
    examples: ClassVar[tuple[dict[str, Any], ...]] = ({}, {"alpha": "1.6733", "scale": "1.0507"})

    alpha: Given = Given.of("1.6732632423543772")
    scale: Given = Given.of("1.0507009873554805")

    def of(self, z: Formula) -> Formula:
        scale, alpha = self._numbers()
        return Cases((Case(scale * z, z, ">", number(0)),), scale * alpha * (exp(z) - 1))

    def power(self, z: Formula) -> Formula | None:
        return exp(z)

    def slope(self, z: Formula, a: Formula) -> Formula:
        scale, alpha = self._numbers()
        return Cases((Case(scale, z, ">", number(0)),), scale * alpha * exp(z))

    def values(self, z: "Array") -> "Array":
        import numpy as np

        scale, alpha = float(self.scale.value), float(self.alpha.value)
        return scale * np.where(z > 0.0, z, alpha * np.expm1(np.minimum(z, 0.0)))

    def slopes(self, z: "Array", a: "Array") -> "Array":
        import numpy as np

        scale, alpha = float(self.scale.value), float(self.alpha.value)
        return scale * np.where(z > 0.0, 1.0, alpha * np.exp(np.minimum(z, 0.0)))

    def rule(self) -> str:
        return "SELU stretches the gradient by λ where z > 0 and takes λ·α·e^z of it elsewhere, at 0 too"

    def _numbers(self) -> tuple[Formula, Formula]:
        scale, alpha = (Number(given.value, given.text) for given in (self.scale, self.alpha))
        return scale, alpha
