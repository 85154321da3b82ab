"""Losses to which each output adds for itself: E = 1/n Σ ℓ(y_i, t_i).

`factor: sum` leaves out the 1/n.
"""

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, total
from handcalc.losses._loss import MeanOrSum, beside, over_outputs, scaled
from handcalc.operations._tensor import Index, Tensor, indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class EachOutput(MeanOrSum):
    """∂E/∂y_i = 1/n ℓ'(y_i, t_i)."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,))},
        {"factor": "sum", "shapes": ((2, 2), (2, 2))},
    )

    @abstractmethod
    def of(self, y: Formula, t: Formula) -> Formula:
        """ℓ(y, t)."""

    @abstractmethod
    def slope(self, y: Formula, t: Formula) -> Formula:
        """ℓ'(y, t), by y."""

    @abstractmethod
    def values(self, y: "Array", t: "Array") -> "Array":
        """ℓ(y, t) in numpy."""

    @abstractmethod
    def slopes(self, y: "Array", t: "Array") -> tuple["Array", "Array"]:
        """∂ℓ/∂y and ∂ℓ/∂t in numpy."""

    def forward(self, *arrays: "Array") -> "Array":
        y, t = arrays
        share = float(self._factor(y.shape[1:]))
        return share * over_outputs(self.values(y, t))

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        y, t = arrays
        spread = beside(gradient, y) * float(self._factor(y.shape[1:]))
        dy, dt = self.slopes(y, t)
        return (spread * dy, spread * dt)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        y, t = tensors
        return scaled(self._factor(y.shape), total(self.of(y[i], t[i]) for i in indices(y.shape)))

    def share(self, at: Index, y: Tensor, t: Tensor) -> Formula:
        return scaled(self._factor(y.shape), self.of(y[at], t[at]))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        y, t = tensors
        return scaled(self._factor(y.shape), self.slope(y[by], t[by]))
