"""What mistakes about attention share: which values are scores, and how the softmax masks them."""

from handcalc.formula import Formula, number
from handcalc.grading.mistakes import _uses
from handcalc.grading.step import Step
from handcalc.network import Element, Local, Ref
from handcalc.operations.over_root import OverRoot


def attends(step: Step) -> bool:
    """Is there an attention in the network?"""
    return step.steps.network.attends


def is_called(step: Step, ref: Ref, word: str) -> bool:
    """Is it an element of the scores, or the weights, of an attention?"""
    if not isinstance(ref, Element) or step.steps.kind(ref) != "made":
        return False
    own = _uses.label(step, ref)
    return own.own and own.word == word


def over_root(step: Step, ref: Ref) -> tuple[int, Formula] | None:
    """The d and the x of a quotient x/√d, or of its slope 1/√d."""
    made = ref.of if isinstance(ref, Local) else ref
    operation = step.maker(made) if isinstance(made, Element) else None
    if not isinstance(operation, OverRoot):
        return None
    assert isinstance(made, Element)
    if isinstance(ref, Local):
        return operation.d, number(1 if ref.of.index == ref.by.index else 0)
    node = step.steps.network.producer(made.quantity)
    return operation.d, step.steps.leaf(Element(node.inputs[0], made.index, made.sample))
