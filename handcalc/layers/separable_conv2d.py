"""Separable convolution over a matrix of channels."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._separable import SeparableConv


class SeparableConv2d(SeparableConv):
    """A depthwise and a pointwise kernel."""

    rank: ClassVar[int] = 2
    example_input: ClassVar[Shape] = (4, 4, 2)
