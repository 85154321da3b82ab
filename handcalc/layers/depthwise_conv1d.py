"""Depthwise convolution over a list: every channel has kernels of its own."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._depthwise import DepthwiseConv


class DepthwiseConv1d(DepthwiseConv):
    """y_c = b_c + x_c ⋆ k_c for each channel by itself, then the activation."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4, 2)
