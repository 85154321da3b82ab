"""The values mixed with the scores of an attention, before the softmax."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _scores, _uses
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element


class ScoresForWeights(Mistake):
    """Z = S·V in place of A·V with A = softmax(S)."""

    said: ClassVar[str] = "the values were mixed with the scores in place of the attention weights"

    def formulas(self, step: Step) -> Iterator[Formula]:
        if not _scores.attends(step):
            return
        for word in ("scaled", "scores"):

            def other(used: Element, made: Element, word: str = word) -> Formula | None:
                weighs = _scores.is_called(step, used, "weights")
                if not weighs or _scores.is_called(step, made, "weights"):
                    return None
                return _uses.leaf(step, _uses.beside(step, used, word=word))

            yield from _uses.with_others(step, other)
