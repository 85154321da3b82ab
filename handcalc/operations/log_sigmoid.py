"""a = -ln(1 + e^(-z)), the logarithm of the sigmoid; its slope is the sigmoid of -z."""

from typing import TYPE_CHECKING, ClassVar, Literal

from handcalc.formula import Formula, exp, log
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class LogSigmoid(Elementwise):
    """log_sigmoid(z) = -ln(1 + e^(-z)); its slope is 1/(1 + e^z)."""

    part_words: ClassVar[tuple[Literal["exp"], ...]] = ("exp",)

    def of(self, z: Formula) -> Formula:
        return -log(1 + exp(-z))

    def power(self, z: Formula) -> Formula | None:
        return exp(-z)

    def slope(self, z: Formula, a: Formula) -> Formula:
        return 1 / (1 + exp(z))

    def values(self, z: "Array") -> "Array":
        import numpy as np

        return -np.logaddexp(0.0, -z)

    def slopes(self, z: "Array", a: "Array") -> "Array":
        import numpy as np

        return np.exp(-np.logaddexp(0.0, z))

    def rule(self) -> str:
        return "the slope of the logarithm of the sigmoid is the sigmoid of -z"
