"""Transposed convolution over a matrix: each value spreads over a window of the result."""

from typing import ClassVar

from handcalc.layers._transposed import ConvTranspose


class Conv2dTranspose(ConvTranspose):
    """The way back through a conv2d, with a kernel of its own."""

    rank: ClassVar[int] = 2
