"""The scheme of a problem: its answers in the order in which they are found, with their marks.

The loss, gradients and figures come in the order of the solution, so that the first wrong answer is
the first wrong step.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice
from math import prod

from handcalc.answers import entries
from handcalc.asking import Asked as Wanted
from handcalc.asking import are_whole, asked, steps_asked, words_of
from handcalc.document import Answer
from handcalc.errors import ProblemError, did_you_mean, printable
from handcalc.fields import KEY, Shape
from handcalc.fields.pattern import fits
from handcalc.formula import leaves
from handcalc.grading import parts
from handcalc.grading.step import Step
from handcalc.grading.step_at import StepAt
from handcalc.grading.typed_formula import parse
from handcalc.network import Ref, Steps, build
from handcalc.network.plan import Planned, plan
from handcalc.network.refs import At
from handcalc.network.rounding import Policy
from handcalc.network.training import Training
from handcalc.network.unrolled import Unrolled, key_at
from handcalc.problem import Problem
from handcalc.questions import COUNTED, QUESTIONS, _figures
from handcalc.questions._training import chosen, last_of, seen_in


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
    """The sizes, or the count; with letters in it what it gives at each of the points.

    Of numbers that need not be whole, numerators and denominators in turn.
    """
    marks: float
    shown: str
    points: tuple[Mapping[str, int], ...] = ()
    """Numbers for the letters, where there are letters."""

    @property
    def open(self) -> bool:
        """Is it a formula in letters?"""
        return bool(self.points)

    @property
    def sized(self) -> bool:
        """Is it answered by sizes, not by one count?"""
        return self.word in SIZES


class Scheme:
    """What can be answered in a problem, and what it counts."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        policy = Policy(problem.rounding)
        self.training = Training(problem, policy) if problem.trains else None
        self.steps = (
            Unrolled(self.training, _seen(self.training))
            if self.training
            else Steps(build(problem), policy)
        )
        self.network = self.steps.network
        self.truncation = problem.marking.truncation
        self.zeros = problem.marking.zeros == "required"
        self.charged = problem.marking.repeated == "charged"
        self.more: tuple[Ref, ...] = ()
        self.only: Collection[str] | None = None
        self._refuse_unknown_answers()

    @cached_property
    def layers(self) -> list[Planned]:
        """The layers as they are counted."""
        return plan(self.network)

    @cached_property
    def questions(self) -> tuple[str, ...]:
        """The questions whose answers stand on the sheet."""
        return tuple(word for word in QUESTIONS if word in self._asked.questions)

    @cached_property
    def _asked(self) -> Wanted:
        """What the file asks; of several steps of training, what it asks of each."""
        return asked(self.steps, (), words_of(self.problem))

    @cached_property
    def _listed(self) -> list[tuple[str, Shape, list[Ref]]]:
        if self.training is not None:
            return list(_of_training(self.training))
        wanted, same = self._asked, self.steps.same
        targets = wanted.more if wanted.targets is None else wanted.targets
        words = [word for word in self.questions if word not in COUNTED]
        found = entries(self.steps, words, targets, whole=wanted.targets is None)
        return [entry for entry in found if not self.steps.is_given(same(entry[2][0]))]

    def _refuse_unknown_answers(self) -> None:
        """Marks and parts for answers that there are not would be passed over in silence."""
        given = self.problem.marking.marks
        keys = [*self.answers, *self.figures] if given or self.problem.marking.parts else []
        wrong = list(parts.misfits(self.problem, keys))
        for pattern, marks in given.items():
            place = ("marking", "marks", pattern)
            if not any(fits(pattern, key) for key in keys):
                said = f"there is no answer '{printable(pattern)[:60]}' on the sheet"
                what = said + did_you_mean(pattern, keys)
                wrong.append(self.problem.origin.mistake((*place, KEY), what))
            elif marks.value < 0:
                what = "marks are not below 0; write 0 for an answer that does not count"
                wrong.append(self.problem.origin.mistake(place, what))
        if wrong:
            raise ProblemError(self.problem.origin.path, wrong)

    def seeing(self, others: Iterable[Ref] = (), only: Collection[str] | None = None) -> "Scheme":
        """The same scheme for sheets that answer other steps too, or that have places for some keys only."""
        found = copy(self)
        for name in (
            "on_sheet",
            "answers",
            "by_first",
            "others",
            "figures",
            "full_marks",
            "_known",
        ):
            found.__dict__.pop(name, None)
        found.more = tuple(dict.fromkeys(map(self.steps.same, others)))
        found.only = None if only is None else frozenset(only)
        return found

    @cached_property
    def on_sheet(self) -> dict[Ref, str]:
        """The steps that the sheet has places for, each with its key."""
        asked_for = [self.steps.same(ref) for _, _, refs in self._listed for ref in refs]
        return {ref: self.steps.key(ref) for ref in (*asked_for, *self.more)}

    @cached_property
    def answers(self) -> dict[str, Asked]:
        """The answers in numbers, by their keys, in order; of matrices the cells there are places for."""
        found = {}
        for key, shape, refs in self._listed:
            cells = [step for step in (self.step(ref, key) for ref in refs) if self._has(step.key)]
            if cells:
                marks = self.marks(key) * len(cells) / len(refs)
                found[key] = Asked(key, shape, tuple(cells), marks)
        return found

    @cached_property
    def by_first(self) -> dict[Ref, Asked]:
        """The same by the first step of each."""
        return {answer.steps[0].ref: answer for answer in self.answers.values()}

    @cached_property
    def others(self) -> list[Asked]:
        """Steps on the way that are answered without being asked for; they carry no marks."""
        asked_for = {step.ref for answer in self.answers.values() for step in answer.steps}
        more = [self.step(ref) for ref in self.more if ref not in asked_for]
        return [Asked(step.key, (), (step,), 0.0) for step in more]

    @property
    def every(self) -> list[Asked]:
        """All answers in numbers."""
        return [*self.answers.values(), *self.others]

    def _has(self, key: str) -> bool:
        return self.only is None or key in self.only

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """The sizes and counts, by their keys, in order."""
        wanted = self._asked
        words = [word for word in self.questions if word in COUNTED]
        names = [layer.name for layer in self.layers]
        found: dict[str, Figure] = {}
        for word in words:
            for key, answer in _figures.answers(self.layers, word, wanted.figures or ()):
                if not self._has(key) or (wanted.figures is not None and key not in wanted.figures):
                    continue
                name, _, figure = key.rpartition("_")
                if figure not in _figures.ON_THE_WAY:
                    name, figure = key.rpartition(f"_{_SUFFIX[word]}")[0], word
                number = names.index(name) + 1 if name in names else 0
                found[key] = self._figure(key, figure, number, answer)
        return found

    def _figure(self, key: str, word: str, layer: int, answer: Answer) -> Figure:
        """A size or a count; in letters its values at a few numbers for them."""
        sizes = answer.value if isinstance(answer.value, list) else [answer.value]
        texts = answer.shown if isinstance(answer.shown, list) else [answer.shown]
        if word == "unfloored":
            pairs = (Fraction(str(size)).limit_denominator().as_integer_ratio() for size in sizes)
            numbers = tuple(part for pair in pairs for part in pair)
            return Figure(key, word, layer, numbers, self.marks(key), "x".join(map(str, texts)))
        if not any(isinstance(size, str) for size in sizes):
            value = tuple(size for size in sizes if isinstance(size, int))
            return Figure(key, word, layer, value, self.marks(key), shown(word, value))
        letters = self.problem.origin.letters
        points = tuple(
            {letter: MANY + 7 * i + step for i, letter in enumerate(letters)} for step in range(13)
        )
        formulas = [parse(str(size)) for size in sizes]
        value = tuple(round(formula.at(point)) for formula in formulas for point in points)
        in_letters = (
            " x ".join(f"({t})" if " " in str(t) else str(t) for t in texts)
            if len(texts) > 1
            else str(texts[0])
        )
        return Figure(key, word, layer, value, self.marks(key), in_letters, points)

    @cached_property
    def _known(self) -> dict[Ref, Step]:
        return {}

    def step(self, ref: Ref, group: str = "") -> Step:
        """One scalar answer."""
        ref = self.steps.same(ref)
        known = self._known.get(ref)
        if known is None or (group and known.group != group):
            key = self.steps.key(ref)
            kind = Step if self.training is None else StepAt
            step = kind(key, ref, group or key, self.decimals(key), self.steps, self.on_sheet)
            self._known[ref] = known = step
        return known

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
            if fits(pattern, key):
                return float(marks.value)
        return 1.0

    @cached_property
    def full_marks(self) -> dict[str, float]:
        """The most that each figure, number and cell can earn."""
        own = {key: figure.marks for key, figure in self.figures.items()}
        return own | {s.key: a.marks / len(a.steps) for a in self.every for s in a.steps}

    def found(self, key: str, most: int = 2) -> list[Ref]:
        """The first steps behind a key that is not asked for, `most` of them; none where there is no such answer.

        A shorter form of a key counts where it can mean one answer alone.
        """
        if not self._has_values:
            return []
        refs = [self.steps.same(ref) for ref in islice(self.steps.keys.spelled(key), most)]
        return [] if any(map(self.steps.is_given, refs)) else refs

    @cached_property
    def _has_values(self) -> bool:
        """Are there values to be marked: with numbers for letters, worked out, and asked if there are many?"""
        if self.problem.origin.letters or self.network.counted:
            return False
        sizes = (prod(quantity.shape) for quantity in self.network.quantities.values())
        return bool(self.answers) or sum(sizes) < MOST_UNASKED

    def order(
        self, steps: Iterable[Step], ends: Callable[[Ref], bool] = lambda _: False
    ) -> Iterator[Ref]:
        """All steps that lead to some answers, each after those that it needs; what `ends` a way needs none."""
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
                    for route in () if ends(ref) else self.step(ref).routes:
                        before = dict.fromkeys(map(self.steps.ref, leaves(route)))
                        waiting += [(other, False) for other in before]


