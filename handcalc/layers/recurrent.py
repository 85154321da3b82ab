"""Recurrent layers: h_t = tanh(W·x_t + U·h_(t-1) + b), time by time; with gates LSTM and GRU.

The equations of one time are in `_cells`, the walk through time in `_recurrent`.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import PlainValidator, WithJsonSchema

from handcalc.errors import listed
from handcalc.fields import Array, Shape, Truth, mistake
from handcalc.layers import _gates
from handcalc.layers._cells import Cell, GruCell, LstmCell
from handcalc.layers._layer import Conventions, Misfit
from handcalc.layers._parts import Activation
from handcalc.layers._recurrent import Recurrent
from handcalc.operations._operation import Operation
from handcalc.operations.sigmoid import Sigmoid


def _order(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(gate, str) for gate in value):
        raise mistake(
            "expects the letters of the gates in order; write a list: [i, f, g, o], of a GRU [z, r, n]"
        )
    return tuple(value)


Order = Annotated[tuple[str, ...], PlainValidator(_order), WithJsonSchema({"type": "array"})]


class SimpleRnn(Recurrent):
    """h_t = tanh(W·x_t + U·h_(t-1) + b): inputs·units + units·units + units weights."""


class Gated(Recurrent):
    """Gates between 0 and 1 decide what is kept; stacked numbers are in the order of `order`."""

    gate_order: Order | None = None
    recurrent_activation: Activation | None = None

    def says(self, received: Shape, conventions: Conventions) -> Iterable[str]:
        yield from super().says(received, conventions)
        stored = (self.weights, self.recurrent_weights, self.bias, self.recurrent_bias)
        if any(isinstance(numbers, Array) for numbers in stored):
            yield f"stacked numbers are in the order {', '.join(self.order)} (gate_order)"

    @property
    def gate(self) -> Operation:
        """The function of the gates: the sigmoid, where the file says no other."""
        return self.recurrent_activation or Sigmoid()

    @property
    def order(self) -> tuple[str, ...]:
        return self.gate_order or self.letters

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if sorted(self.order) != sorted(self.letters):
            said = f"{called} has the gates {', '.join(self.letters)}"
            yield Misfit(("gate_order",), f"{said}; write each of them once, in your order")
            return
        yield from super().misfits(received, conventions, called, values)


class Lstm(Gated):
    """f, i, o = σ(W·x_t + U·h_(t-1) + b), g = tanh(…); c_t = f·c_(t-1) + i·g, h_t = o·tanh(c_t).

    4·(inputs·units + units·units + units) weights. Stacked numbers are in the order i, f, g, o, as in Keras
    and PyTorch, unless `gate_order` says another.
    """

    gates: ClassVar[tuple[str, ...]] = ("input_gate", "forget_gate", "candidate", "output_gate")
    letters: ClassVar[tuple[str, ...]] = ("i", "f", "g", "o")
    states: ClassVar[tuple[str, ...]] = ("h", "c")
    cell: ClassVar[type[Cell]] = LstmCell


class Gru(Gated):
    """z, r = σ(W·x_t + U·h_(t-1) + b); n = tanh(W·x_t + b + r·(U·h_(t-1) + d)); h_t = (1 - z)·n + z·h_(t-1).

    3·(inputs·units + units·units + 2·units) weights. Stacked numbers are in the order z, r, n, as in Keras, unless
    `gate_order` says another; PyTorch has r, z, n. With `reset_after: false`, as in the first papers, r
    weighs the state before the product, U·(r·h_(t-1)), and there is one bias for each gate. With
    `update_gate: new` z weighs the candidate, h_t = (1 - z)·h_(t-1) + z·n.
    """

    gates: ClassVar[tuple[str, ...]] = ("update_gate", "reset_gate", "candidate")
    letters: ClassVar[tuple[str, ...]] = ("z", "r", "n")
    cell: ClassVar[type[Cell]] = GruCell

    reset_after: Truth = True
    update_gate: Literal["old", "new"] = "old"

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if self.joined and self.reset_after:
            said = f"{called} has one matrix over {listed(self.joined)}, in which r weighs the state before the product"
            yield Misfit(("joined",), f"{said}; write reset_after: false")
            return
        yield from super().misfits(received, conventions, called, values)

    def says(self, received: Shape, conventions: Conventions) -> Iterable[str]:
        yield from super().says(received, conventions)
        old, new = ("z", "1 - z") if self.update_gate == "old" else ("1 - z", "z")
        yield f"{old} weighs the old state and {new} the candidate (update_gate: {self.update_gate})"
        when = "after" if self.reset_after else "before"
        yield f"the reset gate weighs the state {when} its product with U (reset_after: {str(self.reset_after).lower()})"

    def _biases_counted(self, conventions: Conventions) -> int:
        return 2 if self.reset_after or conventions.framework == "pytorch" else 1

    def _other(self, several: int) -> str:
        if _gates.given(self.weights, self.bias, self.recurrent_bias):
            return ""
        return (
            "reset_after: false has one bias" if several > 1 else "reset_after: true has two biases"
        )
