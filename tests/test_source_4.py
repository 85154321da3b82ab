"""The lecture notes on CNNs: their numbers, and what their code computes beside the definition."""

import re
from typing import Any

import numpy as np
import pytest
from scipy.signal import convolve2d, correlate2d

import handcalc
from handcalc import library
from handcalc.learning import begin
from handcalc.problem import load
from support import answers
from test_cli import out, run

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


# --- the network for signals -----------------------------------------------------------------------

SIGNALS = library.folder() / "data" / "signals.csv"


def signals() -> tuple[np.ndarray, np.ndarray]:
    rows = np.array([row.split(",") for row in SIGNALS.read_text("utf-8").splitlines()[1:]], float)
    return rows[:, :-1], rows[:, -1]


def test_the_signals_are_made_as_the_notes_say():
    """Noise of 0.4 times normal numbers, and in every second one 2, -2, 2, … at 8 places from a random one on."""
    rng = np.random.default_rng(1)
    x = 0.4 * rng.standard_normal((300, 32))
    for i in range(300):
        place = rng.integers(0, 25)
        if i % 2:
            x[i, place : place + 8] += 2 * (-1.0) ** np.arange(8)
    found, classes = signals()

    assert np.array_equal(found, x.round(2))
    assert classes.tolist() == 150 * [0, 1]
    assert SIGNALS.stat().st_size < 60_000


def test_it_has_the_parameters_of_the_lecture():
    """3·1·16 + 16, 3·16·32 + 32 and 6·32 + 1, after two windows of 3 and two poolings: 32, 30, 15, 13, 6."""
    found = answers(handcalc.solve("signals", ["total_params", "pool2_shape"]))

    assert found["pool2_shape"] == [6, 32]
    assert found["total_params"] == 64 + 1568 + 193


def test_after_8_epochs_it_tells_signals_with_a_burst(tmp_path):
    """Of 60 that it has not seen above 90 % are right; one of each class is worked out by hand."""
    how = ["--validation", "0.2", "--seed", "1", "-o", "s.npz", "--problem", "s.yaml"]
    said = out(run("train", "signals", *how, cwd=tmp_path))
    accuracy = re.search(
        r"60 samples that were held back\s+loss [\d.e-]+, accuracy ([\d.]+) %", said
    )
    assert accuracy
    assert float(accuracy[1]) > 90

    without, burst = (
        handcalc.solve(handcalc.load(tmp_path / "s.yaml", sample=k), ["dense1_1_out"])
        for k in (1, 2)
    )
    assert answers(without)["dense1_1_out"] < 0.5 < answers(burst)["dense1_1_out"]


def test_its_first_steps_are_a_loop_in_numpy():
    """Each layer and its slopes as arrays, binary cross-entropy, and Adam as it is published."""
    made = begin(load("signals", on_data=True))
    p: dict[str, Any] = {name: array.copy() for name, array in made.networks.first.items()}
    m, v = ({name: np.zeros_like(array) for name, array in p.items()} for _ in range(2))
    x, t = signals()
    losses, found, before = [], [], 0.0
    for step in (1, 2, 3):
        rows = slice(16 * step - 16, 16 * step)
        loss, gradients = _slopes(p, x[rows], t[rows])
        losses.append(loss)
        for name, g in gradients.items():
            m[name] = 0.9 * m[name] + 0.1 * g
            v[name] = 0.999 * v[name] + 0.001 * g**2
            hats = m[name] / (1 - 0.9**step), v[name] / (1 - 0.999**step)
            p[name] = p[name] - 0.001 * hats[0] / (np.sqrt(hats[1]) + 1e-7)
        made.step()
        total = made.state.so_far.total
        found.append((total - before) / 16)
        before = total

    assert found == pytest.approx(losses, abs=1e-12)
    for name, array in made.state.learned.items():
        np.testing.assert_allclose(array, p[name], atol=1e-12)


def _slopes(p: dict[str, Any], x: np.ndarray, t: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
    """The mean loss of some signals, and its slopes by all parameters."""
    n = len(x)
    first = _windows(x[:, :, None])
    z1 = np.einsum("ntkc,kcf->ntf", first, p["conv1.kernel"]) + p["conv1.bias"]
    pooled1, back1 = _pooled(np.maximum(z1, 0))
    second = _windows(pooled1)
    z2 = np.einsum("ntkc,kcf->ntf", second, p["conv2.kernel"]) + p["conv2.bias"]
    pooled2, back2 = _pooled(np.maximum(z2, 0))
    flat = pooled2.reshape(n, -1)
    o = 1 / (1 + np.exp(-(flat @ p["dense1.weights"][0] + p["dense1.bias"])))
    loss = -np.mean(t * np.log(o) + (1 - t) * np.log(1 - o))
    d = (o - t) / n
    found = {"dense1.weights": (d @ flat)[None], "dense1.bias": d.sum(keepdims=True)}
    d2 = back2(np.outer(d, p["dense1.weights"][0]).reshape(pooled2.shape)) * (z2 > 0)
    found["conv2.kernel"] = np.einsum("ntkc,ntf->kcf", second, d2)
    found["conv2.bias"] = d2.sum(axis=(0, 1))
    d_pooled = np.zeros_like(pooled1)
    for k in range(3):
        d_pooled[:, k : k + d2.shape[1]] += d2 @ p["conv2.kernel"][k].T
    d1 = back1(d_pooled) * (z1 > 0)
    found["conv1.kernel"] = np.einsum("ntkc,ntf->kcf", first, d1)
    found["conv1.bias"] = d1.sum(axis=(0, 1))
    return float(loss), {name: g.reshape(p[name].shape) for name, g in found.items()}


def _windows(x: np.ndarray) -> np.ndarray:
    """Three neighbours in time, as an axis before the channels."""
    return np.stack([x[:, k : x.shape[1] - 2 + k] for k in range(3)], axis=2)


def _pooled(x: np.ndarray) -> tuple[np.ndarray, Any]:
    """The larger one of two neighbours, and the way back to it."""
    pairs = x[:, : x.shape[1] // 2 * 2].reshape(len(x), -1, 2, x.shape[2])
    second = pairs[:, :, 1] > pairs[:, :, 0]

    def back(d: np.ndarray) -> np.ndarray:
        slopes = np.zeros_like(x)
        slopes[:, 0 : 2 * d.shape[1] : 2] = np.where(second, 0, d)
        slopes[:, 1 : 2 * d.shape[1] : 2] = np.where(second, d, 0)
        return slopes

    return pairs.max(axis=2), back
