"""check: one sheet against a problem, every answer with its verdict, its marks and its mistake."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handcalc.errors import times
from handcalc.grading import marks, mistakes
from handcalc.grading.column import Column, Reader
from handcalc.grading.figures import Figured, Figures
from handcalc.grading.following import Following
from handcalc.grading.judge import Judge
from handcalc.grading.missized import mistakes_of
from handcalc.grading.reading import sheet as sheets
from handcalc.grading.reading import texts
from handcalc.grading.reading.decimal_signs import Choice
from handcalc.grading.reading.sheet import Sheet
from handcalc.grading.scheme import Asked, Scheme, shown
from handcalc.grading.step import Step
from handcalc.grading.symbolic import Symbolic
from handcalc.grading.verdict import Judged, Verdict, Why
from handcalc.network import Ref
from handcalc.number import plain
from handcalc.problem import Problem, load

if TYPE_CHECKING:
    from handcalc.grading.chunk import Marker
    from handcalc.grading.deciding import Deciding


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer: what was given, the verdict, what is expected, and the marks."""

    key: str
    group: str
    given: str
    verdict: Verdict
    expected: str
    follow: str
    """What the student's own earlier answers give, where that is something else."""
    why: Why
    marks: float
    of: float
    named: tuple[str, ...] = ()
    """The mistakes that give this number beyond chance; two that fit equally are both named."""
    guessed: tuple[str, ...] = ()
    """Those that give it too, though chance may."""
    again: bool = False
    """Is it wrong in the same way as an answer before it?"""

    @property
    def mistake(self) -> str:
        """What is named, in one word or two."""
        return " or ".join(self.named)


@dataclass
class Checked:
    """A marked sheet."""

    scheme: Scheme
    sheet: Sheet
    texts: texts.Texts
    judge: Judge | None
    """What marked the numbers; None where there are none."""
    columns: Mapping[Ref, Column]
    judged: Mapping[Ref, Judged]
    figures: tuple[Figured, ...]
    strict: bool
    given_marks: dict[str, float] = field(default_factory=dict)
    """Marks that a person gave as a number."""

    @cached_property
    def following(self) -> Following | None:
        """What follows from the numbers of this sheet; None where the answers are formulas."""
        if self.judge is None:
            return None
        return self.judge.following(self.steps, self.columns, self.judged)

    @property
    def steps(self) -> list[Step]:
        """The steps of all answers in numbers."""
        return [step for answer in self.scheme.every for step in answer.steps]

    def decide(self, deciding: "Deciding") -> None:
        """Put what people decided in the place of verdicts."""
        typed = {step.ref: [self.texts.numbers.get(step.ref, "")] for step in self.steps}
        figures = {
            one.figure.key: [self.texts.figures.get(one.figure.key, "")] for one in self.figures
        }
        figured = [{one.figure.key: one for one in self.figures}]
        _, applied = deciding.apply(self.steps, self.judged, typed, figured, figures, lambda _: "")
        self.figures = tuple(figured[0].values())
        for key, students in applied.by_key.items():
            for decision in students.values():
                if decision.marks is not None:
                    self.given_marks[key] = decision.marks

    @cached_property
    def entries(self) -> list[Entry]:
        """The answers in the order in which they are found; those that are not asked come last."""
        return [
            replace(entry, marks=min(self.given_marks[entry.key], entry.of))
            if entry.key in self.given_marks
            else entry
            for entry in (*self._figured(), *self._numbers())
        ]

    @cached_property
    def taken_with(self) -> set[str]:
        """The mistakes that blank answers are taken with."""
        words = list(mistakes.MISTAKES)
        every = [one.taken_with.items() for one in self.judged.values()]
        return {words[place] for made in every for place, students in made if students[0]}

    @property
    def marks(self) -> float:
        """All marks together."""
        return sum(entry.marks for entry in self.entries)

    @property
    def of(self) -> float:
        """The marks that there are."""
        return sum(entry.of for entry in self.entries)

    @property
    def first_wrong(self) -> Entry | None:
        """The first answer that is wrong."""
        return next((e for e in self.entries if e.verdict == Verdict.WRONG), None)

    def step(self, key: str) -> Step | None:
        """The step behind a key; None for sizes and counts."""
        return next((step for step in self.steps if step.key == key), None)

    def _figured(self) -> Iterator[Entry]:
        earned = dict(marks.of_figures(self.figures, each=self.strict or self.scheme.charged))
        for found in self.figures:
            figure = found.figure
            follow = found.follow if found.follow != figure.value else None
            yield Entry(
                figure.key,
                figure.key,
                self.texts.figures.get(figure.key, ""),
                found.verdict,
                figure.shown,
                shown(figure.word, follow) if follow else "",
                found.why,
                earned[figure.key],
                figure.marks,
                found.mistakes,
                found.guesses,
                found.again,
            )

    def _numbers(self) -> Iterator[Entry]:
        answers = self.scheme.every
        earned = dict(marks.of(answers, self.judged, each=self.strict or self.scheme.charged))
        words = list(mistakes.MISTAKES)
        for answer in answers:
            if answer.key in self.texts.missized:
                yield self._missized(answer)
                continue
            for step in answer.steps:
                judged = self.judged[step.ref]
                other = judged.verdict[0] in (Verdict.FOLLOWS, Verdict.WRONG)
                yield Entry(
                    step.key,
                    step.group,
                    self.texts.numbers.get(step.ref, ""),
                    Verdict(int(judged.verdict[0])),
                    step.expected,
                    step.shown(float(judged.follow[0])) if other else "",
                    Why(int(judged.why[0])),
                    float(earned[step.key][0]),
                    answer.marks / len(answer.steps),
                    tuple(words[place] for place in judged.named(0)),
                    tuple(words[place] for place in judged.guessed(0)),
                    bool(judged.again[0]),
                )

    def _missized(self, answer: Asked) -> Entry:
        """An answer of another size is one wrong answer, whatever stands in its cells."""
        given, asked = self.texts.sizes[answer.key], times(answer.shape or (len(answer.steps),))
        return Entry(
            answer.key,
            answer.key,
            times(given) if given else "",
            Verdict.WRONG,
            asked,
            "",
            Why.SIZE,
            0.0,
            answer.marks,
            (),
            mistakes_of(self.scheme, answer, given),
        )


