"""z_ik = W_ik·x + b_ik: several weighted sums for each neuron, its pieces.

W is units × pieces × inputs (`Wx`), or inputs × units × pieces (`xW`, `WTx`); the bias is units × pieces.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, number, total
from handcalc.operations._channels import Order
from handcalc.operations._operation import Operation, without_noise
from handcalc.operations._tensor import Index, Shape, Tensor
from handcalc.operations.affine import Layout

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class AffinePieces(Operation):
    """z_ik = Σ_j W_ikj x_j + b_ik; ∂z_ik/∂W_ikj = x_j, ∂z_ik/∂x_j = W_ikj, ∂z_ik/∂b_ik = 1."""

    slots: ClassVar[tuple[str, ...]] = ("x", "W", "b")
    parameters: ClassVar[tuple[str, ...]] = ("W", "b")
    channels: ClassVar[Order] = "first"
    """W is shown as a matrix for each neuron, or for each input: by its first axis."""
    linear_in: ClassVar[tuple[str, ...]] = ("W", "b")
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (2, 4, 3), (2, 4))},
        {"shapes": ((2,), (1, 3, 2))},
        {"layout": "xW", "shapes": ((2,), (2, 3, 2), (3, 2))},
        {"layout": "WTx", "shapes": ((2,), (2, 3, 2))},
    )

    layout: Layout = "Wx"

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[1][:-1] if self.layout == "Wx" else shapes[1][1:]

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        x, by_piece = arrays[0], self._by_piece(arrays[1])
        z = np.einsum("nj,ikj->nik", x, by_piece)
        size = np.einsum("nj,ikj->nik", abs(x), abs(by_piece))
        if len(arrays) == 3:
            z, size = z + arrays[2], size + abs(arrays[2])
        return without_noise(z, size)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        dx = np.einsum("nik,ikj->nj", gradient, self._by_piece(arrays[1]))
        spelled = "nik,nj->nikj" if self.layout == "Wx" else "nik,nj->njik"
        dW = np.einsum(spelled, gradient, arrays[0])
        return (dx, dW, gradient) if len(arrays) == 3 else (dx, dW)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x, W = tensors[:2]
        terms = []
        for j in range(x.shape[0]):
            weight = W[self._at(index, j)]
            terms.append(x[j,] * weight if self.layout == "xW" else weight * x[j,])
        return total((*terms, tensors[2][index]) if len(tensors) == 3 else terms)

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        if slot == 0:
            units, pieces = self.output_shape(*shapes)
            return tuple((i, k) for i in range(units) for k in range(pieces))
        if slot == 2:
            return (index,)
        return (index[:-1] if self.layout == "Wx" else index[1:],)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        if slot == 2:
            return number(1)
        if slot == 1:
            return tensors[0][by[-1 if self.layout == "Wx" else 0],]
        return tensors[1][self._at(index, by[0])]

    def _at(self, piece: Index, j: int) -> Index:
        return (*piece, j) if self.layout == "Wx" else (j, *piece)

    def _by_piece(self, W: "Array") -> "Array":
        return W if self.layout == "Wx" else W.transpose(1, 2, 0)
