"""One answer as marking sees it: its key, the formula it comes from, and what that formula is made of.

A formula's leaves are answers of the sheet, numbers that the file gives, or steps that nobody writes
down. These last are followed back to what is on the sheet.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from handcalc.formula import Formula, Leaf, leaves, substitute, total
from handcalc.network import After, Element, Gradient, Local, Node, Ref, Steps
from handcalc.network.graph import LOSS
from handcalc.operations._elementwise import Elementwise
from handcalc.operations._operation import Operation

Rewrite = Callable[[Ref, Ref], Formula | None]
"""Another formula for a step, met inside the formula of a second one; None to leave it as it is."""


@dataclass(frozen=True)
class Step:
    """A scalar answer: one number of a sheet, with the steps behind it."""

    key: str
    ref: Ref
    group: str
    """The key under which it stands on the sheet: conv1 for conv1[1,1]."""
    decimals: int
    """The decimals that are asked for."""
    steps: Steps
    on_sheet: Mapping[Ref, str]

    @cached_property
    def formula(self) -> Formula | None:
        """Its right-hand side; None for what is given."""
        return self.steps.formula(self.ref)

    @cached_property
    def node(self) -> Node | None:
        """The operation that makes it, if it is a value."""
        if isinstance(self.ref, Element) and not self.steps.is_given(self.ref):
            return self.steps.network.producer(self.ref.quantity)
        return None

    @property
    def operation(self) -> Operation | None:
        """The mathematics of a value."""
        return None if self.node is None else self.node.operation

    def with_operation(self, operation: Operation) -> Formula:
        """The same value made by another operation from the same inputs."""
        assert isinstance(self.ref, Element)
        return self.at(operation, self.ref)

    def at(self, operation: Operation, element: Element) -> Formula:
        """What an operation gives for an element, from this step's inputs."""
        assert self.node is not None
        tensors = [self.steps.tensor(name, element.sample) for name in self.node.inputs]
        return operation.definition(element.index, *tensors)

    @cached_property
    def routes(self) -> tuple[Formula, ...]:
        """The ways to it: along the whole chain, or from the gradients one step further on.

        Who has ∂E/∂z on paper goes on with it; who has not multiplies all factors.
        """
        ref, formula = self.ref, self.formula
        if formula is None:
            return ()
        if not isinstance(ref, Gradient) or (ref.by.sample is None and self.steps.samples):
            return (formula,)
        paths = self.steps.paths(ref.by) if ref.via is None else [ref.via]
        if any(path.quantity == LOSS for path in paths) or len(paths) > MOST_PATHS:
            return (formula,)
        leaf = self.steps.leaf
        terms = [leaf(Gradient(path)) * leaf(Local(path, ref.by)) for path in paths]
        return (formula, total(terms)) if terms else (formula,)

    def rewritten(self, rewrite: Rewrite) -> Iterator[Formula]:
        """Its formulas with other formulas for steps on the way, as far as one was met.

        Steps that stand on the sheet or are given end the way, whatever is behind them.
        """
        met, left = False, MOST_PARTS

        def of(ref: Ref, inside: Ref, depth: int) -> Formula:
            nonlocal met, left
            left -= 1
            if left < 0 or (ref in self.on_sheet and not isinstance(ref, After)):
                return self.steps.leaf(ref)
            other = rewrite(ref, inside)
            if other is not None:
                met = True
                return other
            formula = self.steps.formula(ref)
            if formula is None or depth > MOST_DEEP or ref in self.on_sheet:
                return self.steps.leaf(ref)
            return within(formula, ref, depth)

        def within(formula: Formula, ref: Ref, depth: int) -> Formula:
            return substitute(formula, lambda leaf: of(self.steps.ref(leaf), ref, depth + 1))

        whole = rewrite(self.ref, self.ref)
        if whole is not None:
            yield whole
            return
        for route in self.routes:
            met, left = False, MOST_PARTS
            found = within(route, self.ref, 0)
            # A formula that was cut short is another than the one that is meant.
            if met and left >= 0:
                yield found

    def before(self) -> Iterator[Ref]:
        """The steps that its formula names."""
        if self.formula is not None:
            yield from (self.steps.ref(leaf) for leaf in dict.fromkeys(leaves(self.formula)))

    # --- what a mistake asks about ------------------------------------------------------------------

    def word(self, ref: Ref) -> str:
        """What a value is of its layer: weights, bias, out."""
        of_network = self.steps.network.quantities
        return of_network[ref.quantity].label.word if isinstance(ref, Element) else ""

    def slope_of_activation(self, ref: Ref) -> tuple[Elementwise, Leaf, Leaf] | None:
        """The activation whose slope a step is, with its z and its a; None for other steps."""
        if not isinstance(ref, Local):
            return None
        node = self.steps.network.producer(ref.of.quantity)
        if not isinstance(node.operation, Elementwise):
            return None
        return node.operation, self.steps.leaf(ref.by), self.steps.leaf(ref.of)

    def is_loss_slope(self, ref: Ref) -> bool:
        """Is a step the derivative of the loss by an output?"""
        if isinstance(ref, Gradient):
            paths = self.steps.paths(ref.by)
            return any(path.quantity == LOSS for path in paths)
        return isinstance(ref, Local) and ref.of.quantity == LOSS


MOST_DEEP = 40
"""Steps that nobody writes down, one behind the other."""
MOST_PARTS = 3000
"""Steps in one formula that is followed back: without sharing it doubles at every fork."""
MOST_PATHS = 64
"""Paths of one gradient that are followed one step further."""
