"""Average: the mean of several inputs, cell by cell."""

from handcalc.layers._merging import Elementwise


class Average(Elementwise):
    """No weights."""
