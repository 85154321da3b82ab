"""The weights of a recurrent cell by letter and gate: W of input, U of state, b and d of their sums."""

from typing import TYPE_CHECKING

from handcalc.fields import Shape
from handcalc.layers import _gates
from handcalc.layers._label import Label, Role
from handcalc.layers._layer import Builder
from handcalc.operations._handle import Handle

if TYPE_CHECKING:
    from handcalc.layers._recurrent import Recurrent

HEADINGS = {
    "W": "weights of the input",
    "U": "weights of the state",
    "b": "biases",
    "d": "biases of the state",
}
ByLetter = dict[str, dict[str, Handle]]


def of(layer: "Recurrent", builder: Builder, inputs: int, units: int) -> ByLetter:
    """W_f, U_f, b_f and d_f of each gate f, as far as there are any."""
    across, weights, states = layer.shapes_in(inputs, units, builder.conventions)
    axis = 0 if builder.conventions.product == "Wx" else 1
    several = layer.biases(builder.conventions)
    # A single bias is the one that has numbers.
    b = several > 1 or (several == 1 and layer.recurrent_bias is None)
    d = several > 1 or (several == 1 and layer.recurrent_bias is not None)

    headings = HEADINGS | ({"W": "weights of input and state"} if layer.joined else {})

    def made(
        letter: str, stored: _gates.Stored | None, shape: Shape, along: int
    ) -> dict[str, Handle]:
        numbers = _gates.by_gate(stored, layer.order, shape, along)
        labels = {gate: _label(letter, headings[letter], gate) for gate in layer.letters}
        return {g: builder.parameter(label, shape, numbers[g]) for g, label in labels.items()}

    return {
        "W": made("W", layer.weights, weights, axis),
        "U": {} if layer.joined else made("U", layer.recurrent_weights, states, axis),
        "b": made("b", layer.bias, across, 0) if b else {},
        "d": made("d", layer.recurrent_bias, across, 0) if d else {},
    }


def _label(letter: str, heading: str, gate: str) -> Label:
    given = f"{letter}{'_' * bool(gate)}{gate} of"
    role: Role = "bias" if letter in "bd" else "weight"
    return Label(letter, heading, letter, given=given, own=True, below=gate, role=role)
