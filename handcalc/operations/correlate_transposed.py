"""y = b + Σ x_i spread out with K: each input cell adds the kernel, times its value, to a window of y.

It is the way back through a correlation from y to x: where that takes n cells to m, this takes m to n.
Kernels are kept as that correlation keeps them, its filters being the channels of x here.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import AsIs
from handcalc.formula import Formula, number, total
from handcalc.operations import _correlation, _sizes
from handcalc.operations._convolution import Convolution
from handcalc.operations._operation import Size
from handcalc.operations._tensor import Index, Shape, Tensor, indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class CorrelateTransposed(Convolution):
    """y_(i·s+u)(j·s+v) = b + Σ k_uv·x_ij; ∂y/∂x is the k between them, ∂y/∂k the x."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"size": (2, 2), "shapes": ((2, 3), (2, 2), ())},
        {"size": (3,), "strides": (2,), "padding": ((1, 1),), "shapes": ((3,), (3,))},
        {
            "size": (2, 2),
            "strides": (2, 3),
            "extra": (1, 1),
            "channels": "first",
            "shapes": ((2, 2, 2), (2, 3, 2, 2), (3,)),
        },
        {
            "size": (2, 1),
            "dilation": (2, 1),
            "channels": "last",
            "groups": 2,
            "shapes": ((2, 2, 4), (2, 1, 2, 4), (4,)),
        },
        {"size": (2, 2, 1), "channels": "last", "shapes": ((2, 1, 2, 1), (2, 2, 1, 2, 1), (2,))},
    )

    extra: tuple[AsIs, ...] | None = None
    """Output padding: cells at the end of each axis that no window reaches."""

    def output_shape(self, *shapes: Shape) -> Shape:
        filters = self.order.kernels_of(shapes[1])[1] * self.groups
        return self.order.joined(filters, self._reach(self.order.spatial(shapes[0])))

    def forward(self, *arrays: "Array") -> "Array":
        x, K = self.order.stacked(arrays[0]), self.order.kernels(arrays[1])
        reach = self._reach(x.shape[2:])
        bias = self.bias_for(*arrays[2:])
        return self.order.given_back(
            _correlation.by_input(self.windows, x, K, reach, self.groups, bias)
        )

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        x, dy = map(self.order.stacked, (arrays[0], gradient))
        dx = _correlation.correlate(self.windows, dy, self.order.kernels(arrays[1]), self.groups)
        dK = _correlation.by_kernel(self.windows, dy, x, self.groups)
        bias = (self.bias_gradient(gradient, arrays[2]),) if len(arrays) == 3 else ()
        return self.order.given_back(dx), self.order.kernels_back(dK), *bias

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x, K = tensors[:2]
        f, cell = self.order.split(index)
        filters, each = self.order.kernels_of(K.shape)
        of_group = filters // self.groups
        terms = [self.bias_of(tensors[2], index)] if len(tensors) == 3 else []
        for c in range(f // each * of_group, (f // each + 1) * of_group):
            for place, tap in self._over(cell, x.shape):
                k = K[self.order.kernel_joined(c, f % each, tap)]
                terms.append(k * x[self.order.joined(c, place)])
        return total(terms) if terms else number(0)

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        spatial = self.order.spatial(shapes[0])
        reach = self._reach(spatial)
        if slot == 2:
            return self.biased(index, self.output_shape(*shapes), list(indices(reach)))
        if slot == 1:
            c, own, tap = self.order.kernel_split(index)
            f = self._group(c, shapes[1]) * self.order.kernels_of(shapes[1])[1] + own
            under = [self.windows.under(place, tap, reach) for place in indices(spatial)]
            return tuple(self.order.joined(f, cell) for cell in under if cell is not None)
        c, place = self.order.split(index)
        each = self.order.kernels_of(shapes[1])[1]
        filters = range(self._group(c, shapes[1]) * each, (self._group(c, shapes[1]) + 1) * each)
        cells = [self.windows.under(place, tap, reach) for tap in self.windows.taps()]
        return tuple(
            self.order.joined(f, cell) for f in filters for cell in cells if cell is not None
        )

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        x, K = tensors[:2]
        f, cell = self.order.split(index)
        if slot == 2:
            return number(1)
        if slot == 1:
            c, _, tap = self.order.kernel_split(by)
            place = next(p for p, t in self._over(cell, x.shape) if t == tap)
            return x[self.order.joined(c, place)]
        c, place = self.order.split(by)
        tap = next(t for p, t in self._over(cell, x.shape) if p == place)
        return K[self.order.kernel_joined(c, f % self.order.kernels_of(K.shape)[1], tap)]

    def sizes(self, *shapes: Shape) -> Iterable[Size]:
        spatial = self.order.spatial(shapes[0])
        return _sizes.spread(self.windows, spatial, self._reach(spatial))

    def _reach(self, spatial: Shape) -> Shape:
        """The sizes of the result: how far the windows reach, and the output padding."""
        extra = self.extra or tuple(0 for _ in self.size)
        return tuple(n + r for n, r in zip(self.windows.reach(spatial), extra, strict=True))

    def _over(self, cell: Index, shape: Shape) -> Iterator[tuple[Index, Index]]:
        """The input cells that add to one cell of the result, each with its place in the kernel."""
        spatial = self.order.spatial(shape)
        for place, tap in self.windows.over(cell, self._reach(spatial)):
            if all(i < n for i, n in zip(place, spatial, strict=True)):
                yield place, tap

    def _group(self, channel: int, kernel_shape: Shape) -> int:
        return channel // (self.order.kernels_of(kernel_shape)[0] // self.groups)
