"""The contract of a mistake: another formula for a step, worked out with the student's own numbers."""

from abc import ABC
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import Shape
from handcalc.formula import Formula
from handcalc.grading.box import Box
from handcalc.grading.step import Step
from handcalc.layers._layer import Conventions, Layer

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]


class Mistake(ABC):
    """What is done wrong, and what then comes out."""

    said: ClassVar[str]
    """One sentence to the student."""
    systematic: ClassVar[bool] = True
    """Is it one error wherever it occurs, so that it costs its mark once?"""

    @property
    def word(self) -> str:
        """The name of its file."""
        return type(self).__module__.rpartition(".")[2]

    def formulas(self, step: Step) -> Iterator[Formula]:
        """The step's formula with the mistake in it, in the same leaves."""
        yield from ()

    def slips(self, value: "Array", unit: "Array", expected: Box) -> "Array | None":
        """Which typed numbers are what was expected, written wrong."""
        return None

    def sizes(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[Shape]:
        """The shape that comes out with the mistake."""
        yield from ()

    def counts(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        """The number of parameters that comes out with the mistake."""
        yield from ()
