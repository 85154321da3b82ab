"""σ² = 1/n Σ (x - μ)², the variance of each group, with its mean μ as the second input."""

from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, Number, total
from handcalc.operations._groups import Statistic
from handcalc.operations._operation import or_zero
from handcalc.operations._tensor import Index, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class GroupVariance(Statistic):
    """∂σ²/∂x_i = 2/n (x_i - μ), and ∂σ²/∂μ = -2/n Σ (x_i - μ), which is 0 where μ is the mean of the x.

    With `unbiased` the sum is divided by n - 1.
    """

    slots: ClassVar[tuple[str, ...]] = ("x", "mean")
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"kept": (0,), "batch": True, "shapes": ((2,), (2,))},
        {"kept": (2,), "batch": True, "unbiased": True, "shapes": ((2, 1, 2), (2,))},
        {"kept": (0,), "shapes": ((2, 3), (2,))},
        {"kept": (0,), "groups": 2, "shapes": ((4, 2), (2,))},
    )

    unbiased: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:  # type: ignore[override]  # an option decides
        return ("mean",) if self.batch else ()

    def forward(self, *arrays: "Array") -> "Array":
        x, mean = arrays
        return self.summed((x - self.spread(mean, x)) ** 2) / self._over(x.shape[1:], len(x))

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        x, mean = arrays
        wide, share = self.spread(mean, x), 2 / self._over(x.shape[1:], len(x))
        upstream = self.spread(gradient, x) * share
        dx = upstream * (x - wide)
        sizes = self.summed(abs(upstream) * (abs(x) + abs(wide)))
        return dx, or_zero(-self.summed(dx), sizes)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x, mean = tensors
        squares = total((element - mean[index]) ** 2 for element in self.elements(index, x))
        return self._share(x, 1, squares)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        x, mean = tensors
        if slot == 0:
            return self._share(x, 2, x[by] - mean[index])
        deviations = total(element - mean[index] for element in self.elements(index, x))
        return -self._share(x, 2, deviations)

    def rule(self) -> str:
        return "the square brings down a 2; the deviations from the mean add up to 0"

    def _over(self, shape: tuple[int, ...], samples: int) -> int:
        return self.size(shape, samples) - self.unbiased

    def _share(self, x: Tensor, k: int, of: Formula) -> Formula:
        """k/n of something; of 2/2 nothing is written."""
        n = self._over(self.own(x.shape), x.shape[0])
        return of if k == n else Number(Fraction(k, n), f"{k}/{n}") * of
