"""Forward, backward and update in numpy, for all samples at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from handcalc.network.graph import LOSS, RATE, Network, Node
from handcalc.operations._operation import or_zero

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

Arrays = dict[str, "Array"]


@dataclass
class Result:
    """What one pass gives: values, ∂E/∂ each of them, and the state after the update."""

    values: Arrays
    gradients: Arrays = field(default_factory=dict)
    """∂E/∂quantity, sample by sample, for parameters too."""
    batch: Arrays = field(default_factory=dict)
    """∂E/∂parameter over all samples."""
    updated: Arrays = field(default_factory=dict)
    after: Arrays = field(default_factory=dict)


def run(network: Network) -> Result:
    """The forward pass, and as far as there is a loss and an optimizer what follows from it."""
    import numpy as np

    given = network.arrays
    result = Result(forward(network, given))
    # What has no finite value is found and said by whoever shows it.
    with np.errstate(all="ignore"):
        if LOSS in network.quantities:
            backward(network, result)
    if RATE in network.quantities:
        result.after = forward(network, {**given, **result.updated})
    return result


def forward(network: Network, given: Arrays, start: int = 0, held: Arrays | None = None) -> Arrays:
    """The values of all quantities, computed anew from one node on; `given` holds those before.

    Where no gradient goes back, `held` says what stays as it is while the rest is moved.
    """
    import numpy as np

    values = dict(given)
    # Outside its domain a function has no value, which is no warning but what is looked for.
    with np.errstate(all="ignore"):
        for node in network.nodes[start:]:
            arrays = [(held if held and name == node.cut else values)[name] for name in node.inputs]
            values[node.output] = value_of(network, node, arrays)
    return values


_NOISE = 256 * 2.0**-52
"""What a sum over samples may be of the sum of its absolute values and still be 0."""


def value_of(network: Network, node: Node, arrays: "list[Array]") -> "Array":
    """What a node makes; of what all samples share it makes one value, as if of one sample."""
    import numpy as np

    if not of_shared(network, node):
        return np.asarray(node.operation.forward(*arrays))
    one = node.operation.forward(*(array[None] for array in arrays))
    return np.asarray(one if network.per_sample(node.output) else one[0])


def gradients_of(
    network: Network, node: Node, gradient: "Array", output: "Array", arrays: "list[Array]"
) -> "tuple[Array, ...]":
    """∂E/∂ each input of a node from that by its output; none goes back to `cut`."""
    import numpy as np

    if of_shared(network, node):
        alone = not network.per_sample(node.output)
        g, y = (gradient[None], output[None]) if alone else (gradient, output)
        parts = node.operation.backward(g, y, *(array[None] for array in arrays))
        parts = tuple(part[0] for part in parts) if alone else parts
    else:
        parts = node.operation.backward(gradient, output, *arrays)
    if not node.cut:
        return parts
    pairs = zip(parts, node.inputs, strict=True)
    return tuple(np.zeros_like(part) if name == node.cut else part for part, name in pairs)


def of_shared(network: Network, node: Node) -> bool:
    """Is it an ordinary operation, on what no sample has for itself?"""
    return not node.operation.over_samples and not any(map(network.per_sample, node.inputs))


def loss_of(network: Network, losses: "Array") -> float:
    """The loss over all samples: their mean or their sum; where samples meet there is but one."""
    if network.mixes:
        return float(losses)
    return float(losses.mean() if network.problem.batch == "mean" else losses.sum())


def backward(network: Network, result: Result) -> None:
    """Gradients from the loss back to the input, and the updated parameters.

    What is used several times gathers a part from each use. With `update: sequential` a layer's
    weights are updated before the gradient passes through them, as some published programs do.
    """
    import numpy as np

    values = result.values
    sequential = network.problem.update == "sequential" and bool(network.learned)
    shared = {quantity.name for quantity in network.parameters}
    result.gradients = gradients = {LOSS: np.ones(() if network.mixes else network.samples)}

    sizes: Arrays = {}

    def gather(name: str, part: "Array") -> None:
        size = abs(part)
        one = network.mixes and not network.per_sample(name)
        if one and part.ndim > len(network.quantities[name].shape):
            part, size = part.sum(axis=0), size.sum(axis=0)
            # What is the same in all samples has the gradient 0 before a batch normalization, whose own
            # sums have left their noise in each of them.
            part = np.where(abs(part) < _NOISE * size, 0.0, part)
        if name in gradients:
            part, size = gradients[name] + part, sizes[name] + size
        sizes[name] = size
        gradients[name] = or_zero(part, size)

    for node in reversed(network.nodes):
        if node.output not in network.reaching:
            continue
        arrays = [values[name] for name in node.inputs]
        upstream, output = gradients[node.output], values[node.output]
        parts = gradients_of(network, node, upstream, output, arrays)
        for name, part in zip(node.inputs, parts, strict=True):
            if name in shared:
                gather(name, part)
        if sequential and not shared.isdisjoint(node.inputs):
            _update(network, result, node.inputs)
            arrays = [result.updated.get(name, values[name]) for name in node.inputs]
            parts = gradients_of(network, node, upstream, output, arrays)
        for name, part in zip(node.inputs, parts, strict=True):
            if name not in shared:
                gather(name, part)
    for quantity in network.of_kind("input", "made", "learned"):
        if quantity.name not in gradients:
            one = network.mixes and not network.per_sample(quantity.name)
            several = () if one else (network.samples,)
            gradients[quantity.name] = np.zeros((*several, *quantity.shape))
    _update(network, result, shared - set(result.batch))


def _update(network: Network, result: Result, names: Iterable[str]) -> None:
    """The gradients of some parameters over all samples, and what the optimizer makes of them."""
    problem, rate = network.problem, result.values.get(RATE)
    for name in names:
        if network.quantities[name].kind != "learned":
            continue
        part = result.gradients[name]
        total = part
        if not network.mixes:
            total = or_zero(part.sum(axis=0), abs(part).sum(axis=0))
            total = total / len(part) if problem.batch == "mean" else total
        result.batch[name] = total
        if name in network.learned_names:
            assert problem.optimizer is not None
            result.updated[name] = problem.optimizer.updated(result.values[name], rate, total)
