"""solve: put each question to the network, check every value shown, and make the document."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from handcalc import questions
from handcalc.answers import Answers, Worked
from handcalc.asking import asked
from handcalc.document import Document, Note, words
from handcalc.errors import ProblemError, count, listed
from handcalc.network import Steps, build
from handcalc.network.rounding import Policy
from handcalc.picturing import pictured
from handcalc.posing import head
from handcalc.problem import Problem, load
from handcalc.questions import COUNTED, _rest, _summary
from handcalc.questions._page import Level, Page

if TYPE_CHECKING:
    from handcalc.network.proof import Evidence


@dataclass(frozen=True)
class Solution(Document):
    """A worked solution; it shows itself in Jupyter and prints itself in a terminal."""

    def to(self, format: str = "terminal", **options: object) -> str:
        """The solution as `terminal`, `markdown` or `json` text."""
        from handcalc import formats

        return formats.write(self, format, **options)

    def _repr_markdown_(self) -> str:
        return self.to("markdown")

    def __str__(self) -> str:
        return self.to("terminal")


def solve(
    problem: Problem | str | Path,
    keys: Sequence[str] = (),
    *,
    level: Level = "normal",
    decimals: int | None = None,
    carry: Literal["exact", "rounded"] | None = None,
) -> Solution:
    """The worked solution of a problem, or just the steps that lead to some answers.

    Every value shown has been checked; ProofError if one does not stand its check.
    """
    problem = problem if isinstance(problem, Problem) else load(problem)
    rounding = {"decimals": decimals, "carry": carry}
    changed = {name: value for name, value in rounding.items() if value is not None}
    policy = Policy(problem.rounding.model_copy(update=changed))
    network = build(problem)
    steps = Steps(network, policy)
    wanted = asked(steps, keys)
    if not COUNTED.issuperset(wanted.questions):
        _refuse_outputs(steps)
    page = Page(steps, level, wanted.questions, wanted.targets, wanted.figures, wanted.more)
    head(page)
    in_order = [word for word in questions.QUESTIONS if word in wanted.questions]
    counted = [word for word in in_order if word in COUNTED]
    for word in in_order:
        questions.load(word).write(page)
        if counted and word == counted[-1]:
            _summary.write(page, counted)
    _rest.write(page)
    _tail(page)
    name = problem.origin.name
    picture = cache(partial(pictured, page))
    blocks, title = tuple(page.blocks), problem.title or name
    return Solution(name, title, blocks, Worked(page), Answers(page), picture)


def _refuse_outputs(steps: Steps) -> None:
    """Outputs that the loss is not made for, and losses beyond the numbers there are."""
    import numpy as np

    network, problem = steps.network, steps.network.problem
    wrong = []
    for aim, quantity in zip(network.aims, network.losses, strict=False):
        result = steps.result
        steps.refuse_in_words(quantity.name)
        outputs = result.values[network.producer(quantity.name).inputs[0]]
        what = aim.loss.output_misfit(outputs)
        if not what and not np.isfinite(result.values[quantity.name]).all():
            what = "has no finite value with these numbers; write smaller weights and inputs"
        if what:
            place = ("outputs", aim.output, "loss") if aim.output else ("loss",)
            wrong.append(problem.origin.mistake(place, f"this loss {what}"))
    if wrong:
        raise ProblemError(problem.origin.path, wrong)


def _tail(page: Page) -> None:
    """The remarks of the file, and the proof."""
    if page.problem.origin.letters:
        _letters(page)
    if page.wanted is None:
        for note in page.problem.notes:
            page.note("remark", note)
    # Sizes and weights are proved where they are counted; only values need sympy.
    evidence = _evidence(page) if page.shown or page.claims else None
    if evidence and evidence.values:
        page.add(Note("checked", words(_said(page, evidence))))


def _letters(page: Page) -> None:
    """From which numbers on the formulas hold, and that they were counted again with numbers."""
    from handcalc.network import letters

    problem = page.problem
    found, chosen = letters.ranges(problem), letters.of_windows(problem)
    for letter, numbers in found.items():
        others = {other: n for other, n in chosen.items() if other != letter}
        given = f"With {letters.written(others)}, " if others else ""
        if numbers.step > 1:
            said = f"{given}{letter} is {numbers.least}, or more in steps of {numbers.step}."
            page.note("remark", said)
        elif numbers.why:
            least = f"{given}{letter} is at least {numbers.least}"
            page.note("remark", f"{least}: with {numbers.least - 1}, {numbers.why}.")
        if numbers.most:
            most = f"{given}{letter} is at most {numbers.most}"
            page.note("remark", f"{most}: with {numbers.most + 1}, {numbers.why_most}.")
    tried = letters.prove(problem, page.layers, found)
    said = f"{tried} other numbers in place of {listed(list(found))}"
    page.add(Note("checked", words(f"{said}, counted with each: the formulas give the same.")))


def _evidence(page: Page) -> "Evidence":
    from handcalc.network.proof import Prover

    prover = Prover(page.steps)
    for ref, formula in page.claims:
        prover.claim(ref, formula)
    if page.wanted is None and {"gradients", "update"} & set(page.questions):
        prover.check_all_gradients()
    return prover.check(list(page.shown), page.targets)


def _said(page: Page, evidence: "Evidence") -> str:
    where = " at random numbers" if page.network.symbolic else ""
    parts = [
        f"{count(evidence.values, 'value')}{where}, sympy = numpy to {_tiny(evidence.worst_value)}"
    ]
    if evidence.gradients:
        parts.append(
            f"{count(evidence.gradients, 'gradient')} = central differences to {_tiny(evidence.worst_gradient)}"
        )
    if evidence.operations:
        many = evidence.operations
        who = f"each of {many} operations" if many > 1 else "its operation"
        whole = "all formulas together" if page.network.of_values else "the whole network"
        who = f"{whole} and {who}" if evidence.whole else who
        off = _tiny(evidence.worst_backwards)
        parts.append(f"{who}: backwards = slope of forwards to {off}")
    if evidence.kinks:
        parts.append(f"{evidence.kinks} at a corner of a function, where its slope is a convention")
    if evidence.not_slopes:
        parts.append(
            f"{count(evidence.not_slopes, 'gradient')} behind updated weights: no slopes of the loss, by that convention"
        )
    return f"{'; '.join(parts)}."


def _tiny(value: float) -> str:
    return "the last digit" if value == 0 else f"{value:.0e}".replace("e-0", "e-")
