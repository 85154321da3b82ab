"""The padding left out."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.formula import Formula
from handcalc.grading.mistakes import _windows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.layers._layer import Conventions, Layer
from handcalc.operations._operation import Operation


class PaddingIgnored(Mistake):
    """The window begins at the first cell of the input, not on the padding."""

    said: ClassVar[str] = "the padding was left out"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def bare(window: _windows.Window) -> Operation | None:
            padded = any(map(any, window.windows.padding))
            return window.model_copy(update={"padding": None}) if padded else None

        yield from _windows.with_windows(step, bare)

    def sizes(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[Shape]:
        other = self._other(layer)
        shape = None if other is None else other.output_shape(received, conventions)
        if shape is not None:
            yield shape

    def products(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        other = self._other(layer)
        if other is not None:
            yield sum(w.count for w in other.products(received, conventions))

    def _other(self, layer: Layer) -> Layer | None:
        """The layer without its padding, if it has some."""
        padding = getattr(layer, "padding", "valid")
        return layer.model_copy(update={"padding": "valid"}) if padding != "valid" else None
