"""The verdicts on formulas, in problems without numbers: compared as functions, point by point.

A formula is right if it gives what the step gives at every point, and the points have seen every way of
both: both sides of each rectifier, each cell of a window as its largest. It may name whatever comes before
its step, but not the step itself or what follows from it.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from itertools import islice

from handcalc.formula import Formula, Leaf, is_long, leaves
from handcalc.formula.canonical import canonical
from handcalc.formula.forks import Forks
from handcalc.formula.functions import TYPED, Typed
from handcalc.formula.reader import Function, read
from handcalc.formula.tokens import NoBracketsError, UnknownNameError, UnreadableFormulaError
from handcalc.grading import mistakes
from handcalc.grading.answer import is_blank
from handcalc.grading.points import FEWEST, MOST_REFS, TINY, Points, close
from handcalc.grading.scheme import Scheme
from handcalc.grading.step import Step
from handcalc.grading.verdict import Judged, Verdict, Why
from handcalc.network import Element, Gradient, Local, Ref, Steps
from handcalc.operations._elementwise import Elementwise

_Said = tuple[Verdict, Why, int]
DRAWS = 24
"""Draws at which a formula is compared with those of mistakes."""
RIGHT: _Said = (Verdict.RIGHT, Why.NOTHING, -1)


class Symbolic:
    """Marks formulas; what was seen before is remembered."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme, self.steps = scheme, scheme.steps
        self.points, self.kept = Points(scheme.steps), Points(scheme.steps, keeps=True)
        self._said = lru_cache(maxsize=4096)(self._uncached)
        self._named = lru_cache(maxsize=4096)(self._one)
        self._before = lru_cache(maxsize=64)(self._all_before)

    def judge(
        self, steps: Sequence[Step], typed: Mapping[Ref, Sequence[str]], students: int
    ) -> dict[Ref, Judged]:
        """The verdicts on each step for all students."""
        import numpy as np

        judged = {}
        for step in steps:
            texts = typed.get(step.ref) or [""] * students
            said = [self._said(step.ref, text.strip()) for text in texts]
            nan, nobody = np.full(students, np.nan), np.zeros(students, bool)
            judged[step.ref] = Judged(
                np.array([v for v, _, _ in said], np.int8),
                np.array([w for _, w, _ in said], np.int8),
                nan,
                nan,
                nan,
                nobody,
                nobody,
                {m: np.array([other == m for _, _, other in said]) for _, _, m in said if m >= 0},
            )
        return judged

    def _uncached(self, ref: Ref, text: str) -> _Said:
        """The verdict on one text; of a chain a = b = c each part must be right."""
        if is_blank(text):
            return Verdict.BLANK, Why.NOTHING, -1
        step = self.scheme.step(ref)
        try:
            formulas = [self._read(step, part) for part in self._sides(step, text)]
        except NoBracketsError:
            return Verdict.UNDECIDED, Why.BRACKETS, -1
        except UnknownNameError:
            return Verdict.UNDECIDED, Why.LATER, -1
        except UnreadableFormulaError:
            return Verdict.UNDECIDED, Why.UNREADABLE, -1
        found = [self._compared(step, formula) for formula in formulas]
        return next((said for said in found if said != RIGHT), RIGHT)

    # --- reading ------------------------------------------------------------------------------------

    def _sides(self, step: Step, text: str) -> list[str]:
        """What stands behind the equals signs; before the first one the step itself may be named."""
        first, *others = re.split(r"(?<![<>])=", text)
        if not others:
            return [first]
        if first.strip() and self._ref_of(step, first.strip()) != step.ref:
            others = [first, *others]
        return others

    def _read(self, step: Step, text: str) -> Formula:
        def formula_of(name: str) -> Formula | None:
            ref = self._ref_of(step, name)
            known = ref is not None and ref in self._before(step.ref)
            return self.steps.leaf(ref) if ref is not None and known else None

        return read(text, formula_of, self._functions)

    def _ref_of(self, step: Step, name: str) -> Ref | None:
        """The step behind a name, as it is meant inside of another step: a name without sample is of that one."""
        if name.startswith("via "):
            via = self._ref_of(step, name[4:])
            if isinstance(step.ref, Gradient) and isinstance(via, Element):
                path = Gradient(step.ref.by, via)
                return path if via in self.steps.paths(step.ref.by) else None
            return None
        sample = step.key.partition("@")[2]
        own = self._named(f"{name}@{sample}") if sample and "@" not in name else None
        return own or self._named(name)

    def _one(self, name: str) -> Ref | None:
        """The one step that a name can mean."""
        refs = list(islice(self.steps.keys.spelled(name), 2))
        return self.steps.same(refs[0]) if len(refs) == 1 else None

    def _all_before(self, ref: Ref) -> frozenset[Ref]:
        """What is known before a step: all that leads to it, of a large network what it is made of."""
        step = self.scheme.step(ref)
        near = {self.steps.ref(leaf) for route in step.routes for leaf in leaves(route)}
        return frozenset(near.union(islice(self.scheme.order([step]), MOST_REFS)) - {ref})

    @cached_property
    def _functions(self) -> Mapping[str, Typed]:
        """The functions that can be typed: with the activations of this network and their slopes."""
        found = dict(TYPED)
        for word, (function, slope) in _activations(self.steps).items():
            found |= {word: Typed(function), f"{word}′": Typed(slope)}
        return found

    # --- comparing ----------------------------------------------------------------------------------

    def _compared(self, step: Step, formula: Formula) -> _Said:
        """Who has numbers of the file, 0.5·x1 for w1·x1, is compared with these; else any numbers do."""
        if self._is_copied(step, formula):
            return RIGHT
        said = self._said_at(self.points, step, formula)
        if said[0] != Verdict.WRONG:
            return said
        named = {self.steps.ref(leaf) for leaf in leaves(formula)}
        there = self.steps.network.with_numbers
        any_number = any(isinstance(ref, Element) and ref.quantity in there for ref in named)
        if there and not any_number and self._said_at(self.kept, step, formula) == RIGHT:
            return RIGHT
        return Verdict.WRONG, Why.NOTHING, self._mistake(step, formula)

    def _said_at(self, points: Points, step: Step, formula: Formula) -> _Said:
        """What is said of a formula by its values at some draws."""
        wrong = Verdict.WRONG, Why.NOTHING, -1
        if points.same_freely(step.ref, formula):
            return RIGHT
        # What differs at once needs no more draws, nor a look at all that is behind it.
        first = Forks(formula)
        if any(_differ(points, step, first, draw) for draw in range(FEWEST)):
            return wrong
        many, complete = points.needed(step.ref)
        typed, plain = Forks(formula, points.is_zero), points.is_plain(step.ref)
        many = points.most if typed.chooses else many
        met, without_value = 0, False
        for draw in range(points.most):
            if _differ(points, step, typed, draw):
                return wrong
            own = points.value(draw, step.ref)
            if math.isfinite(own):
                without_value |= not math.isfinite(typed.at(points.of_leaf(draw)))
                met += abs(own) > TINY or plain
            if met >= FEWEST and draw + 1 >= many and not typed.open:
                break
        if without_value:
            return Verdict.UNDECIDED, Why.NO_VALUE, -1
        if not complete or typed.open or met < FEWEST:
            return Verdict.UNDECIDED, Why.UNTRIED, -1
        return RIGHT

    def _is_copied(self, step: Step, formula: Formula) -> bool:
        """Is it what the page writes, whatever the numbers are?"""
        routes = [route for route in step.routes if not is_long(route)]
        return bool(routes) and self._written(formula) in map(self._written, routes)

    def _written(self, formula: Formula) -> Formula:
        """A formula with slopes put in, as one that was copied from the page looks."""

        def meaning(leaf: Leaf) -> Formula | None:
            ref = self.steps.ref(leaf)
            return self.steps.formula(ref) if isinstance(ref, Local) else None

        return canonical(formula, meaning)

    def _mistake(self, step: Step, formula: Formula) -> int:
        """The place of the mistake whose formula gives the same, -1 for none.

        In the step itself first, then anywhere behind it, unless that is a whole large network.
        """
        typed = Forks(formula)
        values = [
            typed.at(self.points.of_leaf(draw)) for draw in range(min(DRAWS, self.points.most))
        ]
        for seen in (step, replace(step, on_sheet={})):
            if self.points.has_many_behind(step.ref, seen.on_sheet):
                continue
            for place, mistake in enumerate(mistakes.all_of()):
                for with_mistake in mistake.formulas(seen):
                    other = Forks(with_mistake)
                    pairs = (
                        (value, other.at(self.points.of_leaf(draw)))
                        for draw, value in enumerate(values)
                        if math.isfinite(value)
                    )
                    if _alike(pairs):
                        return place
        return -1


