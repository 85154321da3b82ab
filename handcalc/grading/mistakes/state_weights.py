"""The weights of the state for those of the input, or the other way round."""

from collections.abc import Iterator
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
        seen: list[Formula] = []
        for taken in _SWAPPED:

            def other(
                used: Element, made: Element, taken: dict[str, str] = taken
            ) -> Formula | None:
                own = _uses.label(step, used)
                if own.letter not in taken or _uses.time(step, made) is None:
                    return None
                if not own.own or not _uses.is_learned(step, used):
                    return None
                word = taken[own.letter]
                return _uses.leaf(step, _uses.beside(step, used, word=word))

            for formula in _uses.with_others(step, other):
                if formula not in seen:
                    seen.append(formula)
                    yield formula
