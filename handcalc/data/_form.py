"""What a network takes: inputs of some shapes, and targets for its outputs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from handcalc.fields import Shape
from handcalc.losses._loss import Loss

if TYPE_CHECKING:
    from handcalc.arrays import Array


@dataclass(frozen=True)
class Output:
    """One output: its shape, and the loss that holds it against a target."""

    loss: Loss | None
    shape: Shape

    @property
    def target(self) -> Shape:
        """The shape of its target."""
        return self.shape if self.loss is None else self.loss.target_shape(self.shape)


@dataclass(frozen=True)
class Form:
    """Inputs by name, and outputs; where there are several they lie side by side in the row of a sample."""

    inputs: Mapping[str, Shape]
    outputs: Mapping[str, Output]

    @property
    def shape(self) -> Shape:
        """The shape of what goes in of one sample."""
        shapes = list(self.inputs.values())
        return shapes[0] if len(shapes) == 1 else (sum(map(prod, shapes)),)

    @property
    def targets(self) -> list[Shape]:
        """The shapes of the targets."""
        return [output.target for output in self.outputs.values()]


def parted(rows: "Array", shapes: Sequence[Shape]) -> "Iterator[Array]":
    """What lies side by side in each row, each part in its own shape."""
    if len(shapes) == 1:
        yield rows
        return
    start = 0
    for shape in shapes:
        end = start + prod(shape)
        yield rows[:, start:end].reshape(len(rows), *shape)
        start = end
