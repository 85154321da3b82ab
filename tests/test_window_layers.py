"""The words of convolution and pooling in one to three dimensions, each against another calculation."""

import numpy as np
import pytest
import scipy.signal

from support import answers, page, solution

RANDOM = np.random.default_rng(12)


def _solve(x, layer: str, notation: str = "") -> np.ndarray:
    text = f"input: {np.asarray(x).tolist()}\nlayers:\n  - {layer}\n"
    if notation:
        text += f"notation: {{{notation}}}\n"
    return np.array(next(iter(answers(solution(text)).values())))


def test_one_dimension():
    x, k = RANDOM.integers(-5, 6, 7).astype(float), [1, 2, -1]

    found = _solve(x, f"conv1d: {{name: y, kernel: {k}, bias: 1}}")

    assert found.tolist() == (np.correlate(x, k) + 1).tolist()


def test_a_convolution_in_the_strict_sense_is_that_of_numpy():
    x, k = RANDOM.integers(-5, 6, 7).astype(float), [1, 2, -1]

    found = _solve(x, f"conv1d: {{name: y, kernel: {k}, flip: true, padding: full}}")

    assert found.tolist() == np.convolve(x, k).tolist()


def test_three_dimensions():
    x, k = RANDOM.integers(-5, 6, (3, 4, 3)), RANDOM.integers(-5, 6, (2, 2, 2))

    found = _solve(x, f"conv3d: {{name: y, kernel: {k.tolist()}}}")

    assert found.tolist() == scipy.signal.correlate(x, k, "valid", "direct").tolist()
    text = f"input: {x.tolist()}\nlayers:\n  - conv3d: {{name: y, kernel: {k.tolist()}}}\n"
    assert "Depth 2:" in page(text)


def test_groups_do_not_mix_their_channels():
    """Four channels in two groups: each filter sees two of them."""
    x, k = RANDOM.integers(-5, 6, (4, 3, 3)), RANDOM.integers(-5, 6, (2, 2, 2, 2))

    found = _solve(x, f"conv2d: {{name: y, kernel: {k.tolist()}, groups: 2}}", "channels: first")

    for f in range(2):
        expected = sum(scipy.signal.correlate2d(x[2 * f + c], k[f, c], "valid") for c in range(2))
        assert found[f].tolist() == expected.tolist()


@pytest.mark.parametrize("multiplier", [1, 2])
def test_depthwise_filters_see_one_channel_each(multiplier):
    x, k = RANDOM.integers(-5, 6, (2, 3, 3)), RANDOM.integers(-5, 6, (2 * multiplier, 1, 2, 2))
    layer = f"depthwise_conv2d: {{name: y, kernel: {k.tolist()}}}"

    found = _solve(x, layer, "channels: first")

    for f in range(2 * multiplier):
        expected = scipy.signal.correlate2d(x[f // multiplier], k[f, 0], "valid")
        assert found[f].tolist() == expected.tolist()


def test_depthwise_without_numbers_makes_its_filters_from_the_multiplier():
    text = "input: {shape: [5, 5, 3]}\nlayers:\n  - depthwise_conv2d: {kernel_size: 3, depth_multiplier: 2}\nask: [shapes]\n"

    assert answers(solution(text)) == {"conv1_shape": [3, 3, 6]}


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ("kernel_size: 3", [6, 6]),
        ("kernel_size: 3, strides: 2", [9, 9]),
        ("kernel_size: 3, strides: 2, padding: 1, output_padding: 1", [8, 8]),
        ("kernel_size: 3, strides: 2, padding: same", [8, 8]),
        ("kernel_size: 2, strides: 3, padding: same", [12, 12]),
    ],
)
def test_sizes_of_a_transposed_convolution(options, shape):
    """(n - 1)·s + k - 2p + output padding; `same` is s times as large, as Keras has it."""
    text = (
        f"input: {{shape: [4, 4]}}\nlayers:\n  - conv2d_transpose: {{{options}}}\nask: [shapes]\n"
    )

    assert answers(solution(text)) == {"conv1_shape": shape}


