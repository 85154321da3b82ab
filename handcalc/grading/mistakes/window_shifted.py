"""The window one place too far, or one place too few of them."""

from collections.abc import Iterator
from itertools import product
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.formula import Formula
from handcalc.grading.mistakes import _windows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.layers._layer import Conventions, Layer


class WindowShifted(Mistake):
    """The cell beside the one that is meant; n - k or n - k + 2 places in place of n - k + 1."""

    said: ClassVar[str] = "the window is off by one place"

    def formulas(self, step: Step) -> Iterator[Formula]:
        operation = _windows.windowed(step)
        index = getattr(step.ref, "index", ())
        if operation is None or len(index) > 3:
            return
        for move in product((0, 1, -1), repeat=len(index)):
            if any(move) and _windows.inside(step, operation, *move):
                yield _windows.moved(step, operation, *move)

    def sizes(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[Shape]:
        given = layer.output_shape(received, conventions)
        rank = getattr(layer, "rank", 0)
        if given is None or not rank:
            return
        first = 1 if conventions.channels == "first" and len(given) > rank else 0
        for off in (-1, 1):
            yield tuple(n + off * (first <= i < first + rank) for i, n in enumerate(given))
