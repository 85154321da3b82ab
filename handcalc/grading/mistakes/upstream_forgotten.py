"""The local slope alone, without what comes back to it."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, total
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Gradient, Local
from handcalc.network.graph import LOSS


class UpstreamForgotten(Mistake):
    """∂q/∂x in place of ∂f/∂q·∂q/∂x, on one path or on all of them."""

    said: ClassVar[str] = "the gradient from above was left out, and the local slope stood alone"

    def formulas(self, step: Step) -> Iterator[Formula]:
        ref, steps = step.ref, step.steps
        if not isinstance(ref, Gradient) or ref.via is not None or not steps.network.of_values:
            return
        paths = [path for path in steps.paths(ref.by) if path.quantity != LOSS]
        local = {path: steps.leaf(Local(path, ref.by)) for path in paths}
        whole = {path: steps.leaf(Gradient(ref.by, path)) for path in steps.paths(ref.by)}
        if len(whole) == 1:
            yield from local.values()
            return
        if len(local) > 1:
            yield total((whole | local).values())
        yield from (total((whole | {path: local[path]}).values()) for path in paths)
