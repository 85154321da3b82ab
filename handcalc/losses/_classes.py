"""Losses whose target is the number of a class, counted from 0: it decides which output stands where.

As rows that are looked up, the numbers are the operation's own, a list for each sample; they have no slope.
"""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import PrivateAttr

from handcalc.formula import Formula, total
from handcalc.losses._loss import Loss, Written, beside
from handcalc.operations._tensor import Index, Shape, Tensor, indices
from handcalc.operations.look_up import rows_of

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

Classes = tuple[tuple[int, ...], ...]


class ClassNumbers(Loss):
    """E = Σ over the rows of ℓ(y, c), the last axis of y being that of the classes."""

    adds_rows: ClassVar[bool] = True

    over_samples: ClassVar[bool] = True
    by_value: ClassVar[bool] = True
    target_words: ClassVar[str] = ", the number of the class counted from 0"

    _classes: Classes = PrivateAttr(default=())

    @abstractmethod
    def of(self, y: Sequence[Formula], c: int) -> Formula:
        """ℓ of one row and its class."""

    @abstractmethod
    def slope(self, y: Sequence[Formula], c: int, j: int) -> Formula:
        """∂ℓ/∂y_j."""

    @abstractmethod
    def values(self, y: "Array", c: "Array") -> "Array":
        """ℓ of all rows, in numpy."""

    @abstractmethod
    def slopes(self, y: "Array", c: "Array") -> "Array":
        """∂ℓ/∂y of all rows, in numpy."""

    def reaches(self, j: int, c: int) -> bool:
        """Does output j stand in ℓ, when c is the class?"""
        return True

    def aimed(self, numbers: Sequence[Sequence[float]], classes: int) -> Self:
        return self.of_classes(tuple(tuple(int(n) for n in row) for row in numbers))

    def of_classes(self, classes: Classes) -> Self:
        """The loss for the classes of each row of each sample."""
        found = self.model_copy()
        found._classes = classes  # noqa: SLF001  # of the same class
        return found

    def of_numbers(self, numbers: "Array") -> Self:
        return self.of_classes(rows_of(numbers))

    @property
    def written(self) -> tuple[Written, ...]:
        return ()

    def target_shape(self, output: Shape) -> Shape:
        return output[:-1]

    def results(self, *shapes: Shape) -> Iterator[Index]:
        yield from ((sample,) for sample in range(len(self._classes)))

    def forward(self, *arrays: "Array") -> "Array":
        y = arrays[0]
        rows = y.reshape(-1, y.shape[-1])
        return self.values(rows, self._numbers()).reshape(len(y), -1).sum(axis=1)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        y, t = arrays
        slopes = self.slopes(y.reshape(-1, y.shape[-1]), self._numbers()).reshape(y.shape)
        return beside(gradient, y) * slopes, t * 0.0

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        y = tensors[0]
        firsts = indices(y.shape[1:-1])
        return total(
            self.of(self._row(y, (*index, *first, 0)), c)
            for first, c in zip(firsts, self._classes[index[0]], strict=True)
        )

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        if slot == 1 or not self.reaches(index[-1], self._class_at(index, shapes[0])):
            return ()
        return ((index[0],),)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        y = tensors[0]
        return self.slope(self._row(y, by), self._class_at(by, y.shape), by[-1])

    def derivations(self, n: int) -> Iterator[tuple[str, Loss, int, int]]:
        shown = min(n, 3)
        yield "by the output of the class, here the first", self.of_classes(((0,),)), shown, 0
        if n > 1 and self.reaches(1, 0):
            yield "by another output", self.of_classes(((0,),)), shown, 1

    def target_misfit(self, target: float, output: Shape) -> str:
        classes = output[-1] if output else 1
        if target == int(target) and 0 <= target < classes:
            return ""
        said = f"the target is {target:g}, but there are {classes} classes, counted from 0"
        return f"{said}; write a whole number from 0 to {classes - 1}"

    def _class_at(self, at: Index, shape: Shape) -> int:
        """The class of the row in which an element stands; index and shape begin with the sample."""
        place = 0
        for i, size in zip(at[1:-1], shape[1:-1], strict=True):
            place = place * size + i
        return self._classes[at[0]][place]

    def _row(self, y: Tensor, at: Index) -> list[Formula]:
        return [y[(*at[:-1], j)] for j in range(y.shape[-1])]

    def _numbers(self) -> "Array":
        import numpy as np

        return np.array([c for row in self._classes for c in row], dtype=int)
