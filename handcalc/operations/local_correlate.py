"""Y = B + X ⋆ K with a kernel of its own at every place: a window that slides, and shares no weights.

K has a row for each place, in reading order, with a column for each cell under the window: places × cells;
with channels places × (cells·channels) × filters, or filters × places × (channels·cells) where they stand
first. The bias is one number for each cell of the result.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, number, total
from handcalc.operations import _sizes
from handcalc.operations._convolution import Convolution
from handcalc.operations._operation import Size, without_noise
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class LocalCorrelate(Convolution):
    """y_p = b_p + Σ_u k_pu·x_(p+u); ∂y_p/∂k_pu is the x under it, ∂y_p/∂x the k over it, at place p."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"size": (2,), "shapes": ((4,), (3, 2), (3,))},
        {"size": (2, 2), "strides": (1, 2), "shapes": ((3, 4), (4, 4))},
        {
            "size": (2,),
            "channels": "last",
            "strides": (2,),
            "shapes": ((5, 2), (2, 4, 3), (2, 3)),
        },
        {
            "size": (2, 1),
            "channels": "first",
            "shapes": ((2, 3, 2), (2, 4, 4), (2, 2, 2)),
        },
    )

    def kernel_shape(self, received: Shape, filters: int) -> Shape:
        """The shape of K for an input."""
        places = prod(self.windows.places(self.order.spatial(received)))
        each = prod(self.size) * self.order.count(received)
        if self.channels == "none":
            return (places, each)
        return (filters, places, each) if self.channels == "first" else (places, each, filters)

    def output_shape(self, *shapes: Shape) -> Shape:
        return self.order.joined(
            self.order.count(shapes[1]), self.windows.places(self.order.spatial(shapes[0]))
        )

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        under = self._under(arrays[0])
        K = self._kernels(arrays[1])
        y = np.einsum("npu,fpu->nfp", under, K)
        size = np.einsum("npu,fpu->nfp", abs(under), abs(K))
        places = self.windows.places(self.order.spatial(arrays[0].shape[1:]))
        y, size = (self.order.given_back(a.reshape(*a.shape[:2], *places)) for a in (y, size))
        if len(arrays) == 3:
            y, size = y + arrays[2], size + abs(arrays[2])
        return without_noise(y, size)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        x, dy = map(self.order.stacked, (arrays[0], gradient))
        places = dy.shape[2:]
        K, slopes = self._kernels(arrays[1]), dy.reshape(*dy.shape[:2], -1)
        each = np.einsum("nfp,fpu->nup", slopes, K)
        onto = [np.zeros_like(x) for _ in range(2)]
        for u, (c, tap) in enumerate(self._cells(x.shape[1])):
            for values, sums in zip((each[:, u], abs(each[:, u])), onto, strict=True):
                self.windows.scatter(tap, values.reshape(len(x), *places), sums[:, c])
        dK = np.einsum("nfp,npu->nfpu", slopes, self._under(arrays[0]))
        bias = (gradient,) if len(arrays) == 3 else ()
        return self.order.given_back(without_noise(*onto)), self._kernels_back(dK), *bias

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x, K = tensors[:2]
        f, place = self.order.split(index)
        terms = [tensors[2][index]] if len(tensors) == 3 else []
        for u, (c, tap) in enumerate(self._cells(self.order.count(x.shape))):
            cell = self.windows.under(place, tap, self.order.spatial(x.shape))
            assert cell is not None
            terms.append(K[self._at(f, place, u, x.shape)] * x[self.order.joined(c, cell)])
        return total(terms)

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        if slot == 2:
            return (index,)
        spatial, filters = self.order.spatial(shapes[0]), self.order.count(shapes[1])
        if slot == 1:
            f, (p, _) = self.order.split(index)
            return (self.order.joined(f, self._place(p, spatial)),)
        _, cell = self.order.split(index)
        places = [place for place, _ in self.windows.over(cell, spatial)]
        return tuple(self.order.joined(f, place) for f in range(filters) for place in places)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        x, K = tensors[:2]
        f, place = self.order.split(index)
        spatial, every = self.order.spatial(x.shape), list(self._cells(self.order.count(x.shape)))
        if slot == 2:
            return number(1)
        if slot == 1:
            _, (_, u) = self.order.split(by)
            c, tap = every[u]
            cell = self.windows.under(place, tap, spatial)
            assert cell is not None
            return x[self.order.joined(c, cell)]
        c, cell = self.order.split(by)
        tap = next(t for p, t in self.windows.over(cell, spatial) if p == place)
        return K[self._at(f, place, every.index((c, tap)), x.shape)]

    def sizes(self, *shapes: Shape) -> Iterable[Size]:
        return _sizes.places(self.windows, self.order.spatial(shapes[0]))

    # --- kernels: which row is which place, and which column which cell under the window ------------

    def _cells(self, channels: int) -> Iterator[tuple[int, Index]]:
        """Channel and tap of each column, in the order in which the input itself is read."""
        if self.channels == "first":
            yield from ((c, tap) for c in range(channels) for tap in self.windows.taps())
        else:
            yield from ((c, tap) for tap in self.windows.taps() for c in range(channels))

    def _at(self, f: int, place: Index, u: int, received: Shape) -> Index:
        places, p = self.windows.places(self.order.spatial(received)), 0
        for i, n in zip(place, places, strict=True):
            p = p * n + i
        return self.order.joined(f, (p, u))

    def _place(self, p: int, spatial: Shape) -> Index:
        found = []
        for n in reversed(self.windows.places(spatial)):
            p, i = divmod(p, n)
            found.append(i)
        return tuple(reversed(found))

    def _under(self, x: "Array") -> "Array":
        """What lies under the window: (N, places, cells), the cells in the order of the columns."""
        import numpy as np

        stacked = self.order.stacked(x)
        places = self.windows.places(stacked.shape[2:])
        under = [
            stacked[:, c][self.windows.cells(tap, places)].reshape(len(x), -1)
            for c, tap in self._cells(stacked.shape[1])
        ]
        return np.stack(under, axis=-1)

    def _kernels(self, K: "Array") -> "Array":
        """(F, places, cells), whatever the order."""
        return self.order.stacked(K[None])[0]

    def _kernels_back(self, dK: "Array") -> "Array":
        return self.order.given_back(dK)
