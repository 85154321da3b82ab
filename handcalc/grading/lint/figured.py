"""Every mistake in every size and count: one that gives the right one cannot be seen.

Whether it is a mistake here at all is seen with another input: where no input tells the two apart, as a
stride of 1 that is ignored, there is none.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from handcalc.fields import Shape
from handcalc.grading import mistakes
from handcalc.grading.lint.findings import Trial
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.own_figures import OwnFigures, tried
from handcalc.grading.scheme import Figure, Scheme, shown
from handcalc.grading.wrong_figures import WrongFigures
from handcalc.layers._layer import Conventions, Layer

MOVES = (1, 2, 3)
"""How much larger an axis of the input is made: over every remainder of a small stride."""

Made = Callable[[Layer, Shape, Conventions], Iterable[Shape]]
"""The sizes that a layer has for what it receives, or a count as a size of one number."""


def trials(scheme: Scheme) -> Iterator[Trial]:
    """Each mistake in each size and count that is a number."""
    own = OwnFigures(scheme)
    wrong = WrongFigures(own)
    for figure in scheme.figures.values():
        if figure.open:
            continue
        seen: dict[str, set[str]] = {}
        for size, words in wrong.of(figure).items():
            for word in words:
                seen.setdefault(word, set()).add(shown(figure.word, size))
        for mistake in mistakes.all_of():
            numbers = frozenset(seen.get(mistake.word, ()))
            instead = _hidden(figure, mistake, own)
            if numbers or instead:
                yield Trial(
                    figure.key,
                    figure.key,
                    mistake.word,
                    mistake.said,
                    figure.shown,
                    figure.shown if instead else min(numbers),
                    blind=bool(instead),
                    same=bool(instead),
                    partly=bool(instead and numbers),
                    numbers=numbers,
                    instead=instead,
                    sized=True,
                )


def _hidden(figure: Figure, mistake: Mistake, own: OwnFigures) -> str:
    """Of a mistake that gives the right number what the layer might receive, or be, so that it is seen.

    Nothing where it gives another number, or the right one whatever it receives.
    """
    if not figure.layer or figure.word not in _RIGHT:
        return ""
    layer, received, conventions = own.layer(figure), own.planned(figure).receives, own.conventions
    right, wrong = _RIGHT[figure.word], _wrong(figure.word, mistake)

    def is_seen(other: Layer, shape: Shape) -> bool:
        made = _all(wrong, other, shape, conventions)
        return bool(made) and not {*made} & {*_all(right, other, shape, conventions)}

    if figure.value not in _all(wrong, layer, received, conventions):
        return ""
    for axis in range(len(received)):
        for move in MOVES:
            shape = tuple(n + move * (i == axis) for i, n in enumerate(received))
            if is_seen(layer, shape):
                return f"an input of {_size(shape)} in place of {_size(received)}"
    for name, value in layer:
        if isinstance(value, int) and not isinstance(value, bool):
            other = layer.model_copy(update={name: value + 1})
            if is_seen(other, received):
                return f"{name}: {value + 1} in place of {value}"
    return ""


def _size(shape: Shape) -> str:
    return "x".join(map(str, shape))


def _all(made: Made, layer: Layer, received: Shape, conventions: Conventions) -> list[Shape]:
    """What comes of it; nothing where sizes that were made up lead nowhere."""
    return tried(lambda: list(made(layer, received, conventions))) or []


def _counted(parts: Iterable[Any]) -> Shape:
    return (sum(part.count for part in parts),)


def _shape_of(layer: Layer, received: Shape, conventions: Conventions) -> Iterator[Shape]:
    found = layer.shape_of((received,), conventions)
    if found is not None:
        yield found


_RIGHT: dict[str, Made] = {
    "shapes": _shape_of,
    "parameters": lambda layer, *seen: [_counted(layer.counts(*seen))],
    "multiply_adds": lambda layer, *seen: [_counted(layer.products(*seen))],
}


def _wrong(word: str, mistake: Mistake) -> Made:
    """What comes out with a mistake."""
    if word == "shapes":
        return mistake.sizes
    count = mistake.counts if word == "parameters" else mistake.products
    return lambda *seen: ((n,) for n in count(*seen))
