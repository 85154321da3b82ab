"""How a student writes numbers and goes on with them, and what is written down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Protocol

Write = Callable[[float], str]


class Exercise(Protocol):
    """An exercise with numbers."""

    def text(self, decimals: int) -> str:
        """The problem file."""
        ...

    def work(self, notes: "Notes") -> None:
        """Write all answers down."""
        ...


@dataclass(frozen=True)
class Student:
    """A way to write, whether to go on with what is written, and a mistake that is made wherever it can be."""

    write: Write
    carries: bool
    mistake: str = ""
    place: str = ""
    """The layer in which it is made; everywhere if empty."""


@dataclass
class Notes:
    """The sheet of a student as it is filled in.

    `typed` holds answers that stand there in place of those that come out: the work goes on with them,
    but where `unused` says that they were only copied out wrong.
    """

    student: Student
    typed: Mapping[str, str] = field(default_factory=dict)
    unused: frozenset[str] = frozenset()
    sheet: dict[str, str] = field(default_factory=dict)
    came: dict[str, float] = field(default_factory=dict)
    """What came out at each answer, before it was written."""
    made: bool = False
    """Was there an occasion for the mistake?"""

    def put(self, key: str, value: float) -> float:
        """Write an answer down; what the work goes on with."""
        self.came[key] = value
        own = self.student.write(value)
        self.sheet[key] = self.typed.get(key, own)
        if key in self.typed and key not in self.unused:
            return float(self.typed[key])
        return float(own) if self.student.carries else value

    def aside(self, _key: str, value: float) -> float:
        """Write a number that is not asked for on scratch paper."""
        return float(self.student.write(value)) if self.student.carries else value

    def makes(self, mistake: str, place: str = "") -> bool:
        """Is this mistake made here?"""
        if self.student.mistake != mistake or self.student.place not in ("", place):
            return False
        self.made = True
        return True


def exactly(exercise: Exercise, typed: Mapping[str, str] | None = None) -> dict[str, float]:
    """What comes out at each answer with full precision, from these answers if they are typed."""
    notes = Notes(Student(repr, carries=False), typed or {})
    exercise.work(notes)
    return notes.came


# --- ways to write --------------------------------------------------------------------------------


def seen(value: float) -> Decimal:
    """What a person sees of a number: 0.23, not 0.22999999999999998."""
    return Decimal(repr(round(value, 13)))


def rounded(decimals: int) -> Write:
    """Round half up."""
    return lambda value: _at(value, decimals, ROUND_HALF_UP)


def cut(decimals: int) -> Write:
    """Cut the digits off."""
    return lambda value: _at(value, decimals, ROUND_DOWN)


def bare(decimals: int) -> Write:
    """Round, and drop the zeros at the end: 0.691 for 0.6910, 1 for 1.0000."""

    def write(value: float) -> str:
        text = _at(value, decimals, ROUND_HALF_UP)
        return text.rstrip("0").rstrip(".") if "." in text else text

    return write


def calculator(value: float) -> str:
    """The ten digits of a calculator."""
    return f"{value:.10g}"


def _at(value: float, decimals: int, how: str) -> str:
    text = str(seen(value).quantize(Decimal(1).scaleb(-decimals), how))
    return text.removeprefix("-") if Decimal(text) == 0 else text


def ways(decimals: int) -> dict[str, Write]:
    """All ways to write."""
    return {
        "rounded": rounded(decimals),
        "cut off": cut(decimals),
        "zeros dropped": bare(decimals),
        "one digit more": rounded(decimals + 1),
        "ten digits": calculator,
    }


def dusty(came: Mapping[str, float]) -> bool:
    """Is a weighted sum 0 but for what binary arithmetic leaves? The slope of ReLU would be decided by that."""
    return any(abs(v) < 1e-9 for key, v in came.items() if "_in" in key and key[0] != "d")
