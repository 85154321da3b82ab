"""Layers on rows, cells and steps, with the weights of Keras put into the file as they stand there."""

import os

import numpy as np
import pytest

from support import answers, solution

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")
pytestmark = [pytest.mark.frameworks, pytest.mark.filterwarnings("ignore")]

# The layer as the file writes it, with the names of its weights for their numbers; the same in Keras.
LAYERS = [
    ("dense: {{weights: {0}, bias: {1}, activation: softmax}}", "Dense(3, 'softmax')", (3, 4)),
    ("dense: {{weights: {0}, bias: {1}}}", "Dense(2)", (2, 3, 2)),
    ("softmax", "Softmax()", (2, 3)),
    ("softmax: {{axis: 1}}", "Softmax(axis=1)", (2, 3)),
    ("prelu: {{alpha: {0}}}", "PReLU('uniform')", (2, 3)),
    (
        "prelu: {{alpha: {0}, shared_axes: [1, 2]}}",
        "PReLU('uniform', shared_axes=[1, 2])",
        (2, 2, 3),
    ),
    (
        "separable_conv2d: {{depthwise_kernel: {0}, pointwise_kernel: {1}, bias: {2}, padding: same}}",
        "SeparableConv2D(2, (2, 3), padding='same', depth_multiplier=2)",
        (4, 3, 3),
    ),
    (
        "separable_conv1d: {{depthwise_kernel: {0}, pointwise_kernel: {1}, bias: {2}, activation: tanh}}",
        "SeparableConv1D(2, 3, strides=1, activation='tanh')",
        (6, 2),
    ),
    (
        "time_distributed: {{layer: {{conv2d: {{kernel: {0}, bias: {1}, activation: softmax}}}}}}",
        "TimeDistributed(L.Conv2D(2, 2, activation='softmax'))",
        (2, 3, 3, 2),
    ),
    (
        "time_distributed: {{layer: {{dense: {{weights: {0}, bias: {1}}}}}}}",
        "TimeDistributed(L.Dense(3))",
        (4, 2),
    ),
]


@pytest.mark.parametrize(("word", "call", "shape"), LAYERS)
def test_values_are_those_of_keras(word, call, shape):
    layer = eval(f"L.{call}", {"L": keras.layers})
    x = np.random.default_rng(61).normal(size=shape).round(2)
    layer(x[None].astype("float32"))
    # Keras starts with a bias of 0.
    weights = [np.array(w) + 0.25 * (w.ndim == 1) for w in layer.get_weights()]
    layer.set_weights(weights)
    expected = keras.ops.convert_to_numpy(layer(x[None].astype("float32")))[0]
    text = word.format(*(w.tolist() for w in weights))
    found = answers(
        solution(
            f"input: {x.tolist()}\nlayers:\n  - {text}\nnotation: {{product: xW}}\nask: forward\n"
        )
    )

    np.testing.assert_allclose(list(found.values())[-1], expected, rtol=1e-5, atol=1e-6)
