"""From a problem to its graph: every layer adds its quantities, then the loss and the rate."""

from collections.abc import Sequence
from dataclasses import replace

from handcalc.fields import Array, Random, Shape, parts
from handcalc.layers._label import Label
from handcalc.layers._layer import Conventions, Layer
from handcalc.layers._weights import Weights
from handcalc.network.graph import INPUT, LOSS, RATE, SLOPE, TARGET, Kind, Network, Node, Quantity
from handcalc.operations._handle import Handle, as_node
from handcalc.operations._operation import Operation
from handcalc.operations.weighted_sum import WeightedSum
from handcalc.problem.flow import input_shape, layer_names, sources_of
from handcalc.problem.model import Problem, Unknown

_RATES = {"eta": "η", "alpha": "α"}


class _Builder:
    """Adds one layer after the other; this is what `Layer.build` is given."""

    def __init__(self, network: Network) -> None:
        self.network, self.layer, self.number = network, "", 0
        self.inputs: tuple[Handle, ...] = ()
        self.results: dict[str, Handle] = {}
        self.last: Handle

    @property
    def conventions(self) -> Conventions:
        return self.network.problem.conventions

    @property
    def x(self) -> Handle:
        return self.inputs[0]

    def add_layer(self, layer: Layer, name: str, number: int) -> None:
        """The quantities of one layer, from those of the layer it follows."""
        self.layer, self.number = name, number
        self.inputs = (self.last,)
        if layer.from_:
            sources = sources_of(layer, list(self.results)[1:])
            self.inputs = tuple(self.results[source] for source in sources)
        layer.build(self)
        self.results[name] = self.last
        self.network.output = self.last.name

    @property
    def samples(self) -> int:
        return self.network.samples

    def parameter(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        return self._given("learned", label, shape, numbers)

    def state(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        return self._given("state", label, shape, numbers)

    def given(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        label = replace(label, ascii=f"{self.layer}_{label.stem}")
        handle = self._given("input", label, shape, numbers)
        own: list[Array | Random | None] = [numbers] * self.samples
        if isinstance(numbers, Array) and len(numbers.shape) > len(shape):
            own = list(parts(numbers))
        self.network.sources[handle.name] = own
        return handle

    def whole_numbers(self) -> list[Array] | None:
        name, network = self.x.name, self.network
        found = [
            n.array(self.x.shape, f"{name}@{i}") if isinstance(n, Random) else n
            for i, n in enumerate(network.sources.get(name, [None]))
        ]
        return None if None in found else [n for n in found if n is not None]

    def counted(self, weights: Weights) -> None:
        self._given("learned", Label(weights.name, "weights"), weights.shape, None)

    def name(self, handle: Handle, label: Label) -> Handle:
        operation, names = as_node(handle)
        name = f"{self.layer}.{label.word}"
        self.add(Quantity(name, "made", label, handle.shape, self.layer, self.number))
        self.network.nodes.append(Node(operation, names, name))
        self.last = Handle(handle.shape, name)
        return self.last

    def _given(
        self, kind: Kind, label: Label, shape: Shape, numbers: Array | Random | None
    ) -> Handle:
        name = f"{self.layer}.{label.word}"
        self.add(Quantity(name, kind, label, shape, self.layer, self.number))
        self.network.sources[name] = [numbers]
        return Handle(shape, name)

    def add(self, quantity: Quantity) -> None:
        self.network.quantities[quantity.name] = quantity


def build(problem: Problem) -> Network:
    """The network that a problem describes."""
    network = Network(problem, samples=len(problem.samples or (1,)))
    builder = _Builder(network)
    shape = input_shape(problem)
    assert shape is not None
    given = problem.input
    letter = given.symbol if isinstance(given, Unknown) else "x"
    builder.add(Quantity(INPUT, "input", Label("input", "values", letter, given="input"), shape))
    single = given.random if isinstance(given, Unknown) else given
    network.sources[INPUT] = [s.input for s in problem.samples] if problem.samples else [single]
    builder.last = builder.results["input"] = Handle(shape, INPUT)
    names = layer_names(problem.layers)
    for number, (layer, name) in enumerate(zip(problem.layers, names, strict=True), 1):
        builder.add_layer(layer, name, number)
    output = network.quantities[network.output]
    if problem.loss is not None:
        targets = [s.target for s in problem.samples] if problem.samples else [problem.target]
        label = Label("target", "targets", problem.notation.target, given="target")
        aim = Quantity(TARGET, "target", label, output.shape, about=output.name)
        _add_loss(builder, problem.loss, aim, targets)
    elif problem.output_gradient is not None or "gradients" in (problem.ask or ()):
        slopes = [problem.output_gradient] * network.samples
        label = Label("slope", "gradients", given="gradient of the output")
        aim = Quantity(SLOPE, "slope", label, output.shape, about=output.name)
        _add_loss(builder, WeightedSum(), aim, slopes)
    return network


def _add_loss(
    builder: _Builder,
    loss: Operation,
    aim: Quantity,
    numbers: Sequence[Array | Random | None],
) -> None:
    """The loss behind the last layer; without one, Σ g·y has the gradient g that is given."""
    network, words = builder.network, builder.network.problem.notation
    builder.add(aim)
    network.sources[aim.name] = list(numbers)
    builder.add(Quantity(LOSS, "loss", Label("loss", "losses", words.loss), ()))
    network.nodes.append(Node(loss, (aim.about, aim.name), LOSS))
    if network.problem.optimizer is not None:
        letter = _RATES[words.learning_rate]
        label = Label("rate", "rates", letter, words.learning_rate, given="learning rate")
        builder.add(Quantity(RATE, "setting", label, ()))
        network.sources[RATE] = [Array(network.problem.optimizer.learning_rate.text, ())]
