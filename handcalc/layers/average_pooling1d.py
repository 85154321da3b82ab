"""Average pooling over a list: the mean of each window."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._pooling import AveragePooling


class AveragePooling1d(AveragePooling):
    """y = mean of the window; padding counts as zeros only with `count_padding: true`."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4,)
