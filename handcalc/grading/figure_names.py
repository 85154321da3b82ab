"""Which mistakes are named for wrong sizes and counts: the test of `chance`, for one student.

A wrong count is any of N = 2·max(typed, right) + 1 whole numbers; of a wrong shape the largest size that is
wrong counts, since sizes go wrong together.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import comb, prod
from typing import TYPE_CHECKING

from handcalc.fields import Shape
from handcalc.grading import mistakes
from handcalc.grading.chance import GUESS, LEVEL
from handcalc.grading.diagnosis import MOST_NAMED
from handcalc.grading.scheme import Figure

if TYPE_CHECKING:
    from handcalc.grading.figures import Figured

Accounts = Mapping[Shape, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A wrong figure: what was typed, and the wrong numbers that mistakes give there."""

    figure: Figure
    typed: Shape
    accounts: Accounts

    @property
    def every(self) -> int:
        """N: how many numbers there are of its size."""
        pairs = zip(self.typed, self.figure.value, strict=False)
        off = [max(a, b) for a, b in pairs if a != b]
        return 2 * max(off or [*self.typed, *self.figure.value]) + 1

    def given_by(self, word: str) -> int:
        """n: how many numbers one mistake gives."""
        return sum(word in words for words in self.accounts.values())

    def tried_until(self, word: str) -> int:
        """t: how many numbers it and the more frequent mistakes give."""
        frequent = list(mistakes.MISTAKES)
        before = set(frequent[: frequent.index(word) + 1])
        return sum(not before.isdisjoint(words) for words in self.accounts.values())


def named(figured: "Sequence[Figured]", wrong: Mapping[str, Wrong]) -> "Iterator[Figured]":
    """The verdicts with the mistakes that chance does not explain as well."""
    chances = {word: _chance(word, wrong.values()) for word in _words(wrong)}
    explained = {word: sum(_fits(word, one) for one in wrong.values()) for word in chances}
    seen: set[str] = set()
    for one in figured:
        here = wrong.get(one.figure.key)
        if here is None:
            yield one
            continue
        words = here.accounts.get(here.typed, ())
        sure = _best(words, chances, explained, LEVEL)
        guess = () if sure else _best(words, chances, explained, GUESS)
        alike = {
            word for word in words if chances[word] <= GUESS and mistakes.load(word).systematic
        }
        yield replace(one, mistakes=sure, guesses=guess, again=not alike.isdisjoint(seen))
        seen |= alike


def _words(wrong: Mapping[str, Wrong]) -> list[str]:
    return list(dict.fromkeys(w for one in wrong.values() for w in one.accounts.get(one.typed, ())))


def _fits(word: str, wrong: Wrong) -> bool:
    return word in wrong.accounts.get(wrong.typed, ())


def _chance(word: str, wrong: Collection[Wrong]) -> float:
    """C(K, k)·Π n/N, times t/n once."""
    tried = [one for one in wrong if one.given_by(word)]
    fits = [one for one in tried if _fits(word, one)]
    together = prod(one.given_by(word) / one.every for one in fits)
    before = max(one.tried_until(word) / one.given_by(word) for one in fits)
    return min(comb(len(tried), len(fits)) * together * before, 1.0)


def _best(
    words: Sequence[str], chances: Mapping[str, float], explained: Mapping[str, int], level: float
) -> tuple[str, ...]:
    """Those that explain most; of more than two that fit equally none."""
    sure = [word for word in words if chances[word] <= level]
    most = max((explained[word] for word in sure), default=0)
    best = tuple(word for word in sure if explained[word] == most)
    return best if len(best) <= MOST_NAMED else ()
