"""y = max over the window. Ties send the gradient to the first maximum in reading order."""

from math import prod
from typing import TYPE_CHECKING, Any

from handcalc.formula import Formula
from handcalc.operations import _largest
from handcalc.operations._pool import Pool
from handcalc.operations._tensor import Index, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class MaxPool(Pool):
    """y_ij = max of the x under the window; ∂y/∂x = 1 for the cell that won, 0 for the others."""

    def forward(self, *arrays: "Array") -> "Array":
        return self.given_back(self._best(self.order.stacked(arrays[0]))[0])

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        x, dy = self.order.stacked(arrays[0]), self.slopes(gradient)
        onto = np.zeros_like(self.windows.padded(x))
        sample, channel, *place = np.indices(dy.shape)
        steps = zip(
            place, self._best(x)[1], self.windows.strides, self.windows.dilation, strict=True
        )
        cell = [i * s + tap * d for i, tap, s, d in steps]
        np.add.at(onto, (sample, channel, *cell), dy)
        return (self.order.given_back(self.windows.within(onto, x.shape[2:])),)

    def _best(self, x: "Array") -> "tuple[Array, list[Any]]":
        """The largest value of each window, and where in it the first cell stands that has it.

        One axis after the other: the largest of each row, then the largest of those.
        """
        import numpy as np

        rank, places = len(self.size), self.windows.places(x.shape[2:])
        best, taps = self.windows.padded(x, fill=-np.inf), list[Any]()
        for axis in reversed(range(rank)):
            rows = (self.windows.along(axis, t, places[axis], rank) for t in range(self.size[axis]))
            first = next(rows)
            top, inner = best[first], [tap[first] for tap in taps]
            own = np.zeros(top.shape, int)
            for t, row in enumerate(rows, 1):
                better = best[row] > top
                top, own = np.where(better, best[row], top), np.where(better, t, own)
                inner = [np.where(better, tap[row], i) for tap, i in zip(taps, inner, strict=True)]
            best, taps = top, [own, *inner]
        return best, taps

    def at_corner(self, *arrays: "Array") -> bool:
        """Does a window hold its largest value twice?"""
        import numpy as np

        x = self.order.stacked(arrays[0])
        best, _ = self._best(x)
        # Equal on paper, 0.1 + 0.2 + 0.3 and 0.3 + 0.2 + 0.1 differ by the last bit here.
        near = best - 8 * np.finfo(float).eps * np.abs(best)
        places = best.shape[2:]
        if prod(self.size) > prod(places):  # few large windows: one after the other
            return any(
                np.count_nonzero(self._under(x[index[:2]], index[2:]) >= near[index]) > 1
                for index in np.ndindex(*best.shape)
            )
        padded = self.windows.padded(x, fill=-np.inf)
        taps = (padded[self.windows.cells(tap, places)] for tap in self.windows.taps())
        return bool(np.any(sum((values >= near).astype(int) for values in taps) > 1))

    def _under(self, x: "Array", place: Index) -> "Array":
        """The cells of one channel under one window."""
        covered = self.windows.covered(place, x.shape)
        return x[tuple(slice(r.start, r.stop, r.step) for r in covered)]

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        return _largest.largest(tensors[0], self.cells(index, tensors[0].shape))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return _largest.won(tensors[0], self.cells(index, tensors[0].shape), by)

    def rule(self) -> str:
        return _largest.RULE
