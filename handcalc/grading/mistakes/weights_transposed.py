"""W where its transpose belongs."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Ref


class WeightsTransposed(Mistake):
    """Wᵀ·x in place of W·x: w21 where w12 belongs."""

    said: ClassVar[str] = "rows and columns of the weights were mixed up: W stands where Wᵀ belongs"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, _: Ref) -> Formula | None:
            if not isinstance(ref, Element) or step.word(ref) != "weights":
                return None
            shape = step.steps.network.quantities[ref.quantity].shape
            if (
                len(shape) != 2
                or ref.index == ref.index[::-1]
                or any(i >= n for i, n in zip(ref.index[::-1], shape, strict=True))
            ):
                return None
            return step.steps.leaf(replace(ref, index=ref.index[::-1]))

        yield from step.rewritten(other)
