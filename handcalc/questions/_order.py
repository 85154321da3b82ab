"""The one order of a solution: the steps of a question as they are worked out one behind the other.

Pages, answers, sheets and marking read this list, so that the first wrong step is the first for all of them.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from math import prod
from typing import Any, TypeAlias

from handcalc.network import (
    After,
    Element,
    Gradient,
    Local,
    Network,
    Node,
    Part,
    Quantity,
    Ref,
    Stage,
)
from handcalc.network.graph import EACH, LOSS, RATE
from handcalc.network.refs import Word
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


MOVED: dict[bool, tuple[Word, ...]] = {
    False: ("moved", "difference"),
    True: ("moved", "moved_back", "difference"),
}
"""What is written down for a finite difference; of a central one to both sides."""
Samples: TypeAlias = tuple[int | None, ...]
Place: TypeAlias = tuple[str, list[Quantity], Samples]
"""A layer, some of its quantities, and the samples in which they are worked out one behind the other."""


def places(network: Network) -> list[Place]:
    """The forward pass, sample by sample, each layer time by time or head by head.

    Where samples meet it goes layer by layer, with what is made of all of them where it is made.
    """
    each, layers = tuple(samples(network)), forward(network)
    if not network.mixes:
        return [
            (layer, run, (s,)) for s in each for layer, values in layers for run in runs(values)
        ]
    return [
        (layer, [q], (None,) if q.of_batch else each) for layer, values in layers for q in values
    ]


def runs(values: list[Quantity]) -> list[list[Quantity]]:
    """Quantities one behind the other that belong to one time or one head."""
    found = groupby(values, key=lambda q: (q.label.way, q.label.at))
    return [list(run) for _, run in found]


def backward_places(network: Network) -> list[Place]:
    """The way back: each layer with its values and parameters, of one sample; at last over all of them."""
    each, layers = tuple(samples(network)), backward(network)
    if not network.mixes:
        found: list[Place] = [(layer, qs, (s,)) for s in each for layer, qs in layers]
        learned = [(layer, [q for q in qs if q.kind == "learned"]) for layer, qs in layers]
        return [*found, *((layer, qs, (None,)) for layer, qs in learned if network.samples > 1)]
    return [
        (layer, [q], each if network.per_sample(q.name) else (None,))
        for layer, quantities in layers
        for q in quantities
    ]


def backward(network: Network) -> list[tuple[str, list[Quantity]]]:
    """Each layer from the output back: its values, last one first, then its parameters; then the inputs."""
    given: dict[str, list[Quantity]] = {}
    for quantity in network.of_kind("learned", "input"):
        given.setdefault(quantity.layer, []).append(quantity)
    layers = reversed(forward(network))
    found = [(layer, [*reversed(values), *given.get(layer, ())]) for layer, values in layers]
    learned = [quantity for quantity in network.parameters if not quantity.layer]
    return [*found, ("", [*learned, *network.inputs])]


def groups(network: Network, word: str) -> Iterator[Group]:
    """Everything that a question asks, in order."""
    each = samples(network)
    match word:
        case "forward":
            for _, values, together in places(network):
                yield from ((q, sample, itself) for sample in together for q in values)
        case "slopes":
            nodes = [n for n in network.nodes if isinstance(n.operation, Elementwise)]
            for sample in each:
                yield from ((network.quantities[n.inputs[0]], sample, _slope(n)) for n in nodes)
        case "loss":
            yield from ((quantity, sample, itself) for quantity, sample in losses(network))
        case "finite_differences":
            for quantity, sample, _ in moved(network):
                words = MOVED[network.central]
                yield from ((quantity, sample, partial(Part, word)) for word in words)
        case "gradients":
            yield from _gradients(network)
        case "update" if RATE in network.quantities:
            yield from ((q, None, kind) for q in network.learned for kind in _new(network))
            if network.loss_is_known:
                yield network.quantities[LOSS], None, After


def _new(network: Network) -> list[Callable[[Element], Ref]]:
    """The rows of an optimizer with a memory, and the new value."""
    optimizer = network.problem.optimizer
    rows = optimizer.words if optimizer is not None and optimizer.state else ()
    return [*(partial(Stage, word=word) for word in rows), After]


def moved(network: Network) -> Iterator[Group]:
    """What is moved for finite differences, in each sample."""
    each = samples(network) if not network.mixes else []
    yield from ((q, sample, itself) for sample in each for q in network.moved)


def losses(network: Network) -> list[tuple[Quantity, int | None]]:
    """The loss after all that it is put together of: those of outputs and samples, what weights add."""
    *parts, last = [
        q for q in network.losses if not (q.layer and network.per_sample(q.name) and q.name != LOSS)
    ]
    of_each = [q for q in parts if network.per_sample(q.name)]
    found: list[tuple[Quantity, int | None]] = [(q, s) for s in samples(network) for q in of_each]
    found += [(q, None) for q in parts if q not in of_each]
    return [*found, *((last, sample) for sample in network.samples_of_loss)]


def _gradients(network: Network) -> Iterator[Group]:
    """Values and parameters layer by layer, of given gradients the input too; then over the samples."""
    by_input = network.asks_input
    for layer, quantities, together in backward_places(network):
        for sample in together:
            for quantity in quantities:
                given = quantity.kind == "input" and (layer or not by_input)
                given = given or quantity.kind == "loss" or quantity.name == EACH
                if not given and not _kept(network, quantity):
                    yield quantity, sample, Gradient


def _kept(network: Network, quantity: Quantity) -> bool:
    """Is it made of a batch for later, as a running mean, so that the loss does not depend on it?"""
    return quantity.of_batch and not network.consumers(quantity.name) and quantity.name != LOSS


def in_full(quantity: Quantity) -> bool:
    """Has each gradient by a learned number a step of its own, with the new value right behind it?"""
    return quantity.kind == "learned" and prod(quantity.shape) <= MOST_IN_FULL


def itself(element: Element) -> Ref:
    """The value of an element, as the step that is meant."""
    return element


def _slope(node: Node) -> Callable[[Element], Ref]:
    """∂a/∂z of an activation, from the element z."""
    return lambda z: Local(Element(node.output, z.index, z.sample), z)
