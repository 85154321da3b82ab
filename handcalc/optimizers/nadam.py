"""Nadam: Adam that looks one step ahead."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from handcalc.optimizers._arithmetic import sqrt
from handcalc.optimizers._moments import Moments
from handcalc.optimizers._optimizer import NEW, Row, Step


class Nadam(Moments):
    """Adam's m̂ and v̂, then n = β1·m̂ + (1 - β1)·g/(1 - β1^t) and w_new = w - η·n/(√v̂ + ε)."""

    example: ClassVar[dict[str, Any]] = {"learning_rate": "0.002"}
    way: ClassVar[str] = (
        "against the running mean of its gradient as it will be one step on, divided by the root of the running mean of its square"
    )
    state: ClassVar[Mapping[str, str]] = {"m": "0", "v": "0"}

    def rows(self, s: Step) -> Iterator[Row]:
        yield "m", s.beta_1 * s.old.m + (1 - s.beta_1) * s.g
        yield "v", s.beta_2 * s.old.v + (1 - s.beta_2) * s.g**2
        yield "m_hat", s.m / (1 - s.beta_1**s.t)
        yield "v_hat", s.v / (1 - s.beta_2**s.t)
        yield "n", s.beta_1 * s.m_hat + (1 - s.beta_1) * s.g / (1 - s.beta_1**s.t)
        yield NEW, s.w - s.rate * s.n / (sqrt(s.v_hat) + s.epsilon)
