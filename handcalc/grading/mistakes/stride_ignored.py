"""The window moved by one cell where a stride is given."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.formula import Formula
from handcalc.grading.mistakes import _windows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.layers._layer import Conventions, Layer


class StrideIgnored(Mistake):
    """Windows one cell apart in place of s cells."""

    said: ClassVar[str] = "the stride was ignored: the window was moved by one cell"

    def formulas(self, step: Step) -> Iterator[Formula]:
        operation = _windows.windowed(step)
        if operation is not None and max(operation.windows.strides) > 1:
            ones = tuple(1 for _ in operation.size)
            yield from _windows.with_window(step, operation.model_copy(update={"strides": ones}))

    def sizes(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[Shape]:
        if hasattr(layer, "strides"):
            other = layer.model_copy(update={"strides": (1,)}).output_shape(received, conventions)
            if other is not None:
                yield other
