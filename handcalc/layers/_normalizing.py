"""What normalizations share: groups of values, x̂ = (x - μ)/√(σ² + ε), then γ·x̂ + β."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator

from handcalc.errors import times
from handcalc.fields import Array, Given, Numbers, Random, Shape, Truth, Usual, mistake
from handcalc.formula.open_size import OpenSize
from handcalc.layers._beside import UnfitError
from handcalc.layers._counted import Counted
from handcalc.layers._fitted import fitted
from handcalc.layers._label import OUTPUTS, Label
from handcalc.layers._layer import Builder, Conventions, Misfit
from handcalc.layers._weights import Weights
from handcalc.operations._handle import Handle
from handcalc.operations.group_mean import GroupMean
from handcalc.operations.group_normalize import GroupNormalize
from handcalc.operations.group_variance import GroupVariance
from handcalc.operations.scale_and_shift import ScaleAndShift

MOST_VALUES = 4_000_000
"""Values up to which they are normalized; of more of them sizes and weights are counted."""
MEAN = Label("mean", "means", "μ", own=True)
VARIANCE = Label("variance", "variances", "σ²", own=True)
SQUARES = Label("mean_square", "means of the squares", "m²", own=True)
NORMALIZED = Label("xhat", "normalized values", "x̂", own=True)
GAMMA = Label("gamma", "scales", "γ", given="gamma of", own=True, role="scaling")
BETA = Label("beta", "shifts", "β", given="beta of", own=True, role="scaling")


@dataclass(frozen=True, slots=True)
class Groups:
    """Which values are normalized together, for one sample: the axes that keep their places."""

    kept: tuple[int, ...]
    parts: int | None = None
    batch: bool = False

    def options(self, *, batch: bool) -> dict[str, Any]:
        """As the operations say it."""
        parts = {} if self.parts is None else {"groups": self.parts}
        return {"kept": self.kept, "batch": batch, **parts}


def _not_negative(epsilon: Given) -> Given:
    if epsilon.value < 0:
        raise mistake(f"is {epsilon.text}, but it is added to a variance; write 0 or 1e-5")
    return epsilon


Epsilon = Annotated[Given, AfterValidator(_not_negative)]


def channel_axis(received: Shape, conventions: Conventions) -> int:
    """The axis of the channels, or of the features, from 0."""
    return 0 if conventions.channels == "first" else len(received) - 1


def channels(received: Shape, conventions: Conventions) -> int:
    """How many channels an input has."""
    return received[channel_axis(received, conventions)]


class Normalizing(Counted):
    """y = γ·(x - μ)/√(σ² + ε) + β; `gamma` and `beta` are 1 and 0 where they are not given.

    With `unbiased` the variance is divided by n - 1. `epsilon_outside` adds ε to the root, not under it.
    """

    example: ClassVar[dict[str, Any]] = {}
    usual_epsilon: ClassVar[dict[str, str]] = {"keras": "1e-3", "pytorch": "1e-5"}
    centered: ClassVar[bool] = True

    scale: Truth = True
    center: Truth = True
    gamma: Numbers | None = None
    beta: Numbers | None = None
    epsilon: Epsilon | None = None
    unbiased: Truth = False
    epsilon_outside: Truth = False

    def groups_of(self, received: Shape, conventions: Conventions) -> Groups:
        """Which values are normalized together."""
        raise NotImplementedError

    def scaled_axes(self, received: Shape, conventions: Conventions) -> tuple[int, ...]:
        """The axes along which γ and β have their numbers."""
        return (channel_axis(received, conventions),)

    def scaled(self, *sizes: tuple[str, int]) -> Iterator[Weights]:
        """γ and β of these sizes."""
        if self.scale:
            yield Weights("gamma", sizes)
        if self.center:
            yield Weights("beta", sizes)

    def epsilon_in(self, conventions: Conventions) -> Given:
        """ε, as the file says or as the framework has it."""
        return self.epsilon or Given.of(self.usual_epsilon[conventions.framework])

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        axes = self.scaled_axes(received, conventions)
        shape = tuple(received[axis] for axis in axes if axis < len(received))
        for field, used in (("gamma", self.scale), ("beta", self.center)):
            numbers: Array | Random | None = getattr(self, field)
            if numbers is not None and not used:
                word = "scale" if field == "gamma" else "center"
                said = f"{called} has {field} and says {word}: false; leave one out"
                yield Misfit((field,), said)
            if isinstance(numbers, Array) and numbers.shape and fitted(numbers, shape) is None:
                has = f"{times(numbers.shape)} numbers"
                said = f"{called} has {has} for {field}, but takes {times(shape)}"
                yield Misfit((field,), f"{said}; write as many, or one number for all")

    def says(self, received: Shape, conventions: Conventions) -> Iterator[str]:
        epsilon = self.epsilon_in(conventions)
        where = "added to the root" if self.epsilon_outside else "added under the root"
        if self.epsilon is None:
            yield f"ε is {epsilon.text}, as in {conventions.framework.replace('keras', 'Keras').replace('pytorch', 'PyTorch')}, {where}"
        elif epsilon.value:
            yield f"ε is {epsilon.text}, {where}"
        if self.centered:
            yield f"the variance is divided by n{' - 1' * self.unbiased}"

    def build(self, builder: Builder) -> None:
        x = builder.x
        open_size = any(isinstance(size, OpenSize) for size in x.shape)
        given = [numbers for numbers in (self.gamma, self.beta) if numbers is not None]
        large = self.too_large((x.shape,), builder.conventions)
        if open_size or large or not builder.works_out(*given):
            super().build(builder)
            return
        self.name_outputs(builder, self.normalized(builder))

    def too_large(self, shapes: tuple[Shape, ...], conventions: Conventions) -> str:
        numbers = prod(shapes[0])
        if numbers <= MOST_VALUES:
            return ""
        return f"it receives {numbers:,} values, and up to {MOST_VALUES:,} are worked out"

    def normalized(self, builder: Builder) -> Handle:
        """x̂, with the statistics of what is normalized together."""
        x, groups = builder.x, self.groups_of(builder.x.shape, builder.conventions)
        batch = groups.batch and builder.samples > 1
        options = groups.options(batch=batch)
        epsilon = {"epsilon": self.epsilon_in(builder.conventions), "outside": self.epsilon_outside}
        if not self.centered:
            squares = builder.name(GroupMean(**options, squares=True)(x), SQUARES)
            normalize = GroupNormalize(**options, **epsilon, centered=False)
            return builder.name(normalize(x, squares), NORMALIZED)
        spread = GroupVariance(**options, unbiased=self.unbiased)
        if self.unbiased and spread.size(x.shape, builder.samples) == 1:
            said = "one value has no variance that is divided by n - 1 = 0"
            instead = "leave unbiased out, or normalize several values together"
            raise UnfitError(Misfit(("unbiased",), f"{said}; {instead}"))
        mean = builder.name(GroupMean(**options)(x), MEAN)
        variance = builder.name(spread(x, mean), VARIANCE)
        self.keep_statistics(builder, mean, variance)
        return builder.name(GroupNormalize(**options, **epsilon)(x, variance, mean), NORMALIZED)

    def keep_statistics(self, builder: Builder, mean: Handle, variance: Handle) -> None:
        """What is kept of a batch."""

    def name_outputs(self, builder: Builder, normalized: Handle) -> None:
        """γ·x̂ + β."""
        if not (self.scale or self.center):
            return
        axes = self.scaled_axes(builder.x.shape, builder.conventions)
        shape = tuple(builder.x.shape[axis] for axis in axes)
        taken = [normalized]
        for there, label, numbers, usual in (
            (self.scale, GAMMA, self.gamma, "1"),
            (self.center, BETA, self.beta, "0"),
        ):
            if there:
                taken.append(builder.parameter(label, shape, everywhere(numbers, shape, usual)))
        scaled = ScaleAndShift(axes=axes, scale=self.scale, center=self.center)
        builder.name(scaled(*taken), OUTPUTS)


def everywhere(numbers: Array | Random | None, shape: Shape, usual: str) -> Array | Random:
    """The numbers; one for all where there is one, or none."""
    if numbers is None or (isinstance(numbers, Array) and not numbers.shape):
        whole = repeated(usual if numbers is None else numbers.text(()), shape)
        return Usual(whole.texts, whole.shape) if numbers is None else whole
    return fitted(numbers, shape) or numbers


def repeated(text: str, shape: Shape) -> Array:
    """An array of one number."""
    texts: Any = text
    for size in reversed(shape):
        texts = (texts,) * size
    return Array(texts, shape)
