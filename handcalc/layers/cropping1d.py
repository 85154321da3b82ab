"""Cropping along one axis."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._cropping import Cropping


class Cropping1d(Cropping):
    """No weights."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4, 2)
