"""A hinge loss without its margin: max(0, s_j - s_c) in place of max(0, s_j - s_c + 1)."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Given
from handcalc.formula import Formula
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.losses._loss import Loss
from handcalc.losses.hinge import Hinge
from handcalc.losses.multiclass_hinge import MulticlassHinge
from handcalc.network import Gradient, Local, Part, Ref
from handcalc.operations._operation import Operation


class MarginForgotten(Mistake):
    """The margin taken as 0: in the loss, in an output's share of it, and in its slopes."""

    said: ClassVar[str] = "the margin of the hinge was left out"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, _: Ref) -> Formula | None:
            match ref:
                case Gradient(by=by) if step.is_loss_slope(ref):
                    local = Local(step.steps.paths(by)[0], by)
                    changed = _without(step.maker(local.of))
                    return None if changed is None else step.resloped(local, changed)
                case Part(word="share", of=of):
                    node = step.steps.network.consumers(of.quantity)[0][0]
                    changed = _without(node.operation)
                    if changed is None:
                        return None
                    y, t = step.steps.inputs_of(node, of.sample)
                    return changed.share(step.steps.place(node, of), y, t)
                case _:
                    changed = _without(step.maker(ref))
                    return None if changed is None else step.remade(ref, changed)

        yield from step.rewritten(other)


def _without(operation: Operation | None) -> Loss | None:
    """A hinge loss with margin 0; None for other operations, and where it is 0 already."""
    if not isinstance(operation, Hinge | MulticlassHinge) or not operation.margin.value:
        return None
    return operation.model_copy(update={"margin": Given.of(0)})
