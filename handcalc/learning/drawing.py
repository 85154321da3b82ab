"""The masks of dropout whose seed the file gives: drawn anew for each step."""

from typing import TYPE_CHECKING

from handcalc.layers._mask import Seed
from handcalc.layers.dropout import Dropout
from handcalc.network.graph import Network

if TYPE_CHECKING:
    from handcalc.arrays import Array


def masks(network: Network, step: int) -> "dict[str, Array]":
    """Masks by their quantities: 0 with the probability of the rate, from the seed, the step and the layer."""
    import numpy as np

    found: dict[str, Array] = {}
    for q in network.of_kind("input"):
        layer = network.problem.layers[q.number - 1] if q.layer else None
        if not isinstance(layer, Dropout) or not isinstance(layer.mask, Seed):
            continue
        unit = layer.one_mask(q.shape, network.problem.conventions)
        draw = np.random.default_rng([abs(layer.mask.seed), step, q.number])
        kept = draw.random((network.samples, *unit)) >= float(layer.rate.value)
        if unit != q.shape:
            # One number a channel: the other axes have it in common.
            places = [1] * len(q.shape)
            first = network.problem.notation.channels == "first"
            places[0 if first else -1] = unit[0]
            kept = kept.reshape(network.samples, *places)
        found[q.name] = np.broadcast_to(kept, (network.samples, *q.shape)).astype(np.float64)
    return found
