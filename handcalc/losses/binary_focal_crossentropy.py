"""Binary focal loss: E = -1/n Σ [α·t·(1 - y)^γ·ln y + (1 - α)·(1 - t)·y^γ·ln(1 - y)].

Of an output that is nearly right little is left. `gamma` is γ, `alpha` the weight of yes; `balanced: false`
leaves the weights out, as Keras does; `factor: sum` leaves out the 1/n.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import Truth
from handcalc.formula import Formula, number, total
from handcalc.losses._focal import Focal
from handcalc.losses._loss import MeanOrSum, beside, over_outputs, scaled
from handcalc.losses._options import typed
from handcalc.operations._tensor import Index, Tensor, indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class BinaryFocalCrossentropy(Focal, MeanOrSum):
    """With γ = 0 it is the binary cross-entropy, weighed by α and 1 - α."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,)), "unit": True},
        {
            "gamma": "0.5",
            "balanced": "false",
            "factor": "sum",
            "shapes": ((2, 2), (2, 2)),
            "unit": True,
        },
        {"gamma": "0", "shapes": ((2,), (2,)), "unit": True},
    )

    balanced: Truth = True

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        front, g = self.sign, self.power
        alpha = f"{self.alpha.text}·" if self.balanced else ""
        other = f"(1 - {self.alpha.text})·" if self.balanced else ""
        return (
            f"binary focal loss, {E} = -{front} ({alpha}{t}·(1 - {o}){g}·ln {o}"
            f" + {other}(1 - {t})·{o}{g}·ln(1 - {o}))"
        )

    def forward(self, *arrays: "Array") -> "Array":
        y, t = arrays
        yes, no = self._weights
        terms = yes * self.values(y, t) + no * self.values(1 - y, 1 - t)
        return float(self._factor(y.shape[1:])) * over_outputs(terms)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        y, t = arrays
        spread = beside(gradient, y) * float(self._factor(y.shape[1:]))
        yes, no = self._weights
        (value, slope), (other, other_slope) = self.slopes(y), self.slopes(1 - y)
        dy = yes * t * slope - no * (1 - t) * other_slope
        return spread * dy, spread * (yes * value - no * other)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        y, t = tensors
        terms = [term for i in indices(y.shape) for term in self._terms(y[i], t[i])]
        return -scaled(self._factor(y.shape), total(terms))

    def share(self, at: Index, y: Tensor, t: Tensor) -> Formula:
        return -scaled(self._factor(y.shape), total(self._terms(y[at], t[at])))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        y, t = tensors[0][by], tensors[1][by]
        yes = self._yes(t * self.inner_slope(y, 1 - y))
        no = self._no((1 - t) * self.inner_slope(1 - y, y))
        return scaled(self._factor(tensors[0].shape), yes - no)

    def rule(self) -> str:
        return "the product rule: the power falls as the output rises, and the logarithm's derivative is one over its argument"

    def _terms(self, y: Formula, t: Formula) -> tuple[Formula, Formula]:
        return self._yes(self.term(y, 1 - y, t)), self._no(self.term(1 - y, y, 1 - t))

    def _yes(self, formula: Formula) -> Formula:
        return typed(self.alpha) * formula if self.balanced else formula

    def _no(self, formula: Formula) -> Formula:
        return number(1 - self.alpha.value) * formula if self.balanced else formula

    @property
    def _weights(self) -> tuple[float, float]:
        alpha = float(self.alpha.value)
        return (alpha, 1 - alpha) if self.balanced else (1.0, 1.0)
