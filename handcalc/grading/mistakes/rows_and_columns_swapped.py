"""Rows and columns exchanged: in a size, in a window, in a kernel."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.formula import Formula
from handcalc.grading.mistakes import _windows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.layers._layer import Conventions, Layer
from handcalc.network import Element, Ref
from handcalc.operations._operation import Operation
from handcalc.operations._pool import Pool
from handcalc.operations.correlate import Correlate

_FIELDS = ("kernel_size", "pool_size", "strides", "dilation_rate", "padding")


class RowsAndColumnsSwapped(Mistake):
    """132 × 98 in place of 98 × 132; a window of 3 × 2 in place of 2 × 3; k_vu in place of k_uv."""

    said: ClassVar[str] = "rows and columns were exchanged"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from _windows.with_windows(step, _turned)

        def other(ref: Ref, inside: Ref) -> Formula | None:
            window = _windows.window_of(step, inside) if isinstance(ref, Element) else None
            if not isinstance(window, Correlate) or not _windows.is_kernel(step, ref):
                return None
            assert isinstance(ref, Element)
            f, c, tap = window.order.kernel_split(ref.index)
            if len(tap) != 2 or window.size[0] != window.size[1] or tap[0] == tap[1]:
                return None
            index = window.order.kernel_joined(f, c, tap[::-1])
            return step.steps.leaf(replace(ref, index=index))

        yield from step.rewritten(other)

    def sizes(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[Shape]:
        rank, given = getattr(layer, "rank", 0), layer.output_shape(received, conventions)
        if rank != 2 or given is None or len(given) < rank:
            return
        i, j = _windows.spatial(given, rank, conventions)
        swapped = list(given)
        swapped[i], swapped[j] = given[j], given[i]
        yield tuple(swapped)
        pairs = {name: getattr(layer, name, None) for name in _FIELDS}
        turned = {
            name: pair[::-1]
            for name, pair in pairs.items()
            if isinstance(pair, tuple) and len(pair) == 2 and pair[0] != pair[1]
        }
        other = layer.model_copy(update=turned).output_shape(received, conventions)
        if turned and other is not None:
            yield other


def _turned(window: _windows.Window) -> Operation | None:
    """The window with its rows for its columns; of a kernel only how it moves, it stays as it is."""
    names = ("strides", "dilation", "padding", *(("size",) if isinstance(window, Pool) else ()))
    pairs = {name: getattr(window.windows, name) for name in names}
    if len(window.size) != 2 or all(pair[0] == pair[1] for pair in pairs.values()):
        return None
    return window.model_copy(update={name: pair[::-1] for name, pair in pairs.items()})
