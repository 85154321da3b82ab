"""Normalizations as they are printed in courses and test suites: every number, and where one is wrong, the true one."""

from typing import Any

import numpy as np
import pytest

from support import answers, solution


def printed(values: Any, text: str) -> None:
    """The numbers are those printed, rounded to the digits they are printed with."""
    words = text.split()
    numbers = np.ravel(values)
    assert len(numbers) == len(words)
    for value, word in zip(numbers, words, strict=True):
        unit = 10.0 ** -len(word.partition(".")[2])
        assert abs(value - float(word)) <= unit * (0.5 + 1e-6), (value, word)


def solved(samples: list[Any], layer: str, more: str = "", before: str = "") -> dict[str, Any]:
    given = "".join(f"  - {{input: {x}}}\n" for x in samples)
    return answers(solution(f"samples:\n{given}layers:\n{before}  - {layer}\n{more}"))


def outputs(found: dict[str, Any], samples: int, key: str = "y") -> Any:
    return [found[f"{key}@{n + 1}" if samples > 1 else key] for n in range(samples)]


# --- batch normalization ---------------------------------------------------------------------------


def test_a_batch_of_four_whose_answer_contradicts_its_steps():
    """SRM 21CSE558T, question 7: the steps end in -1.513, the answer line says 0.14, 0.86, 1.57, 2.29.

    The steps are right to their digits but the first: 1.5·(-1.34164) + 0.5 = -1.5125, from the rounded -1.342 it is -1.513.
    """
    found = solved(
        [[2], [4], [6], [8]], "batch_normalization: {name: y, gamma: 1.5, beta: 0.5, epsilon: 1e-5}"
    )

    printed([found["y_mean"], found["y_variance"]], "5.0 5.0")
    printed(outputs(found, 4, "y_xhat"), "-1.342 -0.447 0.447 1.342")
    printed(outputs(found, 4), "-1.5125 -0.1708 1.1708 2.5125")


PICTURES = [
    [
        [[0.4967141530112327, -0.13826430117118466], [0.6476885381006925, 1.5230298564080254]],
        [[-0.23415337472333597, -0.23413695694918055], [1.5792128155073915, 0.7674347291529088]],
    ],
    [
        [[-0.4694743859349521, 0.5425600435859647], [-0.46341769281246226, -0.46572975357025687]],
        [[0.24196227156603412, -1.913280244657798], [-1.7249178325130328, -0.5622875292409727]],
    ],
]


def test_pictures_with_channels_first():
    """Deep-ML, problem 115: over batch, height and width for each channel."""
    found = solved(
        PICTURES,
        "batch_normalization: {name: y, gamma: 1, epsilon: 1e-5}",
        "notation: {channels: first}\n",
    )

    printed(
        outputs(found, 2),
        "0.42859934 -0.51776438 0.65360963 1.95820707 0.02353721 0.02355215 1.67355207 0.93490043 "
        "-1.01139563 0.49692747 -1.00236882 -1.00581468 0.45676349 -1.50433085 -1.33293647 -0.27503802",
    )


NNLIB = [[3, 6, 9], [-1, 5, 4], [12, 5, 11]]
SLOPES = "output_gradient: [[2, 3, 4], [-2, 0, 4], [10, 2, 4]]\n"


def _by_input(found: dict[str, Any]) -> list[list[float]]:
    return [[found[f"dE_dx{i}@{n}"] for i in (1, 2, 3)] for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("epsilon", "text"),
    [
        ("0", "0.03596 0.00000 0 -0.02489 -2.12132 0 -0.01106 2.12132 0"),
        ("1e-5", "0.0360 0.0001 0 -0.0249 -2.1213 0 -0.0111 2.1212 0"),
    ],
)
def test_the_way_back_through_a_batch(epsilon, text):
    """nnlib, TestBatchNorm; an older file has ε = 0.00001. A constant column of gradients comes back as 0."""
    found = solved(NNLIB, f"batch_normalization: {{name: y, gamma: 1, epsilon: {epsilon}}}", SLOPES)

    printed(_by_input(found), text)
    assert [found[f"dE_dx3@{n}"] for n in (1, 2, 3)] == [0, 0, 0]
    printed(found["dE_dy_beta"], "10 5 12")
    printed(found["dE_dy_gamma"], "14.9606 2.82843 0" if epsilon == "0" else "14.96060 2.82836 0")


