"""The layers of a network as they are counted: what each receives, gives and weighs."""

from dataclasses import dataclass
from math import prod

from handcalc.fields import Shape
from handcalc.layers._weights import Weights
from handcalc.network import Network
from handcalc.network.graph import INPUT, LOSS, PARAMETERS


@dataclass(frozen=True, slots=True)
class Planned:
    """One layer: its name and word, its shapes, its weights, and the sizes of the arrays behind them."""

    name: str
    word: str
    receives: Shape
    gives: Shape
    weights: tuple[Weights, ...]
    built: tuple[int, ...]
    products: tuple[Weights, ...]
    frozen: bool

    @property
    def parameters(self) -> int:
        """All weights together."""
        return sum(weights.count for weights in self.weights)

    @property
    def multiply_adds(self) -> int:
        """All products together, each with its addition."""
        return sum(products.count for products in self.products)

    @property
    def trained(self) -> int:
        """The weights that learning changes."""
        return 0 if self.frozen else sum(w.count for w in self.weights if w.trained)


def plan(network: Network) -> list[Planned]:
    """The layers in order."""
    found, gives = [], {}
    quantities = network.quantities
    for node in network.nodes:
        if node.output != LOSS:
            gives[quantities[node.output].number] = quantities[node.output].shape
    received: dict[int, Shape] = {}
    for node in network.nodes:
        number = quantities[node.output].number
        if node.output != LOSS and number not in received:
            received[number] = quantities[node.inputs[0]].shape
    names = {q.number: q.layer for q in quantities.values() if q.layer}
    built: dict[int, list[int]] = {}
    for quantity in network.of_role(*PARAMETERS):
        built.setdefault(quantity.number, []).append(prod(quantity.shape))
    for number, layer in enumerate(network.problem.layers, 1):
        receives = received.get(number, quantities[INPUT].shape)
        found.append(
            Planned(
                names[number],
                layer.word,
                receives,
                gives[number],
                tuple(layer.counts(receives, network.problem.conventions)),
                tuple(built.get(number, ())),
                tuple(layer.products(receives, network.problem.conventions)),
                not layer.trainable,
            )
        )
    return found
