"""a = z for z > `threshold`, else `value`; both are 0 unless the file says otherwise."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import Given
from handcalc.formula import Case, Cases, Formula, Number, number
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Threshold(Elementwise):
    """a = z for z > `threshold`, else `value`; slope 1 for z > `threshold`, else 0 (at it too)."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = ({}, {"threshold": "0.7", "value": "-2"})

    threshold: Given = Given.of("0")
    value: Given = Given.of("0")

    @property
    def kinks(self) -> tuple[float, ...]:  # type: ignore[override]  # the option decides
        return (float(self.threshold.value),)

    def of(self, z: Formula) -> Formula:
        other = Number(self.value.value, self.value.text)
        return Cases((self._beyond(z, z),), other)

    def slope(self, z: Formula, a: Formula) -> Formula:
        return Cases((self._beyond(number(1), z),), number(0))

    def values(self, z: "Array") -> "Array":
        import numpy as np

        return np.where(z > self.kinks[0], z, float(self.value.value))

    def slopes(self, z: "Array", a: "Array") -> "Array":
        return (z > self.kinks[0]).astype(float)

    def rule(self) -> str:
        return f"the gradient passes where z > {self.threshold.text} and is stopped elsewhere, at {self.threshold.text} too"

    def _beyond(self, value: Formula, z: Formula) -> Case:
        return Case(value, z, ">", Number(self.threshold.value, self.threshold.text))
