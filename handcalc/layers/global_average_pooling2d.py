"""Global average pooling over a matrix: one number a channel."""

from typing import ClassVar

from handcalc.layers._global_pooling import GlobalAveragePooling


class GlobalAveragePooling2d(GlobalAveragePooling):
    """y_c = mean of all cells of channel c."""

    rank: ClassVar[int] = 2
