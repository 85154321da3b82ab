"""Binary cross-entropy: E = -1/n Σ [t ln y + (1 - t) ln(1 - y)], n outputs that are each yes or no.

The logarithm is natural; `log: 2` or `log: 10` takes another base.
"""

import math
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from handcalc.formula import Formula, log, number, total
from handcalc.losses._loss import Loss, Shortcut, scaled
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Tensor, indices
from handcalc.operations.sigmoid import Sigmoid

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class BinaryCrossentropy(Loss):
    """∂E/∂y_i = 1/n ((1 - t_i)/(1 - y_i) - t_i/y_i); behind a sigmoid ∂E/∂z_i = 1/n (y_i - t_i)."""

    takes_shares: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,)), "unit": True},
        {"log": "2", "shapes": ((2,), (2,)), "unit": True},
    )

    log: Literal["e", "2", "10"] = "e"

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        name = "ln" if self.log == "e" else f"log{self.log}"
        return f"binary cross-entropy, {E} = -1/n Σ ({t} {name} {o} + (1 - {t}) {name}(1 - {o}))"

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        y, t = arrays
        # A term whose factor is 0 is 0, even where its logarithm is not finite.
        yes = np.where(t == 0, 0.0, t * np.log(np.where(t == 0, 1.0, y)))
        no = np.where(t == 1, 0.0, (1 - t) * np.log(np.where(t == 1, 1.0, 1 - y)))
        return -(yes + no).mean(axis=tuple(range(1, y.ndim))) / self._unit

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        y, t = arrays
        spread = gradient.reshape(-1, *(1,) * (y.ndim - 1)) / (prod(y.shape[1:]) * self._unit)
        dt = np.log(1 - y) - np.log(y)
        return (spread * ((1 - t) / (1 - y) - t / y), spread * dt)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        y, t = tensors
        terms = [
            term
            for i in indices(y.shape)
            for term in (t[i] * log(y[i], self.log), (1 - t[i]) * log(1 - y[i], self.log))
        ]
        return -scaled(Fraction(1, prod(y.shape)), total(terms))

    def share(self, y: Formula, t: Formula, n: int) -> Formula:
        terms = total((t * log(y, self.log), (1 - t) * log(1 - y, self.log)))
        return -scaled(Fraction(1, n), terms)

    def slope(self, y: Formula, t: Formula, n: int) -> Formula:
        return self._scaled(n, (1 - t) / (1 - y) - t / y)

    def shortcut(self, activation: Operation, i: int, y: Tensor, t: Tensor) -> Shortcut | None:
        if not isinstance(activation, Sigmoid):
            return None
        n = prod(y.shape)
        a, wanted = y[i], t[i]
        short = self._scaled(n, a - wanted)
        lines = (
            (self.slope(a, wanted, n) * (a * (1 - a)), "the chain rule, with σ' = a(1 - a)"),
            (self._scaled(n, (1 - wanted) * a - wanted * (1 - a)), "the denominators cancel"),
            (short, "multiplied out, the products of output and target cancel"),
        )
        return Shortcut(short, lines)

    def rule(self) -> str:
        return "the logarithm's derivative is one over its argument; 1 - o brings a minus sign"

    @property
    def _unit(self) -> float:
        return 1.0 if self.log == "e" else math.log(int(self.log))

    def _scaled(self, n: int, formula: Formula) -> Formula:
        inner = scaled(Fraction(1, n), formula)
        return inner if self.log == "e" else inner / log(number(int(self.log)))
