"""Rectifiers that give 0 for every sample: no gradient reaches the weights before them."""

from typing import TYPE_CHECKING, Any

from handcalc.network.graph import Network

if TYPE_CHECKING:
    import numpy as np

    from handcalc.network.passes import Arrays

    Flags = np.ndarray[tuple[Any, ...], np.dtype[np.bool_]]

MOST_UNITS = 1000
"""Units of a layer up to which each is looked at."""


def silent(network: Network, values: "Arrays") -> "dict[str, Flags]":
    """Which units of each dense layer behind max(0, z) are 0 for all samples."""
    import numpy as np

    shown = (n for n in network.rectified if network.quantities[n].shape[0] <= MOST_UNITS)
    return {name: np.asarray((values[name] <= 0).all(axis=0)) for name in shown}
