"""What a data file holds: inputs and targets, a row a sample; and what is wanted of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handcalc.arrays import Array

MOST_NUMBERS = 500_000_000
"""Numbers of all inputs together."""


@dataclass(frozen=True)
class Typed:
    """One sample as somebody typed it: its inputs, and its target."""

    inputs: tuple[str, ...]
    target: str


@dataclass(frozen=True)
class Examples:
    """Inputs and targets as they are stored, the samples along the first axis."""

    inputs: "Array"
    targets: "Array"
    classes: tuple[str, ...] = ()
    """The names of the classes, where targets are their numbers."""

    divide: float = 1.0
    """What divides the inputs, such as 255 those of pixels."""

    typed: Typed | None = None
    """The sample that is wanted as typed, of a format that is text."""

    widths: tuple[int, ...] = ()
    """How many numbers of the targets belong to each output, where there are several."""

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
    in_file: bool = False
    """Is this said in the file of a problem, and not on the command line?"""
    sample: int = 0
    """The sample that is wanted as typed, counted from 1."""
    inputs: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """The shapes of several inputs by name."""
    outputs: tuple[str, ...] = ()
    """The names of several outputs."""

    def option(self, word: str) -> str:
        """How an option is written where these are."""
        return f"{word}:" if self.in_file else f"--{word}"
