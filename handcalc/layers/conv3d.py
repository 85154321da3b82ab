"""Convolution over a block, as networks mean it: Y = B + X ⋆ K, the kernel slid without turning it."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._conv import Conv


class Conv3d(Conv):
    """y_hij = b + Σ_tuv k_tuv·x_(h+t)(i+u)(j+v), then the activation. `flip: true` turns the kernel by 180° first."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (2, 3, 3)
