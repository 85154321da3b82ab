"""y = x for x > 0, else α·x, the parametric rectifier: α is learned, for each value or for several."""

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Case, Cases, Formula, number
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor
from handcalc.operations._together import at

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Prelu(Operation):
    """∂y/∂x = 1 for x > 0, else α; ∂y/∂α = x for x ≤ 0, else 0. An axis of size 1 of α serves for all."""

    slots: ClassVar[tuple[str, ...]] = ("x", "alpha")
    parameters: ClassVar[tuple[str, ...]] = ("alpha",)
    by_cell: ClassVar[bool] = True
    kinks: ClassVar[tuple[float, ...]] = (0.0,)
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((4,), (4,))},
        {"shapes": ((2, 3), ())},
        {"shapes": ((2, 2, 3), (1, 1, 3))},
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        x, alpha = arrays
        return np.where(x > 0.0, x, alpha * x)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        x, alpha = arrays
        each = gradient * np.where(x > 0.0, 0.0, x)
        over = tuple(
            axis
            for axis in range(1, x.ndim)
            if not alpha.ndim or alpha.shape[axis - 1] < x.shape[axis]
        )
        summed = each.sum(axis=over, keepdims=bool(alpha.ndim)) if over else each
        return gradient * np.where(x > 0.0, 1.0, alpha), summed

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x, alpha = tensors[0][index], self._alpha(index, tensors[1])
        return Cases((Case(x, x, ">", number(0)),), alpha * x)

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        if slot == 0:
            return (index,)
        own = shapes[1] or tuple(1 for _ in shapes[0])
        axes = zip(index or (0,) * len(own), own, shapes[0], strict=True)
        return tuple(product(*(range(n) if few < n else (i,) for i, few, n in axes)))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        x = tensors[0][index]
        if slot == 0:
            return Cases((Case(number(1), x, ">", number(0)),), self._alpha(index, tensors[1]))
        return Cases((Case(number(0), x, ">", number(0)),), x)

    def rule(self) -> str:
        return (
            "where x > 0 the gradient passes as it is and α gets none; elsewhere, at 0 too, α times "
            "the gradient passes and α gets x times it"
        )

    def _alpha(self, index: Index, alpha: Tensor) -> Formula:
        return alpha[at(index, alpha.shape) if alpha.shape else ()]
