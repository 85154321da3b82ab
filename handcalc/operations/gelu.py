"""a = z·Φ(z), the Gaussian error linear unit: z times the share of a normal distribution below it.

`approximate: true` takes a tanh for Φ, as the first models that had it did.
"""

from fractions import Fraction
from math import erfc
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import Truth
from handcalc.formula import PI, Formula, Number, erf, exp, number, sqrt, tanh
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

_CUBE = Number(Fraction("0.044715"), "0.044715")
_THREE_CUBES = Number(Fraction("0.134145"), "0.134145")


class Gelu(Elementwise):
    """GELU(z) = z·(1 + erf(z/√2))/2; GELU'(z) = Φ(z) + z·φ(z), with the density φ(z) = e^(-z²/2)/√(2π).

    With a tanh GELU(z) = z·(1 + t)/2, t = tanh(√(2/π)·(z + 0.044715·z³)); its slope is
    (1 + t)/2 + a·(1 - t)·√(2/π)·(1 + 0.134145·z²).
    """

    examples: ClassVar[tuple[dict[str, Any], ...]] = ({}, {"approximate": "true"})

    approximate: Truth = False

    def of(self, z: Formula) -> Formula:
        return z * (1 + (_tanh(z) if self.approximate else _erf(z))) / 2

    def slope(self, z: Formula, a: Formula) -> Formula:
        if self.approximate:
            t = _tanh(z)
            return (1 + t) / 2 + a * (1 - t) * sqrt(2 / PI) * (1 + _THREE_CUBES * z**2)
        return (1 + _erf(z)) / 2 + z * exp(-(z**2 / 2)) / sqrt(2 * PI)

    def values(self, z: "Array") -> "Array":
        return z * self._share(z)

    def slopes(self, z: "Array", a: "Array") -> "Array":
        import numpy as np

        share = self._share(z)
        # Beyond 40 every factor below is 0 or 1 in floats; its square would grow on.
        near = np.clip(z, -40.0, 40.0)
        if self.approximate:
            inner = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * near**2)
            return share + 2 * near * share * (1 - share) * inner
        return share + near * np.exp(-(near**2) / 2) / np.sqrt(2 * np.pi)

    def rule(self) -> str:
        if self.approximate:
            return "the product rule: the share by which z is multiplied, plus z times the slope of that share"
        return "the product rule: Φ(z), the share by which z is multiplied, plus z times the density of the normal distribution"

    def _share(self, z: "Array") -> "Array":
        """What z is multiplied by: near 0 without the cancelling of 1 + erf and of 1 + tanh."""
        import numpy as np

        if not self.approximate:
            upper: Array = np.asarray(np.frompyfunc(erfc, 1, 1)(-z / np.sqrt(2)), dtype=float)
            return upper / 2
        near = np.clip(z, -40.0, 40.0)
        u = np.sqrt(2 / np.pi) * (near + 0.044715 * near**3)
        small = np.exp(-2 * np.abs(u))
        return np.where(u >= 0, 1.0, small) / (1 + small)


def _erf(z: Formula) -> Formula:
    return erf(z / sqrt(number(2)))


def _tanh(z: Formula) -> Formula:
    return tanh(sqrt(2 / PI) * (z + _CUBE * z**3))
