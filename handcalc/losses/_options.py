"""Options that several losses share: numbers within bounds, weights of classes."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from handcalc.errors import count
from handcalc.fields import Given, mistake
from handcalc.formula import Formula, Number, number
from handcalc.number import plain

MOST_CLASSES = 10_000


def above_zero(given: Given) -> Given:
    """A number above 0."""
    if given.value <= 0:
        raise mistake(f"is {given.text}; write a number above 0")
    return given


def at_least_zero(given: Given) -> Given:
    """A number that is not negative."""
    if given.value < 0:
        raise mistake(f"is {given.text}; write 0 or a number above it")
    return given


def share(given: Given) -> Given:
    """A number from 0 to 1."""
    if not 0 <= given.value <= 1:
        raise mistake(f"is {given.text}; write a number from 0 to 1")
    return given


def below_one(given: Given) -> Given:
    """A number from 0 to 1, but not 1."""
    if not 0 <= given.value < 1:
        raise mistake(f"is {given.text}; write a number from 0 up to, but not, 1")
    return given


def _weights(value: object) -> tuple[Given, ...]:
    if not isinstance(value, list | tuple) or not 2 <= len(value) <= MOST_CLASSES:
        raise mistake("expects a list, a weight for each class; write [1, 2, 5]")
    return tuple(at_least_zero(Given.of(each)) for each in value)


ClassWeights = Annotated[
    tuple[Given, ...],
    PlainValidator(_weights),
    WithJsonSchema({"type": "array", "items": {"type": ["number", "string"]}, "minItems": 2}),
]


def typed(given: Given) -> Formula:
    """A number of the file as it was typed."""
    return Number(given.value, given.text)


def floats(weights: Sequence[Given] | None, classes: int) -> Any:
    """The weights as numpy has them; without any they are 1."""
    import numpy as np

    return np.array([float(w.value) for w in weights]) if weights else np.ones(classes)


def weights_misfit(weights: Sequence[Given] | None, classes: int) -> str:
    """Weights that are more or fewer than the classes."""
    if weights is None or len(weights) == classes:
        return ""
    said = f"has {count(len(weights), 'weight')} in class_weights, but there are {classes} classes"
    return f"{said}; write a weight for each class"


def listed_weights(weights: Sequence[Given], first: int) -> str:
    """w1 = 1, w2 = 2, w3 = 5."""
    return ", ".join(f"w{i} = {weight.text}" for i, weight in enumerate(weights, first))


def smoothed(t: str, smoothing: Given, classes: str) -> str:
    """0.9·t + 0.1/n, in words."""
    return f"{plain(1 - smoothing.value)}·{t} + {smoothing.text}/{classes}"


def smooth(t: Formula, smoothing: Given, classes: int) -> Formula:
    """0.9·t + 0.1/n; without smoothing t itself."""
    if not smoothing.value:
        return t
    rest = Fraction(smoothing.value) / classes
    return number(1 - smoothing.value) * t + Number(rest, f"{rest.numerator}/{rest.denominator}")
