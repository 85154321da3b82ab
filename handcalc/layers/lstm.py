"""LSTM: a state and a memory, with an input, a forget and an output gate and a candidate."""

from typing import ClassVar

from handcalc.layers._recurrent import Recurrent


class Lstm(Recurrent):
    """4·(inputs·units + units·units + units) weights: one set for each of i, f, g and o."""

    gates: ClassVar[tuple[str, ...]] = ("input_gate", "forget_gate", "candidate", "output_gate")
