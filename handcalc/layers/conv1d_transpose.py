"""Transposed convolution over a list: each value spreads over a window of the result."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._transposed import ConvTranspose


class Conv1dTranspose(ConvTranspose):
    """The way back through a conv1d, with a kernel of its own."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4,)
