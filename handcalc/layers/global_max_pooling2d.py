"""Global maximum pooling over a matrix: one number a channel."""

from typing import ClassVar

from handcalc.layers._global_pooling import GlobalMaxPooling


class GlobalMaxPooling2d(GlobalMaxPooling):
    """y_c = max of all cells of channel c."""

    rank: ClassVar[int] = 2
