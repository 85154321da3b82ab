"""y = a/b, cell by cell."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula
from handcalc.operations._operation import BEYOND
from handcalc.operations._tensor import Index, Tensor
from handcalc.operations._together import Together, at

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Divide(Together):
    """y = a/b; ∂y/∂a = 1/b, ∂y/∂b = -a/b²."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = tuple(
        {**example, "positive": True} for example in Together.examples
    )

    def of(self, *terms: Formula) -> Formula:
        a, b = terms
        return a / b

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        a, b = (tensor[at(index, tensor.shape)] for tensor in tensors)
        return -(a / b**2) if slot else 1 / b

    def values(self, *arrays: "Array") -> "Array":
        a, b = arrays
        return a / b

    def slopes(self, *arrays: "Array") -> "tuple[Array, ...]":
        a, b = arrays
        return 1 / b, -a / b**2

    def no_value(self, *arrays: "Array") -> str:
        if (arrays[1] == 0).any():
            return "divides by a number that is 0; write other numbers"
        return BEYOND

    def rule(self) -> str:
        return "the slope by the numerator is one over the denominator"
