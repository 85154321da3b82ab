"""The verdicts on sizes and counts: right, or what follows from the student's own sizes before them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import isfinite
from typing import TypeVar

from handcalc.fields import Shape
from handcalc.grading import mistakes
from handcalc.grading.answer import UnreadableError, count, is_blank, number, shape
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.scheme import Figure, Scheme
from handcalc.grading.typed_formula import parse
from handcalc.grading.verdict import Verdict, Why
from handcalc.layers._layer import Conventions, Layer
from handcalc.problem.flow import layer_names, sources_of

T = TypeVar("T")

_UNSOUND = (AssertionError, IndexError, ValueError, ZeroDivisionError, TypeError)
"""What layers do with shapes that they were never checked for."""


@dataclass(frozen=True, slots=True)
class Figured:
    """The verdict on one size or count."""

    figure: Figure
    verdict: Verdict
    mistake: str = ""
    why: Why = Why.NOTHING
    follow: Shape | None = None


class Figures:
    """Marks sizes and counts, one student at a time; what was seen before is remembered."""

    def __init__(self, scheme: Scheme, *, strict: bool = False) -> None:
        self.scheme, self.strict = scheme, strict
        self.names = layer_names(scheme.problem.layers)
        self.right = {layer.name: layer for layer in scheme.layers}
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
        found = []
        for key, figure in self.scheme.figures.items():
            own = read.get(key)
            if key not in typed or is_blank(typed[key]):
                found.append(Figured(figure, Verdict.BLANK))
            elif own is None:
                found.append(Figured(figure, Verdict.UNDECIDED, why=Why.UNREADABLE))
            else:
                found.append(self._judge(figure, own, read))
        return tuple(found)

    def _judge(self, figure: Figure, own: Shape, read: Mapping[str, Shape | None]) -> Figured:
        if figure.open:
            return Figured(figure, Verdict.RIGHT if own == figure.value else Verdict.WRONG)
        follow = None if self.strict else self._follow(figure, read)
        verdict = Figured(figure, Verdict.RIGHT, follow=follow)
        if own == figure.value:
            return verdict
        if follow is not None and own == follow:
            return replace(verdict, verdict=Verdict.FOLLOWS)
        name = next((word for word, value in self._wrong(figure, read) if value == own), "")
        return replace(verdict, verdict=Verdict.WRONG, mistake=name)

    # --- what follows from a student's own figures --------------------------------------------------

    def _received(self, number: int, read: Mapping[str, Shape | None]) -> tuple[Shape, ...]:
        """What a layer receives by the student's own sizes, else by the right ones."""
        layer = self.scheme.problem.layers[number - 1]
        sources = sources_of(layer, self.names) or self.names[number - 2 : number - 1]
        if not sources or (number == 1 and not layer.from_):
            return (self.right[self.names[number - 1]].receives,)
        found = []
        for source in sources:
            right = self.right[source].gives if source in self.right else None
            own = read.get(f"{source}_shape")
            found.append(own or right or self.scheme.network.inputs[0].shape)
        return tuple(found)

    def _follow(self, figure: Figure, read: Mapping[str, Shape | None]) -> Shape | None:
        problem = self.scheme.problem
        if not figure.layer:
            return self._total(figure, read)
        layer = problem.layers[figure.layer - 1]
        received = self._received(figure.layer, read)
        if figure.word == "shapes":
            return _tried(lambda: layer.shape_of(received, problem.conventions))
        if figure.word == "parameters":
            weights = _tried(lambda: list(layer.counts(received[0], problem.conventions)))
            return None if weights is None else (sum(w.count for w in weights),)
        if figure.word == "multiply_adds":
            work = _tried(lambda: list(layer.products(received[0], problem.conventions)))
            return None if work is None else (sum(w.count for w in work),)
        return None

    def _total(self, figure: Figure, read: Mapping[str, Shape | None]) -> Shape:
        """The right total, with the student's own parts in place of the right ones."""
        suffix = "multiply_adds" if figure.word == "multiply_adds" else "params"
        whole = figure.value[0]
        for name, layer in self.right.items():
            own = read.get(f"{name}_{suffix}")
            right = layer.multiply_adds if suffix == "multiply_adds" else layer.parameters
            counts = {
                "trainable_params": layer.trained,
                "non_trainable_params": right - layer.trained,
            }
            part = counts.get(figure.key, right)
            if own is not None and part == right:
                whole += own[0] - right
        return (whole,)

    def _wrong(
        self, figure: Figure, read: Mapping[str, Shape | None]
    ) -> Iterator[tuple[str, Shape]]:
        """What comes out with each mistake, from the student's own sizes and from the right ones."""
        if not figure.layer:
            return
        layer, conventions = (
            self.scheme.problem.layers[figure.layer - 1],
            self.scheme.problem.conventions,
        )
        right = self.right[self.names[figure.layer - 1]].receives
        for received in dict.fromkeys([*self._received(figure.layer, read)[:1], right]):
            for mistake in mistakes.all_of():
                for size in _sizes(mistake, figure.word, layer, received, conventions):
                    yield mistake.word, size


def _sizes(
    mistake: Mistake, word: str, layer: Layer, received: Shape, conventions: Conventions
) -> list[Shape]:
    """What comes out with one mistake."""
    if word == "shapes":
        return _tried(lambda: list(mistake.sizes(layer, received, conventions))) or []
    if word == "parameters":
        return [
            (n,) for n in _tried(lambda: list(mistake.counts(layer, received, conventions))) or ()
        ]
    return []


def _tried(work: Callable[[], T]) -> T | None:
    """What comes of it; None where sizes that a student made up lead nowhere."""
    try:
        return work()
    except _UNSOUND:
        return None


def _read(figure: Figure, text: str) -> Shape | None:
    """A shape or a count as it was typed; with letters, what it gives at some numbers for them."""
    try:
        if figure.open:
            return _at_points(figure, text)
        if figure.word == "unfloored":
            return _places(figure, text)
        if figure.sized:
            found = shape(text)
            return (
                found * len(figure.value)
                if figure.word == "receptive_field" and len(found) == 1
                else found
            )
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
    parts = re.split(r"[x×](?![^()]*\))", text) if figure.word == "shapes" else [text]
    formulas = [parse(part) for part in parts]
    if any(not formula.names <= set(figure.points[0]) for formula in formulas):
        raise UnreadableError("names a letter that there is not")
    values = [formula.at(point) for formula in formulas for point in figure.points]
    if not all(map(isfinite, values)):
        raise UnreadableError("has no value")
    return tuple(round(value) if value == round(value) else -1 for value in values)
