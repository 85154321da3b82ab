"""Formulas of steps: for every element and derivative, how it follows from earlier steps.

A formula is made when it is first asked for, so that one gradient of a large network costs its own
paths and no more. It depends on the network and its notation alone, not on any numbers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import NoReturn

from handcalc.errors import ProblemError
from handcalc.fields import Shape
from handcalc.formula import (
    Formula,
    Leaf,
    Number,
    Product,
    Symbol,
    evaluate,
    number,
    summed,
    total,
)
from handcalc.losses._loss import Loss, Shortcut
from handcalc.network import updating
from handcalc.network.graph import (
    DATA,
    EACH,
    GIVEN,
    LOSS,
    Kind,
    Network,
    Node,
    Quantity,
)
from handcalc.network.keys import Keys
from handcalc.network.notation import Notation
from handcalc.network.parts import Parts
from handcalc.network.refs import After, At, Element, Gradient, Local, Part, Ref, Stage
from handcalc.operations._tensor import Index, indices
from handcalc.optimizers._optimizer import NEW, Optimizer


@dataclass(frozen=True)
class Elements:
    """A quantity as its elements' symbols, made when they are looked at."""

    shape: Shape
    at: Callable[[Index], Formula]

    def __getitem__(self, index: int | Index) -> Formula:
        return self.at((index,) if isinstance(index, int) else index)


