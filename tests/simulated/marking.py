"""Many sheets of one problem, marked at once: what is said of each answer of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import ROUND_DOWN, Decimal
from functools import cached_property
from typing import Any

from handcalc.grading import marks, mistakes
from handcalc.grading.checking import Checked
from handcalc.grading.column import Column, Reader
from handcalc.grading.judge import Judge
from handcalc.grading.reading import texts
from handcalc.grading.reading.sheet import of
from handcalc.grading.scheme import Scheme
from handcalc.grading.verdict import Judged, Verdict, Why
from handcalc.network import Ref
from handcalc.problem import parse


@dataclass(frozen=True)
class Said:
    """What is said of one answer."""

    key: str
    typed: str
    verdict: str
    why: str
    names: tuple[str, ...]
    guesses: tuple[str, ...]
    again: bool
    lost: float

    @property
    def words(self) -> frozenset[str]:
        """All mistakes that are spoken of."""
        return frozenset(self.names + self.guesses)


class Marker:
    """Marks sheets of one problem."""

    def __init__(self, text: str) -> None:
        self.scheme = Scheme(parse(text, name="net"))
        self.steps = [step for answer in self.scheme.every for step in answer.steps]

    @cached_property
    def _judge(self) -> Judge:
        return Judge(self.scheme)

    @property
    def keys(self) -> list[str]:
        """The answers in order."""
        return [step.key for step in self.steps]

    def mark(self, sheets: Sequence[Mapping[str, str]]) -> list[dict[str, Said]]:
        """What is said of every answer that is given."""
        _, judged = self._judged(sheets)
        earned = dict(marks.of(self.scheme.every, judged))
        of_key = {s.key: a.marks / len(a.steps) for a in self.scheme.every for s in a.steps}
        words = list(mistakes.MISTAKES)
        found = []
        for student, sheet in enumerate(sheets):
            own = {}
            for step in self.steps:
                if step.key not in sheet:
                    continue
                one = judged[step.ref]
                own[step.key] = Said(
                    step.key,
                    sheet[step.key],
                    Verdict(int(one.verdict[student])).name.lower(),
                    Why(int(one.why[student])).name.lower(),
                    tuple(words[place] for place in one.named(student)),
                    tuple(words[place] for place in one.guessed(student)),
                    bool(one.again[student]),
                    of_key[step.key] - float(earned[step.key][student]),
                )
            found.append(own)
        return found

    def checked(self, sheets: Sequence[Mapping[str, str]]) -> Iterator[Checked]:
        """Each sheet as `check` gives it back."""
        import numpy as np

        columns, judged = self._judged(sheets)
        for student, sheet in enumerate(sheets):
            row = np.array([student])
            own = {ref: _of(one, row) for ref, one in judged.items()}
            typed = {ref: column.of(row) for ref, column in columns.items()}
            answers = of(dict(sheet))
            found = texts.placed(self.scheme, answers)
            yield Checked(self.scheme, answers, found, self._judge, typed, own, (), strict=False)

    def _judged(
        self, sheets: Sequence[Mapping[str, str]]
    ) -> tuple[dict[Ref, Column], dict[Ref, Judged]]:
        reader = Reader()
        columns = {
            step.ref: reader.column([sheet.get(step.key, "") for sheet in sheets])
            for step in self.steps
        }
        return columns, self._judge.mark(self.steps, columns, len(sheets))


def _of(judged: Judged, row: Any) -> Judged:
    """The verdict on one student."""
    values = {
        field.name: getattr(judged, field.name)[row]
        for field in fields(judged)
        if field.name not in ("names", "guesses", "taken_with")
    }
    names = {place: rows[row] for place, rows in judged.names.items()}
    guesses = {place: rows[row] for place, rows in judged.guesses.items()}
    return Judged(**values, names=names, guesses=guesses)


def agrees(typed: str, key: float, decimals: int) -> bool:
    """Is a number the key, rounded or cut off to the decimals asked for, or between the two?

    A key of which those leave fewer than two digits is held to three of its own, as far as they are typed.
    """
    number, exact = Decimal(typed), Decimal(repr(round(key, 14)))
    unit = Decimal(1).scaleb(-decimals)
    if exact and abs(exact) < 10 * unit:
        finest = Decimal(1).scaleb(exact.adjusted() - 2)
        last = number.as_tuple().exponent
        assert isinstance(last, int)
        unit = min(unit, max(finest, Decimal(1).scaleb(last)))
    near = abs(number - exact) <= unit / 2 + unit * Decimal("1e-8")
    down = exact.quantize(unit, ROUND_DOWN)
    between = min(down, exact) <= number <= max(down, exact)
    return near or between
