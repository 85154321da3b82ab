"""y = 1/n (a + b + …), the mean of several inputs; every slope is 1/n."""

from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, Number, total
from handcalc.operations._tensor import Index, Tensor
from handcalc.operations._together import Together

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Average(Together):
    """y = 1/2 (a + b); ∂y/∂a = 1/2."""

    several: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        *Together.examples,
        {"shapes": ((2,), (2,), (2,))},
    )

    def of(self, *terms: Formula) -> Formula:
        return _share(len(terms)) * total(terms)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return _share(len(tensors))

    def values(self, *arrays: "Array") -> "Array":
        return sum(arrays[1:], start=arrays[0]) / len(arrays)

    def slopes(self, *arrays: "Array") -> "tuple[float, ...]":
        return (1 / len(arrays),) * len(arrays)

    def rule(self) -> str:
        return "every input has the same share in the mean"


def _share(n: int) -> Number:
    return Number(Fraction(1, n), f"1/{n}")
