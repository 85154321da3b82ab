"""Growth: full solutions of dense networks of growing size, timed for each line they print."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from timing import Call, Outcome, Row, measure

from handcalc import Problem, solve
from handcalc.problem import parse

_TEXT = """\
input: {{shape: [{n}], random: {{seed: 3, low: 0, high: 1, decimals: 2}}}}
layers:
  - dense:
      name: h
      units: {n}
      weights: {{random: {{seed: 1}}}}
      bias: {{random: {{seed: 2}}}}
      activation: sigmoid
  - dense:
      name: o
      units: {n}
      weights: {{random: {{seed: 1}}}}
      bias: {{random: {{seed: 2}}}}
      activation: sigmoid
target: {target}
loss: {{mean_squared_error: {{factor: half_sum}}}}
optimizer: {{sgd: {{learning_rate: 0.1}}}}
"""


@dataclass(frozen=True)
class Grown:
    """A network of some size: its parameters, the lines of its solution, and what they cost."""

    parameters: int
    lines: int
    outcome: Outcome


def grow(sizes: Sequence[int], rounds: int) -> list[Grown]:
    """Networks n-n-n, each compared with the first one by its cost for each line."""
    problems = [_problem(n) for n in sizes]
    lines = [len(_write(problem).splitlines()) for problem in problems]
    calls = [
        Call(f"{n}-{n}-{n}", partial(_write, problem), prepare=_forget)
        for n, problem in zip(sizes, problems, strict=True)
    ]
    rows = [
        Row(call, calls[0], work=count / lines[0]) for call, count in zip(calls, lines, strict=True)
    ]
    return [
        Grown(2 * n * (n + 1), count, outcome)
        for n, count, outcome in zip(sizes, lines, measure(rows, rounds), strict=True)
    ]


def _problem(n: int) -> Problem:
    target = ", ".join(str(i % 2) for i in range(n))
    return parse(_TEXT.format(n=n, target=f"[{target}]"))


def _write(problem: Problem) -> str:
    return solve(problem, level="full").to("terminal")


def _forget() -> None:
    """Empty sympy's cache: a round must not live on what the round before worked out."""
    from sympy.core.cache import clear_cache

    clear_cache()
