"""Maximum pooling over a matrix: the largest value of each window."""

from typing import ClassVar

from handcalc.layers._pooling import MaxPooling


class MaxPooling2d(MaxPooling):
    """y = max of the window; ties send the gradient to the first in reading order."""

    rank: ClassVar[int] = 2
