"""The operations: one file each, listed here under the name of its module."""

from importlib import import_module

from pydantic import BaseModel

# word -> class; these are the words of `activation:`
ACTIVATIONS = {
    "elu": "Elu",
    "leaky_relu": "LeakyRelu",
    "linear": "Linear",
    "normalize": "Normalize",
    "relu": "Relu",
    "sigmoid": "Sigmoid",
    "softmax": "Softmax",
    "softplus": "Softplus",
    "step": "Step",
    "tanh": "Tanh",
}
OPERATIONS = {
    "add": "Add",
    "affine": "Affine",
    "average": "Average",
    "average_pool": "AveragePool",
    "concatenate": "Concatenate",
    "correlate": "Correlate",
    "correlate_transposed": "CorrelateTransposed",
    "divide": "Divide",
    "look_up": "LookUp",
    "mask": "Mask",
    "matmul": "Matmul",
    "max_pool": "MaxPool",
    "maximum": "Maximum",
    "mean": "Mean",
    "minimum": "Minimum",
    "multiply": "Multiply",
    "reshape": "Reshape",
    "scale": "Scale",
    "slice": "Slice",
    "stack": "Stack",
    "subtract": "Subtract",
    "sum": "Sum",
    "take": "Take",
    "transpose": "Transpose",
    "variance": "Variance",
    "weighted_sum": "WeightedSum",
    "zero_pad": "ZeroPad",
    **ACTIVATIONS,
}


def load(word: str) -> type[BaseModel]:
    """The class behind a word, imported when the word occurs."""
    module = import_module(f"handcalc.operations.{word}")
    found: type[BaseModel] = getattr(module, OPERATIONS[word])
    return found
