"""γ and β exchanged."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _uses
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element

_OTHER = {"gamma": "beta", "beta": "gamma"}


class ScaleAndShiftExchanged(Mistake):
    """β·x̂ + γ in place of γ·x̂ + β."""

    said: ClassVar[str] = "γ and β were exchanged"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(used: Element, _: Element) -> Formula | None:
            word = _OTHER.get(_uses.label(step, used).word)
            if word is None:
                return None
            return _uses.leaf(step, _uses.beside(step, used, word=word))

        yield from _uses.with_others(step, other)
