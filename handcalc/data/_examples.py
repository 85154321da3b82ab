"""What a data file holds: inputs and targets, a row a sample; and what is wanted of it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handcalc.arrays import Array

MOST_NUMBERS = 500_000_000
"""Numbers of all inputs together."""


@dataclass(frozen=True)
class Examples:
    """Inputs and targets as they are stored, the samples along the first axis."""

    inputs: "Array"
    targets: "Array"
    classes: tuple[str, ...] = ()
    """The names of the classes, where targets are their numbers."""

    divide: float = 1.0
    """What divides the inputs, such as 255 those of pixels."""

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def numbers(self) -> "Array":
        """The inputs as a network takes them."""
        import numpy as np

        floats = np.asarray(self.inputs, dtype=np.float64)
        return floats if self.divide == 1 else floats / self.divide

    def some(self, rows: "Array | slice") -> "Examples":
        """Some of the samples."""
        return replace(self, inputs=self.inputs[rows], targets=self.targets[rows])


@dataclass(frozen=True)
class Wanted:
    """What the network takes, and where the command line says that the targets are."""

    shape: tuple[int, ...]
    """The shape of the input of one sample."""
    channels_first: bool = False
    target: str = ""
    """The column of the targets."""
    labels: Path | None = None
    """The file of the targets."""
