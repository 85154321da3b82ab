"""Correlation and its two gradients in numpy, on channels first: x (N, C, …), K (F, C/groups, …).

A loop over the cells of the kernel, never over those of the input: for each cell one product of
matrices over the channels.
"""

from collections.abc import Callable, Iterator
from itertools import starmap
from typing import TYPE_CHECKING, Any, TypeAlias

from handcalc.operations._operation import without_noise
from handcalc.operations._tensor import Index, Shape
from handcalc.operations._windows import Windows

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

    Sums: TypeAlias = Callable[..., Array]


def correlate(
    windows: Windows, x: "Array", K: "Array", groups: int = 1, bias: "Array | float" = 0.0
) -> "Array":
    """y_f = b_f + Σ_c x_c ⋆ K_fc."""
    import numpy as np

    def part(x: "Array", K: "Array") -> "Array":
        padded = windows.padded(x)
        places = windows.places(x.shape[2:])
        y = np.zeros((len(x), len(K), *places))
        for tap in windows.taps():
            under = padded[windows.cells(tap, places)]
            y += _over_channels(K[_at(tap)], under)
        return y

    return _clean(lambda x, K: _grouped(part, groups, (x, 1), (K, 0)), x, K, bias)


def by_kernel(windows: Windows, x: "Array", dy: "Array", groups: int = 1) -> "Array":
    """∂E/∂K_fc = x_c ⋆ ∂E/∂y_f, sample by sample: (N, F, C/groups, …)."""
    import numpy as np

    def part(x: "Array", dy: "Array") -> "Array":
        padded = windows.padded(x)
        places = dy.shape[2:]
        slopes = dy.reshape(*dy.shape[:2], -1)
        dK = np.zeros((len(x), dy.shape[1], x.shape[1], *windows.size))
        for tap in windows.taps():
            under = padded[windows.cells(tap, places)].reshape(*x.shape[:2], -1)
            dK[_at(tap)] = slopes @ under.swapaxes(1, 2)
        return dK

    return _clean(lambda x, dy: _grouped(part, groups, (x, 1), (dy, 1)), x, dy)


def by_kernel_of_batch(windows: Windows, x: "Array", dy: "Array", groups: int = 1) -> "Array":
    """The same summed over the samples: (1, F, C/groups, …), one product of matrices a cell of the kernel."""
    import numpy as np

    def part(x: "Array", dy: "Array") -> "Array":
        padded = windows.padded(x)
        places = dy.shape[2:]
        slopes = np.moveaxis(dy, 1, 0).reshape(dy.shape[1], -1)
        dK = np.zeros((1, dy.shape[1], x.shape[1], *windows.size))
        for tap in windows.taps():
            under = np.moveaxis(padded[windows.cells(tap, places)], 1, 0)
            dK[0][_at(tap)] = slopes @ under.reshape(x.shape[1], -1).T
        return dK

    return _grouped(part, groups, (x, 1), (dy, 1))


def by_input(
    windows: Windows,
    dy: "Array",
    K: "Array",
    spatial: Shape,
    groups: int = 1,
    bias: "Array | float" = 0.0,
) -> "Array":
    """∂E/∂x_c = Σ_f of ∂E/∂y_f spread out with K_fc: each slope goes back through its window."""
    import numpy as np

    def part(dy: "Array", K: "Array") -> "Array":
        room = [n + p + q for n, (p, q) in zip(spatial, windows.padding, strict=True)]
        dx = np.zeros((len(dy), K.shape[1], *room))
        for tap in windows.taps():
            windows.scatter(tap, _over_channels(K[_at(tap)].T, dy), dx)
        return windows.unpadded(dx)

    return _clean(lambda dy, K: _grouped(part, groups, (dy, 1), (K, 0)), dy, K, bias)


def _over_channels(weights: "Array", values: "Array") -> "Array":
    """Σ_c w_fc·v_c for every cell; of a single channel a plain multiplication."""
    import numpy as np

    if weights.shape[1] == 1:
        return weights.reshape(-1, *(1,) * (values.ndim - 2)) * values
    return np.tensordot(weights, values, ([1], [1])).swapaxes(0, 1)


def _at(tap: Index) -> Any:
    """The weights under one cell of the kernels, as an index."""
    return (..., *tap)


def _grouped(part: "Sums", groups: int, *arrays: "tuple[Array, int]") -> "Array":
    """The result of each group of channels by itself, put side by side."""
    import numpy as np

    if groups == 1:
        return part(*(a for a, _ in arrays))
    pieces: Iterator[tuple[Array, ...]] = zip(
        *(np.split(a, groups, axis) for a, axis in arrays), strict=True
    )
    return np.concatenate(list(starmap(part, pieces)), axis=1)


def _clean(sums: "Sums", a: "Array", b: "Array", bias: "Array | float" = 0.0) -> "Array":
    """Sums of products and a bias, with 0 where nothing but rounding is left."""
    found = sums(a, b) + bias
    return without_noise(found, lambda: _sizes(sums, found, a, b, bias))


def _sizes(sums: "Sums", found: "Array", a: "Array", b: "Array", bias: "Array | float") -> "Array":
    """The sums of the absolute values of the terms; 0 where they need not be known."""
    import numpy as np

    # No sum can be rounding alone unless it is small beside the largest of its terms.
    most = np.abs(a).max(initial=0.0) * np.abs(b).max(initial=0.0) + np.abs(bias).max(initial=0.0)
    near = np.abs(found) <= 1e-9 * most
    if not (near & (found != 0)).any():
        return np.zeros(())
    own: Array = sums(np.abs(a), np.abs(b)) + np.abs(bias)
    return own
