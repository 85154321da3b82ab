"""Categorical cross-entropy: E = -Σ t_i ln p_i, one class of several.

The logarithm is natural; `log: 2` or `log: 10` takes another base.
"""

import math
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from handcalc.formula import Formula, log, number, total
from handcalc.losses._loss import Loss, Shortcut
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Tensor, indices
from handcalc.operations.softmax import Softmax

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class CategoricalCrossentropy(Loss):
    """∂E/∂p_i = -t_i/p_i; behind a softmax ∂E/∂z_i = p_i - t_i when the targets add to 1."""

    takes_shares: ClassVar[bool] = True
    targets_add_to_one: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,)), "unit": True},
        {"log": "2", "shapes": ((2,), (2,)), "unit": True},
    )

    log: Literal["e", "2", "10"] = "e"

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        name = "ln" if self.log == "e" else f"log{self.log}"
        return f"categorical cross-entropy, {E} = -Σ {t} {name} {o}"

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        y, t = arrays
        # A class that is not wanted adds 0, even where its probability has become 0.
        terms = np.where(t == 0, 0.0, t * np.log(np.where(t == 0, 1.0, y)))
        return -terms.sum(axis=tuple(range(1, y.ndim))) / self._unit

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        y, t = arrays
        spread = gradient.reshape(-1, *(1,) * (y.ndim - 1)) / self._unit
        return (-spread * t / y, -spread * np.log(y))

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        y, t = tensors
        return -total(t[i] * log(y[i], self.log) for i in indices(y.shape))

    def share(self, y: Formula, t: Formula, n: int) -> Formula:
        return -(t * log(y, self.log))

    def slope(self, y: Formula, t: Formula, n: int) -> Formula:
        return self._over(-(t / y))

    def shortcut(self, activation: Operation, i: int, y: Tensor, t: Tensor) -> Shortcut | None:
        if not isinstance(activation, Softmax) or activation.base is not None:
            return None
        p, wanted = y[i], t[i]
        others = [j for j in range(y.shape[0]) if j != i]
        paths = [self.slope(p, wanted, 1) * (p * (1 - p))]
        paths += [self.slope(y[j], t[j], 1) * -(p * y[j]) for j in others]
        short = self._over(p - wanted)
        rest = p * total(t[j] for j in (i, *others))
        lines = (
            (total(paths), "the chain rule: one path through every probability"),
            (
                self._over(total((-(wanted * (1 - p)), *(t[j] * p for j in others)))),
                "the probabilities in the denominators cancel",
            ),
            (self._over(rest - wanted), "the terms with the own probability put together"),
            (short, "the targets add to 1"),
        )
        return Shortcut(short, lines, targets_add_to_one=True)

    def rule(self) -> str:
        return "only the term with this output counts, and the logarithm's derivative is one over its argument"

    @property
    def _unit(self) -> float:
        return 1.0 if self.log == "e" else math.log(int(self.log))

    def _over(self, formula: Formula) -> Formula:
        return formula if self.log == "e" else formula / log(number(int(self.log)))
