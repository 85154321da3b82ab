"""η·factor^t: the learning rate falls by the same part in every step."""

from typing import Any, ClassVar

from pydantic import model_validator

from handcalc.fields import Given
from handcalc.formula import Formula, number
from handcalc.schedules._schedule import Schedule, positive, typed


class ExponentialDecay(Schedule):
    """The learning rate times `factor` after every step."""

    example: ClassVar[dict[str, Any]] = {"factor": "0.9"}

    factor: Given

    def rate(self, rate: Formula, t: int) -> Formula:
        return rate * typed(self.factor) ** number(t) if t else rate

    @model_validator(mode="after")
    def _positive(self) -> "ExponentialDecay":
        positive(self.factor, "factor", "factor: 0.9")
        return self
