"""From a problem to its graph: every layer adds its quantities, then the loss and the rate."""

import re
from collections.abc import Sequence
from dataclasses import replace

from handcalc.errors import ProblemError, times
from handcalc.fields import KEY, Array, Random, Shape, parts
from handcalc.layers._beside import UnfitError
from handcalc.layers._label import Label
from handcalc.layers._layer import Conventions, Layer, Misfit
from handcalc.layers._weights import Weights
from handcalc.network.aiming import aimed
from handcalc.network.graph import (
    DATA,
    EACH,
    INPUT,
    LOSS,
    RATE,
    SLOPE,
    TARGET,
    Kind,
    Network,
    Node,
    Quantity,
)
from handcalc.operations._composed import as_node
from handcalc.operations._handle import Handle
from handcalc.operations._operation import Operation
from handcalc.operations.add import Add
from handcalc.operations.group_mean import GroupMean
from handcalc.operations.group_sum import GroupSum
from handcalc.operations.l1_penalty import L1Penalty
from handcalc.operations.l2_penalty import L2Penalty
from handcalc.operations.linear_combination import LinearCombination
from handcalc.operations.weighted_sum import WeightedSum
from handcalc.problem import ends
from handcalc.problem.flow import layer_names, sources_of
from handcalc.problem.model import Penalty, Problem

_VALUES = {"forward", "slopes", "loss", "gradients", "update"}
_FIGURE = re.compile(r".*_(shape|params|multiply_adds|field|padding|unfloored|jump)")


def asks_values(problem: Problem) -> bool:
    """Does the file ask for values, so that a layer without numbers is worked out in symbols?"""
    words = set(problem.ask or ())
    keys = words - _COUNTED - _VALUES
    return bool(words & _VALUES) or any(not _FIGURE.fullmatch(key) for key in keys)


_COUNTED = {"shapes", "parameters", "multiply_adds", "receptive_field"}
_RATES = {"eta": "η", "alpha": "α"}


class _Builder:
    """Adds one layer after the other; this is what `Layer.build` is given."""

    def __init__(self, network: Network) -> None:
        self.network, self.layer, self.number = network, "", 0
        self.inputs: tuple[Handle, ...] = ()
        self.results: dict[str, Handle] = {}
        self.shares = ""
        self.last: Handle

    @property
    def conventions(self) -> Conventions:
        return self.network.problem.conventions

    @property
    def x(self) -> Handle:
        return self.inputs[0]

    def add_input(self, entry: ends.Entry) -> None:
        """One input; where it is the only one, the first layer takes it."""
        assert entry.shape is not None
        single = entry.name == ends.INPUT
        name, given = (
            (INPUT, "input") if single else (f"{INPUT}:{entry.name}", f"input {entry.name}")
        )
        label = Label("input", "values", entry.letter, given=given)
        self.add(Quantity(name, "input", label, entry.shape))
        self.network.sources[name] = list(entry.numbers)
        self.last = self.results[entry.name] = Handle(entry.shape, name)

    def add_layer(self, layer: Layer, name: str, number: int) -> None:
        """The quantities of one layer, from those of the layer it follows."""
        self.layer, self.number, self.shares = name, number, layer.shares
        self.inputs = (self.last,)
        if layer.sources:
            sources = sources_of(layer, layer_names(self.network.problem.layers[: number - 1]))
            self.inputs = tuple(self.results[source] for source in sources)
        self.network.received[number] = tuple(x.shape for x in self.inputs)
        try:
            layer.build(self)
        except UnfitError as error:
            origin = self.network.problem.origin
            place = ("layers", number - 1, layer.word, *error.misfit.field)
            raise ProblemError(origin.path, [origin.mistake(place, str(error))]) from None
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
        if self.shares:
            own_shape = self.network.quantities[handle.name].shape
            if own_shape != shape:
                said = f"the {label.given} '{self.shares}' is for {times(own_shape)} values"
                instead = "write a layer of its own here"
                raise UnfitError(Misfit((), f"{said}, but here are {times(shape)}; {instead}"))
            return handle
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
        label = Label(weights.name, "weights", role="bias" if weights.is_bias else "weight")
        self._given("learned", label, weights.shape, None)

    def works_out(self, *numbers: object) -> bool:
        network = self.network
        if any(given is not None for given in numbers) or asks_values(network.problem):
            return True
        known = not network.without_numbers_so_far and not network.counted
        return known and not numbers

    def result(self, word: str, handle: Handle) -> None:
        self.results[f"{self.layer}.{word}"] = handle

    def name(self, handle: Handle, label: Label, cut: Handle | None = None) -> Handle:
        operation, names = as_node(handle)
        name = f"{self.layer}.{label.unique}"
        made = Quantity(name, "made", label, handle.shape, self.layer, self.number)
        self.make(made, Node(operation, names, name, cut.name if cut else ""))
        one = not self.network.per_sample(name)
        self.last = Handle(handle.shape, name, shared=one)
        return self.last

    def make(self, quantity: Quantity, node: Node) -> None:
        """A quantity and the node that makes it: for each sample, or of several samples once."""
        network = self.network
        once = node.operation.of_batch or not any(map(network.per_sample, node.inputs))
        self.add(replace(quantity, of_batch=once and network.samples > 1))
        network.nodes.append(node)

    def _given(
        self, kind: Kind, label: Label, shape: Shape, numbers: Array | Random | None
    ) -> Handle:
        name = f"{self.shares or self.layer}.{label.unique}"
        if not self.shares:
            self.add(Quantity(name, kind, label, shape, self.layer, self.number))
            self.network.sources[name] = [numbers]
        return Handle(shape, name, shared=kind != "input")

    def add(self, quantity: Quantity) -> None:
        self.network.quantities[quantity.name] = quantity


