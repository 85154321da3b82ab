"""Global maximum pooling over a block: one number a channel."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._global_pooling import GlobalMaxPooling


class GlobalMaxPooling3d(GlobalMaxPooling):
    """y_c = max of all cells of channel c."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (2, 2, 4)