def test_the_way_back_with_running_statistics():
    """nnlib, inference: mean of the batch and variance over n - 1 = 2, both constants."""
    statistics = "moving_mean: [14/3, 16/3, 8], moving_variance: [133/3, 1/3, 13]"
    found = solved(
        NNLIB,
        f"batch_normalization: {{name: y, gamma: 1, epsilon: 0, {statistics}}}",
        f"{SLOPES}batch: sum\noptimizer: {{sgd: {{learning_rate: 1}}}}\n",
    )

    printed(
        _by_input(found), "0.30038 5.19615 1.10940 -0.30038 0.00000 1.10940 1.50188 3.46410 1.10940"
    )
    printed(found["dE_dy_gamma"], "12.21528 2.30940 0")
    printed(found["dE_dy_beta"], "10 5 12")


def test_one_step_with_the_whole_momentum_keeps_the_batch_alone():
    """nnlib, momentum 1: the running mean is that of the batch, the variance that over n - 1."""
    found = solved(
        NNLIB,
        "batch_normalization: {name: y, momentum: 1, moving_mean: [0, 0, 0], moving_variance: [1, 1, 1]}",
        "convention: pytorch\n",
    )

    np.testing.assert_allclose(found["y_moving_mean_new"], [14 / 3, 16 / 3, 8], rtol=1e-13)
    np.testing.assert_allclose(found["y_moving_variance_new"], [133 / 3, 1 / 3, 13], rtol=1e-13)


# --- one sample by itself --------------------------------------------------------------------------


def test_layer_normalization_of_an_exercise_site():
    """Deep-ML, problem 109."""
    X = [
        [[0.4967141530112327, -0.13826430117118466, 0.6476885381006925], [1.5230298564080254, -0.23415337472333597, -0.23413695694918055]],
        [[1.5792128155073915, 0.7674347291529088, -0.4694743859349521], [0.5425600435859647, -0.46341769281246226, -0.46572975357025687]],
    ]  # fmt: skip
    found = solved(X, "layer_normalization: {name: y, gamma: 1, epsilon: 1e-5}")

    printed(
        outputs(found, 2),
        "0.47373971 -1.39079736 0.91705765 1.41420326 -0.70711154 -0.70709172 "
        "1.13192477 0.16823009 -1.30015486 1.4141794 -0.70465482 -0.70952458",
    )


def test_layer_normalization_forward_and_backward():
    """MLBites: ε = 0; gradients of 1 everywhere come back as 0."""
    X = [[1, 2, 3], [2, 4, 6]]
    moved = solved(
        X, "layer_normalization: {name: y, gamma: [1, 2, 3], beta: [0.5, -1, 2], epsilon: 0}"
    )
    more = "output_gradient: [1, 1, 1]\nbatch: sum\noptimizer: {sgd: {learning_rate: 1}}\n"
    found = solved(X, "layer_normalization: {name: y, gamma: 1, epsilon: 0}", more)
    small = solved(
        [[1, 2], [3, 4]],
        "layer_normalization: {name: y, gamma: [2, 1], beta: [0.5, -0.5], epsilon: 0}",
    )

    printed(outputs(found, 2), "-1.224745 0. 1.224745 -1.224745 0. 1.224745")
    printed(outputs(moved, 2), "-0.724745 -1. 5.674235 -0.724745 -1. 5.674235")
    printed(found["dE_dy_beta"], "2. 2. 2.")
    printed(found["dE_dy_gamma"], "-2.449490 0. 2.449490")
    assert [found[f"dE_dx{i}@{n}"] for i in (1, 2, 3) for n in (1, 2)] == [0] * 6
    printed(outputs(small, 2), "-1.5 0.5 -1.5 0.5")


def test_a_product_of_matrices_and_a_layer_normalization():
    """burn: printed ∓2.0 is -1.99998, as ε stands under the root; nothing comes back to A and B."""
    found = solved(
        [[[0, 1], [3, 4]]],
        "layer_normalization: {name: y, gamma: 1, epsilon: 1e-5}",
        "notation: {product: xW}\noutput_gradient: [[1, 1], [1, 1]]\noptimizer: {sgd: {learning_rate: 1}}\n",
        "  - dense: {name: h, weights: [[6, 7], [9, 10]]}\n",
    )

    printed(found["dE_dy_gamma"], "-1.9999796 1.9999796")
    printed(found["dE_dy_beta"], "2.0 2.0")
    assert [found[f"dE_dw{i}"] for i in (1, 2, 3, 4)] == [0] * 4
    assert found["dE_dx"] == [[0, 0], [0, 0]]


