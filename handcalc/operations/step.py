"""a = 1 for z > 0, else 0, the threshold of the perceptron; `at_zero: 1` makes it 1 at 0 too."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import Bit
from handcalc.formula import Case, Cases, Formula, number
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Step(Elementwise):
    """step(z) = 1 for z > 0, else 0; flat on both sides, so its slope is taken as 0."""

    kinks: ClassVar[tuple[float, ...]] = (0.0,)
    examples: ClassVar[tuple[dict[str, Any], ...]] = ({}, {"at_zero": "1"})

    at_zero: Bit = 0

    def of(self, z: Formula) -> Formula:
        relation = ">=" if self.at_zero else ">"
        return Cases((Case(number(1), z, relation, number(0)),), number(0))

    def slope(self, z: Formula, a: Formula) -> Formula:
        return number(0)

    def values(self, z: "Array") -> "Array":
        return (z >= 0.0 if self.at_zero else z > 0.0).astype(float)

    def slopes(self, z: "Array", a: "Array") -> "Array":
        import numpy as np

        return np.zeros_like(z)

    def rule(self) -> str:
        return "the step is flat on both sides of 0, so no gradient passes it"
