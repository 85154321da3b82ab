"""What both focal losses share: terms -w·t·(1 - p)^γ·ln p, which count less the surer the output is."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import AfterValidator

from handcalc.fields import Given, mistake
from handcalc.formula import Formula, log
from handcalc.losses._loss import Loss
from handcalc.losses._options import share, typed

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

MOST_GAMMA = 100
"""γ up to which (1 - p)^γ is worked out, as a fraction with so many times the digits."""


def _exponent(given: Given) -> Given:
    """A number from 0 to 100."""
    if not 0 <= given.value <= MOST_GAMMA:
        raise mistake(f"is {given.text}; write a number from 0 to {MOST_GAMMA}, such as 2")
    return given


class Focal(Loss):
    """`gamma` is γ, 2 unless the file says otherwise, `alpha` the weight, 0.25."""

    takes_shares: ClassVar[bool] = True

    gamma: Annotated[Given, AfterValidator(_exponent)] = Given.of(2)
    alpha: Annotated[Given, AfterValidator(share)] = Given.of("0.25")

    @property
    def power(self) -> str:
        """γ as an exponent, in a title."""
        return "²" if self.gamma.text == "2" else f"^{self.gamma.text}"

    def term(self, p: Formula, q: Formula, t: Formula) -> Formula:
        """t·(1 - p)^γ·ln p, for q = 1 - p; the loss has it with a weight and a minus sign."""
        return t * q ** typed(self.gamma) * log(p)

    def inner_slope(self, p: Formula, q: Formula) -> Formula:
        """The slope of -(1 - p)^γ·ln p: γ(1 - p)^(γ-1)·ln p - (1 - p)^γ/p."""
        gamma = self.gamma.value
        if gamma == 0:
            return -(1 / p)
        less = q if gamma == 2 else q ** (typed(self.gamma) - 1)
        return typed(self.gamma) * less * log(p) - q ** typed(self.gamma) / p

    def values(self, p: "Array", t: "Array") -> "Array":
        """-t·(1 - p)^γ·ln p in numpy; a class that is not wanted adds 0, even at p = 0."""
        import numpy as np

        logs = np.log(np.where(t == 0, 1.0, p))
        return -t * (1 - p) ** float(self.gamma.value) * logs

    def slopes(self, p: "Array") -> tuple["Array", "Array"]:
        """-(1 - p)^γ·ln p, and its slope."""
        import numpy as np

        gamma, q = float(self.gamma.value), 1 - p
        power = gamma * q ** (gamma - 1) if gamma else np.zeros_like(p)
        return -(q**gamma) * np.log(p), power * np.log(p) - q**gamma / p
