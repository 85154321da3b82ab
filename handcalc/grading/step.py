"""One answer as marking sees it: its key, the formula it comes from, and what that formula is made of.

A formula's leaves are answers of the sheet, numbers that the file gives, or steps that nobody writes
down. These last are followed back to what is on the sheet.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from math import floor, isfinite, log10
from typing import TYPE_CHECKING, Any, TypeVar

from handcalc.formula import (
    Formula,
    Leaf,
    Partial,
    Symbol,
    leaves,
    substitute,
    total,
)
from handcalc.formula.text import text
from handcalc.losses._loss import Loss
from handcalc.network import After, Element, Gradient, Local, Node, Ref, Stage, Steps
from handcalc.network.graph import EACH, LOSS
from handcalc.number import fixed
from handcalc.operations._elementwise import Elementwise
from handcalc.operations._operation import Operation

if TYPE_CHECKING:
    from handcalc.grading.mistakes._mistake import Mistake

T = TypeVar("T")
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

    @property
    def asked(self) -> float:
        """The unit of the last digit that is asked for."""
        return 10.0**-self.decimals

    def unit(self, of_typed: Any) -> Any:
        """The unit to which an answer is held: what is asked for, whatever else is typed.

        A key of which that leaves fewer than two digits is held to three of its own where they are typed.
        """
        import numpy as np

        size = abs(self.steps.exact(self.ref))
        if size == 0 or size >= 10 * self.asked or not isfinite(size):
            return self.asked
        finest = 10.0 ** (floor(log10(size)) - 2)
        return np.clip(of_typed, min(finest, self.asked), self.asked)

    @property
    def expected(self) -> str:
        """The key as the solution writes it: a number, or a formula where there are none."""
        if not self.steps.network.symbolic or self.formula is None:
            return self.steps.written(self.ref).text
        return text(substitute(self.formula, self._along))

    def _along(self, leaf: Leaf) -> Formula:
        """The part of a gradient along one path as what it is; all else by its name."""
        ref = self.steps.ref(leaf)
        along = isinstance(ref, Gradient) and ref.via is not None
        formula = self.steps.formula(ref) if along else None
        return leaf if formula is None else formula

    def shown(self, value: float) -> str:
        """What comes out in place of the key, to one digit more than asked; nothing if that is the key."""
        if not isfinite(value) or abs(value) > 1e15:
            return ""
        if abs(value - self.steps.exact(self.ref)) <= self.asked / 2:
            return ""
        return fixed(value, self.decimals + 1)

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
        nearest = total(terms) if terms else formula
        return (formula,) if nearest == formula else (formula, nearest)

    def rewritten(self, rewrite: Rewrite, *, uses: bool = False) -> Iterator[Formula]:
        """Its formulas with other formulas for steps on the way, as far as one was met.

        Steps that stand on the sheet or are given end the way, whatever is behind them. A formula that would
        be too long is none: cut short it is another than the one that is meant. With `uses` one step is used
        for another, be it on the sheet or not; the one that is used is followed back in its turn.
        """
        rewrite = self._one_step_on(rewrite)
        whole = rewrite(self.ref, self.ref)
        if whole is not None:
            yield self._written(whole, rewrite, uses) if uses else whole
            return
        known = len(self.way) <= MOST_PARTS
        if not uses and known and all(rewrite(ref, inside) is None for ref, inside in self.way):
            return
        for route in self.routes:
            if self._meets(route, rewrite, uses):
                yield self._written(route, rewrite, uses)

    def _one_step_on(self, rewrite: Rewrite) -> Rewrite:
        """The same for values after the update, which are made in the same way of the new numbers."""
        steps = self.steps

        def later(leaf: Leaf) -> Leaf:
            ref = steps.ref(leaf)
            return steps.leaf(steps.same(After(ref))) if isinstance(ref, Element) else leaf

        def both(ref: Ref, inside: Ref) -> Formula | None:
            other = rewrite(ref, inside)
            if other is not None or not isinstance(inside, After):
                return other
            if steps.kind(inside.of) == "learned":
                return None
            other = rewrite(ref.of if isinstance(ref, After) else ref, inside.of)
            return None if other is None else substitute(other, later)

        return both

    def _written(self, route: Formula, rewrite: Rewrite, uses: bool) -> Formula:
        """A way with what is rewritten on it put in; what stands in it several times is the same object.

        Where nothing is met, the step itself stands: it is rounded on scratch paper.
        """
        made: dict[tuple[Ref, Ref], Formula] = {}
        changed: set[tuple[Ref, Ref]] = set()

        def of(ref: Ref, inside: Ref, depth: int) -> Formula:
            if (ref, inside) not in made:
                made[ref, inside] = new(ref, inside, depth)
            return made[ref, inside]

        def new(ref: Ref, inside: Ref, depth: int) -> Formula:
            may = uses or ref not in self.on_sheet or isinstance(ref, After)
            other = rewrite(ref, inside) if may else None
            if other is None:
                whole, differs = behind(ref, depth)
            elif uses:
                used = {leaf: self.steps.ref(leaf) for leaf in leaves(other)}
                whole = substitute(other, lambda leaf: of(used[leaf], used[leaf], depth + 1))
                differs = True
            else:
                whole, differs = other, True
            if differs:
                changed.add((ref, inside))
            return whole

        def behind(ref: Ref, depth: int) -> tuple[Formula, bool]:
            """A step with what is rewritten behind it, and whether anything is."""
            ends = ref in self.on_sheet or depth > MOST_DEEP
            formula = None if ends else self.steps.formula(ref)
            if formula is None:
                return self.steps.leaf(ref), False
            whole = within(formula, ref, depth)
            if all((self.steps.ref(leaf), ref) not in changed for leaf in leaves(formula)):
                return self.steps.leaf(ref), False
            return whole, True

        def within(formula: Formula, ref: Ref, depth: int) -> Formula:
            return substitute(formula, lambda leaf: of(self.steps.ref(leaf), ref, depth + 1))

        return within(route, self.ref, 0)

    def suspected(self, mistake: "Mistake") -> Iterator[Formula]:
        """What a mistake gives in its place."""
        return mistake.formulas(self)

    def repeated(self, mistake: "Mistake") -> Iterator[Formula]:
        """The same where it was made in every step of training before, behind what is blank; there are none."""
        yield from ()

    def before(self) -> Iterator[Ref]:
        """The steps that its formula names."""
        if self.formula is not None:
            yield from (self.steps.ref(leaf) for leaf in dict.fromkeys(leaves(self.formula)))

    # --- what a mistake asks about ------------------------------------------------------------------

    @cached_property
    def way(self) -> tuple[tuple[Ref, Ref], ...]:
        """The steps on the way back to what is on the sheet, each with the step that names it."""
        own = (self.ref, self.ref)
        met: dict[tuple[Ref, Ref], None] = {own: None}
        named = [ref for route in self.routes for ref in self._named(route) or ()]
        waiting = deque((ref, self.ref, 0) for ref in named)
        while waiting and len(met) <= MOST_PARTS:
            ref, inside, depth = waiting.popleft()
            ends = ref in self.on_sheet
            if (ref, inside) in met or (ends and not isinstance(ref, After)):
                continue
            met[ref, inside] = None
            behind = () if ends or depth > MOST_DEEP else self._before(ref)
            waiting.extend((other, ref, depth + 1) for other in behind or ())
        return tuple(met)

    def _meets(self, route: Formula, rewrite: Rewrite, uses: bool) -> bool:
        """Does a way lead to a step that is rewritten, and is it short enough to be written out?"""
        sizes: dict[tuple[Ref, Ref], tuple[int, bool]] = {}

        def size(ref: Ref, inside: Ref, depth: int) -> tuple[int, bool]:
            """How many parts a step has once it is written out, and whether something on it is rewritten."""
            if (ref, inside) not in sizes:
                ends = ref in self.on_sheet
                may = uses or not ends or isinstance(ref, After)
                other = rewrite(ref, inside) if may else None
                if other is not None:
                    used = self._named(other) if uses else ()
                    more = (size(one, one, depth + 1)[0] for one in used or () if one != ref)
                    sizes[ref, inside] = (1 + sum(more), True)
                elif ends or depth > MOST_DEEP:
                    sizes[ref, inside] = (1, False)
                else:
                    parts, met = total_of(self._before(ref), ref, depth)
                    sizes[ref, inside] = (1 + parts, True) if met else (1, False)
            return sizes[ref, inside]

        def total_of(refs: tuple[Ref, ...] | None, inside: Ref, depth: int) -> tuple[int, bool]:
            parts, met = (0 if refs is not None else MOST_PARTS + 1), False
            for ref in refs or ():
                if parts > MOST_PARTS:
                    break
                more, also = size(ref, inside, depth + 1)
                parts, met = parts + more, met or also
            return parts, met

        parts, met = total_of(self._named(route), self.ref, 0)
        return parts <= MOST_PARTS and met

    def _named(self, formula: Formula) -> tuple[Ref, ...] | None:
        """The steps that a formula names, each as often as it does; None where there are too many."""
        found = tuple(islice(leaves(formula), MOST_PARTS + 1))
        return None if len(found) > MOST_PARTS else tuple(map(self.steps.ref, found))

    def _before(self, ref: Ref) -> tuple[Ref, ...] | None:
        """The steps that another one names."""
        if ref not in self._behind:
            formula = self.steps.formula(ref)
            self._behind[ref] = () if formula is None else self._named(formula)
        return self._behind[ref]

    @cached_property
    def _behind(self) -> dict[Ref, tuple[Ref, ...] | None]:
        """What was asked of them before: every mistake asks it again."""
        return {}

    def met(self, question: Callable[[Ref], T | None]) -> list[T]:
        """What the steps on the way answer to a question, each answer once."""
        found = (question(ref) for ref, _ in self.way)
        return list(dict.fromkeys(answer for answer in found if answer is not None))

    @property
    def element(self) -> Element | None:
        """The element that a step is about: a value, or what it is a gradient or an update of."""
        match self.ref:
            case Element():
                return self.ref
            case Gradient(by=element, via=None) | After(of=element) | Stage(of=element):
                return element
            case _:
                return None

    def of_other(self, element: Element) -> Ref:
        """The same step of another element."""
        match self.ref:
            case Gradient():
                return self.steps.same(Gradient(element))
            case After() | Stage():
                return self.steps.same(replace(self.ref, of=element))
            case _:
                return self.steps.same(element)

    def reference(self, formula: Formula) -> Ref | None:
        """The step behind a part of a formula, if it is a single one."""
        return self.steps.ref(formula) if isinstance(formula, Symbol | Partial) else None

    def word(self, ref: Ref) -> str:
        """What a value is of its layer: weights, bias, out."""
        of_network = self.steps.network.quantities
        return of_network[ref.quantity].label.word if isinstance(ref, Element) else ""

    def maker(self, ref: Ref) -> Operation | None:
        """The operation that makes a value, before the update or after it; None for what is given."""
        of = ref.of if isinstance(ref, After) else ref
        if not isinstance(of, Element) or self.steps.is_given(of):
            return None
        whole = of.quantity == LOSS and of.sample is None and bool(self.steps.samples)
        return None if whole else self.steps.network.producer(of.quantity).operation

    def remade(self, ref: Ref, operation: Operation) -> Formula | None:
        """A value as another operation makes it of the same inputs; None where that has no such cell."""
        if not isinstance(ref, Element):
            return None
        node = self.steps.network.producer(ref.quantity)
        quantities, at = self.steps.network.quantities, ref.index
        shape = operation.output_shape(*(quantities[name].shape for name in node.inputs))
        if len(at) != len(shape) or any(i >= n for i, n in zip(at, shape, strict=True)):
            return None
        place = self.steps.place(node, ref)
        return operation.definition(place, *self.steps.inputs_of(node, ref.sample))

    def resloped(self, ref: Ref, operation: Operation) -> Formula | None:
        """The slope of a value by one of its inputs as it is if another operation makes the value."""
        if not isinstance(ref, Local):
            return None
        node = self.steps.network.producer(ref.of.quantity)
        slots = [slot for slot, name in enumerate(node.inputs) if name == ref.by.quantity]
        if len(slots) > 1:
            return None
        of, by = self.steps.place(node, ref.of), self.steps.place(node, ref.by)
        output = self.steps.tensor(node.output, ref.of.sample)
        tensors = self.steps.inputs_of(node, ref.of.sample)
        return operation.partial(of, slots[0], by, output, *tensors)

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
            paths = self.steps.paths(ref.by) if ref.via is None else [ref.via]
            # Where samples meet, the loss of each of them goes on into that of all.
            ends = len(paths) == 1 and paths[0].quantity in (LOSS, EACH)
            return ends and ref.by.quantity != EACH
        return isinstance(ref, Local) and isinstance(self.maker(ref.of), Loss)


MOST_DEEP = 40
"""Steps that nobody writes down, one behind the other."""
MOST_PARTS = 3000
"""Steps in one formula that is followed back: without sharing it doubles at every fork."""
MOST_PATHS = 64
"""Paths of one gradient that are followed one step further."""
