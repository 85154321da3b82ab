"""Spatial dropout: whole channels are set to 0 while a network learns."""

from handcalc.fields import Given
from handcalc.layers._counted import CellByCell


class SpatialDropout2d(CellByCell):
    """y has the shape of x; there are no weights."""

    rate: Given = Given.of("0.5")
