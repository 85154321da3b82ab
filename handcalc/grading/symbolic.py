"""The verdicts on formulas, in problems without numbers: compared at points that stay the same.

A formula is right if it gives what the step gives at every point at which both have a value. It may
name whatever comes before its step, but not the step itself or what follows from it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

from handcalc.errors import UsageError
from handcalc.formula import Formula, evaluate
from handcalc.grading import mistakes
from handcalc.grading.answer import UnreadableError, is_blank
from handcalc.grading.box import Box
from handcalc.grading.scheme import Scheme
from handcalc.grading.step import Step
from handcalc.grading.typed_formula import TypedFormula, parse
from handcalc.grading.verdict import Judged, Verdict, Why
from handcalc.network import Ref, Steps
from handcalc.network.rounding import Policy

POINTS = 7
FEWEST = 3
"""Points at which both must have a value."""


class Symbolic:
    """Marks formulas; what was seen before is remembered."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self._said = lru_cache(maxsize=4096)(self._uncached)

    def judge(
        self, steps: Sequence[Step], typed: Mapping[Ref, Sequence[str]], students: int
    ) -> dict[Ref, Judged]:
        """The verdicts on each step for all students."""
        import numpy as np

        found = {}
        for step in steps:
            texts = typed.get(step.ref) or [""] * students
            said = [self._said(step.ref, text.strip()) for text in texts]
            nan = Box.point(np.full(students, np.nan))
            found[step.ref] = Judged(
                np.array([v for v, _, _ in said], np.int8),
                np.array([m for _, _, m in said], np.int16),
                np.array([w for _, w, _ in said], np.int8),
                nan,
            )
        return found

    def _uncached(self, ref: Ref, text: str) -> tuple[Verdict, Why, int]:
        step = self.scheme.step(ref)
        if is_blank(text):
            return Verdict.BLANK, Why.NOTHING, -1
        try:
            typed = parse(text)
        except UnreadableError:
            return Verdict.UNDECIDED, Why.UNREADABLE, -1
        refs = self._known_before(step, typed)
        if refs is None:
            return Verdict.UNDECIDED, Why.LATER, -1
        values = [
            typed.at({name: at.exact(ref) for name, ref in refs.items()}) for at in self._points
        ]
        if _alike(values, [at.exact(step.ref) for at in self._points]):
            return Verdict.RIGHT, Why.NOTHING, -1
        if sum(map(math.isfinite, values)) < FEWEST:
            return Verdict.UNDECIDED, Why.NO_VALUE, -1
        # In the step itself first, then anywhere behind it.
        for seen in (step, replace(step, on_sheet={})):
            for place, mistake in enumerate(mistakes.all_of()):
                for formula in mistake.formulas(seen):
                    if _alike(values, [self._at(point, formula) for point in self._points]):
                        return Verdict.WRONG, Why.NOTHING, place
        return Verdict.WRONG, Why.NOTHING, -1

    def _known_before(self, step: Step, formula: TypedFormula) -> dict[str, Ref] | None:
        """The steps behind the names of a formula; None if one is not known before its step."""
        before = set(self.scheme.order([step])) - {step.ref}
        refs = {}
        for name in formula.names:
            try:
                found = [self.scheme.steps.same(ref) for ref in self.scheme.steps.keys.find(name)]
            except UsageError:
                return None
            if len(found) != 1 or found[0] not in before:
                return None
            refs[name] = found[0]
        return refs

    def _at(self, point: Steps, formula: Formula) -> float:
        """A formula of the marker at one point."""
        ref = self.scheme.steps.ref
        try:
            return float(evaluate(formula, lambda leaf: point.exact(ref(leaf))))
        except (ArithmeticError, ValueError):
            return math.nan

    @cached_property
    def _points(self) -> list[Steps]:
        """The same network with other numbers in place of its symbols."""
        from handcalc.network import build

        problem: Any = self.scheme.problem
        networks = [build(problem) for _ in range(POINTS)]
        for draw, network in enumerate(networks, 1):
            network.draw = draw
        return [Steps(network, Policy(problem.rounding)) for network in networks]


def _alike(a: Sequence[float], b: Sequence[float]) -> bool:
    """The same at all points where both have a value, and at enough of them."""
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if math.isfinite(x) and math.isfinite(y)]
    return len(pairs) >= FEWEST and all(
        math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12) for x, y in pairs
    )
