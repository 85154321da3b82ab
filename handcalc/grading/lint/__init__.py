"""lint: what a marker could not tell apart in a problem, at the decimals that are asked for.

A student who makes no mistake but one is marked: where the number that comes out would pass as right,
the mistake cannot be told. The same is asked of a bare 0, a 1 and a copied number.
"""

from handcalc.errors import ProblemError
from handcalc.grading.lint import figured, symbols
from handcalc.grading.lint.alike import alike
from handcalc.grading.lint.findings import Linted, Trial
from handcalc.grading.lint.guesses import GUESSES, Guesses, flat
from handcalc.grading.lint.planting import Sheets
from handcalc.grading.lint.plants import plants, slips
from handcalc.grading.lint.reach import Tried
from handcalc.grading.lint.trials import trials
from handcalc.grading.lint.variants import drawn
from handcalc.grading.scheme import Scheme
from handcalc.problem import Problem

__all__ = ["Linted", "Trial", "lint"]


def lint(problem: Problem) -> Linted:
    """Try every mistake and a few guesses in every answer."""
    if problem.trains:
        said = "other numbers are tried for one step of training, not for several"
        words = ("steps", "epochs", "batch_size")
        word = next(word for word in words if getattr(problem, word) is not None)
        where, what = (word,), f"{said}; leave {word} out to lint the first step"
        raise ProblemError(problem.origin.path, [problem.origin.mistake(where, what)])
    scheme = Scheme(problem)
    tried = Tried(scheme)
    found = Linted(untried=tried.untried, symbolic=scheme.network.symbolic)
    found.groups.update((step.key, step.group) for step in tried.steps)
    found.trials += figured.trials(scheme)
    if tried.steps and scheme.network.symbolic:
        found.trials += symbols.trials(scheme, tried.steps)
        found.guesses += symbols.guesses(scheme, tried.steps)
        found.natural.update(key for guess in found.guesses for key in guess.exactly)
    elif tried.steps:
        _numbers(scheme, tried, found)
    found.alike += alike(found.trials, symbolic=found.symbolic)
    found.of = sum(answer.marks for answer in tried.answers)
    found.of += sum(figure.marks for figure in scheme.figures.values())
    return found


def _numbers(scheme: Scheme, tried: Tried, found: Linted) -> None:
    """The same of answers in numbers, all of them marked together."""
    steps = tried.steps
    sheets, draws = Sheets(scheme, steps), drawn(scheme.steps)
    made, guesses = [*plants(sheets, steps), *slips(sheets, steps)], Guesses(sheets, steps)
    planted = [*(plant.planted for plant in made), *guesses.planted]
    passing, earned = sheets.marked(planted, GUESSES, tried.answers)
    found.trials += trials(sheets, made, passing, draws)
    found.guesses += guesses.guessed(passing, earned)
    found.natural |= guesses.natural(found.guesses, draws)
    found.copies += guesses.copies(passing, draws)
    found.flat += flat(sheets, steps)
