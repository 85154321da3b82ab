"""y = a^b, cell by cell."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula
from handcalc.operations._operation import BEYOND
from handcalc.operations._together import Together

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Power(Together):
    """∂y/∂a = b·a^(b - 1), ∂y/∂b = a^b·ln a."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = tuple(
        {**example, "positive": True} for example in Together.examples
    )

    def of(self, *terms: Formula) -> Formula:
        base, exponent = terms
        return base**exponent

    def values(self, *arrays: "Array") -> "Array":
        import numpy as np

        base, exponent = arrays
        return np.power(base, exponent)

    def slopes(self, *arrays: "Array") -> "tuple[Array, ...]":
        import numpy as np

        a, b = arrays
        with np.errstate(all="ignore"):  # of a negative base there is no slope by the exponent
            by_base = np.where(b == 0, 0.0, b * np.power(a, b - 1.0))
            return by_base, np.power(a, b) * np.log(a)

    def no_value(self, *arrays: "Array") -> str:
        import numpy as np

        base, exponent = arrays
        with np.errstate(all="ignore"):
            beyond = np.isinf(np.power(base, exponent)) & (base != 0)
        if beyond.any():
            return BEYOND
        return "takes a power that has no finite value; write other numbers"

    def rule(self) -> str:
        return "the exponent comes down as a factor, and the new exponent is one less"
