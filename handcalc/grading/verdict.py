"""What is said of one answer, and what was typed for it, for all students at once."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from handcalc.grading.box import Box

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]


class Verdict(IntEnum):
    """What is said of one answer."""

    BLANK = 0
    RIGHT = 1
    FOLLOWS = 2
    WRONG = 3
    UNDECIDED = 4


EARNS = (Verdict.RIGHT, Verdict.FOLLOWS)
"""The verdicts that earn marks."""


class Why(IntEnum):
    """Why nobody but a person can decide."""

    NOTHING = 0
    UNREADABLE = 1
    COARSE = 2
    """Fewer digits than asked for, although they agree."""
    TRIVIAL = 3
    """An earlier mistake makes this step 0."""
    VAGUE = 4
    """The earlier numbers have too few digits to tell."""
    NO_VALUE = 5
    """The student's own numbers give none."""
    LATER = 6
    """A formula names what is not known before its step."""


@dataclass(slots=True)
class Column:
    """One number of the sheet as all students typed it; where nothing is given the value is nan."""

    value: "Array"
    decimals: "Array"
    unit: "Array"
    given: "Array"
    unreadable: "Array"


@dataclass(slots=True)
class Judged:
    """One step: verdicts, mistakes (as places in the list, -1 for none), and what the step gives."""

    verdict: "Array"
    mistake: "Array"
    why: "Array"
    follow: Box
    matches: dict[int, "Array"] = field(default_factory=dict)
    """For each mistake, by its place in the list, whose wrong number it gives."""

    @property
    def explained(self) -> "Array":
        """Whose wrong number some mistake gives."""
        import numpy as np

        return np.any([np.zeros(self.verdict.size, bool), *self.matches.values()], axis=0)
