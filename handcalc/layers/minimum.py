"""Minimum: the smallest of several inputs, cell by cell."""

from handcalc.layers._merging import Elementwise


class Minimum(Elementwise):
    """No weights."""
