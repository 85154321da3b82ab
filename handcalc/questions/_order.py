"""The one order of a solution: the steps of a question as they are worked out one behind the other.

Pages, answers, sheets and marking read this list, so that the first wrong step is the first for all of them.
"""

from collections.abc import Callable, Iterator
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
    batch: list[int | None] = [*each, None] if network.samples > 1 else [None]
    match word:
        case "forward":
            for sample in each:
                for _, values in forward(network):
                    yield from ((q, sample, _itself) for q in values)
        case "slopes":
            nodes = [n for n in network.nodes if isinstance(n.operation, Elementwise)]
            for sample in each:
                yield from ((network.quantities[n.inputs[0]], sample, _slope(n)) for n in nodes)
        case "loss":
            for sample in each:
                yield from ((q, sample, _itself) for q in network.losses[:-1])
            yield from ((network.quantities[LOSS], sample, _itself) for sample in batch)
        case "gradients":
            yield from _gradients(network, each)
        case "update" if RATE in network.quantities:
            yield from ((q, None, After) for q in network.learned)
            if network.aims:
                yield network.quantities[LOSS], None, After


def _gradients(network: Network, each: list[int | None]) -> Iterator[Group]:
    """Values and parameters layer by layer, of given gradients the input too; then over the samples."""
    by_input = bool(network.of_kind("slope"))
    for sample in each:
        for layer, quantities in backward(network):
            for quantity in quantities:
                if quantity.kind != "input" or (by_input and not layer):
                    yield quantity, sample, Gradient
    if network.samples > 1:
        for _, quantities in backward(network):
            yield from ((q, None, Gradient) for q in quantities if q.kind == "learned")


def _itself(element: Element) -> Ref:
    return element


def _slope(node: Node) -> Callable[[Element], Ref]:
    """∂a/∂z of an activation, from the element z."""
    return lambda z: Local(Element(node.output, z.index, z.sample), z)
