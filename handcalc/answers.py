"""The answers of a solution: their values for programs."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from math import prod
from typing import Any, TypeAlias, overload

from handcalc.document import Answer, Shown, Step, Value
from handcalc.fields import Shape
from handcalc.formula import is_long, leaves
from handcalc.network import After, Element, Gradient, Local, Part, Quantity, Ref, Stage, Steps
from handcalc.network.parts import DIFFERENCES
from handcalc.number import tidy
from handcalc.operations._tensor import Index
from handcalc.questions import COUNTED, _figures, _order
from handcalc.questions._page import Page, elements

MOST_SINGLE = 100
"""Elements of a quantity up to which each is an answer by itself; larger ones are one nested answer."""


MOST_PROVED = 1000
"""Answers that are checked one by one when programs ask for all of them."""


class Answers(Mapping[str, Answer]):
    """The answers of a solution, found when they are first looked at."""

    def __init__(self, *pages: Page) -> None:
        self._pages = pages

    @cached_property
    def _all(self) -> dict[str, Answer]:
        found = {
            page.key_of(key): answer
            for page in self._pages
            for key, answer in _answers(page).items()
        }
        for page in self._pages:
            for key, (steps, ref) in page.beside.items():
                found.setdefault(key, _single(steps, ref))
        return found

    def __getitem__(self, key: str) -> Answer:
        return self._all[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


class Worked(Sequence[Step]):
    """The steps of a solution, told apart when they are first looked at."""

    def __init__(self, *pages: Page) -> None:
        self._pages = pages

    @cached_property
    def _all(self) -> tuple[Step, ...]:
        return tuple(step for page in self._pages for step in page.as_steps())

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Step]: ...
    def __getitem__(self, index: int | slice) -> Step | Sequence[Step]:
        return self._all[index]

    def __len__(self) -> int:
        return len(self._all)


def _answers(page: Page) -> dict[str, Answer]:
    """The answers in the order in which they are found; the asked ones alone, if some were."""
    steps = page.steps
    found: dict[str, Answer] = {}
    for word in (word for word in page.questions if word in COUNTED):
        figures = _figures.answers(page.layers, word, page.figures or ())
        found.update((key, answer) for key, answer in figures if page.wants_figure(key))
    if page.network.symbolic:
        return found
    proved: list[Ref] = []
    for key, shape, refs in entries(steps, page.questions, page.targets, whole=page.wanted is None):
        found[key] = _nested(steps, shape, refs) if shape else _single(steps, refs[0])
        proved += refs[: max(0, MOST_PROVED - len(proved))]
    prove(steps, proved, asked=page.targets)
    return found


Entry: TypeAlias = tuple[str, Shape, list[Ref]]
"""The key of an answer, the shape of a matrix, () for a single number, and the steps of its elements."""


def entries(
    steps: Steps, questions: Iterable[str], targets: Iterable[Ref], *, whole: bool
) -> Iterator[Entry]:
    """Every answer in the order of the page: of whole questions, and single ones beside or instead."""
    met: set[Ref] = set()
    asked = dict.fromkeys(map(steps.same, targets))
    words = list(questions)
    for word in words:
        for entry in _layout(steps, word, words):
            own = [steps.same(ref) for ref in entry[2]]
            if whole or (asked and all(ref in asked for ref in own)):
                met.update(own)
                yield entry
            elif asked:
                for one in own:
                    if one in asked:
                        met.add(one)
                        yield steps.key(one), (), [one]
        if word == "gradients":
            rest = [ref for ref in asked if isinstance(ref, Gradient) and ref not in met]
            met.update(rest)
            yield from _single_ones(steps, rest)
    yield from _single_ones(steps, [ref for ref in asked if ref not in met])


def _single_ones(steps: Steps, rest: Sequence[Ref]) -> Iterator[Entry]:
    """Answers that belong to no question; what is asked as a whole matrix is one answer."""
    in_wholes: set[Ref] = set()
    for quantity, refs in wholes(steps, rest):
        if len(refs) > MOST_SINGLE or "[" in steps.key(refs[-1]):
            in_wholes.update(refs)
            yield key_of_whole(steps, quantity, refs[0]), quantity.shape, refs
    yield from ((steps.key(ref), (), [ref]) for ref in rest if ref not in in_wholes)


def _layout(steps: Steps, word: str, questions: Collection[str]) -> Iterator[Entry]:
    """The answers to a question: numbers by themselves, and matrices as a whole with their shape."""
    if word == "gradients":
        yield from _as_worked(steps, new_values="update" in questions and not steps.each_has_a_loss)
        return
    before = "gradients" in questions and not steps.each_has_a_loss
    for quantity, sample, kind in _order.groups(steps.network, word):
        behind = word == "update" and before and _order.in_full(quantity)
        for entry in _entries_of(steps, quantity, sample, kind):
            if not behind or entry[1]:
                yield entry


def _entries_of(steps: Steps, quantity: Quantity, sample: int | None, kind: Any) -> Iterator[Entry]:
    refs = [kind(e) for e in elements(quantity.shape, quantity.name, sample)]
    if len(refs) <= MOST_SINGLE and "[" not in steps.key(refs[-1]):
        yield from ((steps.key(ref), (), [ref]) for ref in refs)
    else:
        yield key_of_whole(steps, quantity, refs[0]), quantity.shape, refs


def _as_worked(steps: Steps, *, new_values: bool) -> Iterator[Entry]:
    """Gradients in the order of the page: one that is but a factor comes with the first that needs it.

    Where the page writes the new value of a parameter behind its gradient, so do the answers.
    """
    waiting: dict[Ref, Entry] = {}
    learned = steps.network.learned_names

    def needed(ref: Ref) -> Iterator[Entry]:
        formula = steps.formula(ref)
        for leaf in () if formula is None or is_long(formula) else leaves(formula):
            other = steps.ref(leaf)
            if other in waiting:
                entry = waiting.pop(other)
                yield from needed(other)
                yield entry
            elif isinstance(other, Gradient) and other.via is not None:
                yield from needed(other)

    layer = ""
    for quantity, sample, kind in _order.groups(steps.network, "gradients"):
        if quantity.layer != layer:
            yield from waiting.values()
            waiting.clear()
            layer = quantity.layer
        for entry in _entries_of(steps, quantity, sample, kind):
            ref = steps.same(entry[2][0])
            if entry[1] or not isinstance(ref, Gradient):
                yield entry
            elif quantity.kind == "learned" or steps.stands_alone(ref.by):
                yield from needed(ref)
                yield entry
                if new_values and quantity.name in learned and _order.in_full(quantity):
                    for new in steps.remembered(ref.by):
                        yield steps.key(new), (), [new]
            else:
                waiting[ref] = entry
    yield from waiting.values()


def prove(steps: Steps, refs: list[Ref], asked: Iterable[Ref] = ()) -> None:
    """Answers are checked as the steps are; of a large network the first ones, one by one."""
    from handcalc.network.proof import Prover

    Prover(steps).check(refs, asked)


def _single(steps: Steps, ref: Ref) -> Answer:
    return Answer(tidy(steps.exact(ref)), steps.written(ref).text)


def _nested(steps: Steps, shape: Shape, refs: list[Ref]) -> Answer:
    values: Value = _fold([tidy(steps.exact(ref)) for ref in refs], shape)
    shown: Shown = _fold([steps.written(ref).text for ref in refs], shape)
    return Answer(values, shown, shape)


def _fold(flat: list[Any], shape: tuple[int, ...]) -> Any:
    """A flat list in reading order as nested lists."""
    for size in reversed(shape[1:]):
        flat = [flat[i : i + size] for i in range(0, len(flat), size)]
    return flat


def wholes(steps: Steps, targets: Iterable[Ref]) -> list[tuple[Quantity, list[Ref]]]:
    """The quantities, gradients and new values that are asked as a whole, in reading order."""
    groups: dict[tuple[object, ...], dict[Index, Ref]] = {}
    for ref in targets:
        match ref:
            case Element() as of:
                pass
            case Gradient(by=of, via=None) | After(of=of) | Stage(of=of):
                pass
            case Part(of=of) if ref.word in DIFFERENCES:
                pass
            case _:
                continue
        kind = ref.word if isinstance(ref, Part | Stage) else type(ref)
        groups.setdefault((kind, of.quantity, of.sample), {})[of.index] = ref
    quantities = steps.network.quantities
    found = [(quantities[str(name)], refs) for (_, name, _), refs in groups.items()]
    return [(q, [refs[i] for i in sorted(refs)]) for q, refs in found if len(refs) == prod(q.shape)]


def key_of_whole(steps: Steps, quantity: Quantity, first: Ref) -> str:
    """The key of a whole quantity, or of the gradient, the update or the finite differences of one."""
    name, at, sample = steps.notation.whole(quantity), "", ""
    _, at, sample = steps.key(first).partition("@")
    if isinstance(first, Local):
        of = steps.notation.whole(steps.network.quantities[first.of.quantity])
        return f"d{of}_d{name}{at}{sample}"
    if isinstance(first, Gradient):
        return f"d{steps.notation.loss}_d{name}{at}{sample}"
    if isinstance(first, Part):
        return f"{steps.parts.whole_key(first.word, quantity)}{at}{sample}"
    if isinstance(first, Stage):
        return f"{first.word}_{name}"
    return f"{name}_new" if isinstance(first, After) else f"{name}{at}{sample}"
