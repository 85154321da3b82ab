"""check: one sheet against a problem, every answer with its verdict, its marks and its mistake."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import Any

from handcalc.formula.text import text
from handcalc.grading import marks, mistakes, texts
from handcalc.grading import sheet as sheets
from handcalc.grading.figures import Figured, Figures
from handcalc.grading.judge import Judge
from handcalc.grading.scheme import Scheme, shown
from handcalc.grading.sheet import Sheet
from handcalc.grading.step import Step
from handcalc.grading.symbolic import Symbolic
from handcalc.grading.verdict import Judged, Verdict, Why
from handcalc.network import Ref
from handcalc.number import fixed, plain
from handcalc.problem import Problem, load


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
    mistake: str
    why: Why
    marks: float
    of: float


@dataclass
class Checked:
    """A marked sheet."""

    scheme: Scheme
    sheet: Sheet
    texts: texts.Texts
    judge: Judge | None
    """The arithmetic behind the verdicts; None where the answers are formulas."""
    judged: Mapping[Ref, Judged]
    figures: tuple[Figured, ...]
    strict: bool

    @cached_property
    def entries(self) -> list[Entry]:
        """The answers in the order in which they are found; those that are not asked come last."""
        return [*self._figured(), *self._numbers()]

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
                found.mistake,
                found.why,
                earned[figure.key],
                figure.marks,
            )

    def _numbers(self) -> Iterator[Entry]:
        answers = self.scheme.every
        earned = dict(marks.of(answers, self.judged, 1, each=self.strict or self.scheme.charged))
        words = list(mistakes.MISTAKES)
        for answer in answers:
            for step in answer.steps:
                judged = self.judged[step.ref]
                place = int(judged.mistake[0])
                yield Entry(
                    step.key,
                    step.group,
                    self.texts.numbers.get(step.ref, ""),
                    Verdict(int(judged.verdict[0])),
                    self._expected(step),
                    self._follow(step),
                    words[place] if place >= 0 else "",
                    Why(int(judged.why[0])),
                    float(earned[step.key][0]),
                    answer.marks / len(answer.steps),
                )

    def _expected(self, step: Step) -> str:
        """The key as the solution writes it: a number, or a formula where there are none."""
        if not self.scheme.network.symbolic or step.formula is None:
            return self.scheme.steps.written(step.ref).text
        return text(step.formula)

    def _follow(self, step: Step) -> str:
        """What the own numbers give, to one digit more than asked; nothing if that is the key."""
        judged = self.judged[step.ref]
        if judged.verdict[0] not in (Verdict.FOLLOWS, Verdict.WRONG):
            return ""
        value = float(judged.follow.value[0])
        exact = self.scheme.steps.exact(step.ref)
        if (
            not isfinite(value)
            or abs(value) > 1e15
            or abs(value - exact) <= 10.0**-step.decimals / 2
        ):
            return ""
        return fixed(value, step.decimals + 1)


def check(
    problem: Problem | str | Path,
    sheet: Sheet | str | Path | Mapping[str, Any],
    *,
    strict: bool = False,
) -> Checked:
    """The marked sheet: a file, or a mapping of keys to what was typed.

    `strict` marks against the key alone.
    """
    loaded = problem if isinstance(problem, Problem) else load(problem)
    if isinstance(sheet, Mapping):
        sheet = sheets.of(sheet)
    elif not isinstance(sheet, Sheet):
        sheet = sheets.load(Path(sheet))
    return check_with(Scheme(loaded), sheet, strict=strict)


def check_with(
    scheme: Scheme, sheet: Sheet, *, strict: bool = False, symbolic: Symbolic | None = None
) -> Checked:
    """The same with a scheme that is there already, for many sheets of one problem."""
    found = texts.placed(scheme, sheet)
    scheme = scheme.seeing(found.others, scheme.only) if found.others else scheme
    steps = [step for answer in scheme.every for step in answer.steps]
    judge = None
    if scheme.network.symbolic:
        typed = {ref: [answer] for ref, answer in found.numbers.items()}
        judged = (symbolic or Symbolic(scheme)).judge(steps, typed, 1)
    else:
        columns = {
            step.ref: texts.column([found.numbers.get(step.ref, "")], [sheet.comma])
            for step in steps
        }
        judge = Judge(scheme, columns, 1, strict=strict)
        judge.mark(steps)
        judged = judge.judged
    figures = Figures(scheme, strict=strict).mark(found.figures) if scheme.figures else ()
    return Checked(scheme, sheet, found, judge, judged, figures, strict)


def shown_marks(value: float) -> str:
    """Marks without binary dust: 1, 0.5, 0.33."""
    return plain(round(value, 2))
