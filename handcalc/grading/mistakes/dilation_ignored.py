"""The cells of a window side by side where a dilation is given."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.formula import Formula
from handcalc.grading.mistakes import _windows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.layers._layer import Conventions, Layer
from handcalc.network.receptive import Seen, Widened
from handcalc.operations._operation import Operation


class DilationIgnored(Mistake):
    """A window of k cells in a row in place of k cells that stand d apart."""

    said: ClassVar[str] = "the dilation was taken as 1"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def close(window: _windows.Window) -> Operation | None:
            if max(window.windows.dilation) == 1:
                return None
            return window.model_copy(update={"dilation": tuple(1 for _ in window.size)})

        yield from _windows.with_windows(step, close)

    def sizes(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[Shape]:
        if max(getattr(layer, "dilation_rate", (1,))) > 1:
            close = layer.model_copy(update={"dilation_rate": (1,)})
            other = close.output_shape(received, conventions)
            if other is not None:
                yield other

    def fields(self, window: Widened) -> Iterator[Seen]:
        reach = window.before.field + (window.k - 1) * window.before.jump
        yield Seen(reach, window.after.jump)
