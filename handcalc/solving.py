"""solve: put each question to the network, check every value shown, and make the document."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from handcalc import questions
from handcalc.answers import Answers, Worked
from handcalc.asking import Asked, are_whole, asked, steps_asked
from handcalc.document import Block, Document, Ledger, Lines, Matrix, Note, Table, Text, words
from handcalc.equations import equations
from handcalc.errors import ProblemError, count, listed, printable
from handcalc.formula import Number
from handcalc.network import Ref, Steps, build
from handcalc.network.rounding import Policy
from handcalc.network.training import Training
from handcalc.picturing import pictured
from handcalc.posing import head
from handcalc.problem import Problem, load
from handcalc.problem.ends import without_numbers
from handcalc.questions import COUNTED, _rest, _summary, _training
from handcalc.questions._conventions import FULL_PRECISION
from handcalc.questions._page import Level, Page, View

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
    view: View = "both",
) -> Solution:
    """The worked solution of a problem, or just the steps that lead to some answers.

    Every value shown has been checked; ProofError if one does not stand its check.
    """
    problem = problem if isinstance(problem, Problem) else load(problem)
    rounding = {"decimals": decimals, "carry": carry}
    changed = {name: value for name, value in rounding.items() if value is not None}
    policy = Policy(problem.rounding.model_copy(update=changed))
    if problem.trains:
        pages = _pages_of_training(Training(problem, policy), keys, level, view)
    else:
        steps = Steps(build(problem), policy)
        page = _begun(steps, level, asked(steps, keys), view=view)
        head(page)
        _write(page)
        pages = [page]
    for page in pages:
        page.blocks[:] = _without_rounding(pages, page.blocks)
    _tail(pages)
    name = problem.origin.name
    picture = cache(partial(pictured, pages[0]))
    blocks = tuple(block for page in pages for block in page.blocks)
    title, program = problem.title or name, cache(partial(equations, pages, policy))
    return Solution(name, title, blocks, Worked(*pages), Answers(*pages), picture, program)


def _pages_of_training(
    training: Training, keys: Sequence[str], level: Level, view: View
) -> list[Page]:
    """A page for each step of training that is explained, or has a value that is asked."""
    pages: list[Page] = []
    by_step = steps_asked(training, keys)
    whole = not keys and are_whole(by_step)
    shown = _training.chosen(training.count) if whole else []
    course = training.course({*by_step, *shown}) if whole else None
    for number, own in by_step.items():
        steps = training.at(number)
        wanted = asked(steps, own if keys else (), None if keys else own)
        page = _begun(steps, level, wanted, number, pages[-1].sections if pages else 0, view)
        _training.begin(page, training, by_step if whole else ())
        _write(page)
        if course is not None and number == max(by_step):
            _training.write(page, training, course)
        pages.append(page)
    pages[0].blocks[:0] = _given(training, pages)
    return pages


def _given(training: Training, pages: Sequence[Page]) -> Sequence[Block]:
    """What the whole file gives, all samples of it."""
    steps, page = Steps(build(training.problem), training.policy), pages[0]
    whole = Page(steps, page.level, page.questions)
    whole.wanted, whole.targets = page.wanted, page.targets
    head(whole, pages)
    return whole.blocks


def _begun(
    steps: Steps,
    level: Level,
    wanted: Asked,
    step: int = 0,
    behind: int = 0,
    view: View = "both",
) -> Page:
    """An empty page for what is asked."""
    if not COUNTED.issuperset(wanted.questions):
        _refuse_outputs(steps)
    questions, targets, figures = wanted.questions, wanted.targets, wanted.figures
    return Page(steps, level, questions, targets, figures, wanted.more, step, behind, view)


def _write(page: Page) -> None:
    """Each question, in order."""
    in_order = [word for word in questions.QUESTIONS if word in page.questions]
    counted = [word for word in in_order if word in COUNTED]
    for word in in_order:
        questions.load(word).write(page)
        if counted and word == counted[-1]:
            _summary.write(page, counted)
    _rest.write(page)


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


def _without_rounding(pages: Sequence[Page], blocks: Sequence[Block]) -> list[Block]:
    """Where every number of the solution is whole nothing is said of rounding."""
    if not all(map(_is_whole, (block for page in pages for block in page.blocks))):
        return list(blocks)
    return [block for block in blocks if not _is_of_rounding(block)]


def _is_of_rounding(block: Block) -> bool:
    first = block.inlines[0] if isinstance(block, Note) and block.inlines else None
    return isinstance(first, Text) and first.text.startswith(FULL_PRECISION)


def _is_whole(block: Block) -> bool:
    """Are all numbers in it whole that are found, and none of them rounded?"""
    match block:
        case Lines() | Ledger():
            values = (
                line.value.text or "" for line in block.lines if isinstance(line.value, Number)
            )
            return all(line.exact for line in block.lines) and not any(map(_has_decimals, values))
        case Matrix() | Table():
            cells = (cell for row in block.rows for cell in row)
            return not any(_has_decimals(cell) for cell in cells if isinstance(cell, str))
        case _:
            return True


def _has_decimals(text: str) -> bool:
    return bool(re.search(r"\d\.\d|\d/\d|\de-", text))


def _tail(pages: Sequence[Page]) -> None:
    """The remarks of the file, and the proof."""
    first, last = pages[0], pages[-1]
    if first.problem.origin.letters:
        _letters(first)
    if first.wanted is None:
        for note in first.problem.notes:
            last.note("remark", note)
    if first.problem.data is not None and without_numbers(first.problem):
        where = printable(first.problem.data.file)
        last.note(
            "remark", f"With --sample 1 it is the first sample of {where} that is worked out."
        )
    evidence = _proved(pages)
    if evidence and evidence.values:
        last.add(Note("checked", words(_said(first, evidence))))


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


def _proved(pages: Sequence[Page]) -> "Evidence | None":
    """What is checked of all that the pages show; None where that is no value."""
    pages = [page for page in pages if page.shown or page.claims]
    if not pages:
        return None
    # Sizes and weights are proved where they are counted; only values need sympy.
    from handcalc.network.proof import Evidence, Prover

    evidence = Evidence()
    for page in pages:
        prover = Prover(page.steps, evidence)
        for ref, formula in page.claims:
            prover.claim(ref, formula)
        updates = "update" in page.questions and page.problem.gradients is None
        if page.wanted is None and (updates or "gradients" in page.questions):
            prover.check_all_gradients()
        prover.check(list(page.shown), page.targets)
        for steps, refs in _of_other_steps(page).items():
            Prover(steps, evidence).check(refs)
    return evidence


def _of_other_steps(page: Page) -> dict[Steps, list[Ref]]:
    """The values that a table shows of other steps of training."""
    found: dict[Steps, list[Ref]] = {}
    for steps, ref in page.beside.values():
        if steps.network.step != page.steps.network.step:
            found.setdefault(steps, []).append(ref)
    return found


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
