"""Zero padding of a matrix: zeros before and after along each axis."""

from typing import ClassVar

from handcalc.layers._zero_padding import ZeroPadding


class ZeroPadding2d(ZeroPadding):
    """`padding` is one number all round, one an axis, or a pair [before, after] for each."""

    rank: ClassVar[int] = 2
