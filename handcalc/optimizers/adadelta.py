"""Adadelta: steps as large as the earlier ones were, so that no learning rate is needed."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from handcalc.fields import Given
from handcalc.optimizers._arithmetic import sqrt
from handcalc.optimizers._optimizer import NEW, Letter, Optimizer, Row, Step


class Adadelta(Optimizer):
    """v = ρ·v_old + (1 - ρ)·g², Δw = -√(u_old + ε)/√(v + ε)·g, u = ρ·u_old + (1 - ρ)·Δw², w_new = w + η·Δw."""

    example: ClassVar[dict[str, Any]] = {"learning_rate": "1"}
    way: ClassVar[str] = "against its gradient, in steps as large as the earlier ones"
    state: ClassVar[Mapping[str, str]] = {"v": "0", "u": "0"}
    squares: ClassVar[tuple[str, ...]] = ("v", "u")
    letters: ClassVar[Mapping[str, Letter]] = {
        "rho": Letter("ρ", "rho", "decay of the mean squares"),
        "epsilon": Letter("ε", "epsilon", "epsilon"),
    }

    learning_rate: Given = Given.of("1")
    rho: Given = Given.of("0.95")
    epsilon: Given = Given.of("1e-6")

    def rows(self, s: Step) -> Iterator[Row]:
        yield "v", s.rho * s.old.v + (1 - s.rho) * s.g**2
        yield "Delta", -(sqrt(s.old.u + s.epsilon) / sqrt(s.v + s.epsilon) * s.g)
        yield "u", s.rho * s.old.u + (1 - s.rho) * s.Delta**2
        yield NEW, s.w + s.rate * s.Delta
