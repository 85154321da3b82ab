"""a = z·tanh(ln(1 + e^z)): z times the tanh of its softplus."""

from typing import TYPE_CHECKING, ClassVar, Literal

from handcalc.formula import Formula, exp, log, tanh
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Mish(Elementwise):
    """Mish(z) = z·t with t = tanh(ln(1 + e^z)); Mish'(z) = t + z·(1 - t²)·σ(z)."""

    part_words: ClassVar[tuple[Literal["exp"], ...]] = ("exp",)

    def of(self, z: Formula) -> Formula:
        return z * _tanh(z)

    def power(self, z: Formula) -> Formula | None:
        return exp(z)

    def slope(self, z: Formula, a: Formula) -> Formula:
        t = _tanh(z)
        return t + z * (1 - t**2) / (1 + exp(-z))

    def values(self, z: "Array") -> "Array":
        import numpy as np

        return z * np.tanh(np.logaddexp(0.0, z))

    def slopes(self, z: "Array", a: "Array") -> "Array":
        import numpy as np

        t = np.tanh(np.logaddexp(0.0, z))
        return t + z * (1.0 - t**2) * np.exp(-np.logaddexp(0.0, -z))

    def rule(self) -> str:
        return "the product rule: t = tanh(ln(1 + e^z)), plus z times the slope of t, (1 - t²)·σ(z)"


def _tanh(z: Formula) -> Formula:
    return tanh(log(1 + exp(z)))
