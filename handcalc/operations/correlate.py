"""y = b + x ⋆ K, cross-correlation: the kernel slides over the input, without being turned.

x is a matrix, or a stack of channels; K is one kernel, or a kernel for each filter and channel. With
`flip: true` the kernel is turned by 180° first, which makes it a convolution in the strict sense.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, number, total
from handcalc.operations import _correlation, _sizes
from handcalc.operations._convolution import Convolution
from handcalc.operations._operation import Identity, Size
from handcalc.operations._slices import Spread, of_channel, of_kernel
from handcalc.operations._tensor import Index, Shape, Tensor, indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Correlate(Convolution):
    """y_ij = b + Σ_uv k_uv·x_(i+u)(j+v); ∂y/∂k is the x under it, ∂y/∂x the k over it."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"size": (2, 2), "shapes": ((3, 4), (2, 2), (2, 3))},
        {"size": (2, 2), "flip": True, "shapes": ((3, 3), (2, 2), ())},
        {"size": (3,), "strides": (2,), "padding": ((1, 0),), "shapes": ((6,), (3,))},
        {
            "size": (2, 2),
            "channels": "first",
            "dilation": (2, 1),
            "shapes": ((2, 4, 3), (3, 2, 2, 2), (3,)),
        },
        {
            "size": (2, 1),
            "channels": "last",
            "groups": 2,
            "padding": ((0, 1), (0, 0)),
            "shapes": ((3, 2, 4), (2, 1, 2, 6), (6,)),
        },
        {"size": (2, 2, 2), "channels": "last", "shapes": ((2, 3, 3, 1), (2, 2, 2, 1, 2), (2,))},
    )

    flip: bool = False

    def output_shape(self, *shapes: Shape) -> Shape:
        filters, _ = self.order.kernels_of(shapes[1])
        return self.order.joined(filters, self.windows.places(self.order.spatial(shapes[0])))

    def forward(self, *arrays: "Array") -> "Array":
        x, K = self.order.stacked(arrays[0]), self._kernels(arrays[1])
        bias = self.bias_for(*arrays[2:])
        return self.order.given_back(_correlation.correlate(self.windows, x, K, self.groups, bias))

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        x, dy = map(self.order.stacked, (arrays[0], gradient))
        K = self._kernels(arrays[1])
        dx = _correlation.by_input(self.windows, dy, K, x.shape[2:], self.groups)
        dK = _correlation.by_kernel(self.windows, x, dy, self.groups)
        dK = np.flip(dK, tuple(range(3, dK.ndim))) if self.flip else dK
        bias = (self.bias_gradient(gradient, arrays[2]),) if len(arrays) == 3 else ()
        return self.order.given_back(dx), self.order.kernels_back(dK), *bias

    def backward_of_batch(
        self, wanted: Collection[int], gradient: "Array", output: "Array", *arrays: "Array"
    ) -> "Mapping[int, Array]":
        import numpy as np

        found: dict[int, Array] = {}
        x, dy = map(self.order.stacked, (arrays[0], gradient))
        if 0 in wanted:
            K = self._kernels(arrays[1])
            dx = _correlation.by_input(self.windows, dy, K, x.shape[2:], self.groups)
            found[0] = self.order.given_back(dx)
        if 1 in wanted:
            dK = _correlation.by_kernel_of_batch(self.windows, x, dy, self.groups)
            dK = np.flip(dK, tuple(range(3, dK.ndim))) if self.flip else dK
            found[1] = self.order.kernels_back(dK)[0]
        if 2 in wanted:
            found[2] = self.bias_gradient(gradient, arrays[2]).sum(axis=0)
        return found

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x, K = tensors[:2]
        f, place = self.order.split(index)
        terms = [self.bias_of(tensors[2], index)] if len(tensors) == 3 else []
        for c in range(self.order.kernels_of(K.shape)[1]):
            for tap in self.windows.taps():
                cell = self.windows.under(place, tap, self.order.spatial(x.shape))
                if cell is not None:
                    k = K[self.order.kernel_joined(f, c, self._turned(tap))]
                    terms.append(k * x[self.order.joined(self._channel(f, c, K.shape), cell)])
        return total(terms) if terms else number(0)

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        spatial = self.order.spatial(shapes[0])
        if slot > 0:
            every = list(indices(self.windows.places(spatial)))
            if slot == 2:
                return self.biased(index, self.output_shape(*shapes), every)
            f, _, tap = self.order.kernel_split(index)
            # Where the window has this cell on padding, the weight has no part in the sum.
            windows, under = self.windows, self._turned(tap)
            padded = any(p or q for p, q in windows.padding)
            met = [p for p in every if not padded or windows.under(p, under, spatial) is not None]
            return tuple(self.order.joined(f, place) for place in met)
        c, cell = self.order.split(index)
        places = [place for place, _ in self.windows.over(cell, spatial)]
        return tuple(
            self.order.joined(f, p) for f in self._filters_of(c, shapes[1]) for p in places
        )

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        x, K = tensors[:2]
        f, place = self.order.split(index)
        spatial = self.order.spatial(x.shape)
        if slot == 2:
            return number(1)
        if slot == 1:
            _, c, tap = self.order.kernel_split(by)
            under = self.windows.under(place, self._turned(tap), spatial)
            if under is None:
                return number(0)
            return x[self.order.joined(self._channel(f, c, K.shape), under)]
        c, cell = self.order.split(by)
        tap = next(t for p, t in self.windows.over(cell, spatial) if p == place)
        each = self.order.kernels_of(K.shape)[1]
        return K[self.order.kernel_joined(f, c % each, self._turned(tap))]

    def sizes(self, *shapes: Shape) -> Iterable[Size]:
        return _sizes.places(self.windows, self.order.spatial(shapes[0]))

    # --- the gradients as correlations -----------------------------------------------------------

    def identity(self, slot: int, *shapes: Shape) -> Identity | None:
        i, j = ("", "") if self.channels == "none" else ("i", "j")
        if slot == 0:
            return Identity(
                ("dy", i),
                ("K", i + j),
                self._input_element,
                index=j,
                turned=not self.flip,
                full=True,
                said=tuple(self._said_of_input(bool(i))),
            )
        if slot == 1:
            said = tuple(self._said_of_kernel())
            return Identity(("x", j), ("dy", i), self._kernel_element, index=i + j, said=said)
        # A shared bias has the sum of the cells as its gradient, which its own line says.
        own = len(shapes[2]) == len(self.output_shape(*shapes[:2]))
        return Identity(("dy", ""), None, lambda at, tensors: tensors["dy"][at]) if own else None

    def _said_of_input(self, several: bool) -> Iterable[str]:
        if several:
            yield "summed over the filters i" + " of the group" * (self.groups > 1)
        if max(self.windows.strides) > 1:
            yield "with a stride of s, s - 1 zeros are put between the cells of the gradient first"
        if max(self.windows.dilation) > 1:
            yield "the kernel is spread by its dilation as before"
        if any(p or q for p, q in self.windows.padding):
            yield "the padding is cut off again"

    def _said_of_kernel(self) -> Iterable[str]:
        if self.groups > 1:
            yield "x_j is the j-th channel of the group that filter i belongs to"
        if any(p or q for p, q in self.windows.padding):
            yield "the input is padded as before"
        if max(self.windows.strides) > 1:
            yield "with a stride of s, the cells of the gradient are laid s apart"
        if max(self.windows.dilation) > 1:
            yield "with a dilation of d, they move by d at a time"
        if self.flip:
            yield "the result is turned by 180°"

    def _kernel_element(self, index: Index, tensors: Mapping[str, Tensor]) -> Formula:
        """One element of x_c ⋆ ∂E/∂y_f: the gradient slides over the input as the kernel did."""
        f, c, tap = self.order.kernel_split(index)
        slopes = of_channel(tensors["dy"], self.order, f)
        x = of_channel(tensors["x"], self.order, self._channel(f, c, tensors["K"].shape))
        windows = self.windows
        slide = Correlate(
            size=slopes.shape,
            strides=windows.dilation,
            dilation=windows.strides,
            padding=windows.padding,
        )
        return slide.definition(self._turned(tap), x, slopes)

    def _input_element(self, index: Index, tensors: Mapping[str, Tensor]) -> Formula:
        """One element of Σ_f ∂E/∂y_f ∗ K_fc over all places where they touch."""
        c, cell = self.order.split(index)
        windows, K = self.windows, tensors["K"]
        spans = [d * (k - 1) for k, d in zip(windows.size, windows.dilation, strict=True)]
        full = Correlate(
            size=windows.size,
            dilation=windows.dilation,
            padding=tuple((span, span) for span in spans),
            flip=not self.flip,
        )
        place = tuple(n + p for n, (p, _) in zip(cell, windows.padding, strict=True))
        terms = []
        for f in self._filters_of(c, K.shape):
            slopes = Spread(of_channel(tensors["dy"], self.order, f), windows.strides)
            kernel = of_kernel(K, self.order, f, c % self.order.kernels_of(K.shape)[1])
            if all(i < n for i, n in zip(place, full.windows.places(slopes.shape), strict=True)):
                terms.append(full.definition(place, slopes, kernel))
        return total(terms) if terms else number(0)

    # --- kernels ---------------------------------------------------------------------------------

    def _kernels(self, K: "Array") -> "Array":
        import numpy as np

        kernels = self.order.kernels(K)
        return np.flip(kernels, tuple(range(2, kernels.ndim))) if self.flip else kernels

    def _turned(self, tap: Index) -> Index:
        return tuple(k - 1 - t for t, k in zip(tap, self.size, strict=True)) if self.flip else tap

    def _channel(self, f: int, c: int, kernel_shape: Shape) -> int:
        """The input channel that the c-th channel of filter f looks at."""
        filters, each = self.order.kernels_of(kernel_shape)
        return f // (filters // self.groups) * each + c

    def _filters_of(self, channel: int, kernel_shape: Shape) -> range:
        """The filters that look at an input channel: those of its group."""
        filters, channels = self.order.kernels_of(kernel_shape)
        group, each = channel // channels, filters // self.groups
        return range(group * each, (group + 1) * each)
