"""Marks: what right and following answers earn, and one mark for one error.

A mistake that is made again and again, such as leaving out every slope, costs once: at the first answer
in which it occurs. A slip of the pen costs wherever it occurs.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from handcalc.grading import mistakes
from handcalc.grading.figures import Figured
from handcalc.grading.scheme import Asked
from handcalc.grading.verdict import EARNS, Judged, Verdict
from handcalc.network import Ref

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]


def of(
    answers: Iterable[Asked], judged: Mapping[Ref, Judged], students: int, *, each: bool = False
) -> Iterator[tuple[str, "Array"]]:
    """The marks of every step, by its key, for all students; `each` charges a mistake every time."""
    import numpy as np

    seen: dict[int, Array] = {}
    for answer in answers:
        share = answer.marks / len(answer.steps)
        now: dict[int, Array] = {}
        for step in answer.steps:
            found = judged[step.ref]
            earned = np.isin(found.verdict, EARNS)
            wrong = found.verdict == Verdict.WRONG
            for place in sorted(set(found.mistake[wrong].tolist())):
                # The mistakes are only looked at where there are some.
                if place >= 0 and not each and mistakes.all_of()[place].systematic:
                    rows = wrong & (found.mistake == place)
                    earned |= rows & seen.get(place, np.zeros(students, bool))
                    now[place] = now.get(place, False) | rows
            yield step.key, earned * share
        for place, rows in now.items():
            seen[place] = seen.get(place, False) | rows


def of_figures(figured: Iterable[Figured], *, each: bool = False) -> Iterator[tuple[str, float]]:
    """The marks of every size and count of one student, by its key."""
    seen: set[str] = set()
    for found in figured:
        again = found.mistake in seen and not each
        earned = found.verdict in EARNS or again
        if found.mistake and mistakes.load(found.mistake).systematic:
            seen.add(found.mistake)
        yield found.figure.key, found.figure.marks if earned else 0.0
