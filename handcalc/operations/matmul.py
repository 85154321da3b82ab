"""Y = A @ B, the product of matrices, or of a matrix and a column."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, total
from handcalc.operations._operation import Operation, or_zero, without_noise
from handcalc.operations._rearranged import leveled
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Matmul(Operation):
    """y_ij = Σ_k a_ik·b_kj; ∂y_ij/∂a_ik = b_kj, ∂y_ij/∂b_kj = a_ik."""

    overflows: ClassVar[bool] = True
    slots: ClassVar[tuple[str, ...]] = ("a", "b")
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"ranks": (2, 2), "shapes": ((2, 3), (3, 2))},
        {"ranks": (2, 1), "shapes": ((2, 3), (3,))},
        {"ranks": (1, 2), "shapes": ((3,), (3, 2))},
    )

    ranks: tuple[int, int]

    def output_shape(self, *shapes: Shape) -> Shape:
        a, b = shapes
        return (*a[:-1], *b[1:])

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        a, b = self._matrices(*arrays)
        y = without_noise(a @ b, lambda: np.abs(a) @ np.abs(b))
        return self._given_back(y)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        a, b = self._matrices(*arrays)
        dy = gradient.reshape(len(gradient), a.shape[1], b.shape[2])
        da, db = _product(dy, b.swapaxes(1, 2)), _product(a.swapaxes(1, 2), dy)
        return da[:, 0] if self.ranks[0] == 1 else da, db[..., 0] if self.ranks[1] == 1 else db

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        a, b = tensors
        row, column = index[: self.ranks[0] - 1], index[self.ranks[0] - 1 :]
        return total(a[(*row, k)] * b[(k, *column)] for k in range(b.shape[0]))

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        a, b = shapes
        if slot == 0:
            columns = [()] if self.ranks[1] == 1 else [(j,) for j in range(b[1])]
            return tuple((*index[:-1], *column) for column in columns)
        rows = [()] if self.ranks[0] == 1 else [(i,) for i in range(a[0])]
        return tuple((*row, *index[1:]) for row in rows)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        a, b = tensors
        if slot == 0:
            return b[(by[-1], *index[self.ranks[0] - 1 :])]
        return a[(*index[: self.ranks[0] - 1], by[0])]

    def _matrices(self, *arrays: "Array") -> "tuple[Array, Array]":
        """(N, m, k) and (N, k, n); a list is a row on the left and a column on the right."""
        a, b = (leveled(array, rank) for array, rank in zip(arrays, self.ranks, strict=True))
        return a[:, None] if self.ranks[0] == 1 else a, b[..., None] if self.ranks[1] == 1 else b

    def _given_back(self, y: "Array") -> "Array":
        y = y[:, 0] if self.ranks[0] == 1 else y
        return y[..., 0] if self.ranks[1] == 1 else y


def _product(a: "Array", b: "Array") -> "Array":
    return or_zero(a @ b, lambda: abs(a) @ abs(b))
