"""RMSprop: each gradient over the root of a running mean of its squares."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from handcalc.fields import Given, Truth
from handcalc.optimizers._arithmetic import sqrt
from handcalc.optimizers._optimizer import NEW, Letter, Optimizer, Row, Step


class Rmsprop(Optimizer):
    """v = ρ·v_old + (1 - ρ)·g², w_new = w - η·g/(√v + ε); `epsilon_inside: true` is √(v + ε).

    `centered: true` takes the square of the running mean m off v; with `momentum` μ the step keeps a part of
    the one before, u = μ·u_old + g/(√v + ε), w_new = w - η·u.
    """

    example: ClassVar[dict[str, Any]] = {"learning_rate": "0.01"}
    way: ClassVar[str] = (
        "against its gradient, divided by the root of the running mean of its square"
    )
    letters: ClassVar[Mapping[str, Letter]] = {
        "rho": Letter("ρ", "rho", "decay of the mean square"),
        "epsilon": Letter("ε", "epsilon", "epsilon"),
        "momentum": Letter("μ", "mu", "momentum"),
    }
    others: ClassVar[tuple[tuple[dict[str, Any], str], ...]] = (
        ({"epsilon_inside": True}, "With ε inside of the root (epsilon_inside: true)"),
        ({"epsilon_inside": False}, "With ε outside of the root (epsilon_inside: false)"),
    )
    state: ClassVar[Mapping[str, str]] = {"v": "0", "m": "0", "u": "0"}
    squares: ClassVar[tuple[str, ...]] = ("v",)

    rho: Given = Given.of("0.9")
    epsilon: Given = Given.of("1e-8")
    epsilon_inside: Truth = False
    centered: Truth = False
    momentum: Given | None = None

    def rows(self, s: Step) -> Iterator[Row]:
        yield "v", s.rho * s.old.v + (1 - s.rho) * s.g**2
        square = s.v
        if self.centered:
            yield "m", s.rho * s.old.m + (1 - s.rho) * s.g
            square = s.v - s.m**2
        root = sqrt(square + s.epsilon) if self.epsilon_inside else sqrt(square) + s.epsilon
        if self.momentum is None:
            yield NEW, s.w - s.rate * s.g / root
            return
        yield "u", s.momentum * s.old.u + s.g / root
        yield NEW, s.w - s.rate * s.u
