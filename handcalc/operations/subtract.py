"""y = a - b; the gradient goes on to a, and with the other sign to b."""

from typing import TYPE_CHECKING, ClassVar

from handcalc.formula import Formula, number
from handcalc.operations._operation import without_noise
from handcalc.operations._tensor import Index, Tensor
from handcalc.operations._together import Together

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Subtract(Together):
    """y = a - b; ∂y/∂a = 1, ∂y/∂b = -1."""

    overflows: ClassVar[bool] = True

    def of(self, *terms: Formula) -> Formula:
        a, b = terms
        return a - b

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return number(-1 if slot else 1)

    def values(self, *arrays: "Array") -> "Array":
        a, b = arrays
        return without_noise(a - b, abs(a) + abs(b))

    def slopes(self, *arrays: "Array") -> "tuple[float, ...]":
        return (1.0, -1.0)

    def rule(self) -> str:
        return "a difference passes the gradient on as it is, and with the other sign to what is subtracted"
