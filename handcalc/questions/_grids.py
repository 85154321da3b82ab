"""Quantities as matrices: whole, slice by slice, and of large ones a part; cells can be marked."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from handcalc.document import Code, Matrix
from handcalc.fields import Shape
from handcalc.formula import Leaf
from handcalc.network import After, Element, Gradient, Ref
from handcalc.operations._channels import Channels
from handcalc.operations._tensor import Index, indices
from handcalc.questions import _as_steps
from handcalc.questions._page import Page

MOST_IN_GRID = 400
"""Numbers in one grid; of a larger quantity a part is shown."""
MOST_SLICES = 16
"""Channels, kernels or layers of depth that are shown one by one."""
AROUND = 2
"""Rows and columns shown around marked cells, where not everything is shown."""


@dataclass(frozen=True, slots=True)
class _Slice:
    """A matrix out of a quantity: what it is called, its shape, and where its cells stand."""

    said: str
    shape: Shape
    at: Callable[[Index], Index]


def write(
    page: Page,
    name: str,
    kind: Callable[[Element], Ref],
    sample: int | None = None,
    marked: Collection[Index] = (),
) -> None:
    """The values of a quantity, or of the gradient by it; with channels, a matrix for each.

    With marked cells only the slices that hold some of them are shown.
    """
    quantity = page.network.quantities[name]
    notation = page.steps.notation
    whole = notation.whole_leaf
    if kind is Gradient or kind is After:
        whole = notation.whole_gradient if kind is Gradient else notation.whole_after
    order = Channels(page.network.channels(name))
    kernel = quantity.label.kernel
    what = quantity.label.slices or ("Filter" if quantity.label.word == "bias" else "Channel")
    slices = _kernels(quantity.shape, order) if kernel else _channels(quantity.shape, order, what)
    marks = frozenset(marked)
    shown = 0
    for part in slices:
        if marks and not any(part.at(place) in marks for place in indices(part.shape)):
            continue
        if shown == MOST_SLICES:
            page.say("The others: ", _all_of(page, whole(quantity, sample)), ".")
            break
        shown += 1
        if part.said:
            page.say(f"{part.said}:")
        _grid(
            page,
            whole(quantity, sample),
            part,
            lambda index: kind(Element(name, index, sample)),
            marks,
        )


def _channels(shape: Shape, order: Channels, what: str) -> Iterator[_Slice]:
    spatial = order.spatial(shape)
    for channel in range(order.count(shape)):
        said = "" if order.order == "none" else f"{what} {channel + 1}"
        yield from _flat(_Slice(said, spatial, partial(order.joined, channel)))


def _kernels(shape: Shape, order: Channels) -> Iterator[_Slice]:
    """A kernel for each filter and channel."""
    filters, channels = order.kernels_of(shape)
    for f in range(filters):
        for c in range(channels):
            said = "" if order.order == "none" else f"Filter {f + 1}, channel {c + 1}"
            yield from _flat(_Slice(said, order.taps_of(shape), partial(order.kernel_joined, f, c)))


def _flat(block: _Slice) -> Iterator[_Slice]:
    """Matrices out of a block: one for each layer of its depth."""
    if len(block.shape) < 3:
        yield block
        return
    for depth in range(block.shape[0]):
        said = ", ".join(part for part in (block.said, f"depth {depth + 1}") if part)
        at = partial(_deeper, block.at, depth)
        yield from _flat(_Slice(said[0].upper() + said[1:], block.shape[1:], at))


def _deeper(at: Callable[[Index], Index], depth: int, index: Index) -> Index:
    return at((depth, *index))


def _grid(
    page: Page, name: Leaf, part: _Slice, ref_at: Callable[[Index], Ref], marks: frozenset[Index]
) -> None:
    flat = len(part.shape) < 2
    rows = 1 if flat else part.shape[0]
    columns = part.shape[-1] if part.shape else 1

    def index(i: int, j: int) -> Index:
        return part.at(((j,) if part.shape else ()) if flat else (i, j))

    places = [(i, j) for i in range(rows) for j in range(columns)]
    inside = {place for place in places if index(*place) in marks} if marks else set()
    cut = rows * columns > MOST_IN_GRID
    tall = _part(rows, 6, {i for i, _ in inside}) if cut else range(rows)
    wide = _part(columns, 8, {j for _, j in inside}) if cut else range(columns)
    refs = [[ref_at(index(i, j)) for j in wide] for i in tall]
    first = (tall.start + 1, wide.start + 1)
    marked = frozenset((i - tall.start, j - wide.start) for i, j in inside)
    add(page, name, refs, marked=marked, first=first, of=(rows, columns) if cut else None)
    if cut and inside:
        page.say(f"These are the cells around them, of {rows} × {columns}.")
    elif cut:
        page.say(
            f"These are the first of {rows} × {columns} numbers; all of them: ",
            _all_of(page, name),
            ".",
        )


def add(page: Page, name: Leaf, refs: Sequence[Sequence[Ref]], **about: Any) -> None:
    """A matrix of values, each of which says what to type for it."""
    cells = tuple(tuple(map(page.text, row)) for row in refs)
    keys = tuple(tuple(_as_steps.meant(page, ref) for ref in row) for row in refs)
    page.add(Matrix(name, cells, keys=keys, **about))


def _all_of(page: Page, name: Leaf) -> Code:
    """What to type for all numbers of a quantity."""
    return Code(f"handcalc solve {page.name} {name.key} --format json")


def _part(size: int, most: int, marked: set[int]) -> range:
    """The first cells along an axis, or those around the marked ones."""
    if not marked:
        return range(min(size, most))
    return range(max(0, min(marked) - AROUND), min(size, max(marked) + AROUND + 1))
