"""What the mistakes about windows share: the same cell under another window."""

from collections.abc import Callable, Iterator

from handcalc.fields import Shape
from handcalc.formula import Formula
from handcalc.grading.step import Step
from handcalc.layers._layer import Conventions, Layer
from handcalc.network import Ref
from handcalc.operations._operation import Operation
from handcalc.operations._pool import Pool
from handcalc.operations.correlate import Correlate

Window = Correlate | Pool
"""The operations over which a window slides that a mistake can change."""


def window_of(step: Step, ref: Ref) -> Window | None:
    """The operation behind a value, if a window slides in it; one window over everything does not."""
    operation = step.maker(ref)
    if isinstance(operation, Pool) and operation.flat:
        return None
    return operation if isinstance(operation, Window) else None


def is_kernel(step: Step, ref: Ref) -> bool:
    """Is a value an element of a kernel?"""
    return step.word(ref).endswith("kernel")


def with_windows(step: Step, change: Callable[[Window], Operation | None]) -> Iterator[Formula]:
    """The step's formulas with its cells, and those behind them, under other windows."""

    def other(ref: Ref, _: Ref) -> Formula | None:
        operation = window_of(step, ref)
        changed = None if operation is None else change(operation)
        return None if changed is None else step.remade(ref, changed)

    yield from step.rewritten(other)


def spatial(shape: Shape, rank: int, conventions: Conventions) -> range:
    """The axes of a shape that a window slides over, without that of the channels."""
    first = 1 if conventions.channels == "first" and len(shape) > rank else 0
    return range(first, first + rank)


def channel_axis(shape: Shape, layer: Layer, conventions: Conventions) -> int | None:
    """The axis of the channels in what a layer with windows receives, if there is one."""
    if len(shape) != getattr(layer, "rank", len(shape)) + 1:
        return None
    return 0 if conventions.channels == "first" else len(shape) - 1
