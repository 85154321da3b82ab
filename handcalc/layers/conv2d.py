"""Convolution over a matrix, as networks mean it: Y = B + X ⋆ K, the kernel slid without turning it."""

from typing import ClassVar

from handcalc.layers._conv import Conv


class Conv2d(Conv):
    """y_ij = b + Σ_uv k_uv·x_(i+u)(j+v), then the activation. `flip: true` turns the kernel by 180° first."""

    rank: ClassVar[int] = 2
