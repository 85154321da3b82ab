"""η·(t + 1)/over: the learning rate grows from step to step until it is whole."""

from typing import Any, ClassVar

from handcalc.fields import Count
from handcalc.formula import Formula, number
from handcalc.schedules._schedule import Schedule


class LinearWarmup(Schedule):
    """A share of the learning rate that grows over the first `over` steps."""

    example: ClassVar[dict[str, Any]] = {"over": "5"}

    over: Count

    def rate(self, rate: Formula, t: int) -> Formula:
        return rate * number(t + 1) / number(self.over) if t + 1 < self.over else rate
