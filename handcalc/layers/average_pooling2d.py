"""Average pooling over a matrix: the mean of each window."""

from typing import ClassVar

from handcalc.layers._pooling import AveragePooling


class AveragePooling2d(AveragePooling):
    """y = mean of the window; padding counts as zeros only with `count_padding: true`."""

    rank: ClassVar[int] = 2
