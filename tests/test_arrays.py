"""Dense layers and softmax on arrays: the same neurons for every row, shares along an axis."""

import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st

import handcalc
from handcalc.operations.affine import Affine
from handcalc.problem import parse
from support import answers, page, solution

RANDOM = np.random.default_rng(21)


def _values(x, layer: str, more: str = "") -> np.ndarray:
    text = f"input: {np.asarray(x).tolist()}\nlayers:\n  - {layer}\nask: forward\n{more}"
    return np.array(list(answers(solution(text)).values())[-1])


ROWS = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 1.0]])
WEIGHTS, BIAS = np.array([[0.1, 0.2], [0.3, -0.4]]), np.array([0.5, -0.5])
SLOPES = np.array([[1.0, -1.0], [0.5, 2.0], [-3.0, 0.25]])
TEXT = f"""
input: {ROWS.tolist()}
layers:
  - dense: {{name: h, weights: {WEIGHTS.tolist()}, bias: {BIAS.tolist()}}}
output_gradient: {SLOPES.tolist()}
"""


def test_every_row_goes_through_the_same_neurons():
    found = answers(solution(TEXT))

    np.testing.assert_allclose(found["h"], [WEIGHTS @ row + BIAS for row in ROWS], rtol=1e-12)


def test_a_weight_has_a_path_through_each_row():
    """∂E/∂W = Σ g_r x_rᵀ and ∂E/∂b = Σ g_r, the rows one by one; w1, w2, … count W row by row."""
    found = answers(solution(TEXT))
    by_weights = sum(np.outer(g, x) for g, x in zip(SLOPES, ROWS, strict=True))

    np.testing.assert_allclose(
        [found[f"dE_dw{i}"] for i in (1, 2, 3, 4)], by_weights.flat, rtol=1e-12
    )
    np.testing.assert_allclose([found["dE_db1"], found["dE_db2"]], SLOPES.sum(axis=0), rtol=1e-12)
    assert "w1 reaches the loss along 3 paths, one through each value it goes into:" in page(TEXT)


def test_rows_are_found_by_their_keys():
    text = f"input: {ROWS.tolist()}\nlayers: [{{dense: {{name: h, weights: [[0.1, 0.2]], bias: 0.5, activation: tanh}}}}]"
    found = handcalc.solve(parse(text), ["h_in[2,1]", "h[2,1]"]).answers

    assert found["h_in[2,1]"].value == pytest.approx(0.1 * 3 + 0.2 * -1 + 0.5)
    assert found["h[2,1]"].value == pytest.approx(np.tanh(0.6))


def test_weights_of_a_row_an_input():
    weights = RANDOM.integers(-5, 6, (2, 4))
    layer = f"dense: {{weights: {weights.tolist()}}}"

    found = _values(ROWS, layer, "notation: {product: xW}\n")

    np.testing.assert_allclose(found, ROWS @ weights, rtol=1e-12)


def test_a_dense_layer_on_rows_is_a_convolution_of_one_cell():
    """The 1 × 1 kernel holds the same numbers, an input a row."""
    x, weights = RANDOM.integers(-5, 6, (2, 3, 4)), RANDOM.integers(-5, 6, (2, 4))
    kernel = weights.T[None, None].tolist()

    rows = _values(x, f"dense: {{name: y, weights: {weights.tolist()}}}")
    cells = _values(x, f"conv2d: {{name: y, kernel: {kernel}}}")

    assert rows.tolist() == cells.tolist()


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.sampled_from(["", "first", "last"]))
def test_rows_of_an_array_are_worked_as_lists_are(rows, units, constant):
    """Forwards row by row; backwards the sum over the rows."""
    x = RANDOM.normal(size=(2, rows, 2, 3))
    W = RANDOM.normal(size=(units, 3 + bool(constant)))
    b = () if constant else (RANDOM.normal(size=units),)
    affine = Affine(constant=constant)
    z = affine.forward(x, W, *b)
    g = RANDOM.normal(size=z.shape)
    dx, dW, *db = affine.backward(g, z, x, W, *b)
    for s in range(2):
        lists, slopes = x[s].reshape(-1, 3), g[s].reshape(-1, units)
        alone = affine.backward(slopes, slopes, lists, W, *b)

        np.testing.assert_allclose(z[s].reshape(-1, units), affine.forward(lists, W, *b))
        np.testing.assert_allclose(dx[s].reshape(-1, 3), alone[0])
        np.testing.assert_allclose(dW[s], alone[1].sum(axis=0), atol=1e-12)
        if db:
            np.testing.assert_allclose(db[0][s], alone[2].sum(axis=0), atol=1e-12)


