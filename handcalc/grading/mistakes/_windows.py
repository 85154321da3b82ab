"""What the mistakes about windows share: the same cell under another window."""

from collections.abc import Iterator
from dataclasses import replace

from handcalc.formula import Formula
from handcalc.grading.step import Step
from handcalc.network import Element
from handcalc.operations._operation import Operation
from handcalc.operations._pool import Pool
from handcalc.operations.correlate import Correlate


def windowed(step: Step) -> Correlate | Pool | None:
    """The operation of a step over which a window slides."""
    operation = step.operation
    return operation if isinstance(operation, Correlate | Pool) else None


def with_window(step: Step, operation: Operation) -> Iterator[Formula]:
    """The step's cell made by another window, if there is such a cell."""
    if inside(step, operation):
        yield step.with_operation(operation)


def inside(step: Step, operation: Operation, *moves: int) -> bool:
    """Has the result of an operation the step's cell, moved by so many places?"""
    assert step.node is not None
    assert isinstance(step.ref, Element)
    shapes = [step.steps.network.quantities[name].shape for name in step.node.inputs]
    moved = _moved(step.ref.index, moves)
    return all(0 <= i < n for i, n in zip(moved, operation.output_shape(*shapes), strict=True))


def moved(step: Step, operation: Operation, *moves: int) -> Formula:
    """The cell so many places further on."""
    assert isinstance(step.ref, Element)
    return step.at(operation, replace(step.ref, index=_moved(step.ref.index, moves)))


def _moved(index: tuple[int, ...], moves: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(i + m for i, m in zip(index, moves or (0,) * len(index), strict=True))
