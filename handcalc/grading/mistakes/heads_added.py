"""The heads of an attention added up, or averaged, where they stand side by side."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

from handcalc.formula import Formula, Number, number, total
from handcalc.grading.mistakes import _scores, _uses
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Ref
from handcalc.operations.concatenate import Concatenate


class HeadsAdded(Mistake):
    """H1 + H2, or their mean, in place of [H1, H2]."""

    said: ClassVar[str] = "the heads were put together cell by cell where they stand side by side"

    def formulas(self, step: Step) -> Iterator[Formula]:
        if not _scores.attends(step):
            return
        for averaged in (False, True):

            def other(ref: Ref, _: Ref, averaged: bool = averaged) -> Formula | None:
                cells = _of_heads(step, ref)
                share = Number(Fraction(1, len(cells))) if averaged and cells else number(1)
                return share * total(cells) if cells else None

            yield from step.rewritten(other)


def _of_heads(step: Step, ref: Ref) -> list[Formula]:
    """The cells of all heads in the same place."""
    if not isinstance(ref, Element) or not isinstance(step.maker(ref), Concatenate):
        return []
    node = step.steps.network.producer(ref.quantity)
    heads = [step.steps.network.quantities[name] for name in node.inputs]
    if len(heads) < 2 or any(h.label.counts != "head" or not h.label.own for h in heads):
        return []
    width = heads[0].shape[1]
    index = (ref.index[0], ref.index[1] % width)
    own = (Element(head.name, index, ref.sample) for head in heads)
    return [leaf for h in own if (leaf := _uses.leaf(step, h)) is not None]
