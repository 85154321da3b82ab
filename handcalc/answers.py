"""The answers of a solution: their values for programs."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from math import prod
from typing import Any

from handcalc.document import Answer, Shown, Value
from handcalc.fields import Shape
from handcalc.network import After, Element, Gradient, Local, Node, Quantity, Ref, Steps
from handcalc.network.graph import LOSS, RATE, SLOPE
from handcalc.number import tidy
from handcalc.operations._elementwise import Elementwise
from handcalc.operations._operation import Index
from handcalc.questions import COUNTED, _figures
from handcalc.questions._page import Page, elements

MOST_SINGLE = 100
"""Elements of a quantity up to which each is an answer by itself; larger ones are one nested answer."""


MOST_PROVED = 1000
"""Answers that are checked one by one when programs ask for all of them."""


class Answers(Mapping[str, Answer]):
    """The answers of a solution, found when they are first looked at."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @cached_property
    def _all(self) -> dict[str, Answer]:
        return _answers(self._page)

    def __getitem__(self, key: str) -> Answer:
        return self._all[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def _answers(page: Page) -> dict[str, Answer]:
    """The answers in the order in which they are found; the asked ones alone, if some were."""
    steps = page.steps
    found: dict[str, Answer] = {}
    for word in (word for word in page.questions if word in COUNTED):
        figures = _figures.answers(page.layers, word)
        found.update((key, answer) for key, answer in figures if page.wants_figure(key))
    if page.network.symbolic:
        return found
    if page.wanted is not None:
        place = {ref: i for i, ref in enumerate(page.shown)}
        targets = sorted(page.targets, key=lambda ref: place.get(ref, 0))
        large = [(q, refs) for q, refs in wholes(page) if len(refs) > MOST_SINGLE]
        nested = {ref for _, refs in large for ref in refs}
        single = [ref for ref in targets if ref not in nested]
        for ref in single:
            found[steps.key(ref)] = _single(steps, ref)
        for quantity, refs in large:
            found[key_of_whole(steps, quantity, refs[0])] = _nested(steps, quantity.shape, refs)
        prove(steps, [*single, *(ref for _, refs in large for ref in refs[:MOST_PROVED])])
        return found
    proved: list[Ref] = []
    for word in page.questions:
        for key, shape, refs in layout(steps, word):
            found[key] = _nested(steps, shape, refs) if shape else _single(steps, refs[0])
            proved += refs[: max(0, MOST_PROVED - len(proved))]
    prove(steps, proved)
    return found


def layout(steps: Steps, word: str) -> Iterator[tuple[str, Shape, list[Ref]]]:
    """The answers to a question: numbers by themselves, and matrices as a whole with their shape."""
    for quantity, sample, kind in _groups(steps, word):
        refs = [kind(e) for e in elements(quantity.shape, quantity.name, sample)]
        if len(refs) <= MOST_SINGLE and "[" not in steps.key(refs[-1]):
            yield from ((steps.key(ref), (), [ref]) for ref in refs)
        else:
            yield key_of_whole(steps, quantity, refs[0]), quantity.shape, refs


def prove(steps: Steps, refs: list[Ref]) -> None:
    """Answers are checked as the steps are; of a large network the first ones, one by one."""
    from handcalc.network.proof import Prover

    Prover(steps).check(refs)


def refs_of(steps: Steps, word: str) -> list[Ref]:
    """All steps that a question asks."""
    return [kind(e) for q, s, kind in _groups(steps, word) for e in elements(q.shape, q.name, s)]


def _groups(steps: Steps, word: str) -> list[tuple[Quantity, int | None, Any]]:
    """Quantity, sample and kind of step for everything that a question asks."""
    network = steps.network
    each: list[int | None] = list(steps.samples) or [None]
    values = network.values
    batch: list[int | None] = [*steps.samples, None]
    match word:
        case "forward":
            return [(q, s, lambda e: e) for s in each for q in values]
        case "slopes":
            nodes = [n for n in network.nodes if isinstance(n.operation, Elementwise)]
            return [(network.quantities[n.inputs[0]], s, _slope_of(n)) for s in each for n in nodes]
        case "loss":
            return [(network.quantities[LOSS], s, lambda e: e) for s in batch]
        case "gradients":
            inner = [(q, s, Gradient) for s in each for q in reversed(values)]
            if SLOPE in network.quantities:
                inner += [(q, s, Gradient) for s in each for q in network.of_kind("input")]
            return [*inner, *((q, s, Gradient) for s in batch for q in network.parameters)]
        case "update" if RATE in network.quantities:
            updated = [(q, None, After) for q in network.learned]
            loss = [(network.quantities[LOSS], None, After)] if network.problem.loss else []
            return [*updated, *loss]
        case _:
            return []


def _slope_of(node: Node) -> Callable[[Element], Ref]:
    """∂a/∂z of an activation, from the element z."""
    return lambda z: Local(Element(node.output, z.index, z.sample), z)


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


def wholes(page: Page) -> list[tuple[Quantity, list[Ref]]]:
    """The quantities, gradients and new values that are asked as a whole, in reading order."""
    groups: dict[tuple[object, str, int | None], dict[Index, Ref]] = {}
    for ref in page.targets:
        match ref:
            case Element() as of:
                pass
            case Gradient(by=of, via=None) | After(of=of):
                pass
            case _:
                continue
        groups.setdefault((type(ref), of.quantity, of.sample), {})[of.index] = ref
    quantities = page.network.quantities
    found = [(quantities[name], refs) for (_, name, _), refs in groups.items()]
    return [(q, [refs[i] for i in sorted(refs)]) for q, refs in found if len(refs) == prod(q.shape)]


def key_of_whole(steps: Steps, quantity: Quantity, first: Ref) -> str:
    """The key of a whole quantity, or of the gradient or the update of one."""
    name, at, sample = steps.notation.whole(quantity), "", ""
    _, at, sample = steps.key(first).partition("@")
    if isinstance(first, Local):
        of = steps.notation.whole(steps.network.quantities[first.of.quantity])
        return f"d{of}_d{name}{at}{sample}"
    if isinstance(first, Gradient):
        return f"d{steps.notation.loss}_d{name}{at}{sample}"
    return f"{name}_new" if isinstance(first, After) else f"{name}{at}{sample}"
