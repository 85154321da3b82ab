"""Every mistake: what comes out with it, by plain arithmetic, is what its formulas give, and never the right number."""

import re
from dataclasses import replace
from functools import cache
from math import cos, exp, log, log2, log10, radians, sin, tanh
from pathlib import Path

import pytest

import handcalc
from handcalc import library
from handcalc.errors import HandcalcError
from handcalc.formula import evaluate
from handcalc.grading import mistakes
from handcalc.grading.checking import check
from handcalc.grading.figures import Figures
from handcalc.grading.mistakes import MISTAKES
from handcalc.grading.scheme import Scheme
from handcalc.grading.verdict import Verdict
from handcalc.problem import parse

# --- one step with a mistake in it ---------------------------------------------------------------


@cache
def _scheme(text):
    return Scheme(parse(text))


def _step(text, key):
    scheme = _scheme(text)
    (ref,) = scheme.steps.keys.find(key)
    return scheme.step(ref)


def _given(text, key, word, typed=None, blank=False):
    """What the formulas of a mistake give; `typed` are a student's own numbers, in place of the right ones.

    `blank`: nothing else is on the sheet, so that the mistake may lie behind the step.
    """
    step = _step(text, key)
    own = {step.steps.keys.find(k)[0]: v for k, v in (typed or {}).items()}
    seen = replace(step, on_sheet={}) if blank else step

    def value_of(leaf):
        ref = step.steps.ref(leaf)
        return own[ref] if ref in own else step.steps.exact(ref)

    found = []
    for formula in seen.suspected(mistakes.load(word)):
        try:
            found.append(float(evaluate(formula, value_of)))
        except (ArithmeticError, ValueError):
            continue
    return found


def _is_among(value, values):
    return any(value == pytest.approx(other, rel=1e-9, abs=1e-12) for other in values)


def _planted(text, key, word, wrong, right, **options):
    """The number of the mistake comes out, the right one does not; that it is right is proved by the program.

    `some_right`: of its several forms one changes nothing here.
    """
    some_right = options.pop("some_right", False) or options.get("typed")
    found = _given(text, key, word, **options)
    step = _step(text, key)

    assert step.steps.exact(step.ref) == pytest.approx(right, rel=1e-9, abs=1e-12)
    assert _is_among(wrong, found), (word, wrong, found)
    if not some_right:
        assert not _is_among(right, found), (word, right, found)


def sigmoid(z):
    return 1 / (1 + exp(-z))


# --- a network of two layers ---------------------------------------------------------------------

W = ((0.5, -0.3), (0.1, 0.4))
V = ((0.7, 0.2), (-0.4, 0.8))
X, B, C, T, ETA = (0.6, -0.8), (0.3, 0.15), (0.5, -0.25), (0.09, 0.98), 0.5
NET = f"""
input: {list(X)}
layers:
  - dense: {{name: h, weights: {list(map(list, W))}, bias: {list(B)}, activation: sigmoid}}
  - dense: {{name: o, weights: {list(map(list, V))}, bias: {list(C)}, activation: sigmoid}}
target: {list(T)}
loss: {{mean_squared_error: {{factor: half_sum}}}}
optimizer: {{sgd: {{learning_rate: {ETA}}}}}
"""
H_IN = [W[i][0] * X[0] + W[i][1] * X[1] + B[i] for i in (0, 1)]
H = list(map(sigmoid, H_IN))
O_IN = [V[i][0] * H[0] + V[i][1] * H[1] + C[i] for i in (0, 1)]
O = list(map(sigmoid, O_IN))  # noqa: E741  # the outputs, as the field calls them
ERROR = [O[i] - T[i] for i in (0, 1)]
DELTA = [ERROR[i] * O[i] * (1 - O[i]) for i in (0, 1)]
DH = [DELTA[0] * V[0][j] + DELTA[1] * V[1][j] for j in (0, 1)]
DH_IN = [DH[j] * H[j] * (1 - H[j]) for j in (0, 1)]
LOSS = 0.5 * (ERROR[0] ** 2 + ERROR[1] ** 2)
W5 = DELTA[0] * H[0]
NEW = [[V[i][j] - ETA * DELTA[i] * H[j] for j in (0, 1)] for i in (0, 1)]

DENSE = [
    ("bias_forgotten", "h1_in", H_IN[0] - B[0], H_IN[0]),
    ("bias_twice", "h1_in", H_IN[0] + B[0], H_IN[0]),
    ("activation_forgotten", "h1_out", H_IN[0], H[0]),
    ("other_activation", "h1_out", tanh(H_IN[0]), H[0]),
    ("other_activation", "h1_out", max(0, H_IN[0]), H[0]),
    ("other_activation", "o1_out", exp(O_IN[0]) / (exp(O_IN[0]) + exp(O_IN[1])), O[0]),
    ("other_activation", "dE_do1_in", ERROR[0] * (1 - O[0] ** 2), DELTA[0]),
    ("exponent_sign", "h1_out", 1 / (1 + exp(H_IN[0])), H[0]),
    ("exponent_sign", "h1_exp", exp(H_IN[0]), exp(-H_IN[0])),
    ("rounded_exponentials", "h1_out", 1 / (1 + round(exp(-H_IN[0]), 1)), H[0]),
    ("no_activation_derivative", "dE_do1_in", ERROR[0], DELTA[0]),
    ("slope_at_the_wrong_value", "dE_do1_in", ERROR[0] * O_IN[0] * (1 - O_IN[0]), DELTA[0]),
    (
        "slope_at_the_wrong_value",
        "dE_do1_in",
        ERROR[0] * sigmoid(O[0]) * (1 - sigmoid(O[0])),
        DELTA[0],
    ),
    ("target_minus_output", "dE_do1_out", T[0] - O[0], ERROR[0]),
    ("error_of_another_output", "dE_do1_out", ERROR[1], ERROR[0]),
    ("error_of_another_output", "dE_do1_out", -ERROR[1], ERROR[0]),
    ("loss_factor", "E", 2 * LOSS, LOSS),
    ("loss_factor", "dE_do1_out", 2 * ERROR[0], ERROR[0]),
    ("input_left_out", "dE_dw1", DH_IN[0], DH_IN[0] * X[0]),
    ("path_left_out", "dE_dh1_out", DELTA[0] * V[0][0], DH[0]),
    ("path_left_out", "dE_dh1_out", DELTA[1] * V[1][0], DH[0]),
    ("weights_transposed", "h1_in", W[0][0] * X[0] + W[1][0] * X[1] + B[0], H_IN[0]),
    ("weights_transposed", "dE_dh1_out", DELTA[0] * V[0][0] + DELTA[1] * V[0][1], DH[0]),
    ("wrong_neuron", "h1_in", W[1][0] * X[0] + W[1][1] * X[1] + B[0], H_IN[0]),
    ("wrong_neuron", "h1_in", H_IN[1], H_IN[0]),
    ("wrong_neuron", "dE_dh1_out", DELTA[0] * V[0][1] + DELTA[1] * V[1][1], DH[0]),
    (
        "updated_weights",
        "dE_dh1_out",
        DELTA[0] * NEW[0][0] + DELTA[1] * NEW[1][0],
        DH[0],
    ),
    ("bias_gradient_times_input", "dE_db1", DH_IN[0] * X[1], DH_IN[0]),
    ("plus_in_update", "w5_new", V[0][0] + ETA * W5, V[0][0] - ETA * W5),
    ("rate_forgotten", "w5_new", V[0][0] - W5, V[0][0] - ETA * W5),
    ("rate_forgotten", "eta_dE_dw5", W5, ETA * W5),
    ("rate_twice", "w5_new", V[0][0] - ETA**2 * W5, V[0][0] - ETA * W5),
    ("rate_misplaced", "w5_new", V[0][0] - 0.05 * W5, V[0][0] - ETA * W5),
    ("not_updated", "w5_new", V[0][0], V[0][0] - ETA * W5),
]


