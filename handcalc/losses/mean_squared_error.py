"""Squared error: E = c Σ (y - t)², with the factor c said in the file.

`half_sum` is 1/2, `sum` 1, `mean` 1/n and `half_mean` 1/(2n), n being the number of outputs.
"""

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from handcalc.formula import Formula, total
from handcalc.losses._loss import Loss, beside, scaled
from handcalc.operations._tensor import Index, Tensor, indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

_TITLES = {"half_sum": "1/2 Σ", "sum": "Σ", "mean": "1/n Σ", "half_mean": "1/(2n) Σ"}


class MeanSquaredError(Loss):
    """E = c Σ (y_i - t_i)²; ∂E/∂y_i = 2c (y_i - t_i). `error: target_minus_output` writes t - y."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = tuple(
        {"factor": factor, "error": error, "shapes": ((3,), (3,))}
        for factor in _TITLES
        for error in ("output_minus_target", "target_minus_output")
    )

    factor: Literal["half_sum", "sum", "mean", "half_mean"] = "mean"
    error: Literal["output_minus_target", "target_minus_output"] = "output_minus_target"

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        inner = f"({t} - {o})²" if self._reversed else f"({o} - {t})²"
        return f"squared error, {E} = {_TITLES[self.factor]} {inner}"

    def forward(self, *arrays: "Array") -> "Array":
        y, t = arrays
        axes = tuple(range(1, y.ndim))
        return float(self._factor(prod(y.shape[1:]))) * ((y - t) ** 2).sum(axis=axes)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        y, t = arrays
        spread = beside(gradient, y)
        slope = 2 * float(self._factor(prod(y.shape[1:]))) * (y - t) * spread
        return (slope, -slope)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        y, t = tensors
        squares = total(self.difference(y[i], t[i]) ** 2 for i in indices(y.shape))
        return scaled(self._factor(prod(y.shape)), squares)

    def share(self, at: Index, y: Tensor, t: Tensor) -> Formula:
        return scaled(self._factor(prod(y.shape)), self.difference(y[at], t[at]) ** 2)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        y, t = tensors
        inner = scaled(2 * self._factor(prod(y.shape)), self.difference(y[by], t[by]))
        return -inner if self._reversed else inner

    def rule(self) -> str:
        return "the square brings down a 2, which meets the factor in front"

    @property
    def _reversed(self) -> bool:
        return bool(self.error == "target_minus_output")

    def difference(self, y: Formula, t: Formula) -> Formula:
        return t - y if self._reversed else y - t

    def _factor(self, n: int) -> Fraction:
        over = {"half_sum": 2, "sum": 1, "mean": n, "half_mean": 2 * n}
        return Fraction(1, over[self.factor])