def _seen(training: Training) -> set[int]:
    """The steps of training that a sheet has places for."""
    by_step = steps_asked(training)
    whole = are_whole(by_step)
    return {*by_step, *(chosen(training.count) if whole else ())}


def _of_training(training: Training) -> Iterator[tuple[str, Shape, list[Ref]]]:
    """The answers of each step that is asked in full, and what stands in the table of all steps."""
    met: set[str] = set()
    by_step = steps_asked(training)
    whole = are_whole(by_step)
    for number in sorted(_seen(training)):
        steps = training.at(number)
        found: list[tuple[str, Shape, list[Ref]]] = []
        if number in by_step:
            wanted = asked(steps, (), by_step[number])
            words = [word for word in wanted.questions if word not in COUNTED]
            targets = wanted.more if wanted.targets is None else wanted.targets
            found += entries(steps, words, targets, whole=wanted.targets is None)
        if whole:
            last = last_of(steps) if number == training.count else []
            found += [(steps.key(ref), (), [ref]) for ref in (*seen_in(steps), *last)]
        for key, shape, refs in found:
            name = key_at(steps, key, number)
            if name not in met and not steps.is_given(steps.same(refs[0])):
                met.add(name)
                yield name, shape, [At(ref, number) for ref in refs]


def shown(word: str, sizes: tuple[int, ...]) -> str:
    """98x132x6, or 1,309,560."""
    return "x".join(map(str, sizes)) if word in SIZES else f"{sizes[0]:,}"


MOST_UNASKED = 1_000_000
"""Numbers of a network up to which values are marked that nobody has asked for."""
SIZES = ("shapes", "receptive_field", "padding", "jump", "unfloored")
"""The questions that are answered by sizes; the others by one count."""
MANY = 1000
"""From this size on formulas in letters are compared."""
_SUFFIX = {
    "shapes": "shape",
    "parameters": "params",
    "multiply_adds": "multiply_adds",
    "receptive_field": "field",
}
