"""p_ij = e^(s_ij)/Σ_k e^(s_ik) over the k that a mask allows; the others get 0, as if s were -∞."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from handcalc.formula import Formula, exp, number, total
from handcalc.operations._along import Along
from handcalc.operations._operation import or_zero
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class MaskedSoftmax(Along):
    """∂p_i/∂s_i = p_i(1 - p_i) and ∂p_i/∂s_j = -p_i·p_j among what is allowed; nothing else has a slope.

    `mask` has a row of ones and zeros for each row of scores, as text of digits; without one all is allowed.
    """

    part_words: ClassVar[tuple[Literal["exp", "exp_sum"], ...]] = ("exp", "exp_sum")
    derivable: ClassVar[bool] = False
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"mask": ("10", "11"), "shapes": ((2, 2),)},
        {"mask": ("110", "101", "111"), "axis": 1, "shapes": ((3, 3),)},
    )

    mask: tuple[str, ...]

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        s, axis, allowed = arrays[0], self.numpy_axis(arrays[0].ndim), self._allowed()
        largest = np.where(allowed, s, -np.inf).max(axis=axis, keepdims=True)
        powers = np.where(allowed, np.exp(np.minimum(s - largest, 0.0)), 0.0)
        return powers / powers.sum(axis=axis, keepdims=True)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        axis = self.numpy_axis(gradient.ndim)
        mean = (gradient * output).sum(axis=axis, keepdims=True)
        sizes = abs(gradient) + (abs(gradient) * output).sum(axis=axis, keepdims=True)
        return (output * or_zero(gradient - mean, sizes),)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        if not self.allows(index):
            return number(0)
        s = tensors[0]
        return exp(s[index]) / total(exp(s[i]) for i in self.row(index, s.shape))

    def parts(self, index: Index, *tensors: Tensor) -> Mapping[str, Formula]:
        s = tensors[0]
        powers = total(exp(s[i]) for i in self.row(index, s.shape))
        return {"exp": exp(s[index]) if self.allows(index) else number(0), "exp_sum": powers}

    def row(self, index: Index, shape: Shape) -> list[Index]:
        return [place for place in super().row(index, shape) if self.allows(place)]

    def reached(self, slot: int, index: Index, *shapes: Shape) -> list[Index]:
        return self.row(index, shapes[0]) if self.allows(index) else []

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        p = output[index]
        return p * (1 - p) if index == by else -(p * output[by])

    def length(self, shape: Shape) -> int:
        """How many scores there are in a row, forbidden ones too."""
        return shape[self._at(len(shape))]

    def allows(self, index: Index) -> bool:
        """Does the mask let this score count?"""
        return self.mask[index[0]][index[1]] == "1"

    def rule(self) -> str:
        return (
            "every score that the mask allows moves every weight of its row: A(1 - A) for its own, "
            "-A·A' for another"
        )

    def _allowed(self) -> "Array":
        import numpy as np

        return np.array([[digit == "1" for digit in row] for row in self.mask])
