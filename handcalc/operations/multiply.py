"""y = a·b·…, cell by cell; the slope by one factor is the product of the others."""

from functools import reduce
from operator import mul
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula
from handcalc.operations._tensor import Index, Tensor
from handcalc.operations._together import Together, at

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Multiply(Together):
    """y = a·b; ∂y/∂a = b, ∂y/∂b = a."""

    overflows: ClassVar[bool] = True
    several: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        *Together.examples,
        {"shapes": ((2,), (2,), (2,))},
    )

    def of(self, *terms: Formula) -> Formula:
        return reduce(mul, terms)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        others = [t[at(index, t.shape)] for i, t in enumerate(tensors) if i != slot]
        return reduce(mul, others)

    def values(self, *arrays: "Array") -> "Array":
        return reduce(mul, arrays)

    def slopes(self, *arrays: "Array") -> "tuple[Array, ...]":
        return tuple(
            reduce(mul, (a for i, a in enumerate(arrays) if i != slot))
            for slot in range(len(arrays))
        )

    def rule(self) -> str:
        return "in a product each factor's slope is the product of the others"
