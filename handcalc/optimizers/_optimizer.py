"""The contract of an optimizer: how a parameter follows its gradient, in symbols and in numbers."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Literal

from handcalc.fields import Given, Strict


class Optimizer(Strict, ABC):
    """One rule of update; its fields are the options of its word.

    The rule is written once, with + - · alone, and serves formulas as well as arrays. `form: add`
    writes the change Δw down before it is added, `form: ascend` goes up along the gradient; `updates: weights`
    leaves the biases as they are.
    """

    example: ClassVar[dict[str, Any]]

    learning_rate: Given
    form: Literal["subtract", "add", "ascend"] = "subtract"
    updates: Literal["all", "weights"] = "all"

    @property
    def adds(self) -> bool:
        """Is the change Δw written down before it is added?"""
        return self.form == "add"

    @property
    def ascends(self) -> bool:
        """Is E to become large, not small?"""
        return self.form == "ascend"

    @abstractmethod
    def change(self, rate: Any, gradient: Any) -> Any:
        """Δw."""

    @abstractmethod
    def updated(self, weight: Any, rate: Any, gradient: Any) -> Any:
        """w_new = w + Δw, in the form in which it is written down."""
