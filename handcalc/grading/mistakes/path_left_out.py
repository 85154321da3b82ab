"""A path left out of a gradient that several paths lead to."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from handcalc.formula import Formula, Sum, is_long, total
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Gradient, Ref

MOST_FORKED = 8
"""Paths up to which each of them is tried; of a hundred nobody leaves out just one."""


class PathLeftOut(Mistake):
    """∂E/∂h through o1 alone in place of the sum over o1 and o2."""

    said: ClassVar[str] = "a path was left out of the sum over all paths"

    def formulas(self, step: Step) -> Iterator[Formula]:
        for route in step.routes:
            for kept in _kept(_terms(step, step.ref, route)):
                yield total(kept)
        ways = step.met(lambda ref: len(list(_kept(_terms(step, ref, step.steps.formula(ref))))))
        for choice in range(max(ways, default=0)):

            def other(ref: Ref, _: Ref, choice: int = choice) -> Formula | None:
                if ref == step.ref:
                    return None
                ways = list(_kept(_terms(step, ref, step.steps.formula(ref))))
                return total(ways[choice]) if choice < len(ways) else None

            yield from step.rewritten(other)


def _terms(step: Step, ref: Ref, formula: Formula | None) -> tuple[Formula, ...]:
    """The paths of a gradient; the samples of a mean are none."""
    over_samples = isinstance(ref, Gradient) and ref.by.sample is None and step.steps.samples
    forked = isinstance(ref, Gradient) and ref.via is None and not over_samples
    if not forked or not isinstance(formula, Sum) or is_long(formula):
        return ()
    return tuple(formula.terms)


def _kept(terms: Sequence[Formula]) -> Iterator[tuple[Formula, ...]]:
    """All but one of them; of three or more one alone, too."""
    if not 1 < len(terms) <= MOST_FORKED:
        return
    for place in range(len(terms)):
        yield (*terms[:place], *terms[place + 1 :])
    for term in terms if len(terms) > 2 else ():
        yield (term,)
