"""Cropping along two axes."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._cropping import Cropping


class Cropping2d(Cropping):
    """No weights."""

    rank: ClassVar[int] = 2
    example_input: ClassVar[Shape] = (4, 4)
