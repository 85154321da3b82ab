"""Subtract: the difference of several inputs, cell by cell."""

from handcalc.layers._merging import Elementwise


class Subtract(Elementwise):
    """No weights."""
