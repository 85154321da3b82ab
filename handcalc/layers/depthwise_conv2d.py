"""Depthwise convolution over a matrix: every channel has kernels of its own."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._depthwise import DepthwiseConv


class DepthwiseConv2d(DepthwiseConv):
    """y_c = b_c + x_c ⋆ k_c for each channel by itself, then the activation."""

    rank: ClassVar[int] = 2
    example_input: ClassVar[Shape] = (3, 3, 2)
