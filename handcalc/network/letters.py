"""Formulas in letters, proved: the file counted again with numbers in the letters' places.

The numbers with which all layers fit are found first; the formulas are held against the counts of many of
them, so that every remainder of the strides occurs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from handcalc.errors import ProblemError, ProofError
from handcalc.formula.open_size import OpenSize, at_numbers
from handcalc.network.building import build
from handcalc.network.plan import Planned, plan
from handcalc.problem import Problem, with_numbers

FEW, MOST = 128, 2**30
"""Sizes up to which every one is tried, and up to which the smallest one is looked for."""
MOST_STEP = 64
"""Steps between the numbers that fit: with three poolings and paths around them only multiples of 8 do."""
NEXT, FAR = 12, 997


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers that a letter can stand for: from the least on, in steps; why none is smaller."""

    least: int
    step: int
    why: str


def ranges(problem: Problem) -> dict[str, Range]:
    """For each letter the numbers with which all layers fit."""
    return {letter: _range(problem, letter) for letter in problem.origin.letters}


def _range(problem: Problem, letter: str) -> Range:
    least, why = _least(problem, letter)
    for step in range(1, MOST_STEP + 1):
        if not any(_wrong(problem, {letter: least + i * step}) for i in range(1, 5)):
            return Range(least, step, why)
    origin = problem.origin
    said = f"no numbers for {letter} are found with which all layers fit; write a number for it"
    raise ProblemError(origin.path, [origin.mistake(("input",), said)])


def _least(problem: Problem, letter: str) -> tuple[int, str]:
    """The smallest number that fits: the first of the small ones, else found by halving."""
    why = ""
    for n in range(1, FEW + 1):
        said = _wrong(problem, {letter: n})
        if not said:
            return n, why
        why = said
    low, high = FEW, 2 * FEW
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


def prove(problem: Problem, layers: list[Planned], found: Mapping[str, Range]) -> int:
    """Hold every formula against counts with numbers; how many numbers were tried."""
    tried = 0
    for i in (*range(NEXT), FAR):
        numbers = {
            letter: r.least + i * r.step * place
            for place, (letter, r) in enumerate(found.items(), 1)
        }
        try:
            counted = plan(build(with_numbers(problem, numbers)))
        except ProblemError as error:
            said = error.mistakes[0].what
            raise ProofError("sizes", f"with {_say(numbers)} {said}") from None
        for layer, other in zip(layers, counted, strict=True):
            for formula, number in zip(_sizes(layer), _sizes(other), strict=True):
                if at_numbers(formula, numbers) != number:
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
