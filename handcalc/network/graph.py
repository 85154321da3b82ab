"""The graph: quantities with names and shapes, each made by one operation from earlier ones."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Literal, TypeAlias

from handcalc.errors import ProblemError
from handcalc.fields import Array, Random, Shape
from handcalc.layers._label import Label
from handcalc.operations._channels import Channels, Order
from handcalc.operations._opaque import Opaque
from handcalc.operations._operation import Operation
from handcalc.operations._windows import Windows
from handcalc.operations.relu import Relu
from handcalc.problem import ends
from handcalc.problem.model import Problem

if TYPE_CHECKING:
    from handcalc.operations._operation import Array as Numpy

Kind: TypeAlias = Literal["input", "learned", "state", "made", "target", "slope", "loss", "setting"]
"""What the engine needs to know of a quantity; what readers see of it is its label."""
GIVEN: tuple[Kind, ...] = ("input", "learned", "state", "target", "slope", "setting")
SHARED: tuple[Kind, ...] = ("learned", "state", "setting")
"""Kinds that all samples have in common."""
MOST_NUMBERS = 4_000_000
"""Numbers of one quantity; a larger one would not fit the memory that it is worked out in."""
MOST_PRODUCTS = 10_000_000_000
"""Products of one layer; more would take minutes."""
INPUT, TARGET, SLOPE, LOSS, RATE = "x", "t", "slope", "E", "rate"
STEP = "h"
"""How far a number is moved for a finite difference."""
LEARNED = "learned"
"""What the names of learned numbers begin with that belong to no layer."""
DATA = "E:data"
"""The loss without the penalty for large weights, where there is one."""
EACH = "E:each"
"""The loss of each sample, where samples meet on the way and the loss is that of all of them."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A named tensor: what it is, its shape for one sample, and the layer it belongs to."""

    name: str
    kind: Kind
    label: Label
    shape: Shape
    layer: str = ""
    number: int = 0
    """The number of the layer, from 1."""
    about: str = ""
    """Of a target or a given gradient: the output that it belongs to."""
    of_batch: bool = False
    """Is it made once of all samples, as the mean of a batch is?"""


