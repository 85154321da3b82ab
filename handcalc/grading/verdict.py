"""What is said of one answer, for all students at once."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

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
    """Why nobody but a person can decide, or what else is to be said of a verdict."""

    NOTHING = 0
    UNREADABLE = 1
    COARSE = 2
    """Fewer digits than asked for, although they agree."""
    TRIVIAL = 3
    """An earlier wrong 0 or 1 makes this step 0 or 1."""
    VAGUE = 4
    """The earlier numbers have too few digits to tell."""
    NO_VALUE = 5
    """The student's own numbers give none."""
    LATER = 6
    """A formula names what is not known before its step."""
    ZEROS = 7
    """Wrong for its digits alone: zeros at the end are left out where the file wants them."""
    SIZE = 8
    """Wrong for its size: another number of rows or columns than asked for."""
    PERSON = 9
    """A person has decided."""
    UNTRIED = 10
    """A formula agrees wherever it was tried, but not every case of it could be."""
    BRACKETS = 11
    """A formula has a function without brackets."""


SAID = {
    Why.UNREADABLE: "cannot be read",
    Why.LATER: "names what is not known before this step",
    Why.COARSE: "agrees, with fewer digits than asked for",
    Why.TRIVIAL: "follows, but only because a wrong 0 or 1 before it makes this step 0 or 1",
    Why.VAGUE: "may follow: the answers before it have too few digits to tell",
    Why.NO_VALUE: "cannot be judged: the answers before it give no number here",
    Why.ZEROS: "is right in its value, but zeros at the end are required here",
    Why.SIZE: "has another size than asked for",
    Why.UNTRIED: "agrees wherever it could be tried, which is not in every case",
    Why.BRACKETS: "has a function without brackets, which are written sin(x)",
    Why.PERSON: "was decided by a person",
}


@dataclass(slots=True)
class Judged:
    """One step: verdicts, the intervals that they rest on, and the mistakes that are named.

    `low` and `high` bound what may be typed: for the key where an answer is right, else for what the student's
    own numbers give; `follow` is the value in between. `names` and `guesses` hold, for a mistake by its
    place in the list, for whom it is named, or said with "as if". `explained` says whose wrong number some formula of a mistake gives
    that is made again, `again` who has made it in an answer before.
    """

    verdict: "Array"
    why: "Array"
    low: "Array"
    high: "Array"
    follow: "Array"
    again: "Array"
    explained: "Array"
    names: dict[int, "Array"] = field(default_factory=dict)
    guesses: dict[int, "Array"] = field(default_factory=dict)
    taken_with: dict[int, "Array"] = field(default_factory=dict)
    """The mistakes that blank answers were taken with, and of whom."""

    def named(self, student: int) -> list[int]:
        """The mistakes that are named for one student."""
        return [place for place, rows in sorted(self.names.items()) if rows[student]]

    def guessed(self, student: int) -> list[int]:
        """The mistakes that are said with "as if" for one student."""
        return [place for place, rows in sorted(self.guesses.items()) if rows[student]]
