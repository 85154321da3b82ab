"""Every mistake in every answer that is a number: whether it passes, and what hides it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from handcalc.grading import mistakes
from handcalc.grading.lint.causes import because
from handcalc.grading.lint.findings import Trial
from handcalc.grading.lint.planting import Planted, Sheets
from handcalc.grading.lint.plants import Plant
from handcalc.grading.lint.variants import Variants, differ

MOST_EXPLAINED = 40
"""Answers of one mistake for which it is looked for what hides it."""


def trials(
    sheets: Sheets, made: Sequence[Plant], passing: set[Planted], draws: Variants
) -> Iterator[Trial]:
    """Each mistake in each answer once, whatever forms it has; none that is never seen, with any numbers."""
    words = list(mistakes.MISTAKES)
    forms: dict[tuple[str, int], list[Plant]] = {}
    for plant in made:
        slip_of_little = plant.formula is None and (plant.step.ref, "0") in passing
        shows = plant.planted not in passing or plant.off or _shows(plant, draws)
        # Where a 0 passes any small number does, and there is no more to say of its digits.
        if shows and not slip_of_little:
            forms.setdefault((plant.step.key, plant.mistake), []).append(plant)
    explained: dict[int, int] = {}
    for (_, place), several in forms.items():
        passed = [plant for plant in several if plant.planted in passing]
        seen = frozenset(p.text for p in several if p.planted not in passing)
        first = passed[0] if passed else several[0]
        mistake, step = mistakes.load(words[place]), first.step
        trial = Trial(
            step.key,
            step.group,
            words[place],
            mistake.told(step),
            sheets.right[step.ref],
            first.text,
            blind=bool(passed),
            numbers=seen,
        )
        if not passed:
            yield trial
            continue
        explained[place] = explained.get(place, 0) + 1
        yield replace(
            trial,
            same=not first.off,
            partly=bool(seen),
            causes=because(step, first.formula, step.asked)
            if first.formula is not None and explained[place] <= MOST_EXPLAINED
            else (),
            decimals=sheets.decimals(step.ref, first.off) if first.off else None,
        )


def _shows(plant: Plant, draws: Variants) -> bool:
    """Is it another number with other numbers? What is not is no mistake here."""
    if plant.formula is None:
        return True
    return bool(differ(draws.of(plant.formula), draws.value(plant.step.ref)).any())
