"""The scheme of a problem: its answers in the order in which they are found, with their marks.

The loss, gradients and figures come in the order of the solution, so that the first wrong answer is
the first wrong step.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from handcalc.answers import layout
from handcalc.asking import asked
from handcalc.errors import UsageError
from handcalc.fields import Shape
from handcalc.formula import leaves
from handcalc.grading.step import Step
from handcalc.network import Ref, Steps, build
from handcalc.network.plan import Planned, plan
from handcalc.network.rounding import Policy
from handcalc.problem import Problem
from handcalc.questions import COUNTED, QUESTIONS, _figures


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer of the sheet: a number, or numbers in rows."""

    key: str
    shape: Shape
    steps: tuple[Step, ...]
    marks: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A size or a count: conv1_shape, conv1_params, total_params."""

    key: str
    word: str
    layer: int
    """The number of its layer, from 1; 0 for totals."""
    value: tuple[int, ...]
    marks: float


class Scheme:
    """What can be answered in a problem, and what it counts."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.network = build(problem)
        self.steps = Steps(self.network, Policy(problem.rounding))
        self.truncation = problem.marking.truncation

    @cached_property
    def layers(self) -> list[Planned]:
        """The layers as they are counted."""
        return plan(self.network)

    @cached_property
    def questions(self) -> tuple[str, ...]:
        """The questions whose answers stand on the sheet."""
        return tuple(word for word in QUESTIONS if word in asked(self.steps).questions)

    @cached_property
    def _listed(self) -> list[tuple[str, Shape, list[Ref]]]:
        wanted = asked(self.steps)
        words = [word for word in self.questions if word not in COUNTED]
        found = [
            entry
            for word in words
            for entry in layout(self.steps, word)
            if not self.steps.is_given(self.steps.same(entry[2][0]))
        ]
        if wanted.targets is not None:
            own = {self.steps.same(ref) for ref in wanted.targets}
            found = [
                entry for entry in found if any(self.steps.same(ref) in own for ref in entry[2])
            ]
        return found

    @cached_property
    def on_sheet(self) -> dict[Ref, str]:
        """The steps that are asked for, each with its key."""
        return {
            self.steps.same(ref): self.steps.key(ref) for _, _, refs in self._listed for ref in refs
        }

    @cached_property
    def answers(self) -> dict[str, Asked]:
        """The answers in numbers, by their keys, in order."""
        return {key: self.answer(key, shape, refs) for key, shape, refs in self._listed}

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """The sizes and counts, by their keys, in order."""
        wanted = asked(self.steps)
        words = [word for word in self.questions if word in COUNTED]
        names = [layer.name for layer in self.layers]
        found: dict[str, Figure] = {}
        for word in words:
            for key, answer in _figures.answers(self.layers, word):
                if wanted.targets is not None and key not in wanted.figures:
                    continue
                value = answer.value if isinstance(answer.value, list) else [answer.value]
                name = key.rpartition(f"_{_SUFFIX[word]}")[0]
                number = names.index(name) + 1 if name in names else 0
                whole = tuple(n if isinstance(n, int) else -1 for n in value)
                found[key] = Figure(key, word, number, whole, self.marks(key))
        return found

    def narrow(self, keys: Collection[str]) -> None:
        """Leave only the answers for which there are keys, of matrices one of a cell."""
        self.answers = {
            key: a for key, a in self.answers.items() if any(s.key in keys for s in a.steps)
        }
        self.figures = {key: f for key, f in self.figures.items() if key in keys}

    def answer(
        self, key: str, shape: Shape, refs: Iterable[Ref], marks: float | None = None
    ) -> Asked:
        """An answer with its steps."""
        own = tuple(self.step(ref, key) for ref in refs)
        return Asked(key, shape, own, self.marks(key) if marks is None else marks)

    def step(self, ref: Ref, group: str = "") -> Step:
        """One scalar answer."""
        ref = self.steps.same(ref)
        key = self.steps.key(ref)
        return Step(key, ref, group or key, self.decimals(key), self.steps, self.on_sheet)

    def decimals(self, key: str) -> int:
        """The decimals that are asked for."""
        if self.problem.marking.decimals is not None:
            return self.problem.marking.decimals
        usual, own = self.steps.policy.rounding.decimals, self.steps.policy.places(key)
        # A key that is shown with more decimals than others is not asked with more.
        return usual if own is None else min(usual, own)

    def marks(self, key: str) -> float:
        """What an answer counts: as the file says, else 1."""
        for pattern, marks in self.problem.marking.marks.items():
            if fnmatchcase(key, pattern):
                return float(marks.value)
        return 1.0

    def found(self, key: str) -> Asked | None:
        """An answer that is not asked for, but that there is: a step on the way."""
        try:
            refs = self.steps.keys.find(key)
        except UsageError:
            return None
        if any(self.steps.is_given(self.steps.same(ref)) for ref in refs):
            return None
        shape = () if len(refs) == 1 else (len(refs),)
        return self.answer(key, shape, refs, marks=0.0)

    def order(self, steps: Iterable[Step]) -> Iterator[Ref]:
        """All steps that lead to some answers, each after those that it needs."""
        seen: set[Ref] = set()
        for step in steps:
            waiting: list[tuple[Ref, bool]] = [(step.ref, False)]
            while waiting:
                ref, ready = waiting.pop()
                if ready:
                    yield ref
                elif ref not in seen:
                    seen.add(ref)
                    waiting.append((ref, True))
                    for route in self.step(ref).routes:
                        before = dict.fromkeys(map(self.steps.ref, leaves(route)))
                        waiting += [(self.steps.same(other), False) for other in before]


_SUFFIX = {
    "shapes": "shape",
    "parameters": "params",
    "multiply_adds": "multiply_adds",
    "receptive_field": "field",
}
