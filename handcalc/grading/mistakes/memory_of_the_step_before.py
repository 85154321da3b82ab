"""The velocity, or a moment, of the step before used on."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, substitute
from handcalc.grading.mistakes import _rows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import After, Ref, Stage


class MemoryOfTheStepBefore(Mistake):
    """w + v_old in place of w + v."""

    said: ClassVar[str] = (
        "the velocity or the moment of the step before was used in place of the new one"
    )

    def formulas(self, step: Step) -> Iterator[Formula]:
        optimizer = _rows.optimizer_of(step)
        if optimizer is None or not optimizer.state:
            return

        def change(ref: Ref, formula: Formula) -> Formula | None:
            word = _rows.word_of(step, ref)
            steps, of = step.steps, ref.of if isinstance(ref, After | Stage) else None
            if of is None:
                return None
            old = {
                steps.leaf(Stage(of, kept)): steps.leaf(Stage(of, kept, old=True))
                for kept in optimizer.state
                if kept in optimizer.words and kept != word
            }
            made = substitute(formula, lambda leaf: old.get(leaf, leaf))
            return None if made == formula else made

        yield from _rows.changed(step, change)
