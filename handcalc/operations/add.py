"""y = a + b + …, the sum of several inputs; every slope is 1."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, Sum, is_long, number, total
from handcalc.operations._tensor import Index, Tensor
from handcalc.operations._together import Together

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Add(Together):
    """y = a + b; ∂y/∂a = 1."""

    overflows: ClassVar[bool] = True
    several: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        *Together.examples,
        {"shapes": ((2,), (2,), (2,))},
    )

    def of(self, *terms: Formula) -> Formula:
        # Without brackets that a sum of sums does not need: W·x + U·h + b is one sum.
        return total(
            part
            for term in terms
            for part in (term.terms if isinstance(term, Sum) and not is_long(term) else (term,))
        )

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return number(1)

    def values(self, *arrays: "Array") -> "Array":
        from handcalc.operations._operation import without_noise

        size = sum(abs(a) for a in arrays[1:]) + abs(arrays[0])
        return without_noise(sum(arrays[1:], start=arrays[0]), size)

    def slopes(self, *arrays: "Array") -> "tuple[float, ...]":
        return (1.0,) * len(arrays)

    def rule(self) -> str:
        return "a sum passes the gradient on to every one of its terms"