def test_a_transposed_convolution_spreads_the_kernel():
    layer = "conv2d_transpose: {name: y, kernel: [[0, 1], [2, 3]], strides: 2}"

    assert _solve([[0, 1], [2, 3]], layer).tolist() == [
        [0, 0, 0, 1],
        [0, 0, 2, 3],
        [0, 2, 0, 3],
        [4, 6, 6, 9],
    ]


def test_transposed_with_channels_is_the_gradient_of_a_convolution():
    """By the adjoint: Σ y·(x spread with K) = Σ x·(y ⋆ K)."""
    x, k, y = (RANDOM.integers(-4, 5, s) for s in ((2, 2, 2), (2, 3, 2, 2), (3, 3, 3)))
    spread = _solve(x, f"conv2d_transpose: {{name: y, kernel: {k.tolist()}}}", "channels: first")
    back = _solve(y, f"conv2d: {{name: y, kernel: {k.tolist()}}}", "channels: first")

    assert (spread * y).sum() == (back * x).sum()


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_pooling_in_every_dimension(rank):
    x = RANDOM.integers(-9, 10, (4, 2, 6)[:rank])
    blocks = x.reshape([part for n in x.shape for part in (n // 2, 2)])
    inner = tuple(range(1, 2 * rank, 2))

    assert _solve(x, f"max_pooling{rank}d").tolist() == blocks.max(axis=inner).tolist()
    assert _solve(x, f"average_pooling{rank}d").tolist() == blocks.mean(axis=inner).tolist()


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_global_pooling_leaves_one_number_a_channel(rank):
    x = RANDOM.integers(-9, 10, (*(2, 3, 2)[:rank], 4))
    axes = tuple(range(rank))

    assert _solve(x, f"global_max_pooling{rank}d").tolist() == x.max(axis=axes).tolist()
    np.testing.assert_allclose(_solve(x, f"global_average_pooling{rank}d"), x.mean(axis=axes))
    assert _solve(x[..., 0], f"global_max_pooling{rank}d").tolist() == [x[..., 0].max()]


def test_zero_padding_stands_around_the_values():
    layer = "zero_padding2d: {padding: [[1, 0], [0, 2]]}"

    assert _solve([[1, 2], [3, 4]], layer).tolist() == [[0, 0, 0, 0], [1, 2, 0, 0], [3, 4, 0, 0]]
    assert _solve([1, 2], "zero_padding1d").tolist() == [0, 1, 2, 0]


def test_reshape_keeps_the_reading_order():
    assert _solve([[1, 2, 3], [4, 5, 6]], "reshape: {target_shape: [3, 2]}").tolist() == [
        [1, 2],
        [3, 4],
        [5, 6],
    ]


def test_an_activation_alone_works_on_values_of_any_shape():
    layer = "activation: {function: {leaky_relu: {alpha: 0.1}}}"

    assert _solve([[-1, 2], [3, -4]], layer).tolist() == [[-0.1, 2], [3, -0.4]]


BRANCHES = """
input: [[1, 6, 2], [5, 3, 1], [7, 0, 4]]
layers:
  - conv2d: {name: y, kernel: [[1, 2], [-1, 0]]}
  - conv2d: {name: z, kernel: [[1, 2], [-1, 0]], padding: full, from: input}
  - max_pooling2d: {name: p, from: y}
"""


def test_layers_from_another_than_the_one_before():
    """The 3 × 3 example: valid and full from the same input, and pooling of the first of them."""
    x, k = np.array([[1, 6, 2], [5, 3, 1], [7, 0, 4]]), np.array([[1, 2], [-1, 0]])
    found = answers(solution(BRANCHES))

    assert found["y"] == [[8, 7], [4, 5]]
    assert found["z"] == scipy.signal.correlate2d(x, k, "full").tolist()
    assert found["p"] == [[8]]


def test_the_cells_that_won_are_marked():
    text = "input: [[1, 6, 2, 2], [5, 3, 2, 2]]\nlayers: [max_pooling2d]\n"
    found = page(text)

    assert "The cells that won their windows, of equal ones the first:" in found
    assert "1     1   [6]  [2]   2" in found


def test_padding_never_wins():
    """Outside there is nothing: the largest of negative values stays negative."""
    layer = "max_pooling1d: {pool_size: 2, strides: 1, padding: [[1, 0]]}"

    assert _solve([-3, -5], layer).tolist() == [-3, -3]


def test_every_shift_of_a_list_is_a_row():
    text = "input: [1, 2, 3]\nlayers:\n  - conv1d: {name: s, kernel: [0, 1, 0.5], flip: true, padding: full}\n"
    rows = [
        line.split()
        for line in page(text).splitlines()
        if line.strip().startswith(("s₁", "s₂", "s₃", "s₄", "s₅"))
    ]

    assert ["s₃", "0.5·1", "1·2", "0·3", "2.5"] in rows
    assert ["s₅", "0.5·3", "1.5"] in rows


@pytest.mark.parametrize(("flip", "value", "other"), [("false", "8", "7"), ("true", "7", "8")])
def test_what_the_other_convention_would_give_is_said(flip, value, other):
    """1·1 + 2·6 - 1·5 = 8; turned: 0·1 - 1·6 + 2·5 + 1·3 = 7."""
    text = f"input: [[1, 6], [5, 3]]\nlayers:\n  - conv2d: {{name: y, kernel: [[1, 2], [-1, 0]], flip: {flip}}}\n"

    assert f"y₁₁ would be {other} instead of {value}" in page(text)


def test_slopes_through_depth_multiply():
    """σ'(0) = 1/4 three times; the weights are 1 and the biases undo the outputs of 1/2."""
    layer = "  - dense: {{weights: [[1]], bias: {0}, activation: sigmoid}}\n"
    text = "input: [0]\nlayers:\n" + layer.format(0) + layer.format(-0.5) * 2 + "ask: [slopes]\n"
    found = page(text)

    assert ["dense1", "0.25", "0.0156"] in [line.split() for line in found.splitlines()]  # 1/64
    assert set(answers(solution(text)).values()) == {0.25}


def test_sizes_of_the_largest_pictures_cost_nothing():
    text = (
        "input: {shape: [1000000, 1000000]}\nlayers: [{conv2d: {kernel_size: 3}}]\nask: [shapes]\n"
    )

    assert answers(solution(text)) == {"conv1_shape": [999998, 999998]}


def test_slopes_of_branches_are_no_chain():
    """Two activations side by side: nothing is multiplied."""
    text = "input: [1, -2]\nlayers:\n  - activation: {name: r, function: relu}\n  - activation: {name: s, function: sigmoid, from: input}\nask: [slopes]\n"

    assert "Through depth" not in page(text)


def test_a_shared_bias_whose_cells_cancel_has_gradient_zero():
    text = "input: [[1, 2, 3]]\nlayers:\n  - conv2d: {name: y, kernel: [[1]], bias: 0.5}\noutput_gradient: [[0.1, 0.2, -0.3]]\n"

    assert answers(solution(text))["dE_db1"] == 0


def test_parameters_of_a_published_model():
    """456, 2416, 1,309,560, 10,164 and 170: the summary of a published two-class network."""
    text = """
input: {shape: [102, 136, 3]}
layers:
  - conv2d: {filters: 6, kernel_size: 5}
  - average_pooling2d: {pool_size: 2}
  - conv2d: {filters: 16, kernel_size: 5}
  - average_pooling2d: {pool_size: 2}
  - flatten
  - dense: {units: 120}
  - dense: {units: 84}
  - dense: {units: 2}
ask: [shapes, parameters]
"""
    found = page(text)

    assert answers(solution(text))["conv2_shape"] == [45, 62, 16]
    for line in ("= 456", "= 2,416", "= 1,309,560", "= 10,164", "= 1,322,766"):
        assert line in found


UNREACHED = """
input: [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
layers:
  - conv2d: {name: c, kernel: [[1]], activation: relu}
  - max_pooling2d
  - flatten
  - dense: {name: o, weights: [[0.1]]}
target: 1
loss: mean_squared_error
"""


def test_cells_that_no_window_reaches_have_gradient_zero():
    """The third row and column are left over by 2 × 2 windows."""
    found = answers(solution(UNREACHED))["dE_dc"]

    assert [row[2] for row in found] == [0, 0, 0]
    assert found[2] == [0, 0, 0]
    assert found[1][1] != 0


@pytest.mark.parametrize(
    "text",
    [
        # Equal cells after sigmoid, and after a kernel that is no binary fraction.
        "input: [[3, 3]]\nlayers:\n  - activation: {name: a, function: tanh}\n  - global_max_pooling2d\noutput_gradient: [3]\n",
        "input: [0.9, 0.1, 0.9]\nlayers:\n  - conv1d: {name: c, kernel: [0.3], bias: 0.1}\n  - global_max_pooling1d\noutput_gradient: [1]\n",
        # Two corners whose gradients have different signs: the sides are -2 and -1, the convention says 0.
        "input: [1, 1, 1]\nlayers:\n  - conv1d: {name: c, kernel: [1, -1], activation: relu}\noutput_gradient: [1, -2]\n",
    ],
)
def test_corners_and_ties_are_counted_as_conventions(text):
    assert "at a corner of a function" in page(text)


def test_frozen_layers_are_not_updated():
    text = "input: [1]\nlayers:\n  - dense: {name: a, weights: [[0.5]], trainable: false}\n  - dense: {name: b, weights: [[0.5]]}\ntarget: 1\nloss: mean_squared_error\noptimizer: {sgd: {learning_rate: 0.1}}\n"
    found = answers(solution(text))

    assert "w1_new" not in found
    assert found["w2_new"] == pytest.approx(0.5 - 0.1 * 2 * (0.25 - 1) * 0.5)


@pytest.mark.parametrize("key", ["dy[1,1]_dx[3,3]", "dy[1,1]_dx[9,9]"])
def test_there_is_no_slope_between_cells_that_do_not_meet(key):
    import handcalc
    from handcalc.errors import UsageError
    from handcalc.problem import parse

    text = "input: [[1, 2, 3], [4, 5, 6], [7, 8, 9]]\nlayers:\n  - conv2d: {name: y, kernel: [[1, 0], [0, 1]]}\n"
    with pytest.raises(UsageError, match="there is no answer"):
        handcalc.solve(parse(text), [key])


def test_the_identity_meets_the_updated_kernel_in_a_sequential_update():
    text = "input: [1, 2]\nlayers:\n  - conv1d: {name: y, kernel: [3]}\noutput_gradient: [1, -1]\noptimizer: {sgd: {learning_rate: 0.1}}\nupdate: sequential\n"
    found = answers(solution(text))

    # K - 0.1·(1 - 2) = 3.1 is what the gradient passes through.
    assert (
        found["dE_dx"] == pytest.approx([3.1, -3.1])
        if "dE_dx" in found
        else found["dE_dx1"] == pytest.approx(3.1)
    )


def test_many_questions_and_one_answer_together():
    text = "input: [[1, 2], [3, 4]]\nlayers:\n  - conv2d: {name: y, kernel: [[1]], activation: sigmoid}\nask: [shapes, parameters, 'y[1,1]']\n"
    found = answers(solution(text))

    assert set(found) >= {"y_shape", "y_params", "total_params", "y[1,1]"}


def test_a_bias_has_its_column_among_the_shifts():
    text = "input: [1, 2, 1]\nlayers:\n  - conv1d: {name: s, kernel: [3, 4], bias: 10}\n"

    assert any(line.split() == ["s₁", "3·1", "4·2", "10", "21"] for line in page(text).splitlines())


def test_symbolic_gradients_have_their_slopes_put_in():
    text = "input: {shape: [2, 2]}\nlayers:\n  - conv2d: {name: c, kernel_size: 1, bias: none, activation: sigmoid}\n  - global_average_pooling2d: {name: g}\nask: [gradients]\n"
    found = page(text)

    assert "∂E/∂c₁₁ = ∂E/∂g₁·(1/4)" in found or "∂E/∂c₁₁ = ∂E/∂g[1]·(1/4)" in found
    assert "·c₁₁·(1 - c₁₁)" in found
