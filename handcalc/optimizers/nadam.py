"""Nadam: Adam that looks one step ahead."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from handcalc.fields import Given
from handcalc.optimizers._arithmetic import power, sqrt
from handcalc.optimizers._moments import Moments
from handcalc.optimizers._optimizer import NEW, Letter, Row, Step


class Nadam(Moments):
    """Adam's m̂ and v̂, then n = β1·m̂ + (1 - β1)·g/(1 - β1^t) and w_new = w - η·n/(√v̂ + ε).

    With `momentum_decay` ψ β1 grows from step to step, μ_t = β1·(1 - 0.96^(t·ψ)/2), and n = μ_(t + 1)·m/(1 - Π_(t + 1))
    + (1 - μ_t)·g/(1 - Π_t) with the products Π_t = μ_1·…·μ_t: ψ = 0.004 in PyTorch, 1 in Keras. Source: T. Dozat,
    Incorporating Nesterov momentum into Adam, 2016.
    """

    example: ClassVar[dict[str, Any]] = {"learning_rate": "0.002"}
    way: ClassVar[str] = (
        "against the running mean of its gradient as it will be one step on, divided by the root of the running mean of its square"
    )
    state: ClassVar[Mapping[str, str]] = {"m": "0", "v": "0", "P": "1"}
    squares: ClassVar[tuple[str, ...]] = ("v",)
    letters: ClassVar[Mapping[str, Letter]] = {
        **Moments.letters,
        "momentum_decay": Letter("ψ", "psi", "growth of the decay"),
    }
    others: ClassVar[tuple[tuple[dict[str, Any], str], ...]] = (
        ({"momentum_decay": None}, "With one and the same β1 in every step"),
        (
            {"momentum_decay": Given.of("0.004")},
            "With a β1 that grows, as PyTorch has it (momentum_decay: 0.004)",
        ),
    )

    momentum_decay: Given | None = None

    def rows(self, s: Step) -> Iterator[Row]:
        yield "m", s.beta_1 * s.old.m + (1 - s.beta_1) * s.g
        yield "v", s.beta_2 * s.old.v + (1 - s.beta_2) * s.g**2
        if self.momentum_decay is None:
            yield "m_hat", s.m / (1 - s.beta_1**s.t)
            ahead = s.beta_1 * s.m_hat + (1 - s.beta_1) * s.g / (1 - s.beta_1**s.t)
        else:
            yield "mu", s.beta_1 * (1 - power("0.96", s.t * s.momentum_decay) / 2)
            yield "mu_next", s.beta_1 * (1 - power("0.96", (s.t + 1) * s.momentum_decay) / 2)
            yield "P", s.old.P * s.mu
            ahead = s.mu_next * s.m / (1 - s.P * s.mu_next) + (1 - s.mu) * s.g / (1 - s.P)
        yield "v_hat", s.v / (1 - s.beta_2**s.t)
        yield "n", ahead
        yield NEW, s.w - s.rate * s.n / (sqrt(s.v_hat) + s.epsilon)
