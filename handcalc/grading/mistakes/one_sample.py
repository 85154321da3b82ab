"""One sample taken for all of them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import After, Element, Gradient, Ref
from handcalc.network.graph import LOSS

MOST_SAMPLES = 8


class OneSample(Mistake):
    """∂E/∂w of one sample in place of the mean, or the sum, over all samples."""

    said: ClassVar[str] = "one sample alone was taken where all of them count"

    def formulas(self, step: Step) -> Iterator[Formula]:
        for sample in step.steps.samples[:MOST_SAMPLES]:

            def other(ref: Ref, _: Ref, sample: int = sample) -> Formula | None:
                match ref:
                    case Gradient(by=by, via=None) if by.sample is None:
                        return step.steps.leaf(Gradient(replace(by, sample=sample)))
                    case Element(quantity=name, sample=None) if name == LOSS:
                        return step.steps.leaf(Element(LOSS, (), sample))
                    case After(of=of) if of == Element(LOSS):
                        return step.steps.leaf(After(Element(LOSS, (), sample)))
                    case _:
                        return None

            yield from step.rewritten(other)