@pytest.mark.parametrize(("word", "key", "wrong", "right"), DENSE)
def test_a_mistake_in_a_dense_network(word, key, wrong, right):
    _planted(NET, key, word, wrong, right)


def test_a_mistake_behind_blanks_is_found_in_the_answer_it_leads_to():
    """Without its slope at the output, ∂E/∂w1 is (o - t)·w of both paths times the rest."""
    slope = H[0] * (1 - H[0])
    without = sum(ERROR[i] * V[i][0] for i in (0, 1)) * X[0]

    _planted(NET, "dE_dw1", "no_activation_derivative", without, DH_IN[0] * X[0], blank=True)
    one_path = DELTA[0] * V[0][0] * slope * X[0]
    _planted(NET, "dE_dw1", "path_left_out", one_path, DH_IN[0] * X[0], blank=True)


def test_one_neuron_has_no_other_whose_weights_could_be_taken():
    text = "input: [1, 2]\nlayers: [{dense: {name: h, weights: [[0.7, 0.2]]}}]\nask: [forward]\n"

    for word in ("wrong_neuron", "weights_transposed", "bias_forgotten"):
        assert _given(text, "h1_out", word) == []


def test_a_gradient_with_a_single_path_has_none_to_leave_out():
    text = NET.replace("[[0.7, 0.2], [-0.4, 0.8]]", "[[0.7, 0.2]]").replace("[0.5, -0.25]", "0.5")
    single = text.replace(f"target: {list(T)}", "target: [0.09]")

    assert _given(single, "dE_dh1_out", "path_left_out") == []


def test_leaving_out_a_learning_rate_of_one_is_no_mistake():
    text = NET.replace("learning_rate: 0.5", "learning_rate: 1")

    assert _given(text, "w5_new", "rate_forgotten") == _given(text, "w5_new", "rate_twice") == []


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "step", "linear"])
def test_where_its_slope_is_the_same_at_z_and_at_a_nothing_is_taken_at_the_wrong_value(activation):
    text = NET.replace("sigmoid", activation)

    assert _given(text, "dE_do1_in", "slope_at_the_wrong_value") == []


# --- ReLU and samples ----------------------------------------------------------------------------

XS, TS, U, BIAS = ((1.0, 2.0), (3.0, -1.0)), (1.0, -2.0), (0.3, -0.2), -0.5
SAMPLES = f"""
samples:
  - {{input: {list(XS[0])}, target: [{TS[0]}]}}
  - {{input: {list(XS[1])}, target: [{TS[1]}]}}
layers:
  - dense: {{name: o, weights: [{list(U)}], bias: {BIAS}, activation: relu}}
loss: {{mean_squared_error: {{factor: half_sum}}}}
optimizer: {{sgd: {{learning_rate: 0.5}}}}
"""
ZS = [U[0] * x[0] + U[1] * x[1] + BIAS for x in XS]  # -0.6 and 0.6
AS = [max(0.0, z) for z in ZS]
ERRORS = [a - t for a, t in zip(AS, TS, strict=True)]
MASKED = [e * (z > 0) * x[0] for e, z, x in zip(ERRORS, ZS, XS, strict=True)]
OPEN = [e * x[0] for e, x in zip(ERRORS, XS, strict=True)]


@pytest.mark.parametrize(
    ("word", "key", "wrong", "right"),
    [
        ("mask_forgotten", "dE_dw1", sum(OPEN) / 2, sum(MASKED) / 2),
        ("sum_for_mean", "dE_dw1", sum(MASKED), sum(MASKED) / 2),
        ("one_sample", "dE_dw1", MASKED[1], sum(MASKED) / 2),
        ("one_sample", "E", 0.5 * ERRORS[0] ** 2, sum(0.5 * e**2 for e in ERRORS) / 2),
        ("activation_forgotten", "o1_out@1", ZS[0], 0.0),
        ("other_activation", "o1_out@1", 0.01 * ZS[0], 0.0),
    ],
)
def test_a_mistake_over_samples(word, key, wrong, right):
    # The second sample has z > 0, so that its mask alone changes nothing.
    one_open = word == "mask_forgotten"
    _planted(SAMPLES, key, word, wrong, right, some_right=one_open, blank=one_open)


def test_the_mask_of_one_sample_of_several_can_be_forgotten():
    """Of three samples two are stopped; one of them is let through."""
    more = SAMPLES.replace(
        "layers:", "  - {input: [0.5, 1], target: [2]}\nlayers:"
    )  # z = 0.15 - 0.2 - 0.5 < 0
    passed = -2.0 * 0.5
    right, behind = sum(MASKED) / 3, {"some_right": True, "blank": True}

    _planted(more, "dE_dw1", "mask_forgotten", (sum(MASKED) + passed) / 3, right, **behind)
    _planted(more, "dE_dw1", "mask_forgotten", (sum(OPEN) + passed) / 3, right, **behind)


def test_relu_of_the_gradient_keeps_what_is_positive_and_not_what_is_open():
    """Behind z < 0 a gradient of -1 is 0 either way; behind z > 0 a gradient of -0.6 stays, for max(0, ·) it is 0."""
    text = """
input: [1, 2]
layers:
  - dense: {name: h, weights: [[0.5, 0.1], [-0.4, 0.1]], activation: relu}
  - dense: {name: o, weights: [[0.6, -0.3]]}
target: [2]
loss: {mean_squared_error: {factor: half_sum}}
"""
    h = 0.5 * 1 + 0.1 * 2
    error = 0.6 * h - 2  # the second neuron gives 0
    by_h1, by_h2 = error * 0.6, error * -0.3

    assert by_h1 < 0 < by_h2
    _planted(text, "dE_dh1_in", "relu_of_gradient", 0.0, by_h1)
    _planted(text, "dE_dh2_in", "relu_of_gradient", by_h2, 0.0)
    _planted(text, "dE_dw4", "relu_of_gradient", by_h2 * 2, 0.0)
    _planted(text, "dE_dh2_in", "mask_forgotten", by_h2, 0.0)