def build(problem: Problem) -> Network:
    """The network that a problem describes."""
    network = Network(problem, samples=len(problem.samples or (1,)))
    builder = _Builder(network)
    for entry in ends.entries(problem):
        builder.add_input(entry)
    names = layer_names(problem.layers)
    for number, (layer, name) in enumerate(zip(problem.layers, names, strict=True), 1):
        builder.add_layer(layer, name, number)
    _add_losses(builder)
    _refuse_letters(network)
    if LOSS in network.quantities and problem.optimizer is not None:
        words = problem.notation
        letter = _RATES[words.learning_rate]
        label = Label("rate", "rates", letter, words.learning_rate, given="learning rate")
        builder.add(Quantity(RATE, "setting", label, ()))
        network.sources[RATE] = [Array(problem.optimizer.learning_rate.text, ())]
    return network


def _refuse_letters(network: Network) -> None:
    """An input with a letter that stands for something else in this very network."""
    taken = {
        q.label.stem: q.label.heading
        for q in network.of_kind("learned", "target", "loss")
        if q.kind != "learned" or q.label.numbered or q.label.kernel
    }
    taken |= {letter.upper(): heading for letter, heading in taken.items()}
    origin, wrong = network.problem.origin, []
    for entry in ends.entries(network.problem):
        if entry.letter in taken:
            said = f"'{entry.letter}' stands for the {taken[entry.letter]} in formulas"
            own = entry.letter if entry.letter != entry.name else KEY
            place = (*entry.places[0], "symbol" if own is not KEY else KEY)
            wrong.append(origin.mistake(place, f"{said}; give the input another letter"))
    if wrong:
        raise ProblemError(origin.path, wrong)


