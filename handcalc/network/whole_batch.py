"""Forward, backward and update of a batch of measured samples, without a gradient of each by itself.

The formulas are those of `passes`. Here nobody looks at a single sample, so that a weight's gradient is made at
once as that of all of them, and gradients that lead to nothing learned are left out; sums stay as floats have them.
"""

from handcalc.network.graph import LOSS, RATE, Network
from handcalc.network.passes import (
    Arrays,
    Result,
    backward,
    by_rule,
    forward,
    gradients_of,
    over_samples,
    update,
)
from handcalc.operations._operation import as_floats


def step_of_batch(network: Network, given: Arrays) -> Result:
    """Forward, backward and update from these numbers."""
    import numpy as np

    with np.errstate(all="ignore"), as_floats():
        result = Result(forward(network, given))
        if LOSS not in network.quantities:
            if RATE in network.quantities:
                by_rule(network, result)
        elif network.problem.update == "sequential":
            # There a layer's weights are new before the gradient passes through them.
            backward(network, result)
        else:
            _backward(network, result)
    return result


def values_of_batch(network: Network, given: Arrays) -> Arrays:
    """The forward pass alone."""
    import numpy as np

    with np.errstate(all="ignore"), as_floats():
        return forward(network, given)


def _backward(network: Network, result: Result) -> None:
    """Gradients by what is learned, gathered from each use; and the updated parameters."""
    import numpy as np

    values, gradients = result.values, result.gradients
    if network.mixes:
        gradients[LOSS] = np.ones(())
    else:
        share = 1 / network.samples if network.problem.batch == "mean" else 1.0
        gradients[LOSS] = np.full(network.samples, share)
    for place, slots, at_once in network.way_back:
        node = network.nodes[place]
        arrays = [values[name] for name in node.inputs]
        # What all its uses have been gathered for is not needed again; this is most of the memory.
        gradient, output = gradients.pop(node.output), values[node.output]
        if at_once:
            parts = node.operation.backward_of_batch(slots, gradient, output, *arrays)
        else:
            parts = dict(enumerate(gradients_of(network, node, gradient, output, arrays)))
        for slot in slots:
            name, part = node.inputs[slot], parts[slot]
            if part.ndim > len(network.quantities[name].shape) and not network.per_sample(name):
                part = over_samples(part) if network.mixes else part.sum(axis=0)
            gradients[name] = gradients[name] + part if name in gradients else part
    for name in network.learned_names:
        found = gradients.get(name)
        result.batch[name] = np.zeros_like(values[name]) if found is None else found
    update(network, result, network.learned_names)
