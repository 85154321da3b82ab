"""Separable convolution over a list of channels."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._separable import SeparableConv


class SeparableConv1d(SeparableConv):
    """A depthwise and a pointwise kernel."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (5, 2)
