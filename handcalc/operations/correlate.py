"""y = b + x ⋆ K, cross-correlation: the kernel slides over the input, without being turned.

x is a matrix, or a stack of channels; K is one kernel, or a kernel for each filter and channel. With
`flip: true` the kernel is turned by 180° first, which makes it a convolution in the strict sense.
Layouts: `none` x (H, W), K (kh, kw); `first` x (C, H, W), K (F, C/groups, kh, kw); `last` x (H, W, C),
K (kh, kw, C/groups, F); in one, two or three dimensions.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from handcalc.formula import Formula, number, total
from handcalc.operations._operation import Index, Operation, Shape, Tensor, indices
from handcalc.operations._windows import Windows

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Correlate(Operation):
    """y_ij = b + Σ_uv k_uv·x_(i+u)(j+v); ∂y/∂k is the x under it, ∂y/∂x the k over it."""

    slots: ClassVar[tuple[str, ...]] = ("x", "K", "b")
    parameters: ClassVar[tuple[str, ...]] = ("K", "b")
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

    windowed: ClassVar[bool] = True

    size: tuple[int, ...]
    strides: tuple[int, ...] | None = None
    dilation: tuple[int, ...] | None = None
    padding: tuple[tuple[int, int], ...] | None = None
    groups: int = 1
    channels: Literal["none", "first", "last"] = "none"
    flip: bool = False

    @property
    def windows(self) -> Windows:
        """The kernel as a window."""
        return Windows.of(self.size, self.strides, self.dilation, self.padding)

    def output_shape(self, *shapes: Shape) -> Shape:
        places = self.windows.places(self._spatial(shapes[0]))
        filters = {"none": (), "first": shapes[1][:1], "last": shapes[1][-1:]}[self.channels]
        return (*filters, *places) if self.channels == "first" else (*places, *filters)

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        x, K = self._stacked(arrays[0]), self._kernels(arrays[1])
        view = self.windows.view(x)
        axes = range(view.ndim - len(self.size), view.ndim)
        each = []
        for part, kernels in zip(
            np.split(view, self.groups, 1), np.split(K, self.groups), strict=True
        ):
            inner = [1, *axes], list(range(1, K.ndim))
            each.append(np.moveaxis(np.tensordot(part, kernels, inner), -1, 1))
        y = self._given_back(np.concatenate(each, 1))
        return y + self._spread(arrays[2]) if len(arrays) == 3 else y

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        x, K = self._stacked(arrays[0]), self._kernels(arrays[1])
        dy = self._stacked(gradient)
        windows, view = self.windows, self.windows.view(x)
        dx = np.zeros_like(windows.padded(x))
        dK = []
        parts = (
            np.split(a, self.groups, axis) for a, axis in ((view, 1), (K, 0), (dy, 1), (dx, 1))
        )
        for part, kernels, slopes, onto in zip(*parts, strict=True):
            # Sample by sample: dK_fc(tap) = Σ_places dy_f·x_c(place + tap).
            letters = "pqr"[: len(self.size)]
            taps = "uvw"[: len(self.size)]
            dK.append(
                np.einsum(f"nf{letters},nc{letters}{taps}->nfc{taps}", slopes, part, optimize=True)
            )
            for tap in windows.taps():
                weights = kernels[(..., *tap)]
                windows.scatter(tap, np.einsum("nf...,fc->nc...", slopes, weights), onto)
        grads = (
            self._given_back(windows.unpadded(dx)),
            self._kernels_back(np.concatenate(dK, 1)),
        )
        return grads if len(arrays) == 2 else (*grads, self._bias_gradient(gradient, arrays[2]))

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x, K = tensors[:2]
        f, place = self._split(index)
        terms: list[Formula] = [self._bias(tensors[2], index)] if len(tensors) == 3 else []
        for c in range(self._kernel_channels(K.shape)):
            for tap in self.windows.taps():
                cell = self.windows.under(place, tap, self._spatial(x.shape))
                if cell is not None:
                    k = K[self._kernel_index(f, c, tap)]
                    terms.append(k * x[self._input_index(self._channel(f, c, K.shape), cell)])
        return total(terms) if terms else number(0)

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        if slot == 0:
            c, cell = self._split(index)
            over = self.windows.over(cell, self._spatial(shapes[0]))
            places = [place for place, _ in over]
            return tuple(
                self._joined(f, place) for f in self._filters_of(c, shapes) for place in places
            )
        every = self._all_places(shapes)
        if slot == 1:
            f = {"none": 0, "first": index[0], "last": index[-1]}[self.channels]
            return tuple(self._joined(f, place) for place in every)
        if len(index) == len(self.output_shape(*shapes)):
            return (index,)
        filters = index or range(self._filters(shapes))
        return tuple(self._joined(f, place) for f in filters for place in every)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        x, K = tensors[:2]
        f, place = self._split(index)
        if slot == 2:
            return number(1)
        if slot == 1:
            c, tap = self._tap_of(by)
            cell = self.windows.under(place, tap, self._spatial(x.shape))
            if cell is None:
                return number(0)
            return x[self._input_index(self._channel(f, c, K.shape), cell)]
        c, cell = self._split(by)
        tap = next(t for p, t in self.windows.over(cell, self._spatial(x.shape)) if p == place)
        return K[self._kernel_index(f, c % self._kernel_channels(K.shape), tap)]

    def identity(self, slot: int) -> str:
        if max(*self.windows.strides, *self.windows.dilation) > 1:
            return ""
        turned = "correlated" if self.flip else "convolved"
        words = (
            f"the gradient of the output, fully {turned} with the kernel",
            "the input, padded as before, correlated with the gradient of the output"
            + (", and turned by 180°" if self.flip else ""),
            "the gradient of the output; of a shared bias its sum",
        )
        return words[slot]

    def sizes(self, *shapes: Shape) -> str:
        return self.windows.derivation(self._spatial(shapes[0]))

    # --- layouts: inside, x is (N, C, *spatial) and K is (F, C/groups, *taps) --------------------

    def _stacked(self, x: "Array") -> "Array":
        import numpy as np

        if self.channels == "none":
            return x[:, None]
        return x if self.channels == "first" else np.moveaxis(x, -1, 1)

    def _given_back(self, y: "Array") -> "Array":
        import numpy as np

        if self.channels == "none":
            return y[:, 0]
        return y if self.channels == "first" else np.moveaxis(y, 1, -1)

    def _kernels(self, K: "Array") -> "Array":
        import numpy as np

        if self.channels == "none":
            K = K[None, None]
        elif self.channels == "last":
            K = np.moveaxis(K, (-1, -2), (0, 1))
        return np.flip(K, tuple(range(2, K.ndim))) if self.flip else K

    def _kernels_back(self, dK: "Array") -> "Array":
        import numpy as np

        if self.flip:
            dK = np.flip(dK, tuple(range(3, dK.ndim)))
        if self.channels == "none":
            return dK[:, 0, 0]
        return dK if self.channels == "first" else np.moveaxis(dK, (1, 2), (-1, -2))

    def _spread(self, b: "Array") -> "Array":
        """The bias in a shape that can be added to the result."""
        if b.ndim == 1 and self.channels == "first":
            return b.reshape(-1, *(1,) * len(self.size))
        return b

    def _bias_gradient(self, gradient: "Array", b: "Array") -> "Array":
        if b.ndim == gradient.ndim - 1:
            return gradient
        axes = set(range(1, gradient.ndim))
        if b.ndim == 1:
            axes.discard(1 if self.channels == "first" else gradient.ndim - 1)
        return gradient.sum(axis=tuple(axes))

    def _bias(self, b: Tensor, index: Index) -> Formula:
        if len(b.shape) == len(index):
            return b[index]
        return b[(self._split(index)[0],)] if b.shape else b[()]

    def _spatial(self, shape: Shape) -> Shape:
        return {"none": shape, "first": shape[1:], "last": shape[:-1]}[self.channels]

    def _split(self, index: Index) -> tuple[int, Index]:
        """Channel and place of an index of x or y."""
        if self.channels == "none":
            return 0, index
        return (index[0], index[1:]) if self.channels == "first" else (index[-1], index[:-1])

    def _joined(self, channel: int, place: Index) -> Index:
        if self.channels == "none":
            return place
        return (channel, *place) if self.channels == "first" else (*place, channel)

    _input_index = _joined

    def _kernel_index(self, f: int, c: int, tap: Index) -> Index:
        tap = self._turned(tap)
        if self.channels == "none":
            return tap
        return (f, c, *tap) if self.channels == "first" else (*tap, c, f)

    def _tap_of(self, index: Index) -> tuple[int, Index]:
        """Channel and tap of an index of K."""
        if self.channels == "none":
            return 0, self._turned(index)
        if self.channels == "first":
            return index[1], self._turned(index[2:])
        return index[-2], self._turned(index[:-2])

    def _turned(self, tap: Index) -> Index:
        return tuple(k - 1 - t for t, k in zip(tap, self.size, strict=True)) if self.flip else tap

    def _kernel_channels(self, shape: Shape) -> int:
        return (
            {"none": 1, "first": shape[1], "last": shape[-2]}[self.channels]
            if len(shape) > 1
            else 1
        )

    def _filters(self, shapes: tuple[Shape, ...]) -> int:
        return {"none": 1, "first": shapes[1][0], "last": shapes[1][-1]}[self.channels]

    def _channel(self, f: int, c: int, kernel_shape: Shape) -> int:
        """The input channel that the c-th channel of filter f looks at."""
        filters = {"none": 1, "first": kernel_shape[0], "last": kernel_shape[-1]}[self.channels]
        return f // (filters // self.groups) * self._kernel_channels(kernel_shape) + c

    def _filters_of(self, channel: int, shapes: tuple[Shape, ...]) -> range:
        each = self._filters(shapes) // self.groups
        group = channel // self._kernel_channels(shapes[1])
        return range(group * each, (group + 1) * each)

    def _all_places(self, shapes: tuple[Shape, ...]) -> list[Index]:
        return list(indices(self.windows.places(self._spatial(shapes[0]))))
