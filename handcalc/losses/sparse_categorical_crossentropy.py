"""Categorical cross-entropy, the target being the number of the class: E = -ln p_c.

The logarithm is natural; `log: 2` or `log: 10` takes another base. With `from_logits` the output is the
scores z, p their softmax, and E = ln Σ e^z_j - z_c. Of rows of outputs each has its class, and they are added up.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import Truth
from handcalc.formula import Formula, exp, log, number
from handcalc.losses._classes import ClassNumbers
from handcalc.losses._entropy import Entropy, exp_sum, is_softmax
from handcalc.losses._loss import Shortcut
from handcalc.losses._options import (
    ClassWeights,
    floats,
    listed_weights,
    typed,
    weights_misfit,
)
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class SparseCategoricalCrossentropy(ClassNumbers, Entropy):
    """∂E/∂p_c = -1/p_c, and 0 by the others; behind a softmax ∂E/∂z_c = p_c - 1 and ∂E/∂z_j = p_j.

    `class_weights: [1, 2, 5]` multiply the loss, a weight for each class; over samples their mean is taken
    as without them, as Keras does, while PyTorch divides by the weights that were met.
    """

    takes_shares: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), ()), "unit": True, "classes": ((2,), (0,), (1,))},
        {
            "log": "2",
            "class_weights": ["1", "2", "5"],
            "shapes": ((2, 3), (2,)),
            "unit": True,
            "classes": ((2, 0), (0, 0), (1, 2)),
        },
        {"from_logits": "true", "shapes": ((3,), ()), "classes": ((2,), (0,), (1,))},
        {
            "from_logits": "true",
            "log": "10",
            "class_weights": ["1", "3"],
            "shapes": ((2, 2), (2,)),
            "classes": ((1, 0), (0, 0), (1, 1)),
        },
    )

    from_logits: Truth = False
    class_weights: ClassWeights | None = None

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        w = "w_c·" if self.class_weights else ""
        if self.from_logits:
            inner = f"ln Σ e^{o} - {o}_c"
            bracketed = f"{w}({inner})" if w or self._per_ln else inner
            formula = f"{E} = {bracketed}{self._per_ln}, which is -{w}{self._ln} p_c with p the softmax of {o}"
        else:
            formula = f"{E} = -{w}{self._ln} {o}_c"
        more = f"; {listed_weights(self.class_weights, 1)}" if self.class_weights else ""
        return f"sparse categorical cross-entropy, {formula}, where c is {_place(t)}{more}"

    def of(self, y: Sequence[Formula], c: int) -> Formula:
        if not self.from_logits:
            return -self._weighed(c, log(y[c], self.log))
        return self._over(self._weighed(c, log(exp_sum(list(y))) - y[c]))

    def slope(self, y: Sequence[Formula], c: int, j: int) -> Formula:
        if not self.from_logits:
            weight = typed(self.class_weights[c]) if self.class_weights else number(1)
            return self._over(-(weight / y[c]))
        p = exp(y[j]) / exp_sum(list(y))
        return self._over(self._weighed(c, p - 1 if j == c else p))

    def reaches(self, j: int, c: int) -> bool:
        return bool(self.from_logits) or j == c

    def values(self, y: "Array", c: "Array") -> "Array":
        import numpy as np

        weights = floats(self.class_weights, y.shape[1])[c] / self._unit
        own = y[np.arange(len(y)), c]
        if not self.from_logits:
            return -weights * np.log(own)
        largest = y.max(axis=1)
        # The largest score is taken out, so that no power overflows.
        sums = np.log(np.exp(y - largest[:, None]).sum(axis=1))
        return weights * (sums + (largest - own))

    def slopes(self, y: "Array", c: "Array") -> "Array":
        import numpy as np

        weights = floats(self.class_weights, y.shape[1])[c] / self._unit
        hot = np.eye(y.shape[1])[c]
        if not self.from_logits:
            own = y[np.arange(len(y)), c]
            return -hot * (weights / own)[:, None]
        powers = np.exp(y - y.max(axis=1, keepdims=True))
        return weights[:, None] * (powers / powers.sum(axis=1, keepdims=True) - hot)

    def shortcut(self, activation: Operation, at: Index, y: Tensor, t: Tensor) -> Shortcut | None:
        if self.from_logits or not is_softmax(activation, len(y.shape) - 1):
            return None
        c = self._class_at(at, y.shape)
        p, own = y[at], y[(*at[:-1], c)]
        outer = self.slope(self._row(y, at), c, c)
        if at[-1] != c:
            short = self._over(self._weighed(c, p))
            lines = [
                (outer * -(own * p), "the chain rule, through the probability of the class"),
                (short, "the probability of the class cancels"),
            ]
        else:
            short = self._over(self._weighed(c, p - 1))
            lines = [
                (outer * (p * (1 - p)), "the chain rule, through the probability of the class"),
                (self._over(-self._weighed(c, 1 - p)), "the probability of the class cancels"),
                (short, "the minus sign turns the difference round"),
            ]
        return Shortcut(short, tuple(lines))

    def rule(self) -> str:
        if self.from_logits:
            return "the logarithm of the sum brings the probability, and the score of the class takes 1 off its own"
        return "only the probability of the class counts, and the logarithm's derivative is one over its argument"

    def shape_misfit(self, output: Shape) -> str:
        return weights_misfit(self.class_weights, output[-1] if output else 1)

    def output_misfit(self, outputs: "Array") -> str:
        return "" if self.from_logits else super().output_misfit(outputs)

    def target_misfit(self, target: float, output: Shape) -> str:
        return ClassNumbers.target_misfit(self, target, output)

    def _weighed(self, c: int, formula: Formula) -> Formula:
        return typed(self.class_weights[c]) * formula if self.class_weights else formula


def _place(t: str) -> str:
    """How a class number is read."""
    return f"{t} + 1, the place of class {t}, as classes are counted from 0"
