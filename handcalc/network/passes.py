"""Forward, backward and update in numpy, for all samples at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from handcalc.network.graph import LOSS, RATE, Network

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
    # What has no finite value is found and said by whoever shows it.
    with np.errstate(all="ignore"):
        result = Result(forward(network, given))
        if LOSS in network.quantities:
            backward(network, result)
        if RATE in network.quantities:
            result.after = forward(network, {**given, **result.updated})
    return result


def forward(network: Network, given: Arrays, start: int = 0) -> Arrays:
    """The values of all quantities, computed anew from one node on; `given` holds those before."""
    values = dict(given)
    for node in network.nodes[start:]:
        values[node.output] = node.operation.forward(*(values[name] for name in node.inputs))
    return values


def loss_of(network: Network, losses: "Array") -> float:
    """The loss over all samples: their mean or their sum."""
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
    result.gradients = gradients = {LOSS: np.ones(network.samples)}

    def gather(name: str, part: "Array") -> None:
        gradients[name] = gradients[name] + part if name in gradients else part

    for node in reversed(network.nodes):
        if node.output not in network.reaching:
            continue
        arrays = [values[name] for name in node.inputs]
        upstream, output = gradients[node.output], values[node.output]
        parts = node.operation.backward(upstream, output, *arrays)
        for name, part in zip(node.inputs, parts, strict=True):
            if name in shared:
                gather(name, part)
        if sequential and not shared.isdisjoint(node.inputs):
            _update(network, result, node.inputs)
            arrays = [result.updated.get(name, values[name]) for name in node.inputs]
            parts = node.operation.backward(upstream, output, *arrays)
        for name, part in zip(node.inputs, parts, strict=True):
            if name not in shared:
                gather(name, part)
    for quantity in network.of_kind("input", "made", "learned"):
        if quantity.name not in gradients:
            gradients[quantity.name] = np.zeros((network.samples, *quantity.shape))
    _update(network, result, shared - set(result.batch))


def _update(network: Network, result: Result, names: Iterable[str]) -> None:
    """The gradients of some parameters over all samples, and what the optimizer makes of them."""
    problem, rate = network.problem, result.values.get(RATE)
    for name in names:
        if network.quantities[name].kind != "learned":
            continue
        part = result.gradients[name]
        total = part.mean(axis=0) if problem.batch == "mean" else part.sum(axis=0)
        result.batch[name] = total
        if name in network.learned_names:
            assert problem.optimizer is not None
            result.updated[name] = problem.optimizer.updated(result.values[name], rate, total)
