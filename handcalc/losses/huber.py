"""Huber loss: E = 1/n Σ ℓ, with d = y - t and ℓ = 1/2 d² up to |d| = δ, δ·(|d| - δ/2) beyond.

`delta` is δ, 1 unless the file says otherwise; with 1 it is what is called smooth L1.
"""

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator

from handcalc.fields import Given
from handcalc.formula import Case, Cases, Formula, Number, absolute, number
from handcalc.losses._each import EachOutput
from handcalc.losses._loss import scaled
from handcalc.losses._options import above_zero

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Huber(EachOutput):
    """ℓ' = d up to |d| = δ, beyond it δ or -δ: large errors pull no harder than δ."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,))},
        {"delta": "0.5", "factor": "sum", "shapes": ((2, 2), (2, 2))},
    )

    delta: Annotated[Given, AfterValidator(above_zero)] = Given.of(1)

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        d, delta = f"{o} - {t}", self.delta.text
        beyond = f"|{d}| - 0.5" if delta == "1" else f"{delta}·(|{d}| - {delta}/2)"
        return f"Huber loss, {E} = {self.sign} of 1/2 ({d})² where |{d}| ≤ {delta}, else {beyond}"

    def of(self, y: Formula, t: Formula) -> Formula:
        d, delta = y - t, self._delta
        square, half = scaled(Fraction(1, 2), d**2), number(Fraction(self.delta.value) / 2)
        line = absolute(d) - half
        beyond = line if self.delta.value == 1 else delta * line
        return Cases((Case(square, absolute(d), "<=", delta),), beyond)

    def slope(self, y: Formula, t: Formula) -> Formula:
        d, delta = y - t, self._delta
        return Cases((Case(d, absolute(d), "<=", delta), Case(delta, d, ">", number(0))), -delta)

    def values(self, y: "Array", t: "Array") -> "Array":
        import numpy as np

        d, delta = np.abs(y - t), float(self.delta.value)
        return np.where(d <= delta, d**2 / 2, delta * (d - delta / 2))

    def slopes(self, y: "Array", t: "Array") -> tuple["Array", "Array"]:
        import numpy as np

        delta = float(self.delta.value)
        slope = np.clip(y - t, -delta, delta)
        return slope, -slope

    def rule(self) -> str:
        return (
            "small errors have the slope of a square, large ones that of a straight line; "
            "where the two meet, both are the same"
        )

    @property
    def _delta(self) -> Formula:
        return Number(self.delta.value, self.delta.text)
