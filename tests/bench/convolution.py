"""Convolution beside scipy and beside the loops of textbooks, on the same numbers."""

import numpy as np
import scipy.signal
from timing import Call, Row

from handcalc.operations.correlate import Correlate

_RANDOM = np.random.default_rng(0)
_PICTURE, _KERNEL = _RANDOM.normal(size=(512, 512)), _RANDOM.normal(size=(3, 3))
_CHANNELS, _FILTERS = _RANDOM.normal(size=(64, 56, 56)), _RANDOM.normal(size=(64, 64, 3, 3))
_LAYER = Correlate(size=(3, 3), channels="first")
_SLOPES = _RANDOM.normal(size=(1, 64, 54, 54))


def _ours() -> object:
    return Correlate(size=(3, 3)).forward(_PICTURE[None], _KERNEL)


def _cell_by_cell() -> object:
    """One line of Python for each cell."""
    y = np.zeros((510, 510))
    for i in range(510):
        for j in range(510):
            y[i, j] = np.sum(_PICTURE[i : i + 3, j : j + 3] * _KERNEL)
    return y


def _layer_by_scipy() -> object:
    """Y_f = Σ_c X_c ⋆ K_fc, a call for each pair of channels."""
    return [
        sum(scipy.signal.correlate2d(x, k, "valid") for x, k in zip(_CHANNELS, each, strict=True))
        for each in _FILTERS
    ]


_SCIPY = Call(
    "scipy.signal.correlate2d, 512 × 512 with 3 × 3",
    lambda: scipy.signal.correlate2d(_PICTURE, _KERNEL, "valid"),
)
_PAIRS = Call("scipy.signal, 64 → 64 channels on 56 × 56", _layer_by_scipy)

ROWS = (
    Row(Call("handcalc", _ours), _SCIPY, 1.2),
    Row(Call("loops over the cells", _cell_by_cell), _SCIPY),
    Row(Call("handcalc", lambda: _LAYER.forward(_CHANNELS[None], _FILTERS)), _PAIRS),
    Row(
        Call(
            "handcalc, backward (both gradients)",
            lambda: _LAYER.backward(_SLOPES, _SLOPES, _CHANNELS[None], _FILTERS),
        ),
        _PAIRS,
    ),
)
