"""The padding counted in a mean where it is left out, or left out where it counts."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Local, Ref
from handcalc.operations._operation import Operation
from handcalc.operations._pool import Pool


class PaddingCounted(Mistake):
    """1/4 Σ in place of 1/2 Σ for a window of four cells, two of them on padding."""

    said: ClassVar[str] = (
        "the padding was counted in the mean where it is left out, or left out where it counts"
    )

    def told(self, step: Step) -> str:
        counts = step.met(
            lambda ref: _counts(step.maker(ref.of if isinstance(ref, Local) else ref))
        )
        if len(counts) != 1:
            return self.said
        if counts[0]:
            return "the padding was left out of the mean where it counts"
        return "the padding was counted in the mean where it is left out"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, _: Ref) -> Formula | None:
            of = ref.of if isinstance(ref, Local) else ref
            operation = step.maker(of)
            counts = _counts(operation)
            if operation is None or counts is None:
                return None
            changed = operation.model_copy(update={"count_padding": not counts})
            return step.resloped(ref, changed) if ref != of else step.remade(ref, changed)

        yield from step.rewritten(other)


def _counts(operation: Operation | None) -> bool | None:
    """Does padding count in the means of an operation? None where there is none of it."""
    counts = getattr(operation, "count_padding", None)
    padded = isinstance(operation, Pool) and any(map(any, operation.windows.padding))
    return bool(counts) if padded and counts is not None else None
