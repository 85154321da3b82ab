"""The tutorial on CNNs: its exercises with their printed solutions, and what it says about slopes."""

import numpy as np
import pytest
from scipy.signal import convolve2d, correlate2d

import handcalc
from support import answers


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# --- printed solutions ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("shape-5x5-valid", [3, 3]),
        ("shape-6x6-same", [6, 6]),
        ("shape-7x7-stride-2", [3, 3]),
        ("shape-8x8-stride-2", [2, 2]),
        ("shape-10x5-same", [10, 5]),
    ],
)
def test_each_printed_output_shape(name, printed):
    assert answers(handcalc.solve(name))["conv1_shape"] == printed


def test_the_formula_without_the_floor_gives_no_whole_number():
    assert (8 - 5 + 2 * 0) / 2 + 1 == 2.5


IMAGE = np.array(
    [
        [20, 35, 35, 35, 35, 20],
        [29, 46, 44, 42, 42, 27],
        [16, 25, 21, 19, 19, 12],
        [66, 120, 116, 154, 114, 62],
        [74, 216, 174, 252, 172, 112],
        [70, 210, 170, 250, 170, 110],
    ]
)


def test_all_sixteen_printed_numbers_of_the_convolution():
    found = answers(handcalc.solve("eight-neighbours"))

    assert found["conv1"] == [
        [225, 258, 250, 209],
        [458, 566, 552, 472],
        [708, 981, 887, 802],
        [1000, 1488, 1320, 1224],
    ]
    assert found["pool1"] == [[566, 552], [1488, 1320]]


def test_the_convolution_adds_the_neighbours():
    """The sum of the 3 × 3 cells without the one in the middle."""
    windows = np.lib.stride_tricks.sliding_window_view(IMAGE, (3, 3))

    assert (
        answers(handcalc.solve("eight-neighbours"))["conv1"]
        == (windows.sum((2, 3)) - IMAGE[1:-1, 1:-1]).tolist()
    )


def test_the_printed_example_of_a_sliding_filter_is_a_slip():
    """The source prints 24."""
    products = [3 * 0, 3 * 1, 2 * 2, 0 * 2, 0 * 2, 1 * 0, 3 * 0, 1 * 1, 2 * 2]

    assert products == [0, 3, 4, 0, 0, 0, 0, 1, 4]
    assert sum(products) == 12


def test_average_pooling_gives_the_printed_matrix():
    assert answers(handcalc.solve("average-pooling-4x4"))["pool1"] == [[3.5, 5.5], [11.5, 13.5]]


# --- forward and backward through ReLU and pooling -----------------------------------------------

X = np.array([[0, 2, 3, 3, 1], [2, 3, 2, 1, 2], [3, 3, 3, 1, 2], [2, 1, 0, 0, 2], [2, 2, 1, 2, 0]])
K = np.array([[-2.0, 2], [-1, 1]])
W = np.array([0.2, -0.3, 0.5, 0.1])


def loss(k, b1, w, b2):
    c = np.maximum(0, correlate2d(X, k, "valid") + b1)
    pooled = c.reshape(2, 2, 2, 2).max((1, 3))
    o = sigmoid(w @ pooled.ravel() + b2)
    return (o - 1) ** 2 / 2


def test_relu_and_pooling_forward():
    found = answers(handcalc.solve("cnn-relu-pool"))
    sums = correlate2d(X, K, "valid")

    assert found["c_in"] == sums.tolist()
    assert found["c"] == np.maximum(0, sums).tolist()
    assert found["p"] == [[5, 3], [0, 4]]
    assert found["L"] == pytest.approx(loss(K, 0, W, -0.2), rel=1e-14)


def test_the_gradients_through_relu_and_pooling_are_central_differences():
    found = answers(handcalc.solve("cnn-relu-pool"))
    start = np.array([*K.ravel(), 0, *W, -0.2])

    def at(p):
        return loss(p[:4].reshape(2, 2), p[4], p[5:9], p[9])

    slopes = [(at(start + d) - at(start - d)) / 2e-5 for d in 1e-5 * np.eye(10)]
    names = ["dL_db1", "dL_dw1", "dL_dw2", "dL_dw3", "dL_dw4", "dL_db2"]
    gradients = [*np.ravel(found["dL_dK1"]), *(found[name] for name in names)]

    assert np.allclose(gradients, slopes, rtol=0, atol=1e-9)