def test_an_epsilon_that_is_added_to_the_deviation_of_n_minus_1():
    """Step-by-step layer normalization, torch: (x - mean)/(std + ε), std over 3.

    Its numpy line forgets brackets, (x - mean)/std + ε: -1.161885 and -0.38728833 are too large by 0.00001 and 0.000007.
    """
    found = solved(
        [[[4 * i + j for j in (1, 2, 3, 4)] for i in range(6)]],
        "layer_normalization: {name: y, gamma: 1, epsilon: 1e-5, epsilon_outside: true, unbiased: true}",
    )

    np.testing.assert_allclose(np.sqrt(found["y_variance"]), 1.2909944487358056, rtol=1e-14)
    printed(found["y"], "-1.161886004 -0.387295335 0.387295335 1.161886004 " * 6)


KERAS = [-1, -1, 1, 1, 2, 2, 0, -2]


@pytest.mark.parametrize(
    ("x", "groups", "text"),
    [
        (KERAS, 1, "-0.898 -0.898 0.539 0.539 1.257 1.257 -0.180 -1.616"),
        (KERAS, 2, "-1.0 -1.0 1.0 1.0 0.904 0.904 -0.301 -1.507"),
        ([[-1, -1, 2, 2], [1, 1, 0, -2]], 2, "-1.0 -1.0 0.904 0.904 1.0 1.0 -0.301 -1.507"),
        ([[-1, 1, 0, 2], [1, 3, -4, -2]], 4, "-1.0 -1.0 1.0 1.0 1.0 1.0 -1.0 -1.0"),
    ],
)
def test_group_normalization_of_a_framework(x, groups, text):
    """Keras, GroupNormalizationTest, ε = 0.001; as many groups as channels is an instance normalization."""
    printed(solved([x], f"group_normalization: {{name: y, groups: {groups}, gamma: 1}}")["y"], text)
    if groups == 4:
        printed(solved([x], "instance_normalization: {name: y, gamma: 1}")["y"], text)


def test_group_normalization_with_channels_first():
    """Keras: 0 to 15 as four channels of 2 × 2, in two groups."""
    x = np.arange(16).reshape(4, 2, 2).tolist()
    found = solved(
        [x], "group_normalization: {name: y, groups: 2, gamma: 1}", "notation: {channels: first}\n"
    )

    printed(found["y"], "-1.5274 -1.0910 -0.6546 -0.2182 0.2182 0.6546 1.0910 1.5274 " * 2)


def test_rms_normalization():
    """Lexai (ε = 1e-8) and burn (ε = 1e-5)."""
    layer = "rms_normalization: {name: y, gamma: 1, epsilon: %s}"
    small = solved([[1, 2, 3, 4]], layer % "1e-8")
    rows = solved([np.arange(9).reshape(3, 3).tolist()], layer % "1e-5")

    printed(small["y"], "0.3651 0.7303 1.0954 1.4606")
    printed(rows["y"], "0.0000 0.7746 1.5492 0.7348 0.9798 1.2247 0.8514 0.9933 1.1352")


def test_unit_length_of_a_sample_of_a_column_and_of_a_row():
    """MXNet, L2Normalization: instance, channel and spatial, with the axes that its numbers have, not its text."""
    X = np.array([[[1, 2], [3, 4]], [[2, 2], [5, 6]]])
    layer = "unit_normalization: {name: y}"
    whole = solved(X.reshape(2, 4).tolist(), layer)
    columns = solved(X.swapaxes(1, 2).tolist(), layer)
    rows = solved(X.tolist(), layer)

    printed(
        outputs(whole, 2),
        "0.18257419 0.36514837 0.54772256 0.73029674 0.24077171 0.24077171 0.60192927 0.72231512",
    )
    printed(
        np.swapaxes(outputs(columns, 2), 1, 2),
        "0.316228 0.447214 0.948683 0.894427 0.371391 0.316228 0.928477 0.948683",
    )
    printed(
        outputs(rows, 2), "0.447214 0.894427 0.600000 0.800000 0.707107 0.707107 0.640184 0.768221"
    )
