"""The gradient from above alone, without the local slope."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, total
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Gradient
from handcalc.network.graph import LOSS


class LocalSlopeForgotten(Mistake):
    """∂f/∂q in place of ∂f/∂q·∂q/∂x, on one path or on all of them."""

    said: ClassVar[str] = "the local slope was left out, and the gradient from above was passed on"

    def formulas(self, step: Step) -> Iterator[Formula]:
        ref, steps = step.ref, step.steps
        if not isinstance(ref, Gradient) or ref.via is not None or not steps.network.of_values:
            return
        paths = [path for path in steps.paths(ref.by) if path.quantity != LOSS]
        above = {path: steps.leaf(Gradient(path)) for path in paths}
        whole = {path: steps.leaf(Gradient(ref.by, path)) for path in steps.paths(ref.by)}
        if len(whole) == 1:
            yield from above.values()
            return
        if len(above) > 1:
            yield total((whole | above).values())
        yield from (total((whole | {path: above[path]}).values()) for path in paths)