# --- softmax -------------------------------------------------------------------------------------

Z = (0.9, -0.4, 0.2)
SOFTMAX = """
input: [1]
layers:
  - dense: {name: p, weights: [[0.9], [-0.4], [0.2]], activation: softmax}
target: [0, 1, 0]
loss: categorical_crossentropy
"""
E_Z = list(map(exp, Z))
P = [e / sum(E_Z) for e in E_Z]


@pytest.mark.parametrize(
    ("word", "key", "wrong", "right"),
    [
        ("no_exponentials", "p1_out", Z[0] / sum(Z), P[0]),
        ("exponential_left_out", "p1_out", E_Z[0] / (E_Z[0] + E_Z[2]), P[0]),
        ("exponential_left_out", "p1_out", E_Z[0] / (E_Z[1] + E_Z[2]), P[0]),
        ("exponential_left_out", "p_exp_sum", E_Z[0] + E_Z[1], sum(E_Z)),
        ("exponent_sign", "p1_out", exp(-Z[0]) / sum(exp(-z) for z in Z), P[0]),
        ("other_activation", "p1_out", sigmoid(Z[0]), P[0]),
        ("activation_forgotten", "p1_out", Z[0], P[0]),
        (
            "rounded_exponentials",
            "p1_out",
            round(E_Z[0], 1) / sum(round(e, 1) for e in E_Z),
            P[0],
        ),
        ("log_base", "E", -log(P[1]) / log(10), -log(P[1])),
        ("log_base", "E_p2", -log(P[1]) / log(2), -log(P[1])),
        # Of -t/p only the second output has one, so that the first score moves nothing that counts.
        ("jacobian_diagonal", "dE_dp1_in", 0.0, P[0]),
        ("no_activation_derivative", "dE_dp2_in", -1 / P[1], P[1] - 1),
        ("error_of_another_output", "dE_dp1_in", P[2], P[0]),
    ],
)
def test_a_mistake_in_a_softmax(word, key, wrong, right):
    _planted(SOFTMAX, key, word, wrong, right)


def test_of_the_wanted_output_the_diagonal_alone_is_all_there_is():
    """The other targets are 0, so that leaving out their paths changes nothing: -1/p·p(1 - p) = p - 1."""
    found = _given(SOFTMAX, "dE_dp2_in", "jacobian_diagonal")

    assert found
    assert found == pytest.approx([P[1] - 1] * len(found))


def test_the_last_probability_as_what_the_others_leave():
    """With 0.5 for p1 and 0.2 for p2 there are 0.3 left."""
    typed = {"p1_out": 0.5, "p2_out": 0.2}

    _planted(SOFTMAX, "p3_out", "one_minus_the_others", 0.3, P[2], typed=typed)
    assert _given(SOFTMAX, "p2_out", "one_minus_the_others", typed=typed) == []


# --- hinges --------------------------------------------------------------------------------------

SCORES = (-2.85, 0.86, 0.28)
SVM = """
input: [1]
layers:
  - dense: {name: s, weights: [[-2.85], [0.86], [0.28]]}
target: 2
loss: multiclass_hinge
"""
TWO_SIDED = """
input: [1]
layers:
  - dense: {name: s, weights: [[0.4]]}
target: -1
loss: hinge
"""


@pytest.mark.parametrize(
    ("text", "key", "word", "wrong", "right"),
    [
        (SVM, "E", "margin_forgotten", 0.86 - 0.28, 0.86 - 0.28 + 1),
        (SVM, "E", "class_itself_counted", 1.58 + 1, 1.58),
        (TWO_SIDED, "E", "margin_forgotten", 0.4, 1 + 0.4),
        (TWO_SIDED, "E_s1", "margin_forgotten", 0.4, 1 + 0.4),
        # Without a margin a score of 0.4 for -1 is wrong still, one of -0.4 would be right.
        (TWO_SIDED.replace("0.4", "-0.4"), "dE_ds1_out", "margin_forgotten", 0.0, 1.0),
        (SVM.replace("0.86", "0.08"), "dE_ds2_out", "margin_forgotten", 0.0, 1.0),
        (
            SVM.replace(
                "multiclass_hinge", "{multiclass_hinge: {squared: true, margin: 2, factor: mean}}"
            ),
            "E",
            "class_itself_counted",
            ((0.86 - 0.28 + 2) ** 2 + 2**2) / 3,
            (0.86 - 0.28 + 2) ** 2 / 3,
        ),
    ],
)
def test_a_mistake_in_a_hinge(text, key, word, wrong, right):
    _planted(text, key, word, wrong, right)


# --- windows -------------------------------------------------------------------------------------

IMAGE = ((1, 2, 0, 3), (4, 1, 2, 0), (0, 3, 1, 5), (2, 2, 4, 1))
KERNEL = ((1, 2), (3, -1))


def _window(image, i, j, rows=2, columns=2):
    """The cells under a window, those outside as None."""
    found = []
    for r in range(i, i + rows):
        for c in range(j, j + columns):
            inside = 0 <= r < len(image) and 0 <= c < len(image[0])
            found.append(image[r][c] if inside else None)
    return found


def _correlated(i, j, kernel=KERNEL):
    flat = [k for row in kernel for k in row]
    cells = _window(IMAGE, i, j, len(kernel), len(kernel[0]))
    return sum(k * (x or 0) for k, x in zip(flat, cells, strict=True))


def _layer(word, **options):
    said = ", ".join(f"{key}: {value}" for key, value in {"name": "y", **options}.items())
    image = list(map(list, IMAGE))
    return f"input: {image}\nlayers: [{{{word}: {{{said}}}}}]\nask: [forward]\n"


def _conv(**options):
    return _layer("conv2d", kernel=list(map(list, KERNEL)), **options)


FLIPPED = [row[::-1] for row in KERNEL[::-1]]
TURNED = [list(row) for row in zip(*KERNEL, strict=True)]


