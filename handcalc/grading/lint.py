"""lint: what a marker could not tell apart in a problem, at the decimals that are asked for.

A student who makes no mistake but one is marked: where the number that comes out would pass as right,
the mistake cannot be told. The same is asked of a bare 0 and of the wrong sign.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handcalc.document import Block, Document, Heading, Paragraph, words
from handcalc.errors import listed
from handcalc.grading import mistakes, texts
from handcalc.grading.box import Box, agrees
from handcalc.grading.judge import Judge
from handcalc.grading.scheme import Scheme
from handcalc.grading.step import Step
from handcalc.network import Local
from handcalc.number import fixed, round_to
from handcalc.problem import Problem

if TYPE_CHECKING:
    from handcalc.grading.box import Array


MOST_CELLS = 100
"""Cells of one matrix that are tried; the others are of the same kind."""


@dataclass(frozen=True, slots=True)
class Blind:
    """One answer that a mistake does not change enough."""

    key: str
    mistake: str
    right: str
    wrong: str
    same: bool
    """Does the mistake change nothing at all, whatever the decimals?"""


@dataclass
class Linted:
    """What was found."""

    blind: list[Blind]
    zero: list[str]
    sign: list[str]
    flat: list[str]
    untried: str = ""
    """What was not tried."""


def lint(problem: Problem) -> Linted:
    """Try every mistake on every answer in numbers."""
    import numpy as np

    scheme = Scheme(problem)
    if scheme.network.symbolic and scheme.answers:
        said = "Answers in symbols are not tried: formulas are compared, and nothing is rounded."
        return Linted([], [], [], [], said)
    steps = [step for answer in scheme.answers.values() for step in answer.steps[:MOST_CELLS]]
    exact = {step.ref: scheme.steps.exact(step.ref) for step in steps}
    perfect = {step.ref: _typed(exact[step.ref], step.decimals) for step in steps}
    judge = Judge(
        scheme,
        {ref: texts.column([text], [False]) for ref, text in perfect.items()},
        1,
        diagnose=False,
    )
    judge.mark(steps)
    found = Linted([], [], [], [])
    if scheme.figures:
        found.untried = (
            "Sizes and counts are whole numbers and are not tried: no rounding hides a mistake."
        )
    one = np.zeros(1, dtype=int)
    for step in steps:
        follow = judge.judged[step.ref].follow
        unit = np.array([10.0**-step.decimals])

        def passes(text: str, follow: Box = follow, unit: "Array" = unit) -> bool:
            value = np.array([float(text)])
            return bool(agrees(follow, value, unit, truncation=scheme.truncation)[0])

        right = perfect[step.ref]
        for word, mistake in zip(mistakes.MISTAKES, mistakes.all_of(), strict=True):
            for formula in mistake.formulas(step):
                value = float(judge.carried(formula, one).value[0])
                wrong = _typed(value, step.decimals) if np.isfinite(value) else right
                if passes(wrong):
                    same = abs(value - exact[step.ref]) <= 1e-9 * max(1.0, abs(value))
                    found.blind.append(Blind(step.key, word, right, wrong, same))
                    break
        if exact[step.ref]:
            if passes("0"):
                found.zero.append(step.key)
            elif passes(_typed(-exact[step.ref], step.decimals)):
                found.sign.append(step.key)
        found.flat += _flat(scheme, step)
    return found


def document(problem: Problem) -> Document:
    """The findings, for the author."""
    title = f"What marking cannot tell: {problem.title or problem.origin.name}"
    return Document(problem.origin.name, title, tuple(_blocks(lint(problem))))


def _blocks(found: Linted) -> Iterator[Block]:
    if found.untried:
        yield Paragraph(words(found.untried))
    elif not any((found.blind, found.zero, found.sign, found.flat)):
        said = "Every mistake that is known changes an answer by more than rounding does."
        yield Paragraph(words(said))
    number = 0
    for same in (True, False):
        lines = list(_by_mistake([blind for blind in found.blind if blind.same == same]))
        if lines:
            number += 1
            title = "Mistakes that change nothing" if same else "Mistakes within rounding"
            yield Heading(2, words(title), str(number))
            yield from (Paragraph(words(line)) for line in lines)
            yield Paragraph(words(_ADVICE[same]))
    if found.zero or found.sign:
        yield Heading(2, words("Numbers that are too small"), str(number + 1))
    if found.zero:
        yield Paragraph(
            words(
                f"A bare 0 would pass, with as many decimals as are asked: {', '.join(found.zero)}."
            )
        )
    if found.sign:
        yield Paragraph(words(f"The wrong sign would pass: {', '.join(found.sign)}."))
    if found.flat:
        yield Paragraph(
            words(f"Saturated, so that slopes round to 0: {', '.join(dict.fromkeys(found.flat))}.")
        )


_ADVICE = {
    True: "With other numbers they would be told apart; more decimals do not help.",
    False: "More decimals, or other numbers, tell them apart.",
}


def _by_mistake(blind: Sequence[Blind]) -> Iterator[str]:
    """A sentence a mistake: what it is, and in which answers it passes, with the number it gives."""
    found: dict[str, list[str]] = {}
    for one in blind:
        given = one.right if one.same else f"{one.wrong} for {one.right}"
        found.setdefault(one.mistake, []).append(f"{one.key} ({given})")
    for word, answers in found.items():
        yield f"{mistakes.load(word).said}: {listed(answers, 8)}."


def _flat(scheme: Scheme, step: Step) -> Iterator[str]:
    """Activations behind a step whose slope is below half a unit, although it is not 0."""
    for ref in step.before():
        if isinstance(ref, Local) and step.slope_of_activation(ref) is not None:
            slope = abs(scheme.steps.exact(ref))
            if 0 < slope < 0.5 * 10.0**-step.decimals:
                yield scheme.steps.key(ref)


def _typed(value: float, decimals: int) -> str:
    return fixed(round_to(value, decimals), decimals)
