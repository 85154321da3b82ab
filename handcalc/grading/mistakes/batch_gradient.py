"""The gradient of all samples where a step sees some of them."""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from handcalc.formula import Formula, Number, number
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.written_out import WrittenOut
from handcalc.network import Gradient, Ref
from handcalc.network.refs import At

if TYPE_CHECKING:
    from handcalc.grading.step_at import StepAt


class BatchGradient(Mistake):
    """∂E/∂w over all N samples in place of that of the m samples of the step."""

    said: ClassVar[str] = "the gradient of all samples was used in place of that of the step's own"

    def formulas_at(self, step: "StepAt") -> Iterator[Formula]:
        training, k = step.unrolled.training, step.at.step
        if training.batches.whole or step.formula is None:
            return

        def of_all(ref: Ref, _: Ref | None) -> Formula | None:
            if not (isinstance(ref, At) and isinstance(ref.of, Gradient) and ref.step == k):
                return None
            by, own = ref.of.by, step.steps.formula(ref)
            typed = ref in step.on_sheet and ref != step.ref
            if typed or ref.of.via is not None or by.sample is not None or own is None:
                return None
            if by.quantity not in step.local.steps.network.learned_names:
                return None
            share = Fraction(1)
            if training.problem.batch == "mean":
                share = Fraction(len(training.batches.at(k)), training.batches.samples)
            # The other samples are those of the key; their own the student has.
            whole = training.of_all_samples(k).exact(ref.of)
            others = whole - float(share) * training.at(k).exact(ref.of)
            return Number(others) + number(share) * own

        whole = of_all(step.ref, None)
        formula = whole or WrittenOut(step, of_all).formula(step.formula)
        if formula is not None:
            yield formula
