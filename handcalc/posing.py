"""The question alone: what is given, by which conventions, and what is to be found."""

from collections.abc import Iterable, Iterator, Sequence
from math import prod

from handcalc.asking import Asked, asked, words_of
from handcalc.document import Cell, Document, Inline, Inlines, Math, Paragraph, Table, Text, words
from handcalc.errors import count, listed, sentence, times
from handcalc.formula.text import text
from handcalc.network import Element, Quantity, Ref, Stage, Steps, build
from handcalc.network.graph import GIVEN
from handcalc.network.rounding import Policy
from handcalc.operations._tensor import Index
from handcalc.problem import Problem
from handcalc.questions import COUNTED, QUESTIONS, _conventions, _described, _grids, _unused
from handcalc.questions._conventions import name_of
from handcalc.questions._page import Page, elements
from handcalc.questions._training import chosen

MOST_GIVEN = 40
"""Numbers of one quantity that are listed among what is given."""


def pose(problem: Problem) -> Document:
    """The exercise without its solution."""
    network = build(problem)
    steps = Steps(network, Policy(problem.rounding))
    wanted = asked(steps, (), words_of(problem))
    page = Page(steps, "normal", wanted.questions)
    head(page)
    tasks = "; ".join(_tasks(page, wanted))
    page.say(f"Find {tasks}{_in_steps(problem)}{_to_decimals(page)}.")
    name = problem.origin.name
    return Document(name, problem.title or name, tuple(page.blocks))


def _tasks(page: Page, wanted: Asked) -> list[str]:
    """What the questions ask, and single answers by their symbols."""
    problem, steps = page.problem, page.steps
    single = [
        text(steps.leaf(ref)) for ref in (wanted.more if wanted.targets is None else wanted.targets)
    ]
    if problem.trains:
        single = [word for word in problem.ask or () if word not in QUESTIONS]
    whole = wanted.questions if wanted.targets is None else ()
    tasks = [*(_task(page, word) for word in whole), *dict.fromkeys(single)]
    if wanted.targets is not None:
        tasks += sorted(wanted.figures or ())
    return tasks


def _in_steps(problem: Problem) -> str:
    """For which steps of training that is asked, where there are several."""
    if not problem.trains:
        return ""
    whole = not problem.ask or any(word in QUESTIONS for word in problem.ask)
    if not whole:
        return ""
    explained = [str(step) for step in problem.explain or (1,)]
    steps = f"step{'s' * (len(explained) > 1)} {listed(explained)} of {problem.batches.steps}"
    shown = chosen(problem.batches.steps)
    every = len(shown) == problem.batches.steps
    half = len(shown) // 2
    which = f"steps 1 to {half} and {shown[half]} to {shown[-1]}"
    return f", in {steps}; and what is learned after {'every step' if every else which}"


def _to_decimals(page: Page) -> str:
    """How exact answers are wanted, and which of them otherwise; sizes and symbols have no decimals."""
    problem = page.problem
    if page.network.symbolic or COUNTED.issuperset(page.questions):
        return ""
    own = problem.rounding.keys if problem.marking.decimals is None else {}
    usual = (
        problem.rounding.decimals if problem.marking.decimals is None else problem.marking.decimals
    )
    by_number: dict[int, list[str]] = {}
    for key, decimals in own.items():
        by_number.setdefault(decimals, []).append(key)
    others = [f"{listed(keys)} to {decimals}" for decimals, keys in by_number.items()]
    return f", to {count(usual, 'decimal')}{''.join(f'; {other}' for other in others)}"


def _task(page: Page, word: str) -> str:
    """What a question asks, of the values of the file by their names."""
    question = QUESTIONS[word]
    if page.problem.gradients is not None:
        return "every learned number after one step"
    if word == "update" and page.problem.rule is not None:
        return "every weight and bias after one step"
    if page.network.of_values and question.of_values:
        return question.of_values.format(f=page.steps.notation.loss_letter)
    return question.task


