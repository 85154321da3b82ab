"""The derivation of the convolution layer: its matrices, its formulas, and its code as a second source."""

import numpy as np
import pytest
from scipy.signal import convolve2d, correlate2d

import handcalc
from handcalc.fields import read_array
from handcalc.formats import write
from support import answers, one

X = np.array([[1, 6, 2], [5, 3, 1], [7, 0, 4]])
K = np.array([[1, 2], [-1, 0]])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# --- cross-correlation and convolution -----------------------------------------------------------


def test_valid_cross_correlation_gives_the_printed_matrix():
    assert answers(handcalc.solve("correlation-3x3"))["valid"] == [[8, 7], [4, 5]]


def test_the_printed_sum_belongs_to_the_last_cell():
    """1·3 + 2·1 + (-1)·0 + 0·4 = 5."""
    found = handcalc.solve(handcalc.load("correlation-3x3"), ["valid[2,2]"])
    page = write(found, "terminal", width=120)

    assert found.answers["valid[2,2]"].value == 5
    assert "1·3 + 2·1 + (-1)·0 + 0·4 = 5" in page


def test_full_correlation_and_convolution_agree_with_scipy():
    found = answers(handcalc.solve("correlation-3x3"))

    assert found["full"] == correlate2d(X, K, "full").tolist()
    assert found["turned"] == convolve2d(X, K, "valid").tolist()
    assert found["turned"] == correlate2d(X, np.rot90(K, 2), "valid").tolist()


def test_the_size_with_the_question_mark_is_not_the_size():
    size = len(answers(handcalc.solve("correlation-3x3"))["valid"])

    assert size == 3 - 2 + 1
    assert size != 3 - (2 + 1)


# --- the layer in symbols ------------------------------------------------------------------------

FORWARD = """\
y₁₁ = b₁₁ + k₁₁·x₁₁ + k₁₂·x₁₂ + k₂₁·x₂₁ + k₂₂·x₂₂
y₁₂ = b₁₂ + k₁₁·x₁₂ + k₁₂·x₁₃ + k₂₁·x₂₂ + k₂₂·x₂₃
y₂₁ = b₂₁ + k₁₁·x₂₁ + k₁₂·x₂₂ + k₂₁·x₃₁ + k₂₂·x₃₂
y₂₂ = b₂₂ + k₁₁·x₂₂ + k₁₂·x₂₃ + k₂₁·x₃₂ + k₂₂·x₃₃"""
KERNEL = """\
∂E/∂k₁₁ = ∂E/∂y₁₁·x₁₁ + ∂E/∂y₁₂·x₁₂ + ∂E/∂y₂₁·x₂₁ + ∂E/∂y₂₂·x₂₂
∂E/∂k₁₂ = ∂E/∂y₁₁·x₁₂ + ∂E/∂y₁₂·x₁₃ + ∂E/∂y₂₁·x₂₂ + ∂E/∂y₂₂·x₂₃
∂E/∂k₂₁ = ∂E/∂y₁₁·x₂₁ + ∂E/∂y₁₂·x₂₂ + ∂E/∂y₂₁·x₃₁ + ∂E/∂y₂₂·x₃₂
∂E/∂k₂₂ = ∂E/∂y₁₁·x₂₂ + ∂E/∂y₁₂·x₂₃ + ∂E/∂y₂₁·x₃₂ + ∂E/∂y₂₂·x₃₃"""
BIAS = """\
∂E/∂b₁₁ = ∂E/∂y₁₁
∂E/∂b₁₂ = ∂E/∂y₁₂
∂E/∂b₂₁ = ∂E/∂y₂₁
∂E/∂b₂₂ = ∂E/∂y₂₂"""
INPUT = """\
∂E/∂x₁₁ = ∂E/∂y₁₁·k₁₁
∂E/∂x₁₂ = ∂E/∂y₁₁·k₁₂ + ∂E/∂y₁₂·k₁₁
∂E/∂x₁₃ = ∂E/∂y₁₂·k₁₂
∂E/∂x₂₁ = ∂E/∂y₁₁·k₂₁ + ∂E/∂y₂₁·k₁₁
∂E/∂x₂₂ = ∂E/∂y₁₁·k₂₂ + ∂E/∂y₁₂·k₂₁ + ∂E/∂y₂₁·k₁₂ + ∂E/∂y₂₂·k₁₁
∂E/∂x₂₃ = ∂E/∂y₁₂·k₂₂ + ∂E/∂y₂₂·k₁₂
∂E/∂x₃₁ = ∂E/∂y₂₁·k₂₁
∂E/∂x₃₂ = ∂E/∂y₂₁·k₂₂ + ∂E/∂y₂₂·k₂₁
∂E/∂x₃₃ = ∂E/∂y₂₂·k₂₂"""
CHAIN = "∂E/∂k₁₁ = ∂E/∂y₁₁·∂y₁₁/∂k₁₁ + ∂E/∂y₁₂·∂y₁₂/∂k₁₁ + ∂E/∂y₂₁·∂y₂₁/∂k₁₁ + ∂E/∂y₂₂·∂y₂₂/∂k₁₁"


