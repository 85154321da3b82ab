"""The graph: quantities with names and shapes, each made by one operation from earlier ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from math import prod
from typing import TYPE_CHECKING, Literal, TypeAlias

from handcalc.errors import ProblemError
from handcalc.fields import Array, Random, Shape
from handcalc.layers._layer import Conventions, Layer
from handcalc.layers._weights import Weights
from handcalc.operations._channels import Channels, Order
from handcalc.operations._opaque import Opaque
from handcalc.operations._operation import Operation
from handcalc.operations._windows import Windows
from handcalc.operations.weighted_sum import WeightedSum
from handcalc.problem.flow import input_shape, layer_names, sources_of
from handcalc.problem.model import Problem, Unknown

if TYPE_CHECKING:
    from handcalc.operations._operation import Array as Numpy

Role: TypeAlias = Literal[
    "input", "weights", "kernel", "bias", "in", "out", "target", "slope", "loss", "rate"
]
GIVEN: tuple[Role, ...] = ("input", "weights", "kernel", "bias", "target", "slope", "rate")
PARAMETERS: tuple[Role, ...] = ("weights", "kernel", "bias")
MOST_NUMBERS = 4_000_000
"""Numbers of one quantity; a larger one would not fit the memory that it is worked out in."""
MOST_PRODUCTS = 10_000_000_000
"""Products of one layer; more would take minutes."""
INPUT, TARGET, SLOPE, LOSS, RATE = "x", "t", "slope", "E", "rate"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A named tensor: what it is, its shape for one sample, and the layer it belongs to."""

    name: str
    role: Role
    shape: Shape
    layer: str = ""
    number: int = 0  # of the layer, from 1
    by_unit: bool = True  # named by neurons (h1_out) instead of cells (conv1[2,3])


@dataclass(frozen=True, slots=True)
class Node:
    """One operation at work: the names of its inputs and of its result."""

    operation: Operation
    inputs: tuple[str, ...]
    output: str


