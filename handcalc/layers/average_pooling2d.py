"""Average pooling: the mean of each window."""

from typing import Any

from handcalc.fields import Truth
from handcalc.layers._pooling import Pooling
from handcalc.operations._pool import Pool
from handcalc.operations.average_pool import AveragePool


class AveragePooling2d(Pooling):
    """y_ij = mean of the window; padding counts as zeros only with `count_padding: true`."""

    count_padding: Truth = False

    def operation(self, **window: Any) -> Pool:
        return AveragePool(**window, count_padding=self.count_padding)
