"""y = mean over windows that follow from how many there are to be."""

from fractions import Fraction
from typing import TYPE_CHECKING

from handcalc.formula import Formula, Number, total
from handcalc.operations._adaptive import AdaptivePool
from handcalc.operations._operation import without_noise
from handcalc.operations._tensor import Index, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class AdaptiveAveragePool(AdaptivePool):
    """y_i = 1/k Σ of the k cells x under window i; ∂y/∂x = 1/k."""

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        x = self.order.stacked(arrays[0])
        y = np.empty((*x.shape[:2], *self.output_size))
        over = tuple(range(2, x.ndim))
        for place, cells in self.views(x):
            means = (a.mean(axis=over) for a in (x[cells], abs(x[cells])))
            y[place] = without_noise(*means)
        return self.order.given_back(y)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        x, dy = map(self.order.stacked, (arrays[0], gradient))
        dx = np.zeros_like(x)
        for place, cells in self.views(x):
            count = dx[0, 0][cells].size
            share = dy[place] / count
            dx[cells] += share.reshape(*share.shape, *(1 for _ in self.output_size))
        return (self.order.given_back(dx),)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x = tensors[0]
        cells = self.cells(index, x.shape)
        return _share(cells) * total(x[cell] for cell in cells)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return _share(self.cells(index, tensors[0].shape))

    def rule(self) -> str:
        return "every cell of a window has the same share in its mean; where windows overlap the shares are added"


def _share(cells: list[Index]) -> Formula:
    return Number(Fraction(1, len(cells)), f"1/{len(cells)}")
