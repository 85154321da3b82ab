"""The functions that can stand in a formula of a file, by what they do to arrays."""

from handcalc import operations
from handcalc.operations.function import ROWS

ACTIVATIONS = {word: word for word in operations.ACTIVATIONS if word != "formula"}
ACTIVATIONS |= {"exp": "exponential", "σ": "sigmoid", "swish": "silu", "hard_swish": "hard_silu"}
OTHER_ROWS = {"log": "ln", "log₂": "log2", "log₁₀": "log10"}
OF_ROWS = ("softmax", "log_softmax", "normalize")
"""Functions that weigh the numbers of a list against each other."""
WHOLE = ("sum", "Σ", "mean", "prod", "norm", "dot", "max", "min", "where")
"""Functions of all numbers of an array, or of several arrays."""
WORDS = frozenset({*ACTIVATIONS, *ROWS, *OTHER_ROWS, *WHOLE})
"""All functions that can stand in a formula of a file."""