@pytest.mark.parametrize(("option", "axis"), [("", -1), ("axis: 1", 0), ("axis: 2", 1)])
def test_softmax_along_an_axis(option, axis):
    x = RANDOM.normal(size=(2, 3, 4)).round(2)

    found = _values(x, f"softmax: {{{option}}}" if option else "softmax")

    np.testing.assert_allclose(found, scipy.special.softmax(x, axis=axis), rtol=1e-12)


def test_softmax_keeps_to_the_last_axis_with_channels_first():
    """Keras' layer knows of no channels."""
    x = RANDOM.normal(size=(2, 3, 4)).round(2)

    found = _values(x, "softmax", "notation: {channels: first}\n")

    np.testing.assert_allclose(found, scipy.special.softmax(x, axis=-1), rtol=1e-12)


@pytest.mark.parametrize(("channels", "axis"), [("last", -1), ("first", 0)])
def test_a_convolution_shares_along_its_channels(channels, axis):
    x = RANDOM.integers(-3, 4, (3, 3, 3))
    kernel = RANDOM.integers(-3, 4, (2, 3, 1, 1) if channels == "first" else (1, 1, 3, 2))
    layer = f"name: y, kernel: {kernel.tolist()}"
    notation = f"notation: {{channels: {channels}}}\n"
    sums = _values(x, f"conv2d: {{{layer}}}", notation)

    found = _values(x, f"conv2d: {{{layer}, activation: softmax}}", notation)

    np.testing.assert_allclose(found, scipy.special.softmax(sums, axis=axis), rtol=1e-12)
    np.testing.assert_allclose(found.sum(axis=axis), 1, rtol=1e-12)


def test_normalize_divides_each_row_by_its_sum():
    found = _values([[1, 3], [2, 6], [5, 5]], "activation: {function: normalize}")

    np.testing.assert_allclose(found, [[0.25, 0.75], [0.25, 0.75], [0.5, 0.5]], rtol=1e-15)


def test_the_gradient_of_shares_stays_within_its_row():
    """J = diag(p) - p·pᵀ of each row by itself."""
    x, g = RANDOM.normal(size=(2, 3)).round(2), RANDOM.normal(size=(2, 3)).round(2)
    text = f"input: {x.tolist()}\nlayers: [{{softmax: {{name: y}}}}]\noutput_gradient: {g.tolist()}"
    found = answers(solution(text))["dE_dx"]
    for row, slopes, received in zip(scipy.special.softmax(x, axis=1), g, found, strict=True):
        np.testing.assert_allclose(
            received, (np.diag(row) - np.outer(row, row)) @ slopes, atol=1e-12
        )


def test_a_receptive_field_passes_shares_of_channels_but_not_of_columns():
    """The cells of a row are no channels: their shares depend on the whole row."""
    text = (
        "input: {{shape: [6, 6, 2]}}\nlayers:\n  - conv2d: {{filters: 2, kernel_size: 3}}\n"
        "  - softmax: {{axis: {}}}\n  - conv2d: {{filters: 1, kernel_size: 3}}\nask: receptive_field\n"
    )

    assert "conv2 = field + (k - 1)·jump = 3 + (3 - 1)·1 = 5" in page(text.format(3))
    assert "conv2 = " not in page(text.format(2))


@pytest.mark.parametrize("batch", ["mean", "sum"])
def test_samples_share_the_weights_too(batch):
    samples = "".join(
        f"  - {{input: {(k * ROWS).tolist()}, target: [[1], [0], [1]]}}\n" for k in (1, 2)
    )
    text = (
        f"samples:\n{samples}layers:\n  - dense: {{name: h, weights: [[0.1, 0.2]]}}\n"
        f"loss: {{mean_squared_error: {{factor: half_sum}}}}\nbatch: {batch}\n"
        "optimizer: {sgd: {learning_rate: 0.1}}\n"
    )
    found = answers(solution(text))
    x = np.concatenate([ROWS, 2 * ROWS])
    miss = x @ [0.1, 0.2] - np.tile([1, 0, 1], 2)
    whole = x.T @ miss / (2 if batch == "mean" else 1)

    np.testing.assert_allclose([found["dE_dw1"], found["dE_dw2"]], whole, rtol=1e-12)
    np.testing.assert_allclose(found["w1_new"], 0.1 - 0.1 * whole[0], rtol=1e-12)


def test_without_numbers_the_rows_are_equations():
    text = "input: {shape: [2, 2]}\nlayers:\n  - dense: {name: h, units: 1}\n  - softmax: {name: p, axis: 1}\n"

    assert "h₂₁ = w1·x₂₁ + w2·x₂₂ + b1" in page(text)
    assert "p₁₁ = e^(h₁₁)/(e^(h₁₁) + e^(h₂₁))" in page(text)
