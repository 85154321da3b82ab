"""The article on the mathematics of CNNs: its patches, its five factors, and what its code leaves out."""

import numpy as np
import pytest
from scipy.signal import correlate2d

import handcalc
from handcalc.network import build
from handcalc.problem import load, parse
from support import answers

IMAGE = np.array([[1, 7, 2], [11, 1, 23], [2, 2, 2]])
FILTER = np.array([[1, 1], [0, 1]])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@pytest.mark.parametrize(
    ("cell", "printed"), [((0, 0), 9), ((0, 1), 32), ((1, 0), 14), ((1, 1), 26)]
)
def test_each_printed_patch_sum(cell, printed):
    found = answers(handcalc.solve("conv-patches"))["conv1"]

    assert found[cell[0]][cell[1]] == printed


def test_the_output_has_the_printed_size():
    """(n - f + 1) × (n - f + 1) with n = 3 and f = 2."""
    assert np.shape(answers(handcalc.solve("conv-patches"))["conv1"]) == (2, 2)


def test_the_filter_of_the_patches_is_not_turned():
    assert np.array_equal(np.rot90(FILTER, 2), [[1, 0], [1, 1]])
    assert not np.array_equal(
        correlate2d(IMAGE, np.rot90(FILTER, 2), "valid"), correlate2d(IMAGE, FILTER, "valid")
    )


# --- the five factors ----------------------------------------------------------------------------

X = np.array([[0.1, 0.7, 0.2], [1.0, 0.1, 0.9], [0.2, 0.2, 0.2]])
F = np.array([[0.5, -0.3], [0.2, 0.4]])
W = np.array([0.4, -0.6, 0.3, 0.8])
B = 0.1


def forward(f, w, b):
    a1 = sigmoid(correlate2d(X, f, "valid"))
    o = sigmoid(w @ a1.ravel() + b)
    return a1, o, (1 - o) ** 2 / 2


def test_the_five_factors_of_the_source():
    a1, o, error = forward(F, W, B)
    e_o = -(1 - o)
    o_z2 = o * (1 - o)
    z2_a1 = W.reshape(2, 2)
    a1_z1 = a1 * (1 - a1)
    filters = correlate2d(X, e_o * o_z2 * z2_a1 * a1_z1, "valid")
    weights = e_o * o_z2 * a1.ravel()
    bias = e_o * o_z2
    found = answers(handcalc.solve("conv-dense"))
    near = {"rtol": 0, "atol": 1e-15}

    assert np.isclose(found["E"], error, **near)
    assert np.isclose(found["dE_do1_out"], e_o, **near)
    assert np.allclose(found["dE_dK1"], filters, **near)
    assert np.allclose([found[f"dE_dw{n}"] for n in (1, 2, 3, 4)], weights, **near)
    assert np.isclose(found["dE_db1"], bias, **near)
    assert np.allclose(found["K1_new"], F - 0.5 * filters, **near)
    assert np.allclose([found[f"w{n}_new"] for n in (1, 2, 3, 4)], W - 0.5 * weights, **near)
    assert np.isclose(found["b1_new"], B - 0.5 * bias, **near)
    assert np.isclose(
        found["E_new"], forward(F - 0.5 * filters, W - 0.5 * weights, B - 0.5 * bias)[2], **near
    )


def test_the_gradient_of_the_filter_needs_the_factor_that_the_code_leaves_out():
    """Central differences give the gradient with A1·(1 - A1), not the one without."""
    _, o, _ = forward(F, W, B)
    without = correlate2d(X, -(1 - o) * o * (1 - o) * W.reshape(2, 2), "valid")
    slopes = np.zeros((2, 2))
    for i in (0, 1):
        for j in (0, 1):
            step = np.zeros((2, 2))
            step[i, j] = 1e-5
            slopes[i, j] = (forward(F + step, W, B)[2] - forward(F - step, W, B)[2]) / 2e-5
    found = np.array(answers(handcalc.solve("conv-dense"))["dE_dK1"])

    assert np.allclose(found, slopes, rtol=0, atol=1e-10)
    assert np.abs(found - without).max() > 0.01


def test_updating_the_weights_first_gives_another_filter():
    """The code takes W after its update into the gradient of f: update: sequential."""
    problem = handcalc.load("conv-dense")
    a1, o, _ = forward(F, W, B)
    delta = -(1 - o) * o * (1 - o)
    updated = (W - 0.5 * delta * a1.ravel()).reshape(2, 2)
    filters = correlate2d(X, delta * updated * a1 * (1 - a1), "valid")
    found = answers(handcalc.solve(problem.model_copy(update={"update": "sequential"})))["K1_new"]

    assert np.allclose(found, F - 0.5 * filters, rtol=0, atol=1e-15)
    assert not np.allclose(found, answers(handcalc.solve(problem))["K1_new"], rtol=0, atol=1e-5)


