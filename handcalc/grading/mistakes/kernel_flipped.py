"""The kernel turned by 180° where it slides as it stands, or the other way round."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.operations.correlate import Correlate


class KernelFlipped(Mistake):
    """Σ k_(K-u)(K-v)·x in place of Σ k_uv·x."""

    said: ClassVar[str] = "the kernel was turned by 180°, or not turned where it should be"

    def formulas(self, step: Step) -> Iterator[Formula]:
        operation = step.operation
        if isinstance(operation, Correlate):
            yield step.with_operation(operation.model_copy(update={"flip": not operation.flip}))
