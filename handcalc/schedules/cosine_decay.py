"""least + (η - least)/2·(1 + cos(π·t/over)): the learning rate falls along half a cosine."""

from typing import Any, ClassVar

from handcalc.fields import Count, Given
from handcalc.formula import PI, Formula, cos, number
from handcalc.schedules._schedule import Schedule, typed


class CosineDecay(Schedule):
    """From the learning rate to `least`, in `over` steps; there it stays."""

    example: ClassVar[dict[str, Any]] = {"over": "10"}

    over: Count
    least: Given = Given.of("0")

    def rate(self, rate: Formula, t: int) -> Formula:
        if t >= self.over:
            return typed(self.least)
        wave = 1 + cos(PI * number(t) / number(self.over))
        if self.least.value == 0:
            return rate / 2 * wave
        return typed(self.least) + (rate - typed(self.least)) / 2 * wave