@pytest.mark.parametrize(
    ("word", "text", "key", "wrong", "right"),
    [
        ("kernel_flipped", _conv(), "y[1,1]", _correlated(0, 0, FLIPPED), _correlated(0, 0)),
        (
            "kernel_flipped",
            _conv(flip="true"),
            "y[1,1]",
            _correlated(0, 0),
            _correlated(0, 0, FLIPPED),
        ),
        ("stride_ignored", _conv(strides=2), "y[2,2]", _correlated(1, 1), _correlated(2, 2)),
        ("padding_ignored", _conv(padding=1), "y[2,2]", _correlated(1, 1), _correlated(0, 0)),
        (
            "dilation_ignored",
            _conv(dilation_rate=2),
            "y[1,1]",
            _correlated(0, 0),
            1 * 1 + 2 * 0 + 3 * 0 - 1 * 1,
        ),
        ("window_shifted", _conv(), "y[2,2]", _correlated(1, 2), _correlated(1, 1)),
        (
            "rows_and_columns_swapped",
            _conv(),
            "y[1,1]",
            _correlated(0, 0, TURNED),
            _correlated(0, 0),
        ),
        (
            "rows_and_columns_swapped",
            _conv(strides="[1, 2]"),
            "y[2,2]",
            _correlated(2, 1),
            _correlated(1, 2),
        ),
        ("matrix_turned", _conv(), "y[1,3]", _correlated(2, 0), _correlated(0, 2)),
        ("matrix_turned", _conv(), "y[1,1]", _correlated(2, 0), _correlated(0, 0)),
        (
            "stride_ignored",
            _layer("max_pooling2d", pool_size=2),
            "y[2,2]",
            max(_window(IMAGE, 1, 1)),
            max(_window(IMAGE, 2, 2)),
        ),
        (
            "average_for_maximum",
            _layer("max_pooling2d", pool_size=2),
            "y[1,1]",
            sum(_window(IMAGE, 0, 0)) / 4,
            max(_window(IMAGE, 0, 0)),
        ),
        (
            "average_for_maximum",
            _layer("adaptive_average_pooling2d", output_size=2),
            "y[1,1]",
            max(_window(IMAGE, 0, 0)),
            sum(_window(IMAGE, 0, 0)) / 4,
        ),
        (
            "rows_and_columns_swapped",
            _layer("max_pooling2d", pool_size="[1, 2]"),
            "y[1,2]",
            max(_window(IMAGE, 0, 1, rows=2, columns=1)),
            max(_window(IMAGE, 0, 2, rows=1, columns=2)),
        ),
        (
            "padding_counted",
            _layer("average_pooling2d", pool_size=2, padding=1),
            "y[1,2]",
            (2 + 0) / 4,
            (2 + 0) / 2,
        ),
        (
            "padding_counted",
            _layer("average_pooling2d", pool_size=2, padding=1, count_padding="true"),
            "y[1,1]",
            1.0,
            1 / 4,
        ),
    ],
)
def test_a_mistake_in_windows(word, text, key, wrong, right):
    _planted(text, key, word, wrong, right)


def test_a_row_that_was_copied_is_the_one_above_as_it_was_typed():
    """The second row is copied from the first, in which a number is wrong."""
    typed = {"y[1,1]": 99}

    _planted(_conv(), "y[2,1]", "row_copied", 99, _correlated(1, 0), typed=typed)
    assert not _is_among(99, _given(_conv(), "y[3,1]", "row_copied", typed=typed))


def test_a_gradient_in_the_cell_beside_its_own():
    """Of a window of 2 × 2 all of the gradient goes to the largest cell; its neighbour's is 0."""
    text = _layer("max_pooling2d", pool_size=2).replace("ask: [forward]", "")
    asked = f"{text}target: [[0, 0], [0, 0]]\nloss: {{mean_squared_error: {{factor: half_sum}}}}\nask: [dE_dx]\n"
    largest = max(_window(IMAGE, 0, 0))  # 4 in the second row

    _planted(asked, "dE_dx[1,1]", "cell_misplaced", largest, 0.0, some_right=True)
    _planted(asked, "dE_dx[1,1]", "average_for_maximum", largest / 4, 0.0)
    mean = sum(_window(IMAGE, 0, 0)) / 4
    _planted(asked, "dE_dx[1,1]", "average_for_maximum", mean / 4, 0.0)
    assert not _is_among(largest, _given(asked, "dE_dx[4,4]", "cell_misplaced"))


def test_a_neighbour_is_written_as_it_was_typed():
    _planted(_conv(), "y[2,2]", "cell_misplaced", 77, _correlated(1, 1), typed={"y[2,3]": 77})


def test_the_kernel_is_turned_on_the_way_back_or_not():
    """∂E/∂x of the middle cell is Σ of the four outputs times the kernel over them; turned, the other way round."""
    image = [[1, 2, 0], [4, 1, 2], [0, 3, 1]]
    kernel = [[1, 2], [3, -1]]
    text = f"""
input: {image}
layers: [{{conv2d: {{name: y, kernel: {kernel}}}}}]
target: [[0, 0], [0, 0]]
loss: {{mean_squared_error: {{factor: half_sum}}}}
ask: [dE_dx]
"""
    y = [
        [sum(kernel[u][v] * image[i + u][j + v] for u in (0, 1) for v in (0, 1)) for j in (0, 1)]
        for i in (0, 1)
    ]
    right = sum(y[i][j] * kernel[1 - i][1 - j] for i in (0, 1) for j in (0, 1))
    wrong = sum(y[i][j] * kernel[i][j] for i in (0, 1) for j in (0, 1))

    _planted(text, "dE_dx[2,2]", "kernel_flipped", wrong, right)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("stride_ignored", _conv()),
        ("padding_ignored", _conv()),
        ("dilation_ignored", _conv()),
        ("padding_counted", _layer("average_pooling2d", pool_size=2)),
        ("kernel_flipped", _layer("conv2d", kernel="[[2]]")),
        ("average_for_maximum", _layer("max_pooling2d", pool_size=1)),
    ],
)
def test_what_a_window_does_not_have_cannot_be_mistaken(word, text):
    assert _given(text, "y[1,1]", word) == []


# --- slips of the pen ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "typed", "decimals", "expected", "is_one"),
    [
        ("sign", -0.0736, 4, 0.0736, True),
        ("sign", 0.0736, 4, 0.0736, False),
        ("digits_swapped", 0.0763, 4, 0.0736, True),
        ("digits_swapped", 0.0736, 4, 0.0736, False),
        ("point_moved", 0.736, 3, 0.0736, True),
        ("point_moved", 0.0736, 4, 0.0736, False),
        ("point_moved", 0.5, 1, 0.00492, False),  # one digit, and two places off
    ],
)
def test_a_slip_of_the_pen(word, typed, decimals, expected, is_one):
    import numpy as np

    meant = list(mistakes.load(word).meant(np.array([typed]), np.array([decimals])))

    assert any(abs(float(number[0]) - expected) <= 0.5e-4 for number in meant) is is_one


# --- sizes and counts ----------------------------------------------------------------------------


