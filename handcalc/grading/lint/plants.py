"""What is typed with each mistake in each answer that is a number.

Whoever makes a mistake works with the numbers on the sheet, rounded as they stand there. Whether it changes
anything at all is seen with full precision.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from handcalc.formula import Formula, Leaf, leaves
from handcalc.grading import mistakes
from handcalc.grading.carrying import evaluated
from handcalc.grading.diagnosis import Suspects
from handcalc.grading.lint.planting import Planted, Sheets, typed
from handcalc.grading.lint.variants import DUST, SMALL
from handcalc.grading.step import Step


@dataclass(frozen=True, slots=True)
class Plant:
    """One form of a mistake in an answer: its formula, what is typed, and how far off it is in truth."""

    step: Step
    mistake: int
    formula: Formula | None
    """None of a slip of the pen."""
    text: str
    off: float

    @property
    def planted(self) -> Planted:
        """The step and the text."""
        return self.step.ref, self.text


def plants(sheets: Sheets, steps: Sequence[Step]) -> Iterator[Plant]:
    """Every form of every mistake that gives a number."""
    import numpy as np

    steps_of, suspects = sheets.scheme.steps, Suspects()
    own: dict[Leaf, float] = {}
    true: dict[Leaf, float] = {}
    for step in steps:
        right = sheets.exact[step.ref]
        for place, formula in suspects.of(step, frozenset()):
            for leaf in leaves(formula):
                if leaf not in own:
                    ref = steps_of.ref(leaf)
                    own[leaf] = float(sheets.following.box(ref).value[0])
                    true[leaf] = steps_of.exact(ref)
            with np.errstate(all="ignore"):
                value = float(evaluated(formula, own.__getitem__))
                off = float(evaluated(formula, true.__getitem__)) - right
            if isfinite(value) and isfinite(off):
                off = off if abs(off) > DUST * max(SMALL, abs(right)) else 0.0
                yield Plant(step, place, formula, typed(value, step.decimals), off)


def slips(sheets: Sheets, steps: Sequence[Step]) -> Iterator[Plant]:
    """The right numbers written wrong: what somebody meant who typed a number may stand for it as well."""
    import numpy as np

    for step in steps:
        right = float(sheets.right[step.ref])
        value, decimals = np.array([right]), np.array([step.decimals])
        for place, mistake in enumerate(mistakes.all_of()):
            for meant in mistake.meant(value, decimals):
                other = float(meant[0])
                if isfinite(other) and abs(other - right) > DUST * max(SMALL, abs(right)):
                    yield Plant(step, place, None, typed(other, step.decimals), other - right)
