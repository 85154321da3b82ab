"""y = max over the window. Ties send the gradient to the first maximum in reading order."""

from typing import TYPE_CHECKING

from handcalc.formula import Formula
from handcalc.operations import _largest
from handcalc.operations._operation import Index, Tensor
from handcalc.operations._pool import Pool

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class MaxPool(Pool):
    """y_ij = max of the x under the window; ∂y/∂x = 1 for the cell that won, 0 for the others."""

    def forward(self, *arrays: "Array") -> "Array":
        return self.given_back(self._best(self.order.stacked(arrays[0]))[0])

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        x, dy = self.order.stacked(arrays[0]), self.slopes(gradient)
        winner = self._best(x)[1]
        onto = np.zeros_like(self.windows.padded(x))
        for number_of_tap, tap in enumerate(self.windows.taps()):
            self.windows.scatter(tap, dy * (winner == number_of_tap), onto)
        return (self.order.given_back(self.windows.within(onto, x.shape[2:])),)

    def _best(self, x: "Array") -> "tuple[Array, Array]":
        """The largest value of each window, and the first of its cells, by number, that has it."""
        import numpy as np

        padded = self.windows.padded(x, fill=-np.inf)
        places = self.windows.places(x.shape[2:])
        best = np.full((*x.shape[:2], *places), -np.inf)
        winner = np.zeros(best.shape)
        for number_of_tap, tap in enumerate(self.windows.taps()):
            values = padded[self.windows.cells(tap, places)]
            winner = np.where(values > best, number_of_tap, winner)
            best = np.maximum(best, values)
        return best, winner

    def at_corner(self, *arrays: "Array") -> bool:
        import numpy as np

        x = self.order.stacked(arrays[0])
        padded = self.windows.padded(x, fill=-np.inf)
        best, _ = self._best(x)
        # Equal on paper, 0.1 + 0.2 + 0.3 and 0.3 + 0.2 + 0.1 differ by the last bit here.
        near = best - 8 * np.finfo(float).eps * np.abs(best)
        equal = sum(
            (padded[self.windows.cells(tap, best.shape[2:])] >= near).astype(int)
            for tap in self.windows.taps()
        )
        return bool(np.any(equal > 1))

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        return _largest.largest(tensors[0], self.cells(index, tensors[0].shape))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return _largest.won(tensors[0], self.cells(index, tensors[0].shape), by)

    def rule(self) -> str:
        return _largest.RULE
