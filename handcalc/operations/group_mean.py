"""μ = 1/n Σ x, the mean of each group."""

from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, Number, total
from handcalc.operations._groups import Statistic
from handcalc.operations._operation import or_zero
from handcalc.operations._tensor import Index, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class GroupMean(Statistic):
    """∂μ/∂x_i = 1/n. With `squares` it is the mean of the squares, ∂/∂x_i = 2/n x_i."""

    slots: ClassVar[tuple[str, ...]] = ("x",)
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"kept": (0,), "batch": True, "shapes": ((2,),)},
        {"kept": (2,), "batch": True, "shapes": ((2, 1, 2),)},
        {"kept": (0,), "shapes": ((2, 3),)},
        {"kept": (0,), "groups": 2, "shapes": ((4, 2),)},
        {"squares": True, "shapes": ((3,),)},
    )

    squares: bool = False

    def forward(self, *arrays: "Array") -> "Array":
        x = arrays[0]
        terms = x * x if self.squares else x
        n = self.size(x.shape[1:], len(x))
        return or_zero(self.summed(terms) / n, self.summed(abs(terms)) / n)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        x = arrays[0]
        share = self.spread(gradient, x) / self.size(x.shape[1:], len(x))
        return (2 * x * share if self.squares else share * 1.0,)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x = tensors[0]
        elements = self.elements(index, x)
        terms = [element**2 for element in elements] if self.squares else elements
        return self._share(x, 1) * total(terms)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        x = tensors[0]
        return self._share(x, 2) * x[by] if self.squares else self._share(x, 1)

    def rule(self) -> str:
        if self.squares:
            return "the square brings down a 2, and every number has the same share in the mean"
        return "every number has the same share in the mean"

    def _share(self, x: Tensor, k: int) -> Formula:
        n = self.size(self.own(x.shape), x.shape[0])
        return Number(Fraction(k, n), f"{k}/{n}")
