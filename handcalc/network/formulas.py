"""Formulas of steps: for every element and derivative, how it follows from earlier steps.

A formula is made when it is first asked for, so that one gradient of a large network costs its own
paths and no more. It depends on the network and its notation alone, not on any numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from handcalc.fields import Shape
from handcalc.formula import Formula, Leaf, Number, Product, Symbol, number, total
from handcalc.losses._loss import Loss, Shortcut
from handcalc.network.graph import GIVEN, LOSS, PARAMETERS, RATE, SLOPE, Network, Node
from handcalc.network.keys import Keys
from handcalc.network.notation import Notation
from handcalc.network.refs import After, Change, Element, Gradient, Local, Ref
from handcalc.operations._operation import Index
from handcalc.optimizers._optimizer import Optimizer


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
        self.keys = Keys(self.notation)
        self.samples = range(network.samples) if network.samples > 1 else ()
        self._refs: dict[Leaf, Ref] = {}
        self._leaves: dict[Ref, Leaf] = {}
        self._formulas: dict[Ref, Formula | None] = {}

    def leaf(self, ref: Ref) -> Leaf:
        """The symbol of a step; what is the same thing has the same symbol."""
        ref = self.same(ref)
        if ref not in self._leaves:
            self._leaves[ref] = self.notation.leaf(ref)
            self._refs[self._leaves[ref]] = ref
        return self._leaves[ref]

    def ref(self, leaf: Leaf) -> Ref:
        """The step behind a leaf, as `same` gives it."""
        return self._refs[leaf]

    def same(self, ref: Ref) -> Ref:
        """One reference for each step: ∂E/∂o of the output is the loss's own derivative."""
        if isinstance(ref, Local) and ref.of.quantity == LOSS:
            return self.same(Gradient(ref.by))
        if isinstance(ref, Gradient) and self._is_given_slope(ref.by):
            return Element(SLOPE, ref.by.index, ref.by.sample)
        if isinstance(ref, After) and self._stays(ref.of):
            return self.same(ref.of)
        if isinstance(ref, After | Change) and self._role(ref.of) in PARAMETERS:
            return type(ref)(Element(ref.of.quantity, ref.of.index))
        if (
            isinstance(ref, Element)
            and self._role(ref) in (*PARAMETERS, "rate")
            and ref.sample is not None
        ):
            return Element(ref.quantity, ref.index)
        return ref

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
                if self._role(ref.of) in PARAMETERS:
                    return self._updated(ref.of)
                return self._definition(ref.of, After)
            case Change():
                rate, gradient = self.leaf(Element(RATE)), self.leaf(Gradient(ref.of))
                return self._optimizer.change(rate, gradient)
            case Local():
                return self._local(ref)
            case Gradient():
                return self._gradient(ref)

    def _definition(self, element: Element, seen_as: Callable[[Element], Ref]) -> Formula | None:
        if self._role(element) in GIVEN:
            return None
        if element.quantity == LOSS and element.sample is None and self.samples:
            each = (self.leaf(seen_as(Element(LOSS, (), s))) for s in self.samples)
            return self._over_samples(total(each))
        node = self.network.producer(element.quantity)
        tensors = [self.tensor(name, element.sample, seen_as) for name in node.inputs]
        return node.operation.definition(element.index, *tensors)

    def _updated(self, parameter: Element) -> Formula:
        weight, gradient = self.leaf(parameter), self.leaf(Gradient(parameter))
        if self._optimizer.adds:
            return weight + self.leaf(Change(parameter))
        return self._optimizer.updated(weight, self.leaf(Element(RATE)), gradient)

    def _local(self, ref: Local) -> Formula:
        node, slot, tensors = self._seen_backward(ref)
        output = self.tensor(node.output, ref.of.sample, lambda element: element)
        return node.operation.partial(ref.of.index, slot, ref.by.index, output, *tensors)

    def definition_behind(self, ref: Local) -> Formula:
        """The definition of `of`, with the weights that the gradient meets, for sympy to derive."""
        node, _, tensors = self._seen_backward(ref)
        return node.operation.definition(ref.of.index, *tensors)

    def _seen_backward(self, ref: Local) -> tuple[Node, int, list[Elements]]:
        """The node between two elements, the slot, and its inputs as the backward pass sees them."""
        node, slot = self._link(ref.of, ref.by)
        view = self.backward_view(node, slot)
        return node, slot, [self.tensor(name, ref.of.sample, view) for name in node.inputs]

    def backward_view(self, node: Node, slot: int) -> Callable[[Element], Ref]:
        """Which weights the gradient meets on its way to an input: with `sequential` the new ones."""
        if not self._meets_updated(node, slot):
            return lambda element: element
        return lambda element: After(element) if self._role(element) in PARAMETERS else element

    def _meets_updated(self, node: Node, slot: int) -> bool:
        by_data = self.network.quantities[node.inputs[slot]].role not in PARAMETERS
        return (
            by_data and self.network.problem.update == "sequential" and bool(self.network.learned)
        )

    def _gradient(self, ref: Gradient) -> Formula:
        by = ref.by
        if by.sample is None and self.samples:
            each = (self.leaf(Gradient(Element(by.quantity, by.index, s))) for s in self.samples)
            return self._over_samples(total(each))
        if ref.via is not None:
            return self._product([*self.chain(ref.via), Local(ref.via, by)])
        paths = self.paths(by)
        if self.is_cell(by):
            # A weight that lies on padding at some place has no part in the sum of that place.
            met = [via for via in paths if self.formula(Local(via, by)) != number(0)]
            return total(self._cell_path(by, via) for via in met) if met else number(0)
        if not paths:
            return number(0)
        if len(paths) > 1:
            return total(self.leaf(Gradient(by, via)) for via in paths)
        if paths[0].quantity == LOSS:
            return self._local(Local(paths[0], by))
        return self._product([*self.chain(paths[0]), Local(paths[0], by)])

    def is_cell(self, element: Element) -> bool:
        """Is this one cell of many, whose paths are written as one sum of products?"""
        quantity = self.network.quantities[element.quantity]
        consumers = self.network.consumers(element.quantity)
        windowed = any(node.operation.windowed for node, _ in consumers)
        return windowed and (quantity.role in (*PARAMETERS, "input", "in", "out"))

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
        found = []
        for node, slot in self.network.consumers(element.quantity):
            shapes = [self.network.quantities[name].shape for name in node.inputs]
            reached = node.operation.reached(slot, element.index, *shapes)
            found += [Element(node.output, index, element.sample) for index in reached]
        return found

    def chain(self, element: Element) -> list[Ref]:
        """The factors of ∂E/∂element, from E downwards.

        The chain ends where a gradient has a step of its own: at a layer's output, at a fork, and
        where loss and activation cancel.
        """
        paths = self.paths(element)
        quantity = self.network.quantities[element.quantity]
        if (
            quantity.role == "out"
            or (quantity.role == "in" and not quantity.by_unit)
            or len(paths) != 1
            or self.cancels(element)
            or self.is_cell(element)
        ):
            return [Gradient(element)]
        return [*self.chain(paths[0]), Local(paths[0], element)]

    def cancels(self, element: Element) -> bool:
        """Do the slopes of loss and activation behind this element cancel to one short formula?"""
        return self.shortcut(element) is not None

    def shortcut(self, element: Element) -> Shortcut | None:
        """∂E/∂z of the last layer in one formula, where the loss offers it for the activation."""
        for node, _ in self.network.consumers(element.quantity):
            for loss_node, _ in self.network.consumers(node.output):
                loss = loss_node.operation
                if isinstance(loss, Loss) and len(element.index) == 1:
                    y, t = (self.tensor(name, element.sample) for name in loss_node.inputs)
                    return loss.shortcut(node.operation, element.index[0], y, t)
        return None

    def _product(self, factors: list[Ref]) -> Formula:
        leaves = tuple(self.leaf(factor) for factor in factors)
        return leaves[0] if len(leaves) == 1 else Product(leaves)

    def _over_samples(self, sum_of_samples: Formula) -> Formula:
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

    def _link(self, of: Element, by: Element) -> tuple[Node, int]:
        """The node and the slot through which one element goes into another."""
        node = self.network.producer(of.quantity)
        return node, node.inputs.index(by.quantity)

    @property
    def _optimizer(self) -> Optimizer:
        assert self.network.problem.optimizer is not None
        return self.network.problem.optimizer

    def _stays(self, element: Element) -> bool:
        """Is an element the same after the update?"""
        role = self._role(element)
        learned = any(q.name == element.quantity for q in self.network.learned)
        return role in GIVEN and not learned

    def is_given(self, ref: Ref) -> bool:
        """Does the file give this value?"""
        return isinstance(ref, Element) and self._role(ref) in GIVEN

    def _is_given_slope(self, by: Element) -> bool:
        """Is the gradient of the output, of each sample, what the file gives?"""
        whole = bool(self.samples) and by.sample is None
        return SLOPE in self.network.quantities and by.quantity == self.network.output and not whole

    def _role(self, element: Element) -> str:
        return self.network.quantities[element.quantity].role
