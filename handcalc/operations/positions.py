"""P: sines and cosines of the place of a token, a wavelength for each pair of columns."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import Given
from handcalc.formula import Formula, Number, cos, number, sin
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Positions(Operation):
    """Numbers that depend on the place of a token alone; of the input they take the shape.

    `halves` has all sines first and all cosines behind them. `first` is the position of the first token.
    """

    slots: ClassVar[tuple[str, ...]] = ("x",)
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3, 4),)},
        {"halves": True, "first": 1, "base": "100", "shapes": ((2, 4),)},
    )

    base: Given = Given.of("10000")
    halves: bool = False
    first: int = 0

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        tokens, d = arrays[0].shape[1:]
        column = np.arange(d)
        pair = column % (d // 2) if self.halves else column // 2
        waves = float(self.base.value) ** (-2.0 * pair / d)
        angles = (np.arange(tokens)[:, None] + self.first) * waves
        odd = column >= d // 2 if self.halves else column % 2 == 1
        table = np.where(odd, np.cos(angles), np.sin(angles))
        return np.broadcast_to(table, arrays[0].shape).copy()

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        return (0.0 * gradient,)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        (t, column), d = index, tensors[0].shape[1]
        pair = column % (d // 2) if self.halves else column // 2
        cosine = column >= d // 2 if self.halves else column % 2 == 1
        angle: Formula = number(t + self.first)
        if pair:
            exponent = Number(Fraction(2 * pair, d), f"{2 * pair}/{d}")
            angle = angle / Number(self.base.value, self.base.text) ** exponent
        return cos(angle) if cosine else sin(angle)

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return ()

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return number(0)

    def rule(self) -> str:
        return "positions are constants"