def test_the_window_of_negative_sums_sends_nothing_to_the_kernel():
    found = answers(handcalc.solve("cnn-relu-pool"))
    below = np.array(found["c_in"])[2:, :2]

    assert (below < 0).all()
    assert found["dL_dp"][1][0] != 0
    assert (np.array(found["dL_dc_in"])[2:, :2] == 0).all()


def test_the_gradient_that_is_made_a_matrix_again_is_that_of_the_input_of_the_dense_layer():
    found = answers(handcalc.solve("cnn-relu-pool"))
    delta = (found["o1_out"] - 1) * found["o1_out"] * (1 - found["o1_out"])

    assert np.allclose(found["dL_dp"], (delta * W).reshape(2, 2), rtol=1e-14)


def test_a_step_with_plus_goes_uphill():
    found = answers(handcalc.solve("cnn-relu-pool"))
    gradient = np.array([found[f"dL_dw{n}"] for n in (1, 2, 3, 4)])

    assert loss(K, 0, W + 0.1 * gradient, -0.2) > found["L"] > found["L_new"]


def test_the_transposed_filter_is_not_the_turned_one():
    delta = np.array([[1.0, 2], [3, 4]])

    assert not np.array_equal(K.T, np.rot90(K, 2))
    assert not np.array_equal(
        correlate2d(delta, K.T, "full"), correlate2d(delta, np.rot90(K, 2), "full")
    )
    assert np.array_equal(correlate2d(delta, np.rot90(K, 2), "full"), convolve2d(delta, K, "full"))


# --- activations ---------------------------------------------------------------------------------


def test_relu_and_leaky_relu_of_the_same_values():
    """max(0, z) and max(0.01·z, z), as the source writes them."""
    z = np.array([-4, -1, 0.5, 3])
    found = answers(handcalc.solve("leaky-relu"))

    assert found["r"] == np.maximum(0, z).tolist()
    assert found["l"] == np.maximum(0.01 * z, z).tolist()


def test_the_maximum_is_not_leaky_relu_for_a_large_alpha():
    assert max(2 * 3, 3) != 3


def test_the_gradient_vanishes_along_the_chain():
    """∂L/∂w_n is (a₆ - t) times the slopes behind it times its input, all weights being 1."""
    a = [1.0]
    for _ in range(6):
        a.append(sigmoid(a[-1]))
    found = answers(handcalc.solve("vanishing-gradient"))

    for n in range(1, 7):
        slopes = np.prod([v * (1 - v) for v in a[n:]])

        assert found[f"dL_dw{n}"] == pytest.approx(a[6] * slopes * a[n - 1], rel=1e-13)
    assert found["dL_dw1"] < found["dL_dw6"] / 1000


def test_no_slope_of_the_chain_is_small_because_of_a_large_z():
    found = answers(handcalc.solve("vanishing-gradient"))

    assert all(0.6 < found[f"z{n}"][0] <= 1 for n in range(1, 7))


# --- the two kernels -----------------------------------------------------------------------------

PICTURE = np.zeros((7, 7))
PICTURE[1] = 1
PICTURE[4, 3] = 1
F1 = np.array([[-10] * 3, [5] * 3, [-10] * 3])
F2 = np.array([[2, 2, 2], [2, -12, 2], [2, 2, 2]])


def conv2d_nopadding(image, kernel):
    """The code of the source, which computes the output twice."""
    height, width = kernel.shape
    rows, columns = image.shape[0] - height + 1, image.shape[1] - width + 1
    first, output = np.zeros((rows, columns)), np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            for k in range(height):
                for m in range(width):
                    first[i][j] += image[i + k][j + m] * kernel[k][m]
            output[i, j] = np.sum(image[i : i + height, j : j + width] * kernel)
    assert np.array_equal(first, output)
    return output


@pytest.mark.parametrize(("key", "kernel"), [("f1", F1), ("f2", F2)])
def test_both_kernels_agree_with_the_code_of_the_source(key, kernel):
    found = answers(handcalc.solve("kernels-f1-f2"))[key]

    assert found == conv2d_nopadding(PICTURE, kernel).tolist()


def test_what_the_notes_say_of_line_and_point():
    found = answers(handcalc.solve("kernels-f1-f2"))
    f1, f2 = np.array(found["f1"]), np.array(found["f2"])

    assert (f1[0] == 15).all()
    assert (f1[1] == -30).all()
    assert f1[2:].max() == 5
    assert f2[3, 2] == -12
    around = [f2[3 + i, 2 + j] for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
    assert around == [2] * 8
    assert (f2[0] == -8).all()
    assert (f2[1] == f2.max()).all()
    assert (F1.sum(), F2.sum()) == (-45, 4)