def head(page: Page, of_steps: Sequence[Page] = ()) -> None:
    """What is given, to single answers of some steps of training too, and the conventions of the work."""
    problem = page.problem
    if problem.question:
        page.add(Paragraph(words(problem.question)))
    if problem.source:
        page.add(Paragraph(words(f"Source: {problem.source}")))
    if problem.origin.sample:
        page.add(Paragraph(words(sentence(problem.origin.sample))))
    if page.wanted is None and page.level != "brief":
        _described.write(page)
        _described.goal(page)
        rows = (
            [_shape_of(quantity) for quantity in page.network.inputs]
            if COUNTED.issuperset(page.questions)
            else [
                row
                for q in page.network.of_kind(*GIVEN)
                if not _as_matrix(page, q)
                for row in (_by_step(page, q) if _is_of_steps(page, q) else _given(page, q))
            ]
        )
        rows += _started(page)
        if rows:
            page.add(Table(("given", "numbers"), tuple(rows)))
        for quantity in page.network.of_kind("input", "learned", "state", "target", "slope"):
            if _as_matrix(page, quantity) and not COUNTED.issuperset(page.questions):
                if _is_of_steps(page, quantity):
                    _grids_by_step(page, quantity)
                    continue
                for sample in _own(page, quantity):
                    at = "" if sample is None else f", sample {sample + 1}"
                    said = name_of(quantity) + at
                    page.say(f"{_capital(said)}:")
                    _grids.write(page, quantity.name, lambda element: element, sample)
    elif page.wanted is not None and page.level != "brief":
        rows = list(_needed(of_steps or [page]))
        if rows:
            page.add(Table(("given", "numbers"), tuple(rows)))
    if page.level != "brief" and not COUNTED.issuperset(page.questions):
        for convention in _conventions.of(page):
            page.note("convention", convention)
    if page.level != "brief":
        for remark in _unused.of(page):
            page.note("remark", remark)
    _asked(page, [ref for ref in page.targets if page.steps.is_given(ref)])


def _needed(pages: Sequence[Page]) -> Iterator[tuple[Cell, ...]]:
    """A row for each given quantity of which some numbers lead to what is asked, in any of these steps."""
    seen_on: dict[tuple[str, str], tuple[Page, int | None]] = {}
    needed: dict[tuple[str, str], set[Index]] = {}
    for page in (page for page in pages if not page.network.symbolic):
        for ref in (r for r in page.wanted or () if isinstance(r, Element)):
            quantity = page.network.quantities[ref.quantity]
            # What is learned is given to the first step only: later ones have it of the step before.
            later = quantity.kind == "learned" and page.training_step > 1
            if page.steps.is_given(ref) and not later:
                key = ref.quantity, name_of(quantity) + _which(page, quantity, ref.sample)
                seen_on.setdefault(key, (page, ref.sample))
                needed.setdefault(key, set()).add(ref.index)
    order = {quantity.name: i for i, quantity in enumerate(pages[0].network.of_kind(*GIVEN))}
    for key in sorted(needed, key=lambda key: (order[key[0]], seen_on[key][1] or 0)):
        page, sample = seen_on[key]
        quantity = page.network.quantities[key[0]]
        refs = elements(quantity.shape, quantity.name, sample)
        refs = [ref for ref in refs if ref.index in needed[key]]
        if len(refs) > MOST_GIVEN:
            first, last = (Math(page.steps.leaf(refs[i])) for i in (0, -1))
            yield key[1], (Text(f"{len(refs)} numbers, "), first, Text(" to "), last)
        else:
            yield key[1], _values(page, refs)


def _which(page: Page, quantity: Quantity, sample: int | None) -> str:
    """Of which sample, or of which step of training, given numbers are."""
    if _is_of_steps(page, quantity):
        return f", step {page.training_step}"
    if (sample is None and not page.network.batch) or not page.network.per_sample(quantity.name):
        return ""
    return f", sample {page.network.sample_number(sample or 0)}"


def _asked(page: Page, given: Sequence[Ref]) -> None:
    """Given numbers that are asked for: line by line, of large quantities as a matrix."""
    if len(given) <= MOST_GIVEN or page.network.symbolic:
        page.lines(given, because=words("given in the file"))
        return
    for name, sample in dict.fromkeys(
        (e.quantity, e.sample) for e in given if isinstance(e, Element)
    ):
        _grids.write(page, name, lambda element: element, sample)


