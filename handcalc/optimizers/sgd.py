"""Gradient descent: w_new = w - η·∂E/∂w."""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from handcalc.optimizers._optimizer import NEW, Optimizer, Row, Step


class Sgd(Optimizer):
    """w_new = w - η·g, or Δw = -η·g and w_new = w + Δw: against the gradient g = ∂E/∂w.

    `form: ascend` goes uphill, along the gradient: w_new = w + η·g.
    """

    example: ClassVar[dict[str, Any]] = {"learning_rate": "0.1"}
    way: ClassVar[str] = "against its gradient"

    form: Literal["subtract", "add", "ascend"] = "subtract"

    @property
    def ascends(self) -> bool:
        return self.form == "ascend"

    def change(self, s: Step) -> Any:
        return s.rate * s.g if self.ascends else -(s.rate * s.g)

    def rows(self, s: Step) -> Iterator[Row]:
        if self.form == "add":
            yield "Delta", self.change(s)
            yield NEW, s.w + s.Delta
        elif self.form == "ascend":
            yield NEW, s.w + s.rate * s.g
        else:
            yield NEW, s.w - s.rate * s.g
