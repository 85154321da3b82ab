"""The mean of a window where its largest value is meant, or the other way round."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _activations
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Local, Ref
from handcalc.operations._operation import Operation

_OTHER = {
    "max_pool": "average_pool",
    "average_pool": "max_pool",
    "adaptive_max_pool": "adaptive_average_pool",
    "adaptive_average_pool": "adaptive_max_pool",
}


class AverageForMaximum(Mistake):
    """1/n Σ x in place of max x; on the way back a share for each cell in place of all for the winner."""

    said: ClassVar[str] = "mean and maximum of the windows were mixed up"

    def told(self, step: Step) -> str:
        kinds = step.met(lambda ref: _kind(step, ref))
        if len(kinds) != 1:
            return self.said
        used, meant = ("mean", "maximum") if kinds[0] == "maximum" else ("maximum", "mean")
        return f"the {used} of the windows was taken where their {meant} is meant"

    def formulas(self, step: Step) -> Iterator[Formula]:
        # All the way, or on the way back alone.
        for values in (True, False):

            def other(ref: Ref, _: Ref, values: bool = values) -> Formula | None:
                of = ref.of if isinstance(ref, Local) else ref
                operation = step.maker(of)
                changed = None if operation is None else _other(operation)
                if changed is None:
                    return None
                if ref != of:
                    return step.resloped(ref, changed)
                return step.remade(ref, changed) if values else None

            yield from step.rewritten(other)


def _kind(step: Step, ref: Ref) -> str | None:
    """What an operation takes of its windows."""
    operation = step.maker(ref.of if isinstance(ref, Local) else ref)
    word = _activations.word_of(operation)
    return None if word not in _OTHER else "maximum" if "max" in word else "mean"


def _other(operation: Operation) -> Operation | None:
    """The mean under the same windows, or the maximum; of one cell they are the same."""
    word = _activations.word_of(operation)
    if word not in _OTHER or prod(getattr(operation, "size", (2,))) == 1:
        return None
    fields = {name: getattr(operation, name) for name in type(operation).model_fields}
    return _activations.made(_OTHER[word], **fields)
