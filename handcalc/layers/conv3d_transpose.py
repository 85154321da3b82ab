"""Transposed convolution over a block: each value spreads over a window of the result."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._transposed import ConvTranspose


class Conv3dTranspose(ConvTranspose):
    """The way back through a conv3d, with a kernel of its own."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (2, 3, 3)