def _file(shape, *layers, ask="shapes, parameters", more=""):
    listed = "\n".join(f"  - {layer}" for layer in layers)
    return f"input: {{shape: {list(shape)}}}\nlayers:\n{listed}\nask: [{ask}]\n{more}\n"


def _marked(text, **typed):
    found = Figures(_scheme(text)).mark({key: str(value) for key, value in typed.items()})
    return {one.figure.key: one for one in found}


def _accounts(text, key, typed):
    """The verdict, and all mistakes that give this number."""
    return _given_by(_scheme(text), key, typed)


def _given_by(scheme, key, typed):
    figures = Figures(scheme)
    one = next(one for one in figures.mark({key: str(typed)}) if one.figure.key == key)
    sizes = tuple(int(n) for n in str(typed).split("x"))
    sizes *= len(one.figure.value) if len(sizes) == 1 else 1
    return one.verdict.name, figures.wrong.of(one.figure, {}).get(sizes, ())


CONV = "{conv2d: {name: c, kernel_size: 5, filters: 6}}"
COUNTED = "parameters, multiply_adds"
LSTM = "{lstm: {name: l, units: 10}}"
ATTENTION = "{multi_head_attention: {name: m, num_heads: 2, key_dim: 3}}"


@pytest.mark.parametrize(
    ("word", "text", "key", "wrong"),
    [
        ("biases_not_counted", _file((32, 32, 3), CONV), "c_params", 5 * 5 * 3 * 6),
        ("channels_forgotten", _file((32, 32, 3), CONV), "c_params", 5 * 5 * 6 + 6),
        ("filters_forgotten", _file((32, 32, 3), CONV), "c_params", 5 * 5 * 3 + 1),
        ("filters_forgotten", _file((32, 32, 3), CONV), "c_params", 5 * 5 * 3 + 6),
        ("one_bias", _file((32, 32, 3), CONV), "c_params", 5 * 5 * 3 * 6 + 1),
        ("one_bias", _file((3,), "{dense: {name: d, units: 4}}"), "d_params", 3 * 4 + 1),
        ("filters_for_channels", _file((32, 32, 3), CONV), "c_params", 5 * 5 * 3 * 6 + 3),
        ("pooling_counted", _file((8, 8, 3), "{max_pooling2d: {name: p}}"), "p_params", 2 * 2),
        (
            "groups_ignored",
            _file((8, 8, 4), "{conv2d: {name: c, kernel_size: 3, filters: 6, groups: 2}}"),
            "c_params",
            3 * 3 * 4 * 6 + 6,
        ),
        (
            "groups_ignored",
            _file((8, 8, 4), "{depthwise_conv2d: {name: c, kernel_size: 3}}"),
            "c_params",
            3 * 3 * 4 * 4 + 4,
        ),
        (
            "array_left_out",
            _file((8, 8, 4), "{separable_conv2d: {name: c, kernel_size: 3, filters: 6}}"),
            "c_params",
            4 * 6 + 6,
        ),
        (
            "flattened_channels_forgotten",
            _file((4, 5, 3), "flatten", "{dense: {name: d, units: 7}}"),
            "d_params",
            4 * 5 * 7 + 7,
        ),
        ("gates_forgotten", _file((5, 8), LSTM), "l_params", 8 * 10 + 10 * 10 + 10),
        ("gates_forgotten", _file((5, 8), LSTM), "l_params", 3 * (8 * 10 + 10 * 10 + 10)),
        ("one_matrix", _file((5, 8), LSTM), "l_params", 4 * (8 * 10 + 10)),
        ("one_matrix", _file((5, 8), LSTM), "l_params", 4 * (10 * 10 + 10)),
        ("other_biases", _file((5, 8), LSTM), "l_params", 4 * (8 * 10 + 10 * 10 + 2 * 10)),
        (
            "other_biases",
            _file((5, 8), LSTM, more="convention: pytorch"),
            "l_params",
            4 * (8 * 10 + 10 * 10 + 10),
        ),
        (
            "other_biases",
            _file((5, 8), "{gru: {name: l, units: 10}}"),
            "l_params",
            3 * (8 * 10 + 10 * 10 + 10),
        ),
        (
            "gamma_beta_alone",
            _file((8, 8, 4), "{batch_normalization: {name: n}}"),
            "n_params",
            2 * 4,
        ),
        (
            "other_convention",
            _file((8, 8, 4), "{batch_normalization: {name: n}}", more="convention: pytorch"),
            "n_params",
            4 * 4,
        ),
        ("other_convention", _file((6,), "{prelu: {name: n}}"), "n_params", 1),
        (
            "projection_forgotten",
            _file((4, 6), ATTENTION),
            "m_params",
            3 * (6 * 2 * 3 + 2 * 3),
        ),
        (
            "products_doubled",
            _file((32, 32, 3), CONV, ask=COUNTED),
            "c_multiply_adds",
            2 * 28 * 28 * 5 * 5 * 3 * 6,
        ),
        (
            "products_with_biases",
            _file((32, 32, 3), CONV, ask=COUNTED),
            "c_multiply_adds",
            28 * 28 * (5 * 5 * 3 + 1) * 6,
        ),
        (
            "places_forgotten",
            _file((32, 32, 3), CONV, ask=COUNTED),
            "c_multiply_adds",
            5 * 5 * 3 * 6,
        ),
        (
            "channels_forgotten",
            _file((32, 32, 3), CONV, ask=COUNTED),
            "c_multiply_adds",
            28 * 28 * 5 * 5 * 6,
        ),
        (
            "stride_ignored",
            _file(
                (9, 9, 2),
                "{conv2d: {name: c, kernel_size: 3, filters: 4, strides: 2}}",
                ask=COUNTED,
            ),
            "c_multiply_adds",
            7 * 7 * 3 * 3 * 2 * 4,
        ),
    ],
)
def test_a_mistake_in_a_count(word, text, key, wrong):
    verdict, words = _accounts(text, key, wrong)

    assert verdict == "WRONG"
    assert word in words


def test_two_accounts_that_fit_a_count_are_both_given():
    """1·10 + 10·10 + 10 = 120: without the 10 biases, or without the 10 weights of the input, it is 110."""
    text = _file((5, 1), "{simple_rnn: {name: r, units: 10}}")

    assert _accounts(text, "r_params", 110) == ("WRONG", ("biases_not_counted", "one_matrix"))


def test_one_mistake_in_every_layer_gives_its_total():
    """LeNet-5 without its 6 + 16 + 120 + 84 + 10 biases."""
    verdict, words = _accounts_of("lenet-5", "total_params", 61_706 - (6 + 16 + 120 + 84 + 10))

    assert (verdict, words) == ("WRONG", ("biases_not_counted",))


def _accounts_of(name, key, typed):
    return _given_by(Scheme(handcalc.load(name)), key, typed)


