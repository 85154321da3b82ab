"""The window moved by one cell where a stride is given."""

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


class StrideIgnored(Mistake):
    """Windows one cell apart in place of s cells, in a convolution or in a pooling."""

    said: ClassVar[str] = "the stride was taken as 1"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def by_one(window: _windows.Window) -> Operation | None:
            if max(window.windows.strides) == 1:
                return None
            return window.model_copy(update={"strides": tuple(1 for _ in window.size)})

        yield from _windows.with_windows(step, by_one)

    def sizes(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[Shape]:
        other = self._other(layer)
        shape = None if other is None else other.output_shape(received, conventions)
        if shape is not None:
            yield shape

    def products(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        other = self._other(layer)
        if other is not None:
            yield sum(w.count for w in other.products(received, conventions))

    def fields(self, window: Widened) -> Iterator[Seen]:
        reach = window.before.field + window.d * (window.k - 1)
        yield Seen(reach, window.before.jump)

    def _other(self, layer: Layer) -> Layer | None:
        """The layer with a stride of 1, if it has another one."""
        strides = getattr(layer, "strides", None) or getattr(layer, "pool_size", None)
        if not hasattr(layer, "strides") or not strides or max(strides) == 1:
            return None
        return layer.model_copy(update={"strides": (1,)})
