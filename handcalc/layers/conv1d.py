"""Convolution over a list, as networks mean it: Y = B + X ⋆ K, the kernel slid without turning it."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._conv import Conv


class Conv1d(Conv):
    """y_i = b + Σ_u k_u·x_(i+u), then the activation. `flip: true` turns the kernel by 180° first."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4,)
