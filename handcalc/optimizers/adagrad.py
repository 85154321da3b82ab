"""Adagrad: the more a weight has been moved, the smaller its steps."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from handcalc.fields import Given, Truth
from handcalc.optimizers._arithmetic import sqrt
from handcalc.optimizers._optimizer import NEW, Letter, Optimizer, Row, Step


class Adagrad(Optimizer):
    """G = G_old + g², w_new = w - η·g/(√G + ε); `epsilon_inside: true` is √(G + ε)."""

    example: ClassVar[dict[str, Any]] = {"learning_rate": "0.1"}
    way: ClassVar[str] = "against its gradient, the less the larger its gradients have been so far"
    others: ClassVar[tuple[tuple[dict[str, Any], str], ...]] = (
        ({"epsilon_inside": True}, "With ε inside of the root (epsilon_inside: true)"),
        ({"epsilon_inside": False}, "With ε outside of the root (epsilon_inside: false)"),
    )
    state: ClassVar[Mapping[str, str]] = {"G": "0"}
    squares: ClassVar[tuple[str, ...]] = ("G",)
    letters: ClassVar[Mapping[str, Letter]] = {"epsilon": Letter("ε", "epsilon", "epsilon")}

    epsilon: Given = Given.of("1e-8")
    epsilon_inside: Truth = False

    def rows(self, s: Step) -> Iterator[Row]:
        yield "G", s.old.G + s.g**2
        root = sqrt(s.G + s.epsilon) if self.epsilon_inside else sqrt(s.G) + s.epsilon
        yield NEW, s.w - s.rate * s.g / root
