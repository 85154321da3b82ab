"""What the mistakes about matrices share: the cells that stand around one in the same answer."""

from collections.abc import Iterator
from dataclasses import replace

from handcalc.grading.mistakes import _windows
from handcalc.grading.step import Step
from handcalc.network import Ref


def axes_of(step: Step) -> tuple[int, ...]:
    """The axes along which the cells of an answer lie side by side: not those of channels and filters."""
    element = step.element
    if element is None or "[" not in step.key:
        return ()
    axes = tuple(range(len(element.index)))
    order = step.steps.network.channels(element.quantity)
    if order == "none":
        return axes
    more = 2 if _windows.is_kernel(step, element) else 1
    return axes[more:] if order == "first" else axes[:-more]


def beside(step: Step, moves: dict[int, int]) -> Iterator[Ref]:
    """The step of the cell so many places further on along some axes, if there is one."""
    element = step.element
    if element is None:
        return
    shape = step.steps.network.quantities[element.quantity].shape
    index = tuple(i + moves.get(axis, 0) for axis, i in enumerate(element.index))
    if any(moves.values()) and all(0 <= i < n for i, n in zip(index, shape, strict=True)):
        yield step.of_other(replace(element, index=index))
