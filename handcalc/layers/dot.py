"""Dot: the products of two inputs along an axis of each, added up."""

from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from handcalc.fields import Between, Shape, mistake
from handcalc.layers._merging import Merging


def _axes(value: object) -> tuple[int, int]:
    read = Between(1, 4).read
    if isinstance(value, list | tuple):
        if len(value) != 2:
            raise mistake("expects one axis, or one of each input; write [2, 1]")
        return read(value[0]), read(value[1])
    return read(value), read(value)


class Dot(Merging):
    """Σ a·b along `axes`, counted from 1; the other axes of both remain, those of the first first."""

    axes: Annotated[
        tuple[int, int], PlainValidator(_axes), WithJsonSchema({"type": ["integer", "array"]})
    ] = (1, 1)

    def merged(self, shapes: tuple[Shape, ...]) -> Shape | None:
        if len(shapes) != 2:
            return None
        (a, b), (i, j) = shapes, self.axes
        if i > len(a) or j > len(b) or a[i - 1] != b[j - 1]:
            return None
        return (*a[: i - 1], *a[i:], *b[: j - 1], *b[j:]) or (1,)

    def wanted(self) -> str:
        return "give it two inputs whose axes have the same size"
