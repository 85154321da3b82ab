"""Forward, backward and update in numpy, for all samples at once."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from handcalc.network.graph import LOSS, PARAMETERS, RATE, Network, Node

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

    With `update: sequential` a layer's weights are updated before the gradient passes through
    them, as some published programs do.
    """
    import numpy as np

    problem, values = network.problem, result.values
    optimizer, rate = problem.optimizer, values.get(RATE)
    sequential = problem.update == "sequential" and optimizer is not None
    learned = {quantity.name for quantity in network.learned}
    gradients: Arrays = {LOSS: np.ones(network.samples)}
    for node in reversed(network.nodes):
        if node.output not in gradients:
            continue  # a branch that does not lead to the loss
        arrays = [values[name] for name in node.inputs]
        upstream = gradients[node.output]
        parts = node.operation.backward(upstream, values[node.output], *arrays)
        for name, part in zip(node.inputs, parts, strict=True):
            if network.quantities[name].role in PARAMETERS:
                gradients[name] = part
                result.batch[name] = (
                    part.mean(axis=0) if problem.batch == "mean" else part.sum(axis=0)
                )
                if optimizer is not None and name in learned:
                    result.updated[name] = optimizer.updated(values[name], rate, result.batch[name])
        if sequential and _has_parameters(network, node):
            arrays = [result.updated.get(name, values[name]) for name in node.inputs]
            parts = node.operation.backward(upstream, values[node.output], *arrays)
        for name, part in zip(node.inputs, parts, strict=True):
            if network.quantities[name].role not in PARAMETERS:
                gradients[name] = gradients[name] + part if name in gradients else part
    result.gradients = gradients


def _has_parameters(network: Network, node: Node) -> bool:
    return any(network.quantities[name].role in PARAMETERS for name in node.inputs)
