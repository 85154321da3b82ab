"""y_t = f(x_t, …): an operation for every step of a sequence, as if each were a sample of its own.

What all steps share, a weight or a mask, gets the sum of the gradients of all steps.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import SkipValidation

from handcalc.fields import AsIs
from handcalc.formula import Formula
from handcalc.operations._channels import Order
from handcalc.operations._operation import Operation, Size, without_noise
from handcalc.operations._tensor import Index, Shape, Tensor, indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

Kind = Literal["steps", "sample", "all"]
"""Has an input a part for each step, or one for all steps, of each sample or of all of them?"""


@dataclass(frozen=True, slots=True)
class _Alone:
    """A tensor as the operation sees it at one step, or with all samples and steps in a row."""

    whole: Tensor
    kind: Kind
    of: "EachStep"
    step: int

    @property
    def shape(self) -> Shape:
        return self.of.seen(self.whole.shape, self.kind)

    def __getitem__(self, index: int | Index) -> Formula:
        at = (index,) if isinstance(index, int) else index
        if self.kind == "all" or not (self.of.over_samples or self.kind == "steps"):
            return self.whole[at]
        if not self.of.over_samples:
            return self.whole[(self.step, *at)]
        sample, step = divmod(at[0], self.of.steps)
        return self.whole[(sample, step, *at[1:]) if self.kind == "steps" else (sample, *at[1:])]


class EachStep(Operation):
    """∂y_t/∂x_t is that of the operation; ∂y_t/∂x_s = 0 for another step s."""

    inside: Annotated[Operation, SkipValidation]
    kinds: tuple[Kind, ...]
    steps: AsIs

    @property
    def windowed(self) -> bool:  # type: ignore[override]  # as is the operation inside
        return self.inside.windowed

    @property
    def over_samples(self) -> bool:  # type: ignore[override]  # as is the operation inside
        return self.inside.over_samples

    @property
    def kinks(self) -> tuple[float, ...]:  # type: ignore[override]  # as has the operation inside
        return self.inside.kinks

    @property
    def channels(self) -> Order:
        """The steps stand first, so that channels are those of the whole only at the end."""
        return "last" if getattr(self.inside, "channels", "none") == "last" else "none"

    def output_shape(self, *shapes: Shape) -> Shape:
        own = (s[1:] if k == "steps" else s for s, k in zip(shapes, self.kinds, strict=True))
        return (self.steps, *self.inside.output_shape(*own))

    def results(self, *shapes: Shape) -> Iterator[Index]:
        if not self.over_samples:
            yield from indices(self.output_shape(*shapes))
            return
        for index in self.inside.results(*self._seen(shapes)):
            yield self._outer(0, index)

    def forward(self, *arrays: "Array") -> "Array":
        return self._by_step(self.inside.forward(*self._in_a_row(arrays)))

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        g, y = (array.reshape(-1, *array.shape[2:]) for array in (gradient, output))
        parts = map(self._by_step, self.inside.backward(g, y, *self._in_a_row(arrays)))
        return tuple(
            part if kind == "steps" else without_noise(part.sum(axis=1), abs(part).sum(axis=1))
            for part, kind in zip(parts, self.kinds, strict=True)
        )

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        step, at = self._inner(index)
        return self.inside.definition(at, *self._alone(tensors, step))

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        seen = self._seen(shapes)
        return tuple(
            self._outer(step, found)
            for step, at in self._places(slot, index)
            for found in self.inside.reached(slot, at, *seen)
        )

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        step, at = self._inner(index)
        result, alone = _Alone(output, "steps", self, step), self._alone(tensors, step)
        place = next(
            place
            for own, place in self._places(slot, by)
            if own == step or (self.over_samples and self.kinds[slot] != "sample")
        )
        return self.inside.partial(at, slot, place, result, *alone)

    def sizes(self, *shapes: Shape) -> Iterable[Size]:
        return self.inside.sizes(*self._seen(shapes))

    def at_corner(self, *arrays: "Array") -> bool:
        return self.inside.at_corner(*self._in_a_row(arrays))

    def rule(self) -> str:
        return self.inside.rule()

    # --- an element of the whole, and what it is to the operation inside -------------------------

    def seen(self, shape: Shape, kind: Kind) -> Shape:
        """The shape of an input at one step, or of all samples and steps in a row."""
        if kind == "all" or not (self.over_samples or kind == "steps"):
            return shape
        if not self.over_samples:
            return shape[1:]
        return (shape[0] * self.steps, *shape[2 if kind == "steps" else 1 :])

    def _seen(self, shapes: tuple[Shape, ...]) -> list[Shape]:
        return [self.seen(shape, kind) for shape, kind in zip(shapes, self.kinds, strict=True)]

    def _alone(self, tensors: tuple[Tensor, ...], step: int) -> list[Tensor]:
        return [_Alone(x, kind, self, step) for x, kind in zip(tensors, self.kinds, strict=True)]

    def _inner(self, index: Index) -> tuple[int, Index]:
        """The step of an element of the result, and its place there."""
        if not self.over_samples:
            return index[0], index[1:]
        return index[1], (index[0] * self.steps + index[1], *index[2:])

    def _outer(self, step: int, index: Index) -> Index:
        if not self.over_samples:
            return (step, *index)
        return (*divmod(index[0], self.steps), *index[1:])

    def _places(self, slot: int, index: Index) -> Iterator[tuple[int, Index]]:
        """The steps at which an element of an input occurs, and where it stands there."""
        kind = self.kinds[slot]
        if kind == "steps":
            yield self._inner(index)
        elif not self.over_samples:
            yield from ((step, index) for step in range(self.steps))
        elif kind == "all":
            yield 0, index
        else:
            first = index[0] * self.steps
            yield from ((step, (first + step, *index[1:])) for step in range(self.steps))

    # --- arrays ----------------------------------------------------------------------------------

    def _in_a_row(self, arrays: "tuple[Array, ...]") -> "list[Array]":
        """Every step as a sample of its own."""
        import numpy as np

        return [
            array.reshape(-1, *array.shape[2:])
            if kind == "steps"
            else np.repeat(array, self.steps, axis=0)
            if kind == "sample"
            else array
            for array, kind in zip(arrays, self.kinds, strict=True)
        ]

    def _by_step(self, array: "Array") -> "Array":
        found: Array = array.reshape(-1, self.steps, *array.shape[1:])
        return found
