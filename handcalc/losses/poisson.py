"""Poisson negative log-likelihood: E = 1/n Σ (y - t ln y), t being counts and y how many are expected.

With `log_input` the output is the logarithm of that, and E = 1/n Σ (e^y - t·y). ln t!, which no output
changes, is left out.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import Truth
from handcalc.formula import Formula, exp, log
from handcalc.losses._each import EachOutput
from handcalc.losses._loss import Written
from handcalc.operations._tensor import Shape

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Poisson(EachOutput):
    """∂E/∂y_i = 1/n (1 - t_i/y_i); with `log_input` 1/n (e^y_i - t_i)."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,)), "unit": True},
        {"log_input": "true", "factor": "sum", "shapes": ((2, 2), (2, 2))},
    )

    log_input: Truth = False

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        inner = f"e^{o} - {t}·{o}" if self.log_input else f"{o} - {t} ln {o}"
        return f"Poisson negative log-likelihood, {E} = {self.sign} ({inner}), without ln {t}!"

    @property
    def written(self) -> tuple[Written, ...]:
        return ("share",) if self.log_input else ("error", "share")

    def of(self, y: Formula, t: Formula) -> Formula:
        return exp(y) - t * y if self.log_input else y - t * log(y)

    def slope(self, y: Formula, t: Formula) -> Formula:
        return exp(y) - t if self.log_input else 1 - t / y

    def values(self, y: "Array", t: "Array") -> "Array":
        import numpy as np

        if self.log_input:
            return np.exp(y) - t * y
        return y - np.where(t == 0, 0.0, t * np.log(np.where(t == 0, 1.0, y)))

    def slopes(self, y: "Array", t: "Array") -> tuple["Array", "Array"]:
        import numpy as np

        return (np.exp(y) - t, -y) if self.log_input else (1 - t / y, -np.log(y))

    def output_misfit(self, outputs: "Array") -> str:
        if self.log_input or (outputs > 0).all():
            return ""
        return (
            "takes outputs above 0, but this network gives others; "
            "end it with softplus, or write log_input: true"
        )

    def target_misfit(self, target: float, output: Shape) -> str:
        if target >= 0:
            return ""
        return f"the target is {target:g}, but counts are not negative; write 0 or more"

    def rule(self) -> str:
        if self.log_input:
            return "the exponential is its own derivative, and the product leaves the target"
        return "the logarithm's derivative is one over its argument: the slope is 0 where the output is the target"