@dataclass
class Network:
    """All quantities in the order in which they are computed."""

    problem: Problem
    samples: int = 1
    quantities: dict[str, Quantity] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    sources: dict[str, list[Array | Random | None]] = field(default_factory=dict)
    """Where the numbers of given quantities come from; the file has none where None stands."""
    output: str = INPUT
    """The last layer's result."""

    @property
    def symbolic(self) -> bool:
        """Without numbers: values drawn at random stand in for the checks and are not shown."""
        return bool(self.without_numbers)

    @cached_property
    def without_numbers(self) -> list[str]:
        """Given quantities for which the file has no numbers."""
        return [name for name, numbers in self.sources.items() if None in numbers]

    @cached_property
    def given(self) -> dict[str, list[Array]]:
        """The given numbers; where the file has none, random ones stand in."""
        return {
            name: [
                n if isinstance(n, Array) else (n or _stand_in()).array(shape, f"{name}@{i}")
                for i, n in enumerate(numbers)
            ]
            for name, numbers in self.sources.items()
            for shape in (self.quantities[name].shape,)
        }

    def refuse_large(self) -> None:
        """Quantities that would not fit the memory in which elements are worked out."""
        for node in self.nodes:
            windows = getattr(node.operation, "windows", None)
            if windows is not None:
                self._refuse_work(node, windows)
        for quantity in self.quantities.values():
            size = prod(quantity.shape) * (self.samples if self.per_sample(quantity.name) else 1)
            if size > MOST_NUMBERS:
                origin = self.problem.origin
                place = ("layers", quantity.number - 1) if quantity.layer else ("input",)
                what = (
                    f"has {size:,} numbers; up to {MOST_NUMBERS:,} are worked out, make it smaller"
                )
                raise ProblemError(origin.path, [origin.mistake(place, what)])

    def _refuse_work(self, node: Node, windows: Windows) -> None:
        """Padding that would not fit the memory, and windows that would take too long."""
        order = Channels(getattr(node.operation, "channels", "none"))
        shape, result = self.quantities[node.inputs[0]].shape, self.quantities[node.output].shape
        inner = order.spatial(shape) if len(shape) >= len(windows.size) else shape
        room = [n + p + q for n, (p, q) in zip(inner, windows.padding, strict=False)]
        work = prod(result) * prod(windows.size) * order.count(shape) * self.samples
        if prod(room) > MOST_NUMBERS or work > MOST_PRODUCTS:
            origin = self.problem.origin
            place = ("layers", self.quantities[node.output].number - 1)
            what = f"has windows over {prod(room):,} cells with padding and {work:,} products"
            said = f"{what}; up to {MOST_NUMBERS:,} and {MOST_PRODUCTS:,} are worked out, make it smaller"
            raise ProblemError(origin.path, [origin.mistake(place, said)])

    @property
    def counted(self) -> list[Quantity]:
        """Results of layers whose sizes and weights are counted, but not their values."""
        outputs = (node.output for node in self.nodes if isinstance(node.operation, Opaque))
        return [self.quantities[name] for name in outputs]

    def producer(self, name: str) -> Node:
        """The node that makes a quantity."""
        return self._producers[name]

    def consumers(self, name: str) -> list[tuple[Node, int]]:
        """The nodes a quantity goes into, with the slot it fills."""
        return self._consumers.get(name, [])

    def of_role(self, *roles: Role) -> list[Quantity]:
        """The quantities of some roles, in order."""
        return [q for q in self.quantities.values() if q.role in roles]

    @property
    def parameters(self) -> list[Quantity]:
        """Weights and biases."""
        return self.of_role(*PARAMETERS)

    @property
    def learned(self) -> list[Quantity]:
        """The parameters that the optimizer changes."""
        optimizer = self.problem.optimizer
        if optimizer is None or RATE not in self.quantities:
            return []
        roles: tuple[Role, ...] = (
            PARAMETERS if optimizer.updates == "all" else ("weights", "kernel")
        )
        layers = self.problem.layers
        return [q for q in self.of_role(*roles) if layers[q.number - 1].trainable]

    def channels(self, name: str) -> Order:
        """Where the channels of a quantity stand, as the operations around it see it."""
        nodes = [
            *(n for n in [self._producers.get(name)] if n),
            *(n for n, _ in self.consumers(name)),
        ]
        if len(self.quantities[name].shape) < 3:
            return "none"
        if name == SLOPE:
            return self.channels(self.output)
        words: list[Order] = [
            node.operation.channels for node in nodes if hasattr(node.operation, "channels")
        ]
        # Where no window tells, as around a reshape, the file's convention does.
        none: Order = "none" if words else self.problem.notation.channels
        return next((word for word in words if word != "none"), none)

    def per_sample(self, name: str) -> bool:
        """Has every sample a value of its own?"""
        return self.quantities[name].role not in (*PARAMETERS, "rate")

    @cached_property
    def arrays(self) -> dict[str, "Numpy"]:
        """The given numbers: samples stacked along the first axis, parameters as they are."""
        import numpy as np

        def array(name: str, arrays: list[Array]) -> "Numpy":
            if self.per_sample(name):
                return np.stack([a.floats().reshape(self.quantities[name].shape) for a in arrays])
            return arrays[0].floats()

        return {name: array(name, arrays) for name, arrays in self.given.items()}

    @cached_property
    def _producers(self) -> dict[str, Node]:
        return {node.output: node for node in self.nodes}

    @cached_property
    def _consumers(self) -> dict[str, list[tuple[Node, int]]]:
        found: dict[str, list[tuple[Node, int]]] = {}
        for node in self.nodes:
            for slot, name in enumerate(node.inputs):
                found.setdefault(name, []).append((node, slot))
        return found


