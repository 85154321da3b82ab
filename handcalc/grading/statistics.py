"""What the marks of a class say: who earns each answer, whether it tells students apart, what fails.

Facility is the mean share of the marks of an answer. Discrimination is the correlation of an answer with
the rest of the sheet. Both are kept as sums, so that a million rows need no more memory than ten.
"""

from collections import Counter
from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]


@dataclass(slots=True)
class Item:
    """One answer in all sheets: sums of its share x, of the rest y of the sheet, and of products."""

    marks: float = 0.0
    students: int = 0
    x: float = 0.0
    y: float = 0.0
    xx: float = 0.0
    yy: float = 0.0
    xy: float = 0.0
    mistakes: Counter[str] = field(default_factory=Counter)

    def add(self, share: "Array", rest: "Array") -> None:
        """Some more students."""
        self.students += share.size
        self.x += float(share.sum())
        self.y += float(rest.sum())
        self.xx += float((share * share).sum())
        self.yy += float((rest * rest).sum())
        self.xy += float((share * rest).sum())

    @property
    def facility(self) -> float:
        """The mean share of its marks."""
        return self.x / self.students if self.students else 0.0

    @property
    def lost(self) -> float:
        """The marks that the class loses in it."""
        return self.marks * (self.students - self.x)

    @property
    def discrimination(self) -> float | None:
        """The correlation with the rest of the sheet; None where all are alike."""
        n = self.students
        across = n * self.xy - self.x * self.y
        spread = (n * self.xx - self.x**2) * (n * self.yy - self.y**2)
        return across / sqrt(spread) if n > 1 and spread > 1e-9 else None


@dataclass(slots=True)
class Class:
    """All answers of a class, and its totals."""

    items: dict[str, Item] = field(default_factory=dict)
    students: int = 0
    total: float = 0.0
    squares: float = 0.0
    of: float = 0.0
    undecided: int = 0

    @property
    def mean(self) -> float:
        """The mean of all totals."""
        return self.total / self.students if self.students else 0.0

    @property
    def deviation(self) -> float:
        """The standard deviation of the totals."""
        if self.students < 2:
            return 0.0
        spread = self.squares - self.total**2 / self.students
        return sqrt(max(spread, 0.0) / (self.students - 1))
