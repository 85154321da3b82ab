"""Sizes and counts as equations, rows = floor((7 - 5)/2) + 1 = 2: lines of numbers alone."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from handcalc.document import Block, Equation, Line, Lines, Program
from handcalc.formula import Number, Symbol, leaves

Parts = Sequence[tuple[str, Sequence[Block]]]
"""The blocks of each step, with its number."""


def with_sizes(program: Program, parts: Parts) -> Program:
    """The program with what the lines of its steps count, before what they find."""
    known = {equation.key for equation in chain.from_iterable(program.steps.values())}
    found = [(number, line) for number, blocks in parts for line in _lines(blocks)]
    sizes = [(n, line, line.left.key) for n, line in found if isinstance(line.left, Symbol)]
    often = Counter(key for _, _, key in sizes)
    counted: dict[str, dict[str, Equation]] = {}
    for number, line, key in sizes:
        value = line.value
        if key not in known and isinstance(value, Number):
            # There are rows in many steps, and each has its own.
            own = key if often[key] == 1 else f"{key} {number}"
            made = Equation(own, float(value.value), value.text or "", line.numbers)
            counted.setdefault(number, {})[own] = made
    numbers = {**program.steps, **counted}
    steps = {n: (*counted.get(n, {}).values(), *program.steps.get(n, ())) for n in numbers}
    return Program(steps, program.rounds)


def _lines(blocks: Iterable[Block]) -> Iterator[Line]:
    """The lines that say exactly what comes out of numbers."""
    for block in blocks:
        for line in block.lines if isinstance(block, Lines) else ():
            if line.exact and line.numbers is not None and not any(leaves(line.numbers)):
                yield line
