"""What recurrent layers share: fields of the file, sizes and weights, the walk through time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from handcalc.fields import Array, Count, Extent, Random, Shape, Truth, Usual
from handcalc.formula.open_size import OpenSize
from handcalc.layers import _cell_weights, _gates, _recurrent_misfits
from handcalc.layers._beside import refuse_other_count
from handcalc.layers._cells import Cell, SimpleRnnCell
from handcalc.layers._counted import Counted
from handcalc.layers._fitted import fitted
from handcalc.layers._gates import ByGate
from handcalc.layers._joined import Joined
from handcalc.layers._label import OUTPUTS, Label
from handcalc.layers._layer import Builder, Conventions, Misfit
from handcalc.layers._parts import Activation
from handcalc.layers._weights import Part, Weights
from handcalc.operations._handle import Handle
from handcalc.operations._operation import Operation
from handcalc.operations.slice import Slice
from handcalc.operations.stack import Stack
from handcalc.operations.tanh import Tanh

_GATES = "gates"
MOST_TIMES = 1000
"""Times up to which a layer is worked out; of longer sequences sizes and weights are counted."""
MOST_UNITS = 2000
"""Units up to which it is worked out: the state has units × units weights, 4 million of them."""


class Recurrent(Counted):
    """gates·(inputs·units + units·units + units) weights; a sequence in, its last state out.

    `weights` are those of the input, `recurrent_weights` those of the state, in the file's `product`; with
    `joined: [h, x]` there is one matrix over both, and `[h, x, 1]` has the bias in its last column.
    `return_sequences: true` gives the states of all times; `return_state: true` lets other layers take the
    last ones, as lstm1.h. With `truncate: k` no gradient goes back from time k to k + 1, 2k to 2k + 1, …
    Without numbers PyTorch keeps two biases for each gate.
    """

    at_every_time: ClassVar[bool] = True
    gates: ClassVar[tuple[str, ...]] = ()
    letters: ClassVar[tuple[str, ...]] = ("",)
    cell: ClassVar[type[Cell]] = SimpleRnnCell
    states: ClassVar[tuple[str, ...]] = ("h",)
    takes: ClassVar[tuple[str, ...]] = ("input", "h0", "c0")
    example: ClassVar[dict[str, Any]] = {"units": "3"}
    example_input: ClassVar[Shape] = (5, 2)

    units: Extent | None = None
    return_sequences: Truth = False
    return_state: Truth = False
    use_bias: Truth = True
    weights: ByGate | None = None
    recurrent_weights: ByGate | None = None
    bias: ByGate | None = None
    recurrent_bias: ByGate | None = None
    joined: Joined | None = None
    initial_state: ByGate | None = None
    activation: Activation | None = None
    truncate: Count | None = None

    @property
    def squash(self) -> Operation:
        """The function of the state: tanh, where the file says no other."""
        return self.activation or Tanh()

    # --- sizes and weights ------------------------------------------------------------------------

    @property
    def order(self) -> tuple[str, ...]:
        """The gates in the order of stacked numbers."""
        return self.letters

    def misfits_of(
        self, shapes: tuple[Shape, ...], conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        wrong = list(_recurrent_misfits.of_sources(self, shapes, conventions, called))
        yield from wrong
        if not any(misfit.field == ("from",) for misfit in wrong):
            yield from self.misfits(shapes[0], conventions, called, values)

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        yield from _recurrent_misfits.of(self, received, conventions, called)

    def states_given(self) -> dict[str, Array | Random]:
        """The initial states that have numbers."""
        if self.initial_state is None:
            return {}
        if isinstance(self.initial_state, dict):
            return self.initial_state
        return {"h": self.initial_state}

    def units_in(self, conventions: Conventions) -> int | None:
        """How many units there are: as the file says, or as many as its weights are for."""
        if self.units is not None:
            return self.units
        axis = 0 if conventions.product == "Wx" else 1
        return _gates.units_of(self.weights, self.order, axis)

    def reads_numbers(self, conventions: Conventions) -> bool:
        """Are its weights for one number at each time, so that a list is a sequence?

        Those of one gate tell it, even where another one is missing.
        """
        units = self.units_in(conventions)
        if units is None or self.weights is None or isinstance(self.weights, Random):
            return False
        if isinstance(self.weights, Array) and len(self.weights.shape) < 2:
            return True
        _, weights, _ = self.shapes_in(1, units, conventions)
        axis = 0 if conventions.product == "Wx" else 1
        letters = list(self.weights) if isinstance(self.weights, dict) else self.order
        found = _gates.by_gate(self.weights, letters, weights, axis).values()
        return any(numbers is not None for numbers in found)

    def shapes_in(
        self, inputs: int, units: int, conventions: Conventions
    ) -> tuple[Shape, Shape, Shape]:
        """The shapes of a bias, of the weights of the input (or of both), and of those of the state."""
        more = units + ("1" in self.joined) if self.joined else 0
        weights, states = (units, inputs + more), (units, units)
        turned = conventions.product != "Wx"
        return (units,), weights[::-1] if turned else weights, states

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        units = self.units_in(conventions)
        if units is None:
            return None
        return (received[0], units) if self.return_sequences else (units,)

    def results_of(self, shapes: tuple[Shape, ...], conventions: Conventions) -> dict[str, Shape]:
        units = self.units_in(conventions)
        if not self.return_state or units is None:
            return {}
        return dict.fromkeys(self.states, (units,))

    def biases(self, conventions: Conventions) -> int:
        """How many biases each gate of a unit has; beside numbers for the weights those that are given."""
        if not self.use_bias or (self.joined and "1" in self.joined):
            return 0
        if _gates.given(self.weights):
            return (self.bias is not None) + (self.recurrent_bias is not None)
        if self.recurrent_bias is not None:
            return 2
        return self._biases_counted(conventions)

    def _biases_counted(self, conventions: Conventions) -> int:
        return 2 if conventions.framework == "pytorch" else 1

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        gates = ((_GATES, len(self.gates)),) if self.gates else ()
        units, inputs = ("units", self.units_in(conventions) or 0), ("inputs", _features(received))
        if self.joined:
            both = inputs[1] + units[1] + ("1" in self.joined)
            name = "inputs_and_units" + "_and_1" * ("1" in self.joined)
            yield Weights("kernel", (*gates, (name, both), units))
        else:
            yield Weights("kernel", (*gates, inputs, units))
            yield Weights("recurrent_kernel", (*gates, units, units))
        several = self.biases(conventions)
        if several:
            biases = (("biases", several),) if several > 1 else ()
            yield Weights("bias", (*gates, *biases, units), said=self._other(several))

    def says(self, received: Shape, conventions: Conventions) -> Iterable[str]:
        rows = "unit" if conventions.product == "Wx" else "number that it takes"
        yield f"its matrices have a row for each {rows} (product: {conventions.product})"
        if self.joined:
            yield f"one matrix is for the column [{'; '.join(self.joined)}], in this order"
        if self.truncate and received and received[0] > self.truncate:
            run = f"times are read in runs of {self.truncate}"
            yield f"{run}, and no gradient goes back into the run before (truncate: {self.truncate})"

    def roles(self, received: Shape, conventions: Conventions) -> Iterable[Part]:
        arrays = [
            replace(w, sizes=tuple(size for size in w.sizes if size[0] != _GATES), said="")
            for w in self.counts(received, conventions)
        ]
        for gate in self.gates:
            yield Part(gate, tuple(arrays))

    def products(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        steps = (("steps", received[0]),)
        kernel, *others = self.counts(received, conventions)
        yield Weights("input_products", (*steps, *kernel.sizes))
        for weights in others:
            if weights.name == "recurrent_kernel":
                yield Weights("state_products", (*steps, *weights.sizes))

    def _other(self, several: int) -> str:
        """What the other convention counts, where the file leaves it open."""
        if _gates.given(self.weights, self.bias, self.recurrent_bias):
            return ""
        return "Keras keeps one bias" if several > 1 else "PyTorch keeps two biases"

    # --- equations --------------------------------------------------------------------------------

    def build(self, builder: Builder) -> None:
        received = builder.x.shape
        if not self.worked_out(builder):
            super().build(builder)
            return
        states = self.through_time(builder, range(received[0]))
        if self.return_sequences:
            builder.name(Stack()(*states), OUTPUTS)

    def worked_out(self, builder: Builder) -> bool:
        """Are values worked out: no size is a letter, and there are numbers or it is asked for?"""
        received = builder.x.shape
        open_size = any(isinstance(size, OpenSize) for size in (*received, self.units))
        if open_size or self.too_large((received,), builder.conventions):
            return False
        return builder.works_out(self.weights, self.recurrent_weights)

    def too_large(self, shapes: tuple[Shape, ...], conventions: Conventions) -> str:
        times, units = shapes[0][0], self.units_in(conventions) or 0
        if times > MOST_TIMES:
            return f"it reads {times:,} times, and up to {MOST_TIMES:,} are worked out"
        if units > MOST_UNITS:
            return f"it has {units:,} units, and up to {MOST_UNITS:,} are worked out"
        return ""

    def through_time(self, builder: Builder, times: Sequence[int]) -> list[Handle]:
        """The states at all times, read in some order; the last one read is given on."""
        received, conventions = builder.x.shape, builder.conventions
        units = self.units_in(conventions)
        assert units is not None
        weights = _cell_weights.of(self, builder, _features(received), units)
        cell = self.cell(builder, self, weights)
        taken = dict(zip(self.sources.words or self.takes, builder.inputs, strict=False))
        # The time before the first that is read: 0, or one beyond the last where it is read backwards.
        before = times[0] + (2 if len(times) > 1 and times[1] < times[0] else 0)
        now = [
            taken.get(f"{state}0") or self._initial(builder, state, units, before)
            for state in self.states
        ]
        made: dict[int, Handle] = {}
        for count, time in enumerate(times):
            cut = bool(self.truncate and count and count % self.truncate == 0)
            now = cell.step(_at(builder.x, time), now, time + 1, cut=cut)
            made[time] = now[0]
        if self.return_state:
            for state, handle in zip(self.states, now, strict=True):
                builder.result(state, handle)
        return [made[time] for time in sorted(made)]

    def _initial(self, builder: Builder, state: str, units: int, before: int) -> Handle:
        numbers = self.states_given().get(state) or Usual(("0",) * units, (units,))
        if isinstance(numbers, Array) and numbers.shape[1:] != (units,):
            numbers = fitted(numbers, (units,)) or numbers
        elif isinstance(numbers, Array) and len(numbers.shape) > 1:
            refuse_other_count("initial_state", numbers, builder)
        label = Label(
            state, "initial state", state, given=f"{state}{before} of", own=True, at=before
        )
        return builder.given(label, (units,), numbers)


def _features(received: Shape) -> int:
    """The numbers at each time: one, where a sequence is a list."""
    return received[-1] if len(received) > 1 else 1


def _at(x: Handle, time: int) -> Handle:
    """x_t, a list."""
    if len(x.shape) > 1:
        return x[time]
    return Slice(start=time, stop=time + 1, rank=1)(x)
