"""What mistakes about normalizations share: a value, or a slope, as another operation makes it."""

from collections.abc import Callable, Iterator

from handcalc.formula import Formula
from handcalc.grading.step import Step
from handcalc.network import Element, Local, Ref
from handcalc.operations._operation import Operation

Other = Callable[[Operation], Operation | None]
"""The operation that is taken for another one; None where it is as it is meant."""


def remade(step: Step, other: Other) -> Iterator[Formula]:
    """The step's formulas with other operations behind its values and slopes."""

    def rewrite(ref: Ref, _: Ref) -> Formula | None:
        if not isinstance(ref, Element | Local):
            return None
        own = step.maker(ref.of if isinstance(ref, Local) else ref)
        taken = None if own is None else other(own)
        if taken is None:
            return None
        if isinstance(ref, Local):
            return step.resloped(ref, taken)
        node = step.steps.network.producer(ref.quantity)
        inputs = step.steps.inputs_of(node, ref.sample)
        return taken.definition(step.steps.place(node, ref), *inputs)

    yield from step.rewritten(rewrite)
