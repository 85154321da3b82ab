"""Nesterov's momentum: the velocity looks one step ahead."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from handcalc.fields import Given
from handcalc.optimizers._optimizer import NEW, Letter, Optimizer, Row, Step


class Nesterov(Optimizer):
    """v = μ·v_old - η·g, w_new = w + μ·v - η·g, as in Keras; cs231n's w - μ·v_old + (1 + μ)·v is the same.

    `form: pytorch` is v = μ·v_old + g, w_new = w - η·(g + μ·v).
    """

    example: ClassVar[dict[str, Any]] = {"learning_rate": "0.1", "momentum": "0.9"}
    way: ClassVar[str] = "by a velocity that looks one step ahead"
    state: ClassVar[Mapping[str, str]] = {"v": "0"}
    letters: ClassVar[Mapping[str, Letter]] = {"momentum": Letter("μ", "mu", "momentum")}

    momentum: Given = Given.of("0.9")
    form: Literal["velocity", "cs231n", "pytorch"] = "velocity"

    def rows(self, s: Step) -> Iterator[Row]:
        if self.form == "pytorch":
            yield "v", s.momentum * s.old.v + s.g
            yield NEW, s.w - s.rate * (s.g + s.momentum * s.v)
            return
        yield "v", s.momentum * s.old.v - s.rate * s.g
        if self.form == "cs231n":
            yield NEW, s.w - s.momentum * s.old.v + (1 + s.momentum) * s.v
        else:
            yield NEW, s.w + s.momentum * s.v - s.rate * s.g
