"""Cropping along three axes."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._cropping import Cropping


class Cropping3d(Cropping):
    """No weights."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (3, 3, 3)
