"""The weights of a recurrent cell by letter and gate: W, U and the biases b and d."""

from typing import TYPE_CHECKING

from handcalc.fields import Shape
from handcalc.layers import _gates
from handcalc.layers._label import Label
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
BOTH = "weights of input and state"
ByLetter = dict[str, dict[str, Handle]]


def of(layer: "Recurrent", builder: Builder, inputs: int, units: int) -> ByLetter:
    """W_f, U_f, b_f and d_f of each gate f, as far as there are any."""
    across, weights, states = layer.shapes_in(inputs, units, builder.conventions)
    axis = 0 if builder.conventions.product == "Wx" else 1
    several = layer.biases(builder.conventions)
    # A single bias is the one that has numbers.
    b = several > 1 or (several == 1 and layer.recurrent_bias is None)
    d = several > 1 or (several == 1 and layer.recurrent_bias is not None)

    def made(
        letter: str, stored: _gates.Stored | None, shape: Shape, along: int
    ) -> dict[str, Handle]:
        numbers = _gates.by_gate(stored, layer.order, shape, along)
        heading = BOTH if layer.joined and letter == "W" else HEADINGS[letter]
        return {
            gate: builder.parameter(_label(letter, gate, heading), shape, numbers[gate])
            for gate in layer.letters
        }

    return {
        "W": made("W", layer.weights, weights, axis),
        "U": {} if layer.joined else made("U", layer.recurrent_weights, states, axis),
        "b": made("b", layer.bias, across, 0) if b else {},
        "d": made("d", layer.recurrent_bias, across, 0) if d else {},
    }


def _label(letter: str, gate: str, heading: str) -> Label:
    return Label(
        letter,
        heading,
        letter,
        given=f"{letter}{'_' * bool(gate)}{gate} of",
        own=True,
        below=gate,
        role="bias" if letter in "bd" else "weight",
    )
