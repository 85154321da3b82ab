"""Values and slopes that are not finite, in words: whose they are, why, and where in the file."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from handcalc.errors import ProblemError
from handcalc.network.graph import Network, Quantity
from handcalc.network.notation import Notation
from handcalc.network.passes import Result, gradients_of, of_shared

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


def refuse_values(network: Network, result: Result, name: str) -> None:
    """Why values of a layer are not finite, where the first operation that gives such values knows."""
    behind = network.behind({name})
    for node in network.nodes:
        if node.output in behind and not _finite(result.values[node.output]):
            quantity = network.quantities[node.output]
            arrays = [result.values[name] for name in node.inputs]
            alone = of_shared(network, node)
            why = node.operation.no_value(*(a[None] if alone else a for a in arrays))
            if why and quantity.layer:
                _refuse(network, quantity, why)
            return


def refuse_slopes(
    network: Network, result: Result, notation: Notation, asked: Collection[str] = ()
) -> None:
    """Which value has no finite slope, and by what: the first on the way back from the loss."""
    import numpy as np

    looked_at = {quantity.name for quantity in network.of_kind("made", "learned")} | set(asked)
    if not any(network.of_kind("learned")):
        # Slopes by what is only put in are asked where nothing is learned.
        looked_at |= {quantity.name for quantity in network.of_kind("input")}
    if all(_finite(part) for name, part in result.gradients.items() if name in looked_at):
        return
    for node in reversed(network.nodes):
        if node.output not in network.reaching or not _finite(result.gradients[node.output]):
            continue
        arrays, output = [result.values[name] for name in node.inputs], result.values[node.output]
        with np.errstate(all="ignore"):
            parts = gradients_of(network, node, result.gradients[node.output], output, arrays)
        for name, part in zip(node.inputs, parts, strict=True):
            if name in looked_at and not _finite(part):
                by = notation.whole(network.quantities[name])
                said = f"has no finite slope by {by} with these numbers; write other numbers"
                _refuse(network, network.quantities[node.output], said)


def _refuse(network: Network, quantity: Quantity, said: str) -> None:
    whose, place = "this loss", tuple[str | int, ...](("loss",))
    if quantity.layer:
        whose, place = f"the value '{quantity.layer}'", ("layers", quantity.number - 1)
        if not quantity.label.of_file:
            whose = f"layer {quantity.number} '{quantity.layer}'"
    origin = network.problem.origin
    raise ProblemError(origin.path, [origin.mistake(place, f"{whose} {said}")])


def _finite(array: "Array") -> bool:
    import numpy as np

    return bool(np.isfinite(array).all())
