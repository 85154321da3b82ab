"""Every mistake in every formula: one that gives the same at all points is not seen.

What the file gives as a number all the same, such as η = 1, may hide a mistake; with other such numbers it
is seen, or it is none.
"""

from collections.abc import Iterator, Sequence

from handcalc.formula import leaves
from handcalc.formula.text import text
from handcalc.grading import mistakes
from handcalc.grading.diagnosis import Suspects
from handcalc.grading.lint.findings import Cause, Guess, Trial
from handcalc.grading.lint.variants import Variants, differ, drawn
from handcalc.grading.scheme import Scheme
from handcalc.grading.step import Step
from handcalc.network import Element

FEWEST = 3
"""Points at which a formula must have a value."""


def trials(scheme: Scheme, steps: Sequence[Step]) -> Iterator[Trial]:
    """Each mistake in each answer once, whatever forms it has."""
    import numpy as np

    as_given, other = drawn(scheme.steps, settings=False), drawn(scheme.steps)
    suspects, words = Suspects(), list(mistakes.MISTAKES)
    for step in steps:
        hidden: dict[int, bool] = {}
        seen: dict[int, set[str]] = {}
        for place, formula in suspects.of(step, frozenset()):
            values = as_given.of(formula)
            if np.isfinite(values).sum() < FEWEST:
                continue
            if differ(values, as_given.value(step.ref)).any():
                seen.setdefault(place, set()).add(",".join(f"{value:.9g}" for value in values))
            elif differ(other.of(formula), other.value(step.ref)).any():
                hidden[place] = True
        for place in dict.fromkeys([*hidden, *seen]):
            mistake, right = mistakes.load(words[place]), step.formula
            assert right is not None
            yield Trial(
                step.key,
                step.group,
                mistake.word,
                mistake.told(step),
                text(right),
                text(right) if place in hidden else "",
                blind=place in hidden,
                same=place in hidden,
                partly=place in hidden and place in seen,
                numbers=frozenset(seen.get(place, ())),
                causes=tuple(_settings(step)) if place in hidden else (),
            )


def guesses(scheme: Scheme, steps: Sequence[Step]) -> Iterator[Guess]:
    """The answers that are 0 or 1 whatever the numbers are."""
    draws = drawn(scheme.steps, settings=False)
    shares = {
        step.ref: answer.marks / len(answer.steps)
        for answer in scheme.answers.values()
        for step in answer.steps
    }
    for guess in ("0", "1"):
        just = [step for step in steps if not _is_another(draws, step, float(guess))]
        keys = tuple(step.key for step in just)
        yield Guess(guess, keys, (), sum(shares[step.ref] for step in just))


def _is_another(draws: Variants, step: Step, guess: float) -> bool:
    import numpy as np

    return bool(differ(draws.value(step.ref), np.full(draws.rows, guess)).any())


def _settings(step: Step) -> Iterator[Cause]:
    """The numbers that are given beside the symbols: they alone can hide something here."""
    steps = step.steps
    for leaf in dict.fromkeys(leaf for route in step.routes for leaf in leaves(route)):
        ref = steps.ref(leaf)
        if isinstance(ref, Element) and steps.kind(ref) == "setting":
            yield Cause(leaf, steps.written(ref).text)
