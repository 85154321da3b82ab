"""The mean not subtracted, in a variance or in what is normalized."""

from collections.abc import Iterator
from itertools import chain
from typing import ClassVar

from handcalc.formula import Formula, number
from handcalc.grading.mistakes import _uses
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element
from handcalc.operations._groups import Grouped
from handcalc.operations.group_normalize import GroupNormalize
from handcalc.operations.group_variance import GroupVariance


class MeanNotSubtracted(Mistake):
    """x/√(σ² + ε) in place of (x - μ)/√(σ² + ε); 1/n Σ x² in place of 1/n Σ (x - μ)²."""

    said: ClassVar[str] = "the mean was not subtracted"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def without(kind: type[Grouped]) -> Iterator[Formula]:
            def other(used: Element, made: Element) -> Formula | None:
                is_mean = _uses.label(step, used).word in ("mean", "moving_mean")
                return number(0) if is_mean and isinstance(step.maker(made), kind) else None

            return _uses.with_others(step, other, slopes=False)

        kinds: tuple[type[Grouped], ...] = (Grouped, GroupNormalize, GroupVariance)
        yield from _uses.each_once(chain.from_iterable(map(without, kinds)))
