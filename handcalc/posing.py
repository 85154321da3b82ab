"""The question alone: what is given, by which conventions, and what is to be found."""

from collections.abc import Iterable, Sequence

from handcalc.asking import asked
from handcalc.document import Cell, Document, Inline, Inlines, Math, Paragraph, Table, Text, words
from handcalc.errors import times
from handcalc.formula.text import text
from handcalc.network import Element, Quantity, Ref, Steps, build
from handcalc.network.graph import GIVEN, INPUT
from handcalc.network.rounding import Policy
from handcalc.problem import Problem
from handcalc.questions import COUNTED, QUESTIONS, _conventions, _grids
from handcalc.questions._conventions import name_of
from handcalc.questions._page import Page, elements

MOST_GIVEN = 40
"""Numbers of one quantity that are listed among what is given."""


def pose(problem: Problem) -> Document:
    """The exercise without its solution."""
    network = build(problem)
    steps = Steps(network, Policy(problem.rounding))
    wanted = asked(steps)
    page = Page(steps, "normal", wanted.questions)
    head(page)
    if wanted.targets is None:
        tasks = [QUESTIONS[word].task for word in wanted.questions]
    else:
        tasks = [*dict.fromkeys(text(steps.leaf(ref)) for ref in wanted.targets), *wanted.figures]
    page.say(f"Find {'; '.join(tasks)}.")
    name = problem.origin.name
    return Document(name, problem.title or name, tuple(page.blocks))


def head(page: Page) -> None:
    """What is given, and the conventions under which it is worked."""
    problem = page.problem
    if problem.question:
        page.add(Paragraph(words(problem.question)))
    if problem.source:
        page.add(Paragraph(words(f"Source: {problem.source}")))
    if page.wanted is None and page.level != "brief":
        rows = (
            [_shape_of_input(page)]
            if COUNTED.issuperset(page.questions)
            else [
                row
                for q in page.network.of_kind(*GIVEN)
                if not _as_matrix(page, q)
                for row in _given(page, q)
            ]
        )
        if rows:
            page.add(Table(("given", "numbers"), tuple(rows)))
        for quantity in page.network.of_kind("input", "learned", "slope"):
            if _as_matrix(page, quantity):
                own = page.steps.samples if page.network.per_sample(quantity.name) else ()
                for sample in own or (None,):
                    at = "" if sample is None else f", sample {sample + 1}"
                    said = name_of(quantity) + at
                    page.say(f"{said[0].upper()}{said[1:]}:")
                    _grids.write(page, quantity.name, lambda element: element, sample)
    if page.level != "brief" and not COUNTED.issuperset(page.questions):
        for sentence in _conventions.of(page):
            page.note("convention", sentence)
    _asked(page, [ref for ref in page.targets if page.steps.is_given(ref)])


def _asked(page: Page, given: Sequence[Ref]) -> None:
    """Given numbers that are asked for: line by line, of large quantities as a matrix."""
    if len(given) <= MOST_GIVEN or page.network.symbolic:
        page.lines(given, because=words("given in the file"))
        return
    for name, sample in dict.fromkeys(
        (e.quantity, e.sample) for e in given if isinstance(e, Element)
    ):
        _grids.write(page, name, lambda element: element, sample)


def _shape_of_input(page: Page) -> tuple[Cell, ...]:
    return "input", times(page.network.quantities[INPUT].shape) + " values"


def _as_matrix(page: Page, quantity: Quantity) -> bool:
    """Inputs and kernels in rows are shown as matrices, not as a list of their numbers."""
    return (
        len(quantity.shape) > 1 and quantity.label.word != "weights" and not page.network.symbolic
    )


def _given(page: Page, quantity: Quantity) -> Iterable[tuple[Cell, ...]]:
    steps, shape = page.steps, times(quantity.shape)
    own = page.network.per_sample(quantity.name) and page.steps.samples
    for sample in page.steps.samples if own else (None,):
        refs = elements(quantity.shape, quantity.name, sample)
        name = name_of(quantity) + ("" if sample is None else f", sample {sample + 1}")
        first, last = Math(steps.leaf(refs[0])), Math(steps.leaf(refs[-1]))
        if page.network.symbolic and quantity.kind != "setting":
            yield name, (first,) if len(refs) == 1 else (first, Text(" to "), last)
        elif len(refs) > MOST_GIVEN:
            yield name, (Text(f"{shape} numbers, "), first, Text(" to "), last)
        else:
            yield name, _values(page, refs)


def _values(page: Page, refs: Sequence[Ref]) -> Inlines:
    """x1 = 0.2, x2 = 0.1."""
    found: list[Inline] = []
    for i, ref in enumerate(refs):
        end = ", " if i < len(refs) - 1 else ""
        found += [Math(page.steps.leaf(ref)), Text(f" = {page.steps.written(ref).text}{end}")]
    return tuple(found)
