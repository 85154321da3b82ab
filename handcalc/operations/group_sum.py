"""y = Σ x, the sum of each group."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, number, total
from handcalc.operations._groups import Statistic
from handcalc.operations._tensor import Index, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class GroupSum(Statistic):
    """∂y/∂x_i = 1."""

    slots: ClassVar[tuple[str, ...]] = ("x",)
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"batch": True, "shapes": ((),)},
        {"kept": (1,), "shapes": ((2, 3),)},
    )

    def forward(self, *arrays: "Array") -> "Array":
        return self.summed(arrays[0])

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        return (self.spread(gradient, arrays[0]) * 1.0,)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        return total(self.elements(index, tensors[0]))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return number(1)

    def rule(self) -> str:
        return "a sum passes the gradient on to every one of its terms"
