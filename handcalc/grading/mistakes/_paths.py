"""What mistakes about paths share: the sums over paths behind a step, and what their paths are."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Literal, TypeAlias

from handcalc.formula import Formula, Sum, is_long, total
from handcalc.grading.mistakes import _uses
from handcalc.grading.step import Step
from handcalc.network import Element, Gradient, Ref
from handcalc.network.graph import LOSS
from handcalc.operations._groups import Statistic

Kind: TypeAlias = Literal["", "samples", "times", "statistics", "values"]
"""What a sum runs over; nothing where it is no sum over paths."""
Fork: TypeAlias = list[tuple[Element, Formula]]
"""The paths of a gradient, each with its term."""
Choice: TypeAlias = Callable[[Kind, Fork], Iterator[tuple[Formula, ...]]]
"""Which terms may be kept of a sum."""

MOST_FORKED = 8
"""Paths up to which each of them is tried; of a hundred nobody leaves out just one."""


def kept(step: Step, choose: Choice) -> Iterator[Formula]:
    """The step's formulas with some terms of its own sum alone, or of a sum behind it that is not on the sheet."""
    for route in step.routes:
        for terms in _choices(step, step.ref, route, choose):
            yield total(terms)
    known: dict[Ref, list[tuple[Formula, ...]]] = {}

    def behind(ref: Ref) -> list[tuple[Formula, ...]]:
        if ref not in known:
            known[ref] = list(_choices(step, ref, step.steps.formula(ref), choose))
        return known[ref]

    ways = step.met(lambda ref: len(behind(ref)))
    for choice in range(max(ways, default=0)):

        def other(ref: Ref, _: Ref, choice: int = choice) -> Formula | None:
            if ref == step.ref:
                return None
            found = behind(ref)
            return total(found[choice]) if choice < len(found) else None

        yield from step.rewritten(other)


def one_factor(step: Step, factor: Callable[[Element, Element], Ref]) -> Iterator[Formula]:
    """One factor of ∂f/∂q·∂q/∂x in place of the product, on one path q or on all of them.

    `factor` gives that factor for a path q and the value x; only in networks of values.
    """
    ref, steps = step.ref, step.steps
    if not isinstance(ref, Gradient) or ref.via is not None or not steps.network.of_values:
        return
    paths = [path for path in steps.paths(ref.by) if path.quantity != LOSS]
    alone = {path: steps.leaf(factor(path, ref.by)) for path in paths}
    whole = {path: steps.leaf(Gradient(ref.by, path)) for path in steps.paths(ref.by)}
    if len(whole) == 1:
        yield from alone.values()
        return
    if len(alone) > 1:
        yield total((whole | alone).values())
    yield from (total((whole | {path: alone[path]}).values()) for path in paths)


def _choices(
    step: Step, ref: Ref, formula: Formula | None, choose: Choice
) -> Iterator[tuple[Formula, ...]]:
    fork = _fork(step, ref, formula)
    if fork:
        yield from choose(kind(step, [path for path, _ in fork]), fork)


def _fork(step: Step, ref: Ref, formula: Formula | None) -> Fork:
    """The paths of a gradient; the samples of a mean are none."""
    if not isinstance(ref, Gradient) or ref.via is not None:
        return []
    if ref.by.sample is None and step.steps.each_has_a_loss:
        return []
    if not isinstance(formula, Sum) or is_long(formula):
        return []
    paths = step.steps.paths(ref.by)
    return list(zip(paths, formula.terms, strict=True)) if len(paths) == len(formula.terms) else []


def kind(step: Step, paths: Sequence[Element]) -> Kind:
    """What a sum over these paths runs over."""
    if all(replace(a, sample=None) == replace(b, sample=None) for a, b in pairwise(paths)):
        return "samples"
    if any(isinstance(step.maker(path), Statistic) for path in paths):
        return "statistics"
    labels = [_uses.label(step, path) for path in paths]
    alike = {(replace(own, at=None), path.index) for own, path in zip(labels, paths, strict=True)}
    if len(alike) == 1 and all(_uses.time(step, path) is not None for path in paths):
        return "times"
    return "values"


def all_but_one(terms: Sequence[Formula]) -> Iterator[tuple[Formula, ...]]:
    """All but one of them; of three or more one alone, too."""
    if not 1 < len(terms) <= MOST_FORKED:
        return
    for place in range(len(terms)):
        yield (*terms[:place], *terms[place + 1 :])
    for term in terms if len(terms) > 2 else ():
        yield (term,)


def without(step: Step, *statistics: type[Statistic]) -> Choice:
    """All paths but those through some statistics, each of which there is."""

    def chosen(kind: Kind, fork: Fork) -> Iterator[tuple[Formula, ...]]:
        makers = [step.maker(path) for path, _ in fork]
        all_there = all(any(isinstance(m, s) for m in makers) for s in statistics)
        terms = tuple(
            term
            for (_, term), maker in zip(fork, makers, strict=True)
            if not isinstance(maker, statistics)
        )
        if kind == "statistics" and all_there and terms:
            yield terms

    return chosen