def _add_losses(builder: _Builder) -> None:
    """The loss behind the last layer, or those of several outputs and their sum.

    Where the file gives the gradient g of the output in place of a loss, Σ g·y has it.
    """
    network, problem = builder.network, builder.network.problem
    letter, target, aims = problem.notation.loss, problem.notation.target, ends.aims(problem)
    whole = Label("loss", "losses", letter)
    data = DATA if problem.penalty else LOSS
    together = network.samples > 1 and (network.of_batch or problem.penalty is not None)
    last = EACH if together else data
    for aim in aims:
        single = not aim.output
        output = network.quantities[network.output if single else builder.results[aim.output].name]
        held = Quantity(
            TARGET if single else f"{TARGET}:{aim.output}",
            "target",
            Label("target", "targets", target, given="target")
            if single
            else Label("target", "targets", target, f"{target}_{aim.output}", given="target of"),
            aim.loss.target_shape(output.shape),
            "" if single else output.layer,
            0 if single else output.number,
            output.name,
        )
        part = Label("loss", "losses", letter, f"{letter}_{aim.output}", passing=True)
        name, label = (last, whole) if single else (f"{LOSS}:{aim.output}", part)
        loss = aimed(problem.origin, aim, output.shape, held.name)
        _add_loss(builder, loss, held, aim.targets, name, label)
    if problem.outputs:
        total = LinearCombination(constants=tuple(aim.weight for aim in aims))
        names = tuple(f"{LOSS}:{aim.output}" for aim in aims)
        builder.make(_loss_quantity(last, whole), Node(total, names, last))
    elif not aims and (problem.output_gradient is not None or "gradients" in (problem.ask or ())):
        output = network.quantities[network.output]
        own = Label("slope", "gradients", given="gradient of the output")
        slope = Quantity(SLOPE, "slope", own, output.shape, about=output.name)
        _add_loss(builder, WeightedSum(), slope, _slopes(network, output.shape), last, whole)
    if together and last in network.quantities:
        # Given gradients of the outputs are those of the loss of the whole batch.
        mean = problem.batch == "mean" and SLOPE not in network.quantities
        over = GroupMean(batch=True) if mean else GroupSum(batch=True)
        builder.make(_loss_quantity(data, whole), Node(over, (last,), data))
    if data in network.quantities and problem.penalty is not None:
        _add_penalties(builder, problem.penalty, whole)


def _add_penalties(builder: _Builder, penalty: Penalty, whole: Label) -> None:
    """E = E_data + λ Σ w²: what large weights add."""
    network = builder.network
    weights = tuple(
        q.name for q in network.parameters if penalty.biases or q.label.role == "weight"
    )
    terms = [DATA]
    rates = {"l2": penalty.l2, "l1": penalty.l1}
    both = None not in rates.values()
    for word, rate in rates.items():
        if rate is None or not weights:
            continue
        letter, stem = ("λ" + word[1:], f"lambda{word[1:]}") if both else ("λ", "lambda")
        label = Label(stem, "rates of the penalty", letter, stem, given=f"penalty {word}")
        builder.add(Quantity(stem, "setting", label, ()))
        network.sources[stem] = [Array(rate.text, ())]
        operation = L2Penalty(half=penalty.half) if word == "l2" else L1Penalty()
        name = f"{LOSS}:{word}"
        own = replace(whole, letter="R", ascii=f"R_{word}" if both else "R", passing=True)
        builder.make(Quantity(name, "made", own, ()), Node(operation, (stem, *weights), name))
        terms.append(name)
    builder.make(_loss_quantity(LOSS, whole), Node(Add(), tuple(terms), LOSS))


def _loss_quantity(name: str, label: Label) -> Quantity:
    """The loss; that of each sample is a factor on the way to it where samples meet before."""
    if name == LOSS:
        return Quantity(LOSS, "loss", label, ())
    letter = f"{label.letter}_data" if name == DATA else ""
    return Quantity(name, "made", replace(label, passing=True, ascii=letter or label.ascii), ())


def _slopes(network: Network, shape: Shape) -> list[Array | Random | None]:
    """The gradient of the output: one for all samples, or one a sample."""
    given = network.problem.output_gradient
    if isinstance(given, Array) and len(given.shape) > len(shape):
        return list(parts(given))
    return [given] * network.samples


def _add_loss(
    builder: _Builder,
    loss: Operation,
    aim: Quantity,
    numbers: Sequence[Array | Random | None],
    name: str,
    label: Label,
) -> None:
    """One loss of one output, and what that is held against."""
    network = builder.network
    builder.add(aim)
    network.sources[aim.name] = list(numbers)
    about = "" if name in (LOSS, EACH) else aim.about
    quantity = replace(_loss_quantity(name, label), about=about)
    builder.make(quantity, Node(loss, (aim.about, aim.name), name))