@dataclass(frozen=True, slots=True)
class Node:
    """One operation at work: the names of its inputs and of its result."""

    operation: Operation
    inputs: tuple[str, ...]
    output: str
    cut: str = ""
    """The input to which no gradient goes back."""


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
    received: dict[int, tuple[Shape, ...]] = field(default_factory=dict)
    """What each layer receives, by its number."""
    draw: int = 0
    """Which numbers stand in for symbols: each draw has others."""
    keeps: bool = False
    """Do the numbers that the file has stay what they are where others are symbols?"""
    step: int = 1
    """The number of the step of training."""
    batch: tuple[int, ...] = ()
    """Which samples of the file these are, counted from 0, where they are but some of them."""
    now: "dict[str, Numpy]" = field(default_factory=dict)
    """What is learned as it is before this step, where that is not the first one; and the rate of it."""
    memory: "dict[tuple[str, str], Numpy]" = field(default_factory=dict)
    """The rows of the step before that the optimizer looks back at, by parameter and row."""

    def sample_number(self, sample: int) -> int:
        """The number of a sample in the file, from 1."""
        return (self.batch[sample] if self.batch else sample) + 1

    def sample_of(self, number: int) -> int | None:
        """The sample that has this number in the file; None where it is none of these."""
        if self.batch:
            return self.batch.index(number - 1) if number - 1 in self.batch else None
        return number - 1 if 0 < number <= self.samples else None

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
        """The given numbers; where the file has none, random ones stand in.

        In symbols a given number is any number, except where it decides the formula.
        """
        from handcalc.network.standing_in import stand_in

        fixed = self._fixed

        def numbers_of(name: str, sample: int, numbers: Array | Random | None) -> Array:
            if isinstance(numbers, Random) and (name in fixed or not self.draw):
                return numbers.array(self.quantities[name].shape, f"{name}@{sample}")
            if isinstance(numbers, Array) and (name in fixed or self.keeps or not self.symbolic):
                return numbers
            return stand_in(self, name, sample)

        return {
            name: [numbers_of(name, sample, n) for sample, n in enumerate(numbers)]
            for name, numbers in self.sources.items()
        }

    @property
    def read_by_value(self) -> set[str]:
        """Quantities whose numbers decide a formula: what is looked up, and which class is meant."""
        nodes = (node for node in self.nodes if node.operation.by_value)
        return {node.inputs[node.operation.value_slot] for node in nodes}

    @property
    def _fixed(self) -> set[str]:
        """Quantities whose numbers are not any numbers: they decide a formula, or belong to the calculation."""
        return self.read_by_value | {q.name for q in self.of_kind("setting", "state")}

    @cached_property
    def with_numbers(self) -> frozenset[str]:
        """Quantities whose numbers the file has, but which are any numbers where others are symbols."""
        there = (name for name, own in self.sources.items() if isinstance(own[0], Array))
        return frozenset(there) - self._fixed

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
        inner = order.spatial(shape)
        room = [n + p + q for n, (p, q) in zip(inner, windows.padding, strict=True)]
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

    @cached_property
    def reads_sequences(self) -> bool:
        """Has a value a time?"""
        labels = (quantity.label for quantity in self.quantities.values())
        return any(label.at is not None and label.counts == "time" for label in labels)

    @cached_property
    def attends(self) -> bool:
        """Is there an attention, with scores of its own?"""
        labels = (quantity.label for quantity in self.quantities.values())
        return any(label.word == "scores" and label.own for label in labels)

    def producer(self, name: str) -> Node:
        """The node that makes a quantity."""
        return self._producers[name]

    def read(self, numbers: "dict[str, Numpy]") -> None:
        """Operations that are decided by numbers are decided by these."""
        for i, node in enumerate(self.nodes):
            if node.operation.by_value:
                own = numbers[node.inputs[node.operation.value_slot]]
                self.nodes[i] = replace(node, operation=node.operation.of_numbers(own))

    def consumers(self, name: str) -> list[tuple[Node, int]]:
        """The nodes a quantity goes into, with the slot it fills."""
        return self._consumers.get(name, [])

    def of_kind(self, *kinds: Kind) -> list[Quantity]:
        """The quantities of some kinds, in order."""
        return [q for q in self.quantities.values() if q.kind in kinds]

    @property
    def values(self) -> list[Quantity]:
        """What the layers make."""
        return [q for q in self.of_kind("made", "loss") if q.layer]

    @property
    def of_values(self) -> bool:
        """Is one of the file's own values made small, and not a loss behind the layers?"""
        return self.problem.minimize is not None

    @property
    def moved(self) -> list[Quantity]:
        """What finite differences move: the learned numbers, or the inputs where nothing is learned."""
        there = STEP in self.quantities
        return (self.parameters or self.inputs) if there else []

    @property
    def central(self) -> bool:
        """Are finite differences taken to both sides?"""
        own = self.problem.finite_difference
        return own is not None and own.form == "central"

    @property
    def loss_is_known(self) -> bool:
        """Has E a value: is it not just the gradient of the output that is given?"""
        return bool(self.aims) or self.of_values

    @cached_property
    def asks_input(self) -> bool:
        """Are gradients by the inputs what is asked: where nothing is learned, or ∂E/∂output is given?"""
        return bool(self.of_kind("slope")) or (self.of_values and not self.parameters)

    @property
    def losses(self) -> list[Quantity]:
        """The loss; before it, where several outputs have one each, their losses."""
        return [q for q in self.quantities.values() if q.label.word == "loss"]

    @property
    def samples_of_loss(self) -> list[int | None]:
        """The samples that have a loss of their own under the name of the loss, and then all of them."""
        several = self.samples > 1 and not self.mixes
        return [*(range(self.samples) if several else ()), None]

    @cached_property
    def aims(self) -> list[ends.Aim]:
        """What the outputs are held against: targets and losses."""
        return ends.aims(self.problem)

    @property
    def inputs(self) -> list[Quantity]:
        """What goes in, without what is given beside it to a layer."""
        return [q for q in self.of_kind("input") if not q.layer]

    @property
    def parameters(self) -> list[Quantity]:
        """Weights and biases."""
        return self.of_kind("learned")

    @cached_property
    def learned(self) -> list[Quantity]:
        """The parameters that the optimizer changes."""
        optimizer, layers = self.problem.optimizer, self.problem.layers
        if optimizer is None or RATE not in self.quantities:
            return []
        return [
            q
            for q in self.parameters
            if (not q.layer or layers[q.number - 1].trainable)
            and (optimizer.updates == "all" or q.label.role != "bias")
        ]

    @cached_property
    def learned_names(self) -> frozenset[str]:
        """Their names."""
        return frozenset(quantity.name for quantity in self.learned)

    @cached_property
    def towards_learned(self) -> frozenset[str]:
        """What the optimizer changes, and all that is made of it."""
        found = set(self.learned_names)
        for node in self.nodes:
            if not found.isdisjoint(node.inputs):
                found.add(node.output)
        return frozenset(found)

    @cached_property
    def way_back(self) -> tuple[tuple[int, tuple[int, ...], bool], ...]:
        """From the loss to what is learned: the places of nodes, and which of their inputs lead there.

        Beside them: has each sample all inputs for itself but the operation's parameters, so that their gradients
        can be made of all samples at once? Where samples meet in a layer their noise must be seen one by one.
        """
        found = []
        for place in reversed(range(len(self.nodes))):
            node = self.nodes[place]
            if node.output in self.reaching and node.output in self.towards_learned:
                own = [self.per_sample(name) for name in node.inputs]
                slots, words = node.operation.slots, node.operation.parameters
                usual = all(o != (s in words) for s, o in zip(slots, own, strict=False))
                at_once = usual and any(own) and not node.cut and not self.meets_in_layers
                leading = (name in self.towards_learned for name in node.inputs)
                found.append((place, tuple(i for i, leads in enumerate(leading) if leads), at_once))
        return tuple(found)

    @cached_property
    def meets_in_layers(self) -> bool:
        """Do samples meet in a layer, as in a batch normalization, and not in the loss alone?"""
        return any(quantity.of_batch and quantity.layer for quantity in self.of_kind("made"))

    @property
    def affine(self) -> Node:
        """The node of the weighted sums of the only layer, for rules that know no other network."""
        learned = self.parameters[0].name
        return self.consumers(learned)[0][0]

    @cached_property
    def rectified(self) -> list[str]:
        """The outputs of dense layers behind max(0, z), whose slope at 0 is 0."""
        return [
            node.output
            for node in self.nodes
            if isinstance(node.operation, Relu)
            and not node.operation.slope_at_zero
            and len(self.quantities[node.output].shape) == 1
            and self.problem.layers[self.quantities[node.output].number - 1].word == "dense"
        ]

    @cached_property
    def running(self) -> dict[str, str]:
        """Of what is kept beside what is learned, as a running mean: its new value, and itself."""
        states = {(q.layer, q.label.word): q.name for q in self.of_kind("state")}
        made = (q for q in self.of_kind("made") if q.label.below == "new")
        return {
            q.name: states[q.layer, q.label.word] for q in made if (q.layer, q.label.word) in states
        }

    def memory_of(self, name: str) -> "dict[str, Numpy]":
        """The rows of the step before for one parameter; before the first step, where they begin."""
        import numpy as np

        optimizer = self.problem.optimizer
        shape = self.quantities[name].shape
        found: dict[str, Numpy] = {}
        for word in optimizer.state if optimizer is not None else ():
            start = self.before_first(word, name).floats()
            found[word] = self.memory.get((name, word), np.broadcast_to(start, shape))
        return found

    def before_first(self, word: str, name: str) -> Array:
        """A row that the optimizer remembers of a parameter, before the first step of the file."""
        optimizer = self.problem.optimizer
        assert optimizer is not None
        return optimizer.before_first(word, name.removeprefix(f"{LEARNED}:"))

    @property
    def t(self) -> int:
        """How many steps the optimizer has made with this one."""
        optimizer = self.problem.optimizer
        return self.step + (optimizer.first_step - 1 if optimizer is not None else 0)

    @cached_property
    def reaching(self) -> frozenset[str]:
        """The quantities that the loss depends on; the gradient by any other is 0."""
        return self.behind({LOSS})

    def behind(self, names: Iterable[str]) -> frozenset[str]:
        """Some quantities, and all that they are made of."""
        found = set(names)
        for node in reversed(self.nodes):
            if node.output in found:
                found.update(node.inputs)
        return frozenset(found)

    def channels(self, name: str) -> Order:
        """Where the channels of a quantity stand, as the operations around it see it."""
        nodes = [
            *(n for n in [self._producers.get(name)] if n),
            *(n for n, _ in self.consumers(name)),
        ]
        if len(self.quantities[name].shape) < 3:
            return "none"
        if self.quantities[name].kind == "slope":
            return self.channels(self.quantities[name].about)
        words: list[Order] = [
            node.operation.channels for node in nodes if hasattr(node.operation, "channels")
        ]
        # Where no window tells, as around a reshape, the file's convention does.
        none: Order = "none" if words else self.problem.notation.channels
        return next((word for word in words if word != "none"), none)

    def per_sample(self, name: str) -> bool:
        """Has every sample a value of its own?"""
        quantity = self.quantities[name]
        if quantity.kind == "slope":
            # A given gradient is of each sample where that is of each sample by which it is.
            return self.per_sample(quantity.about)
        return quantity.kind not in SHARED and not quantity.of_batch

    @cached_property
    def mixes(self) -> bool:
        """Do samples meet before the loss, so that there is one loss, of the whole batch?"""
        return self.of_batch

    @property
    def of_batch(self) -> bool:
        """Is anything made of all samples together?"""
        return any(quantity.of_batch for quantity in self.quantities.values())

    @cached_property
    def arrays(self) -> dict[str, "Numpy"]:
        """The given numbers: samples stacked along the first axis, parameters as they are."""
        import numpy as np

        def array(name: str, arrays: list[Array]) -> "Numpy":
            if self.per_sample(name):
                return np.stack([a.floats().reshape(self.quantities[name].shape) for a in arrays])
            return arrays[0].floats()

        return {name: array(name, arrays) for name, arrays in self.given.items()} | self.now

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
