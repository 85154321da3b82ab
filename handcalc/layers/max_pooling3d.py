"""Maximum pooling over a block: the largest value of each window."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._pooling import MaxPooling


class MaxPooling3d(MaxPooling):
    """y = max of the window; ties send the gradient to the first in reading order."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (2, 2, 4)
