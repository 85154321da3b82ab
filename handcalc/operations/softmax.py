"""p_i = e^(z_i)/Σ_j e^(z_j), the softmax; every input reaches every output along its axis.

`base: 2` or `base: 3` writes another base for e, as pencil exercises do.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator

from handcalc.fields import Given, mistake
from handcalc.formula import Formula, Number, exp, log, total
from handcalc.operations._along import Along
from handcalc.operations._operation import or_zero
from handcalc.operations._tensor import Index, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


def _is_a_base(base: Given) -> Given:
    if base.value <= 0 or base.value == 1:
        raise mistake(f"is {base.text}, but a base is above 0 and not 1; write 2 or 3")
    return base


class Softmax(Along):
    """∂p_i/∂z_i = p_i(1 - p_i) and ∂p_i/∂z_j = -p_i·p_j; another base multiplies both by its logarithm."""

    part_words: ClassVar[tuple[Literal["exp", "exp_sum"], ...]] = ("exp", "exp_sum")
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        *Along.examples,
        {"base": "3", "shapes": ((2,),)},
    )

    base: Annotated[Given, AfterValidator(_is_a_base)] | None = None

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        z, axis = arrays[0] * self._rate(), self.numpy_axis(arrays[0].ndim)
        # The largest exponent is taken out of numerator and denominator, so that none overflows.
        powers = np.exp(z - z.max(axis=axis, keepdims=True))
        return powers / powers.sum(axis=axis, keepdims=True)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        axis = self.numpy_axis(gradient.ndim)
        mean = (gradient * output).sum(axis=axis, keepdims=True)

        def sizes() -> "Array":
            own: Array = (abs(gradient) * output).sum(axis=axis, keepdims=True)
            return abs(gradient) + own

        return (self._rate() * output * or_zero(gradient - mean, sizes),)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        z = tensors[0]
        return self._power(z[index]) / total(self._power(z[i]) for i in self.row(index, z.shape))

    def parts(self, index: Index, *tensors: Tensor) -> Mapping[str, Formula]:
        z = tensors[0]
        powers = total(self._power(z[i]) for i in self.row(index, z.shape))
        return {"exp": self._power(z[index]), "exp_sum": powers}

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
