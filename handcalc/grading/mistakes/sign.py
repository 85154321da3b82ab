"""The right number with the wrong sign."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.grading.mistakes._mistake import Mistake

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]


class Sign(Mistake):
    """-x in place of x."""

    said: ClassVar[str] = "the sign was turned round"
    systematic: ClassVar[bool] = False

    def meant(self, value: "Array", decimals: "Array") -> Iterator["Array"]:
        yield -value
