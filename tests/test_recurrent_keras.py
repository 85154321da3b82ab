"""Recurrent layers against Keras, forwards: GRU with the reset gate on both sides, LSTM with its stacked order."""

import os

import numpy as np
import pytest

from recurrent_loops import close, found

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")
SINGLE = 1e-6
"""Keras goes through single precision on the way."""
pytestmark = [pytest.mark.frameworks, pytest.mark.filterwarnings("ignore")]


@pytest.mark.parametrize(
    ("word", "kind", "options"),
    [
        ("simple_rnn", "SimpleRNN", {}),
        ("lstm", "LSTM", {}),
        ("gru", "GRU", {"reset_after": True}),
        ("gru", "GRU", {"reset_after": False}),
    ],
)
def test_the_numbers_of_a_keras_layer_go_into_the_file_as_they_are(word, kind, options):
    """Kernels with a row for each input; of two biases of a GRU the second is that of the state."""
    keras.utils.set_random_seed(3)
    x = np.random.default_rng(3).normal(size=(3, 2))
    layer = getattr(keras.layers, kind)(
        2, return_sequences=True, bias_initializer="glorot_uniform", dtype="float64", **options
    )
    expected = keras.ops.convert_to_numpy(layer(x[None]))[0]
    kernel, recurrent, bias = (np.array(w) for w in layer.get_weights())
    biases = dict(zip(("bias", "recurrent_bias"), np.atleast_2d(bias), strict=False))
    fields = {"weights": kernel, "recurrent_weights": recurrent, **biases, **options}
    answers = found(
        "l_h1",
        "l_h2",
        "l_h3",
        input=x,
        layers=[{word: {"name": "l", **fields}}],
        notation={"product": "xW"},
    )

    for t, h in enumerate(expected, start=1):
        close(answers[f"l_h{t}"], h, SINGLE)
