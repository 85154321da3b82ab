"""Logarithm of the hyperbolic cosine: E = 1/n Σ ln cosh(y - t), and cosh d = (e^d + e^-d)/2."""

from math import log as ln
from typing import TYPE_CHECKING

from handcalc.formula import Formula, exp, log, tanh
from handcalc.losses._each import EachOutput

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class LogCosh(EachOutput):
    """∂E/∂y_i = 1/n tanh(y_i - t_i): near 0 like a square, far from it like an absolute value."""

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        return f"log-cosh, {E} = {self.sign} ln cosh({o} - {t}), where cosh d = (e^d + e^-d)/2"

    def of(self, y: Formula, t: Formula) -> Formula:
        d = y - t
        return log((exp(d) + exp(-d)) / 2)

    def slope(self, y: Formula, t: Formula) -> Formula:
        return tanh(y - t)

    def values(self, y: "Array", t: "Array") -> "Array":
        import numpy as np

        # e^|d| is taken out, so that no power overflows; near 0 ln cosh d = ln(1 + 2 sinh²(d/2)) keeps the digits.
        d = np.abs(y - t)
        near = np.log1p(2 * np.sinh(np.minimum(d, 1.0) / 2) ** 2)
        return np.where(d < 1.0, near, d + np.log1p(np.exp(-2 * d)) - ln(2))

    def slopes(self, y: "Array", t: "Array") -> tuple["Array", "Array"]:
        import numpy as np

        slope = np.tanh(y - t)
        return slope, -slope

    def rule(self) -> str:
        return "the logarithm's derivative is one over cosh, times sinh inside: that is tanh"
