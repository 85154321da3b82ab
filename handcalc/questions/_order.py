"""The one order of a solution: the steps of a question as they are worked out one behind the other.

Pages, answers, sheets and marking read this list, so that the first wrong step is the first for all of them.
"""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, TypeAlias

from handcalc.network import After, Element, Gradient, Local, Network, Node, Quantity, Ref
from handcalc.network.graph import LOSS, RATE
from handcalc.operations._elementwise import Elementwise

Group: TypeAlias = tuple[Quantity, int | None, Any]
"""A quantity, the sample, and which step of each element is meant: Callable[[Element], Ref]."""


MOST_IN_FULL = 8
"""Parameters of an array up to which each gradient is worked out in full, with the new value behind it."""


def samples(network: Network) -> list[int | None]:
    """The samples; of a single one, nothing is said."""
    return list(range(network.samples)) if network.samples > 1 else [None]


def forward(network: Network) -> list[tuple[str, list[Quantity]]]:
    """Each layer with its values, in the order in which they are made."""
    layers: dict[str, list[Quantity]] = {}
    for quantity in network.values:
        layers.setdefault(quantity.layer, []).append(quantity)
    return list(layers.items())


def places(network: Network) -> list[tuple[str, list[Quantity], int | None]]:
    """The forward pass: each layer with the values of one sample.

    Sample by sample; where samples meet, layer by layer, with what is made of all of them where it is made.
    """
    each, layers = samples(network), forward(network)
    if not network.mixes:
        return [(layer, values, sample) for sample in each for layer, values in layers]
    found: list[tuple[str, list[Quantity], int | None]] = []
    for layer, values in layers:
        for of_batch, run in groupby(values, key=lambda q: q.of_batch):
            together = list(run)
            found += [(layer, together, sample) for sample in ([None] if of_batch else each)]
    return found


def backward_places(network: Network) -> list[tuple[str, list[Quantity], int | None]]:
    """The way back: each layer with its values and parameters, of one sample; at last over all of them."""
    each, layers = samples(network), backward(network)
    if not network.mixes:
        found = [(layer, values, sample) for sample in each for layer, values in layers]
        learned = [(layer, [q for q in qs if q.kind == "learned"]) for layer, qs in layers]
        return [*found, *((layer, qs, None) for layer, qs in learned if network.samples > 1)]
    return [
        (layer, [q], sample)
        for layer, values in layers
        for q in values
        for sample in (each if network.per_sample(q.name) else [None])
    ]


def backward(network: Network) -> list[tuple[str, list[Quantity]]]:
    """Each layer from the output back: its values, last one first, then its parameters; then the inputs."""
    given: dict[str, list[Quantity]] = {}
    for quantity in network.of_kind("learned", "input"):
        given.setdefault(quantity.layer, []).append(quantity)
    layers = reversed(forward(network))
    found = [(layer, [*reversed(values), *given.get(layer, ())]) for layer, values in layers]
    return [*found, ("", network.inputs)]


def groups(network: Network, word: str) -> Iterator[Group]:
    """Everything that a question asks, in order."""
    each = samples(network)
    match word:
        case "forward":
            for _, values, sample in places(network):
                yield from ((q, sample, _itself) for q in values)
        case "slopes":
            nodes = [n for n in network.nodes if isinstance(n.operation, Elementwise)]
            for sample in each:
                yield from ((network.quantities[n.inputs[0]], sample, _slope(n)) for n in nodes)
        case "loss":
            for sample in each:
                yield from ((q, sample, _itself) for q in network.losses[:-1])
            last = network.quantities[LOSS]
            yield from ((last, sample, _itself) for sample in network.samples_of_loss)
        case "gradients":
            yield from _gradients(network)
        case "update" if RATE in network.quantities:
            yield from ((q, None, After) for q in network.learned)
            if network.aims:
                yield network.quantities[LOSS], None, After


def _gradients(network: Network) -> Iterator[Group]:
    """Values and parameters layer by layer, of given gradients the input too; then over the samples."""
    by_input = bool(network.of_kind("slope"))
    for layer, quantities, sample in backward_places(network):
        for quantity in quantities:
            if quantity.kind != "input" or (by_input and not layer):
                yield quantity, sample, Gradient


def _itself(element: Element) -> Ref:
    return element


def _slope(node: Node) -> Callable[[Element], Ref]:
    """∂a/∂z of an activation, from the element z."""
    return lambda z: Local(Element(node.output, z.index, z.sample), z)
