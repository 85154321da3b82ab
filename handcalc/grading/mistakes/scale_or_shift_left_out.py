"""γ or β left out of what is normalized."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, number
from handcalc.grading.mistakes import _uses
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element

_NEUTRAL = {"gamma": 1, "beta": 0}


class ScaleOrShiftLeftOut(Mistake):
    """x̂, x̂ + β or γ·x̂ in place of γ·x̂ + β."""

    said: ClassVar[str] = "γ or β was left out, or both"

    def formulas(self, step: Step) -> Iterator[Formula]:
        for words in (("gamma", "beta"), ("gamma",), ("beta",)):

            def other(used: Element, _: Element, words: tuple[str, ...] = words) -> Formula | None:
                word = _uses.label(step, used).word
                return number(_NEUTRAL[word]) if word in words else None

            yield from _uses.with_others(step, other, slopes=words == ("gamma",))
