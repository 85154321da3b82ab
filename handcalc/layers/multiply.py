"""Multiply: the product of several inputs, cell by cell."""

from handcalc.layers._merging import Elementwise


class Multiply(Elementwise):
    """No weights."""
