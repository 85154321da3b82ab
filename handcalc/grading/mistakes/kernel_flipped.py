"""The kernel turned by 180° where it slides as it stands, or the other way round."""

from collections.abc import Iterator
from dataclasses import replace
from math import prod
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _windows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Gradient, Local, Ref
from handcalc.operations._operation import Operation
from handcalc.operations.correlate import Correlate


class KernelFlipped(Mistake):
    """Σ k_(K-u)(K-v)·x in place of Σ k_uv·x; on the way back the kernel over ∂E/∂y the other way round."""

    said: ClassVar[str] = (
        "the kernel was turned by 180° where it stays as it is, or stayed where it is turned"
    )

    def formulas(self, step: Step) -> Iterator[Formula]:
        def flipped(window: Operation) -> Operation | None:
            if not isinstance(window, Correlate) or prod(window.size) == 1:
                return None
            return window.model_copy(update={"flip": not window.flip})

        def other(ref: Ref, inside: Ref) -> Formula | None:
            back = isinstance(inside, Gradient | Local)
            if not back or not isinstance(ref, Element) or not _windows.is_kernel(step, ref):
                return None
            turned = _turned(step, ref)
            return None if turned is None or turned == ref else step.steps.leaf(turned)

        yield from _windows.with_windows(step, flipped)
        yield from step.rewritten(other)


def _turned(step: Step, ref: Element) -> Element | None:
    """The element of a kernel that stands in this place when it is turned."""
    node, _ = step.steps.network.consumers(ref.quantity)[0]
    if not isinstance(node.operation, Correlate):
        return None
    order = node.operation.order
    f, c, tap = order.kernel_split(ref.index)
    place = tuple(k - 1 - t for k, t in zip(node.operation.size, tap, strict=True))
    return replace(ref, index=order.kernel_joined(f, c, place))
