"""Gaussian negative log-likelihood: E = 1/n Σ 1/2 (ln v + (μ - t)²/v), n being the number of targets.

The outputs are the means μ, and `variance` is v for all of them; or, with `predicts`, the first half of the
outputs is the means and the second half their variances, or the logarithms s of these, v = e^s. `constant: true`
adds 1/2 ln 2π to each term, `factor: sum` leaves out the 1/n.
"""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator

from handcalc.errors import count
from handcalc.fields import Given, Truth
from handcalc.formula import Formula, Number, exp, log, number, total
from handcalc.losses._loss import Loss, MeanOrSum, Written, beside, over_outputs, scaled
from handcalc.losses._options import above_zero, typed
from handcalc.operations._tensor import Index, Shape, Tensor, indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

Predicts = Literal["mean", "mean_and_variance", "mean_and_log_variance"]


class GaussianNll(MeanOrSum):
    """∂E/∂μ = 1/n (μ - t)/v, ∂E/∂v = 1/(2n) (1/v - (μ - t)²/v²), ∂E/∂s = 1/(2n) (1 - (μ - t)²/e^s)."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,))},
        {"variance": "0.25", "factor": "sum", "constant": "true", "shapes": ((2, 2), (2, 2))},
        {"predicts": "mean_and_variance", "shapes": ((4,), (2,)), "unit": True},
        {"predicts": "mean_and_log_variance", "shapes": ((3, 2), (3, 1))},
    )

    predicts: Predicts = "mean"
    variance: Annotated[Given, AfterValidator(above_zero)] = Given.of(1)
    constant: Truth = False

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        more = " + ln 2π" if self.constant else ""
        halves = f"the outputs {o} being the means μ, then as many"
        inner, said = {
            "mean": (f"ln v + ({o} - {t})²/v", f"v = {self.variance.text}"),
            "mean_and_variance": (f"ln v + (μ - {t})²/v", f"{halves} variances v"),
            "mean_and_log_variance": (
                f"s + (μ - {t})²/e^s",
                f"{halves} logarithms s of variances",
            ),
        }[self.predicts]
        return f"Gaussian negative log-likelihood, {E} = {self.sign} 1/2 ({inner}{more}), {said}"

    @property
    def written(self) -> tuple[Written, ...]:
        return ("error", "share") if self.predicts == "mean" else ()

    def target_shape(self, output: Shape) -> Shape:
        return output if self.predicts == "mean" else (*output[:-1], output[-1] // 2)

    def shape_misfit(self, output: Shape) -> str:
        if self.predicts == "mean" or (output and output[-1] % 2 == 0):
            return ""
        return (
            "takes as many variances as means, one behind the other, but the output has "
            f"{count(output[-1] if output else 1, 'value')}; write an even number of units"
        )

    def output_misfit(self, outputs: "Array") -> str:
        if self.predicts != "mean_and_variance" or (_halves(outputs)[1] > 0).all():
            return ""
        return (
            "takes variances above 0, but this network gives others; "
            "end it with softplus or write predicts: mean_and_log_variance"
        )

    # --- in numpy --------------------------------------------------------------------------------

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        y, t = arrays
        mean, logs = self._both(y)
        terms = (logs + (mean - t) ** 2 / np.exp(logs) + self._more) / 2
        return float(self._factor(t.shape[1:])) * over_outputs(terms)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        y, t = arrays
        mean, logs = self._both(y)
        spread = beside(gradient, y) * float(self._factor(t.shape[1:]))
        v = np.exp(logs)
        pull = spread * (mean - t) / v
        parts = [pull]
        if self.predicts != "mean":
            by_log = spread * (1 - (mean - t) ** 2 / v) / 2
            parts.append(by_log / v if self.predicts == "mean_and_variance" else by_log)
        return np.concatenate(parts, axis=-1), -pull

    def _both(self, y: "Array") -> tuple["Array", "Array"]:
        """The means, and the logarithms of their variances."""
        import numpy as np

        if self.predicts == "mean":
            return y, np.full(y.shape, math.log(self.variance.value))
        mean, other = _halves(y)
        return mean, np.log(other) if self.predicts == "mean_and_variance" else other

    # --- in symbols ------------------------------------------------------------------------------

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        y, t = tensors
        terms = total(self._term(at, y, t) for at in indices(t.shape))
        return scaled(self._factor(t.shape), terms)

    def share(self, at: Index, y: Tensor, t: Tensor) -> Formula:
        return scaled(self._factor(t.shape), self._term(at, y, t))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        y, t = tensors
        factor, half = self._factor(t.shape), t.shape[-1] if t.shape else 1
        is_mean = self.predicts == "mean" or by[-1] < half
        at = by if is_mean else (*by[:-1], by[-1] - half)
        d, v = y[at] - t[at], self._variance(at, y, t)
        if is_mean:
            return scaled(factor, d if v == number(1) else d / v)
        if self.predicts == "mean_and_variance":
            return scaled(factor / 2, 1 / v - d**2 / v**2)
        return scaled(factor / 2, 1 - d**2 / v)

    def derivations(self, n: int) -> Iterator[tuple[str, Loss, int, int]]:
        if self.predicts == "mean":
            yield from super().derivations(n)
            return
        yield "by a mean", self, 2, 0
        word = "variance" if self.predicts == "mean_and_variance" else "logarithm of a variance"
        yield f"by a {word}", self, 2, 1

    def rule(self) -> str:
        if self.predicts == "mean":
            return "the square brings down a 2, which meets the 1/2; the error counts less the larger the variance is"
        return (
            "the error of a mean counts less the larger its variance is; a variance is pulled towards "
            "the squared error, where its slope is 0"
        )

    def _term(self, at: Index, y: Tensor, t: Tensor) -> Formula:
        d, v = y[at] - t[at], self._variance(at, y, t)
        if self.predicts == "mean" and self.variance.value == 1:
            parts: list[Formula] = [d**2]
        elif self.predicts == "mean_and_log_variance":
            parts = [y[self._second(at, t)], d**2 / v]
        else:
            parts = [log(v), d**2 / v]
        if self.constant:
            parts.append(log(2 * Number(math.pi, "π")))
        return scaled(Fraction(1, 2), total(parts))

    def _variance(self, at: Index, y: Tensor, t: Tensor) -> Formula:
        if self.predicts == "mean":
            return number(1) if self.variance.value == 1 else typed(self.variance)
        other = y[self._second(at, t)]
        return other if self.predicts == "mean_and_variance" else exp(other)

    def _second(self, at: Index, t: Tensor) -> Index:
        """The place of what belongs to a mean in the second half."""
        return (*at[:-1], at[-1] + t.shape[-1])

    @property
    def _more(self) -> float:
        return math.log(2 * math.pi) if self.constant else 0.0


def _halves(outputs: "Array") -> tuple["Array", "Array"]:
    half = outputs.shape[-1] // 2
    return outputs[..., :half], outputs[..., half:]
