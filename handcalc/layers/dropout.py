"""Dropout: some values, or whole channels, are set to 0 while a network learns, and only then."""

from handcalc.fields import Given
from handcalc.layers._counted import CellByCell


class Dropout(CellByCell):
    """y has the shape of x; there are no weights."""

    rate: Given = Given.of("0.5")


class SpatialDropout1d(CellByCell):
    """y has the shape of x; there are no weights."""

    rate: Given = Given.of("0.5")


class SpatialDropout2d(CellByCell):
    """y has the shape of x; there are no weights."""

    rate: Given = Given.of("0.5")


class SpatialDropout3d(CellByCell):
    """y has the shape of x; there are no weights."""

    rate: Given = Given.of("0.5")
