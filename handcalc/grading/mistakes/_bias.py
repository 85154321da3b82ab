"""What the mistakes about biases share: which steps are one in a sum."""

from handcalc.grading.step import Step
from handcalc.network import Element, Ref


def is_bias(step: Step, ref: Ref, inside: Ref) -> bool:
    """Is a step the bias in a sum, or the weight of the constant 1 that stands for one?"""
    if not isinstance(ref, Element) or not isinstance(inside, Element):
        return False
    operation = step.maker(inside)
    if operation is None:
        return False
    label = step.steps.network.quantities[ref.quantity].label
    if label.role == "bias":
        return True
    constant = getattr(operation, "constant", "")
    if step.word(ref) != "weights" or not constant:
        return False
    axis = 1 if step.steps.network.problem.notation.product == "Wx" else 0
    last = step.steps.network.quantities[ref.quantity].shape[axis] - 1
    return ref.index[axis] == (0 if constant == "first" else last)