def _shape_of(quantity: Quantity) -> tuple[Cell, ...]:
    return quantity.label.given, times(quantity.shape) + " values"


def _own(page: Page, quantity: Quantity) -> Sequence[int | None]:
    """The samples for which numbers are listed; what is the same for all of them is listed once."""
    numbers = page.network.sources[quantity.name]
    same = quantity.layer and all(given == numbers[0] for given in numbers)
    if same or not page.network.per_sample(quantity.name):
        return (None,)
    return page.steps.samples or (None,)


def _as_matrix(page: Page, quantity: Quantity) -> bool:
    """Inputs and kernels in rows are shown as matrices, not as a list of their numbers."""
    several = len(quantity.shape) > 1 and prod(quantity.shape) > 1
    listed_by_name = quantity.label.word == "weights" and prod(quantity.shape) <= MOST_GIVEN
    return several and not listed_by_name and not page.network.symbolic


def _given(page: Page, quantity: Quantity) -> Iterable[tuple[Cell, ...]]:
    steps, shape = page.steps, times(quantity.shape)
    for sample in _own(page, quantity):
        refs = elements(quantity.shape, quantity.name, sample)
        name = name_of(quantity) + ("" if sample is None else f", sample {sample + 1}")
        first, last = Math(steps.leaf(refs[0])), Math(steps.leaf(refs[-1]))
        decides = quantity.name in page.network.read_by_value
        if page.network.symbolic and quantity.kind != "setting" and not decides:
            yield name, (first,) if len(refs) == 1 else (first, Text(" to "), last)
        elif len(refs) > MOST_GIVEN:
            yield name, (Text(f"{shape} numbers, "), first, Text(" to "), last)
        else:
            yield name, _values(page, refs)


def _is_of_steps(page: Page, quantity: Quantity) -> bool:
    """Is this a given gradient that each step of training has another one of?"""
    learned = page.network.quantities.get(quantity.about)
    if quantity.kind != "slope" or learned is None or learned.kind != "learned":
        return False
    return page.problem.gradient_steps.get(learned.label.stem) is not None


def _in_steps_shown(page: Page) -> Iterator[tuple[int, Page]]:
    """The steps of training whose given gradients are listed, each with a page of its own."""
    problem, policy = page.problem, page.steps.policy
    for step in chosen(problem.batches.steps):
        yield step, Page(Steps(build(problem, step), policy), page.level, page.questions)


def _by_step(page: Page, quantity: Quantity) -> Iterator[tuple[Cell, ...]]:
    """A row for the gradient of each step."""
    for step, own in _in_steps_shown(page):
        for name, values in _given(own, quantity):
            yield f"{name}, step {step}", values


def _grids_by_step(page: Page, quantity: Quantity) -> None:
    """A matrix for the gradient of each step."""
    for step, own in _in_steps_shown(page):
        page.say(f"{_capital(name_of(quantity))}, step {step}:")
        _grids.write(own, quantity.name, lambda element: element, None)
        page.add(*own.blocks)


def _started(page: Page) -> Iterator[tuple[Cell, ...]]:
    """What the optimizer remembers at first, where the file has an array of it."""
    optimizer = page.problem.optimizer
    if optimizer is None or not page.network.learned:
        return
    for word in optimizer.kept:
        if not isinstance(start := optimizer.start.get(word), dict) and not (start and start.shape):
            continue
        for quantity in page.network.learned:
            refs = [Stage(e, word, old=True) for e in elements(quantity.shape, quantity.name, None)]
            if len(refs) > MOST_GIVEN:
                first, last = (Math(page.steps.leaf(refs[i])) for i in (0, -1))
                size = f"{times(quantity.shape)} numbers, "
                yield f"{word} before", (Text(size), first, Text(" to "), last)
            else:
                yield f"{word} before", _values(page, refs)


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _values(page: Page, refs: Sequence[Ref]) -> Inlines:
    """x1 = 0.2, x2 = 0.1."""
    found: list[Inline] = []
    for i, ref in enumerate(refs):
        end = ", " if i < len(refs) - 1 else ""
        found += [Math(page.steps.leaf(ref)), Text(f" = {page.steps.written(ref).text}{end}")]
    return tuple(found)