def check(
    problem: Problem | str | Path,
    sheet: Sheet | str | Path | Mapping[str, Any],
    *,
    strict: bool = False,
    decimal: Choice = "auto",
) -> Checked:
    """The marked sheet: a file, or a mapping of keys to what was typed.

    `strict` marks against the key alone; `decimal` says how the file writes decimals.
    """
    scheme = Scheme(problem if isinstance(problem, Problem) else load(problem))
    if isinstance(sheet, Mapping):
        sheet = sheets.of(sheet)
    elif not isinstance(sheet, Sheet):
        sheet = sheets.load(Path(sheet), scheme, decimal)
    return check_with(scheme, sheet, strict=strict)


def check_with(
    scheme: Scheme, sheet: Sheet, *, strict: bool = False, marker: "Marker | None" = None
) -> Checked:
    """The same with a scheme that is there already, and with what marks a class, decisions of people too."""
    placed = texts.placed(scheme, sheet)
    if placed.others:
        scheme = scheme.seeing(placed.others, scheme.only)
    strict = strict if marker is None else marker.strict
    steps = [step for answer in scheme.every for step in answer.steps]
    typed = {step.ref: [placed.numbers.get(step.ref, "")] for step in steps}
    judge, columns, judged = None, dict[Ref, Column](), dict[Ref, Judged]()
    if scheme.network.symbolic:
        judged = (marker.symbolic if marker else Symbolic(scheme)).judge(steps, typed, 1)
    elif steps:
        judge = marker.judge if marker and marker.scheme is scheme else Judge(scheme, strict=strict)
        reader = Reader()
        columns = {ref: reader.column(own, [placed.comma]) for ref, own in typed.items()}
        judged = judge.mark(steps, columns, 1)
    figured: tuple[Figured, ...] = ()
    if scheme.figures:
        figures = (marker and marker.figures) or Figures(scheme, strict=strict)
        figured = figures.mark(placed.figures)
    checked = Checked(scheme, sheet, placed, judge, columns, judged, figured, strict)
    if marker is not None:
        checked.decide(marker.deciding)
    return checked


def shown_marks(value: float) -> str:
    """Marks without binary dust: 1, 0.5, 0.33."""
    return plain(round(value, 2))
