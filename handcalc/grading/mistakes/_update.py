"""What the mistakes about the update share: another number in the place of the learning rate."""

from collections.abc import Callable, Iterator

from handcalc.formula import Formula, Leaf
from handcalc.grading.step import Step
from handcalc.network import Element, Ref
from handcalc.network.graph import RATE
from handcalc.number import Exact


def rate_of(step: Step) -> Exact | None:
    """The learning rate of the file."""
    optimizer = step.steps.network.problem.optimizer
    return None if optimizer is None else optimizer.learning_rate.value


def with_rate(step: Step, change: Callable[[Leaf], Formula]) -> Iterator[Formula]:
    """The step's formulas with something made of the learning rate in its place."""
    if RATE not in step.steps.network.quantities:
        return
    rate = Element(RATE)

    def other(ref: Ref, _: Ref) -> Formula | None:
        return change(step.steps.leaf(rate)) if ref == rate else None

    yield from step.rewritten(other)
