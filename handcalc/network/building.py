"""From a problem to its graph: every layer adds its quantities, then the loss and the rate."""

import re
from collections.abc import Sequence
from dataclasses import replace

from handcalc.errors import ProblemError, times
from handcalc.fields import KEY, Array, Random, Shape, parts
from handcalc.formula.greek import lettered
from handcalc.layers._beside import UnfitError
from handcalc.layers._label import Label
from handcalc.layers._layer import Conventions, Layer, Misfit
from handcalc.layers._weights import Weights
from handcalc.network import objective
from handcalc.network.graph import (
    INPUT,
    LEARNED,
    TARGET,
    Kind,
    Network,
    Node,
    Quantity,
)
from handcalc.operations._composed import as_node
from handcalc.operations._handle import Handle
from handcalc.operations._opaque import Opaque
from handcalc.problem import ends
from handcalc.problem.flow import layer_names, sources_of
from handcalc.problem.model import Problem, Unknown

_VALUES = {"forward", "slopes", "loss", "gradients", "update"}
_FIGURE = re.compile(r".*_(shape|params|multiply_adds|field|padding|unfloored|jump)")


def asks_values(problem: Problem) -> bool:
    """Does the file ask for values, so that a layer without numbers is worked out in symbols?"""
    words = set(problem.ask or ())
    keys = words - _COUNTED - _VALUES
    return bool(words & _VALUES) or any(not _FIGURE.fullmatch(key) for key in keys)


_COUNTED = {"shapes", "parameters", "multiply_adds", "receptive_field"}


class Building:
    """Adds one layer after the other; this is what `Layer.build` is given."""

    def __init__(self, network: Network, names: Sequence[str]) -> None:
        self.network, self.names = network, names
        self.layer, self.number = "", 0
        self.inputs: tuple[Handle, ...] = ()
        self.results: dict[str, Handle] = {}
        self.shares = ""
        self.last: Handle
        self._all_known = True

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
            (INPUT, "input")
            if single
            else (f"{INPUT}:{entry.name}", f"input {lettered(entry.name)}")
        )
        shown = lettered(entry.letter)
        label = Label("input", "values", shown, entry.letter, given=given)
        self.give(Quantity(name, "input", label, entry.shape), list(entry.numbers))
        self.last = self.results[entry.name] = Handle(entry.shape, name)

    def add_beside(self) -> None:
        """What formulas name beside inputs: learned numbers, and the target."""
        problem, shapes = self.network.problem, ends.beside(self.network.problem)
        for name, own in (problem.learned or {}).items():
            shown = lettered(name)
            label = Label("learned", "learned numbers", shown, name, given=f"learned {shown}")
            numbers = own.random if isinstance(own, Unknown) else own
            quantity = Quantity(f"{LEARNED}:{name}", "learned", label, shapes[name])
            self.give(quantity, [numbers])
            self.results[name] = Handle(shapes[name], quantity.name, shared=True)
        if ends.target_of_values(problem) is not None:
            letter = problem.notation.target
            label = Label("target", "targets", letter, given="target")
            self.give(
                Quantity(TARGET, "target", label, shapes[letter]), list(ends.targets(problem))
            )
            self.results[letter] = Handle(shapes[letter], TARGET)

    def add_layer(self, layer: Layer, name: str, number: int) -> None:
        """The quantities of one layer, from those of the layer it follows."""
        self.layer, self.number, self.shares = name, number, layer.shares
        sources = sources_of(layer, self.names)
        self.inputs = tuple(self.results[s] for s in sources) if sources else (self.last,)
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
        return self._given("learned", label, shape, numbers, self.shares)

    def state(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        return self._given("state", label, shape, numbers, self.shares)

    def given(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        label = replace(label, ascii=f"{self.layer}_{label.stem}")
        # The time of an initial state that is read backwards is not that of a sequence of another length.
        shared = f"{self.shares}.{label.unique}" in self.network.quantities
        handle = self._given("input", label, shape, numbers, self.shares if shared else "")
        if shared:
            own_shape = self.network.quantities[handle.name].shape
            if own_shape != shape:
                said = f"the {label.given} '{self.shares}' is for {times(own_shape)} values"
                instead = "write a layer of its own here"
                raise UnfitError(Misfit((), f"{said}, but here are {times(shape)}; {instead}"))
            return handle
        own: list[Array | Random | None] = [numbers] * self.samples
        if isinstance(numbers, Array) and len(numbers.shape) > len(shape):
            own = list(parts(numbers))
        self._numbers(handle.name, own)
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
        self._given("learned", label, weights.shape, None, self.shares)

    def works_out(self, *numbers: object) -> bool:
        if any(given is not None for given in numbers) or asks_values(self.network.problem):
            return True
        return self._all_known and not numbers

    def result(self, word: str, handle: Handle) -> None:
        self.results[f"{self.layer}.{word}"] = handle

    def name(self, handle: Handle, label: Label, cut: Handle | None = None) -> Handle:
        name, made = f"{self.layer}.{label.unique}", None
        if label.of_file and not label.own and self.layer == self.network.problem.minimize:
            handle, name = objective.as_one_number(handle), objective.name_of(self.network)
            made = objective.minimized(self.network, self.layer, self.number)
        operation, names = as_node(handle)
        made = made or Quantity(name, "made", label, handle.shape, self.layer, self.number)
        self.make(made, Node(operation, names, name, cut.name if cut else ""))
        one = not self.network.per_sample(name)
        self.last = Handle(handle.shape, name, shared=one)
        return self.last

    def make(self, quantity: Quantity, node: Node) -> None:
        """A quantity and the node that makes it: for each sample, or of several samples once."""
        network = self.network
        once = node.operation.of_batch or not any(map(network.per_sample, node.inputs))
        network.quantities[quantity.name] = replace(quantity, of_batch=once and network.samples > 1)
        network.nodes.append(node)
        self._all_known = self._all_known and not isinstance(node.operation, Opaque)

    def _given(
        self, kind: Kind, label: Label, shape: Shape, numbers: Array | Random | None, shares: str
    ) -> Handle:
        name = f"{shares or self.layer}.{label.unique}"
        if not shares:
            self.give(Quantity(name, kind, label, shape, self.layer, self.number), [numbers])
        return Handle(shape, name, shared=kind != "input")

    def give(self, quantity: Quantity, numbers: list[Array | Random | None]) -> None:
        """A quantity whose numbers are given: one entry for all samples, or one for each."""
        self.network.quantities[quantity.name] = quantity
        self._numbers(quantity.name, numbers)

    def _numbers(self, name: str, numbers: list[Array | Random | None]) -> None:
        self.network.sources[name] = numbers
        self._all_known = self._all_known and None not in numbers


def build(problem: Problem, step: int = 1) -> Network:
    """The network that a problem describes, in one step of its training."""
    network = Network(problem, samples=len(problem.samples or (1,)), step=step)
    builder = Building(network, layer_names(problem.layers))
    for entry in ends.entries(problem):
        builder.add_input(entry)
    builder.add_beside()
    for number, (layer, name) in enumerate(zip(problem.layers, builder.names, strict=True), 1):
        builder.add_layer(layer, name, number)
    objective.add(builder)
    _refuse_letters(network)
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
