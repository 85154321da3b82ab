"""The layers: one file each, listed here. A word of the file is the name of its module."""

from importlib import import_module

from pydantic import BaseModel

LAYERS = {
    "activation": "Activation",
    "add": "Add",
    "average": "Average",
    "average_pooling1d": "AveragePooling1d",
    "average_pooling2d": "AveragePooling2d",
    "average_pooling3d": "AveragePooling3d",
    "batch_normalization": "BatchNormalization",
    "bidirectional": "Bidirectional",
    "concatenate": "Concatenate",
    "conv1d": "Conv1d",
    "conv1d_transpose": "Conv1dTranspose",
    "conv2d": "Conv2d",
    "conv2d_transpose": "Conv2dTranspose",
    "conv3d": "Conv3d",
    "conv3d_transpose": "Conv3dTranspose",
    "cropping1d": "Cropping1d",
    "cropping2d": "Cropping2d",
    "cropping3d": "Cropping3d",
    "dense": "Dense",
    "depthwise_conv1d": "DepthwiseConv1d",
    "depthwise_conv2d": "DepthwiseConv2d",
    "dot": "Dot",
    "dropout": "Dropout",
    "embedding": "Embedding",
    "flatten": "Flatten",
    "gaussian_noise": "GaussianNoise",
    "global_average_pooling1d": "GlobalAveragePooling1d",
    "global_average_pooling2d": "GlobalAveragePooling2d",
    "global_average_pooling3d": "GlobalAveragePooling3d",
    "global_max_pooling1d": "GlobalMaxPooling1d",
    "global_max_pooling2d": "GlobalMaxPooling2d",
    "global_max_pooling3d": "GlobalMaxPooling3d",
    "group_normalization": "GroupNormalization",
    "gru": "Gru",
    "layer_normalization": "LayerNormalization",
    "lstm": "Lstm",
    "max_pooling1d": "MaxPooling1d",
    "max_pooling2d": "MaxPooling2d",
    "max_pooling3d": "MaxPooling3d",
    "maximum": "Maximum",
    "minimum": "Minimum",
    "multi_head_attention": "MultiHeadAttention",
    "multiply": "Multiply",
    "normalization": "Normalization",
    "permute": "Permute",
    "prelu": "Prelu",
    "repeat_vector": "RepeatVector",
    "reshape": "Reshape",
    "separable_conv1d": "SeparableConv1d",
    "separable_conv2d": "SeparableConv2d",
    "simple_rnn": "SimpleRnn",
    "softmax": "Softmax",
    "spatial_dropout1d": "SpatialDropout1d",
    "spatial_dropout2d": "SpatialDropout2d",
    "spatial_dropout3d": "SpatialDropout3d",
    "subtract": "Subtract",
    "time_distributed": "TimeDistributed",
    "up_sampling1d": "UpSampling1d",
    "up_sampling2d": "UpSampling2d",
    "up_sampling3d": "UpSampling3d",
    "zero_padding1d": "ZeroPadding1d",
    "zero_padding2d": "ZeroPadding2d",
    "zero_padding3d": "ZeroPadding3d",
}


def load(word: str) -> type[BaseModel]:
    """The class behind a word, imported when the word occurs."""
    module = import_module(f"handcalc.layers.{word}")
    found: type[BaseModel] = getattr(module, LAYERS[word])
    return found
