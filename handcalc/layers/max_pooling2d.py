"""Maximum pooling: the largest value of each window."""

from typing import Any

from handcalc.layers._pooling import Pooling
from handcalc.operations._pool import Pool
from handcalc.operations.max_pool import MaxPool


class MaxPooling2d(Pooling):
    """y_ij = max of the window; ties send the gradient to the first in reading order."""

    def operation(self, **window: Any) -> Pool:
        return MaxPool(**window)
