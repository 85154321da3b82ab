"""a = max(0, z), the rectifier; slope 1 above 0, 0 below, and 0 at 0, as frameworks have it."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator

from handcalc.fields import Bit, Given, mistake
from handcalc.formula import Case, Cases, Formula, Number, maximum, minimum, number
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


def _above_zero(most: Given) -> Given:
    if most.value <= 0:
        raise mistake(f"is {most.text}, but ReLU has no values below 0; write one above, such as 6")
    return most


class Relu(Elementwise):
    """ReLU(z) = max(0, z); ReLU'(z) = 1 for z > 0, else 0 (`slope_at_zero: 0` or 1 at z = 0).

    With `max_value` no value is above that, and the slope is 0 from there on.
    """

    examples: ClassVar[tuple[dict[str, Any], ...]] = ({}, {"max_value": "1.5"})

    slope_at_zero: Bit = 0
    max_value: Annotated[Given, AfterValidator(_above_zero)] | None = None

    @property
    def kinks(self) -> tuple[float, ...]:  # type: ignore[override]  # the option adds one
        return (0.0,) if self.max_value is None else (0.0, float(self.max_value.value))

    def of(self, z: Formula) -> Formula:
        return maximum(number(0), z if self.max_value is None else minimum(self._most(), z))

    def slope(self, z: Formula, a: Formula) -> Formula:
        if self.max_value is None:
            relation = ">=" if self.slope_at_zero else ">"
            return Cases((Case(number(1), z, relation, number(0)),), number(0))
        below = Case(number(0), z, "<" if self.slope_at_zero else "<=", number(0))
        return Cases((below, Case(number(0), z, ">=", self._most())), number(1))

    def values(self, z: "Array") -> "Array":
        import numpy as np

        return np.clip(z, 0.0, None if self.max_value is None else self.kinks[1])

    def slopes(self, z: "Array", a: "Array") -> "Array":
        passes = z >= 0.0 if self.slope_at_zero else z > 0.0
        if self.max_value is not None:
            passes &= z < self.kinks[1]
        return passes.astype(float)

    def rule(self) -> str:
        at_zero = f"at 0 the slope is {self.slope_at_zero}"
        if self.max_value is None:
            return f"ReLU passes the gradient where z > 0 and stops it elsewhere; {at_zero}"
        most = self.max_value.text
        return f"ReLU passes the gradient where 0 < z < {most} and stops it elsewhere; {at_zero}, and at {most} it is 0"

    def _most(self) -> Number:
        assert self.max_value is not None
        return Number(self.max_value.value, self.max_value.text)
