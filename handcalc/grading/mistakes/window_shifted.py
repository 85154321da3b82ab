"""The window one place too far, or one place too few of them."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.formula import Formula
from handcalc.grading.mistakes import _windows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.layers._layer import Conventions, Layer
from handcalc.network import Element


class WindowShifted(Mistake):
    """The cell beside the one that is meant; n - k or n - k + 2 places in place of n - k + 1."""

    said: ClassVar[str] = "the window was off by one place"

    def formulas(self, step: Step) -> Iterator[Formula]:
        operation, ref = _windows.window_of(step, step.ref), step.ref
        if operation is None or not isinstance(ref, Element):
            return
        channel, place = operation.order.split(ref.index)
        for move in product((0, 1, -1), repeat=len(place)):
            beside = tuple(i + m for i, m in zip(place, move, strict=True))
            index = operation.order.joined(channel, beside)
            shape = step.steps.network.quantities[ref.quantity].shape
            if any(move) and all(0 <= i < n for i, n in zip(index, shape, strict=True)):
                formula = step.steps.formula(replace(ref, index=index))
                if formula is not None:
                    yield formula

    def sizes(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[Shape]:
        given = layer.output_shape(received, conventions)
        rank = getattr(layer, "rank", 0)
        if given is None or not rank or len(given) < rank:
            return
        slid = _windows.spatial(given, rank, conventions)
        for off in (-1, 1):
            yield tuple(n + off * (axis in slid) for axis, n in enumerate(given))
