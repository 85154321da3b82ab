"""A weight moved although the output was right."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, Negative
from handcalc.grading.mistakes import _rows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import After, Element, Local
from handcalc.network.graph import TARGET


class MovedInSpiteOfRight(Mistake):
    """w ± η·x in place of w where t = y."""

    said: ClassVar[str] = "the weight was moved although the output was right"

    def formulas(self, step: Step) -> Iterator[Formula]:
        for pull in _pulls(step):
            yield from _rows.with_others(step, {"pull": pull})


def _pulls(step: Step) -> Iterator[Formula]:
    """The input of a weight, with either sign, where the perceptron's rule moves nothing."""
    rule, steps, ref = step.steps.network.problem.rule, step.steps, step.ref
    if rule is None or not rule.counts_mistakes or not isinstance(ref, After) or steps.samples:
        return
    node = steps.network.affine
    slot = node.inputs.index(ref.of.quantity) if ref.of.quantity in node.inputs else -1
    for z in steps.reached(node, slot, ref.of) if slot >= 0 else ():
        x = steps.formula(Local(z, ref.of))
        y, t = (Element(name, z.index) for name in (steps.network.output, TARGET))
        if x is not None and steps.exact(y) == steps.exact(t):
            yield x
            yield Negative(x)
