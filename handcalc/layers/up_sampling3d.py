"""Up-sampling along three axes."""

from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._up_sampling import UpSampling


class UpSampling3d(UpSampling):
    """No weights."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (3, 3, 3)