@pytest.mark.parametrize(
    ("word", "layer", "wrong"),
    [
        ("filters_for_channels", CONV, "28x24x3"),
        ("filters_for_channels", CONV, "28x24x18"),
        ("rows_and_columns_swapped", CONV, "24x28x6"),
        ("window_shifted", CONV, "27x23x6"),
        ("window_shifted", CONV, "29x25x6"),
        ("padding_ignored", "{conv2d: {name: c, kernel_size: 5, padding: same}}", "28x24x1"),
        ("stride_ignored", "{conv2d: {name: c, kernel_size: 5, strides: 3}}", "28x24x1"),
        # (28 - 3)/… : 32 - 2·(5 - 1) = 24 places with a dilation of 2, 28 without.
        ("dilation_ignored", "{conv2d: {name: c, kernel_size: 5, dilation_rate: 2}}", "28x24x1"),
        ("stride_ignored", "{max_pooling2d: {name: c}}", "31x27x3"),
        # 27/3 + 1 = 10 rows; of 23/3 the ceiling is 8, and 9 columns.
        ("ceiling_for_floor", "{conv2d: {name: c, kernel_size: 5, strides: 3}}", "10x9x1"),
        (
            "ceiling_for_floor",
            "{max_pooling2d: {name: c, pool_size: 3, strides: 3, ceil_mode: true}}",
            "10x9x3",
        ),
        ("flattened_channels_forgotten", "{flatten: {name: c}}", "896"),
        (
            "other_convention",
            "{conv2d_transpose: {name: c, kernel_size: 2, filters: 1, strides: 3}}",
            "95x83x1",
        ),
    ],
)
def test_a_mistake_in_a_size(word, layer, wrong):
    """Of 32 × 28 cells in three channels."""
    verdict, words = _accounts(_file((32, 28, 3), layer), "c_shape", wrong)

    assert verdict == "WRONG"
    assert word in words


DEEP = _file(
    (64, 64, 1),
    "{conv2d: {name: one, kernel_size: 3, filters: 2, strides: 2}}",
    "{conv2d: {name: two, kernel_size: 3, filters: 2, dilation_rate: 2}}",
    "{max_pooling2d: {name: pool}}",
    "{conv2d: {name: last, kernel_size: 3, filters: 2}}",
    ask="shapes, receptive_field, multiply_adds, one_jump, two_jump, pool_jump, last_unfloored",
)
# one sees 3, its cells 2 apart; two 3 + 2·2·2 = 11; pool 11 + 2 = 13, then 4 apart; last 13 + 2·4 = 21.


@pytest.mark.parametrize(
    ("key", "typed", "verdict", "word"),
    [
        ("last_field", 21, "RIGHT", ""),
        ("last_field", 3 + 4 + 1 + 2, "WRONG", "stride_ignored"),  # every jump 1
        ("last_field", 13 + 2, "WRONG", "stride_ignored"),  # the last one alone
        ("last_field", 3 + 2 * 2 + 2 + 2 * 4, "WRONG", "dilation_ignored"),
        ("pool_jump", 4, "RIGHT", ""),
        ("pool_jump", 2, "WRONG", "stride_ignored"),
    ],
)
def test_a_field_with_strides_or_a_dilation_left_out(key, typed, verdict, word):
    given, words = _accounts(DEEP, key, typed)

    assert (given, word in words or not word) == (verdict, True)


def test_fields_and_jumps_follow_from_those_that_were_typed():
    """With 4 for what one sees two sees 4 + 2·2·2 = 12; with a jump of 3 two sees 3 + 2·2·3 = 15."""
    by_field = _marked(DEEP, one_field=4, two_field=12, pool_field=14, last_field=22)
    by_jump = _marked(DEEP, one_jump=3, two_field=15, pool_jump=6)

    assert [by_field[f"{name}_field"].verdict.name for name in ("one", "two", "pool", "last")] == [
        "WRONG",
        "FOLLOWS",
        "FOLLOWS",
        "FOLLOWS",
    ]
    assert by_jump["two_field"].verdict.name == by_jump["pool_jump"].verdict.name == "FOLLOWS"


def test_work_and_places_follow_from_sizes_that_were_typed():
    """30 × 30 for the 31 × 31 of one: its own work is 30·30·9·2, and two has 30 - 4 = 26 places a side.

    The 8 × 8 of pool then leave last 8 - 3 + 1 = 6 places.
    """
    found = _marked(
        DEEP,
        one_shape="30x30x2",
        one_multiply_adds=30 * 30 * 9 * 2,
        two_multiply_adds=26 * 26 * 9 * 2 * 2,
        pool_shape="8x8x2",
        last_unfloored="6x6",
    )

    assert found["one_shape"].verdict.name == "WRONG"
    assert (
        found["one_multiply_adds"].verdict.name
        == found["two_multiply_adds"].verdict.name
        == "FOLLOWS"
    )
    assert found["last_unfloored"].verdict.name == "FOLLOWS"


def test_padding_follows_from_a_size_that_was_typed():
    """Of 9 cells every second, seen by 3: 5 places reach 11 cells, 1 a side; of 8 cells 4 places reach 9."""
    text = _file(
        (10, 10, 1),
        "{max_pooling2d: {name: p, pool_size: 2, strides: 1}}",
        "{conv2d: {name: c, kernel_size: 3, strides: 2, padding: same}}",
        ask="shapes, c_padding",
    )
    right, own = _marked(text, c_padding="1x1"), _marked(text, p_shape="8x8x1", c_padding="0x1x0x1")

    assert right["c_padding"].verdict.name == "RIGHT"
    assert own["c_padding"].verdict.name == "FOLLOWS"


def test_a_size_that_no_array_has_is_judged_and_leads_nowhere():
    """The layers behind it are judged by the right size, and nothing of that size is ever made."""
    huge = "999999999999x999999999999x2"
    found = _marked(
        DEEP, one_shape=huge, two_shape="27x27x2", one_multiply_adds=31 * 31 * 18, two_field=11
    )

    assert found["one_shape"].verdict.name == "WRONG"
    assert found["two_shape"].verdict.name == "RIGHT"
    assert found["one_multiply_adds"].verdict.name == found["two_field"].verdict.name == "RIGHT"


def test_what_is_used_again_has_no_weights_of_its_own_to_count():
    text = _file((3,), "{dense: {name: d, units: 3}}", "{use: {layer: d, name: e}}")

    assert _accounts(text, "e_params", 0) == ("RIGHT", ())
    assert _accounts(text, "e_params", 12)[0] == "WRONG"


# --- uphill ----------------------------------------------------------------------------------------

UPHILL = "learned: {x: 1.25}\nvalues: {f: -(x - 3)^2}\noptimizer: {sgd: {learning_rate: 0.1, form: ascend}}\n"


