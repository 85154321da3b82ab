"""The graph: quantities with names and shapes, each made by one operation from earlier ones."""

from dataclasses import dataclass, field
from functools import cache, cached_property
from math import prod
from typing import TYPE_CHECKING, Literal, TypeAlias

from handcalc.errors import ProblemError
from handcalc.fields import Array, Random, Shape
from handcalc.operations._operation import Operation
from handcalc.problem.fits import input_shape, layer_names, output_shape
from handcalc.problem.model import Problem, Unknown

if TYPE_CHECKING:
    from handcalc.operations._operation import Array as Numpy

Role: TypeAlias = Literal[
    "input", "weights", "kernel", "bias", "in", "out", "target", "loss", "rate"
]
GIVEN: tuple[Role, ...] = ("input", "weights", "kernel", "bias", "target", "rate")
PARAMETERS: tuple[Role, ...] = ("weights", "kernel", "bias")
MOST_NUMBERS = 4_000_000
"""Numbers of one quantity; a larger one would not fit the memory that it is worked out in."""
INPUT, TARGET, LOSS, RATE = "x", "t", "E", "rate"


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
    given: dict[str, list[Array]] = field(default_factory=dict)
    without_numbers: list[str] = field(default_factory=list)
    """Given quantities for which the file has no numbers."""

    @property
    def symbolic(self) -> bool:
        """Without numbers: values drawn at random stand in for the checks and are not shown."""
        return bool(self.without_numbers)

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
        return self.parameters if optimizer.updates == "all" else self.of_role("weights", "kernel")

    def channel_axis(self, name: str) -> int | None:
        """The axis of the channels, if a quantity has any: the first or the last."""
        nodes = [
            *(n for n in [self._producers.get(name)] if n),
            *(n for n, _ in self.consumers(name)),
        ]
        words = [getattr(node.operation, "channels", "none") for node in nodes]
        return next(({"first": 0, "last": -1}[w] for w in words if w != "none"), None)

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

    @property
    def layout(self) -> str:
        return self.network.problem.notation.product

    def received(self) -> tuple[str, Shape]:
        return self.last, self.network.quantities[self.last].shape

    def parameter(self, role: str, shape: Shape, numbers: Array | Random | None) -> str:
        name = f"{self.layer}.{role}"
        self.add(Quantity(name, role, shape, self.layer, self.number, self.by_unit))  # type: ignore[arg-type]
        self.give(name, shape, [numbers])
        return name

    def apply(self, operation: Operation, inputs: tuple[str, ...], role: str) -> str:
        name = f"{self.layer}.{role}"
        shape = operation.output_shape(*(self.network.quantities[i].shape for i in inputs))
        self.add(Quantity(name, role, shape, self.layer, self.number, self.by_unit))  # type: ignore[arg-type]
        self.network.nodes.append(Node(operation, inputs, name))
        self.last = name
        return name

    def add(self, quantity: Quantity) -> None:
        self.network.quantities[quantity.name] = quantity

    def give(self, name: str, shape: Shape, numbers: list[Array | Random | None]) -> None:
        """Numbers for a given quantity; where the file has none, random ones stand in."""
        size = prod(shape) * len(numbers)
        if size > MOST_NUMBERS:
            origin = self.network.problem.origin
            place = ("layers", self.number - 1) if self.layer else ("input",)
            what = f"has {size:,} numbers; up to {MOST_NUMBERS:,} are worked out, make it smaller"
            raise ProblemError(origin.path, [origin.mistake(place, what)])
        if any(n is None for n in numbers):
            self.network.without_numbers.append(name)
        self.network.given[name] = [
            n if isinstance(n, Array) else (n or _stand_in()).array(shape, f"{name}@{i}")
            for i, n in enumerate(numbers)
        ]


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
    builder.give(INPUT, shape, [s.input for s in problem.samples] if problem.samples else [single])
    for number, (layer, name) in enumerate(
        zip(problem.layers, layer_names(problem.layers), strict=True)
    ):
        builder.layer, builder.number, builder.by_unit = name, number + 1, layer.by_unit
        layer.build(builder)
    if problem.loss is not None:
        _add_loss(builder, problem)
    return network


def _add_loss(builder: _Builder, problem: Problem) -> None:
    shape = output_shape(problem)
    assert shape is not None
    output = builder.last
    builder.add(Quantity(TARGET, "target", shape))
    targets = [s.target for s in problem.samples] if problem.samples else [problem.target]
    builder.give(TARGET, shape, list(targets))
    builder.layer = ""
    builder.add(Quantity(LOSS, "loss", ()))
    builder.network.nodes.append(Node(problem.loss, (output, TARGET), LOSS))  # type: ignore[arg-type]
    if problem.optimizer is not None:
        rate = problem.optimizer.learning_rate
        builder.add(Quantity(RATE, "rate", ()))
        builder.network.given[RATE] = [Array(rate.text, ())]
