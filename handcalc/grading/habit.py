"""A mistake that somebody makes in one step of training after the other is made in the blank ones too."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from handcalc.formula import Formula
from handcalc.grading import mistakes
from handcalc.grading.step import Step
from handcalc.grading.step_at import StepAt
from handcalc.network import After, Ref, Stage
from handcalc.network.refs import At

if TYPE_CHECKING:
    import numpy as np

    from handcalc.grading.following import Following

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]

LEAST = 2
"""Answers in which a mistake is named before it is one of every step."""
FORMS = 2
"""Of the formulas of a mistake so many are tried, one after the other."""


@dataclass(frozen=True)
class Habit:
    """A mistake by its place in the list, one of its formulas by its number, and who makes it."""

    place: int
    number: int
    students: "Array"
    named_in: frozenset[Ref]
    """Where it is named, whatever the step of training."""

    def formula(self, step: Step) -> Formula | None:
        """What a blank step is made of with the mistake; None where it is as it should be."""
        if not isinstance(step, StepAt) or not isinstance(step.ref, At):
            return None
        if not isinstance(step.ref.of, After | Stage) and step.ref.of not in self.named_in:
            return None
        mistake = mistakes.all_of()[self.place]
        return next(islice(mistake.formulas_at(step), self.number, None), None)


def habits(following: "Following", steps: Sequence[Step], number: int) -> Iterator[Habit]:
    """The mistake that is named most often for each student, if it is in several answers."""
    import numpy as np

    times: dict[int, Array] = {}
    named_in: dict[int, set[Ref]] = {}
    for step in steps:
        if isinstance(step.ref, At):
            for place, rows in following.judged[step.ref].names.items():
                times[place] = times.get(place, 0) + rows.astype(int)
                named_in.setdefault(place, set()).add(step.ref.of)
    most = np.max([np.zeros(following.students, int), *times.values()], axis=0)
    for place, counted in times.items():
        students = (counted == most) & (counted >= LEAST)
        if students.any() and mistakes.all_of()[place].systematic:
            yield Habit(place, number, students, frozenset(named_in[place]))
