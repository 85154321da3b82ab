"""AdamW: Adam, whose weight decay does not go through the moments."""

from collections.abc import Iterator
from typing import Any, ClassVar

from handcalc.fields import Given
from handcalc.optimizers._optimizer import Row, Step
from handcalc.optimizers.adam import Adam


class Adamw(Adam):
    """w_decayed = w - η·λ·w, then Adam's step from there: w_new = w_decayed - η·m̂/(√v̂ + ε)."""

    example: ClassVar[dict[str, Any]] = {"learning_rate": "0.1"}
    way: ClassVar[str] = "as Adam has it, after a part of itself is taken off"

    weight_decay: Given | None = Given.of("0.01")

    def step(self, s: Step) -> Iterator[Row]:
        yield from self.clipped(s)
        if self.weight_decay is not None:
            yield "w_decayed", s.w - s.rate * s.weight_decay * s.w
            s.values["w"] = s.w_decayed
        yield from self.rows(s)
