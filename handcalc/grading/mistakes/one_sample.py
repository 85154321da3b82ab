"""One sample taken for all of them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _paths
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import After, Element, Gradient, Ref
from handcalc.network.graph import EACH, LOSS

MOST_SAMPLES = 8


class OneSample(Mistake):
    """∂E/∂w of one sample in place of the mean, or the sum, over all samples."""

    said: ClassVar[str] = "one sample alone was taken where all of them count"

    def formulas(self, step: Step) -> Iterator[Formula]:
        for sample in step.steps.samples[:MOST_SAMPLES]:

            def other(ref: Ref, _: Ref, sample: int = sample) -> Formula | None:
                match ref:
                    case Gradient(by=by, via=None) if by.sample is None:
                        return _part(step, by, sample)
                    case Element(quantity=name, sample=None) if name == LOSS:
                        return step.steps.leaf(_loss(step, sample))
                    case After(of=of) if of == Element(LOSS):
                        return step.steps.leaf(After(_loss(step, sample)))
                    case _:
                        return None

            yield from step.rewritten(other)


def _loss(step: Step, sample: int) -> Element:
    """The loss of one sample."""
    return Element(EACH if step.steps.network.mixes else LOSS, (), sample)


def _part(step: Step, by: Element, sample: int) -> Formula | None:
    """What one sample adds to a gradient; where samples meet on the way, its path."""
    if not step.steps.network.mixes:
        return step.steps.leaf(Gradient(replace(by, sample=sample)))
    paths = step.steps.paths(by)
    if len(paths) < 2 or _paths.kind(step, paths) != "samples":
        return None
    own = [path for path in paths if path.sample == sample]
    return step.steps.leaf(Gradient(by, own[0])) if len(own) == 1 else None
