"""p_i = e^(z_i)/Σ_j e^(z_j), the softmax; every input reaches every output.

`base: 2` or `base: 3` writes another base for e, as pencil exercises do.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator

from handcalc.fields import Given, mistake
from handcalc.formula import Formula, Number, exp, log, total
from handcalc.operations._operation import Index, Operation, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


def _is_a_base(base: Given) -> Given:
    if base.value <= 0 or base.value == 1:
        raise mistake(f"is {base.text}, but a base is above 0 and not 1; write 2 or 3")
    return base


class Softmax(Operation):
    """∂p_i/∂z_i = p_i(1 - p_i) and ∂p_i/∂z_j = -p_i·p_j; another base multiplies both by its logarithm."""

    derivable: ClassVar[bool] = True

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,),)},
        {"base": "3", "shapes": ((2,),)},
    )

    base: Annotated[Given, AfterValidator(_is_a_base)] | None = None

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        z = arrays[0] * self._rate()
        # The largest exponent is taken out of numerator and denominator, so that none overflows.
        powers = np.exp(z - z.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        mean = (gradient * output).sum(axis=-1, keepdims=True)
        return (self._rate() * output * (gradient - mean),)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        z = tensors[0]
        powers = [self._power(z[(*index[:-1], j)]) for j in range(z.shape[-1])]
        return powers[index[-1]] / total(powers)

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return tuple((*index[:-1], j) for j in range(shapes[0][-1]))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        p = output[index]
        jacobian = p * (1 - p) if index == by else -(p * output[by])
        if self.base is None:
            return jacobian
        return log(Number(self.base.value, self.base.text)) * jacobian

    def rule(self) -> str:
        return "every score moves every probability: p_i(1 - p_i) for its own, -p_i·p_j for another"

    def _power(self, z: Formula) -> Formula:
        if self.base is None:
            return exp(z)
        return Number(self.base.value, self.base.text) ** z

    def _rate(self) -> float:
        import math

        return 1.0 if self.base is None else math.log(self.base.value)
