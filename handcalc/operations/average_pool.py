"""y = mean over the window. Padding counts as zeros with `count_padding`, what hangs over never."""

from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, Number, summed
from handcalc.operations._operation import without_noise
from handcalc.operations._pool import Pool
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class AveragePool(Pool):
    """y_ij = 1/n Σ of the n cells x under the window; ∂y/∂x = 1/n."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        *Pool.examples,
        {"size": (2,), "padding": ((1, 1),), "count_padding": True, "shapes": ((4,),)},
        {
            "size": (3, 2),
            "strides": (2, 2),
            "padding": ((1, 1), (0, 0)),
            "ceil": True,
            "count_padding": True,
            "shapes": ((4, 3),),
        },
    )

    count_padding: bool = False

    def forward(self, *arrays: "Array") -> "Array":
        x = self.order.stacked(arrays[0])
        y = without_noise(self._sums(x), self._sums(abs(x)))
        return self.given_back(y / self._counts(x.shape[2:]))

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        x, dy = self.order.stacked(arrays[0]), self.slopes(gradient)
        onto = self.windows.spread(dy / self._counts(x.shape[2:]), x.shape[2:])
        return (self.order.given_back(self.windows.within(onto, x.shape[2:])),)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x = tensors[0]
        cells = self.cells(index, x.shape)
        return self._share(index, x) * summed(len(cells), lambda i: x[cells[i]])

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return self._share(index, tensors[0])

    def rule(self) -> str:
        return "every cell of the window has the same share in the mean"

    def _share(self, index: Index, x: Tensor) -> Formula:
        spatial = self.order.spatial(x.shape)
        n = self.windows.inside(self.place(index), spatial, on_padding=self.count_padding)
        return Number(Fraction(1, n), f"1/{n}")

    def _sums(self, x: "Array") -> "Array":
        view = self.windows.view(x)
        return view.sum(axis=tuple(range(view.ndim - len(self.size), view.ndim)))

    def _counts(self, spatial: Shape) -> "Array":
        """How many cells count in each window: along each axis so many, multiplied."""
        import numpy as np

        each = [
            np.array(
                [
                    self.windows.inside_along(axis, i, n, on_padding=self.count_padding)
                    for i in range(places)
                ]
            )
            for axis, (n, places) in enumerate(
                zip(spatial, self.windows.places(spatial), strict=True)
            )
        ]
        return reduce(np.multiply.outer, each).astype(float)
