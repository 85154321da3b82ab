"""The lecture notes on CNNs: their numbers, and what their code computes beside the definition."""

import numpy as np
import pytest
from scipy.signal import convolve2d, correlate2d

import handcalc
from support import answers

# --- convolution in one dimension ----------------------------------------------------------------


def test_the_sum_of_the_definition():
    """s(t) = Σ x(a)·w(t - a), with x and w zero where they are not given."""
    x = dict(enumerate([2, 1, 3, 0, 4]))
    w = dict(enumerate([1, 2, -1]))
    s = [sum(v * w.get(t - a, 0) for a, v in x.items()) for t in range(-2, 9)]
    found = answers(handcalc.solve("convolution-1d"))["s"]

    assert s == [0, 0, *found, 0, 0]
    assert found == np.convolve(list(x.values()), list(w.values())).tolist()


# --- edges ---------------------------------------------------------------------------------------

IMAGE = np.zeros((6, 6))
IMAGE[2:5, 2:5] = 9
HORIZONTAL = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]])
VERTICAL = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])
PRINTED = np.array([[-1, 0, -1], [0, 0, 0], [-1, 0, -1]])
KERNELS = {"h": HORIZONTAL, "v": VERTICAL, "both": HORIZONTAL + VERTICAL, "printed": PRINTED}


def conv_im_kernel(im, kernel):
    """The code of the source."""
    im_h, im_w = im.shape
    new_im = np.zeros(im.shape)
    for i in range(1, im_h - 2):
        for j in range(1, im_w - 2):
            im_ij = im[i : i + 3, j : j + 3]
            new_im[i, j] = np.sum(np.multiply(im_ij, kernel))
    return new_im


@pytest.mark.parametrize("key", KERNELS)
def test_each_kernel_agrees_with_scipy(key):
    found = answers(handcalc.solve("edges-small"))[key]

    assert found == correlate2d(IMAGE, KERNELS[key], "valid").tolist()


def test_the_combined_edges_are_the_sum_of_both():
    found = answers(handcalc.solve("edges-small"))

    assert np.array_equal(np.add(found["h"], found["v"]), found["both"])


def test_the_printed_vertical_kernel_cannot_tell_left_from_right():
    found = answers(handcalc.solve("edges-small"))

    assert found["v"][2] == [27, 27, 0, -27]
    assert [found["printed"][2][j] for j in (0, 1, 3)] == [-18, -18, -18]
    assert np.array_equal(np.fliplr(PRINTED), PRINTED)
    assert np.array_equal(np.fliplr(VERTICAL), -VERTICAL)
    assert PRINTED.sum() == -4


@pytest.mark.parametrize("key", KERNELS)
def test_the_code_of_the_source_leaves_out_a_row_and_a_column(key):
    """Rows and columns 2 to 4 hold the outputs of the same cells; 7 of 16 are missing."""
    by_code = conv_im_kernel(IMAGE, KERNELS[key])
    found = np.array(answers(handcalc.solve("edges-small"))[key])

    assert by_code.shape == IMAGE.shape
    assert np.array_equal(by_code[1:4, 1:4], found[1:4, 1:4])
    by_code[1:4, 1:4] = 0
    assert not by_code.any()
    assert found.size - 3 * 3 == 7


def test_the_code_of_the_source_stands_before_the_centre():
    """Around (i, j) the window would give the number that the code writes to (i - 1, j - 1)."""
    centred = correlate2d(IMAGE, HORIZONTAL, "same")
    by_code = conv_im_kernel(IMAGE, HORIZONTAL)

    assert by_code[1, 1] == answers(handcalc.solve("edges-small"))["h"][1][1] == 18
    assert np.array_equal(by_code[1:4, 1:4], centred[2:5, 2:5])
    assert max(range(1, 6 - 2)) == 6 - 3


@pytest.mark.parametrize("key", ["h", "v", "both"])
def test_a_turned_kernel_changes_the_sign_of_the_edges(key):
    found = answers(handcalc.solve("edges-small"))[key]

    assert np.array_equal(convolve2d(IMAGE, KERNELS[key], "valid"), -np.array(found))


# --- pooling and sizes ---------------------------------------------------------------------------


def test_max_pooling_gives_the_printed_matrix():
    assert answers(handcalc.solve("max-pooling-4x4"))["pool1"] == [[20, 30], [108, 22]]


def test_the_printed_output_size():
    """Input 32, kernel 5, padding 0, stride 2: 14. Rounded up, the quotient would give 15."""
    assert answers(handcalc.solve("shape-32-stride-2"))["conv1_shape"] == [14, 14]
    assert np.floor(27 / 2) + 1 == 14
    assert np.ceil(27 / 2) + 1 == 15


def test_a_shift_inside_a_window_is_not_seen():
    found = answers(handcalc.solve("translation-invariance"))

    assert found["pool1@1"] == found["pool1@2"] == [[9, 0], [0, 0]]
    assert found["pool1@3"] == [[0, 9], [0, 0]]


def test_the_printed_sizes_of_vgg_16():
    found = answers(handcalc.solve("vgg-16"))

    assert found["conv2_shape"] == [224, 224, 64]
    assert found["pool1_shape"] == [112, 112, 64]
    assert found["pool5_shape"] == [7, 7, 512]
    assert found["fc6_shape"] == [4096]
    assert found["fc8_shape"] == [1000]


def test_the_printed_parameters_of_vgg_16():
    found = answers(handcalc.solve("vgg-16"))
    printed = [1_792, 36_928, 73_856, 147_584]

    assert [found[f"conv{i}_params"] for i in range(1, 5)] == printed
    assert found["fc6_params"] == 102_760_448 + 4096
    assert found["fc8_params"] == 4_096_000 + 1000
    assert found["total_params"] == 138_357_544
    assert 7 * 7 * 512 * 4096 == 102_760_448 != 7 * 7 * 512 * 1024
    assert 4096 * 1000 == 4_096_000
    assert 7 * 7 * 512 * 1000 == 25_088_000


def test_the_total_of_vgg_16_needs_the_layer_of_4096_by_4096():
    pairs = [(3, 64), (64, 64), (64, 128), (128, 128), (128, 256), (256, 256), (256, 256)]
    pairs += [(256, 512)] + 5 * [(512, 512)]
    convolutions = sum(9 * n * m + m for n, m in pairs)
    dense = (7 * 7 * 512 + 1) * 4096 + (4096 + 1) * 1000
    between = (4096 + 1) * 4096

    assert round((convolutions + dense + between) / 1e6) == 138
    assert round((convolutions + dense) / 1e6) == 122
