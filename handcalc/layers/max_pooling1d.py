"""Maximum pooling over a list: the largest value of each window."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._pooling import MaxPooling


class MaxPooling1d(MaxPooling):
    """y = max of the window; ties send the gradient to the first in reading order."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4,)
