"""Quantities as matrices: whole, channel by channel, and of large ones the corner."""

from collections.abc import Callable

from handcalc.document import Code, Matrix
from handcalc.fields import Shape
from handcalc.formula import Partial, Symbol
from handcalc.network import Element, Gradient, Ref
from handcalc.operations._operation import Index
from handcalc.questions._page import Page

MOST_IN_GRID = 400
"""Numbers in one grid; of a larger quantity the corner is shown."""

At = Callable[[Index], Ref]


def write(page: Page, name: str, kind: Callable[[Element], Ref], sample: int | None = None) -> None:
    """The values of a quantity, or of the gradient by it; with channels, a matrix for each."""
    quantity = page.network.quantities[name]
    notation = page.steps.notation
    whole = notation.whole_gradient if kind is Gradient else notation.whole_symbol
    symbol = whole(quantity)
    axis = page.network.channel_axis(name) if len(quantity.shape) > 2 else None

    def ref_at(index: Index) -> Ref:
        return kind(Element(name, index, sample))

    if quantity.role == "kernel" and axis is not None:
        _kernels(page, symbol, quantity.shape, ref_at, axis)
    elif axis is None:
        _grid(page, symbol, quantity.shape, ref_at)
    else:
        spatial = quantity.shape[1:] if axis == 0 else quantity.shape[:-1]
        for channel in range(quantity.shape[axis]):
            page.say(f"Channel {channel + 1}:")
            _grid(page, symbol, spatial, _of_channel(ref_at, channel, axis))


def _kernels(page: Page, symbol: Symbol | Partial, shape: Shape, ref_at: At, axis: int) -> None:
    """A kernel for each filter and channel: (F, C, …) or (…, C, F)."""
    filters, channels = (shape[0], shape[1]) if axis == 0 else (shape[-1], shape[-2])
    spatial = shape[2:] if axis == 0 else shape[:-2]
    for f in range(filters):
        for c in range(channels):
            page.say(f"Filter {f + 1}, channel {c + 1}:")
            outer = _of_channel(ref_at, f, axis)
            _grid(page, symbol, spatial, _of_channel(outer, c, axis))


def _of_channel(ref_at: At, channel: int, axis: int) -> At:
    return lambda index: ref_at((channel, *index) if axis == 0 else (*index, channel))


def _grid(page: Page, name: Symbol | Partial, shape: Shape, ref_at: At) -> None:
    flat = len(shape) < 2
    rows, columns = (1, shape[0] if shape else 1) if flat else (shape[0], shape[-1])
    cut = rows * columns > MOST_IN_GRID
    tall, wide = (min(rows, 6), min(columns, 8)) if cut else (rows, columns)

    def index(i: int, j: int) -> Index:
        if flat:
            return (j,) if shape else ()
        return (i, *(0 for _ in shape[1:-1]), j)

    cells = tuple(tuple(page.text(ref_at(index(i, j))) for j in range(wide)) for i in range(tall))
    page.add(Matrix(name, cells))
    if cut:
        page.say(
            f"These are the first of {rows} × {columns} numbers; all of them: ",
            Code(f"handcalc solve {page.name} --format json"),
            ".",
        )
