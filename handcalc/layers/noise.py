"""Gaussian noise: added while a network learns; nothing changes when it is used."""

from handcalc.fields import Given
from handcalc.layers._counted import CellByCell


class GaussianNoise(CellByCell):
    """y has the shape of x; there are no weights."""

    stddev: Given = Given.of("1")
