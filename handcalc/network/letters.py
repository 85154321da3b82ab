"""Formulas in letters, proved: the file counted again with numbers in the letters' places.

The smallest number for which all layers fit is found by halving; from there on the formulas are held
against the counts of many numbers, so that every remainder of the strides occurs.
"""

from collections.abc import Iterator, Mapping

from handcalc.errors import ProblemError, ProofError
from handcalc.formula.open_size import OpenSize, terms_of
from handcalc.network.building import build
from handcalc.network.plan import Planned, plan
from handcalc.problem import Problem, with_numbers

MOST = 2**16
"""Sizes up to which the smallest one is looked for."""
NEXT, FAR = 12, 997


def smallest(problem: Problem) -> dict[str, tuple[int, str]]:
    """For each letter the smallest number that fits, and what fails below it."""
    return {letter: _smallest(problem, letter) for letter in problem.origin.letters}


def _smallest(problem: Problem, letter: str) -> tuple[int, str]:
    low, high, why = 0, 1, ""
    while high < MOST and (said := _wrong(problem, {letter: high})):
        low, high, why = high, 2 * high, said
    while high - low > 1:
        middle = (low + high) // 2
        said = _wrong(problem, {letter: middle})
        low, high, why = (middle, high, said) if said else (low, middle, why)
    return high, why


def _wrong(problem: Problem, numbers: Mapping[str, int]) -> str:
    """What does not fit with these numbers."""
    try:
        with_numbers(problem, numbers)
    except ProblemError as error:
        return error.mistakes[0].what.partition(";")[0]
    return ""


def prove(problem: Problem, layers: list[Planned], least: Mapping[str, int]) -> int:
    """Hold every formula against counts with numbers; how many numbers were tried."""
    tried = 0
    for step in (*range(NEXT), FAR):
        numbers = {letter: n + step * (i + 1) for i, (letter, n) in enumerate(least.items())}
        try:
            counted = plan(build(with_numbers(problem, numbers)))
        except ProblemError as error:
            said = error.mistakes[0].what
            raise ProofError("sizes", f"with {_say(numbers)} {said}") from None
        for layer, other in zip(layers, counted, strict=True):
            for formula, number in zip(_sizes(layer), _sizes(other), strict=True):
                if terms_of(formula, numbers) != number:
                    said = f"{formula} is not {number} with {_say(numbers)}"
                    raise ProofError(f"{layer.name}_shape", said)
        tried += 1
    return tried


def _sizes(layer: Planned) -> Iterator[int | OpenSize]:
    yield from layer.gives
    yield layer.parameters
    yield layer.trained
    yield layer.multiply_adds
    yield from (seen.field for seen in layer.field or ())


def _say(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{letter} = {n}" for letter, n in numbers.items())
