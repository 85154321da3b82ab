"""Global maximum pooling over a list: one number a channel."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._global_pooling import GlobalMaxPooling


class GlobalMaxPooling1d(GlobalMaxPooling):
    """y_c = max of all cells of channel c."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4,)
