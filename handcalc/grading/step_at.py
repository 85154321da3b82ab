"""One answer of one of several steps of training: mistakes are asked of it in that step alone."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from handcalc.formula import Formula
from handcalc.grading.step import Step
from handcalc.network.refs import At
from handcalc.network.unrolled import Unrolled

if TYPE_CHECKING:
    from handcalc.grading.mistakes._mistake import Mistake


class StepAt(Step):
    """A step of the unrolled training, with the same step among those of its own step of training."""

    @property
    def unrolled(self) -> Unrolled:
        """The formulas of all steps of training."""
        assert isinstance(self.steps, Unrolled)
        return self.steps

    @property
    def at(self) -> At:
        """Its own reference."""
        assert isinstance(self.ref, At)
        return self.ref

    @cached_property
    def local(self) -> Step:
        """The same step as if there were no other step of training: what that begins with is given."""
        steps = self.unrolled.training.at(self.at.step)
        typed = {
            ref.of: key
            for ref, key in self.on_sheet.items()
            if isinstance(ref, At) and ref.step == self.at.step
        }
        return Step(self.key, self.at.of, self.group, self.decimals, steps, typed)

    @cached_property
    def routes(self) -> tuple[Formula, ...]:
        routes = () if self.formula is None else self.local.routes
        return tuple(self.unrolled.lifted(route, self.at.step) for route in routes)

    def suspected(self, mistake: "Mistake") -> Iterator[Formula]:
        for formula in mistake.formulas(self.local):
            yield self.unrolled.lifted(formula, self.at.step)
