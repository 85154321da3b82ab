"""Kullback-Leibler divergence: E = Σ t_i ln(t_i/p_i), how far the outputs p are from the targets t.

The logarithm is natural; `log: 2` counts in bits, `log: 10` takes that base.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, log, total
from handcalc.losses._entropy import Entropy
from handcalc.losses._loss import Shortcut, Written, beside, over_outputs
from handcalc.losses.categorical_crossentropy import CategoricalCrossentropy
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Tensor, indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class KlDivergence(Entropy):
    """∂E/∂p_i = -t_i/p_i, as of cross-entropy: the rest, Σ t_i ln t_i, depends on the targets alone."""

    adds_rows: ClassVar[bool] = True

    takes_shares: ClassVar[bool] = True
    targets_add_to_one: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,)), "unit": True},
        {"log": "2", "shapes": ((2, 2), (2, 2)), "unit": True},
    )

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        return f"Kullback-Leibler divergence, {E} = Σ {t} {self._ln}({t}/{o})"

    @property
    def written(self) -> tuple[Written, ...]:
        return ("share",)

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        y, t = arrays
        # A class that is not wanted adds 0, whatever its probability.
        ratio = np.where(t == 0, 1.0, t) / np.where(t == 0, 1.0, y)
        return over_outputs(t * np.log(ratio)) / self._unit

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        y, t = arrays
        spread = beside(gradient, y) / self._unit
        return (-spread * t / y, spread * (np.log(t / y) + 1))

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        y, t = tensors
        return total(self.share(i, y, t) for i in indices(y.shape))

    def share(self, at: Index, y: Tensor, t: Tensor) -> Formula:
        return t[at] * log(t[at] / y[at], self.log)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        y, t = tensors
        return self._over(-(t[by] / y[by]))

    def shortcut(self, activation: Operation, at: Index, y: Tensor, t: Tensor) -> Shortcut | None:
        return CategoricalCrossentropy(log=self.log).shortcut(activation, at, y, t)

    def rule(self) -> str:
        return "ln(t/p) = ln t - ln p, and only the second part depends on the output"
