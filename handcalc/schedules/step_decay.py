"""η·factor^⌊t/every⌋: the learning rate falls in steps."""

from typing import Any, ClassVar

from pydantic import model_validator

from handcalc.fields import Count, Given
from handcalc.formula import Formula, number
from handcalc.schedules._schedule import Schedule, positive, typed


class StepDecay(Schedule):
    """The learning rate times `factor` each time that `every` steps have been made."""

    example: ClassVar[dict[str, Any]] = {"factor": "0.5", "every": "2"}

    factor: Given
    every: Count

    def rate(self, rate: Formula, t: int) -> Formula:
        times = t // self.every
        return rate * typed(self.factor) ** number(times) if times else rate

    @model_validator(mode="after")
    def _positive(self) -> "StepDecay":
        positive(self.factor, "factor", "factor: 0.5")
        return self