def _differ(points: Points, step: Step, typed: Forks, draw: int) -> bool:
    """Do a formula and a step have other values at one draw?"""
    own, other = points.value(draw, step.ref), typed.at(points.of_leaf(draw))
    return math.isfinite(own) and math.isfinite(other) and not close(own, other)


def _alike(pairs: Iterator[tuple[float, float]]) -> bool:
    """The same wherever the second has a value, and often enough."""
    met = 0
    for a, b in pairs:
        if math.isfinite(b):
            if not close(a, b):
                return False
            met += abs(a) > TINY
    return met >= FEWEST // 2


def _activations(steps: Steps) -> dict[str, tuple[Function, Function]]:
    """The activations of a network by their words; those that occur with two settings are left out."""
    met: dict[str, set[Elementwise]] = {}
    for node in steps.network.nodes:
        if isinstance(node.operation, Elementwise):
            met.setdefault(type(node.operation).__name__.lower(), set()).add(node.operation)
    found: dict[str, tuple[Function, Function]] = {}
    for word, operations in met.items():
        if len(operations) == 1:
            (operation,) = operations
            found[word] = operation.of, partial(_slope, operation)
            found[_snake(operation)] = found[word]
    return found


def _slope(operation: Elementwise, z: Formula) -> Formula:
    return operation.slope(z, operation.of(z))


def _snake(operation: Elementwise) -> str:
    """leaky_relu for LeakyRelu."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(operation).__name__).lower()
