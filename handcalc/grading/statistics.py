"""What the marks of a class say: who earns each answer, whether it tells students apart, what fails.

Facility is the mean share of the marks of an answer. Discrimination is the correlation of an answer with
the rest of the sheet. All is kept as running sums, so that a million rows need no more memory than ten;
squares are summed about the mean, so that no digits cancel.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import gcd, sqrt
from typing import TYPE_CHECKING, Any

from handcalc.grading.verdict import Verdict

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]

# Of a matrix the first of these that one of its cells has is the verdict on the whole.
_GRAVEST = (Verdict.WRONG, Verdict.UNDECIDED, Verdict.BLANK, Verdict.FOLLOWS, Verdict.RIGHT)
_PARTS_OF_A_MARK = 100
"""Totals are counted to a hundredth of a mark."""


@dataclass(slots=True)
class Spread:
    """The mean of some numbers, and the sum of their squared distances from it."""

    n: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def add(self, values: "Array") -> None:
        """Some more numbers."""
        if values.size:
            mean = float(values.mean())
            self.merge(Spread(values.size, mean, float(((values - mean) ** 2).sum())))

    def merge(self, other: "Spread") -> None:
        """The numbers of another group: two groups are put together by their means."""
        if other.n:
            n, apart = self.n + other.n, other.mean - self.mean
            self.squares += other.squares + apart * apart * self.n * other.n / n
            self.mean += apart * other.n / n
            self.n = n

    @property
    def variance(self) -> float:
        """The sum of squares by n - 1."""
        return self.squares / (self.n - 1) if self.n > 1 else 0.0

    @property
    def deviation(self) -> float:
        """The standard deviation."""
        return sqrt(self.variance)

    @property
    def alike(self) -> bool:
        """Are all equal? What binary fractions leave of equal sums is no spread."""
        return self.variance <= 1e-20 * (1 + self.mean**2)


@dataclass(slots=True)
class Item:
    """One answer in all sheets: its share of its marks beside the rest of the sheet, verdicts, mistakes."""

    marks: float = 0.0
    share: Spread = field(default_factory=Spread)
    rest: Spread = field(default_factory=Spread)
    together: float = 0.0
    """The sum of products of both distances from the means."""
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    mistakes: Counter[str] = field(default_factory=Counter)

    def add(self, share: "Array", rest: "Array") -> None:
        """Some more students: the share of the marks that each has, and the marks for all the rest."""
        if not share.size:
            return
        some = Item()
        some.share.add(share)
        some.rest.add(rest)
        some.together = float(((share - some.share.mean) * (rest - some.rest.mean)).sum())
        self.merge(some)

    def merge(self, other: "Item") -> None:
        """The same answer in some more sheets."""
        n, more = self.students, other.students
        if more:
            x, y = other.share.mean - self.share.mean, other.rest.mean - self.rest.mean
            self.together += other.together + x * y * n * more / (n + more)
        self.share.merge(other.share)
        self.rest.merge(other.rest)
        self.verdicts.update(other.verdicts)
        self.mistakes.update(other.mistakes)

    def count(self, cells: "Sequence[Array]") -> None:
        """The verdicts on some more students, cell by cell; a matrix counts as its gravest cell."""
        import numpy as np

        left = np.ones(cells[0].size, bool)
        for verdict in _GRAVEST:
            there = left & np.logical_or.reduce([cell == verdict for cell in cells])
            self.verdicts[verdict] += int(there.sum())
            left &= ~there

    @property
    def students(self) -> int:
        """Who could answer it."""
        return self.share.n

    @property
    def facility(self) -> float:
        """The mean share of its marks."""
        return self.share.mean

    @property
    def lost(self) -> float:
        """The marks that the class loses in it."""
        return self.marks * self.students * (1 - self.share.mean)

    @property
    def discrimination(self) -> float | None:
        """The correlation with the rest of the sheet; None where all are alike."""
        alike = self.share.alike or self.rest.alike
        return None if alike else self.together / sqrt(self.share.squares * self.rest.squares)


@dataclass(slots=True)
class Class:
    """All answers of a class, its totals, and the totals of parts of the sheet."""

    items: dict[str, Item] = field(default_factory=dict)
    of: float = 0.0
    undecided: int = 0
    totals: Spread = field(default_factory=Spread)
    histogram: Counter[int] = field(default_factory=Counter)
    """How many have so many hundredths of a mark."""
    parts: dict[str, Spread] = field(default_factory=dict)

    def add(self, totals: "Array", parts: "Mapping[str, Array] | None" = None) -> None:
        """Some more students: the marks of each, and those in each part."""
        import numpy as np

        self.totals.add(totals)
        hundredths = np.rint(totals * _PARTS_OF_A_MARK).astype(np.int64)
        for value, many in zip(*np.unique(hundredths, return_counts=True), strict=True):
            self.histogram[int(value)] += int(many)
        for name, marks in (parts or {}).items():
            self.parts.setdefault(name, Spread()).add(marks)

    def merge(self, other: "Class") -> None:
        """Some more students, counted by themselves."""
        self.of = other.of
        self.undecided += other.undecided
        for key, item in other.items.items():
            self.items.setdefault(key, Item(item.marks)).merge(item)
        self.totals.merge(other.totals)
        self.histogram.update(other.histogram)
        for name, part in other.parts.items():
            self.parts.setdefault(name, Spread()).merge(part)

    @property
    def students(self) -> int:
        """How many there are."""
        return self.totals.n

    @property
    def mean(self) -> float:
        """The mean of all totals."""
        return self.totals.mean

    @property
    def deviation(self) -> float:
        """The standard deviation of the totals."""
        return self.totals.deviation

    @property
    def marked(self) -> dict[str, Item]:
        """The answers that carry marks and that somebody could give."""
        return {key: item for key, item in self.items.items() if item.marks and item.students}

    def quantile(self, share: float) -> float:
        """The total below which this share of the students lies, between neighbours in proportion."""
        place = share * (self.students - 1)
        low, seen = None, 0
        for value in sorted(self.histogram):
            seen += self.histogram[value]
            if low is None and seen > int(place):
                low = value
            if low is not None and seen > min(int(place) + 1, self.students - 1):
                return (low + (value - low) * (place - int(place))) / _PARTS_OF_A_MARK
        return 0.0

    @property
    def alpha(self) -> float | None:
        """Cronbach's α = k/(k - 1)·(1 - Σ variances of the answers / variance of the totals)."""
        items = list(self.marked.values())
        if len(items) < 2 or self.totals.alike:
            return None
        within = sum(item.marks**2 * item.share.variance for item in items)
        k = len(items)
        return k / (k - 1) * (1 - within / self.totals.variance)

    def bins(self, most: int = 15) -> list[tuple[float, float, int]]:
        """The totals in at most so many steps of equal width: from, to below, students."""
        whole = round(self.of * _PARTS_OF_A_MARK)
        # Where all totals are whole, or halves, every step holds as many of them as the others.
        grain = gcd(_PARTS_OF_A_MARK, *self.histogram)
        width = next(w for w in _widths() if w % grain == 0 and w * most >= whole)
        number = max(1, -(-whole // width))
        counts = [0] * number
        for value, many in self.histogram.items():
            # Full marks are the end of the last step, not a step of their own.
            counts[min(value // width, number - 1)] += many
        ends = [min(i * width / _PARTS_OF_A_MARK, self.of) for i in range(number + 1)]
        return list(zip(ends, ends[1:], counts, strict=False))


def _widths() -> Iterator[int]:
    """1, 2, 5, 10, 20, 25, 50, 100, …: steps that are easy to read."""
    for exponent in range(20):
        unit = 10**exponent
        yield from (unit, 2 * unit, *([25 * unit // 10] if exponent else []), 5 * unit)
