"""Numbers in place of symbols: the checks of a solution without numbers are made with them."""

from functools import cache
from typing import Any

from handcalc.fields import Array, Random
from handcalc.losses._loss import Loss
from handcalc.network.graph import Network, Quantity


def stand_in(network: Network, name: str, sample: int) -> Array:
    """Numbers for one quantity, other ones for each draw.

    Two of three draws have both signs, so that a rectifier is tried on both of its sides; the others
    suit logarithms and roots.
    """
    quantity, stream = network.quantities[name], f"{name}@{sample}"
    if not network.draw:
        return _between("0.1").array(quantity.shape, stream)
    stream += f"#{network.draw}"
    # What has been counted before, such as a variance, has no sign.
    signed = network.draw % 3 > 0 and quantity.kind != "state"
    if _are_shares(network, quantity):
        return _shares(_between("0.1").array(quantity.shape, stream))
    far = _beyond_corners(network) if network.draw % 3 == 2 else "0.9"
    low = f"-{far}" if signed else "0.1"
    return _between(low, far).array(quantity.shape, stream)


def _beyond_corners(network: Network) -> str:
    """A number beyond the corners of all operations, so that each of their branches is met."""
    corners = (abs(corner) for node in network.nodes for corner in node.operation.kinks)
    farthest = max(corners, default=0.0)
    return str(round(2 * farthest)) if farthest > 0.5 else "0.9"


def _are_shares(network: Network, quantity: Quantity) -> bool:
    """Is this a target whose numbers are probabilities of classes, which add to 1?"""
    consumers = network.consumers(quantity.name) if quantity.kind == "target" else []
    losses = (node.operation for node, _ in consumers)
    return any(isinstance(loss, Loss) and loss.targets_add_to_one for loss in losses)


@cache
def _between(low: str, high: str = "0.9") -> Random:
    return Random.model_validate({"seed": "1", "low": low, "high": high, "decimals": "3"})


def _shares(array: Array) -> Array:
    """The same numbers scaled so that those along the last axis add to 1."""
    numbers = array.floats()
    scaled = numbers / numbers.sum(axis=-1, keepdims=True)
    rows = scaled.astype(str).tolist()

    def texts(row: Any) -> Any:
        return tuple(map(texts, row)) if isinstance(row, list) else row

    return Array(texts(rows), array.shape)
