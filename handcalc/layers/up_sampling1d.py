"""Up-sampling along one axis."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._up_sampling import UpSampling


class UpSampling1d(UpSampling):
    """No weights."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4, 2)
