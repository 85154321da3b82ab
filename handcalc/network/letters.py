"""Formulas in letters, proved: the file counted again with numbers in the letters' places.

The numbers with which all layers fit are found first; the formulas are held against the counts of many of
them, so that every remainder of the strides occurs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from handcalc.errors import ProblemError, ProofError
from handcalc.fields import MAX_SIZE
from handcalc.fields.letters import SMALL
from handcalc.formula.open_size import OpenSize, at_numbers
from handcalc.network.building import build
from handcalc.network.plan import Planned, plan
from handcalc.problem import Problem, with_numbers

FEW, MOST = 128, 2**30
"""Sizes up to which every one is tried, and up to which the smallest one is looked for."""
MOST_STEP = 64
"""Steps between the numbers that fit: with three poolings and paths around them only multiples of 8 do."""
NEXT, FAR = 12, 997
TRIED, FEWER = 5, 6
"""Numbers tried for the letters of windows, and how many of sizes with each of them."""


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers that a letter can stand for: from the least on, in steps; why none is smaller or larger."""

    least: int
    step: int
    why: str
    most: int = 0
    """The largest one, if there is one."""
    why_most: str = ""


def ranges(problem: Problem) -> dict[str, Range]:
    """For each letter the numbers with which all layers fit, the letters of windows being SMALL."""
    windows = of_windows(problem)
    of_sizes = _of_sizes(problem, windows)
    return {
        letter: _of_window(problem, letter, windows) if letter in windows else of_sizes[letter]
        for letter in problem.origin.letters
    }


def of_windows(problem: Problem) -> dict[str, int]:
    """The numbers behind the letters of windows."""
    return dict.fromkeys(problem.origin.windows, SMALL)


def _of_sizes(problem: Problem, windows: Mapping[str, int]) -> dict[str, Range]:
    sizes = (letter for letter in problem.origin.letters if letter not in windows)
    return {letter: _range(problem, letter, windows) for letter in sizes}


def _of_window(problem: Problem, letter: str, others: Mapping[str, int]) -> Range:
    """From the first number that fits to the last one behind it, if one is found; a wider one fits less."""

    def misfit(n: int) -> str:
        return _wrong(problem, {**others, letter: n})

    least = next((n for n in range(1, SMALL) if not misfit(n)), SMALL)
    why = misfit(least - 1) if least > 1 else ""
    low, high = SMALL, FEW
    if not misfit(high):
        return Range(least, 1, why)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if misfit(middle) else (middle, high)
    return Range(least, 1, why, low, misfit(high))


def _range(problem: Problem, letter: str, others: Mapping[str, int]) -> Range:
    least, why = _least(problem, letter, others)
    for step in range(1, MOST_STEP + 1):
        if not any(_wrong(problem, {**others, letter: least + i * step}) for i in range(1, 5)):
            return Range(least, step, why)
    origin = problem.origin
    said = f"no numbers for {letter} are found with which all layers fit; write a number for it"
    raise ProblemError(origin.path, [origin.mistake(("input",), said)])


def _least(problem: Problem, letter: str, others: Mapping[str, int]) -> tuple[int, str]:
    """The smallest number that fits: the first of the small ones, else found by halving."""
    why = ""
    for n in range(1, FEW + 1):
        said = _wrong(problem, {**others, letter: n})
        if not said:
            return n, why
        why = said
    low, high = FEW, 2 * FEW
    while high < MOST and (said := _wrong(problem, {**others, letter: high})):
        low, high, why = high, 2 * high, said
    while high - low > 1:
        middle = (low + high) // 2
        said = _wrong(problem, {**others, letter: middle})
        low, high, why = (middle, high, said) if said else (low, middle, why)
    return high, why


def _wrong(problem: Problem, numbers: Mapping[str, int]) -> str:
    """What does not fit with these numbers."""
    try:
        with_numbers(problem, numbers)
    except ProblemError as error:
        return error.mistakes[0].what.partition(";")[0]
    return ""


def prove(problem: Problem, layers: list[Planned], found: Mapping[str, Range]) -> int:
    """Hold every formula against counts with numbers; how many numbers were tried."""
    tried = 0
    for windows in _windows(problem, found):
        sizes = _of_sizes(problem, windows) if windows else found
        for i in (*range(FEWER if windows else NEXT), FAR) if sizes else (0,):
            numbers = windows | {
                letter: r.least + i * r.step * place
                for place, (letter, r) in enumerate(sizes.items(), 1)
            }
            _hold(problem, layers, numbers)
            tried += 1
    return tried


def _windows(problem: Problem, found: Mapping[str, Range]) -> Iterator[dict[str, int]]:
    """Numbers for the letters of windows, no two of them moving alike; {} without such letters."""
    letters = problem.origin.windows
    for i in range(TRIED) if letters else (0,):
        numbers = {}
        for place, letter in enumerate(letters, 1):
            r = found[letter]
            numbers[letter] = min(r.least + i * place % TRIED, r.most or MAX_SIZE)
        if not (letters and _wrong(problem, numbers)):
            yield numbers


def _hold(problem: Problem, layers: list[Planned], numbers: Mapping[str, int]) -> None:
    try:
        counted = plan(build(with_numbers(problem, numbers)))
    except ProblemError as error:
        said = error.mistakes[0].what
        raise ProofError("sizes", f"with {written(numbers)} {said}") from None
    for layer, other in zip(layers, counted, strict=True):
        for formula, number in zip(_sizes(layer), _sizes(other), strict=True):
            if at_numbers(formula, numbers) != number:
                said = f"{formula} is not {number} with {written(numbers)}"
                raise ProofError(f"{layer.name}_shape", said)


def _sizes(layer: Planned) -> Iterator[int | OpenSize]:
    yield from layer.gives
    yield layer.parameters
    yield layer.trained
    yield layer.multiply_adds
    yield from (seen.field for seen in layer.field or ())


def written(numbers: Mapping[str, int]) -> str:
    """N = 10, K = 2."""
    return ", ".join(f"{letter} = {n}" for letter, n in numbers.items())
