"""The padding left out."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.formula import Formula
from handcalc.grading.mistakes import _windows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.layers._layer import Conventions, Layer


class PaddingIgnored(Mistake):
    """The window begins at the first cell of the input, not on the padding."""

    said: ClassVar[str] = "the padding was ignored"

    def formulas(self, step: Step) -> Iterator[Formula]:
        operation = _windows.windowed(step)
        if operation is not None and any(map(any, operation.windows.padding)):
            yield from _windows.with_window(step, operation.model_copy(update={"padding": None}))

    def sizes(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[Shape]:
        if getattr(layer, "padding", "valid") != "valid":
            other = layer.model_copy(update={"padding": "valid"}).output_shape(
                received, conventions
            )
            if other is not None:
                yield other
