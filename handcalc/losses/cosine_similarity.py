"""Cosine of the angle between output and target as a loss: E = -cos(y, t), cos = Σ y_i·t_i/(|y|·|t|).

`one_minus: true` writes 1 - cos, which is 0 where both point the same way. In rows of outputs each row has
its cosine, and they are added up.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import Truth
from handcalc.formula import Formula, number, sqrt, total
from handcalc.losses._entropy import row
from handcalc.losses._loss import Loss, Written, beside, over_outputs
from handcalc.number import Exact
from handcalc.operations._tensor import Index, Tensor, indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class CosineSimilarity(Loss):
    """∂E/∂y_i = cos·y_i/|y|² - t_i/(|y|·|t|): no part of it lengthens y."""

    adds_rows: ClassVar[bool] = True

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,))},
        {"one_minus": "true", "shapes": ((2, 2), (2, 2))},
    )

    one_minus: Truth = False

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        front = "1 - " if self.one_minus else "-"
        name = "cosine distance" if self.one_minus else "cosine similarity"
        return f"{name}, {E} = {front}Σ {o}·{t}/(√Σ {o}² · √Σ {t}²)"

    @property
    def written(self) -> tuple[Written, ...]:
        return ()

    def forward(self, *arrays: "Array") -> "Array":
        y, t = arrays
        found = -_cosines(y, t)
        if self.one_minus:
            found = 1 + found
        return over_outputs(found)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        y, t = arrays
        spread = beside(gradient, y)
        cosines, a, b = _cosines(y, t), _lengths(y), _lengths(t)
        dy = cosines * y / a**2 - t / (a * b)
        dt = cosines * t / b**2 - y / (a * b)
        return spread * dy, spread * dt

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        y, t = tensors
        rows = [row((*first, 0), y.shape) for first in indices(y.shape[:-1])]
        cosines = [-_cosine(places, y, t) for places in rows]
        return total((number(len(rows)), *cosines) if self.one_minus else cosines)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        y, t = tensors
        places = row(by, y.shape)
        squares = total(y[i] ** 2 for i in places)
        lengths = sqrt(squares) * _length(places, t)
        return _cosine(places, y, t) * y[by] / squares - t[by] / lengths

    def output_misfit(self, outputs: "Array") -> str:
        if (outputs != 0).any(axis=-1).all():
            return ""
        return "has no value for outputs that are all 0, which point nowhere; write other weights or inputs"

    def row_misfit(self, targets: Sequence[Exact]) -> str:
        if any(targets):
            return ""
        return (
            "the targets are all 0 and point nowhere, so there is no cosine; write another number"
        )

    def rule(self) -> str:
        return "the quotient rule; what is left of the target is what stands at a right angle to the output"


def _cosine(places: list[Index], y: Tensor, t: Tensor) -> Formula:
    product = total(y[i] * t[i] for i in places)
    return product / (_length(places, y) * _length(places, t))


def _length(places: list[Index], tensor: Tensor) -> Formula:
    return sqrt(total(tensor[i] ** 2 for i in places))


def _cosines(y: "Array", t: "Array") -> "Array":
    found: Array = (y * t).sum(axis=-1, keepdims=True) / (_lengths(y) * _lengths(t))
    return found


def _lengths(rows: "Array") -> "Array":
    import numpy as np

    found: Array = np.sqrt((rows**2).sum(axis=-1, keepdims=True))
    return found
