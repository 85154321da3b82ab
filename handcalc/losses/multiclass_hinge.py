"""Hinge loss of several classes: E = Σ over j ≠ c of max(0, s_j - s_c + 1), a support vector machine.

The target is the number of the class, counted from 0. `margin` writes another number for the 1, `squared`
squares each term, and `factor: mean` divides by the number of classes, as PyTorch does.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator

from handcalc.fields import Given, Truth
from handcalc.formula import Case, Cases, Formula, Negative, Sum, maximum, number, total
from handcalc.losses._classes import ClassNumbers
from handcalc.losses._loss import scaled
from handcalc.losses._options import at_least_zero, typed
from handcalc.operations._operation import without_noise
from handcalc.operations._tensor import Shape

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class MulticlassHinge(ClassNumbers):
    """∂E/∂s_j = 1 for each score within the margin, ∂E/∂s_c = minus how many there are."""

    corner: ClassVar[str] = (
        "Where {o}_j - {o}_c + margin is 0, its term has a corner; the slope taken there is 0."
    )
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), ()), "classes": ((2,), (0,), (1,))},
        {
            "margin": "0.5",
            "squared": "true",
            "factor": "mean",
            "shapes": ((2, 3), (2,)),
            "classes": ((2, 0), (0, 0), (1, 2)),
        },
    )

    margin: Annotated[Given, AfterValidator(at_least_zero)] = Given.of(1)
    squared: Truth = False
    factor: Literal["sum", "mean"] = "sum"

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        name = "squared hinge" if self.squared else "hinge"
        front = "1/n " if self.factor == "mean" else ""
        term = f"max(0, {o}_j - {o}_c + {self.margin.text}){'²' if self.squared else ''}"
        return (
            f"{name} loss of several classes, {E} = {front}Σ {term} over all j but c, "
            f"where c is {t} + 1, the place of class {t}, as classes are counted from 0"
        )

    def of(self, y: Sequence[Formula], c: int) -> Formula:
        terms = [maximum(number(0), self._over(y, c, j)) for j in range(len(y)) if j != c]
        return self._scaled(len(y), total(term**2 if self.squared else term for term in terms))

    def slope(self, y: Sequence[Formula], c: int, j: int) -> Formula:
        if j != c:
            return self._scaled(len(y), self._pull(y, c, j))
        others = total(self._pull(y, c, k) for k in range(len(y)) if k != c)
        return -self._scaled(len(y), others)

    def _pull(self, y: Sequence[Formula], c: int, j: int) -> Formula:
        inside = self._over(y, c, j)
        if self.squared:
            return 2 * maximum(number(0), inside)
        return Cases((Case(number(1), inside, ">", number(0)),), number(0))

    def _over(self, y: Sequence[Formula], c: int, j: int) -> Formula:
        return Sum((y[j], Negative(y[c]), typed(self.margin)))

    def values(self, y: "Array", c: "Array") -> "Array":
        import numpy as np

        terms = np.maximum(self._rests(y, c), 0.0)
        terms[np.arange(len(y)), c] = 0.0
        found: Array = (terms**2 if self.squared else terms).sum(axis=1)
        return found * float(self._factor(y.shape[1]))

    def slopes(self, y: "Array", c: "Array") -> "Array":
        import numpy as np

        rests = self._rests(y, c)
        slopes = 2 * np.maximum(rests, 0.0) if self.squared else (rests > 0).astype(float)
        at = (np.arange(len(y)), c)
        slopes[at] = 0.0
        slopes[at] = -slopes.sum(axis=1)
        return slopes * float(self._factor(y.shape[1]))

    def _rests(self, y: "Array", c: "Array") -> "Array":
        """s_j - s_c + margin, exactly 0 where it is."""
        import numpy as np

        own, margin = y[np.arange(len(y)), c][:, None], float(self.margin.value)
        return without_noise(y - own + margin, np.abs(y) + np.abs(own) + margin)

    def at_corner(self, *arrays: "Array") -> bool:
        import numpy as np

        y = arrays[0].reshape(-1, arrays[0].shape[-1])
        others = np.eye(y.shape[1])[self._numbers()] == 0
        return not self.squared and bool((self._rests(y, self._numbers()) == 0)[others].any())

    def shape_misfit(self, output: Shape) -> str:
        if output and output[-1] > 1:
            return ""
        return "takes a score for each class, and one output is no choice; write two units, or hinge with targets -1 and 1"

    def rule(self) -> str:
        return (
            "each class within the margin pushes its own score down and that of the class up; "
            "beyond the margin, and at its edge, there is no slope"
        )

    def _factor(self, n: int) -> Fraction:
        return Fraction(1, n) if self.factor == "mean" else Fraction(1)

    def _scaled(self, n: int, formula: Formula) -> Formula:
        return scaled(self._factor(n), formula)
