"""Simple recurrent layer: h = tanh(W·x + U·h + b), step by step."""

from handcalc.layers._recurrent import Recurrent


class SimpleRnn(Recurrent):
    """inputs·units + units·units + units weights."""
