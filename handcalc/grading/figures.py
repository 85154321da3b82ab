"""The verdicts on sizes and counts: right, or what follows from the student's own sizes before them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import isfinite

from handcalc.fields import Shape
from handcalc.grading.answer import UnreadableError, count, is_blank, number, shape
from handcalc.grading.figure_names import Wrong, named
from handcalc.grading.own_figures import OwnFigures, Read
from handcalc.grading.scheme import Figure, Scheme
from handcalc.grading.typed_formula import parse
from handcalc.grading.verdict import Verdict, Why
from handcalc.grading.wrong_figures import WrongFigures


@dataclass(frozen=True, slots=True)
class Figured:
    """The verdict on one size or count."""

    figure: Figure
    verdict: Verdict
    mistakes: tuple[str, ...] = ()
    """Those that are named; two that fit equally are both named."""
    guesses: tuple[str, ...] = ()
    """Those that are said with "as if"."""
    again: bool = False
    """Is it wrong in the same way as a figure before it?"""
    why: Why = Why.NOTHING
    follow: Shape | None = None

    @property
    def mistake(self) -> str:
        """What is named, in one word or two."""
        return " or ".join(self.mistakes)


class Figures:
    """Marks sizes and counts, one student at a time; what was seen before is remembered."""

    def __init__(self, scheme: Scheme, *, strict: bool = False) -> None:
        self.scheme, self.strict, self.own = scheme, strict, OwnFigures(scheme)
        self.wrong = WrongFigures(self.own)
        self._mark = lru_cache(maxsize=4_096)(self._uncached)

    def mark(self, texts: Mapping[str, str]) -> tuple[Figured, ...]:
        """The verdicts in the order of the scheme."""
        return self._mark(tuple(sorted(texts.items())))

    def _uncached(self, texts: tuple[tuple[str, str], ...]) -> tuple[Figured, ...]:
        typed = dict(texts)
        read = {
            key: _read(self.scheme.figures[key], text)
            for key, text in typed.items()
            if key in self.scheme.figures
        }
        found: list[Figured] = []
        wrong: dict[str, Wrong] = {}
        for key, figure in self.scheme.figures.items():
            own = read.get(key)
            if key not in typed or is_blank(typed[key]):
                found.append(Figured(figure, Verdict.BLANK))
            elif own is None:
                found.append(Figured(figure, Verdict.UNDECIDED, why=Why.UNREADABLE))
            else:
                one = self._judge(figure, own, read)
                found.append(one)
                if one.verdict == Verdict.WRONG:
                    wrong[key] = Wrong(figure, own, self.wrong.of(figure, read))
        return tuple(named(found, wrong))

    def _judge(self, figure: Figure, own: Shape, read: Read) -> Figured:
        if figure.open:
            return Figured(figure, Verdict.RIGHT if own == figure.value else Verdict.WRONG)
        follows = [] if self.strict else list(self.own.follows(figure, read))
        follow = own if own in follows else next(iter(follows), None)
        verdict = Figured(figure, Verdict.RIGHT, follow=follow)
        if own == figure.value:
            return verdict
        if own in follows:
            return replace(verdict, verdict=Verdict.FOLLOWS)
        return replace(verdict, verdict=Verdict.WRONG)


def _read(figure: Figure, text: str) -> Shape | None:
    """A shape or a count as it was typed; with letters, what it gives at some numbers for them."""
    try:
        if figure.open:
            return _at_points(figure, text)
        if figure.word == "unfloored":
            return _places(figure, text)
        if figure.sized:
            found = shape(text)
            # One number for all axes, where they are alike.
            once = len(found) == 1 and figure.word != "shapes"
            return found * len(figure.value) if once else found
        return (count(text),)
    except UnreadableError:
        return None


def _places(figure: Figure, text: str) -> Shape:
    """Numbers that need not be whole; those that agree with the key to the digits typed are the key's."""
    typed = [number(part) for part in re.split(r"\s*[x×,;]\s*", text.strip())]
    keys = [Fraction(*pair) for pair in zip(figure.value[::2], figure.value[1::2], strict=True)]
    found = [Fraction(t.value).limit_denominator() for t in typed]
    if len(typed) == len(keys):
        near = [
            abs(t.value - key) <= 0.5 * t.unit + 1e-9 for t, key in zip(typed, keys, strict=True)
        ]
        found = [k if n else f for k, n, f in zip(keys, near, found, strict=True)]
    return tuple(part for f in found for part in f.as_integer_ratio())


def _at_points(figure: Figure, text: str) -> Shape:
    """The sizes of a formula such as (N - 2) x 16 with numbers in place of its letters."""
    parts = re.split(r"[x×,;](?![^()]*\))", text) if figure.word == "shapes" else [text]
    formulas = [parse(part) for part in parts]
    if any(not formula.names <= set(figure.points[0]) for formula in formulas):
        raise UnreadableError("names a letter that there is not")
    values = [formula.at(point) for formula in formulas for point in figure.points]
    if not all(map(isfinite, values)):
        raise UnreadableError("has no value")
    return tuple(round(value) if value == round(value) else -1 for value in values)
