"""The sum over the samples where their mean is meant, or the other way round."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

from handcalc.formula import Formula, Number
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import After, Element, Gradient, Ref
from handcalc.network.graph import EACH, LOSS


class SumForMean(Mistake):
    """Σ over the samples in place of 1/n Σ."""

    said: ClassVar[str] = (
        "the samples were added up where their mean is meant, or the other way round"
    )

    def told(self, step: Step) -> str:
        if step.steps.network.problem.batch == "mean":
            return "the samples were added up where their mean is meant"
        return "the mean of the samples was taken where their sum is meant"

    def formulas(self, step: Step) -> Iterator[Formula]:
        samples = len(step.steps.samples)
        if samples < 2:
            return
        means = step.steps.network.problem.batch == "mean"
        factor = Number(Fraction(samples) if means else Fraction(1, samples))

        def other(ref: Ref, _: Ref) -> Formula | None:
            over_all = (
                (isinstance(ref, Gradient) and _is_mean(step, ref.by))
                or (isinstance(ref, Element) and ref == Element(LOSS))
                or (isinstance(ref, After) and ref.of == Element(LOSS))
            )
            formula = step.steps.formula(ref) if over_all else None
            return None if formula is None else factor * formula

        yield from step.rewritten(other)


def _is_mean(step: Step, by: Element) -> bool:
    """Is 1/n a factor of a gradient: where samples meet, of that of the loss of each; else of all that they share?"""
    return by.quantity == EACH if step.steps.network.mixes else by.sample is None
