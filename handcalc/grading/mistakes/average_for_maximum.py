"""The mean of a window where its largest value is meant, or the other way round."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.operations._pool import Pool
from handcalc.operations.average_pool import AveragePool
from handcalc.operations.max_pool import MaxPool


class AverageForMaximum(Mistake):
    """1/n Σ x in place of max x."""

    said: ClassVar[str] = "mean and maximum of the windows were mixed up"

    def formulas(self, step: Step) -> Iterator[Formula]:
        operation = step.operation
        if isinstance(operation, MaxPool | AveragePool):
            other: type[Pool] = AveragePool if isinstance(operation, MaxPool) else MaxPool
            fields = {name: getattr(operation, name) for name in Pool.model_fields}
            set_ones = {name: value for name, value in fields.items() if value is not None}
            yield step.with_operation(other(**set_ones))
