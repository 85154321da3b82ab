"""The proof of what is shown: sympy against numpy, gradients against central differences.

Nothing here repeats how a value was found. Values are evaluated again from the sympy form of their
formulas; a local derivative is what sympy differentiates from the definition. Gradients are measured by
moving numbers a little to either side: single ones by the loss, all of them operation by operation, each
backwards against its own forwards, and once through the whole network.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from math import prod
from typing import TYPE_CHECKING

from handcalc.errors import ProofError
from handcalc.formula import Formula, algebra, is_long, leaves
from handcalc.formula.walk import numbers
from handcalc.network.graph import LOSS, Node
from handcalc.network.graph import STEP as WIDTH
from handcalc.network.passes import forward, gradients_of, loss_of, value_of
from handcalc.network.refs import Element, Gradient, Local, Part, Ref
from handcalc.network.steps import Steps
from handcalc.operations._tensor import indices

if TYPE_CHECKING:
    from numpy.random import Generator

    from handcalc.operations._operation import Array

SMALLEST_STEP = 1e-50  # of what is divided by less than this 80 digits leave too few
CLOSE = 1e-9  # relative, for two evaluations of one formula in double precision
NOISE = 2e-15  # absolute: probabilities near 1 are written in floats 1e-16 apart
SLOPE = 1e-5  # relative, for a central difference
STEP = 1e-5
JUMP = 1e15
"""No slope but a jump, as the step function has at 0: between 80-digit losses 1e-35 apart."""


MOST_FINE = 2000
"""Values of a network up to which a slope is measured with 80 digits where floats do not suffice."""
MOST_ASKED = 100
"""Gradients asked for that are measured one by one."""
MOST_MEASURED = 24
"""Gradients of a page that are measured one by one, beside those that are asked for: each costs several
passes through the network."""


@dataclass
class Evidence:
    """How many values were checked, and how far the worst of them was off."""

    values: int = 0
    worst_value: float = 0.0
    gradients: int = 0
    worst_gradient: float = 0.0
    proved: set[str] = field(default_factory=set)
    """The results of the operations whose way back is the slope of their way forward."""
    whole: bool = False
    """Is the way back through the whole network the slope of the loss along a random direction?"""
    worst_backwards: float = 0.0
    kinks: int = 0
    not_slopes: int = 0
    """Gradients that `update: sequential` makes no slopes of the loss."""

    @property
    def operations(self) -> int:
        """How many operations are proved; those of several steps of training are the same ones."""
        return len(self.proved)


@dataclass(frozen=True, slots=True)
class Slope:
    """A measured slope, the slopes to either side, and how far the measurement may be off."""

    slope: float
    lower: float
    upper: float
    uncertainty: float


class Prover:
    """Checks the steps that a solution shows, perhaps beside others; the first that fails stops it."""

    def __init__(self, steps: Steps, evidence: Evidence | None = None) -> None:
        self.steps, self.network = steps, steps.network
        self.evidence = evidence or Evidence()

    def check(self, refs: list[Ref], asked: Iterable[Ref] = ()) -> Evidence:
        """Check these steps, each once; of very many gradients those asked for, and some of the others."""
        steps = list(dict.fromkeys(map(self.steps.same, refs)))
        slopes = [ref for ref in steps if isinstance(ref, Gradient) and ref.via is None]
        measured = {*islice(asked, MOST_ASKED), *slopes[:: -(-len(slopes) // MOST_MEASURED) or 1]}
        for ref in steps:
            if self.steps.formula(ref) is not None:
                self._value(ref)
            if isinstance(ref, Local):
                self._local(ref)
            elif isinstance(ref, Gradient) and ref.via is None:
                # What is put together of all samples is the slope of none of their losses.
                of_all = ref.by.sample is None and self.steps.each_has_a_loss
                paths = () if of_all else self.steps.paths(ref.by)
                if paths and paths[0].quantity == LOSS:
                    self._local(Local(paths[0], ref.by))
                if ref in measured:
                    self._slope(ref)
        return self.evidence

    def claim(self, ref: Ref, formula: Formula) -> None:
        """Check another formula that is said to give a step's value."""
        expected = self._by_sympy(ref, formula)
        self._agree(ref, self.steps.exact(ref), expected, formula, "the shorter formula gives")

    def _value(self, ref: Ref) -> None:
        formula = self.steps.formula(ref)
        assert formula is not None
        if is_long(formula):
            self._long(ref)
            return
        if isinstance(ref, Part) and ref.word == "difference":
            self._difference(ref)
            return
        expected = self._by_sympy(ref, formula)
        self._agree(ref, self.steps.exact(ref), expected, formula, "sympy gives")

    def _by_sympy(self, ref: Ref, formula: Formula) -> float:
        """What sympy makes of a step's formula; one that divides by what has become 0 is refused in words."""
        try:
            return algebra.numeric(formula, self.steps.exact_leaf)
        except ZeroDivisionError:
            return float(self.steps.finite(math.nan, ref))

    def _difference(self, ref: Part) -> None:
        """A finite difference, whose terms cancel, from values with 80 digits where these suffice."""
        from handcalc.network.nearby import Nearby

        if abs(self.steps.exact(Element(WIDTH))) < SMALLEST_STEP:
            return
        expected = Nearby(self.steps).at(ref)
        if expected.is_real:
            self._agree(ref, self.steps.exact(ref), float(expected), None, "with 80 digits it is")

    def _long(self, ref: Ref) -> None:
        """A sum of very many terms: what its slopes make of the numbers, y = Σ ∂y/∂x·x.

        A gradient over very many paths is one of the gradients that are measured all together.
        """
        if not isinstance(ref, Element):
            return
        node = self.network.producer(ref.quantity)
        if not node.operation.linear_in:
            return
        slots = [node.operation.slots.index(slot) for slot in node.operation.linear_in]
        whole = self.steps.through_slopes(ref, node, [s for s in slots if s < len(node.inputs)])
        self._agree(ref, self.steps.exact(ref), whole, None, "its slopes times its inputs give")

    def _local(self, ref: Local) -> None:
        found, by = self.steps.exact(ref), self.steps.leaf(ref.by)
        operation = self.network.producer(ref.of.quantity).operation
        if self.steps.exact(ref.by) in operation.kinks:
            # At a corner, as ReLU has at 0, there is no derivative: the convention is said instead.
            self.evidence.kinks += 1
            return
        definition = self.steps.definition_behind(ref)
        if is_long(definition):
            return  # one of the slopes that are measured all together
        expected = algebra.derivative_at(definition, by, self.steps.exact_leaf)
        if not math.isclose(found, expected, rel_tol=CLOSE, abs_tol=NOISE) and self._decides(ref):
            self.evidence.kinks += 1
            return
        how = "sympy's derivative of the definition is"
        self._agree(ref, found, expected, self.steps.formula(ref), how)

    def _decides(self, ref: Local) -> bool:
        """Does a corner of the operation lie here, so that its convention decides the slope?"""
        node, values = self.network.producer(ref.of.quantity), self.steps.result.values
        return node.operation.at_corner(*(values[name] for name in node.inputs))

    def _agree(
        self, ref: Ref, found: float, expected: float, formula: Formula | None, how: str
    ) -> None:
        off = abs(found - expected)
        # Where terms cancel, what counts is the size of the terms, not of the small rest.
        scale = max(abs(found), abs(expected), self._terms(formula))
        size = max(scale, self._numbers(formula))
        # The factors of a slope may be what is left of terms of the size of 1.
        noise = NOISE * (min(1.0, size) if isinstance(ref, Element) else 1.0)
        if not off <= CLOSE * scale + noise:
            raise ProofError(self.steps.key(ref), f"the step gives {found!r}, {how} {expected!r}")
        self.evidence.values += 1
        if size:
            self.evidence.worst_value = max(self.evidence.worst_value, off / size)

    def _terms(self, formula: Formula | None) -> float:
        """The size of the largest leaf of a formula: the scale of its rounding errors."""
        if formula is None or is_long(formula):
            return 0.0
        return max((abs(self.steps.exact_leaf(leaf)) for leaf in leaves(formula)), default=0.0)

    def _numbers(self, formula: Formula | None) -> float:
        """The size of the largest number in a formula: of (1 + x) - 1 no float has more than that leaves."""
        if formula is None:
            return 1.0
        if is_long(formula):
            return 0.0
        return max((abs(float(number.value)) for number in numbers(formula)), default=0.0)

    def _slope(self, ref: Gradient) -> None:
        if self._is_not_a_slope(ref.by.quantity):
            self.evidence.not_slopes += 1
            return
        at = self.steps.exact(ref.by)
        found = self.steps.exact(ref)
        measured = _near(found, lambda moved: self._loss(ref.by, at + moved), max(1.0, abs(at)))
        if not _agrees(found, measured):
            measured = self._finely(found, {ref.by: 1.0}, ref.by.sample, measured)
        self._compare(self.steps.key(ref), found, measured)

    def check_all_gradients(self) -> None:
        """Every gradient at once: each operation by itself, then the whole network.

        Along a random direction v the slope of Σ u·f(x) is Σ (∂f/∂x)ᵀu·v, so that a single wrong element of
        a way back shows; and a path that is missing or counted twice changes the slope of the whole loss.
        """
        self.steps.refuse_slopes_in_words()
        for node in self.network.nodes:
            if node.output in self.network.reaching:
                self._operation(node)
        self._whole_network()

    def _operation(self, node: Node) -> None:
        """An operation's way back against its way forward."""
        import numpy as np

        random = np.random.default_rng(20)
        values = self.steps.result.values
        arrays, output = [values[name] for name in node.inputs], values[node.output]
        along = [_direction(random, array) for array in arrays]
        upstream = _direction(random, output)
        if node.cut:
            along = [v * (n != node.cut) for v, n in zip(along, node.inputs, strict=True)]
        with np.errstate(all="ignore"):
            parts = gradients_of(self.network, node, upstream, output, arrays)
            found = sum(float((part * v).sum()) for part, v in zip(parts, along, strict=True))

            def forwards(moved: float) -> float:
                there = [a + moved * v for a, v in zip(arrays, along, strict=True)]
                return float((upstream * value_of(self.network, node, there)).sum())

            measured = _near(found, forwards, 1.0)
        if not math.isfinite(measured.uncertainty) or not math.isfinite(found):
            return  # beyond what floats hold nothing can be measured
        if _agrees(found, measured):
            self.evidence.proved.add(node.output)
            self._off(found, measured)
        elif not node.operation.at_corner(*arrays):
            # Where floats do not suffice, the loss itself is measured with more digits.
            for name in dict.fromkeys(node.inputs):
                if self.network.quantities[name].kind in ("input", "learned", "made"):
                    self._quantity(name)

    def _off(self, found: float, measured: Slope) -> None:
        off = abs(found - measured.slope) / max(1.0, abs(found))
        self.evidence.worst_backwards = max(self.evidence.worst_backwards, off)

    def _whole_network(self) -> None:
        """The loss along a random direction of all numbers that go in."""
        import numpy as np

        random, network = np.random.default_rng(21), self.network
        along = {
            q.name: _direction(random, self.steps.result.values[q.name])
            for q in network.of_kind("input", "learned")
            if q.name in network.reaching
            and not self._is_not_a_slope(q.name)
            and np.isfinite(self.steps.result.gradients[q.name]).all()
        }
        if not along:
            return
        found = sum(self._along(name, v) for name, v in along.items())
        given = {name: self.steps.result.values[name] for name in network.arrays}

        def loss(moved: float) -> float:
            there = {name: given[name] + moved * v for name, v in along.items()}
            with np.errstate(all="ignore"):
                moved_on = forward(network, {**given, **there}, held=self.steps.result.values)
                return loss_of(network, moved_on[LOSS])

        measured = _near(found, loss, 1.0)
        if not _agrees(found, measured):
            moves = [self._moves(name, v) for name, v in along.items()]
            every = {element: size for part in moves for element, size in part.items()}
            measured = self._finely(found, every, None, measured)
        if _agrees(found, measured):
            self.evidence.whole = True
            self._off(found, measured)
        elif not self._at_corner and not _jumps(found, measured):
            said = f"the loss changes by {measured.slope!r}, its gradients give {found!r}"
            raise ProofError(self.steps.notation.loss, said)

    def _quantity(self, name: str) -> None:
        """The loss along a random direction of one quantity."""
        import numpy as np

        if self._is_not_a_slope(name):
            return
        values = self.steps.result.values[name]
        along = _direction(np.random.default_rng(22), values)
        found = self._along(name, along)
        measured = _near(found, lambda moved: self._loss_with(name, values + moved * along), 1.0)
        if not _agrees(found, measured):
            measured = self._finely(found, self._moves(name, along), None, measured)
        whole = self.steps.notation.whole(self.network.quantities[name])
        self._compare(f"d{self.steps.notation.loss}_d{whole}", found, measured)

    def _along(self, name: str, along: "Array") -> float:
        """Σ gradient·direction: how much the loss changes along it."""
        result, network = self.steps.result, self.network
        if name in result.batch:
            return float((result.batch[name] * along).sum())
        share = network.samples if network.problem.batch == "mean" and not network.mixes else 1
        return float((result.gradients[name] * along).sum()) / share

    def _moves(self, name: str, along: "Array") -> dict[Element, float]:
        """A direction, element by element, in every sample that there is."""
        samples = self.steps.samples if self.network.per_sample(name) else ()
        rows = [
            (s, along[s or 0] if self.network.per_sample(name) else along)
            for s in samples or (None,)
        ]
        shape = self.network.quantities[name].shape
        return {Element(name, i, s): float(row[i]) for s, row in rows for i in indices(shape)}

    def _finely(
        self, found: float, moves: dict[Element, float], sample: int | None, coarse: Slope
    ) -> Slope:
        """The slope with 80 digits, from the formulas; of a large network what floats give."""
        from handcalc.network.fine import slopes

        quantities = self.network.quantities.values()
        sizes = (prod(q.shape) for q in quantities if q.kind != "learned")
        cut = any(node.cut for node in self.network.nodes)
        if cut or sum(sizes) * self.network.samples > MOST_FINE:
            return coarse
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
        if _agrees(found, measured):
            self.evidence.gradients += 1
            off = abs(found - slope) / max(1.0, abs(found))
            self.evidence.worst_gradient = max(self.evidence.worst_gradient, off)
        elif _jumps(found, measured) or self._at_corner:
            # Where several corners meet, what the conventions give need not lie between the slopes to
            # the sides: each corner was decided by itself, and each local slope is checked by itself.
            self.evidence.kinks += 1
        else:
            said = f"the gradient is {found!r}, the measured slope {slope!r}"
            raise ProofError(key, said)

    def _is_not_a_slope(self, name: str) -> bool:
        """Behind updated weights a sequential gradient is no derivative of the loss any more."""
        return self.network.problem.update == "sequential" and name in self._behind_updated

    @cached_property
    def _behind_updated(self) -> set[str]:
        """What reaches the loss through weights that learn, other than by being such weights."""
        network, found = self.network, set[str]()
        for node in reversed(network.nodes):
            learns = not network.learned_names.isdisjoint(node.inputs)
            for name in node.inputs:
                by_data = network.quantities[name].kind != "learned"
                if node.output in found or (learns and by_data):
                    found.add(name)
        return found

    def _loss(self, by: Element, value: float) -> float:
        """The loss with one element moved to a value; of its own sample, if it has one."""
        array = self.steps.result.values[by.quantity].copy()
        shared = not self.network.per_sample(by.quantity)
        array[by.index if shared else (by.sample or 0, *by.index)] = value
        return self._loss_with(by.quantity, array, by.sample)

    def _loss_with(self, name: str, array: "Array", sample: int | None = None) -> float:
        """The loss with other numbers for a quantity, everything after it computed anew."""
        import numpy as np

        uses = (i for i, node in enumerate(self.network.nodes) if name in node.inputs)
        start = next(uses, len(self.network.nodes))
        # Outside its domain the loss has no value; the measurement then takes a smaller step.
        with np.errstate(all="ignore"):
            own = self.steps.result.values
            values = forward(self.network, {**own, name: array}, start, held=own)
        losses = values[LOSS]
        whole = sample is None or self.network.mixes
        return loss_of(self.network, losses) if whole else float(losses[sample])


def _direction(random: "Generator", array: "Array") -> "Array":
    """Numbers from 1/2 to 1 with random signs: none of them hides what it is multiplied by."""
    signs = random.choice([-1.0, 1.0], array.shape)
    along: Array = random.uniform(0.5, 1.0, array.shape) * signs
    return along


def _agrees(found: float, measured: Slope) -> bool:
    return abs(found - measured.slope) <= _tolerance(found, measured)


def _near(found: float, loss: Callable[[float], float], scale: float) -> Slope:
    """The slope at 0; nearer by, where a corner lies within the width of the first measurement."""
    for part in (1.0, 1e-2, 1e-4):
        measured = measure(loss, part * scale)
        if _agrees(found, measured):
            break
    return measured


def _jumps(found: float, measured: Slope) -> bool:
    return max(abs(measured.lower), abs(measured.upper)) > JUMP * max(1.0, abs(found))


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
