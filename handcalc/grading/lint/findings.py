"""What lint finds: which mistakes pass in which answers, and what a guess would earn."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from handcalc.formula import Leaf


@dataclass(frozen=True, slots=True)
class Cause:
    """A number without which a mistake would be seen: b1, which is 0."""

    leaf: Leaf
    text: str
    """Its value."""
    whole: Leaf | None = None
    """What it belongs to, as all numbers of x."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One mistake in one answer: what is typed with it, and whether that passes."""

    key: str
    group: str
    mistake: str
    told: str
    right: str
    wrong: str
    blind: bool
    """Would it earn its marks?"""
    same: bool = False
    """Does the mistake change nothing at all, whatever the decimals?"""
    partly: bool = False
    """Is it seen in another form of the same mistake?"""
    numbers: frozenset[str] = frozenset()
    """The numbers in which it is seen."""
    causes: tuple[Cause, ...] = ()
    decimals: int | None = None
    """How many decimals would tell it, where that helps."""
    instead: str = ""
    """Of a size or a count: what else the layer might receive, so that it is seen."""
    sized: bool = False
    """Is the answer a size or a count?"""


@dataclass(frozen=True, slots=True)
class Guess:
    """What is typed without working anything out: the answers in which it passes."""

    text: str
    exactly: tuple[str, ...] = ()
    """Answers that are just that number."""
    nearly: tuple[str, ...] = ()
    """Answers that only come near it."""
    marks: float = 0.0
    """What it earns if it stands everywhere."""
    decimals: int | None = None
    """How many decimals would tell it where it comes near."""


@dataclass(frozen=True, slots=True)
class Copy:
    """An answer that is earned by copying a number of the problem."""

    key: str
    leaf: Leaf
    text: str


@dataclass(frozen=True, slots=True)
class Alike:
    """Two mistakes that give the same numbers, so that marking names both or none."""

    mistakes: tuple[str, str]
    told: tuple[str, str]
    answers: tuple[tuple[str, str], ...]
    """The keys, each with the number."""


@dataclass
class Linted:
    """Everything that was found in one problem."""

    trials: list[Trial] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)
    natural: set[str] = field(default_factory=set)
    """Answers of which a guess is right by nature, as that of a ReLU is 0."""
    copies: list[Copy] = field(default_factory=list)
    flat: list[str] = field(default_factory=list)
    """Slopes that round to 0, although they are not 0."""
    alike: list[Alike] = field(default_factory=list)
    of: float = 0.0
    """The marks that there are."""
    groups: dict[str, str] = field(default_factory=dict)
    """The answers that were tried, and for a cell the matrix that it is one of."""
    untried: list[str] = field(default_factory=list)
    """What was not tried."""
    symbolic: bool = False

    @cached_property
    def blind(self) -> list[Trial]:
        """Each mistake in each answer that it does not change enough."""
        return [trial for trial in self.trials if trial.blind]

    @property
    def zero(self) -> list[str]:
        """Answers that are not 0 and that a bare 0 passes for."""
        return [key for guess in self.guesses if guess.text == "0" for key in guess.nearly]

    @cached_property
    def unseen(self) -> list[str]:
        """The mistakes that no answer shows."""
        shown = {trial.mistake for trial in self.trials if not trial.blind or trial.partly}
        return [word for word in dict.fromkeys(t.mistake for t in self.blind) if word not in shown]

    @property
    def guessed(self) -> set[str]:
        """Answers that are earned without working anything out, as far as other numbers mend that."""
        found = {key for guess in self.guesses for key in (*guess.exactly, *guess.nearly)}
        return (found - self.natural) | {copy.key for copy in self.copies}

    @property
    def any(self) -> bool:
        """Is there anything to mend?"""
        hidden = any(not trial.partly for trial in self.blind)
        return bool(hidden or self.guessed or self.flat)

    @property
    def counts(self) -> dict[str, int]:
        """What other numbers can mend, counted cell by cell."""
        numbers = [trial for trial in self.blind if not trial.sized]
        return {
            "mistakes that no answer shows": len({t.mistake for t in numbers} & set(self.unseen)),
            "times that a mistake is not seen in an answer": sum(not t.partly for t in numbers),
            "times that it is not seen in one of its forms": sum(t.partly for t in numbers),
            "answers that a guess earns": len(self.guessed),
            "slopes that round to 0": len(self.flat),
        }

    @property
    def weight(self) -> float:
        """How bad it is: what other numbers are judged by."""
        cells = Counter(self.groups.values())
        return (
            UNSEEN * len(self.unseen)
            + sum(shares(self.trials))
            + sum(1 / cells[self.groups[key]] for key in self.guessed)
            + len(self.flat)
        )


UNSEEN = 20.0
"""What a mistake weighs that no answer shows, beside the answers in which it is not seen."""
PARTLY = 0.25
"""What it weighs in an answer that shows it in another form."""


def shares(trials: Iterable[Trial]) -> Iterator[float]:
    """In which part of its cells a mistake is not seen, answer by answer."""
    cells: dict[tuple[str, str], list[float]] = {}
    for trial in trials:
        if not trial.sized:
            weight = (PARTLY if trial.partly else 1.0) if trial.blind else 0.0
            cells.setdefault((trial.mistake, trial.group), []).append(weight)
    yield from (sum(weights) / len(weights) for weights in cells.values())
