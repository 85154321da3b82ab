"""Sizes as formulas: how many places a window has along an axis, with the arithmetic to show.

A window: floor((n + 2p - d(k - 1) - 1)/s) + 1. Rounded up: s - 1 more under the floor, since ceil(a/s) =
floor((a + s - 1)/s). Spread out again: (n - 1)·s + d(k - 1) + 1 - 2p. Terms that change nothing are left
out: without stride, padding and dilation n - k + 1 remains.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from handcalc.formula import Formula, Leaf, Symbol, floor, number, total
from handcalc.formula.open_size import OpenSize, alike
from handcalc.operations._operation import Size
from handcalc.operations._tensor import Shape
from handcalc.operations._windows import Windows

_N, _K, _S, _D = (Symbol(letter, letter) for letter in "nksd")
_P, _Q, _R = (Symbol(letter, letter) for letter in "pqr")


def axes(rank: int) -> tuple[str, ...]:
    """What the axes are called."""
    return {1: ("length",), 2: ("rows", "columns")}.get(rank, ("depth", "rows", "columns"))


def places(windows: Windows, spatial: Shape) -> Iterator[Size]:
    """How often a window fits along each axis, and what the floor throws away, or the ceiling adds."""
    for axis, n, k, s, d, (p, q), m in _by_axis(windows, spatial, windows.places(spatial)):
        letters: dict[Leaf, int] = {_N: n, _K: k, _S: s, _D: d, _P: p, _Q: q}
        room = total((_N, *_padded(p, q, 1), *_span(d)))
        formula: Formula = room + 1 if s == 1 else floor(room / _S) + 1
        if any(isinstance(size, OpenSize) for size in letters.values()):
            # Padding of `same` that depends on a letter is what gives ceil(n/s) places.
            as_same = isinstance(p + q, OpenSize) and alike(m, -(-n // s))
            same = floor((_N + _S - 1) / _S) if s > 1 else _N
            if windows.ceil and s > 1:
                formula = _rounded_up(room, p, drops=q + s > d * (k - 1) + 1)
            yield Size(axis, same if as_same else formula, letters, m)
            continue
        over = n + p + q - d * (k - 1) - 1
        end = (m - 1) * s + d * (k - 1) + 1 - p
        rounded = f"{over}/{s} is floored to {over // s}" if over % s else ""
        if windows.ceil and s > 1:
            up = -(-over // s)
            formula = _rounded_up(room, p, drops=up >= m)
            rounded = f"{over}/{s} is rounded up to {up}" if over % s else ""
            if up >= m:
                rounded += ", but a window more would begin behind the input"
        said = (rounded, _left_over(axis, max(n - end, 0)), _hangs_over(max(end - n - q, 0)))
        yield Size(axis, formula, letters, m, "; ".join(part for part in said if part))


def spread(windows: Windows, spatial: Shape, sizes: Shape) -> Iterator[Size]:
    """How far the places of a window reach along each axis: the size behind a transposed one."""
    reached = windows.reach(spatial)
    for (axis, n, k, s, d, (p, q), m), end in zip(
        _by_axis(windows, spatial, sizes), reached, strict=True
    ):
        extra = m - end
        letters: dict[Leaf, int] = {_N: n, _K: k, _S: s, _D: d, _P: p, _Q: q, _R: extra}
        reach: Formula = _D * (_K - 1) + 1 if d > 1 else _K
        formula: Formula = ((_N - 1) * _S if s > 1 else _N - 1) + reach
        for term in (*_padded(p, q, -1), *((_R,) if extra else ())):
            formula = formula + term
        if isinstance(p + q, OpenSize) and alike(m, n * s):
            formula = _N * _S
        remark = "the last r are output padding" if extra else ""
        yield Size(axis, formula, letters, m, remark)


def _rounded_up(room: Formula, before: int, *, drops: bool) -> Formula:
    """With ceil((n + 2p - k)/s) + 1 places, or as many as begin on the input or the padding before it."""
    if drops:
        return floor(total((_N, *((_P,) if before else ()), -number(1))) / _S) + 1
    return floor((room + _S - 1) / _S) + 1


def _by_axis(windows: Windows, spatial: Shape, sizes: Shape) -> Iterable[Any]:
    return zip(
        axes(len(spatial)),
        spatial,
        windows.size,
        windows.strides,
        windows.dilation,
        windows.padding,
        sizes,
        strict=True,
    )


def _padded(p: int, q: int, sign: int) -> tuple[Formula, ...]:
    """2p, or p + q where the two ends differ."""
    same: tuple[Formula, ...] = (2 * _P,) if p else ()
    terms = same if p == q else (_P, _Q)
    return terms if sign > 0 else tuple(-term for term in terms)


def _span(dilation: int) -> tuple[Formula, ...]:
    """- k, or - d(k - 1) - 1 with dilation."""
    return (-_K,) if dilation == 1 else (-(_D * (_K - 1)), -number(1))


def _left_over(axis: str, lost: int) -> str:
    if not lost:
        return ""
    one = {"length": "value", "rows": "row", "columns": "column", "depth": "layer"}[axis]
    return f"the last {one} is left over" if lost == 1 else f"the last {lost} {one}s are left over"


def _hangs_over(cells: int) -> str:
    if not cells:
        return ""
    return f"the last window hangs over by {cells} cell" + "s" * (cells > 1)
