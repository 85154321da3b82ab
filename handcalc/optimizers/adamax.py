"""Adamax: Adam with the largest gradient so far in place of the mean square."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from handcalc.optimizers._arithmetic import absolute, maximum
from handcalc.optimizers._moments import Moments
from handcalc.optimizers._optimizer import NEW, Row, Step


class Adamax(Moments):
    """m = β1·m_old + (1 - β1)·g, u = max(β2·u_old, |g|), w_new = w - η/(1 - β1^t)·m/(u + ε)."""

    example: ClassVar[dict[str, Any]] = {"learning_rate": "0.002"}
    way: ClassVar[str] = (
        "against the running mean of its gradient, divided by the largest gradient so far"
    )
    state: ClassVar[Mapping[str, str]] = {"m": "0", "u": "0"}
    squares: ClassVar[tuple[str, ...]] = ("u",)

    def rows(self, s: Step) -> Iterator[Row]:
        yield "m", s.beta_1 * s.old.m + (1 - s.beta_1) * s.g
        yield "u", maximum(s.beta_2 * s.old.u, absolute(s.g))
        yield NEW, s.w - s.rate / (1 - s.beta_1**s.t) * s.m / (s.u + s.epsilon)
