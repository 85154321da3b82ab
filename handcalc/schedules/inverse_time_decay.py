"""η/(1 + decay·t): the learning rate falls like 1/t."""

from typing import Any, ClassVar

from pydantic import model_validator

from handcalc.fields import Given
from handcalc.formula import Formula, number
from handcalc.schedules._schedule import Schedule, positive, typed


class InverseTimeDecay(Schedule):
    """The learning rate over 1 + decay·t."""

    example: ClassVar[dict[str, Any]] = {"decay": "0.5"}

    decay: Given

    def rate(self, rate: Formula, t: int) -> Formula:
        return rate / (1 + typed(self.decay) * number(t)) if t else rate

    @model_validator(mode="after")
    def _positive(self) -> "InverseTimeDecay":
        positive(self.decay, "decay", "decay: 0.5")
        return self
