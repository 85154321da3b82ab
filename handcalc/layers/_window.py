"""What convolution and pooling layers share: how sizes, strides and padding are written."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Protocol

from pydantic import PlainValidator, WithJsonSchema

from handcalc.errors import count as count_of
from handcalc.errors import did_you_mean, times
from handcalc.fields import MAX_SIZE, Between, NumberOrLetter, Shape, mistake, quoted
from handcalc.fields.letters import LETTER
from handcalc.formula.open_size import OpenSize
from handcalc.layers._layer import Conventions, Misfit
from handcalc.operations._channels import Order
from handcalc.operations._sizes import places
from handcalc.operations._windows import Windows

Pairs = tuple[tuple[int, int], ...]
PADDINGS = ("valid", "same", "full")
_PER_AXIS = (
    "kernel_size",
    "pool_size",
    "strides",
    "dilation_rate",
    "padding",
    "output_padding",
    "cropping",
    "size",
    "output_size",
)


def _sizes(value: object, of: Between) -> tuple[int, ...]:
    """One size for all axes, or one for each: 2, [2, 3]."""
    read = of.read
    if isinstance(value, list | tuple):
        if not 1 <= len(value) <= 3:
            raise mistake("expects one size or one for each axis; write 2 or [2, 3]")
        return tuple(read(part) for part in value)
    return (read(value),)


def _padding(value: object) -> str | Pairs:
    """A word, or the numbers."""
    if isinstance(value, str) and value[:1].isalpha():
        if value not in PADDINGS:
            raise mistake(f"{quoted(value)} is no padding{did_you_mean(value, PADDINGS)}")
        return value
    return _pairs(value)


def _pairs(value: object) -> Pairs:
    """One number all round, one for each axis, or a pair [before, after] for each."""
    read = Between(0, MAX_SIZE).read
    if not isinstance(value, list | tuple):
        n = read(value)
        return ((n, n),)
    pairs = []
    for part in value:
        both = part if isinstance(part, list | tuple) else (part, part)
        if len(both) != 2:
            raise mistake("expects [before, after] for each axis; write [[0, 1], [0, 1]]")
        pairs.append((read(both[0]), read(both[1])))
    return tuple(pairs)


_NUMBER, _LETTER = {"type": "integer", "minimum": 1}, {"type": "string", "pattern": f"^{LETTER}$"}
PerAxis = Annotated[
    tuple[int, ...],
    PlainValidator(lambda value: _sizes(value, NumberOrLetter(1, MAX_SIZE, window=True))),
    WithJsonSchema({"anyOf": [_NUMBER, _LETTER, {"type": "array"}]}),
]
Times = Annotated[
    tuple[int, ...],
    PlainValidator(lambda value: _sizes(value, Between(1, MAX_SIZE))),
    WithJsonSchema({"anyOf": [_NUMBER, {"type": "array"}]}),
]
Extra = Annotated[
    tuple[int, ...],
    PlainValidator(lambda value: _sizes(value, Between(0, MAX_SIZE))),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "array"}]}),
]
Surround = Annotated[
    Pairs,
    PlainValidator(_pairs),
    WithJsonSchema({"type": ["integer", "array"]}),
]
Padding = Annotated[
    Literal["valid", "same", "full"] | Pairs,
    PlainValidator(_padding),
    WithJsonSchema({"anyOf": [{"enum": list(PADDINGS)}, {"type": ["integer", "array"]}]}),
]


def per_axis(sizes: tuple[int, ...], rank: int) -> Shape:
    """One size for each axis."""
    return sizes * rank if len(sizes) == 1 else sizes


def pads(
    padding: str | Pairs, size: Shape, strides: Shape, dilation: Shape, spatial: Shape
) -> Pairs:
    """The padding before and after along each axis.

    `full` pads d(k - 1) on both sides. `same` pads until ceil(n/s) places fit, an odd cell at the
    end, as Keras does.
    """
    spans = [d * (k - 1) for k, d in zip(size, dilation, strict=True)]
    if padding == "valid":
        return tuple((0, 0) for _ in size)
    if padding == "full":
        return tuple((span, span) for span in spans)
    if padding == "same":
        found = []
        for n, s, span in zip(spatial, strides, spans, strict=True):
            lacking = (-(-n // s) - 1) * s + span + 1 - n
            # With a letter for n it is for each n what makes ceil(n/s) places; below 0 it cuts cells off.
            lacking = lacking if isinstance(lacking, OpenSize) else max(lacking, 0)
            found.append((lacking // 2, lacking - lacking // 2))
        return tuple(found)
    assert not isinstance(padding, str)
    return padding * len(size) if len(padding) == 1 else padding


def with_channels(received: Shape, rank: int, conventions: Conventions) -> Order:
    """Where the channels of an input stand; without an axis for them there are none."""
    if len(received) == rank:
        return "none"
    return "first" if conventions.channels == "first" else "last"


class Sliding(Protocol):
    """A layer that slides over axes."""

    rank: ClassVar[int]


def unfit(layer: Sliding, received: Shape, called: str = "") -> Iterator[Misfit]:
    """An input with too few or too many axes; fields that give neither one size nor one an axis."""
    rank = layer.rank
    axes = count_of(rank, "axis")
    if len(received) not in (rank, rank + 1):
        said = f"{called} receives {times(received)} values, but slides over {axes}"
        yield Misfit((), f"{said}; give it {axes}, or one more for channels")
    for field in _PER_AXIS:
        sizes = getattr(layer, field, None)
        if isinstance(sizes, tuple) and len(sizes) not in (1, rank):
            said = f"{called} slides over {axes}, but {field} has {len(sizes)} sizes"
            yield Misfit((field,), f"{said}; write one" + f" for all axes or {rank}" * (rank > 1))


def not_whole(
    windows: Windows, spatial: Shape, conventions: Conventions, called: str
) -> Iterator[Misfit]:
    """Places that do not fill the input, where the file refuses that."""
    if conventions.sizes != "whole":
        return
    own = (*windows.size, *windows.strides, *windows.dilation)
    if max(windows.strides) > 1 and any(isinstance(n, OpenSize) for n in own):
        said = f"{called} has a window in letters, and whether its places are whole hangs on them"
        yield Misfit((), f"{said}; write numbers for them, or notation: {{sizes: floor}}")
        return
    for size in places(windows, spatial):
        if size.remark:
            said = f"{called} has no whole number of places along its {size.axis}: {size.remark}"
            yield Misfit((), f"{said}; write other sizes, or notation: {{sizes: floor}}")


def too_large(windows: Windows, spatial: Shape, called: str, field: str) -> Iterator[Misfit]:
    """A window that does not fit into its padded input."""
    if min(windows.places(spatial)) > 0:
        return
    spans = [d * (k - 1) + 1 for k, d in zip(windows.size, windows.dilation, strict=True)]
    room = [n + p + q for n, (p, q) in zip(spatial, windows.padding, strict=True)]
    have, need = (times(sizes) for sizes in (room, spans))
    cells = "cell" if have == "1" else "cells"
    said = f"{called} has a window of {need} but only {have} {cells} to put it on, padding included"
    yield Misfit((field,), f"{said}; write a smaller window or more padding", too_small=True)


def on_padding_alone(windows: Windows, spatial: Shape, called: str) -> Iterator[Misfit]:
    """A window without a cell of the input, so that there is nothing to pool.

    A window that begins on padding ends behind it, and steps over the input only if its cells stand
    further apart than the input is long.
    """
    said = f"{called} has windows that lie on padding alone"
    axes = list(zip(windows.size, windows.dilation, windows.padding, spatial, strict=True))
    if any(max(pair) > d * (k - 1) for k, d, pair, _ in axes):
        yield Misfit(("padding",), f"{said}; write less padding than the window is wide")
    elif any(p and d > n for _, d, (p, _), n in axes):
        yield Misfit(
            ("dilation_rate",), f"{said}; write one no larger than the input, or no padding"
        )
