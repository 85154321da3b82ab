"""Forward, backward and update in numpy, for all samples at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from handcalc.network.graph import LOSS, RATE, TARGET, Network, Node
from handcalc.operations._operation import or_zero
from handcalc.optimizers._optimizer import NEW
from handcalc.optimizers._optimizer import Step as Scope

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
    stages: "dict[tuple[str, str], Array]" = field(default_factory=dict)
    """What the optimizer works out on the way, by parameter and row."""
    pulls: Arrays = field(default_factory=dict)
    """What a rule moves each parameter by, before the learning rate."""
    norm: float = 0.0
    """The length of all gradients together, where it is limited."""
    after: Arrays = field(default_factory=dict)


def run(network: Network) -> Result:
    """The forward pass, and as far as there is a loss and an optimizer what follows from it."""
    result = one_step(network, network.arrays)
    if RATE in network.quantities:
        result.after = forward(network, {**network.arrays, **result.updated})
    return result


def one_step(network: Network, given: Arrays) -> Result:
    """Forward, backward and update from these numbers, without a look at what follows."""
    import numpy as np

    result = Result(forward(network, given))
    # What has no finite value is found and said by whoever shows it.
    with np.errstate(all="ignore"):
        if LOSS in network.quantities:
            backward(network, result)
        elif RATE in network.quantities:
            by_rule(network, result)
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
            part, size = over_samples(part), size.sum(axis=0)
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


def over_samples(parts: "Array") -> "Array":
    """Σ over the samples, where they meet before the loss.

    What is the same in all samples has the gradient 0 before a batch normalization, whose own sums have left
    their noise in each of them.
    """
    import numpy as np

    sums = parts.sum(axis=0)
    return np.where(abs(sums) < _NOISE * abs(parts).sum(axis=0), 0.0, sums)


def _update(network: Network, result: Result, names: Iterable[str]) -> None:
    """The gradients of some parameters over all samples, and what the optimizer makes of them."""
    problem, learned = network.problem, list[str]()
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
            learned.append(name)
    update(network, result, learned)


def update(network: Network, result: Result, learned: Collection[str]) -> None:
    """What the optimizer makes of the gradients over all samples."""
    import numpy as np

    optimizer = network.problem.optimizer
    # In the order of the network: a sum of floats depends on it.
    names = [quantity.name for quantity in network.learned if quantity.name in learned]
    if optimizer is not None and optimizer.clip_norm is not None:
        result.norm = float(np.sqrt(sum((result.batch[name] ** 2).sum() for name in names)))
    settings = _settings(network, result)
    for name in names:
        _follow(network, result, name, settings)


def by_rule(network: Network, result: Result) -> None:
    """What each weight is pulled by, signal times input, over all samples; and the new weights."""
    import numpy as np

    rule, values = network.problem.rule, result.values
    assert rule is not None
    node = network.affine
    z, y = values[node.output], values[network.output]
    signal = rule.signal(z, y, values[TARGET])
    arrays = [values[name] for name in node.inputs]
    pulls = gradients_of(network, node, np.broadcast_to(signal, z.shape), z, arrays)
    settings = _settings(network, result)
    for name, pull in zip(node.inputs, pulls, strict=True):
        if name in network.learned_names:
            whole = pull.sum(axis=0)
            result.pulls[name] = whole / len(pull) if network.problem.batch == "mean" else whole
            _follow(network, result, name, settings)


def _settings(network: Network, result: Result) -> Arrays:
    """The numbers of the equations of the optimizer, beside the learning rate."""
    optimizer = network.problem.optimizer
    return {word: result.values[word] for word in (optimizer.settings if optimizer else ())}


def mistakes(network: Network, result: Result) -> int:
    """How many outputs are not what they ought to be."""
    return int((result.values[network.output] != result.values[TARGET]).sum())


def _follow(network: Network, result: Result, name: str, settings: Arrays) -> None:
    """The rows of the optimizer for one parameter."""
    import numpy as np

    optimizer = network.problem.optimizer
    assert optimizer is not None
    values = result.values
    known: dict[str, Any] = {
        "w": values[name],
        "g": result.batch.get(name),
        "pull": result.pulls.get(name),
        "rate": values[RATE],
        "t": network.t,
        "norm": result.norm,
        **settings,
    }
    s = Scope(known, Scope(network.memory_of(name)))
    for word, value in optimizer.step(s):
        s.values[word] = value
        if word == NEW:
            result.updated[name] = np.asarray(value)
        else:
            result.stages[name, word] = np.broadcast_to(value, values[name].shape)
