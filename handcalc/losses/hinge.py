"""Hinge loss of two classes: E = 1/n Σ max(0, 1 - t·y), the targets being -1 and 1.

`margin` writes another number for the 1, `factor: sum` leaves out the 1/n.
"""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator

from handcalc.fields import Given
from handcalc.formula import Case, Cases, Formula, Number, maximum, number
from handcalc.losses._each import EachOutput
from handcalc.losses._loss import Written
from handcalc.losses._options import at_least_zero
from handcalc.operations._operation import without_noise
from handcalc.operations._tensor import Shape

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Hinge(EachOutput):
    """∂E/∂y_i = -1/n t_i as long as t_i·y_i < 1, else 0; at t_i·y_i = 1 it is 0, as for a rectifier."""

    corner: ClassVar[str] = (
        "Where {t}·{o} is just the margin, the hinge has a corner; the slope taken is 0."
    )
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,))},
        {"factor": "sum", "margin": "0.5", "shapes": ((2, 2), (2, 2))},
    )

    margin: Annotated[Given, AfterValidator(at_least_zero)] = Given.of(1)

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        return (
            f"hinge loss, {E} = {self.sign} max(0, {self.margin.text} - {t}·{o}), "
            f"with {t} = -1 or 1 for the two classes"
        )

    @property
    def written(self) -> tuple[Written, ...]:
        return ("share",)

    def of(self, y: Formula, t: Formula) -> Formula:
        return maximum(number(0), self.missing(y, t))

    def slope(self, y: Formula, t: Formula) -> Formula:
        return Cases((Case(-t, self.missing(y, t), ">", number(0)),), number(0))

    def values(self, y: "Array", t: "Array") -> "Array":
        import numpy as np

        return np.maximum(self.rests(y, t), 0.0)

    def slopes(self, y: "Array", t: "Array") -> tuple["Array", "Array"]:
        inside = self.rests(y, t) > 0
        return -t * inside, -y * inside

    def missing(self, y: Formula, t: Formula) -> Formula:
        """What is missing to the margin."""
        return Number(self.margin.value, self.margin.text) - t * y

    def rests(self, y: "Array", t: "Array") -> "Array":
        """The same in numpy, exactly 0 where it is."""
        import numpy as np

        margin = float(self.margin.value)
        return without_noise(margin - t * y, margin + np.abs(t * y))

    def at_corner(self, *arrays: "Array") -> bool:
        y, t = arrays
        return bool((self.rests(y, t) == 0).any())

    def target_misfit(self, target: float, output: Shape) -> str:
        if target in (-1, 1):
            return ""
        said = f"the target is {target:g}, but a hinge takes -1 and 1 for the two classes"
        if target == 0:
            return f"{said}; write -1 for 0, as Keras turns it into"
        return f"{said}; write -1 or 1"

    def rule(self) -> str:
        return "within the margin the loss falls by the target's sign, beyond it and at its edge the slope is 0"