@pytest.mark.parametrize("printed", [FORWARD, KERNEL, BIAS, INPUT, CHAIN])
def test_every_printed_formula_stands_on_the_page(printed):
    page = write(handcalc.solve("conv-layer-symbolic"), "terminal", width=160)
    lines = [line.strip() for line in page.splitlines()]

    for line in printed.splitlines():
        assert any(found.startswith(line) for found in lines), line


def test_the_star_of_the_input_gradient_is_a_convolution():
    """With the kernel as it stands the full product is not the gradient."""
    slope = np.array([[1.0, 2], [3, 4]])
    moved = np.zeros((3, 3))
    for i in range(3):
        for j in range(3):
            one_cell = np.zeros((3, 3))
            one_cell[i, j] = 1
            moved[i, j] = (correlate2d(one_cell, K, "valid") * slope).sum()

    assert np.array_equal(convolve2d(slope, K, "full"), moved)
    assert not np.array_equal(correlate2d(slope, K, "full"), moved)


# --- several channels: the code of the source ----------------------------------------------------

CHANNELS = np.array([X, [[0, 1, 2], [3, 0, 1], [2, 1, 0]]])
KERNELS = np.array([[K, [[0, 1], [1, 0]]], [[[2, 0], [0, -1]], [[1, -1], [0, 2]]]])
BIASES = np.array([[[1, 0], [0, 1]], [[0, -2], [1, 0]]])
GIVEN = np.array([[[1, 0], [-1, 2]], [[0, 1], [1, -1]]])


def test_several_channels_agree_with_the_code_of_the_source():
    output = BIASES.copy()
    kernels_gradient = np.zeros(KERNELS.shape)
    input_gradient = np.zeros(CHANNELS.shape)
    for i in range(2):
        for j in range(2):
            output[i] += correlate2d(CHANNELS[j], KERNELS[i, j], mode="valid")
            kernels_gradient[i, j] = correlate2d(CHANNELS[j], GIVEN[i], mode="valid")
            input_gradient[j] += convolve2d(GIVEN[i], KERNELS[i, j], mode="full")
    found = answers(handcalc.solve("conv-channels"))

    assert found["y"] == output.tolist()
    assert found["dE_dK1"] == kernels_gradient.tolist()
    assert found["dE_dB1"] == GIVEN.tolist()
    assert found["dE_dx"] == input_gradient.tolist()
    assert np.allclose(found["K1_new"], KERNELS - 0.1 * kernels_gradient, rtol=0, atol=1e-15)
    assert np.allclose(found["B1_new"], BIASES - 0.1 * GIVEN, rtol=0, atol=1e-15)


