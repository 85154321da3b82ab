"""The layers: the words of `layers:`, a file for each family of them, listed here."""

from importlib import import_module

from pydantic import BaseModel

FAMILIES = {
    "dense": ("dense",),
    "maxout": ("maxout",),
    "convolution": ("conv1d", "conv2d", "conv3d"),
    "depthwise": ("depthwise_conv1d", "depthwise_conv2d"),
    "transposed": ("conv1d_transpose", "conv2d_transpose", "conv3d_transpose"),
    "separable": ("separable_conv1d", "separable_conv2d"),
    "locally_connected": ("locally_connected1d", "locally_connected2d"),
    "pooling": (
        "max_pooling1d",
        "max_pooling2d",
        "max_pooling3d",
        "average_pooling1d",
        "average_pooling2d",
        "average_pooling3d",
    ),
    "global_pooling": (
        "global_max_pooling1d",
        "global_max_pooling2d",
        "global_max_pooling3d",
        "global_average_pooling1d",
        "global_average_pooling2d",
        "global_average_pooling3d",
    ),
    "adaptive": (
        "adaptive_max_pooling1d",
        "adaptive_max_pooling2d",
        "adaptive_max_pooling3d",
        "adaptive_average_pooling1d",
        "adaptive_average_pooling2d",
        "adaptive_average_pooling3d",
    ),
    "padding": ("zero_padding1d", "zero_padding2d", "zero_padding3d"),
    "cropping": ("cropping1d", "cropping2d", "cropping3d"),
    "up_sampling": ("up_sampling1d", "up_sampling2d", "up_sampling3d"),
    "reshaping": ("flatten", "reshape", "permute", "repeat_vector"),
    "activation": ("activation", "softmax", "prelu"),
    "merging": (
        "add",
        "subtract",
        "multiply",
        "average",
        "maximum",
        "minimum",
        "concatenate",
        "dot",
    ),
    "dropout": ("dropout", "spatial_dropout1d", "spatial_dropout2d", "spatial_dropout3d"),
    "noise": ("gaussian_noise",),
    "batch_normalization": ("batch_normalization",),
    "normalization": (
        "layer_normalization",
        "group_normalization",
        "instance_normalization",
        "rms_normalization",
        "unit_normalization",
        "normalization",
    ),
    "recurrent": ("simple_rnn", "lstm", "gru"),
    "bidirectional": ("bidirectional",),
    "time_distributed": ("time_distributed",),
    "attention": ("attention",),
    "additive_attention": ("additive_attention",),
    "multi_head": ("multi_head_attention",),
    "embedding": ("embedding",),
    "positions": ("positional_encoding",),
    "formula": ("formula",),
}
_FAMILY_OF = {word: family for family, words in FAMILIES.items() for word in words}
# The class of a word is the word in camel case: conv1d_transpose, Conv1dTranspose.
LAYERS = {
    word: "".join(part.capitalize() for part in word.split("_")) for word in sorted(_FAMILY_OF)
}


def load(word: str) -> type[BaseModel]:
    """The class behind a word, imported with its family when the word occurs."""
    module = import_module(f"handcalc.layers.{_FAMILY_OF[word]}")
    found: type[BaseModel] = getattr(module, LAYERS[word])
    return found
