"""Categorical hinge loss, as Keras has it: E = max(0, max(s_j, 0) - s_c + 1), j ≠ c.

The target is 1 for the class c and 0 for the others. Keras takes the largest of all (1 - t_j)·s_j, and that of
the class itself is 0: so the largest of the others counts as 0 if it is below 0.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from handcalc.formula import Case, Cases, Formula, Negative, Sum, largest, maximum, number
from handcalc.losses._classes import ClassNumbers
from handcalc.number import Exact
from handcalc.operations._operation import without_noise
from handcalc.operations._tensor import Shape

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class CategoricalHinge(ClassNumbers):
    """Within the margin ∂E/∂s_c = -1, and 1 for the largest of the others unless it is below 0; else 0."""

    corner: ClassVar[str] = (
        "Where the margin is just kept, or two other classes are the largest, the hinge has a corner; "
        "at the margin the slope taken is 0, and of equal ones the first counts."
    )
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,)), "classes": ((2,), (0,), (1,))},
        {"shapes": ((2, 2), (2, 2)), "classes": ((1, 0), (0, 0), (1, 1))},
    )

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        return (
            f"categorical hinge loss, {E} = max(0, max({o}_j, 0) - {o}_c + 1), where {t} is 1 for the "
            f"class c and j are the others: the largest of them, or 0 if all are below 0"
        )

    def aimed(self, numbers: Sequence[Sequence[float]], classes: int) -> Self:
        rows = (
            tuple(row[i : i + classes].index(1) for i in range(0, len(row), classes))
            for row in numbers
        )
        return self.of_classes(tuple(rows))

    def target_shape(self, output: Shape) -> Shape:
        return output

    def of(self, y: Sequence[Formula], c: int) -> Formula:
        return maximum(number(0), self._inside(y, c))

    def slope(self, y: Sequence[Formula], c: int, j: int) -> Formula:
        slope = number(-1) if j == c else self._is_largest(y, c, j)
        return Cases((Case(slope, self._inside(y, c), ">", number(0)),), number(0))

    def _is_largest(self, y: Sequence[Formula], c: int, j: int) -> Formula:
        """1 if neither another class nor 0 is larger; of equal ones the first counts."""
        before = [y[k] for k in range(j) if k != c]
        after = [y[k] for k in range(j + 1, len(y)) if k != c]
        beyond = maximum(*after, number(0)) if after else number(0)
        slope: Formula = Cases((Case(number(1), y[j], ">=", beyond),), number(0))
        if before:
            rest = largest(len(before), before.__getitem__)
            slope = Cases((Case(slope, y[j], ">", rest),), number(0))
        return slope

    def _inside(self, y: Sequence[Formula], c: int) -> Formula:
        others = [y[k] for k in range(len(y)) if k != c]
        return Sum((maximum(*others, number(0)), Negative(y[c]), number(1)))

    def values(self, y: "Array", c: "Array") -> "Array":
        import numpy as np

        return np.maximum(self._rests(y, c), 0.0)

    def slopes(self, y: "Array", c: "Array") -> "Array":
        import numpy as np

        others, rows = self._others(y, c), np.arange(len(y))
        first, slopes = others.argmax(axis=1), np.zeros_like(y)
        slopes[rows, first] = others[rows, first] >= 0
        slopes[rows, c] = -1.0
        found: Array = slopes * (self._rests(y, c) > 0)[:, None]
        return found

    def _others(self, y: "Array", c: "Array") -> "Array":
        """The scores, and in place of that of the class what is below all of them."""
        import numpy as np

        others = y.copy()
        others[np.arange(len(y)), c] = -np.inf
        return others

    def _rests(self, y: "Array", c: "Array") -> "Array":
        """What is missing to the margin, exactly 0 where it is."""
        import numpy as np

        own, largest = y[np.arange(len(y)), c], np.maximum(self._others(y, c).max(axis=1), 0.0)
        return without_noise(largest - own + 1, np.abs(own) + largest + 1)

    def at_corner(self, *arrays: "Array") -> bool:
        y, c = arrays[0].reshape(-1, arrays[0].shape[-1]), self._numbers()
        others, rests = self._others(y, c), self._rests(y, c)
        largest = others.max(axis=1, keepdims=True)
        ties = ((others == largest).sum(axis=1) > 1) & (largest[:, 0] >= 0)
        return bool(((rests == 0) | ((ties | (largest[:, 0] == 0)) & (rests > 0))).any())

    def target_misfit(self, target: float, output: Shape) -> str:
        if target in (0, 1):
            return ""
        said = f"the target is {target:g}, but this loss takes 1 for the class and 0 for the others"
        return f"{said}; write 0 or 1, or multiclass_hinge for the number of the class"

    def row_misfit(self, targets: Sequence[Exact]) -> str:
        if sum(targets) == 1:
            return ""
        return "not just one of the targets is 1; write 1 for the class and 0 for the others"

    def rule(self) -> str:
        return (
            "within the margin the largest of the other scores is pushed down and that of the class up; "
            "beyond the margin, and at its edge, there is no slope"
        )
