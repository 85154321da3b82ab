"""Gradient descent: w_new = w - η·∂E/∂w."""

from typing import Any, ClassVar

from handcalc.optimizers._optimizer import Optimizer


class Sgd(Optimizer):
    """w_new = w - η·∂E/∂w, or Δw = -η·∂E/∂w and w_new = w + Δw: against the gradient.

    Uphill, along the gradient, w_new = w + η·∂E/∂w.
    """

    example: ClassVar[dict[str, Any]] = {"learning_rate": "0.1"}

    def change(self, rate: Any, gradient: Any) -> Any:
        return rate * gradient if self.ascends else -(rate * gradient)

    def updated(self, weight: Any, rate: Any, gradient: Any) -> Any:
        return weight + rate * gradient if self.ascends else weight - rate * gradient
