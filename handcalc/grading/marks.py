"""Marks: what right and following answers earn, and one mark for one error.

A mistake that is made again and again, such as leaving out every slope, costs once: at the first answer
in which it occurs. What counts is the number, which is what the same wrong formula gives as before, whatever
the mistake is called. A slip of the pen costs wherever it occurs.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from handcalc.grading.figures import Figured
from handcalc.grading.scheme import Asked
from handcalc.grading.verdict import EARNS, Judged, Verdict
from handcalc.network import Ref

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]


def of(
    answers: Iterable[Asked], judged: Mapping[Ref, Judged], *, each: bool = False
) -> Iterator[tuple[str, "Array"]]:
    """The marks of every step, by its key, for all students; `each` charges a mistake every time."""
    import numpy as np

    for answer in answers:
        share = answer.marks / len(answer.steps)
        for step in answer.steps:
            verdicts = judged[step.ref]
            earned = np.isin(verdicts.verdict, EARNS)
            if not each:
                earned |= (verdicts.verdict == Verdict.WRONG) & verdicts.again
            yield step.key, earned * share


def of_figures(figured: Iterable[Figured], *, each: bool = False) -> Iterator[tuple[str, float]]:
    """The marks of every size and count of one student, by its key."""
    for one in figured:
        earned = one.verdict in EARNS or (one.again and not each)
        yield one.figure.key, one.figure.marks if earned else 0.0
