"""Embedding: each whole number of a list becomes a row of a table."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import prod
from typing import Any, ClassVar

from handcalc.errors import count
from handcalc.fields import Array, Extent, Numbers, Shape, Truth, value_of
from handcalc.layers._beside import UnfitError
from handcalc.layers._label import OUTPUTS, Label
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._weights import Weights
from handcalc.operations._opaque import Opaque
from handcalc.operations.look_up import LookUp
from handcalc.operations.one_hot import OneHot
from handcalc.operations.reshape import Reshape

TABLE = Label("table", "rows of the table", "v", given="table of")
ONE_HOT = Label("hot", "one-hot rows, a one in place k + 1 for the number k")
ROWS = Label("rows", "rows that are looked up")
LOOKED_UP = replace(OUTPUTS, heading="outputs, row k + 1 of the table for the number k")


class Embedding(Layer):
    """y_i = row x_i of a table with `input_dim` rows, counted from 0, of `output_dim` numbers.

    `table` has the numbers. With `one_hot` the same is worked out as a product: each whole number becomes a
    row of zeros with a one in its place, and Y = H·V. Values are worked out on the input itself.
    """

    example: ClassVar[dict[str, Any]] = {"input_dim": "10", "output_dim": "4"}

    input_dim: Extent | None = None
    output_dim: Extent | None = None
    table: Numbers | None = None
    one_hot: Truth = False

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        sizes = self._sizes()
        return None if sizes is None else (*received, sizes[1])

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if isinstance(self.table, Array):
            yield from self._table_misfits(self.table.shape, called)
            return
        missing = [f for f in ("input_dim", "output_dim") if getattr(self, f) is None]
        if missing:
            said = f"{called} has no table with numbers and no {' and no '.join(missing)}"
            lines = " and ".join(f"{field}: 4" for field in missing)
            yield Misfit((), f"{said}; write {lines}, or table: [[0.1, 0.2], [0.3, 0.4]]")

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        sizes = self._sizes()
        assert sizes is not None
        yield Weights("table", (("input_dim", sizes[0]), ("output_dim", sizes[1])))

    def products(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        if self.one_hot:
            (table,) = self.counts(received, conventions)
            yield Weights("products", (("rows", prod(received)), *table.sizes))

    def build(self, builder: Builder) -> None:
        received, sizes, numbers = builder.x.shape, self._sizes(), builder.whole_numbers()
        assert sizes is not None
        table = builder.parameter(TABLE, sizes, self.table)
        if numbers is None:
            opaque = Opaque(shape=(*received, sizes[1]), local=True)
            builder.name(opaque(builder.x), OUTPUTS)
            return
        rows = tuple(
            tuple(
                _row(text, sizes[0], place, sample, len(numbers))
                for place, text in enumerate(n.flat())
            )
            for sample, n in enumerate(numbers)
        )
        if self.one_hot:
            hot = OneHot(rows=rows, size=sizes[0])
            y = builder.name(hot(builder.x), ONE_HOT) @ table
        else:
            y = LookUp(rows=rows)(builder.x, table)
        if len(received) > 1:
            y = Reshape(shape=(*received, sizes[1]))(builder.name(y, ROWS))
        builder.name(y, OUTPUTS if self.one_hot else LOOKED_UP)

    def _sizes(self) -> tuple[int, int] | None:
        if isinstance(self.table, Array):
            return (
                (self.table.shape[0], self.table.shape[1]) if len(self.table.shape) == 2 else None
            )
        if self.input_dim is None or self.output_dim is None:
            return None
        return self.input_dim, self.output_dim

    def _table_misfits(self, shape: Shape, called: str) -> Iterator[Misfit]:
        if len(shape) != 2:
            said = f"{called} has a table that is not rows of numbers"
            yield Misfit(("table",), f"{said}; write [[0.1, 0.2], [0.3, 0.4]], a row for each word")
            return
        for field, size, what in (
            ("input_dim", shape[0], "row"),
            ("output_dim", shape[1], "column"),
        ):
            told = getattr(self, field)
            if told not in (None, size):
                said = f"{called} says {field}: {told} but its table has {count(size, what)}"
                yield Misfit((field,), f"{said}; leave {field} out")


def _row(text: str, rows: int, place: int, sample: int, samples: int) -> int:
    """The row that a number of the input names; others than 0 to rows - 1 are refused."""
    value = value_of(text)
    if value == int(value) and 0 <= value < rows:
        return int(value)
    where = f"number {place + 1} of the input" + f" of sample {sample + 1}" * (samples > 1)
    said = f"embedding has rows 0 to {rows - 1}, but {where} is {text}"
    raise UnfitError(Misfit((), f"{said}; write whole numbers from 0 to {rows - 1}"))
