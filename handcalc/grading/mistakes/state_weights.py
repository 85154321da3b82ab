"""The weights of the state for those of the input, or the other way round."""

from collections.abc import Iterator
from itertools import chain
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _uses
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element

_SWAPPED = ({"W": "U"}, {"U": "W"}, {"W": "U", "U": "W"})


class StateWeights(Mistake):
    """U·x + U·h in place of W·x + U·h; on the way back Wᵀ·∂E/∂z in place of Uᵀ·∂E/∂z."""

    said: ClassVar[str] = (
        "the weights of the state were used for those of the input, or the other way round"
    )

    def formulas(self, step: Step) -> Iterator[Formula]:
        if not _uses.through_time(step):
            return

        def swapped(taken: dict[str, str]) -> Iterator[Formula]:
            def other(used: Element, made: Element) -> Formula | None:
                own = _uses.label(step, used)
                if own.letter not in taken or _uses.time(step, made) is None:
                    return None
                if not own.own or not _uses.is_learned(step, used):
                    return None
                word = taken[own.letter]
                return _uses.leaf(step, _uses.beside(step, used, word=word))

            return _uses.with_others(step, other)

        yield from _uses.each_once(chain.from_iterable(map(swapped, _SWAPPED)))
