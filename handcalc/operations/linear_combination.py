"""y = c₁·a + c₂·b + …, with constants: the loss of a network with several outputs."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import Given
from handcalc.formula import Formula, Number, number, total
from handcalc.operations._tensor import Index, Tensor
from handcalc.operations._together import Together

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class LinearCombination(Together):
    """∂y/∂a = c₁; a constant of 1 is left out."""

    several: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"constants": ("0.5", "1"), "shapes": ((), ())},
        {"constants": ("1", "2", "-1"), "shapes": ((2,), (2,), (2,))},
    )

    constants: tuple[Given, ...]

    def of(self, *terms: Formula) -> Formula:
        pairs = zip(self.constants, terms, strict=True)
        return total(term if c.value == 1 else _number(c) * term for c, term in pairs)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        constant = self.constants[slot]
        return number(1) if constant.value == 1 else _number(constant)

    def values(self, *arrays: "Array") -> "Array":
        products = [c * a for c, a in zip(self._floats(), arrays, strict=True)]
        return sum(products[1:], start=products[0])

    def slopes(self, *arrays: "Array") -> tuple[float, ...]:
        return self._floats()

    def rule(self) -> str:
        return "each term of the sum counts as its constant says"

    def _floats(self) -> tuple[float, ...]:
        return tuple(float(c.value) for c in self.constants)


def _number(constant: Given) -> Formula:
    return Number(constant.value, constant.text)
