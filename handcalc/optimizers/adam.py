"""Adam: a running mean of the gradient over the root of a running mean of its square."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from handcalc.fields import Truth
from handcalc.optimizers._arithmetic import maximum, sqrt
from handcalc.optimizers._moments import Moments
from handcalc.optimizers._optimizer import NEW, Row, Step


class Adam(Moments):
    """m = β1·m_old + (1 - β1)·g, v = β2·v_old + (1 - β2)·g², w_new = w - η·m̂/(√v̂ + ε).

    m̂ = m/(1 - β1^t) and v̂ = v/(1 - β2^t) make up for the beginning at 0; `bias_correction: false` leaves them
    out. `epsilon_form: hat` adds ε before the roots are corrected, as Keras does: η·√(1 - β2^t)/(1 - β1^t) ·
    m/(√v + ε); `inside` is √(v̂ + ε). With `amsgrad: true` the largest v so far stands in for v.
    """

    example: ClassVar[dict[str, Any]] = {"learning_rate": "0.1"}
    way: ClassVar[str] = (
        "against the running mean of its gradient, divided by the root of the running mean of its square"
    )
    others: ClassVar[tuple[tuple[dict[str, Any], str], ...]] = (
        ({"bias_correction": False}, "Without the bias correction (bias_correction: false)"),
        ({"bias_correction": True}, "With the bias correction (bias_correction: true)"),
        ({"epsilon_form": "inside"}, "With ε inside of the root (epsilon_form: inside)"),
    )
    state: ClassVar[Mapping[str, str]] = {"m": "0", "v": "0", "v_max": "0"}
    squares: ClassVar[tuple[str, ...]] = ("v", "v_max")

    bias_correction: Truth = True
    epsilon_form: Literal["outside", "inside", "hat"] = "outside"
    amsgrad: Truth = False

    def rows(self, s: Step) -> Iterator[Row]:
        yield "m", s.beta_1 * s.old.m + (1 - s.beta_1) * s.g
        yield "v", s.beta_2 * s.old.v + (1 - s.beta_2) * s.g**2
        m, v = s.m, s.v
        if self.amsgrad:
            yield "v_max", maximum(s.old.v_max, s.v)
            v = s.v_max
        if self.bias_correction and self.epsilon_form == "hat":
            yield "rate_t", s.rate * sqrt(1 - s.beta_2**s.t) / (1 - s.beta_1**s.t)
            yield NEW, s.w - s.rate_t * m / (sqrt(v) + s.epsilon)
            return
        if self.bias_correction:
            yield "m_hat", m / (1 - s.beta_1**s.t)
            yield "v_hat", v / (1 - s.beta_2**s.t)
            m, v = s.m_hat, s.v_hat
        root = sqrt(v + s.epsilon) if self.epsilon_form == "inside" else sqrt(v) + s.epsilon
        yield NEW, s.w - s.rate * m / root