class Formulas:
    """The formulas of one network, by reference or by leaf of a formula."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.notation = Notation(network)
        self.keys, self.parts = Keys(self), Parts(self)
        self.samples = range(network.samples) if network.samples > 1 else ()
        self._refs: dict[Leaf, Ref] = {}
        self._leaves: dict[Ref, Leaf] = {}
        self._formulas: dict[Ref, Formula | None] = {}
        self._updates: dict[Element, dict[str, Formula]] = {}

    def leaf(self, ref: Ref) -> Leaf:
        """The symbol of a step; what is the same thing has the same symbol."""
        ref = self.same(ref)
        if ref not in self._leaves:
            assert not isinstance(ref, At)
            self._leaves[ref] = (
                self.parts.symbol(ref) if isinstance(ref, Part) else self.notation.leaf(ref)
            )
            other = self._refs.setdefault(self._leaves[ref], ref)
            if other != ref:
                self._refuse(self._leaves[ref])
        return self._leaves[ref]

    def _refuse(self, leaf: Leaf) -> NoReturn:
        origin = self.network.problem.origin
        said = f"two values of this problem are both called {leaf.key}"
        what = f"{said}; give an input or a layer another name, or the input another symbol"
        raise ProblemError(origin.path, [origin.mistake((), what)])

    def ref(self, leaf: Leaf) -> Ref:
        """The step behind a leaf, as `same` gives it."""
        return self._refs[leaf]

    def known(self, leaf: Leaf) -> Ref | None:
        """The same, or None for a letter that is no step."""
        return self._refs.get(leaf)

    def same(self, ref: Ref) -> Ref:
        """One reference for each step: ∂E/∂o of the output is the loss's own derivative."""
        if isinstance(ref, Local) and ref.of.quantity == LOSS and self._is_whole(ref.by):
            return self.same(Gradient(ref.by))
        if isinstance(ref, Gradient) and self._is_given_slope(ref.by):
            return Element(self._slopes_given[ref.by.quantity], ref.by.index, ref.by.sample)
        if isinstance(ref, After) and self._stays(ref.of):
            return self.same(ref.of)
        if isinstance(ref, Part) and ref.word == "step":
            return Part("step", Element(ref.of.quantity, ref.of.index))
        if isinstance(ref, After | Stage) and self.kind(ref.of) == "learned":
            return replace(ref, of=Element(ref.of.quantity, ref.of.index))
        if isinstance(ref, Element) and ref.sample is not None and self._is_shared(ref):
            return Element(ref.quantity, ref.index)
        if isinstance(ref, Gradient) and self.network.mixes and self._is_shared(ref.by):
            return Gradient(replace(ref.by, sample=None), ref.via)
        if isinstance(ref, Local) and self.network.mixes and self._is_shared(ref.by):
            return Local(ref.of, replace(ref.by, sample=None))
        return ref

    def _is_whole(self, element: Element) -> bool:
        """Is the slope of E by an element its gradient too, because it reaches E in no other way?"""
        return not self.network.of_values or len(self.paths(element)) == 1

    def _is_shared(self, element: Element) -> bool:
        return not self.network.per_sample(element.quantity)

    def key(self, ref: Ref) -> str:
        """What people type for a step."""
        return self.leaf(ref).key

    # --- formulas ------------------------------------------------------------------------------

    def formula(self, ref: Ref) -> Formula | None:
        """The right-hand side of a step; None for what is given."""
        ref = self.same(ref)
        if ref not in self._formulas:
            self._formulas[ref] = self._make(ref)
        return self._formulas[ref]

    def _make(self, ref: Ref) -> Formula | None:
        match ref:
            case Element():
                return self._definition(ref, lambda element: element)
            case After():
                if self.kind(ref.of) == "learned":
                    return self._rows(ref.of)[NEW]
                return self._definition(ref.of, After)
            case Stage(old=True):
                return None
            case Stage(of=Element(quantity=name)) if name == LOSS:
                return updating.length(self)
            case Stage():
                return self._rows(ref.of)[ref.word]
            case Local():
                return self.formula_of_slope(ref)
            case Gradient():
                return self._gradient(ref)
            case Part():
                return self.parts.formula(ref)
            case At():
                raise ValueError("one step of training has no formulas of others")

    def _definition(self, element: Element, seen_as: Callable[[Element], Ref]) -> Formula | None:
        if self.kind(element) in GIVEN:
            return None
        if element.quantity == LOSS and element.sample is None and self.each_has_a_loss:
            each = (self.leaf(seen_as(Element(LOSS, (), s))) for s in self.samples)
            return self.over_samples(total(each))
        node = self.network.producer(element.quantity)
        tensors = self.inputs_of(node, element.sample, seen_as)
        return node.operation.definition(self.place(node, element), *tensors)

    def _rows(self, parameter: Element) -> dict[str, Formula]:
        """What the optimizer works out for a parameter, row by row, made once for all of them."""
        if parameter not in self._updates:
            self._updates[parameter] = updating.rows(self, parameter)
        return self._updates[parameter]

    @property
    def learned_elements(self) -> list[Element]:
        """Every number that the optimizer changes."""
        learned = self.network.learned
        return [Element(q.name, index) for q in learned for index in indices(q.shape)]

    def stages(self, parameter: Element) -> list[Ref]:
        """What is worked out on the way to the new value of a parameter, and that value."""
        rows = [Stage(parameter, word) for word in self.optimizer.words]
        return [*rows, After(parameter)]

    def remembered(self, parameter: Element) -> list[Ref]:
        """The same, where the optimizer has a memory; else the new value alone."""
        return self.stages(parameter) if self.optimizer.state else [After(parameter)]

    def formula_of_slope(self, ref: Local) -> Formula:
        """∂of/∂by where one is made directly from the other, whatever other ways there are to E.

        Of what goes into it twice, the slopes of both places are added.
        """
        node, slots = self._link(ref.of, ref.by)
        output = self._seen(node, node.output, ref.of.sample)
        of, by = self.place(node, ref.of), self.place(node, ref.by)
        parts = []
        for slot in slots:
            tensors = self._seen_backward(ref, node, slot)
            parts.append(node.operation.partial(of, slot, by, output, *tensors))
        if len(parts) > 1 and all(isinstance(part, Number) for part in parts):
            return number(evaluate(total(parts), lambda _: 0))
        return total(parts) if parts else number(0)

    def definition_behind(self, ref: Local) -> Formula:
        """The definition of `of`, with the weights that the gradient meets, for sympy to derive."""
        node, slots = self._link(ref.of, ref.by)
        tensors = self._seen_backward(ref, node, slots[0])
        return node.operation.definition(self.place(node, ref.of), *tensors)

    def _seen_backward(self, ref: Local, node: Node, slot: int) -> list[Elements]:
        """The inputs of the node between two elements as the backward pass sees them."""
        return self.inputs_of(node, ref.of.sample, self.backward_view(node, slot))

    def backward_view(self, node: Node, slot: int) -> Callable[[Element], Ref]:
        """Which weights the gradient meets on its way to an input: with `sequential` the new ones."""
        if not self._meets_updated(node, slot):
            return lambda element: element
        return lambda element: After(element) if self.kind(element) == "learned" else element

    def _meets_updated(self, node: Node, slot: int) -> bool:
        by_data = self.network.quantities[node.inputs[slot]].kind != "learned"
        return (
            by_data and self.network.problem.update == "sequential" and bool(self.network.learned)
        )

    def _gradient(self, ref: Gradient) -> Formula:
        by = ref.by
        if by.sample is None and self.each_has_a_loss:
            each = (self.leaf(Gradient(Element(by.quantity, by.index, s))) for s in self.samples)
            return self.over_samples(total(each))
        if ref.via is not None and ref.via.quantity == LOSS:
            return self.formula_of_slope(Local(ref.via, by))
        if ref.via is not None:
            return self._product([*self.chain(ref.via), Local(ref.via, by)])
        paths = self.paths(by)
        if not paths:
            return number(0)
        if self.is_cell(by):
            return summed(len(paths), lambda i: self._cell_path(by, paths[i]))
        if len(paths) > 1:
            return total(self.leaf(Gradient(by, via)) for via in paths)
        if paths[0].quantity == LOSS:
            return self.formula_of_slope(Local(paths[0], by))
        return self._product([*self.chain(paths[0]), Local(paths[0], by)])

    @property
    def each_has_a_loss(self) -> bool:
        """Are there several samples, each with a loss and gradients of its own?"""
        return bool(self.samples) and not self.network.mixes

    def is_cell(self, element: Element) -> bool:
        """Is this one cell of many, whose paths are written as one sum of products?"""
        quantity = self.network.quantities[element.quantity]
        consumers = self.network.consumers(element.quantity)
        windowed = any(node.operation.windowed for node, _ in consumers)
        return windowed and quantity.kind in ("learned", "input", "made")

    def _cell_path(self, by: Element, via: Element) -> Formula:
        """∂E/∂y · k where a kernel or an input cell is what the slope is, else ∂E/∂y · ∂y/∂x."""
        local = Local(via, by)
        slope = self.formula(local)
        if slope == number(1):
            return self._product(self.chain(via))
        factor = slope if isinstance(slope, Symbol) else self.leaf(local)
        return Product((*(self.leaf(f) for f in self.chain(via)), factor))

    def paths(self, element: Element) -> list[Element]:
        """The next elements that an element goes into, each of them one path to E."""
        met: dict[Element, None] = {}
        for node, slot in self.network.consumers(element.quantity):
            if node.output in self.network.reaching and node.cut != element.quantity:
                found = self.reached(node, slot, element)
                if self._is_chosen_from(node.output):
                    found = (via for via in found if self.paths(via))
                met |= dict.fromkeys(found)
        return list(met)

    def _is_chosen_from(self, name: str) -> bool:
        """Does a number choose among the elements of a quantity, as a class among the outputs?"""
        uses = [
            use for use in self.network.consumers(name) if use[0].output in self.network.reaching
        ]
        return bool(uses) and all(
            node.operation.by_value and slot != node.operation.value_slot for node, slot in uses
        )

    def reached(self, node: Node, slot: int, element: Element) -> Iterator[Element]:
        """The elements that a node makes of one element of an input.

        A parameter reaches those of one sample; all of them, where all samples have one loss.
        """
        place = self.place(node, element)
        of_batch = not self.network.per_sample(node.output)
        everywhere = self.network.mixes and self._is_shared(element)
        for index in node.operation.reached(slot, place, *self.shapes(node)):
            if of_batch:
                yield Element(node.output, index)
            elif not node.operation.over_samples:
                for sample in (self.samples or (None,)) if everywhere else (element.sample,):
                    yield Element(node.output, index, sample)
            else:
                sample = index[0] if self.samples else None
                if everywhere or not self._is_shared(element) or sample == element.sample:
                    yield Element(node.output, index[1:], sample)

    def chain(self, element: Element) -> list[Ref]:
        """The factors of ∂E/∂element, from E downwards.

        The chain ends where a gradient has a step of its own: at a layer's output, at a fork, and
        where loss and activation cancel.
        """
        paths = self.paths(element)
        quantity = self.network.quantities[element.quantity]
        if (
            (quantity.kind == "made" and not quantity.label.passing)
            or len(paths) != 1
            or paths[0].quantity == LOSS
            or self.cancels(element)
            or self.is_cell(element)
        ):
            return [Gradient(element)]
        return [*self.chain(paths[0]), Local(paths[0], element)]

    def all_stand_alone(self, quantity: Quantity) -> bool:
        """Is the gradient by each element a step: of an input, and of what a layer gives on to another?"""
        if quantity.name not in self.network.reaching or quantity.kind == "learned":
            return quantity.kind == "learned"
        if quantity.kind == "made" and quantity.label.passing:
            return False
        consumers = self.network.consumers(quantity.name)
        if quantity.kind == "input" or self.network.of_values:
            return quantity.kind != "loss"
        return all(node.output != LOSS for node, _ in consumers)

    def stands_alone(self, element: Element) -> bool:
        """Is ∂E/∂element a step, not just a factor: by its kind, at a fork, or where slopes cancel?"""
        if self.is_given(self.same(Gradient(element))):
            return False
        whole = self.all_stand_alone(self.network.quantities[element.quantity])
        return whole or len(self.paths(element)) > 1 or self.cancels(element)

    def cancels(self, element: Element) -> bool:
        """Do the slopes of loss and activation behind this element cancel to one short formula?"""
        return self.shortcut(element) is not None

    def shortcut(self, element: Element) -> Shortcut | None:
        """∂E/∂z of the last layer in one formula, where the loss offers it for the activation."""
        nodes = self.network.consumers(element.quantity)
        losses = self.network.consumers(nodes[0][0].output) if len(nodes) == 1 else []
        if len(losses) != 1 or losses[0][0].output not in (LOSS, EACH, DATA):
            return None
        (node, _), (loss_node, _) = nodes[0], losses[0]
        loss = loss_node.operation
        if not isinstance(loss, Loss):
            return None
        y, t = self.inputs_of(loss_node, element.sample)
        short = loss.shortcut(node.operation, self.place(loss_node, element), y, t)
        if short is None or loss_node.output == LOSS:
            return short
        # What the loss of this sample, or of the data, counts in the whole.
        own = Element(loss_node.output, (), element.sample)
        share = self.leaf(Gradient(self.same_element(own)))
        lines = tuple((share * formula, why) for formula, why in short.lines)
        return replace(short, formula=share * short.formula, lines=lines)

    def same_element(self, element: Element) -> Element:
        """The element without a sample, where it belongs to none."""
        found = self.same(element)
        assert isinstance(found, Element)
        return found

    def _product(self, factors: list[Ref]) -> Formula:
        leaves = tuple(self.leaf(factor) for factor in factors)
        return leaves[0] if len(leaves) == 1 else Product(leaves)

    def over_samples(self, sum_of_samples: Formula) -> Formula:
        """The sum of all samples, or the mean of it, as the file has it."""
        if self.network.problem.batch == "sum":
            return sum_of_samples
        n = self.network.samples
        return Number(Fraction(1, n), f"1/{n}") * sum_of_samples

    def tensor(
        self,
        name: str,
        sample: int | None,
        seen_as: Callable[[Element], Ref] = lambda element: element,
    ) -> Elements:
        """A quantity of one sample, element by element."""
        own = sample if self.network.per_sample(name) else None
        quantity = self.network.quantities[name]
        return Elements(quantity.shape, lambda index: self.leaf(seen_as(Element(name, index, own))))

    def inputs_of(
        self,
        node: Node,
        sample: int | None,
        seen_as: Callable[[Element], Ref] = lambda element: element,
    ) -> list[Elements]:
        """What goes into a node, as its operation sees it."""
        return [self._seen(node, name, sample, seen_as) for name in node.inputs]

    def _seen(
        self,
        node: Node,
        name: str,
        sample: int | None,
        seen_as: Callable[[Element], Ref] = lambda element: element,
    ) -> Elements:
        """A quantity of one sample; with the samples as first axis where an operation sees them all."""
        if not node.operation.over_samples or not self.network.per_sample(name):
            return self.tensor(name, sample, seen_as)
        several = bool(self.samples)
        return Elements(
            (self.network.samples, *self.network.quantities[name].shape),
            lambda at: self.leaf(seen_as(Element(name, at[1:], at[0] if several else None))),
        )

    def place(self, node: Node, element: Element) -> Index:
        """The index of an element as the operation of a node counts."""
        if not node.operation.over_samples or not self.network.per_sample(element.quantity):
            return element.index
        return (element.sample or 0, *element.index)

    def shapes(self, node: Node) -> list[Shape]:
        """The shapes of a node's inputs as its operation sees them."""
        every = (self.network.samples,) if node.operation.over_samples else ()
        return [
            (*every * self.network.per_sample(name), *self.network.quantities[name].shape)
            for name in node.inputs
        ]

    def _link(self, of: Element, by: Element) -> tuple[Node, list[int]]:
        """The node that makes one element, and the slots through which the other goes into it."""
        node = self.network.producer(of.quantity)
        slots = [slot for slot, name in enumerate(node.inputs) if name == by.quantity]
        if len(slots) > 1:
            slots = [slot for slot in slots if self.goes_into(node, slot, by, of)]
        return node, slots

    def times_in(self, ref: Local) -> int:
        """How often one element stands in the other."""
        return len(self._link(ref.of, ref.by)[1])

    def goes_into(self, node: Node, slot: int, by: Element, of: Element) -> bool:
        """Does one element stand in the definition of the other?"""
        if not self.network.per_sample(by.quantity):
            by = replace(by, sample=of.sample)
        return of in self.reached(node, slot, by)

    @property
    def optimizer(self) -> Optimizer:
        """The optimizer of the file."""
        assert self.network.problem.optimizer is not None
        return self.network.problem.optimizer

    def _stays(self, element: Element) -> bool:
        """Is an element the same after the update?"""
        return self.kind(element) in GIVEN and element.quantity not in self.network.learned_names

    def is_given(self, ref: Ref) -> bool:
        """Does the file give this value?"""
        if isinstance(ref, Stage):
            return ref.old
        return isinstance(ref, Element) and self.kind(ref) in GIVEN

    @cached_property
    def _slopes_given(self) -> dict[str, str]:
        """The outputs whose gradients the file gives, with the quantities that hold them."""
        return {q.about: q.name for q in self.network.of_kind("slope")}

    def _is_given_slope(self, by: Element) -> bool:
        """Is the gradient of the output, of each sample, what the file gives?"""
        whole = bool(self.samples) and by.sample is None
        return by.quantity in self._slopes_given and not whole

    def kind(self, element: Element) -> Kind:
        """What the quantity of an element is: given, learned, made."""
        return self.network.quantities[element.quantity].kind