def test_a_bias_for_each_filter_takes_the_sum_of_its_cells():
    problem = handcalc.load("conv-channels")
    layer = problem.layers[0].model_copy(update={"bias": read_array([3, 4])})
    changed = problem.model_copy(update={"layers": (layer,)})
    found = answers(handcalc.solve(changed, ["dE_db1", "dE_db2"]))

    assert [found["dE_db1"], found["dE_db2"]] == GIVEN.sum((1, 2)).tolist()


def test_reshape_keeps_the_numbers_and_gives_the_gradient_its_shape_back():
    found = answers(handcalc.solve("reshape-layer"))
    given = np.array([0.1, -0.2, 0.3, -0.4, 0.5, -0.6, 0.7, -0.8])

    assert found["y"] == np.reshape(np.arange(1, 9), (8, 1)).tolist()
    assert found["dE_dx"] == np.reshape(given, (2, 2, 2)).tolist()


# --- the classifier ------------------------------------------------------------------------------


def classify(k, b, w1, b1, w2, b2):
    """Forward and backward, in the words of the source."""
    x = np.array([[0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 0, 1], [0, 1, 1, 0]])
    true = np.array([1, 0])
    c = sigmoid(b + correlate2d(x, k, "valid"))
    column = c.reshape(4)
    h = sigmoid(w1 @ column + b1)
    o = sigmoid(w2 @ h + b2)
    error = np.mean(-true * np.log(o) - (1 - true) * np.log(1 - o))
    prime = ((1 - true) / (1 - o) - true / o) / 2
    at_o = prime * o * (1 - o)
    at_h = (w2.T @ at_o) * h * (1 - h)
    at_c = (w1.T @ at_h).reshape(2, 2) * c * (1 - c)
    gradients = [
        correlate2d(x, at_c, "valid"),
        at_c,
        np.outer(at_h, column),
        at_h,
        np.outer(at_o, h),
        at_o,
    ]
    return o, error, gradients


PARAMETERS = [
    np.array([[0.1, 0.4, -0.2], [-0.3, 0.2, 0.1], [0.2, -0.1, 0.3]]),
    np.array([[0.1, -0.1], [0, 0.2]]),
    np.array([[0.5, -0.4, 0.3, 0.1], [-0.2, 0.6, 0.4, -0.5]]),
    np.array([0.1, -0.1]),
    np.array([[0.7, -0.3], [-0.6, 0.4]]),
    np.array([0, 0.1]),
]


def test_the_classifier_agrees_with_a_backward_pass_written_out():
    found = answers(handcalc.solve("conv-classifier"))
    o, error, gradients = classify(*PARAMETERS)
    after = [p - 0.5 * g for p, g in zip(PARAMETERS, gradients, strict=True)]
    near = {"rtol": 0, "atol": 1e-15}

    assert np.allclose([found["o1_out"], found["o2_out"]], o, **near)
    assert np.isclose(found["E"], error, **near)
    assert np.allclose(found["dE_dK1"], gradients[0], **near)
    assert np.allclose(found["dE_dB1"], gradients[1], **near)
    assert np.allclose(
        [found[f"dE_dw{n}"] for n in range(1, 13)],
        [*gradients[2].ravel(), *gradients[4].ravel()],
        **near,
    )
    assert np.allclose(
        [found[f"dE_db{n}"] for n in range(1, 5)], [*gradients[3], *gradients[5]], **near
    )
    assert np.allclose(found["K1_new"], after[0], **near)
    assert np.isclose(found["E_new"], classify(*after)[1], **near)


def test_binary_cross_entropy_has_both_terms_under_the_sum():
    """1/2·(-ln o₁ - ln(1 - o₂)) for the target 1, 0."""
    value, _ = one(handcalc.load("conv-classifier"), "E")
    o1, o2 = (one(handcalc.load("conv-classifier"), f"o{n}_out")[0] for n in (1, 2))

    assert value == pytest.approx((-np.log(o1) - np.log(1 - o2)) / 2, rel=1e-14)
