"""The contract of an operation: mathematics from earlier quantities to a new one.

Arrays carry the samples as their first axis, except parameters, which all samples share.
Indices are tuples counted from 0. A slot is the place of an input: `x`, `W`, `b`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeAlias

from handcalc.fields import Strict
from handcalc.formula import Formula, Leaf, number, substitute
from handcalc.operations._handle import Handle
from handcalc.operations._tensor import Index, Shape, Tensor, indices

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[tuple[Any, ...], np.dtype[np.float64]]


BEYOND = "gives a number beyond 1.8e308, the largest that is worked with; write smaller numbers"


@dataclass(frozen=True, slots=True)
class Size:
    """The size along one axis: its formula, the numbers for its letters, and what is to be said."""

    axis: str
    formula: Formula
    letters: Mapping[Leaf, int]
    value: int
    remark: str = ""

    @property
    def numbers(self) -> Formula:
        """The line of numbers."""
        return substitute(self.formula, lambda leaf: number(self.letters[leaf]))


@dataclass(frozen=True, slots=True)
class Identity:
    """What the gradient by a whole input amounts to: one array slid over another.

    `left` and `right` name a slot, or `dy` for the gradient of the result, with the indices of their
    channels; without `right` the gradient is that of the result itself, or what `said` makes of it.
    `element` is one element of that, to be held against the chain rule.
    """

    left: tuple[str, str]
    right: tuple[str, str] | None
    element: "Callable[[Index, Mapping[str, Tensor]], Formula]"
    index: str = ""
    turned: bool = False
    full: bool = False
    said: tuple[str, ...] = ()


class Operation(Strict, ABC):
    """One kind of step; its fields are the options of its word in the problem file."""

    slots: ClassVar[tuple[str, ...]] = ("z",)
    parameters: ClassVar[tuple[str, ...]] = ()
    several: ClassVar[bool] = False
    """Does its last slot stand for any number of inputs?"""
    over_samples: ClassVar[bool] = False
    """Does it see all samples at once? Indices of the result, and of inputs that each sample has for
    itself, then begin with the sample; so do the shapes of such inputs in `reached`."""
    by_value: ClassVar[bool] = False
    """Do the numbers of an input decide the very formula, as those of a look-up do?"""
    value_slot: ClassVar[int] = 0
    """Which input that is."""
    by_cell: ClassVar[bool] = False
    """Does each cell of the result depend on the cells in its place alone?"""
    windowed: ClassVar[bool] = False
    """Does a window slide over the input, so that its cells are many and alike?"""
    part_words: ClassVar[tuple[Literal["exp", "exp_sum"], ...]] = ()
    """What `parts` gives."""
    linear_in: ClassVar[tuple[str, ...]] = ()
    """Slots in which, taken together, the result is linear, so that y = Σ ∂y/∂x·x over their elements."""
    overflows: ClassVar[bool] = False
    """Is a result that is not finite always one beyond what floats hold?"""
    derivable: ClassVar[bool] = False
    """Is its slope worth a derivation of its own, rule by rule?"""
    kinks: ClassVar[tuple[float, ...]] = ()
    """Inputs at which the result has a corner, so that its slope there is a convention."""
    examples: ClassVar[tuple[dict[str, Any], ...]] = ({},)
    """Options and, as `shapes`, input shapes on which the contract is tested."""

    def __call__(self, *handles: Handle) -> Handle:
        """What the operation makes of some handles."""
        shape = self.output_shape(*(handle.shape for handle in handles))
        return Handle(shape, operation=self, inputs=handles)

    @property
    def of_batch(self) -> bool:
        """Does it make one value of all samples, which belongs to none of them?"""
        return False

    @abstractmethod
    def output_shape(self, *shapes: Shape) -> Shape:
        """The shape of the result for one sample."""

    def results(self, *shapes: Shape) -> Iterator[Index]:
        """The indices of the result as `definition` counts them."""
        return indices(self.output_shape(*shapes))

    @abstractmethod
    def forward(self, *arrays: "Array") -> "Array":
        """The result, for all samples at once."""

    @abstractmethod
    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        """∂E/∂input for each slot, sample by sample, from ∂E/∂output."""

    def backward_of_batch(
        self, wanted: Collection[int], gradient: "Array", output: "Array", *arrays: "Array"
    ) -> "Mapping[int, Array]":
        """∂E/∂input for some slots; those by `parameters`, which all samples share, may be summed over them.

        Where a sum of products does it, no gradient of a single sample is made.
        """
        return dict(enumerate(self.backward(gradient, output, *arrays)))

    def of_numbers(self, numbers: "Array") -> Self:
        """The same operation for other numbers of the input that decides it, where one does."""
        return self

    def choices(self, *shapes: Shape) -> int | None:
        """How many whole numbers there are to choose from, counted from 0, where one decides the result."""
        return None

    @abstractmethod
    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        """One element of the result in written order."""

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        """The elements of the result that one element of an input goes into.

        Unless an operation knows better they are read off the definition.
        """
        from handcalc.operations._derived import reached

        return reached(self, shapes)[slot].get(index, ())

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        """∂result[index]/∂input[by] as a reader expects it: σ' = a(1 - a).

        Unless an operation says it in its own idiom it is derived from the definition.
        """
        from handcalc.operations._derived import partial

        return partial(self, index, slot, by, tensors)

    def parts(self, index: Index, *tensors: Tensor) -> "Mapping[str, Formula]":
        """What people write down on the way to one element, by the words of `Part`."""
        return {}

    def identity(self, slot: int, *shapes: Shape) -> Identity | None:
        """∂E/∂input for all elements at once, where that is one known operation."""
        return None

    def sizes(self, *shapes: Shape) -> Iterable[Size]:
        """How the shape of the result comes about, axis by axis."""
        return ()

    def at_corner(self, *arrays: "Array") -> bool:
        """Does an input lie where the result has a corner, so that a convention decides its slope?"""
        import numpy as np

        return bool(self.kinks) and bool(np.isin(arrays[0], self.kinks).any())

    def rule(self) -> str:
        """The local derivative in words."""
        return ""

    def no_value(self, *arrays: "Array") -> str:
        """Why these finite inputs give no finite value, and what to write instead; "" if nothing can be said."""
        return BEYOND if self.overflows else ""

    def rule_of(self, slot: int) -> str:
        """What is said of the way back to one of its inputs, where it differs from the others."""
        return self.rule()


_ROUNDS_OFF: ContextVar[bool] = ContextVar("rounds off", default=True)


@contextmanager
def as_floats() -> Iterator[None]:
    """Sums as floats have them: measured numbers, unlike typed ones, have no decimals to be kept."""
    before = _ROUNDS_OFF.set(False)
    try:
        yield
    finally:
        _ROUNDS_OFF.reset(before)


def without_noise(sums: "Array", sizes: "Array | Callable[[], Array]") -> "Array":
    """Sums as their decimals say: 0.1 + 0.2 - 0.3 is 0, not 5.6e-17; 1.2 - 1.1 is 0.1, not 0.0999…987.

    `sizes` holds the sums of the terms' absolute values. Where terms cancel, what floats do not hold of
    them is rounded off, at the first decimal place above 4·eps·size.
    """
    import numpy as np

    if not _ROUNDS_OFF.get():
        return sums
    sizes = sizes() if callable(sizes) else sizes
    noise = 4 * np.finfo(float).eps * sizes
    small = (np.abs(sums) < sizes / 8) & np.isfinite(sizes)
    if not np.any(small):
        return sums
    found = np.where(np.abs(sums) <= noise, 0.0, sums)
    # Powers of ten are exact up to the 22nd.
    places = -np.ceil(np.log10(np.where(small, noise, 1.0)))
    held = small & (places >= 0) & (places <= 22)
    unit = 10.0 ** np.where(held, places, 0)
    rounded: Array = np.where(held, np.rint(found * unit) / unit, found)
    return rounded


def or_zero(sums: "Array", sizes: "Array | Callable[[], Array]") -> "Array":
    """Sums; those of which all that floats hold has cancelled are 0.

    `sizes` holds the sums of the terms' absolute values, each of which has noise of its own; as a function they
    are found where typed numbers are worked out.
    """
    import numpy as np

    if callable(sizes):
        if not _ROUNDS_OFF.get():
            return sums
        sizes = sizes()
    # An infinite size hides nothing: an infinite sum stays what it is.
    return np.where(abs(sums) < 16 * np.finfo(float).eps * sizes, 0.0, sums)
