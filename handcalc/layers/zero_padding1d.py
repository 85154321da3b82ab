"""Zero padding of a list: zeros before and after along each axis."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._zero_padding import ZeroPadding


class ZeroPadding1d(ZeroPadding):
    """`padding` is one number all round, one an axis, or a pair [before, after] for each."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4,)
