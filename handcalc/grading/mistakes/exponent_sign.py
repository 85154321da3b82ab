"""The sign of an exponent turned round."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, Negative, exp, is_long, substitute
from handcalc.grading.mistakes import _activations
from handcalc.grading.mistakes._calls import with_calls
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Part, Ref
from handcalc.operations._operation import Operation


class ExponentSign(Mistake):
    """1/(1 + e^z) in place of 1/(1 + e^(-z)); e^(-z_i)/Σ e^(-z_j) in a softmax."""

    said: ClassVar[str] = "the sign of the exponent was turned round"

    def formulas(self, step: Step) -> Iterator[Formula]:
        if isinstance(step.ref, Part) and step.ref.word in ("exp", "exp_sum"):
            operation, formula = step.maker(step.ref.of), step.formula
            if operation is not None and formula is not None:
                yield _turned(operation, formula)
            return

        def other(ref: Ref, operation: Operation) -> Formula | None:
            formula = step.steps.formula(ref)
            turned = None if formula is None else _turned(operation, formula)
            return turned if turned != formula else None

        yield from _activations.layer_by_layer(step, other)


def _turned(operation: Operation, formula: Formula) -> Formula:
    if is_long(formula):
        return formula
    if _activations.word_of(operation) == "softmax":
        # Its powers may have another base, so that z is all that they share.
        return substitute(formula, Negative)
    return with_calls(formula, "exp", lambda z: exp(_negative(z)))


def _negative(z: Formula) -> Formula:
    return z.argument if isinstance(z, Negative) else Negative(z)
