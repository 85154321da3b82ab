"""A loss without a finite value: at which step, and where the first of the values is that has none."""

from typing import TYPE_CHECKING

from handcalc.errors import UNUSABLE, HandcalcError
from handcalc.network.graph import Network

if TYPE_CHECKING:
    from handcalc.arrays import Array


class LostError(HandcalcError):
    """Training that leads nowhere any more."""

    exit_code = UNUSABLE

    def __init__(self, step: int, epoch: int, where: str) -> None:
        self.step = step
        super().__init__(
            f"step {step} (epoch {epoch}): the loss has no finite value{where}; "
            "write a smaller learning_rate, inputs near 1 (--divide 255), or clip_norm in the optimizer"
        )


def first_lost(network: Network, values: "dict[str, Array]") -> str:
    """`: the first without one are the weighted sums of layer h`; "" if the loss itself is the first."""
    import numpy as np

    given = [q.name for q in network.of_kind("learned", "state")]
    for name in (*given, *(node.output for node in network.nodes)):
        quantity = network.quantities[name]
        if quantity.layer and not np.isfinite(values[name]).all():
            word = quantity.label.heading or quantity.label.word
            return f": the first without one are the {word} of layer {quantity.layer}"
    return ""
