"""The layers of a network as they are counted: what each receives, gives, weighs and sees."""

from dataclasses import dataclass
from math import prod

from handcalc.errors import ProofError
from handcalc.fields import Shape
from handcalc.layers._weights import Part, Weights
from handcalc.network.graph import Network, Node
from handcalc.network.receptive import Field, Widened, fields
from handcalc.operations._operation import Size
from handcalc.problem.flow import sources_of


@dataclass(frozen=True, slots=True)
class Planned:
    """One layer: its name and word, where its inputs come from, its shapes, its weights, its work."""

    name: str
    word: str
    sources: tuple[str, ...]
    receives: Shape
    gives: Shape
    weights: tuple[Weights, ...]
    roles: tuple[Part, ...]
    """The same weights counted another way, gate by gate."""
    products: tuple[Weights, ...]
    differs: str
    """What Keras and PyTorch see differently in its sizes."""
    field: Field
    windows: tuple[Widened, ...]
    frozen: bool
    sizes: tuple[Size, ...]
    """How its sizes come about, axis by axis."""
    paddings: tuple[tuple[int, int], ...]
    """The padding of its window, before and after along each axis."""

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
    """The layers in order; ProofError if a count is not that of the arrays the layer is built with."""
    quantities = network.quantities
    gives: dict[int, Shape] = {}
    first: dict[int, Node] = {}
    for node in network.nodes:
        number = quantities[node.output].number
        if number and quantities[node.output].kind in ("made", "loss"):
            gives[number] = quantities[node.output].shape
            first.setdefault(number, node)
    names = {q.number: q.layer for q in quantities.values() if q.layer}
    built: dict[int, int] = {}
    for quantity in network.of_kind("learned"):
        built[quantity.number] = built.get(quantity.number, 0) + prod(quantity.shape)
    seen, windows = fields(network)
    in_order = list(names.values())
    found = []
    for number, layer in enumerate(network.problem.layers, 1):
        shapes, conventions = network.received[number], network.problem.conventions
        receives = shapes[0]
        name = names[number]
        planned = Planned(
            name,
            f"{layer.word}, weights of {layer.shares}" if layer.shares else layer.word,
            sources_of(layer, in_order),
            receives,
            gives[number],
            () if layer.shares else tuple(layer.counts_of(shapes, conventions)),
            () if layer.shares else tuple(layer.roles_of(shapes, conventions)),
            tuple(layer.products_of(shapes, conventions)),
            layer.differs(receives, conventions),
            seen[name],
            windows.get(name, ()),
            not layer.trainable,
            *_window(network, first[number]),
        )
        _prove(planned, built.get(number, 0))
        found.append(planned)
    return found


def _window(network: Network, node: Node) -> tuple[tuple[Size, ...], tuple[tuple[int, int], ...]]:
    """The sizes that a layer's window makes, and its padding."""
    sizes = node.operation.sizes(*(network.quantities[name].shape for name in node.inputs))
    windows = getattr(node.operation, "windows", None)
    return tuple(sizes), windows.padding if windows is not None else ()


def _prove(layer: Planned, built: int) -> None:
    """The products are the sizes of the arrays that the layer is built with; so are the roles."""
    whole = layer.parameters
    # Running statistics are counted, but only kept where they are worked with.
    if built not in (whole, sum(w.count for w in layer.weights if w.trained)):
        raise ProofError(f"{layer.name}_params", f"{whole} counted, {built} built")
    if layer.roles and sum(role.count for role in layer.roles) != whole:
        raise ProofError(f"{layer.name}_params", f"its parts do not add up to {whole}")
