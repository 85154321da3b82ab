"""What mistakes about weights share: which values are weights in a matrix, and its axis of neurons."""

from handcalc.formula import leaves
from handcalc.grading.step import Step
from handcalc.network import Element, Local, Ref


def is_matrix(step: Step, ref: Ref) -> bool:
    """Is it a weight in a matrix that inputs, or states, are multiplied by?"""
    if not isinstance(ref, Element) or step.steps.kind(ref) != "learned" or len(ref.index) != 2:
        return False
    label = step.steps.network.quantities[ref.quantity].label
    return label.word == "weights" or (label.own and label.letter in ("W", "U"))


def axis_of_neurons(step: Step, ref: Element, inside: Ref) -> int | None:
    """The axis along which a matrix has its neurons: a value is a sum along the other one."""
    made = inside.of if isinstance(inside, Local) else inside
    if step.steps.network.quantities[ref.quantity].label.word == "weights":
        return 0 if step.steps.network.problem.notation.product == "Wx" else 1
    formula = step.steps.formula(made) if isinstance(made, Element) else None
    if formula is None:
        return None
    used = [step.steps.ref(leaf) for leaf in leaves(formula)]
    own = [u.index for u in used if isinstance(u, Element) and u.quantity == ref.quantity]
    still = [axis for axis in (0, 1) if len({index[axis] for index in own}) == 1]
    return still[0] if len(still) == 1 else None
