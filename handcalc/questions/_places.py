"""The places of a window before rounding, its padding, its jump: numbers on the way to a size."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from handcalc.document import Line, Lines
from handcalc.formula import (
    Call,
    Formula,
    Number,
    Sum,
    Symbol,
    evaluate,
    total,
)
from handcalc.formula.open_size import OpenSize
from handcalc.network.plan import Planned
from handcalc.number import fixed, is_decimal, plain
from handcalc.operations._operation import Size
from handcalc.questions import _products, _sizes
from handcalc.questions._page import Page

SHOWN = 4
"""Decimals of a number of places that does not come out even."""


def write(page: Page) -> None:
    """A step for each of these figures that is asked for."""
    for layer in page.layers:
        for name, lines in (
            ("padding", _padding(layer)),
            ("unfloored", _unfloored(layer)),
            ("jump", _jump(layer)),
        ):
            key = f"{layer.name}_{name}"
            if page.figures is not None and key in page.figures:
                page.step(f"Layer {layer.name}: {_TITLES[name]}", key=key)
                if name == "unfloored":
                    _sizes.say_letters(page)
                page.add(Lines(tuple(lines)))


_TITLES = {
    "padding": "cells of padding before and after",
    "unfloored": "places of the window before they are rounded",
    "jump": "how far apart neighbouring cells look, in cells of the input",
}


def padding(layer: Planned) -> list[int]:
    """Cells of padding a side for each axis; before and after, where they differ."""
    pairs = layer.paddings
    alike = all(p == q for p, q in pairs)
    return [p for p, _ in pairs] if alike else [n for pair in pairs for n in pair]


def unfloored(size: Size) -> Fraction | None:
    """(n + 2p - k)/s + 1 as it is before it is rounded down; None with letters."""
    if any(isinstance(n, OpenSize) for n in size.letters.values()):
        return None
    return Fraction(
        evaluate(without_floor(size.formula), lambda leaf: Fraction(size.letters[leaf]))
    )


def without_floor(formula: Formula) -> Formula:
    """The formula of a size with its floor left out."""
    if isinstance(formula, Sum):
        return total(map(without_floor, formula.terms))
    floored = isinstance(formula, Call) and formula.name == "floor"
    return formula.arguments[0] if floored and isinstance(formula, Call) else formula


def written(value: Fraction) -> str:
    """3.5; 3.3333 where it has no end."""
    return plain(value) if is_decimal(value, SHOWN) else fixed(value, SHOWN)


def _padding(layer: Planned) -> Iterator[Line]:
    for size, (p, q) in zip(layer.sizes, layer.paddings, strict=False):
        yield Line(
            Symbol(f"{size.axis}, before", f"{size.axis}_before"), value=_products.counted(p)
        )
        yield Line(Symbol(f"{size.axis}, after", f"{size.axis}_after"), value=_products.counted(q))


def _unfloored(layer: Planned) -> Iterator[Line]:
    for size in layer.sizes:
        value = unfloored(size)
        if value is None:
            continue
        open_ended = replace(size, formula=without_floor(size.formula))
        yield Line(
            Symbol(size.axis, size.axis),
            open_ended.formula,
            open_ended.numbers,
            Number(value, written(value)),
            is_decimal(value, SHOWN),
        )


def _jump(layer: Planned) -> Iterator[Line]:
    for size, window in zip(layer.sizes, layer.windows, strict=False):
        jump, s = Symbol("jump", "jump"), Symbol("s", "s")
        numbers = _products.counted(window.before.jump) * _products.counted(window.s)
        yield Line(
            Symbol(size.axis, size.axis), jump * s, numbers, _products.counted(window.after.jump)
        )
