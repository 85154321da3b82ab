"""What belongs to another head of an attention: its weights, its queries, keys or values."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _scores, _uses
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element

MOST_HEADS = 4


class AnotherHead(Mistake):
    """Q1·K2ᵀ in place of Q1·K1ᵀ; the columns of W_Q of head 2 in place of those of head 1."""

    said: ClassVar[str] = "the numbers of another head were used"

    def formulas(self, step: Step) -> Iterator[Formula]:
        if not _scores.attends(step):
            return
        made = step.steps.network.values
        heads = {q.label.at for q in made if q.label.counts == "head" and q.label.at is not None}
        words = {q.label.word for q in made if q.label.counts == "head"}
        for by in range(1, min(len(heads), MOST_HEADS)):
            for word in ("", *sorted(words)):

                def other(
                    used: Element, made: Element, by: int = by, word: str = word
                ) -> Formula | None:
                    own, of = _uses.label(step, used), _uses.label(step, made)
                    if _uses.is_learned(step, used):
                        if of.counts != "head" or of.at is None or word not in ("", of.word):
                            return None
                        head = (of.at - 1 + by) % len(heads) + 1
                        return _uses.leaf(step, _weight(step, used, made, head))
                    if own.word != word or own.counts != "head" or own.at is None:
                        return None
                    head = (own.at - 1 + by) % len(heads) + 1
                    return _uses.leaf(step, _uses.beside(step, used, at=head))

                yield from _uses.with_others(step, other)


def _weight(step: Step, used: Element, made: Element, head: int) -> Element | None:
    """The weight of another head: in a matrix of its own, or in its run of columns."""
    own, network = _uses.label(step, made), step.steps.network
    assert own.at is not None
    if _uses.label(step, used).at is not None:
        return _uses.beside(step, used, at=head)
    width = network.quantities[made.quantity].shape[-1]
    column = used.index[-1] + (head - own.at) * width
    inside = 0 <= column < network.quantities[used.quantity].shape[-1]
    return replace(used, index=(*used.index[:-1], column)) if inside else None
