"""Softmax as a layer: shares that add to 1, along the last axis."""

from handcalc.layers._counted import CellByCell


class Softmax(CellByCell):
    """y has the shape of x; there are no weights."""
