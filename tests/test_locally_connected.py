"""A window with a kernel of its own at every place: by walking, beside a convolution, and counted."""

from itertools import product

import numpy as np
import pytest

import handcalc
from handcalc.errors import ProblemError
from handcalc.problem import parse
from support import answers, page, solution

RANDOM = np.random.default_rng(34)


def solved(rank, x, options, kernel, bias=None, slopes=None, order="last"):
    """Values of layer y and gradients by input, kernel and bias."""
    more = "" if bias is None else f", bias: {np.asarray(bias).tolist()}"
    text = (
        f"input: {np.asarray(x).tolist()}\nlayers:\n  - locally_connected{rank}d: {{name: y, {options}, "
        f"kernel: {np.asarray(kernel).tolist()}{more}}}\nnotation: {{channels: {order}}}\n"
    )
    if slopes is not None:
        text += f"output_gradient: {np.asarray(slopes).tolist()}\n"
    return answers(solution(text))


@pytest.mark.parametrize("order", ["last", "first"])
@pytest.mark.parametrize(
    ("spatial", "size", "strides"),
    [((5,), (2,), (1,)), ((6,), (3,), (2,)), ((3, 4), (2, 2), (1, 2)), ((4, 3), (3, 1), (1, 1))],
)
def test_every_place_by_walking(spatial, size, strides, order):
    """Loops over places, cells, channels and filters: b + Σ k·x, and the gradients on the same way."""
    channels, filters, rank = 2, 3, len(spatial)
    places = tuple((n - k) // s + 1 for n, k, s in zip(spatial, size, strides, strict=True))
    x = RANDOM.integers(-5, 6, (*spatial, channels))
    kernel = RANDOM.integers(-5, 6, (*places, *size, channels, filters))
    bias, slopes = RANDOM.integers(-5, 6, (2, *places, filters))
    y, dx, dk = bias.astype(float), np.zeros(x.shape), np.zeros(kernel.shape)
    for place in np.ndindex(places):
        for tap, c, f in product(np.ndindex(size), range(channels), range(filters)):
            cell = tuple(i * s + t for i, s, t in zip(place, strides, tap, strict=True))
            y[(*place, f)] += kernel[(*place, *tap, c, f)] * x[(*cell, c)]
            dx[(*cell, c)] += slopes[(*place, f)] * kernel[(*place, *tap, c, f)]
            dk[(*place, *tap, c, f)] += slopes[(*place, f)] * x[(*cell, c)]

    def written(a):
        """A kernel as the file has it: places × (cells·channels) × filters, or filters and channels first."""
        if order == "last":
            return a.reshape(np.prod(places), -1, filters)
        moved = np.moveaxis(a, (-1, -2), (0, 1 + rank))
        return moved.reshape(filters, np.prod(places), -1)

    def seen(a):
        return a if order == "last" else np.moveaxis(a, -1, 0)

    options = f"kernel_size: {list(size)}, strides: {list(strides)}"
    found = solved(rank, seen(x), options, written(kernel), seen(bias), seen(slopes), order)

    assert np.array(found["y"]).tolist() == seen(y).tolist()
    assert np.array(found["dE_dx"]).tolist() == seen(dx).tolist()
    assert np.array(found["dE_dK1"]).tolist() == written(dk).tolist()
    assert np.array(found["dE_dB1"]).tolist() == seen(slopes).tolist()


def test_the_same_kernel_everywhere_is_a_convolution():
    x, k = RANDOM.integers(-5, 6, (4, 5)), RANDOM.integers(-5, 6, (2, 3))
    slopes = RANDOM.integers(-5, 6, (3, 3))
    own = solved(2, x, "kernel_size: [2, 3]", np.tile(k.ravel(), (9, 1)), slopes=slopes)
    shared = answers(
        solution(
            f"input: {x.tolist()}\nlayers:\n  - conv2d: {{name: y, kernel: {k.tolist()}}}\noutput_gradient: {slopes.tolist()}\n"
        )
    )

    assert own["y"] == shared["y"]
    assert own["dE_dx"] == shared["dE_dx"]
    # A weight that is shared gets the gradients of all its places.
    assert np.sum(own["dE_dK1"], axis=0).tolist() == np.ravel(shared["dE_dK1"]).tolist()


def test_without_channels_a_row_is_a_place():
    """Three places over a list of four: 1·1 + 2·2, 0.5·2 - 1·(-1), 2·(-1) + 0·3, and their biases."""
    text = "input: [1, 2, -1, 3]\nlayers:\n  - locally_connected1d: {name: y, kernel_size: 2, kernel: [[1, 2], [0.5, -1], [2, 0]], bias: [0.1, 0.2, 0.3]}\n"
    found = answers(solution(text))

    assert found["y"] == pytest.approx([5.1, 2.2, -1.7], rel=1e-15)
    assert "y₂ = b2 + k₂₁·x2 + k₂₂·x3 = 0.2 + 0.5·2 + (-1)·(-1) = 2.2" in page(text)


def test_updates_of_samples_in_training():
    """One step of gradient descent, by hand: o = k₁₁x₁ + k₂₁x₂ with the mean over two samples."""
    text = """
samples:
  - {input: [1, 2], target: [0, 1]}
  - {input: [3, -1], target: [1, 0]}
layers:
  - locally_connected1d: {name: y, kernel_size: 1, kernel: [[0.5], [-0.5]], bias: [0, 1]}
loss: {mean_squared_error: {factor: sum}}
optimizer: {sgd: {learning_rate: 0.1}}
"""
    found = answers(solution(text))
    x, t = np.array([[1, 2], [3, -1]]), np.array([[0, 1], [1, 0]])
    k, b = np.array([0.5, -0.5]), np.array([0, 1])
    slopes = 2 * (k * x + b - t)

    np.testing.assert_allclose(np.ravel(found["K1_new"]), k - 0.1 * (slopes * x).mean(axis=0))
    assert found["b1_new"] == pytest.approx(b[0] - 0.1 * slopes[:, 0].mean())
    assert found["b2_new"] == pytest.approx(b[1] - 0.1 * slopes[:, 1].mean())


@pytest.mark.parametrize(
    ("layers", "shape", "count"),
    [
        # (30·30)·(3·3·3·64) + (30·30)·64, as the documentation of Keras 2 counts its 2D layer.
        ("locally_connected2d: {filters: 64, kernel_size: 3}", [32, 32, 3], 30 * 30 * 28 * 64),
        # Its example of the 1D layer: 8 places for 10 steps, 3·32 weights a filter at each.
        ("locally_connected1d: {filters: 64, kernel_size: 3}", [10, 32], 8 * 64 * (96 + 1)),
        ("locally_connected1d: {kernel_size: 3, use_bias: false}", [10], 8 * 3),
    ],
)
def test_published_counts(layers, shape, count):
    text = f"input: {{shape: {shape}}}\nlayers: [{{{layers}}}]\nask: [shapes, parameters, multiply_adds]\n"
    found = answers(solution(text))

    assert found["total_params"] == count
    bias = 0 if "false" in layers else np.prod(found["local1_shape"])
    assert found["total_multiply_adds"] == count - bias


def test_the_products_are_named():
    text = "input: {shape: [N, 5, 3]}\nlayers: [{locally_connected2d: {name: l, filters: 4, kernel_size: [3, 2]}}]\nask: [shapes, parameters]\n"
    found = " ".join(page(text).split())

    assert "kernel = rows·columns·kernel_rows·kernel_columns·channels·filters" in found
    assert "bias = rows·columns·filters" in found
    assert answers(solution(text))["l_shape"] == ["N - 2", 4, 4]


def test_in_symbols():
    text = "input: {shape: [3]}\nlayers:\n  - locally_connected1d: {name: y, kernel_size: 2, activation: sigmoid}\nask: [forward, gradients]\n"
    found = page(text)

    assert " = b2 + k₂₁·x2 + k₂₂·x3" in found
    assert "·k₁₂ + " in found
    assert "sympy = numpy" in found


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("{kernel_size: 2, padding: same}", "write valid, or zero_padding before the layer"),
        ("{kernel_size: 4}", "has a window of 4 but only 3 cells"),
        ("{kernel_size: 2, filters: 2}", "has several filters, but its input has no axis"),
        (
            "{kernel_size: 2, kernel: [[1, 2]]}",
            "a kernel of 1 × 2 numbers for 2 places with 2 weights each; write 2 × 2: places × cells",
        ),
        ("{kernel_size: 2, kernel: [[1, 2], [3, 4]], bias: [1]}", "write one for each cell"),
        ("{kernel_size: 2, bias: [1, 2], use_bias: false}", "use_bias: false; leave one out"),
        ("{kernel: [[1, 2], [3, 4]]}", "kernel_size is missing"),
    ],
)
def test_what_does_not_fit_is_said(options, said):
    with pytest.raises(ProblemError, match=said):
        handcalc.solve(parse(f"input: [1, 2, 3]\nlayers: [{{locally_connected1d: {options}}}]\n"))
