"""Binary cross-entropy: E = -1/n Σ [t ln y + (1 - t) ln(1 - y)], n outputs that are each yes or no.

The logarithm is natural; `log: 2` or `log: 10` takes another base; `factor: sum` leaves out the 1/n. With
`from_logits` the output is the score z of a sigmoid, and E = 1/n Σ [ln(1 + e^z) - t·z].
"""

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator

from handcalc.fields import Given, Truth
from handcalc.formula import Formula, exp, log, total
from handcalc.losses._entropy import Entropy
from handcalc.losses._loss import MeanOrSum, Shortcut, Written, beside, over_outputs, scaled
from handcalc.losses._options import (
    ClassWeights,
    below_one,
    listed_weights,
    smooth,
    smoothed,
    typed,
    weights_misfit,
)
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor, indices
from handcalc.operations.sigmoid import Sigmoid

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class BinaryCrossentropy(Entropy, MeanOrSum):
    """∂E/∂y_i = 1/n ((1 - t_i)/(1 - y_i) - t_i/y_i); behind a sigmoid ∂E/∂z_i = 1/n (y_i - t_i).

    `class_weights: [1, 3]` multiply the terms of no and of yes; `label_smoothing: 0.1` takes 0.9·t + 0.05 for t.
    """

    takes_shares: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,)), "unit": True},
        {"log": "2", "shapes": ((2,), (2,)), "unit": True},
        {
            "factor": "sum",
            "class_weights": ["1", "3"],
            "label_smoothing": "0.2",
            "shapes": ((2, 2), (2, 2)),
            "unit": True,
        },
        {"from_logits": "true", "shapes": ((3,), (3,))},
        {"from_logits": "true", "class_weights": ["2", "3"], "log": "10", "shapes": ((2,), (2,))},
    )

    from_logits: Truth = False
    class_weights: ClassWeights | None = None
    label_smoothing: Annotated[Given, AfterValidator(below_one)] = Given.of(0)

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        ln, n = self._ln, self.sign
        w0, w1 = ("w0 ", "w1 ") if self.class_weights else ("", "")
        p = "p" if self.from_logits else o
        formula = f"-{n} ({w1}{t} {ln} {p} + {w0}(1 - {t}) {ln}(1 - {p}))"
        if self.from_logits:
            scores = f"ln(1 + e^{o}) - {t}·{o}"
            if self.class_weights:
                scores = f"{w1}{t} ln(1 + e^-{o}) + {w0}(1 - {t}) ln(1 + e^{o})"
            formula = f"{n} ({scores}){self._per_ln}, which is {formula} with p the sigmoid of {o}"
        if self.class_weights:
            formula += f"; {listed_weights(self.class_weights, 0)}"
        if self.label_smoothing.value:
            formula += f"; {smoothed(t, self.label_smoothing, '2')} stands for each {t}"
        return f"binary cross-entropy, {E} = {formula}"

    @property
    def written(self) -> tuple[Written, ...]:
        return ("share",) if self.from_logits else ("error", "share")

    # --- in numpy --------------------------------------------------------------------------------

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        y, t = arrays[0], self._smooth(arrays[1])
        if self.from_logits:
            logs = -np.logaddexp(0.0, -y), -np.logaddexp(0.0, y)
        else:
            # A term whose factor is 0 is 0, even where its logarithm is not finite.
            logs = np.log(np.where(t == 0, 1.0, y)), np.log(np.where(t == 1, 1.0, 1 - y))
        w0, w1 = self._weights
        terms = np.where(t == 0, 0.0, w1 * t * logs[0]) + np.where(
            t == 1, 0.0, w0 * (1 - t) * logs[1]
        )
        share = float(self._factor(y.shape[1:])) / self._unit
        return -over_outputs(terms) * share

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        y, t = arrays[0], self._smooth(arrays[1])
        share = float(self._factor(y.shape[1:])) / self._unit
        spread = beside(gradient, y) * share
        w0, w1 = self._weights
        scale = 1 - float(self.label_smoothing.value)
        if self.from_logits:
            p, q = np.exp(-np.logaddexp(0.0, -y)), np.exp(-np.logaddexp(0.0, y))
            dt = w1 * np.logaddexp(0.0, -y) - w0 * np.logaddexp(0.0, y)
            return spread * (w0 * (1 - t) * p - w1 * t * q), spread * scale * dt
        dt = w0 * np.log(1 - y) - w1 * np.log(y)
        return (spread * (w0 * (1 - t) / (1 - y) - w1 * t / y), spread * scale * dt)

    def _smooth(self, t: "Array") -> "Array":
        smoothing = float(self.label_smoothing.value)
        return t * (1 - smoothing) + smoothing / 2 if smoothing else t

    @property
    def _weights(self) -> tuple[float, float]:
        no, yes = self.class_weights or (Given.of(1), Given.of(1))
        return float(no.value), float(yes.value)

    # --- in symbols ------------------------------------------------------------------------------

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        y, t = tensors
        terms = [term for i in indices(y.shape) for term in self._terms(y[i], t[i])]
        return self._sum(self._factor(y.shape), terms)

    def share(self, at: Index, y: Tensor, t: Tensor) -> Formula:
        return self._sum(self._factor(y.shape), self._terms(y[at], t[at]))

    def _terms(self, y: Formula, t: Formula) -> tuple[Formula, ...]:
        """Those of yes and no of one output; of logits they have the sign of the loss."""
        t = smooth(t, self.label_smoothing, 2)
        if not self.from_logits:
            return self._yes(t * log(y, self.log)), self._no((1 - t) * log(1 - y, self.log))
        if not self.class_weights:
            return log(1 + exp(y)), -(t * y)
        return self._yes(t * log(1 + exp(-y))), self._no((1 - t) * log(1 + exp(y)))

    def _sum(self, factor: Fraction, terms: "list[Formula] | tuple[Formula, ...]") -> Formula:
        if self.from_logits:
            return self._scaled(factor, total(terms))
        return -scaled(factor, total(terms))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        y, t = tensors
        return self._slope(self._factor(y.shape), y[by], smooth(t[by], self.label_smoothing, 2))

    def _slope(self, factor: Fraction, y: Formula, t: Formula) -> Formula:
        if not self.from_logits:
            return self._scaled(factor, self._no((1 - t) / (1 - y)) - self._yes(t / y))
        p = 1 / (1 + exp(-y))
        if not self.class_weights:
            return self._scaled(factor, p - t)
        return self._scaled(factor, self._no((1 - t) * p) - self._yes(t * (1 - p)))

    def shortcut(self, activation: Operation, at: Index, y: Tensor, t: Tensor) -> Shortcut | None:
        if self.from_logits or not isinstance(activation, Sigmoid):
            return None
        factor, a, wanted = self._factor(y.shape), y[at], smooth(t[at], self.label_smoothing, 2)
        cancelled = self._no((1 - wanted) * a) - self._yes(wanted * (1 - a))
        lines = [
            (
                self._slope(factor, a, wanted) * (a * (1 - a)),
                "the chain rule, with σ' = a(1 - a)",
            ),
            (self._scaled(factor, cancelled), "the denominators cancel"),
        ]
        if not self.class_weights:
            short = self._scaled(factor, a - wanted)
            lines.append((short, "multiplied out, the products of output and target cancel"))
        return Shortcut(lines[-1][0], tuple(lines))

    def rule(self) -> str:
        if self.from_logits:
            return "the logarithm's derivative is one over its argument, which makes the sigmoid of the power inside"
        return "the logarithm's derivative is one over its argument; 1 - o brings a minus sign"

    def shape_misfit(self, output: Shape) -> str:
        return weights_misfit(self.class_weights, 2)

    def output_misfit(self, outputs: "Array") -> str:
        return "" if self.from_logits else super().output_misfit(outputs)

    def _no(self, formula: Formula) -> Formula:
        return typed(self.class_weights[0]) * formula if self.class_weights else formula

    def _yes(self, formula: Formula) -> Formula:
        return typed(self.class_weights[1]) * formula if self.class_weights else formula
