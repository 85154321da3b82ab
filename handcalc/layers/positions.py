"""Positions: what is added to tokens so that their order shows, sines and cosines."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Literal

from handcalc.errors import count, times
from handcalc.fields import Given, Shape, Whole
from handcalc.layers._counted import Counted
from handcalc.layers._label import OUTPUTS, Label
from handcalc.layers._layer import Builder, Conventions, Misfit
from handcalc.operations.positions import Positions

POSITIONS = Label("positions", "positions", "P", own=True, passing=True)


class PositionalEncoding(Counted):
    """y = x + P with P = sin(t/10000^(2i/d)) in column 2i and cos of the same in column 2i + 1, times t from 0.

    `order: halves` has all sines first, then all cosines; `base` is another number for 10000, `first: 1` counts
    times from 1. There is nothing to learn.
    """

    example: ClassVar[dict[str, Any]] = {}
    example_input: ClassVar[Shape] = (3, 4)

    base: Given = Given.of("10000")
    order: Literal["pairs", "halves"] = "pairs"
    first: Whole = 0

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if self.base.value <= 1:
            yield Misfit(("base",), f"{called} has the base {self.base.text}; write one above 1")
        if len(received) != 2:
            said = f"{called} receives {times(received)} values, but takes a sequence"
            yield Misfit((), f"{said}; give it steps × features")
        elif received[-1] % 2:
            said = f"{called} has {count(received[-1], 'feature')}, but a sine goes with a cosine"
            yield Misfit((), f"{said}; give it an even number of features")

    def local(self) -> bool:
        return True

    def says(self, received: Shape, conventions: Conventions) -> Iterable[str]:
        yield f"times are counted from {self.first}, the base is {self.base.text}"

    def build(self, builder: Builder) -> None:
        if not builder.works_out():
            super().build(builder)
            return
        positions = Positions(base=self.base, halves=self.order == "halves", first=self.first)
        P = builder.name(positions(builder.x), POSITIONS)
        builder.name(builder.x + P, OUTPUTS)
