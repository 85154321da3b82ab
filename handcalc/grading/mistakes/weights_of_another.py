"""The weights of another gate; in an attention, those of the keys for those of the queries."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _uses
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element


class WeightsOfAnother(Mistake):
    """W_i·x + U_i·h + b_i in place of W_f·x + U_f·h + b_f; X·W_K in place of X·W_Q."""

    said: ClassVar[str] = "the weights of another gate were used, or of keys for those of queries"

    def told(self, step: Step) -> str:
        if isinstance(step.ref, Element):
            heading = _uses.label(step, step.ref).heading.removeprefix("weighted sums of the ")
            return f"other weights were used than those of the {heading}"
        return "the weights of another gate were used" if _uses.through_time(step) else self.said

    def formulas(self, step: Step) -> Iterator[Formula]:
        letters = (q.label.below for q in step.steps.network.parameters if q.label.letter == "W")
        for letter in dict.fromkeys(filter(None, letters)):
            for alone in (False, True):

                def other(
                    used: Element, made: Element, letter: str = letter, alone: bool = alone
                ) -> Formula | None:
                    own = _uses.label(step, used)
                    if not own.below or not _uses.is_learned(step, used):
                        return None
                    # Alone: the matrices of the other one, with the bias that is meant.
                    if own.below != _uses.label(step, made).word or (alone and len(used.index) < 2):
                        return None
                    return _uses.leaf(step, _uses.beside(step, used, below=letter))

                if not alone or _has_bias(step):
                    yield from _uses.with_others(step, other, slopes=False)


def _has_bias(step: Step) -> bool:
    """Is there a bias with a letter below, which could be the right one beside wrong matrices?"""
    network = step.steps.network
    return any(q.label.below and len(q.shape) == 1 for q in network.parameters)