def test_a_step_down_where_it_goes_up():
    """∂f/∂x = -2(x - 3) = 3.5."""
    _planted(UPHILL, "x_new", "minus_in_ascent", 1.25 - 0.35, 1.25 + 0.35)


# --- formulas of one's own ---------------------------------------------------------------------------

CIRCUIT = "input: {x: -2, y: 5, z: -4}\nvalues: {q: 3x + y, f: q*z + 2q*x}\n"


@pytest.mark.parametrize(
    ("word", "key", "wrong"),
    [
        # ∂f/∂q = z + 2x = -8, ∂q/∂x = 3, and ∂f/∂x directly is 2q = -2.
        ("upstream_forgotten", "df_dx", 3 - 2),
        ("local_slope_forgotten", "df_dx", -8 - 2),
        ("upstream_forgotten", "df_dy", 1),
    ],
)
def test_half_of_a_product_of_the_chain_rule(word, key, wrong):
    right = {"df_dx": 3 * -8 - 2, "df_dy": -8}[key]
    _planted(CIRCUIT, key, word, wrong, right)


# --- formulas of one's own: the same arithmetic with something left out ---------------------------

LINE = """
input: {x: 0.5, t: 1}
learned: {w: 0.4, b: 0.1}
values: {z: w*x + b, y: sigmoid(z), E: 1/2*(y-t)^2}
"""
WAVE = "{input: {x: 2}, values: {f: sin(3*x), g: f^2}, ask: [forward, gradients]}"
AREA = "{input: {x: 2.3, y: 3.7}, values: {q: x*y, f: ln(q) + q/5}, ask: [forward, gradients]}"
CUBE = "{input: {x: 2}, values: {f: x^3}, ask: [forward, gradients]}"
MOVED = """
input: {x: 1.3, y: 0.7}
values: {f: x^2*y - 0.5*y^2}
ask: [finite_differences]
finite_difference: {h: 0.01, form: %s}
"""
STEP = MOVED.replace("x: 1.3, y: 0.7", "x: 3").replace("x^2*y - 0.5*y^2", "x^2") % "forward"
Y, Q = sigmoid(0.3), 2.3 * 3.7


@pytest.mark.parametrize(
    ("text", "key", "word", "wrong", "right"),
    [
        (LINE, "z", "term_left_out", 0.2, 0.3),
        (LINE, "E", "factor_left_out", (Y - 1) ** 2, (Y - 1) ** 2 / 2),
        (LINE, "dE_dy", "factor_left_out", 2 * (Y - 1), Y - 1),
        (LINE, "E", "exponent_left_out", (Y - 1) / 2, (Y - 1) ** 2 / 2),
        (CUBE, "df_dx", "exponent_left_out", 6, 12),
        (CUBE, "df_dx", "factor_left_out", 4, 12),
        (AREA, "f", "divisor_left_out", log(Q) + Q, log(Q) + Q / 5),
        (AREA, "f", "other_logarithm", log10(Q) + Q / 5, log(Q) + Q / 5),
        (AREA, "f", "other_logarithm", log2(Q) + Q / 5, log(Q) + Q / 5),
        (AREA, "df_dx", "factors_swapped", (1 / Q + 1 / 5) * 2.3, (1 / Q + 1 / 5) * 3.7),
        (WAVE, "f", "degrees_for_radians", sin(radians(6)), sin(6)),
        (
            WAVE,
            "dg_dx",
            "degrees_for_radians",
            2 * sin(6) * 3 * cos(radians(6)),
            6 * sin(6) * cos(6),
        ),
        (WAVE, "dg_dx", "inner_slope_forgotten", 2 * sin(6) * cos(6), 6 * sin(6) * cos(6)),
        (MOVED % "forward", "difference_y", "difference_not_divided", 0.00985, 0.985),
        (MOVED % "central", "difference_y", "difference_not_divided", 0.0198, 0.99),
        (MOVED % "central", "difference_y", "divided_by_one_step", 1.98, 0.99),
    ],
)
def test_what_is_left_out_of_a_formula(text, key, word, wrong, right):
    _planted(text, key, word, wrong, right, some_right=True)


def test_a_sum_without_its_bias_is_passed_back_from_the_value_behind_it():
    _planted(LINE, "y", "term_left_out", sigmoid(0.2), sigmoid(0.3), blank=True, some_right=True)


@pytest.mark.parametrize(
    ("text", "answers", "named"),
    [
        (LINE, {"E": "0.1811", "dE_dy": "-0.8511"}, "factor_left_out"),
        (LINE, {"dE_dy": "0.4256"}, "target_minus_output"),
        (WAVE, {"f": "-0.2794", "dg_df": "-0.5588", "dg_dx": "-0.5366"}, "inner_slope_forgotten"),
        (STEP, {"difference_x": "0.0601"}, "difference_not_divided"),
        (
            LINE,
            {"dE_dy": "-0.4256", "dE_dz": "-0.4256"},
            "no_activation_derivative",
        ),
    ],
)
def test_one_account_is_not_said_in_two_words_and_two_that_fit_are_both_said(text, answers, named):
    entries = check(parse(text), answers).entries

    assert {e.mistake for e in entries if e.verdict == Verdict.WRONG} == {named}


def test_of_a_value_that_is_held_against_no_target_no_loss_is_spoken():
    (entry,) = (e for e in check(parse(CUBE), {"df_dx": "6"}).entries if e.given)

    assert entry.guessed == ("exponent_left_out",)


# --- optimizers --------------------------------------------------------------------------------------


def _trained(optimizer, steps=2):
    """The slope of 3x is 3 in every step, so that all rows can be worked out at a glance."""
    return f"learned: {{x: 1}}\nvalues: {{f: 3x}}\noptimizer: {{{optimizer}}}\nsteps: {steps}\n"


VELOCITY = _trained("momentum: {learning_rate: 0.1, momentum: 0.5}")
ADAM = _trained("adam: {learning_rate: 0.1, beta_1: 0.8, beta_2: 0.5, epsilon: 0.25}")
# Adam: m = 0.6, v = 4.5, then m = 0.48 + 0.6 = 1.08 and v = 2.25 + 4.5 = 6.75; both hats are 3 and 9.
X1 = 1 - 0.1 * 3 / 3.25


