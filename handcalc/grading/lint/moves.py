"""Small changes of the numbers of a file: one number, or all numbers of an array."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handcalc.grading.lint.file_numbers import FileNumber, decimals

Change = tuple[FileNumber, str]

ONE = 0.4
"""What another number must be worth: an answer in which one mistake more is seen weighs 1."""
SIGN = 0.6
"""So much more where its sign is another too."""
ALL = 2.0
"""What other numbers in a whole array must be worth."""
FEWEST = 4
"""Numbers of an array from which on all of them may be others."""
DRAWS = 6


@dataclass(frozen=True, slots=True)
class Move:
    """Numbers with other texts, and what that must be worth."""

    changes: tuple[Change, ...]
    cost: float


def moves(found: Sequence[FileNumber]) -> Iterator[Move]:
    """All of them, the small ones first."""
    for number in found:
        for text in number.choices:
            turned = float(text) * float(number.text) < 0
            yield Move(((number, text),), ONE + SIGN * turned)
    arrays: dict[tuple[str | int, ...], list[FileNumber]] = {}
    for number in found:
        if number.refs:
            arrays.setdefault(number.array, []).append(number)
    for path, numbers in arrays.items():
        if len(numbers) >= FEWEST:
            for draw in range(DRAWS):
                changes = _drawn(numbers, f"{path}{draw}", shuffled=draw < DRAWS // 2)
                if changes:
                    yield Move(changes, ALL)


def _drawn(numbers: Sequence[FileNumber], seed: str, *, shuffled: bool) -> tuple[Change, ...]:
    """The same numbers in another order, or others between the smallest and the largest."""
    draw = random.Random(seed)  # noqa: S311  # not for secrets
    texts = [number.text for number in numbers]
    if shuffled:
        texts.sort(key=lambda _: draw.random())
    else:
        places, values = max(map(decimals, texts)), list(map(float, texts))
        low, high = min(values), max(values)
        texts = [f"{draw.uniform(low, high):z.{places}f}" for _ in texts]
    pairs = zip(numbers, texts, strict=True)
    return tuple((number, text) for number, text in pairs if float(text) != float(number.text))
