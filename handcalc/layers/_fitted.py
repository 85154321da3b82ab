"""Given numbers in the shape that a layer needs them in."""

from math import prod
from typing import Any, TypeAlias

from handcalc.fields import Array, Random, Shape

Numbers: TypeAlias = Array | Random


def relaid(array: Array, shape: Shape) -> Array:
    """The same numbers in reading order with another shape."""
    flat: Any = list(array.flat())
    for size in reversed(shape[1:]):
        flat = list(zip(*[iter(flat)] * size, strict=True))
    return Array(tuple(flat) if shape else flat[0], shape)


def fitted(numbers: Numbers | None, shape: Shape) -> Numbers | None:
    """A single number, or a flat list, as a matrix with one row or one column; None if it does not fit."""
    if not isinstance(numbers, Array) or numbers.shape == shape:
        return numbers
    narrow = sum(size > 1 for size in shape) <= len(numbers.shape) <= 1
    if prod(numbers.shape) == prod(shape) and narrow:
        return relaid(numbers, shape)
    return None
