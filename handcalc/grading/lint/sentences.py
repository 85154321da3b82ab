"""One sentence for all answers that one mistake leaves unseen, and why it does."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from handcalc.document import Inline, Inlines, Math, words
from handcalc.errors import count, listed
from handcalc.formula import Leaf
from handcalc.grading.lint.findings import Cause, Linted, Trial

MOST_KEYS = 6
MOST_REASONS = 3
"""Different numbers that are named as the reason; of more what they belong to."""
MOST_LEAVES = 6
"""Numbers that are named where they are not all equal."""
MOST_EQUAL = 4
"""Names for one number."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """What one sentence is about: one mistake, told in one way, in some answers."""

    trials: tuple[Trial, ...]
    answers: tuple[str, ...]
    """Its answers, each once, with the number of cells where it has several."""
    never: bool
    """Is it seen in no answer at all?"""
    elsewhere: int
    """In how many other answers it is seen."""

    @property
    def partly(self) -> bool:
        """Is it seen in some form in the same answers?"""
        return any(trial.partly for trial in self.trials)

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """The worst come first."""
        return (not self.never, self.partly, -len(self.answers))

    @property
    def said(self) -> tuple[object, ...]:
        """What is said of it beside its name: mistakes of which the same is said share a sentence."""
        causes = dict.fromkeys((c.leaf, c.text) for trial in self.trials for c in trial.causes)
        ends = {(trial.decimals, trial.instead) for trial in self.trials}
        return self.answers, self.never, self.partly, tuple(causes), frozenset(ends)


def unseen(found: Linted, chosen: Callable[[Trial], bool]) -> list[list[Unseen]]:
    """The mistakes of some trials, the worst first; those that share a sentence together."""
    cells: dict[tuple[str, str], int] = {}
    seen: dict[str, dict[str, None]] = {}
    for trial in found.trials:
        cells[trial.mistake, trial.group] = cells.get((trial.mistake, trial.group), 0) + 1
        if not trial.blind:
            seen.setdefault(trial.mistake, {})[trial.group] = None
    told: dict[tuple[str, str], list[Trial]] = {}
    for trial in filter(chosen, found.blind):
        told.setdefault((trial.mistake, trial.told), []).append(trial)
    made = []
    for (word, _), trials in told.items():
        by_group: dict[str, list[Trial]] = {}
        for trial in trials:
            by_group.setdefault(trial.group, []).append(trial)
        answers = tuple(
            in_cells(some[0].key, group, len(some), cells[word, group])
            for group, some in by_group.items()
        )
        elsewhere = sum(group not in by_group for group in seen.get(word, ()))
        made.append(Unseen(tuple(trials), answers, word in found.unseen, elsewhere))
    together: dict[tuple[object, ...], list[Unseen]] = {}
    for one in sorted(made, key=lambda one: one.rank):
        together.setdefault(one.said, []).append(one)
    return list(together.values())


def in_cells(key: str, group: str, some: int, of: int) -> str:
    """h1_in; conv1 (54 of 60 cells)."""
    if of <= 1 or key == group:
        return key
    return f"{group} ({some} of {of} cells)" if some < of else f"all of {group}"


def sentence(several: Sequence[Unseen]) -> Inlines:
    """The bias was left out: not seen in f1_out, where b3 = 0; seen in 3 other answers."""
    one = several[0]
    told = ", or ".join(some.trials[0].told for some in several)
    keys = listed(one.answers, MOST_KEYS)
    where = f"not seen in {keys}"
    if one.never:
        only = len(one.answers) == 1
        where = f"not seen in {keys}, its only answer" if only else f"seen in no answer ({keys})"
    elif one.partly:
        where = f"in some form {where}"
    reason = because([cause for trial in one.trials for cause in trial.causes])
    after = "".join(f"; {part}" for part in _after(several))
    return words(f"{capital(told)}: {where}", *reason, f"{after}.")


def _after(several: Sequence[Unseen]) -> Iterator[str]:
    """What shows it, and where else it is seen."""
    trials = several[0].trials
    instead = next((trial.instead for trial in trials if trial.instead), "")
    if instead:
        yield f"{instead} shows it"
    decimals = [trial.decimals for trial in trials if trial.decimals is not None]
    if decimals and len(decimals) == len(trials):
        yield f"{max(decimals)} decimals show it"
    if len(several) == 1 and several[0].elsewhere:
        yield f"seen in {count(several[0].elsewhere, 'other answer')}"


def because(causes: Iterable[Cause]) -> Iterator[str | Inline]:
    """, where b3 = 0; of many numbers what they belong to."""
    by_leaf = {cause.leaf: cause for cause in causes}
    by_text: dict[str, list[Leaf]] = {}
    for cause in by_leaf.values():
        by_text.setdefault(cause.text, []).append(cause.leaf)
    if len(by_text) == 1 or (len(by_text) <= MOST_REASONS and len(by_leaf) <= MOST_LEAVES):
        for number, (text, leaves) in enumerate(by_text.items()):
            last = number == len(by_text) - 1
            yield ", where " if not number else " and " if last else ", "
            yield from _equal(leaves, text)
        return
    wholes = dict.fromkeys(cause.whole for cause in by_leaf.values())
    some = [whole for whole in wholes if whole is not None]
    if len(some) == len(wholes) <= MOST_REASONS:
        yield "; other numbers in "
        for number, whole in enumerate(some):
            yield "" if not number else " or " if number == len(some) - 1 else ", "
            yield Math(whole)
        yield " show it"


def _equal(leaves: Sequence[Leaf], text: str) -> Iterator[str | Inline]:
    """w2 = w3 = 0.3."""
    for leaf in leaves[:MOST_EQUAL]:
        yield Math(leaf)
        yield " = "
    yield ("… = " if len(leaves) > MOST_EQUAL else "") + text


def capital(told: str) -> str:
    """With a large first letter, unless that is a name such as w1."""
    return told[:1].upper() + told[1:] if told[1:2].isalpha() or told[:2] == "a " else told
