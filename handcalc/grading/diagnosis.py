"""Which mistakes give a wrong number: each is tried with the student's own numbers, behind blanks too.

An answer that is typed ends the way back: what a student has right is never explained away.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from handcalc.formula import Formula, leaves
from handcalc.grading import mistakes
from handcalc.grading.chance import GUESS, LEVEL, Fit
from handcalc.grading.following import Following
from handcalc.grading.step import Step
from handcalc.grading.trying import Trying
from handcalc.grading.verdict import Verdict, Why
from handcalc.network import Ref

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]

MOST_KEPT = 20_000
"""Steps, with what is blank before them, whose formulas are remembered."""
MOST_NAMED = 2
"""Accounts that fit equally are both said; of more none."""


class Suspects:
    """The formulas of all mistakes in a step, for those who have left some steps before it blank."""

    def __init__(self) -> None:
        self._known: dict[tuple[Ref, frozenset[Ref]], list[tuple[int, Formula]]] = {}
        self._again: dict[tuple[Ref, frozenset[Ref], int], list[Formula]] = {}

    def of(self, step: Step, blank: frozenset[Ref]) -> list[tuple[int, Formula]]:
        """Each formula with the place of its mistake in the list."""
        if len(self._known) > MOST_KEPT:
            self._known.clear()
        if (step.ref, blank) not in self._known:
            seen = _with_blanks(step, blank)
            self._known[step.ref, blank] = [
                (place, formula)
                for place, mistake in enumerate(mistakes.all_of())
                for formula in seen.suspected(mistake)
            ]
        return self._known[step.ref, blank]

    def again(
        self, step: Step, blank: frozenset[Ref], places: Sequence[int]
    ) -> list[tuple[int, Formula]]:
        """Those of a few mistakes as if they were made in every step of training before, too."""
        if len(self._again) > MOST_KEPT:
            self._again.clear()
        for place in places:
            if (step.ref, blank, place) not in self._again:
                seen = _with_blanks(step, blank)
                made = list(seen.repeated(mistakes.all_of()[place]))
                self._again[step.ref, blank, place] = made
        return [
            (place, formula) for place in places for formula in self._again[step.ref, blank, place]
        ]


def _with_blanks(step: Step, blank: frozenset[Ref]) -> Step:
    typed = {ref: key for ref, key in step.on_sheet.items() if ref not in blank}
    return replace(step, on_sheet=typed)


def diagnose(suspects: Suspects, following: Following, steps: Sequence[Step]) -> None:
    """Find the mistakes that give the wrong numbers of some students, and name those that chance does not."""
    fits = [Fit(following.students, mistake.systematic) for mistake in mistakes.all_of()]
    wrong = {}
    for number, step in enumerate(steps):
        judged = following.judged[step.ref]
        wrong[number] = (judged.verdict == Verdict.WRONG) & (judged.why == Why.NOTHING)
        if wrong[number].any():
            for blank, some in _by_blanks(following, step, wrong[number]):
                formulas = [*suspects.of(step, blank)]
                formulas += suspects.again(step, blank, _made_before(fits, some))
                _try(formulas, Trying(following, step, some), number, fits)
    _leave_single_cells(fits, [step.group for step in steps])
    _choose(following, steps, fits, wrong)


def _made_before(fits: Sequence[Fit], students: "Array") -> list[int]:
    """The mistakes that give a wrong number of some of these students already."""
    return [
        place
        for place, fit in enumerate(fits)
        if fit.systematic and any(rows[students].any() for rows in fit.steps.values())
    ]


def _leave_single_cells(fits: Sequence[Fit], groups: Sequence[str]) -> None:
    """A mistake of whole rows or matrices is none of a single cell."""
    import numpy as np

    for fit, mistake in zip(fits, mistakes.all_of(), strict=True):
        if mistake.least > 1:
            for group in {groups[number] for number in fit.steps}:
                own = [number for number in fit.steps if groups[number] == group]
                cells = np.sum([fit.steps[number] for number in own], axis=0)
                for number in own:
                    fit.steps[number] = fit.steps[number] & (cells >= mistake.least)


def _by_blanks(
    following: Following, step: Step, wrong: "Array"
) -> Iterator[tuple[frozenset[Ref], "Array"]]:
    """The students with a wrong step, by what they have left blank of the steps that it stands on."""
    import numpy as np

    steps, columns = following.scheme.steps, following.columns

    def is_typed(ref: Ref) -> bool:
        column = columns.get(ref)
        return ref != step.ref and column is not None and not (wrong & ~column.given).any()

    passed: dict[Ref, Array] = {step.ref: wrong}
    for ref in reversed(list(following.scheme.order([step], is_typed))):
        here = passed.get(ref)
        if here is None or not here.any():
            continue
        column = columns.get(ref)
        goes_on = here if column is None or ref == step.ref else here & ~column.given
        for route in following.scheme.step(ref).routes:
            for leaf in leaves(route):
                other = steps.ref(leaf)
                passed[other] = passed.get(other, False) | goes_on
    asked = [ref for ref in passed if ref in step.on_sheet and ref != step.ref]
    blank = np.zeros((len(asked), following.students), bool)
    for number, ref in enumerate(asked):
        column = columns.get(ref)
        blank[number] = passed[ref] if column is None else passed[ref] & ~column.given
    rows = np.flatnonzero(wrong)
    kinds, kind = np.unique(blank[:, rows], axis=1, return_inverse=True)
    for number in range(kinds.shape[1]):
        refs = frozenset(
            ref for ref, is_blank in zip(asked, kinds[:, number], strict=True) if is_blank
        )
        yield refs, rows[kind.ravel() == number]


def _try(
    formulas: Sequence[tuple[int, Formula]], trying: Trying, number: int, fits: Sequence[Fit]
) -> None:
    """Try every mistake on the wrong numbers of a step."""
    import numpy as np

    students, rows = trying.following.students, trying.rows
    by_place: dict[int, list[Formula]] = {}
    for place, formula in formulas:
        by_place.setdefault(place, []).append(formula)
    so_far = np.zeros(rows.size)

    def spread(some: "Array", otherwise: "Array") -> "Array":
        otherwise[rows] = some
        return otherwise

    for place, mistake in enumerate(mistakes.all_of()):
        if place not in by_place and mistake.systematic:
            continue
        tried = trying.all_of(mistake, by_place.get(place, ()))
        if not tried.shows.any():
            continue
        so_far = so_far + tried.many
        fits[place].seen(spread(tried.shows, np.zeros(students, bool)))
        if tried.gives.any():
            share = np.where(tried.shows, np.minimum(tried.many / trying.every, 1), 1)
            before = np.minimum(so_far / trying.every, 1)
            fits[place].gives(
                number,
                spread(tried.gives, np.zeros(students, bool)),
                spread(share, np.ones(students)),
                spread(before, np.ones(students)),
            )


def _choose(
    following: Following, steps: Sequence[Step], fits: Sequence[Fit], wrong: "dict[int, Array]"
) -> None:
    """Of the mistakes that give a number, those that explain most of the sheet, unless chance does."""
    import numpy as np

    groups = [step.group for step in steps]
    seen: dict[int, dict[str, Array]] = {}
    for number, step in enumerate(steps):
        judged = following.judged[step.ref]
        places = [place for place, fit in enumerate(fits) if number in fit.steps]
        chances = {place: fits[place].probability(number) for place in places}
        explained = {
            place: np.where(
                fits[place].steps[number], fits[place].count if fits[place].systematic else 1, 0
            )
            for place in places
        }
        for level, into in ((LEVEL, judged.names), (GUESS, judged.guesses)):
            sure = {
                place: fits[place].steps[number] & (chances[place] <= level) for place in places
            }
            if level == GUESS:
                # Of a bare 0 or 1 nothing is guessed.
                column = following.columns[step.ref]
                bare = (column.decimals <= 0) & (abs(column.value) <= 1)
                left = ~bare & ~_any(judged.names.values(), following.students)
                sure = {place: rows & left for place, rows in sure.items()}
            best = np.max([np.where(sure[p], explained[p], 0) for p in places], axis=0, initial=0)
            best = np.broadcast_to(best, following.students)
            chosen = {p: sure[p] & (explained[p] == best) for p in places}
            for place, rows in [(p, rows) for p, rows in chosen.items() if rows.any()]:
                for covered in mistakes.covered(place):
                    if covered in chosen:
                        chosen[covered] = chosen[covered] & ~rows
            several = np.sum([rows.astype(int) for rows in chosen.values()], axis=0)
            for place, rows in chosen.items():
                some = rows & (several <= MOST_NAMED)
                if some.any():
                    into[place] = some
        for place in places:
            if fits[place].systematic:
                alike = fits[place].steps[number] & (chances[place] <= GUESS)
                before = seen.setdefault(place, {})
                earlier = [rows for group, rows in before.items() if group != groups[number]]
                judged.again |= alike & _any(earlier, following.students)
                judged.explained |= alike
                before[groups[number]] = before.get(groups[number], False) | alike
        judged.again &= wrong[number]


def _any(many: Any, students: int) -> "Array":
    import numpy as np

    return np.any([np.zeros(students, bool), *many], axis=0)