@pytest.mark.parametrize(
    ("word", "text", "key", "wrong", "right"),
    [
        # v = -0.3, x = 0.7; then v = -0.15 - 0.3 = -0.45, x = 0.25.
        ("velocity_sign", VELOCITY, "v_x@step1", 0.3, -0.3),
        ("velocity_sign", VELOCITY, "v_x@step2", -0.15 + 0.3, -0.45),
        ("memory_forgotten", VELOCITY, "v_x@step2", -0.3, -0.45),
        ("memory_of_the_step_before", VELOCITY, "x@step2", 0.7 - 0.3, 0.25),
        ("memory_forgotten", ADAM, "m_x@step2", 0.6, 1.08),
        ("bias_correction_forgotten", ADAM, "x@step1", 1 - 0.1 * 0.6 / (4.5**0.5 + 0.25), X1),
        ("step_miscounted", ADAM, "m_hat_x@step2", 1.08 / 0.2, 3),
        ("step_miscounted", ADAM, "v_hat_x@step2", 6.75 / (1 - 0.5**3), 9),
        ("root_of_squares_forgotten", ADAM, "x@step1", 1 - 0.1 * 3 / 9.25, X1),
        ("square_of_gradient_forgotten", ADAM, "v_x@step1", 1.5, 4.5),
        ("decay_rates_exchanged", ADAM, "m_x@step1", 1.5, 0.6),
        ("decay_rates_exchanged", ADAM, "m_hat_x@step2", 1.08 / 0.75, 3),
        ("decay_turned", ADAM, "m_x@step1", 0.8 * 3, 0.6),
        ("epsilon_under_the_root", ADAM, "x@step1", 1 - 0.1 * 3 / 9.25**0.5, X1),
        ("plus_in_update", ADAM, "x@step1", 1 + 0.1 * 3 / 3.25, X1),
    ],
)
def test_a_mistake_in_an_optimizer(word, text, key, wrong, right):
    _planted(text, key, word, wrong, right)


ROSENBLATT = """
input: [2, 3]
target: 1
layers: [{dense: {name: o, weights: [[1, 1]], bias: 0, activation: step}}]
optimizer: {perceptron: {learning_rate: 0.5}}
"""


def test_a_mistake_in_the_rule_of_the_perceptron():
    """The output is right, so that w1 stays 1; with the target 0 it falls by 0.5·2."""
    _planted(ROSENBLATT, "w1_new", "moved_in_spite_of_right", 2, 1)
    _planted(ROSENBLATT.replace("target: 1", "target: 0"), "w1_new", "error_sign", 2, 0)


ONE_AT_A_TIME = """
samples: [{input: {a: 1}, target: 3}, {input: {a: 2}, target: 0}]
learned: {w: 1}
values: {e: "(w*a - t)^2 / 2"}
optimizer: {sgd: {learning_rate: 0.1}}
batch_size: 1
steps: 2
"""


@pytest.mark.parametrize(
    ("word", "key", "wrong", "right"),
    [
        # Slopes -2 and 4 with w = 1, of both samples 1; then w = 1.2 and the slope of the second is 4.8.
        ("batch_gradient", "w@step1", 1 - 0.1 * 1, 1.2),
        ("batch_gradient", "de_dw@step1", 1, -2),
        ("first_weights", "de_dw@step2", 4, 4.8),
        ("first_weights", "w@step2", 1.2 - 0.1 * 4, 0.72),
        ("first_weights", "w@step2", 1 - 0.1 * 4, 0.72),
        ("batch_gradient", "w@step2", 1.2 - 0.1 * (4.8 + (1.2 - 3)) / 2, 0.72),
    ],
)
def test_a_mistake_in_steps_of_one_sample(word, key, wrong, right):
    """The errors are 1·1 - 3 and 2·1 - 0, their slopes the errors times the inputs; only weights are asked, or slopes."""
    kind = "w@" if key.startswith("w") else "de_dw@"
    _planted(f"{ONE_AT_A_TIME}ask: [{kind}step1, {kind}step2]", key, word, wrong, right)


def test_every_mistake_that_is_listed_is_planted_here():
    """A mistake without a case of its own may never give its number."""
    text = Path(__file__).read_text("utf-8")
    cases = text[: text.index("# --- the sentences")]
    cases += Path(__file__).with_name("test_mistakes_through_time.py").read_text("utf-8")

    assert not [word for word in MISTAKES if f'"{word}"' not in cases]


# --- the sentences -------------------------------------------------------------------------------

PAST = re.compile(
    r"\b(was|were|went|did|had|stayed|stood)\b",
)


@pytest.mark.parametrize("word", MISTAKES)
def test_a_mistake_is_told_by_a_clause_in_the_past_tense(word):
    """It reads both as 'h1_in: …' and as 'as if …'."""
    said = mistakes.load(word).said

    assert said[0].islower()
    assert said[-1] not in ".:;"
    assert PAST.search(said)
    assert "∂" not in said, "a file may call its loss L"


@pytest.mark.parametrize(
    ("text", "key", "word", "told"),
    [
        (NET, "h1_out", "activation_forgotten", "the sigmoid was left out"),
        (
            NET,
            "dE_do1_in",
            "no_activation_derivative",
            "the slope of the sigmoid was left out of the chain rule",
        ),
        (
            NET.replace("sigmoid", "tanh"),
            "h1_out",
            "other_activation",
            "another activation was used in place of tanh",
        ),
        (SAMPLES, "o1_out@1", "activation_forgotten", "ReLU was left out"),
        (NET, "E", "loss_factor", "the loss was taken twice or half as large"),
        (NET, "h1_in", "weights_transposed", "the inputs were multiplied by Wᵀ where W belongs"),
        (
            NET,
            "dE_dh1_out",
            "weights_transposed",
            "the gradient was passed back through W where Wᵀ belongs",
        ),
        (NET, "h1_in", "wrong_neuron", "the weights of another neuron were used"),
        (SAMPLES, "dE_dw1", "sum_for_mean", "the samples were added up where their mean is meant"),
    ],
)
def test_a_sentence_names_the_function_at_hand(text, key, word, told):
    assert mistakes.load(word).told(_step(text, key)) == told


# --- everything that is shipped ------------------------------------------------------------------

MOST_TRIED = 4


@pytest.mark.parametrize("name", library.names())
def test_every_mistake_can_be_tried_on_every_shipped_problem(name):
    """What it gives is a number or none, and where it can be told it is told by a clause in the past tense."""
    scheme = Scheme(handcalc.load(name))
    wrong = Figures(scheme).wrong
    for figure in list(scheme.figures.values())[:40]:
        assert figure.value not in wrong.of(figure)
    steps = [step for asked in scheme.answers.values() for step in asked.steps[:MOST_TRIED]]
    for step in steps[:: max(1, len(steps) // 12)]:
        for seen in (step, replace(step, on_sheet={})):
            for mistake in mistakes.all_of():
                formulas = list(mistake.formulas(seen))
                for formula in formulas:
                    try:
                        float(evaluate(formula, step.steps.exact_leaf))
                    except (ArithmeticError, ValueError, HandcalcError):
                        continue
                if formulas:
                    told = mistake.told(seen)

                    assert PAST.search(told)
                    assert not told.endswith(".")
