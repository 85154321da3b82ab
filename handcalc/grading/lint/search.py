"""Other numbers for a problem, with which more mistakes are seen and fewer guesses pass.

One number after the other is changed to what helps most, as far as a quick reckoning tells; what comes out is
then tried as any problem is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from handcalc.errors import HandcalcError
from handcalc.grading.lint import Linted, lint
from handcalc.grading.lint.file_numbers import FileNumber, Values, edited, numbers
from handcalc.grading.lint.moves import Change, moves
from handcalc.grading.lint.reckoning import Reckoning
from handcalc.grading.scheme import Scheme
from handcalc.problem import Problem, parse

MOST_CHANGES = 6
MOST_TRIED = 3
"""Proposals that are tried in full."""
MOST_WORK = 60_000_000
"""Numbers in formulas times choices that are gone through, which bounds the time."""
BATCH = 128
"""Choices that are gone through at once."""


@dataclass(frozen=True)
class Proposal:
    """Other numbers, what was found with the old ones, and what is found with these."""

    changes: tuple[Change, ...]
    before: Linted
    after: Linted
    looked_at: int
    """How many numbers of the file could be others."""


def other_numbers(problem: Problem, before: Linted, advance: Callable[[int], None]) -> Proposal:
    """The proposal that goes farthest; one without changes where nothing better was found."""
    nothing = Proposal((), before, before, 0)
    scheme = Scheme(problem)
    if scheme.network.symbolic or not scheme.answers:
        return nothing
    found = numbers(problem, advance)
    reckoning = Reckoning(scheme)
    proposals = list(_ways(found, reckoning, advance)) if found and reckoning.made else []
    for changes in proposals[: -MOST_TRIED - 1 : -1]:
        advance(1)
        after = _with(problem, changes)
        if after is not None and _is_better(before, after):
            return Proposal(changes, before, after, len(found))
    return Proposal((), before, before, len(found))


def _is_better(before: Linted, after: Linted) -> bool:
    """Is less hidden, without a mistake that is seen nowhere any more?"""
    some = any(after.counts[said] < number for said, number in before.counts.items())
    return some and after.weight < before.weight and len(after.unseen) <= len(before.unseen)


def _with(problem: Problem, changes: Sequence[Change]) -> Linted | None:
    """What is found with other numbers; None where the file does not take them."""
    origin = problem.origin
    try:
        return lint(parse(edited(origin.text, changes), origin.path, origin.name))
    except HandcalcError:
        return None


def _ways(
    found: Sequence[FileNumber], reckoning: Reckoning, advance: Callable[[int], None]
) -> Iterator[tuple[Change, ...]]:
    """Ever better choices, each with one number or one array more that is another."""
    chosen: dict[FileNumber, str] = {}
    weight, left = reckoning.weights([{}])[0], MOST_WORK
    for _ in range(MOST_CHANGES):
        every = [move for move in moves(found) if not any(n in chosen for n, _ in move.changes)]
        every = every[:: max(1, -(-len(every) * reckoning.work // max(left, 1)))]
        left -= len(every) * reckoning.work
        if not every or left < 0:
            return
        weights: list[float] = []
        for start in range(0, len(every), BATCH):
            advance(1)
            batch = every[start : start + BATCH]
            choices = [_values({**chosen, **dict(move.changes)}) for move in batch]
            weights += reckoning.weights(choices)
        best = min(range(len(every)), key=lambda i: weights[i] + every[i].cost)
        if weights[best] + every[best].cost >= weight:
            return
        weight = weights[best]
        chosen.update(every[best].changes)
        yield tuple(chosen.items())


def _values(chosen: Mapping[FileNumber, str]) -> Values:
    found: Values = {}
    for number, text in chosen.items():
        found |= number.values(text)
    return found


def written(problem: Problem, proposal: Proposal) -> bytes:
    """The file with other numbers in it and nothing else changed: its comments, line ends and byte order mark."""
    path = Path(problem.origin.path)
    raw = path.read_bytes() if path.is_file() else problem.origin.text.encode()
    return edited(raw.decode(), proposal.changes).encode()
