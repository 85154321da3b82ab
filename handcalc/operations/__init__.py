"""The operations: one file each, listed here under the name of its module."""

from importlib import import_module

from pydantic import BaseModel

# word -> class; these are the words of `activation:`, those that are met most first
ACTIVATIONS = {
    "relu": "Relu",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "softmax": "Softmax",
    "linear": "Linear",
    "leaky_relu": "LeakyRelu",
    "elu": "Elu",
    "softplus": "Softplus",
    "step": "Step",
    "gelu": "Gelu",
    "silu": "Silu",
    "normalize": "Normalize",
    "exponential": "Exponential",
    "hard_sigmoid": "HardSigmoid",
    "hard_silu": "HardSilu",
    "hard_tanh": "HardTanh",
    "log_sigmoid": "LogSigmoid",
    "log_softmax": "LogSoftmax",
    "mish": "Mish",
    "relu6": "Relu6",
    "selu": "Selu",
    "softsign": "Softsign",
    "tanh_shrink": "TanhShrink",
    "threshold": "Threshold",
}
# other word of the field -> the activation that is meant, and the options with which it is that one
OTHER_WORDS: dict[str, tuple[str, dict[str, str]]] = {
    "gelu_tanh": ("gelu", {"approximate": "true"}),
    "hard_swish": ("hard_silu", {}),
    "swish": ("silu", {}),
}
OPERATIONS = {
    "adaptive_average_pool": "AdaptiveAveragePool",
    "adaptive_max_pool": "AdaptiveMaxPool",
    "add": "Add",
    "affine": "Affine",
    "affine_pieces": "AffinePieces",
    "average": "Average",
    "average_pool": "AveragePool",
    "complement": "Complement",
    "concatenate": "Concatenate",
    "concatenate_channels": "ConcatenateChannels",
    "correlate": "Correlate",
    "correlate_depthwise": "CorrelateDepthwise",
    "correlate_pointwise": "CorrelatePointwise",
    "correlate_transposed": "CorrelateTransposed",
    "crop": "Crop",
    "cosine": "Cosine",
    "divide": "Divide",
    "dot": "Dot",
    "group_mean": "GroupMean",
    "group_normalize": "GroupNormalize",
    "group_sum": "GroupSum",
    "group_variance": "GroupVariance",
    "l1_penalty": "L1Penalty",
    "l2_penalty": "L2Penalty",
    "linear_combination": "LinearCombination",
    "local_correlate": "LocalCorrelate",
    "look_up": "LookUp",
    "mask": "Mask",
    "masked_softmax": "MaskedSoftmax",
    "matmul": "Matmul",
    "max_pool": "MaxPool",
    "maximum": "Maximum",
    "mean": "Mean",
    "minimum": "Minimum",
    "multiply": "Multiply",
    "norm": "Norm",
    "one_hot": "OneHot",
    "over_root": "OverRoot",
    "positions": "Positions",
    "prelu": "Prelu",
    "repeat": "Repeat",
    "reshape": "Reshape",
    "row_maximum": "RowMaximum",
    "scale": "Scale",
    "scale_and_shift": "ScaleAndShift",
    "slice": "Slice",
    "stack": "Stack",
    "standardize": "Standardize",
    "subtract": "Subtract",
    "sum": "Sum",
    "take": "Take",
    "transpose": "Transpose",
    "unchanged": "Unchanged",
    "up_sample_bilinear": "UpSampleBilinear",
    "up_sample_nearest": "UpSampleNearest",
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
