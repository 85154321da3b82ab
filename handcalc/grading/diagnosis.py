"""Which mistake gives a wrong number: each is tried with the student's own numbers."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from handcalc.grading import mistakes
from handcalc.grading.box import agrees
from handcalc.grading.step import Step
from handcalc.grading.verdict import Judged, Verdict

if TYPE_CHECKING:
    import numpy as np

    from handcalc.grading.judge import Judge

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]


def diagnose(judge: "Judge", step: Step, judged: Judged) -> None:
    """Find the mistakes that give the wrong numbers of a step.

    First in the step itself; who has left answers blank can have made it in one of those, far behind.
    """
    import numpy as np

    wrong = judged.verdict == Verdict.WRONG
    rows = np.flatnonzero(wrong)
    if rows.size:
        _try(judge, step, judged, rows)
    rows = np.flatnonzero(wrong & ~judged.explained & judge.has_blank)
    if rows.size:
        _try(judge, replace(step, on_sheet={}), judged, rows)


def _try(judge: "Judge", step: Step, judged: Judged, rows: "Array") -> None:
    """Try every mistake on the numbers of some students."""
    import numpy as np

    column, cut = judge.columns[step.ref], judge.scheme.truncation
    value, unit = column.value[rows], column.unit[rows]
    for place, mistake in enumerate(mistakes.all_of()):
        found = np.zeros(rows.size, bool)
        for formula in mistake.formulas(step):
            other = judge.carried(formula, rows)
            with np.errstate(all="ignore"):
                clear = np.isfinite(other.value) & other.narrow(step.decimals)
                # A bare 0 is near every small number, and tells of none of them.
                clear &= (value != 0) | (other.value == 0)
                found |= clear & agrees(other, value, unit, truncation=cut)
        with np.errstate(all="ignore"):
            slips = mistake.slips(value, unit, judged.follow.of(rows))
        if slips is not None:
            found |= slips
        if found.any():
            whole = judged.matches.setdefault(place, np.zeros(judge.students, bool))
            whole[rows[found]] = True


def choose(judged: Iterable[Judged], students: int) -> None:
    """Of several mistakes that give a number, the one that explains most of the sheet."""
    import numpy as np

    all_judged = list(judged)
    counts = np.zeros((len(mistakes.MISTAKES), students), np.int32)
    for one in all_judged:
        for place, rows in one.matches.items():
            counts[place] += rows
    for one in all_judged:
        best = np.zeros(students, np.int32)
        for place, rows in sorted(one.matches.items()):
            better = rows & (counts[place] > best)
            one.mistake[better] = place
            best = np.where(better, counts[place], best)
