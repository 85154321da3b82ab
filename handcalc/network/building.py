"""From a problem to its graph: every layer adds its quantities, then the loss and the rate."""

from collections.abc import Sequence

from handcalc.fields import Array, Random, Shape
from handcalc.layers._layer import Conventions, Layer
from handcalc.layers._weights import Weights
from handcalc.network.graph import INPUT, LOSS, RATE, SLOPE, TARGET, Network, Node, Quantity
from handcalc.operations._operation import Operation
from handcalc.operations.weighted_sum import WeightedSum
from handcalc.problem.flow import input_shape, layer_names, sources_of
from handcalc.problem.model import Problem, Unknown


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
