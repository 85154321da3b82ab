"""Gradient descent: w_new = w - η·∂E/∂w."""

from typing import Any, ClassVar, Literal

from handcalc.fields import Given, Strict
from handcalc.formula import Formula


class Sgd(Strict):
    """Against the gradient by the learning rate η.

    `form: subtract` writes w_new = w - η·∂E/∂w; `form: add` writes Δw = -η·∂E/∂w and w_new = w + Δw.
    `updates: weights` leaves the biases as they are, as some published examples do.
    """

    example: ClassVar[dict[str, Any]] = {"learning_rate": "0.1"}

    learning_rate: Given
    form: Literal["subtract", "add"] = "subtract"
    updates: Literal["all", "weights"] = "all"

    @property
    def adds(self) -> bool:
        """Is the change Δw written down before it is added?"""
        return bool(self.form == "add")

    def change(self, rate: Formula, gradient: Formula) -> Formula:
        """Δw = -η·∂E/∂w."""
        return -(rate * gradient)

    def updated(self, weight: Formula, rate: Formula, gradient: Formula) -> Formula:
        """W - η·∂E/∂w."""
        return weight - rate * gradient
