"""The contract of a mistake: another formula for a step, worked out with the student's own numbers."""

from abc import ABC
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import Shape
from handcalc.formula import Formula
from handcalc.grading.step import Step
from handcalc.layers._layer import Conventions, Layer
from handcalc.network.receptive import Seen, Widened

if TYPE_CHECKING:
    import numpy as np

    from handcalc.grading.step_at import StepAt

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]


class Mistake(ABC):
    """What is done wrong, and what then comes out."""

    said: ClassVar[str]
    """A clause in the past tense, true wherever the mistake gives the number: the bias was left out."""
    systematic: ClassVar[bool] = True
    """Is it one error wherever it occurs, so that it costs its mark once?"""
    least: ClassVar[int] = 1
    """In how many cells of one answer it must show: one cell alone does not tell of a whole row."""

    covers: ClassVar[tuple[str, ...]] = ()
    """Mistakes that say the same with less: where both give a number, they are not said beside this one."""

    @property
    def word(self) -> str:
        """The name of its file."""
        return type(self).__module__.rpartition(".")[2]

    def told(self, step: Step) -> str:
        """The clause for one step, with the function or the letter at hand."""
        return self.said

    def told_of(self, step: Step, ratio: float) -> str:
        """The clause for a number that is so many times what comes out."""
        return self.told(step)

    def formulas(self, step: Step) -> Iterator[Formula]:
        """The step's formula with the mistake in it, in the same leaves."""
        yield from ()

    def formulas_at(self, step: "StepAt") -> Iterator[Formula]:
        """The same in one of several steps of training, over what all of them have."""
        for formula in self.formulas(step.local):
            yield step.unrolled.lifted(formula, step.at.step)

    def meant(self, value: "Array", decimals: "Array") -> Iterator["Array"]:
        """The numbers that somebody may have meant who typed these by a slip of the pen; nan for none."""
        yield from ()

    def sizes(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[Shape]:
        """The shape that comes out with the mistake."""
        yield from ()

    def counts(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        """The number of parameters that comes out with the mistake."""
        yield from ()

    def counts_behind(
        self, layer: Layer, before: Layer, received: Shape, conventions: Conventions
    ) -> Iterator[int]:
        """The same where it is made in the layer before, which receives this."""
        yield from ()

    def products(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        """The number of multiply-adds that comes out with the mistake."""
        yield from ()

    def fields(self, window: Widened) -> Iterator[Seen]:
        """What a cell is then said to see behind a window, along one axis: its field and its jump."""
        yield from ()
