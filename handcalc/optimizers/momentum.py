"""Momentum: the step keeps a part of the one before, v = μ·v_old - η·∂E/∂w."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from handcalc.fields import Given
from handcalc.optimizers._optimizer import NEW, Letter, Optimizer, Row, Step


class Momentum(Optimizer):
    """v = μ·v_old - η·g, w_new = w + v: the learning rate inside of the velocity, as in Keras and cs231n.

    `form: pytorch` is v = μ·v_old + (1 - τ)·g, w_new = w - η·v, with `dampening` τ from the second step on;
    `form: average` is v = μ·v_old + (1 - μ)·g, w_new = w - η·v.
    """

    example: ClassVar[dict[str, Any]] = {"learning_rate": "0.1", "momentum": "0.9"}
    way: ClassVar[str] = "by a velocity, which keeps a part of the step before"
    others: ClassVar[tuple[tuple[dict[str, Any], str], ...]] = (
        ({"form": "velocity"}, "With the learning rate inside of the velocity (form: velocity)"),
        ({"form": "pytorch"}, "With PyTorch's form of the velocity (form: pytorch)"),
        ({"form": "average"}, "With a moving average for the velocity (form: average)"),
    )
    state: ClassVar[Mapping[str, str]] = {"v": "0"}
    letters: ClassVar[Mapping[str, Letter]] = {
        "momentum": Letter("μ", "mu", "momentum"),
        "dampening": Letter("τ", "tau", "dampening"),
    }

    momentum: Given = Given.of("0.9")
    form: Literal["velocity", "pytorch", "average"] = "velocity"
    dampening: Given | None = None

    def rows(self, s: Step) -> Iterator[Row]:
        if self.form == "velocity":
            yield "v", s.momentum * s.old.v - s.rate * s.g
            yield NEW, s.w + s.v
            return
        if self.form == "average":
            yield "v", s.momentum * s.old.v + (1 - s.momentum) * s.g
        elif self.dampening is None or s.t == 1:
            yield "v", s.momentum * s.old.v + s.g
        else:
            yield "v", s.momentum * s.old.v + (1 - s.dampening) * s.g
        yield NEW, s.w - s.rate * s.v
