"""The wrong sizes and counts that mistakes give, each with all the mistakes that give it."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from handcalc.fields import Shape
from handcalc.grading import mistakes
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.own_figures import OwnFigures, Read, T, tried
from handcalc.grading.scheme import Figure
from handcalc.network.receptive import Seen, Widened

Accounts: TypeAlias = Mapping[Shape, tuple[str, ...]]
"""For each wrong number the words of the mistakes that give it, in their order."""

_PARAMETERS, _WORK = "total_params", "total_multiply_adds"


class WrongFigures:
    """What comes out with each mistake, by what a layer receives; what was asked before is remembered."""

    def __init__(self, own: OwnFigures) -> None:
        self.own, self.problem = own, own.problem
        self.conventions = own.problem.conventions
        self._accounts = lru_cache(maxsize=1_024)(self._uncached)

    def of(self, figure: Figure, read: Read | None = None) -> Accounts:
        """The wrong numbers of a figure, by the student's own sizes and by the right ones."""
        if figure.open:
            return {}
        if not figure.layer:
            return self._accounts(figure, ())
        right = self.own.planned(figure).receives
        received = self.own.received(figure.layer, read or {})[0]
        found = self._accounts(figure, right)
        if received == right:
            return found
        more = self._accounts(figure, received)
        both = {size: {*found.get(size, ()), *more.get(size, ())} for size in (*found, *more)}
        return {size: _in_order(words) for size, words in both.items()}

    def _uncached(self, figure: Figure, received: Shape) -> Accounts:
        found: dict[Shape, set[str]] = {}
        for mistake in mistakes.all_of():
            for size in self._sizes(mistake, figure, received):
                if size != figure.value:
                    found.setdefault(size, set()).add(mistake.word)
        return {size: _in_order(words) for size, words in found.items()}

    def _sizes(self, mistake: Mistake, figure: Figure, received: Shape) -> Iterable[Shape]:
        """What comes out with one mistake."""
        if not figure.layer:
            return self._totals(mistake, figure)
        match figure.word:
            case "shapes":
                layer = self.own.layer(figure)
                return _sound(mistake.sizes(layer, received, self.conventions))
            case "parameters":
                return ((n,) for n in self._counts(mistake, figure.layer, received))
            case "multiply_adds":
                return ((n,) for n in self._products(mistake, figure.layer, received))
            case "receptive_field" | "jump":
                return self._fields(mistake, figure)
            case _:
                return ()

    def _counts(self, mistake: Mistake, number: int, received: Shape) -> list[int]:
        """Weights counted with a mistake in the layer, or in the one before it."""
        layer, sources = self.problem.layers[number - 1], self.own.sources(number)
        found = _sound(mistake.counts(layer, received, self.conventions))
        if len(sources) == 1 and sources[0] in self.own.right:
            before = self.problem.layers[self.own.names.index(sources[0])]
            shape = self.own.right[sources[0]].receives
            found += _sound(mistake.counts_behind(layer, before, shape, self.conventions))
        return found

    def _products(self, mistake: Mistake, number: int, received: Shape) -> list[int]:
        layer = self.problem.layers[number - 1]
        return _sound(mistake.products(layer, received, self.conventions))

    def _totals(self, mistake: Mistake, figure: Figure) -> Iterator[Shape]:
        """The total with one mistake in every layer where it can be made, each time in the same way."""
        if figure.key not in (_PARAMETERS, _WORK):
            return
        rows = []
        for number, name in enumerate(self.own.names, 1):
            planned = self.own.right[name]
            if figure.key == _WORK:
                found, right = (
                    self._products(mistake, number, planned.receives),
                    planned.multiply_adds,
                )
            elif self.problem.layers[number - 1].shares:
                continue
            else:
                found, right = self._counts(mistake, number, planned.receives), planned.parameters
            rows += [[n - right for n in found]] if found else []
        for way in range(max(map(len, rows), default=0)):
            yield (figure.value[0] + sum(row[min(way, len(row) - 1)] for row in rows),)

    def _fields(self, mistake: Mistake, figure: Figure) -> Iterator[Shape]:
        """Fields, or jumps, with a mistake in every window on the way, or in the last one alone."""

        def passing(window: Widened) -> Seen:
            return next(mistake.fields(window), window.after)

        last = tuple(map(passing, self.own.planned(figure).windows))
        for seen in (self.own.passed(figure, passing), last):
            if seen:
                yield tuple(s.field if figure.word == "receptive_field" else s.jump for s in seen)


def _sound(found: Iterator[T]) -> list[T]:
    """All of them, or none where a size that a student made up leads nowhere."""
    return tried(lambda: list(found)) or []


def _in_order(words: Iterable[str]) -> tuple[str, ...]:
    """In the order in which mistakes are listed."""
    return tuple(word for word in mistakes.MISTAKES if word in set(words))
