"""Which mistakes give the same numbers here: marking then names both, or none."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from handcalc.grading import mistakes
from handcalc.grading.lint.findings import Alike, Trial


def alike(trials: Iterable[Trial], *, symbolic: bool = False) -> Iterator[Alike]:
    """Pairs of mistakes: of sizes and counts in each, of other numbers where they are alike in all answers."""
    seen: dict[str, dict[str, Trial]] = {}
    for trial in trials:
        if trial.numbers and not trial.blind:
            seen.setdefault(trial.mistake, {})[trial.key] = trial
    for a, b in combinations(seen, 2):
        if _kind(a) != _kind(b):
            continue
        same = {
            key: min(numbers)
            for key in seen[a]
            if key in seen[b] and (numbers := seen[a][key].numbers & seen[b][key].numbers)
        }
        others = {key for word in (a, b) for key, trial in seen[word].items() if not trial.sized}
        if not others <= set(same):
            same = {key: number for key, number in same.items() if seen[a][key].sized}
        if same:
            first = next(iter(same))
            answers = tuple(
                (key, "" if symbolic and key in others else number) for key, number in same.items()
            )
            yield Alike((a, b), (seen[a][first].told, seen[b][first].told), answers)


def _kind(word: str) -> tuple[bool, int]:
    """A slip in one cell and a mistake along a whole row are told apart by the cells in which they show."""
    mistake = mistakes.load(word)
    return mistake.systematic, mistake.least
