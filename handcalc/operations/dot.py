"""y = Σ a·b along one axis of each; what is left of the axes of a stands before that of b."""

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, total
from handcalc.operations._operation import Operation, without_noise
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Dot(Operation):
    """y_ij = Σ_k a_ik·b_jk; ∂y_ij/∂a_ik = b_jk, ∂y_ij/∂b_jk = a_ik. Of two lists one number."""

    overflows: ClassVar[bool] = True
    slots: ClassVar[tuple[str, ...]] = ("a", "b")
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,))},
        {"axes": (1, 0), "shapes": ((2, 3), (3, 2))},
        {"axes": (0, 0), "shapes": ((3,), (3, 2))},
        {"axes": (1, 1), "shapes": ((2, 2, 2), (3, 2))},
    )

    axes: tuple[int, int] = (0, 0)
    """The axis of a and that of b along which is added up, from 0."""

    def output_shape(self, *shapes: Shape) -> Shape:
        left, right = self._left_over(shapes)
        return (*left, *right) or (1,)

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        a, b = self._matrices(*arrays)
        y = without_noise(a @ b, lambda: np.abs(a) @ np.abs(b))
        return y.reshape(len(y), *self.output_shape(*(x.shape[1:] for x in arrays)))

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        a, b = self._matrices(*arrays)
        dy = gradient.reshape(len(gradient), a.shape[1], b.shape[2])
        (left, right), (i, j) = self._left_over([x.shape[1:] for x in arrays]), self.axes
        da = (dy @ b.swapaxes(1, 2)).reshape(len(dy), *left, -1)
        db = (a.swapaxes(1, 2) @ dy).reshape(len(dy), -1, *right)
        return np.moveaxis(da, -1, i + 1), np.moveaxis(db, 1, j + 1)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        a, b = tensors
        rows = self._rows(index, a.shape, b.shape)
        n = a.shape[self.axes[0]]
        return total(a[self._at(0, rows[0], k)] * b[self._at(1, rows[1], k)] for k in range(n))

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        own = (*index[: self.axes[slot]], *index[self.axes[slot] + 1 :])
        others = list(product(*map(range, self._left_over(shapes)[1 - slot])))
        found = ((*own, *other) if slot == 0 else (*other, *own) for other in others)
        return tuple(place or (0,) for place in found)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        other = 1 - slot
        rows = self._rows(index, *(tensor.shape for tensor in tensors))
        return tensors[other][self._at(other, rows[other], by[self.axes[slot]])]

    def rule(self) -> str:
        return "each number is multiplied by its partner, so that is its slope"

    def _left_over(self, shapes: Sequence[Shape]) -> tuple[Shape, Shape]:
        (a, b), (i, j) = shapes, self.axes
        return (*a[:i], *a[i + 1 :]), (*b[:j], *b[j + 1 :])

    def _rows(self, index: Index, a: Shape, b: Shape) -> tuple[Index, Index]:
        """The parts of an index that belong to a and to b; of a list nothing is left."""
        cut = len(a) - 1
        return index[:cut], index[cut : cut + len(b) - 1]

    def _at(self, slot: int, row: Index, k: int) -> Index:
        axis = self.axes[slot]
        return (*row[:axis], k, *row[axis:])

    def _matrices(self, a: "Array", b: "Array") -> "tuple[Array, Array]":
        """(N, rows, k) and (N, k, columns)."""
        import numpy as np

        i, j = self.axes
        left, right = np.moveaxis(a, i + 1, -1), np.moveaxis(b, j + 1, 1)
        rows, columns = prod(left.shape[1:-1]), prod(right.shape[2:])
        return left.reshape(len(a), rows, -1), right.reshape(len(b), -1, columns)
