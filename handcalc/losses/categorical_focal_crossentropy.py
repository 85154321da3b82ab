"""Categorical focal loss: E = -Σ α·t_i·(1 - p_i)^γ·ln p_i, the last axis being that of the classes.

Of a class that is nearly right little is left. `gamma` is γ, `alpha` the weight of all classes.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, total
from handcalc.losses._focal import Focal
from handcalc.losses._loss import beside, over_outputs
from handcalc.losses._options import typed
from handcalc.operations._tensor import Index, Tensor, indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class CategoricalFocalCrossentropy(Focal):
    """With γ = 0 and α = 1 it is the categorical cross-entropy."""

    adds_rows: ClassVar[bool] = True

    targets_add_to_one: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,)), "unit": True},
        {"gamma": "1.5", "alpha": "1", "shapes": ((2, 2), (2, 2)), "unit": True},
    )

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        alpha = "" if self.alpha.value == 1 else f"{self.alpha.text}·"
        return f"categorical focal loss, {E} = -Σ {alpha}{t}·(1 - {o}){self.power}·ln {o}"

    def forward(self, *arrays: "Array") -> "Array":
        y, t = arrays
        terms = float(self.alpha.value) * self.values(y, t)
        return over_outputs(terms)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        y, t = arrays
        spread = beside(gradient, y) * float(self.alpha.value)
        value, slope = self.slopes(y)
        return spread * t * slope, spread * value

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        y, t = tensors
        return -total(self._weighed(self._term(i, y, t)) for i in indices(y.shape))

    def share(self, at: Index, y: Tensor, t: Tensor) -> Formula:
        return -self._weighed(self._term(at, y, t))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        y, t = tensors
        return self._weighed(t[by] * self.inner_slope(y[by], 1 - y[by]))

    def rule(self) -> str:
        return "the product rule: the power falls as the output rises, and the logarithm's derivative is one over its argument"

    def _term(self, at: Index, y: Tensor, t: Tensor) -> Formula:
        return self.term(y[at], 1 - y[at], t[at])

    def _weighed(self, formula: Formula) -> Formula:
        return formula if self.alpha.value == 1 else typed(self.alpha) * formula
