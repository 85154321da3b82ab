"""y = max over windows that follow from how many there are to be; of equal ones the first wins."""

from typing import TYPE_CHECKING

from handcalc.formula import Formula
from handcalc.operations import _largest
from handcalc.operations._adaptive import AdaptivePool
from handcalc.operations._tensor import Index, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class AdaptiveMaxPool(AdaptivePool):
    """y_i = max of the x under window i; ∂y/∂x = 1 for the cell that won, 0 for the others."""

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        x = self.order.stacked(arrays[0])
        y = np.empty((*x.shape[:2], *self.output_size))
        for place, cells in self.views(x):
            y[place] = x[cells].reshape(*x.shape[:2], -1).max(axis=-1)
        return self.order.given_back(y)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        x, dy = map(self.order.stacked, (arrays[0], gradient))
        dx = np.zeros_like(x)
        for place, cells in self.views(x):
            under = x[cells].reshape(*x.shape[:2], -1)
            won = np.arange(under.shape[-1]) == under.argmax(axis=-1)[..., None]
            slopes = dy[place][..., None] * won
            dx[cells] += slopes.reshape(x[cells].shape)
        return (self.order.given_back(dx),)

    def at_corner(self, *arrays: "Array") -> bool:
        import numpy as np

        x = self.order.stacked(arrays[0])
        for _, cells in self.views(x):
            under = x[cells].reshape(*x.shape[:2], -1)
            best = under.max(axis=-1, keepdims=True)
            # Equal on paper, two sums may differ by the last bit here.
            near = under >= best - 8 * np.finfo(float).eps * np.abs(best)
            if (near.sum(axis=-1) > 1).any():
                return True
        return False

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        return _largest.largest(tensors[0], self.cells(index, tensors[0].shape))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return _largest.won(tensors[0], self.cells(index, tensors[0].shape), by)

    def rule(self) -> str:
        return _largest.RULE
