"""The value of one gate taken for that of another one, at the same time."""

from collections.abc import Iterator
from itertools import chain, combinations
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _uses
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element


class GatesExchanged(Mistake):
    """c = i·c + f·g in place of f·c + i·g; h = i·tanh(c) in place of o·tanh(c)."""

    said: ClassVar[str] = "one gate was taken for another"

    def formulas(self, step: Step) -> Iterator[Formula]:
        if not _uses.through_time(step):
            return

        def exchanged(taken: dict[str, str]) -> Iterator[Formula]:
            def other(used: Element, made: Element) -> Formula | None:
                if not _uses.is_gate(step, used) or _uses.is_gate(step, made):
                    return None
                word = taken.get(_uses.label(step, used).word, "")
                return _uses.leaf(step, _uses.beside(step, used, word=word)) if word else None

            return _uses.with_others(step, other)

        gated = (q.layer for q in step.steps.network.parameters if q.label.below)
        layers = dict.fromkeys(gated)
        pairs = [pair for layer in layers for pair in _pairs(step, layer)]
        for a, b in dict.fromkeys(pairs):
            ways = ({a: b, b: a}, {a: b}, {b: a})
            yield from _uses.each_once(chain.from_iterable(map(exchanged, ways)))


def _pairs(step: Step, layer: str) -> Iterator[tuple[str, str]]:
    """Two gates of a layer; those of a gate and of a candidate are not of the same kind."""
    network = step.steps.network
    kinds = {
        q.label.word: type(network.producer(q.name).operation)
        for q in network.values
        if q.layer == layer and not q.label.stage and not q.label.below
    }
    for a, b in combinations(_uses.gates(step, layer), 2):
        if a in kinds and kinds[a] is kinds.get(b):
            yield a, b
