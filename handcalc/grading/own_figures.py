"""What follows from a student's own sizes and counts: the sizes, counts and fields of later layers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import TypeVar

from handcalc.fields import MAX_SIZE, Shape
from handcalc.grading.scheme import Figure, Scheme
from handcalc.layers._layer import Layer
from handcalc.layers._window import pads
from handcalc.network.plan import Planned
from handcalc.network.receptive import Seen, Widened
from handcalc.problem.flow import layer_names, sources_of

T = TypeVar("T")
Read = Mapping[str, Shape | None]
"""What a student typed, by key; None where it cannot be read."""
Passing = Callable[[Widened], Seen]
"""What a cell sees behind a window along one axis."""

MOST_AXES, MOST_CELLS = 6, 10**15
"""Sizes beyond these lead nowhere; what follows from them is what follows from the right ones."""
_UNSOUND = (AssertionError, ArithmeticError, IndexError, ValueError, TypeError, StopIteration)
"""What layers do with shapes that they were never checked for."""


def tried(work: Callable[[], T]) -> T | None:
    """What comes of it; None where sizes that a student made up lead nowhere."""
    try:
        return work()
    except _UNSOUND:
        return None


class OwnFigures:
    """The figures of a scheme, worked out from what a student typed before them."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme, self.problem = scheme, scheme.problem
        self.conventions = scheme.problem.conventions
        self.names = layer_names(scheme.problem.layers)

    @cached_property
    def right(self) -> dict[str, Planned]:
        """The layers as they are counted, by name."""
        return {layer.name: layer for layer in self.scheme.layers}

    def layer(self, figure: Figure) -> Layer:
        """The layer that a figure belongs to."""
        return self.problem.layers[figure.layer - 1]

    def planned(self, figure: Figure) -> Planned:
        """The same as it is counted."""
        return self.right[self.names[figure.layer - 1]]

    def sources(self, number: int) -> tuple[str, ...]:
        """The layers that one takes its values from; none where it takes the input."""
        layer = self.problem.layers[number - 1]
        if layer.from_:
            return sources_of(layer, self.names)
        return (self.names[number - 2],) if number > 1 else ()

    def received(self, number: int, read: Read) -> tuple[Shape, ...]:
        """What a layer receives by the student's own sizes, else by the right ones."""
        sources = self.sources(number)
        own = self.right[self.names[number - 1]]
        if not any(source in self.right for source in sources):
            return (own.receives,)
        found = []
        for source in sources:
            right = self.right[source].gives if source in self.right else None
            typed = read.get(f"{source}_shape")
            fallback = right or self.scheme.network.inputs[0].shape
            found.append(typed if typed and _is_size(typed) else fallback)
        return tuple(found)

    # --- what follows -------------------------------------------------------------------------------

    def follows(self, figure: Figure, read: Read) -> Iterator[Shape]:
        """What a figure is by the student's own ones: from what a layer receives, or what it gives."""
        if not figure.layer:
            yield self._total(figure, read)
            return
        layer = self.layer(figure)
        received = self.received(figure.layer, read)
        match figure.word:
            case "shapes":
                found = tried(lambda: layer.shape_of(received, self.conventions))
                yield from () if found is None else (found,)
            case "parameters":
                weights = tried(lambda: list(layer.counts(received[0], self.conventions)))
                if weights is not None:
                    # What is used again has been counted where it stands first.
                    yield (0 if layer.shares else sum(w.count for w in weights),)
            case "multiply_adds":
                yield from self._products(figure, layer, received[0], read)
            case "receptive_field":
                yield from self._seen(figure, read, lambda seen: seen.field)
            case "jump":
                yield from self._seen(figure, read, lambda seen: seen.jump)
            case "padding" | "unfloored":
                yield from self._window(figure, received[0])

    def _total(self, figure: Figure, read: Read) -> Shape:
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

    def _products(
        self, figure: Figure, layer: Layer, received: Shape, read: Read
    ) -> Iterator[Shape]:
        """By what the layer receives, and with the cells of the size that the student gave it."""
        work = tried(lambda: list(layer.products(received, self.conventions)))
        if work is None:
            return
        yield (sum(w.count for w in work),)
        planned = self.planned(figure)
        own, rank = read.get(f"{planned.name}_shape"), len(planned.sizes)
        if not own or not rank or not _is_size(own) or len(own) != len(planned.gives):
            return
        first = 1 if self.conventions.channels == "first" and len(own) > rank else 0
        cells = prod(own[first : first + rank])
        yield (
            sum(
                replace(w, sizes=tuple((n, cells if n == "cells" else k) for n, k in w.sizes)).count
                for w in work
            ),
        )

    def _seen(self, figure: Figure, read: Read, part: Callable[[Seen], int]) -> Iterator[Shape]:
        """The field or the jump, from the fields and jumps that the student gave to the layers before."""
        found = self.passed(figure, lambda window: window.after, read)
        if found is not None:
            yield tuple(map(part, found))

    def _window(self, figure: Figure, received: Shape) -> Iterator[Shape]:
        """The padding of a window, or its places before they are rounded, over cells of the student's own."""
        layer, planned = self.layer(figure), self.planned(figure)
        rank, padding = len(planned.windows), getattr(layer, "padding", None)
        if not rank or padding is None or len(received) != len(planned.receives):
            return
        first = 1 if self.conventions.channels == "first" and len(received) > rank else 0
        k, s, d = (tuple(getattr(w, at) for w in planned.windows) for at in ("k", "s", "d"))
        spatial = received[first : first + rank]
        pairs = tried(lambda: pads(padding, k, s, d, spatial))
        if pairs is None:
            return
        if figure.word == "padding":
            same = all(p == q for p, q in pairs)
            yield tuple(p for p, _ in pairs) if same else tuple(n for pair in pairs for n in pair)
            return
        axes = zip(spatial, k, s, d, pairs, strict=True)
        places = [Fraction(n + p + q - e * (m - 1) - 1, t) + 1 for n, m, t, e, (p, q) in axes]
        yield tuple(part for place in places for part in place.as_integer_ratio())

    # --- fields -------------------------------------------------------------------------------------

    def passed(
        self, figure: Figure, passing: Passing, read: Read | None = None
    ) -> tuple[Seen, ...] | None:
        """What a cell of a layer sees, each window on the way taken as it is said to be taken.

        `read` gives the fields and jumps that somebody typed for the layers before. None where the windows on
        the way do not tell: where a layer sees everything, or its branches stand unequally far apart.
        """
        seen: dict[str, tuple[Seen, ...] | None] = {}
        for number, name in enumerate(self.names[: figure.layer], 1):
            before = [seen[source] for source in self.sources(number) if source in seen]
            seen[name] = self._behind(name, before, passing)
            if read is not None and number < figure.layer:
                seen[name] = self._typed(name, seen[name], read)
        return seen[self.names[figure.layer - 1]]

    def _behind(
        self, name: str, before: Sequence[tuple[Seen, ...] | None], passing: Passing
    ) -> tuple[Seen, ...] | None:
        planned = self.right[name]
        if planned.field is None or any(axes is None for axes in before):
            return None
        known = [axes for axes in before if axes]
        if len({tuple(seen.jump for seen in axes) for axes in known}) > 1:
            return None
        joined = [
            replace(axis[0], field=max(seen.field for seen in axis))
            for axis in zip(*known, strict=True)
        ]
        if not planned.windows:
            return tuple(joined)
        start = joined or [Seen() for _ in planned.windows]
        if len(start) != len(planned.windows):
            return None
        windows = zip(start, planned.windows, strict=True)
        return tuple(passing(replace(window, before=seen)) for seen, window in windows)

    def _typed(
        self, name: str, seen: tuple[Seen, ...] | None, read: Read
    ) -> tuple[Seen, ...] | None:
        """What a student says that a cell of a layer sees."""
        field, jump = (read.get(f"{name}_{figure}") for figure in ("field", "jump"))
        if not seen:
            return seen
        if field and len(field) == len(seen) and _is_size(field):
            seen = tuple(replace(s, field=n) for s, n in zip(seen, field, strict=True))
        if jump and len(jump) == len(seen) and _is_size(jump):
            seen = tuple(replace(s, jump=n) for s, n in zip(seen, jump, strict=True))
        return seen


def _is_size(shape: Shape) -> bool:
    """Is it a size that an array can have at all?"""
    small = len(shape) <= MOST_AXES and all(1 <= n <= MAX_SIZE for n in shape)
    return small and prod(shape) <= MOST_CELLS
