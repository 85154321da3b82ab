"""Maximum: the largest of several inputs, cell by cell."""

from handcalc.layers._merging import Elementwise


class Maximum(Elementwise):
    """No weights."""
