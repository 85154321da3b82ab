"""Recurrent layers: h = tanh(W·x + U·h + b), step by step; with gates LSTM and GRU.

LSTM has a state and a memory, with an input, a forget and an output gate and a candidate; GRU a state
with an update and a reset gate and a candidate. They share weights from the input, weights from the
state, biases, gates.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, ClassVar

from handcalc.fields import Extent, Shape, Truth
from handcalc.layers._counted import Counted, no_sequence
from handcalc.layers._layer import Conventions, Misfit
from handcalc.layers._weights import Part, Weights

_GATES = "gates"


class Recurrent(Counted):
    """gates·(inputs·units + units·units + units) weights; a sequence in, its last state out.

    `return_sequences: true` gives the state of every step. PyTorch keeps two biases for each gate.
    """

    gates: ClassVar[tuple[str, ...]] = ()
    example: ClassVar[dict[str, Any]] = {"units": "3"}
    example_input: ClassVar[Shape] = (5, 2)

    units: Extent
    return_sequences: Truth = False
    use_bias: Truth = True

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        yield from no_sequence(received, called)

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return (received[0], self.units) if self.return_sequences else (self.units,)

    def biases(self, conventions: Conventions) -> int:
        """How many biases each gate of a unit has."""
        return 2 if conventions.framework == "pytorch" else 1

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        gates = ((_GATES, len(self.gates)),) if self.gates else ()
        yield Weights("kernel", (*gates, ("inputs", received[-1]), ("units", self.units)))
        yield Weights("recurrent_kernel", (*gates, ("units", self.units), ("units", self.units)))
        if self.use_bias:
            several = self.biases(conventions)
            biases = (("biases", several),) if several > 1 else ()
            yield Weights(
                "bias", (*gates, *biases, ("units", self.units)), said=self._other(several)
            )

    def roles(self, received: Shape, conventions: Conventions) -> Iterable[Part]:
        arrays = [
            replace(w, sizes=tuple(size for size in w.sizes if size[0] != _GATES), said="")
            for w in self.counts(received, conventions)
        ]
        for gate in self.gates:
            yield Part(gate, tuple(arrays))

    def products(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        kernel, recurrent, *_ = self.counts(received, conventions)
        steps = (("steps", received[0]),)
        yield Weights("input_products", (*steps, *kernel.sizes))
        yield Weights("state_products", (*steps, *recurrent.sizes))

    def _other(self, several: int) -> str:
        """What the other convention counts."""
        return "Keras keeps one bias" if several > 1 else "PyTorch keeps two biases"


class SimpleRnn(Recurrent):
    """inputs·units + units·units + units weights."""


class Lstm(Recurrent):
    """4·(inputs·units + units·units + units) weights: one set for each of i, f, g and o."""

    gates: ClassVar[tuple[str, ...]] = ("input_gate", "forget_gate", "candidate", "output_gate")


class Gru(Recurrent):
    """3·(inputs·units + units·units + 2·units) weights: one set for each of z, r and the candidate.

    With `reset_after: false` there is one bias for each gate, as in the first papers.
    """

    gates: ClassVar[tuple[str, ...]] = ("update_gate", "reset_gate", "candidate")

    reset_after: Truth = True

    def biases(self, conventions: Conventions) -> int:
        return 2 if self.reset_after or conventions.framework == "pytorch" else 1

    def _other(self, several: int) -> str:
        return (
            "reset_after: false has one bias" if several > 1 else "reset_after: true has two biases"
        )
