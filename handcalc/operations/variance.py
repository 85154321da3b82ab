"""σ² = 1/n Σ (x - μ)², with the mean μ as the second input."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, Number, total
from handcalc.operations._reduction import Reduction
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Variance(Reduction):
    """∂σ²/∂x_i = 2/n (x_i - μ) and ∂σ²/∂μ = -2/n Σ (x_i - μ): 0 where μ is the mean of the x.

    With `unbiased` the sum is divided by n - 1.
    """

    slots: ClassVar[tuple[str, ...]] = ("x", "mean")
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((4,), ())},
        {"axes": (1,), "shapes": ((2, 3), (2,))},
        {"axes": (1,), "keepdims": True, "unbiased": True, "shapes": ((2, 3), (2, 1))},
    )

    unbiased: bool = False

    def forward(self, *arrays: "Array") -> "Array":
        x, mean = arrays
        squares = (x - self.spread(mean, x)) ** 2
        return squares.sum(axis=self.numpy_axes(x), keepdims=self.keepdims) / self._over(
            x.shape[1:]
        )

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        x, mean = arrays
        slope = 2 * (x - self.spread(mean, x)) / self._over(x.shape[1:])
        dx = self.spread(gradient, x) * slope
        return dx, -dx.sum(axis=self.numpy_axes(x), keepdims=self.keepdims)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x, mean = tensors
        squares = total((element - mean[index]) ** 2 for element in self.elements(index, x))
        return self._share(x.shape, 1) * squares

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return (index,) if slot else super().reached(0, index, *shapes)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        x, mean = tensors
        share = self._share(x.shape, 2)
        if slot == 0:
            return share * (x[by] - mean[index])
        return -(share * total(element - mean[index] for element in self.elements(index, x)))

    def rule(self) -> str:
        return "the square brings down a 2; the deviations from the mean add up to 0"

    def _over(self, shape: Shape) -> int:
        return self.count(shape) - self.unbiased

    def _share(self, shape: Shape, k: int) -> Formula:
        n = self._over(shape)
        return Number(Fraction(k, n), f"{k}/{n}")