class _Builder:
    """Adds one layer after the other; this is what `Layer.build` is given."""

    def __init__(self, network: Network) -> None:
        self.network, self.layer, self.number, self.last = network, "", 0, INPUT
        self.by_unit = True
        self.sources: tuple[str, ...] = (INPUT,)
        self.results = {"input": INPUT}

    @property
    def conventions(self) -> Conventions:
        return self.network.problem.conventions

    def received(self) -> tuple[str, Shape]:
        source = self.sources[0]
        return source, self.network.quantities[source].shape

    def received_all(self) -> tuple[tuple[str, ...], tuple[Shape, ...]]:
        return self.sources, tuple(self.network.quantities[name].shape for name in self.sources)

    def add_layer(self, layer: Layer, name: str, number: int) -> None:
        """The quantities of one layer, from those of the layer it follows."""
        self.layer, self.number, self.by_unit = name, number, layer.by_unit
        self.sources = (self.last,)
        if layer.from_:
            sources = sources_of(layer, list(self.results)[1:])
            self.sources = tuple(self.results[source] for source in sources)
        layer.build(self)
        self.results[name] = self.network.output = self.last

    def parameter(self, role: str, shape: Shape, numbers: Array | Random | None) -> str:
        name = f"{self.layer}.{role}"
        self.add(Quantity(name, role, shape, self.layer, self.number, self.by_unit))  # type: ignore[arg-type]
        self.network.sources[name] = [numbers]
        return name

    def counted(self, weights: Weights) -> None:
        name = f"{self.layer}.{weights.name}"
        shape = tuple(size for _, size in weights.sizes)
        self.add(Quantity(name, "weights", shape, self.layer, self.number, self.by_unit))
        self.network.sources[name] = [None]

    def apply(self, operation: Operation, inputs: tuple[str, ...], role: str) -> str:
        name = f"{self.layer}.{role}"
        shape = operation.output_shape(*(self.network.quantities[i].shape for i in inputs))
        self.add(Quantity(name, role, shape, self.layer, self.number, self.by_unit))  # type: ignore[arg-type]
        self.network.nodes.append(Node(operation, inputs, name))
        self.last = name
        return name

    def add(self, quantity: Quantity) -> None:
        self.network.quantities[quantity.name] = quantity


@cache
def _stand_in() -> Random:
    return Random.model_validate({"seed": "1", "low": "0.1", "high": "0.9", "decimals": "3"})


def build(problem: Problem) -> Network:
    """The network that a problem describes."""
    network = Network(problem, samples=len(problem.samples or (1,)))
    builder = _Builder(network)
    shape = input_shape(problem)
    assert shape is not None
    builder.add(Quantity(INPUT, "input", shape))
    given = problem.input
    single = given.random if isinstance(given, Unknown) else given
    network.sources[INPUT] = [s.input for s in problem.samples] if problem.samples else [single]
    names = layer_names(problem.layers)
    for number, (layer, name) in enumerate(zip(problem.layers, names, strict=True), 1):
        builder.add_layer(layer, name, number)
    if problem.loss is not None:
        targets = [s.target for s in problem.samples] if problem.samples else [problem.target]
        _add_loss(builder, problem.loss, Quantity(TARGET, "target", _output(network)), targets)
    elif problem.output_gradient is not None or "gradients" in (problem.ask or ()):
        slopes = [problem.output_gradient] * network.samples
        _add_loss(builder, WeightedSum(), Quantity(SLOPE, "slope", _output(network)), slopes)
    return network


def _output(network: Network) -> Shape:
    return network.quantities[network.output].shape


def _add_loss(
    builder: _Builder,
    loss: Operation,
    aim: Quantity,
    numbers: Sequence[Array | Random | None],
) -> None:
    """The loss behind the last layer; without one, Σ g·y has the gradient g that is given."""
    network = builder.network
    builder.add(aim)
    network.sources[aim.name] = list(numbers)
    builder.add(Quantity(LOSS, "loss", ()))
    network.nodes.append(Node(loss, (network.output, aim.name), LOSS))
    if network.problem.optimizer is not None:
        builder.add(Quantity(RATE, "rate", ()))
        network.sources[RATE] = [Array(network.problem.optimizer.learning_rate.text, ())]
