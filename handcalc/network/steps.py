"""Steps: the values behind the formulas, in two arithmetics.

Exact values come from the arrays; by hand, each written value is rounded before it is used again.
"""

import math
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from handcalc.errors import HandcalcError
from handcalc.formula import Call, Formula, Leaf, Number, Partial, Symbol, evaluate, is_long, leaves
from handcalc.network.formulas import Formulas
from handcalc.network.graph import LOSS, Network, Node
from handcalc.network.passes import Result, gradients_of, loss_of, run
from handcalc.network.refs import After, Element, Gradient, Local, Part, Ref, Stage
from handcalc.network.refusing import refuse_slopes, refuse_values
from handcalc.network.rounding import Policy, Written
from handcalc.number import Exact

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


MOST_SLOPES = 64
"""Backward passes of one element that are kept: each of them holds an array of the input's size."""


MOST_DIGITS = 12
"""Digits of a given number that are written out."""


class Steps(Formulas):
    """The steps of one solved network: formulas with their values."""

    def __init__(
        self, network: Network, policy: Policy, carried: Mapping[Ref, Written] | None = None
    ) -> None:
        super().__init__(network)
        self.policy, self._carried_in = policy, carried or {}
        self._by_hand: dict[Ref, Written] = {}
        self._slopes: dict[tuple[Element, int], Array] = {}

    @cached_property
    def result(self) -> Result:
        """The arrays, computed when a number is first asked for: sizes need none."""
        return run(self.network)

    def drawn(self, draw: int, *, keeps: bool = False) -> "Steps":
        """The same steps with other numbers in place of symbols; their formulas stay what they are."""
        other = copy(self)
        own = vars(other)
        own.pop("result", None)
        own.update(network=replace(self.network, draw=draw, keeps=keeps), _by_hand={}, _slopes={})
        return other

    def exact(self, ref: Ref) -> float:
        """The value at full precision, from the arrays where there is one."""
        ref = self.same(ref)
        match ref:
            case Element():
                return self._at(self.result.values, ref)
            case After():
                if self.kind(ref.of) == "learned":
                    return float(self.result.updated[ref.of.quantity][ref.of.index])
                return self._at(self.result.after, ref.of)
            case Stage(of=Element(quantity=name)) if name == LOSS:
                return self.result.norm
            case Stage(old=True):
                return float(self.network.memory_of(ref.of.quantity)[ref.word][ref.of.index])
            case Stage():
                place = (ref.of.quantity, ref.word)
                if place not in self.result.stages:
                    return self.exact(After(ref.of)) - self.exact(ref.of)
                return float(self.result.stages[place][ref.of.index])
            case Gradient() if ref.via is None:
                return self._gradient_value(ref.by)
            case Local():
                return self._slope(ref)
            case Part(word="difference") if (found := self._difference(ref)) is not None:
                return found
            case Part(word="mean" | "sum"):
                array = self.result.values[ref.of.quantity]
                own = (
                    array[ref.of.sample or 0] if self.network.per_sample(ref.of.quantity) else array
                )
                return float(own.mean() if ref.word == "mean" else own.sum())
            case _:
                formula = self.formula(ref)
                assert formula is not None
                return float(self._evaluate(formula, self.exact_leaf, ref))

    def _difference(self, ref: Ref) -> float | None:
        """A finite difference with as many digits as its cancelling needs; None where it has no value."""
        from handcalc.network.nearby import Nearby

        found = Nearby(self).digits(ref)
        return None if found is None else float(found)

    def exact_leaf(self, leaf: Leaf) -> float:
        """The full-precision value of a leaf of a formula."""
        return self.exact(self._refs[leaf])

    def _at(self, arrays: "dict[str, Array]", element: Element) -> float:
        array = arrays[element.quantity]
        if not self.network.per_sample(element.quantity):
            return float(array[element.index])
        if element.quantity == LOSS and element.sample is None:
            return loss_of(self.network, array)
        return float(array[element.sample or 0][element.index])

    def _gradient_value(self, by: Element) -> float:
        if by.sample is None and by.quantity in self.result.batch:
            return float(self.result.batch[by.quantity][by.index])
        if self.network.mixes and self._is_shared(by):
            return float(self.result.gradients[by.quantity][by.index])
        return float(self.result.gradients[by.quantity][by.sample or 0][by.index])

    def _slope(self, ref: Local) -> float:
        """∂of/∂by from the operation's own backward pass, with 1 arriving at `of` alone."""
        node, slots = self._link(ref.of, ref.by)
        return sum(self._through(node, slot, ref) for slot in slots)

    def _through(self, node: Node, slot: int, ref: Local) -> float:
        """The slope through one slot; the backward pass of an element serves all of them."""
        import numpy as np

        if (ref.of, slot) not in self._slopes:
            if len(self._slopes) >= MOST_SLOPES:
                self._slopes.clear()
            sample, together = ref.of.sample or 0, node.operation.over_samples
            seen = slice(None) if together else slice(sample, sample + 1)
            result = self.result
            new = result.updated if self._meets_updated(node, slot) else {}
            values = {n: new.get(n, result.values[n]) for n in (*node.inputs, node.output)}
            own = self.network.per_sample
            arrays = [values[n][seen] if own(n) else values[n] for n in node.inputs]
            of_batch = not own(node.output)
            output = values[node.output] if of_batch else values[node.output][seen]
            arriving = np.zeros(output.shape)
            own_sample = () if of_batch else (sample if together else 0,)
            arriving[(*own_sample, *ref.of.index)] = 1.0
            # What has no finite value is refused in words.
            with np.errstate(all="ignore"):
                parts = gradients_of(self.network, node, arriving, output, arrays)
            self._slopes[ref.of, slot] = parts[slot]
        found = self._slopes[ref.of, slot]
        if found.ndim == len(ref.by.index):
            return float(found[ref.by.index])
        if not node.operation.over_samples:
            return float(found[(0, *ref.by.index)])
        at = ref.by.sample if self.network.per_sample(ref.by.quantity) else ref.of.sample
        return float(found[(at or 0, *ref.by.index)])

    def through_slopes(self, of: Element, node: Node, slots: list[int]) -> float:
        """Σ ∂of/∂x·x over the elements of some inputs: the value itself, where it is linear in them."""
        sample, whole = of.sample or 0, 0.0
        for slot in slots:
            name = node.inputs[slot]
            index = tuple(0 for _ in self.network.quantities[name].shape)
            self._through(node, slot, Local(of, Element(name, index, of.sample)))
            x = self.result.values[name]
            own = x[sample] if self.network.per_sample(name) else x
            whole += float((self._slopes[of, slot][0] * own).sum())
        return whole

    def by_hand(self, ref: Ref) -> Written:
        """The value as a person carries it: from written values, rounded when written."""
        ref = self.same(ref)
        waiting, tried = [ref], set[Ref]()
        # One behind the other, not one inside the other: a network may be thousands of layers deep.
        while waiting and ref not in self._by_hand:
            at = waiting[-1]
            missing = [r for r in self._behind(at) if r not in self._by_hand and r not in tried]
            if missing and at not in tried:
                tried.add(at)
                waiting += missing
                continue
            waiting.pop()
            try:
                self._by_hand.setdefault(at, self._carried(at))
            except HandcalcError:
                if at == ref:  # what is not looked at in the end needs no value
                    raise
        return self._by_hand[ref]

    def _behind(self, ref: Ref) -> list[Ref]:
        formula = self.formula(ref)
        return [] if formula is None else [self._refs[leaf] for leaf in leaves(formula)]

    def _carried(self, ref: Ref) -> Written:
        formula = self.formula(ref)
        if formula is None:
            return self._given(ref)
        if isinstance(formula, Symbol | Partial):
            return self.by_hand(self._refs[formula])
        value = self._evaluate(formula, self._hand_leaf, ref)
        return self.policy.write(value, self.key(ref))

    def _hand_leaf(self, leaf: Leaf) -> Exact:
        return self.by_hand(self._refs[leaf]).value

    def _evaluate(self, formula: Formula, value_of: Callable[[Leaf], Exact], ref: Ref) -> Exact:
        """The value of a step's formula; what has none is said in words."""
        try:
            value: Exact = evaluate(formula, value_of)
        except (ArithmeticError, ValueError):
            value = math.nan
        return self.finite(value, ref)

    def finite(self, value: Exact, ref: Ref) -> Exact:
        """The value itself; where it is not finite, an error in words."""
        if math.isfinite(value):
            return value
        if isinstance(ref, Element) and not self.policy.carries:
            self.refuse_in_words(ref.quantity)
        if isinstance(ref, Gradient | Local) and not self.policy.carries:
            self.refuse_slopes_in_words(ref.by.quantity)
        rounded = " with the numbers rounded on the way" if self.policy.carries else ""
        instead = "carry: exact or other numbers" if self.policy.carries else "other numbers"
        raise HandcalcError(
            f"{self.network.problem.origin.path}: step {self.key(ref)} has no finite value{rounded}; "
            f"write {instead}"
        )

    def refuse_in_words(self, name: str) -> None:
        """Why values of a layer are not finite, if that is known."""
        refuse_values(self.network, self.result, name)

    def refuse_slopes_in_words(self, *asked: str) -> None:
        """Which slope is not finite, if one is not of those that are always asked, or of these."""
        refuse_slopes(self.network, self.result, self.notation, asked)

    def _given(self, ref: Ref) -> Written:
        if ref in self._carried_in:
            return self._carried_in[ref]
        if isinstance(ref, Stage):
            return self._remembered(ref)
        assert isinstance(ref, Element)
        if ref.quantity in self.network.now:
            return self.policy.write(self.exact(ref), self.key(ref))
        arrays = self.network.given[ref.quantity]
        array = arrays[ref.sample or 0] if self.network.per_sample(ref.quantity) else arrays[0]
        # A single number may have brackets or not.
        index = (0,) * len(array.shape) if array.shape in ((), (1,)) else ref.index
        text = array.text(index)
        if not self.policy.carries and sum(map(str.isdigit, text)) > MOST_DIGITS:
            # Nobody writes down the 17 digits of a float that has been trained.
            return self.policy.write(array.exact(index), self.key(ref))
        return Written(text, array.exact(index), exact=True)

    def _remembered(self, ref: Stage) -> Written:
        """What a row was in the step before; before the first one, where it begins."""
        if (ref.of.quantity, ref.word) in self.network.memory:
            return self.policy.write(self.exact(ref), self.key(ref))
        start = self.network.before_first(ref.word, ref.of.quantity)
        index = ref.of.index if start.shape else ()
        return Written(start.text(index), start.exact(index), exact=True)

    def written(self, ref: Ref) -> Written:
        """The value as the solution shows it."""
        ref = self.same(ref)
        if self.policy.carries or self.is_given(ref):
            return self.by_hand(ref)
        if isinstance(ref, Local):
            formula = self.formula(ref)
            if isinstance(formula, Symbol | Partial):
                return self.written(self._refs[formula])
        return self.policy.write(self.finite(self.exact(ref), ref), self.key(ref))

    def written_leaf(self, leaf: Leaf) -> Exact:
        """The value that a leaf's shown number stands for."""
        return self.written(self._refs[leaf]).value

    def number(self, leaf: Leaf) -> Formula:
        """The number that replaces a leaf in the line of numbers."""
        written = self.written(self._refs[leaf])
        return Number(written.value, written.text)

    def is_exact(self, ref: Ref) -> bool:
        """Does the line of shown numbers give exactly the shown value, so that = may stand there?"""
        formula, written = self.formula(ref), self.written(ref)
        if formula is None:
            return True
        return self.gives_exactly(formula, written)

    def gives_exactly(self, formula: Formula, written: Written) -> bool:
        """Is a formula, with the numbers shown in it, exactly what is written behind it?"""
        if is_long(formula):
            # A maximum is one of its numbers; of a long sum nobody sees whether it comes out.
            return isinstance(formula, Call) and written.exact
        try:
            # In floats first: exact sums of many terms are only formed where they can matter.
            near = evaluate(formula, lambda leaf: float(self.written_leaf(leaf)))
            if not math.isclose(near, written.value, rel_tol=1e-9, abs_tol=1e-12):
                return False
            value = evaluate(formula, self.written_leaf)
        except (ArithmeticError, ValueError):
            return False  # 1 - 1.0000 under a fraction bar or in a logarithm
        return isinstance(value, Fraction | int) and value == written.value
