"""Categorical cross-entropy: E = -Σ t_i ln p_i, one class of several.

The logarithm is natural; `log: 2` or `log: 10` takes another base. With `from_logits` the output is the
scores z, p their softmax, and E = ln Σ e^z_j - Σ t_i z_i. In rows of outputs the last axis is that of the classes.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator

from handcalc.fields import Given, Truth
from handcalc.formula import Formula, exp, log, total
from handcalc.losses._entropy import Entropy, exp_sum, is_softmax, row
from handcalc.losses._loss import Shortcut, Written, beside
from handcalc.losses._options import (
    ClassWeights,
    below_one,
    floats,
    listed_weights,
    smooth,
    smoothed,
    typed,
    weights_misfit,
)
from handcalc.number import Exact
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor, indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class CategoricalCrossentropy(Entropy):
    """∂E/∂p_i = -t_i/p_i; behind a softmax ∂E/∂z_i = p_i - t_i when the targets add to 1.

    `class_weights: [1, 2, 5]` multiply the terms, a weight for each class; `label_smoothing: 0.1` takes
    0.9·t + 0.1/n for t, n being the number of classes. Over samples the mean stays their mean, as in Keras,
    while PyTorch divides by the weights that were met.
    """

    adds_rows: ClassVar[bool] = True

    takes_shares: ClassVar[bool] = True
    targets_add_to_one: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,)), "unit": True},
        {"log": "2", "shapes": ((2,), (2,)), "unit": True},
        {"shapes": ((2, 3), (2, 3)), "unit": True, "class_weights": ["1", "2", "5"]},
        {"from_logits": "true", "shapes": ((3,), (3,)), "unit": True},
        {"from_logits": "true", "log": "2", "shapes": ((2, 2), (2, 2)), "unit": True},
        {
            "from_logits": "true",
            "class_weights": ["1", "2"],
            "label_smoothing": "0.1",
            "shapes": ((2,), (2,)),
            "unit": True,
        },
        {"label_smoothing": "0.1", "shapes": ((2,), (2,)), "unit": True},
    )

    from_logits: Truth = False
    class_weights: ClassWeights | None = None
    label_smoothing: Annotated[Given, AfterValidator(below_one)] = Given.of(0)

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        w = f"w·{t}" if self.class_weights else t
        entropy = f"-Σ {w} {self._ln}"
        formula = f"{E} = {entropy} {o}"
        if self.from_logits:
            logs = f"(Σ {w})·ln Σ e^{o}" if self.class_weights else f"ln Σ e^{o}"
            scores = f"{logs} - Σ {w} {o}"
            scores = f"({scores}){self._per_ln}" if self._per_ln else scores
            formula = f"{E} = {scores}, which is {entropy} p with p the softmax of {o}"
        if self.class_weights:
            formula += f"; {listed_weights(self.class_weights, 1)}"
        if self.label_smoothing.value:
            formula += f"; {smoothed(t, self.label_smoothing, 'n')} stands for each {t}"
        return f"categorical cross-entropy, {formula}"

    @property
    def written(self) -> tuple[Written, ...]:
        return () if self.from_logits else ("error", "share")

    # --- in numpy --------------------------------------------------------------------------------

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        y, t = arrays[0], self._weighed(arrays[1])
        axes = tuple(range(1, y.ndim))
        if self.from_logits:
            logs = _log_sums(y)[..., 0] * self._sums(t)
            return (logs.sum(axis=axes[:-1]) - (t * y).sum(axis=axes)) / self._unit
        # A class that is not wanted adds 0, even where its probability has become 0.
        terms = np.where(t == 0, 0.0, t * np.log(np.where(t == 0, 1.0, y)))
        return -terms.sum(axis=axes) / self._unit

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        y, t = arrays[0], self._weighed(arrays[1])
        spread = beside(gradient, y) / self._unit
        scale = floats(self.class_weights, y.shape[-1]) * (1 - float(self.label_smoothing.value))
        if self.from_logits:
            logs = _log_sums(y)
            dt = scale * (logs - y) if self.class_weights else -scale * y
            return spread * (self._sums(t)[..., None] * np.exp(y - logs) - t), spread * dt
        # A class that is not wanted has no slope, even where its probability has become 0.
        slopes = np.divide(t, y, out=np.zeros_like(y), where=t != 0)
        return (-spread * slopes, -spread * scale * np.log(y))

    def backward_of_batch(
        self, wanted: Collection[int], gradient: "Array", output: "Array", *arrays: "Array"
    ) -> "Mapping[int, Array]":
        import numpy as np

        if self.from_logits or 1 in wanted:
            return super().backward_of_batch(wanted, gradient, output, *arrays)
        y, t = arrays[0], self._weighed(arrays[1])
        slopes = np.divide(t, y, out=np.zeros_like(y), where=t != 0)
        return {0: -(beside(gradient, y) / self._unit) * slopes}

    def _weighed(self, t: "Array") -> "Array":
        """The targets, smoothed and weighed."""
        smoothing, n = float(self.label_smoothing.value), t.shape[-1]
        if not smoothing and not self.class_weights:
            return t
        return (t * (1 - smoothing) + smoothing / n) * floats(self.class_weights, n)

    def _sums(self, t: "Array") -> "Array":
        """What ln Σ e^z is multiplied by: without weights the targets add to 1."""
        found: Array = t.sum(axis=-1) if self.class_weights else t[..., 0] * 0.0 + 1.0
        return found

    # --- in symbols ------------------------------------------------------------------------------

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        y, t = tensors
        if not self.from_logits:
            return -total(self._aim(t, i) * log(y[i], self.log) for i in indices(y.shape))
        logs, products = [], []
        for first in indices(y.shape[:-1]):
            places = row((*first, 0), y.shape)
            own: Formula = log(exp_sum([y[i] for i in places]))
            if self.class_weights:
                own = total(self._aim(t, i) for i in places) * own
            logs.append(own)
            products += [self._aim(t, i) * y[i] for i in places]
        return self._over(total((*logs, -total(products))))

    def share(self, at: Index, y: Tensor, t: Tensor) -> Formula:
        return -(self._aim(t, at) * log(y[at], self.log))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        y, t = tensors
        if not self.from_logits:
            return self._slope(by, y, t)
        places = row(by, y.shape)
        p: Formula = exp(y[by]) / exp_sum([y[i] for i in places])
        if self.class_weights:
            p = total(self._aim(t, i) for i in places) * p
        return self._over(p - self._aim(t, by))

    def shortcut(self, activation: Operation, at: Index, y: Tensor, t: Tensor) -> Shortcut | None:
        if self.from_logits or not is_softmax(activation, len(y.shape)):
            return None
        p, wanted = y[at], self._aim(t, at)
        others = [i for i in row(at, y.shape) if i != at]
        paths = [self._slope(at, y, t) * (p * (1 - p))]
        paths += [self._slope(i, y, t) * -(p * y[i]) for i in others]
        cancelled = total((-(wanted * (1 - p)), *(self._aim(t, i) * p for i in others)))
        rest = p * total((wanted, *(self._aim(t, i) for i in others)))
        lines = [
            (total(paths), "the chain rule: one path through every probability"),
            (self._over(cancelled), "the probabilities in the denominators cancel"),
            (self._over(rest - wanted), "the terms with the own probability put together"),
        ]
        if self.class_weights:
            return Shortcut(lines[-1][0], tuple(lines))
        short = self._over(p - wanted)
        lines.append((short, "the targets add to 1"))
        return Shortcut(short, tuple(lines), targets_add_to_one=True)

    def rule(self) -> str:
        if self.from_logits:
            return (
                "the logarithm's derivative is one over the sum, and what is inside brings its own "
                "power: together the probability; the target is what the product leaves"
            )
        return "only the term with this output counts, and the logarithm's derivative is one over its argument"

    def _slope(self, at: Index, y: Tensor, t: Tensor) -> Formula:
        return self._over(-(self._aim(t, at) / y[at]))

    def _aim(self, t: Tensor, at: Index) -> Formula:
        """The target of one class, smoothed and weighed."""
        aim = smooth(t[at], self.label_smoothing, t.shape[-1])
        return typed(self.class_weights[at[-1]]) * aim if self.class_weights else aim

    # --- what fits ---------------------------------------------------------------------------------

    def shape_misfit(self, output: Shape) -> str:
        return weights_misfit(self.class_weights, output[-1] if output else 1)

    def output_misfit(self, outputs: "Array") -> str:
        return "" if self.from_logits else super().output_misfit(outputs)

    def row_misfit(self, targets: Sequence[Exact]) -> str:
        whole = float(sum(targets))
        if not self.from_logits or self.class_weights or abs(whole - 1) < 1e-9:
            return ""
        said = f"the targets add to {whole:g}, but from_logits takes targets that add to 1"
        return f"{said}; write the probabilities of the classes, such as 1 for one and 0 for the others"


def _log_sums(z: "Array") -> "Array":
    """Ln Σ e^z along the classes; the largest is taken out, so that no power overflows."""
    import numpy as np

    largest = z.max(axis=-1, keepdims=True)
    found: Array = largest + np.log(np.exp(z - largest).sum(axis=-1, keepdims=True))
    return found
