"""Dropout: some values are set to 0 while a network learns; nothing changes when it is used."""

from handcalc.fields import Given
from handcalc.layers._counted import CellByCell


class Dropout(CellByCell):
    """y has the shape of x; there are no weights."""

    rate: Given = Given.of("0.5")
