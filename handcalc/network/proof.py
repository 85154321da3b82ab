"""The proof of what is shown: sympy against numpy, gradients against central differences.

Nothing here repeats how a value was found. Values are evaluated again from the sympy form of their
formulas; a local derivative is what sympy differentiates from the definition; a gradient is the
slope of the loss, measured by moving the element a little to either side.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from handcalc.errors import ProofError
from handcalc.formula import Formula, algebra, leaves
from handcalc.network.graph import LOSS
from handcalc.network.passes import forward, loss_of
from handcalc.network.refs import Element, Gradient, Local, Ref
from handcalc.network.steps import Steps
from handcalc.operations._operation import indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

CLOSE = 1e-9  # relative, for two evaluations of one formula in double precision
NOISE = 2e-15  # absolute: probabilities near 1 are written in floats 1e-16 apart
SLOPE = 1e-5  # relative, for a central difference
STEP = 1e-5
JUMP = 1e15
"""No slope but a jump, as the step function has at 0: between 80-digit losses 1e-35 apart."""


@dataclass
class Evidence:
    """How many values were checked, and how far the worst of them was off."""

    values: int = 0
    worst_value: float = 0.0
    gradients: int = 0
    worst_gradient: float = 0.0
    kinks: int = 0
    not_slopes: int = 0
    """Gradients that `update: sequential` makes no slopes of the loss."""


@dataclass(frozen=True, slots=True)
class Slope:
    """A measured slope, the slopes to either side, and how far the measurement may be off."""

    slope: float
    lower: float
    upper: float
    uncertainty: float


class Prover:
    """Checks the steps that a solution shows; the first that fails stops it."""

    def __init__(self, steps: Steps) -> None:
        self.steps, self.network = steps, steps.network
        self.evidence = Evidence()

    def check(self, refs: list[Ref]) -> Evidence:
        """Check these steps, each once."""
        for ref in dict.fromkeys(map(self.steps.same, refs)):
            if self.steps.formula(ref) is not None:
                self._value(ref)
            if isinstance(ref, Local):
                self._local(ref)
            elif isinstance(ref, Gradient) and ref.via is None:
                paths = self.steps.paths(ref.by)
                if paths and paths[0].quantity == LOSS:
                    self._local(Local(paths[0], ref.by))
                self._slope(ref)
        return self.evidence

    def claim(self, ref: Ref, formula: Formula) -> None:
        """Check another formula that is said to give a step's value."""
        expected = algebra.numeric(formula, self.steps.exact_leaf)
        self._agree(ref, self.steps.exact(ref), expected, formula, "the shorter formula gives")

    def _value(self, ref: Ref) -> None:
        formula = self.steps.formula(ref)
        assert formula is not None
        expected = algebra.numeric(formula, self.steps.exact_leaf)
        self._agree(ref, self.steps.exact(ref), expected, formula, "sympy gives")

    def _local(self, ref: Local) -> None:
        found, by = self.steps.exact(ref), self.steps.leaf(ref.by)
        operation = self.network.producer(ref.of.quantity).operation
        if self.steps.exact(ref.by) in operation.kinks:
            # At a corner, as ReLU has at 0, there is no derivative: the convention is said instead.
            self.evidence.kinks += 1
            return
        definition = self.steps.definition_behind(ref)
        expected = algebra.derivative_at(definition, by, self.steps.exact_leaf)
        how = "sympy's derivative of the definition is"
        self._agree(ref, found, expected, self.steps.formula(ref), how)

    def _agree(
        self, ref: Ref, found: float, expected: float, formula: Formula | None, how: str
    ) -> None:
        off = abs(found - expected)
        # Where terms cancel, what counts is the size of the terms, not of the small rest.
        scale = max(abs(found), abs(expected), self._terms(formula))
        if not off <= CLOSE * scale + NOISE:
            raise ProofError(self.steps.key(ref), f"the step gives {found!r}, {how} {expected!r}")
        self.evidence.values += 1
        if scale:
            self.evidence.worst_value = max(self.evidence.worst_value, off / scale)

    def _terms(self, formula: Formula | None) -> float:
        """The size of the largest leaf of a formula: the scale of its rounding errors."""
        found = [abs(self.steps.exact_leaf(leaf)) for leaf in leaves(formula)] if formula else []
        return max(found, default=0.0)

    def _slope(self, ref: Gradient) -> None:
        if self._is_not_a_slope(ref.by.quantity):
            self.evidence.not_slopes += 1
            return
        at = self.steps.exact(ref.by)
        measured = measure(lambda moved: self._loss(ref.by, at + moved), max(1.0, abs(at)))
        found = self.steps.exact(ref)
        if not _agrees(found, measured):
            measured = self._finely(found, {ref.by: 1.0}, ref.by.sample)
        self._compare(self.steps.key(ref), found, measured)

    def check_all_gradients(self) -> None:
        """Every gradient of every quantity at once: the slope of the loss along a random direction.

        A single wrong element changes Σ gradient·direction, whichever element it is.
        """
        import numpy as np

        network, random = self.network, np.random.default_rng(20)
        for name, gradient in self.steps.result.gradients.items():
            if name == LOSS or self._is_not_a_slope(name):
                continue
            shared = not network.per_sample(name)
            values = self.steps.result.values[name]
            along = random.uniform(0.5, 1.0, values.shape) * random.choice(
                [-1.0, 1.0], values.shape
            )
            arriving = self.steps.result.batch[name] if shared else gradient
            found = float((arriving * along).sum())
            if not shared and network.problem.batch == "mean":
                found /= network.samples

            def loss(
                moved: float, name: str = name, values: "Array" = values, along: "Array" = along
            ) -> float:
                return self._loss_with(name, values + moved * along)

            whole = self.steps.notation.whole(network.quantities[name])
            measured = measure(loss, 1.0)
            if not _agrees(found, measured):
                measured = self._finely(found, self._moves(name, along), None)
            self._compare(f"d{self.steps.notation.loss}_d{whole}", found, measured)

    def _moves(self, name: str, along: "Array") -> dict[Element, float]:
        """A direction, element by element, in every sample that there is."""
        samples = self.steps.samples if self.network.per_sample(name) else ()
        rows = [
            (s, along[s or 0] if self.network.per_sample(name) else along)
            for s in samples or (None,)
        ]
        shape = self.network.quantities[name].shape
        return {Element(name, i, s): float(row[i]) for s, row in rows for i in indices(shape)}

    def _finely(self, found: float, moves: dict[Element, float], sample: int | None) -> Slope:
        from handcalc.network.fine import slopes

        for from_floats in (False, True):
            slope, left, right = slopes(self.steps, moves, sample, from_floats=from_floats)
            measured = Slope(slope, min(left, right), max(left, right), 0.0)
            if _agrees(found, measured):
                break
        return measured

    @cached_property
    def _at_corner(self) -> bool:
        """Does any value lie where its operation has a corner: ReLU at 0, equal cells under a maximum?"""
        values = self.steps.result.values
        return any(
            node.operation.at_corner(*(values[name] for name in node.inputs))
            for node in self.network.nodes
        )

    def _compare(self, key: str, found: float, measured: Slope) -> None:
        slope = measured.slope
        jumps = max(abs(measured.lower), abs(measured.upper)) > JUMP * max(1.0, abs(found))
        if _agrees(found, measured):
            self.evidence.gradients += 1
            off = abs(found - slope) / max(1.0, abs(found))
            self.evidence.worst_gradient = max(self.evidence.worst_gradient, off)
        elif jumps or self._at_corner:
            # Where several corners meet, what the conventions give need not lie between the slopes to
            # the sides: each corner was decided by itself, and each local slope is checked by itself.
            self.evidence.kinks += 1
        else:
            said = f"the gradient is {found!r}, the measured slope {slope!r}"
            raise ProofError(key, said)

    def _is_not_a_slope(self, name: str) -> bool:
        """Below updated weights a sequential gradient is no derivative of the loss any more."""
        if self.network.problem.update != "sequential" or not self.network.learned:
            return False
        quantity = self.network.quantities[name]
        last = max(parameter.number for parameter in self.network.parameters)
        return quantity.kind not in ("target", "slope") and quantity.number < last

    def _loss(self, by: Element, value: float) -> float:
        """The loss with one element moved to a value; of its own sample, if it has one."""
        array = self.steps.result.values[by.quantity].copy()
        shared = not self.network.per_sample(by.quantity)
        array[by.index if shared else (by.sample or 0, *by.index)] = value
        return self._loss_with(by.quantity, array, by.sample)

    def _loss_with(self, name: str, array: "Array", sample: int | None = None) -> float:
        """The loss with other numbers for a quantity, everything after it computed anew."""
        import numpy as np

        start = next(i for i, node in enumerate(self.network.nodes) if name in node.inputs)
        # Outside its domain the loss has no value; the measurement then takes a smaller step.
        with np.errstate(all="ignore"):
            values = forward(self.network, {**self.steps.result.values, name: array}, start)
        losses = values[LOSS]
        return loss_of(self.network, losses) if sample is None else float(losses[sample])


def _agrees(found: float, measured: Slope) -> bool:
    return abs(found - measured.slope) <= _tolerance(found, measured)


def _tolerance(found: float, measured: Slope) -> float:
    return SLOPE * max(abs(found), abs(measured.slope)) + 1e-9 + measured.uncertainty


def measure(loss: Callable[[float], float], scale: float) -> Slope:
    """The slope at 0 by central differences of two widths.

    The width shrinks until both agree: near probability 0 the loss bends sharply.
    """
    step, here = STEP * scale, loss(0.0)
    for _ in range(8):
        above, below = loss(step), loss(-step)
        near = (loss(step / 2) - loss(-step / 2)) / step
        wide = (above - below) / (2 * step)
        bend = abs(wide - near)
        if math.isfinite(bend) and bend <= 1e-3 * abs(near) + 1e-9:
            break
        step /= 8
    # Halving the width quarters the error, so that (4·near - wide)/3 has next to none.
    noise = 8 * math.ulp(max(abs(above), abs(below), abs(here))) / step
    sides = sorted(((above - here) / step, (here - below) / step))
    return Slope((4 * near - wide) / 3, sides[0], sides[1], 2 * noise + bend / 4)
