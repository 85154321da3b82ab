"""Shapes and parameter counts beside Keras, where it is installed: `pip install keras torch`."""

import math
import os

import pytest

from support import answers, solution

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")
pytestmark = [pytest.mark.frameworks, pytest.mark.filterwarnings("ignore")]

SEQUENCE, PICTURE = (9, 4), (14, 11, 6)
# The layer as the file writes it, the same in Keras, the shape of the input.
LAYERS = [
    ("dense: {units: 5}", "Dense(5)", SEQUENCE),
    ("dense: {units: 5, use_bias: false}", "Dense(5, use_bias=False)", (4,)),
    ("simple_rnn: {units: 5}", "SimpleRNN(5)", SEQUENCE),
    ("lstm: {units: 5, return_sequences: true}", "LSTM(5, return_sequences=True)", SEQUENCE),
    ("gru: {units: 5}", "GRU(5)", SEQUENCE),
    ("gru: {units: 5, reset_after: false}", "GRU(5, reset_after=False)", SEQUENCE),
    ("bidirectional: {layer: {lstm: {units: 5}}}", "Bidirectional(L.LSTM(5))", SEQUENCE),
    (
        "bidirectional: {merge_mode: ave, layer: {gru: {units: 5}}}",
        "Bidirectional(L.GRU(5), merge_mode='ave')",
        SEQUENCE,
    ),
    (
        "time_distributed: {layer: {dense: {units: 3}}}",
        "TimeDistributed(L.Dense(3))",
        SEQUENCE,
    ),
    ("embedding: {input_dim: 30, output_dim: 7}", "Embedding(30, 7)", (9,)),
    ("batch_normalization", "BatchNormalization()", PICTURE),
    ("batch_normalization: {scale: false}", "BatchNormalization(scale=False)", PICTURE),
    ("layer_normalization", "LayerNormalization()", PICTURE),
    ("group_normalization: {groups: 3}", "GroupNormalization(3)", PICTURE),
    ("prelu: {shared_axes: [1, 2]}", "PReLU(shared_axes=[1, 2])", PICTURE),
    ("separable_conv1d: {filters: 6, kernel_size: 3}", "SeparableConv1D(6, 3)", SEQUENCE),
    (
        "separable_conv2d: {filters: 5, kernel_size: [3, 2], strides: 2, padding: same, depth_multiplier: 2}",
        "SeparableConv2D(5, (3, 2), strides=2, padding='same', depth_multiplier=2)",
        PICTURE,
    ),
    (
        "depthwise_conv2d: {kernel_size: 3, depth_multiplier: 2}",
        "DepthwiseConv2D(3, depth_multiplier=2)",
        PICTURE,
    ),
    (
        "conv2d: {filters: 4, kernel_size: 3, groups: 2, dilation_rate: 2}",
        "Conv2D(4, 3, groups=2, dilation_rate=2)",
        PICTURE,
    ),
    ("conv3d: {filters: 2, kernel_size: 2}", "Conv3D(2, 2)", (4, 5, 6, 3)),
    ("up_sampling2d: {size: [2, 3]}", "UpSampling2D((2, 3))", PICTURE),
    ("cropping2d: {cropping: [[1, 2], [0, 1]]}", "Cropping2D(((1, 2), (0, 1)))", PICTURE),
    ("zero_padding2d: {padding: [[1, 2], [0, 1]]}", "ZeroPadding2D(((1, 2), (0, 1)))", PICTURE),
    ("permute: {dims: [3, 1, 2]}", "Permute((3, 1, 2))", PICTURE),
    ("repeat_vector: {n: 3}", "RepeatVector(3)", (4,)),
    ("reshape: {target_shape: [2, 18]}", "Reshape((2, 18))", SEQUENCE),
    ("global_max_pooling2d: {keepdims: true}", "GlobalMaxPooling2D(keepdims=True)", PICTURE),
    *(
        (
            f"{word}: {{pool_size: {k}, strides: {s}, padding: {p}}}",
            f"{kind}({k}, strides={s}, padding='{p}')",
            PICTURE,
        )
        for word, kind in (
            ("max_pooling2d", "MaxPooling2D"),
            ("average_pooling2d", "AveragePooling2D"),
        )
        for k in (2, 3)
        for s in (1, 2, 3)
        for p in ("valid", "same")
    ),
    *(
        (
            f"conv2d: {{filters: 4, kernel_size: {k}, strides: {s}, padding: {p}}}",
            f"Conv2D(4, {k}, strides={s}, padding='{p}')",
            PICTURE,
        )
        for k in (1, 2, 3, 5)
        for s in (1, 2, 3)
        for p in ("valid", "same")
    ),
    *(
        (
            f"conv1d_transpose: {{filters: 3, kernel_size: {k}, strides: {s}, padding: {p}}}",
            f"Conv1DTranspose(3, {k}, strides={s}, padding='{p}')",
            SEQUENCE,
        )
        for k in (1, 2, 3, 4)
        for s in (1, 2, 3)
        for p in ("valid", "same")
    ),
]


@pytest.mark.parametrize(("ours", "theirs", "shape"), LAYERS, ids=[layer[1] for layer in LAYERS])
def test_shape_and_count(ours, theirs, shape):
    layer = eval(f"L.{theirs}", {"L": keras.layers})
    output = layer(keras.Input(shape))
    text = f"input: {{shape: {list(shape)}}}\nlayers: [{ours if ':' not in ours else '{' + ours + '}'}]\nask: [shapes, parameters]\n"
    found = answers(solution(text))
    (given,) = [value for key, value in found.items() if key.endswith("_shape")]

    assert given == list(output.shape[1:])
    assert found["total_params"] == layer.count_params()
    trained = sum(math.prod(w.shape) for w in layer.trainable_weights)
    assert found["trainable_params"] == trained


@pytest.mark.parametrize(
    "options", [{"num_heads": 2, "key_dim": 5}, {"num_heads": 3, "key_dim": 2, "value_dim": 4}]
)
def test_attention(options):
    layer, x = keras.layers.MultiHeadAttention(**options), keras.Input(SEQUENCE)
    output = layer(x, x)
    written = ", ".join(f"{key}: {value}" for key, value in options.items())
    text = f"input: {{shape: {list(SEQUENCE)}}}\nlayers: [{{multi_head_attention: {{{written}}}}}]\nask: [shapes, parameters]\n"
    found = answers(solution(text))

    assert found["multi_head_attention1_shape"] == list(output.shape[1:])
    assert found["total_params"] == layer.count_params()


@pytest.mark.parametrize("name", ["VGG16", "ResNet50", "MobileNetV2", "EfficientNetB0"])
def test_a_published_model_is_imported_with_all_its_weights(name, tmp_path):
    from handcalc.importing import import_model

    model = getattr(keras.applications, name)(weights=None)
    path = tmp_path / "model.json"
    path.write_text(model.to_json(), "utf-8")

    assert answers(solution(import_model(path).text))["total_params"] == model.count_params()