# --- what the notes say about the code -----------------------------------------------------------


def test_np_resize_puts_numbers_of_one_filter_into_all():
    by_filter = np.repeat([0, 1, 2], 4)

    assert np.array_equal(np.resize(by_filter, (2, 2, 3))[0, 0], [0, 0, 0])
    assert np.array_equal(by_filter.reshape(3, 2, 2).transpose(1, 2, 0)[0, 0], [0, 1, 2])


def test_the_code_stops_at_the_fourth_image():
    """Its array has the filters on the last axis, three of them; the index l counts images."""
    error_wrt_filter_output = np.zeros((24, 24, 3))
    third = error_wrt_filter_output[:, :, 2]

    assert third.shape == (24, 24)
    with pytest.raises(IndexError):
        error_wrt_filter_output[:, :, 3]


def test_the_mean_before_the_product_is_another_gradient():
    gradients = np.array([1.0, -1.0])
    inputs = np.array([2.0, 4.0])

    assert np.mean(gradients * inputs) == -1
    assert np.mean(np.mean(gradients) * inputs) == 0


# --- its program, by its formulas and with each of its slips ----------------------------------------


def filter_gradient(slip: str = "") -> "np.ndarray":
    """∂E/∂f over the four images of the problem as numpy has it, with one of the printed program's slips."""
    given = build(load("digits-above-4")).arrays
    x, y, f, w = given["x"][:, 0], given["t"][:, 0], given["c.kernel"][:, 0], given["z.weights"][0]
    patches = np.lib.stride_tricks.sliding_window_view(x, (5, 5), axis=(1, 2))
    a1 = sigmoid(np.einsum("ipqmn,kmn->ikpq", patches, f))
    s = a1.reshape(len(x), -1)
    z = (s @ w - (s @ w).mean()) / (s @ w).std()
    o = sigmoid(z)
    to_z = (o - y) * o * (1 - o) / len(x)
    if slip != "standardization":
        to_z = (to_z - to_z.mean() - z * (to_z * z).mean()) / (s @ w).std()
    carried = w - 1.0 * to_z @ s if slip == "updated" else w
    to_a = (to_z[:, None] * carried).reshape(a1.shape)
    to_z1 = to_a if slip == "slope" else to_a * a1 * (1 - a1)
    if slip == "averaged":
        to_z1 = np.broadcast_to(to_z1.mean(axis=0), to_z1.shape)
    if slip == "resize":
        to_z1 = np.array([np.resize(one.ravel(), (4, 4, 3)).transpose(2, 0, 1) for one in to_z1])
    return np.einsum("ipqmn,ikpq->kmn", patches, to_z1)


def test_the_filter_update_is_that_of_its_formulas():
    solution = handcalc.solve("digits-above-4")
    gradient = np.array(solution.answers["dE_dK1"].value)[:, 0]
    new = np.array(solution.answers["K1_new"].value)[:, 0]
    before = build(load("digits-above-4")).arrays["c.kernel"][:, 0]

    assert gradient == pytest.approx(filter_gradient(), abs=1e-14)
    assert new == pytest.approx(before - filter_gradient(), abs=1e-14)


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        ("slope", "computed and never used"),
        ("updated", "updated before they carry"),
        ("averaged", "averaged over the images"),
        ("standardization", "passed over on the way back"),
        ("resize", "np.resize"),
    ],
)
def test_each_slip_gives_the_number_that_its_note_says(slip, said):
    (note,) = (note for note in load("digits-above-4").notes if said in note)

    assert note.endswith(f"{filter_gradient(slip)[1, 0, 0]:.6f}.")
    assert f"{filter_gradient()[1, 0, 0]:.6f}" not in note


def test_the_program_ends_at_the_fourth_image():
    """error[:, :, l] with the number of the image in the place of the filter's: there are three filters."""
    error = np.zeros((4, 4, 3))

    assert [error[:, :, image].shape for image in range(3)] == [(4, 4)] * 3
    with pytest.raises(IndexError, match="index 3 is out of bounds"):
        error[:, :, 3]


def test_the_shapes_of_200_images():
    """Patches and sums of the article's program, from the problem with 28 × 28 pixels and no numbers."""
    text = """
input: {shape: [28, 28, 1]}
layers:
  - conv2d: {name: c, filters: 3, kernel_size: 5, bias: none}
  - flatten
  - dense: {units: 1, bias: none}
ask: [shapes, parameters]
"""
    found = handcalc.solve(parse(text)).answers

    assert found["c_shape"].value == [24, 24, 3]
    assert 24 * 24 == 576
    assert found["dense1_params"].value == 3 * 576
