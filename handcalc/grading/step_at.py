"""One answer of one of several steps of training: mistakes are asked of it in that step alone."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property, partial
from itertools import islice
from typing import TYPE_CHECKING

from handcalc.formula import Formula
from handcalc.grading.step import Step
from handcalc.grading.written_out import WrittenOut
from handcalc.network.refs import After, At, Ref, Stage
from handcalc.network.unrolled import Unrolled

if TYPE_CHECKING:
    from handcalc.grading.mistakes._mistake import Mistake


MOST_FORMS = 6
"""Formulas of one mistake that are followed through several steps of training."""


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
        return mistake.formulas_at(self)

    def repeated(self, mistake: "Mistake") -> Iterator[Formula]:
        """What a mistake gives that was made in every step of training before this one too, as far as these are blank."""
        made: dict[Ref, list[Formula]] = {}
        for number, formula in enumerate(islice(mistake.formulas_at(self), MOST_FORMS)):
            before = partial(self._made_before, mistake, made, number)
            again = WrittenOut(self, before).formula(formula)
            if again is not None:
                yield again

    def _made_before(
        self,
        mistake: "Mistake",
        made: dict[Ref, list[Formula]],
        number: int,
        ref: Ref,
        _: Ref | None,
    ) -> Formula | None:
        """The mistake in what an earlier step of training has left, where that is not typed."""
        if ref in self.on_sheet or not isinstance(ref, At) or ref.step >= self.at.step:
            return None
        if not isinstance(ref.of, After | Stage):
            return None
        if ref not in made:
            own = replace(self, key=self.steps.key(ref), ref=ref)
            made[ref] = list(islice(mistake.formulas_at(own), MOST_FORMS))
        return made[ref][number] if number < len(made[ref]) else None
