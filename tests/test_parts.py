"""Numbers that people write down on the way: each against plain arithmetic, on the page, on a sheet."""

import math
import re
from typing import Any

import numpy as np
import pytest

import handcalc
from handcalc.errors import HandcalcError
from handcalc.grading.checking import check
from handcalc.grading.reading.sheet import of
from handcalc.network import build
from handcalc.network.rounding import Policy
from handcalc.network.steps import Steps
from handcalc.operations._tensor import indices
from handcalc.problem import parse
from support import one, solution


def _value(text: str, key: str) -> Any:
    """The value of one number on the way."""
    return one(text, key)[0]


# --- exponentials ------------------------------------------------------------------------------------

Z = [0.7, -1.3, 2.25, 0]


@pytest.mark.parametrize(
    ("function", "sign"),
    [("sigmoid", -1), ("softplus", 1), ("elu", 1), ("{elu: {alpha: 0.5}}", 1), ("softmax", 1)],
)
def test_the_exponential_in_an_activation(function, sign):
    """e^(-z) in 1/(1 + e^(-z)), and e^z in ln(1 + e^z), in e^z - 1 and above the sum of a softmax."""
    text = f"input: {Z}\nlayers:\n  - activation: {{name: a, function: {function}}}\n"

    for i, z in enumerate(Z, 1):
        assert _value(text, f"a_exp[{i}]") == pytest.approx(math.exp(sign * z), rel=1e-15)


@pytest.mark.parametrize("function", ["tanh", "relu", "linear", "step"])
def test_what_has_no_exponential_has_no_key_for_it(function):
    text = f"input: {Z}\nlayers:\n  - activation: {{name: a, function: {function}}}\n"

    with pytest.raises(HandcalcError, match=r"there is no answer 'a_exp\[1\]'"):
        handcalc.solve(parse(text), ["a_exp[1]"])


SCORES = """
input: [0.5, -1, 2]
layers:
  - dense: {name: o, weights: [[1, 0, 0.25], [0.5, 0.5, 0], [0, -1, 0.1]], activation: ACTIVATION}
target: [0, 1, 0]
loss: categorical_crossentropy
"""


@pytest.mark.parametrize("base", [None, 2, 3])
def test_a_softmax_is_each_exponential_over_their_sum(base):
    scores = np.array([[1, 0, 0.25], [0.5, 0.5, 0], [0, -1, 0.1]]) @ [0.5, -1, 2]
    powers = (base or math.e) ** scores
    function = "softmax" if base is None else f"{{softmax: {{base: {base}}}}}"
    text = SCORES.replace("ACTIVATION", function)

    for i in (1, 2, 3):
        assert _value(text, f"o{i}_exp") == pytest.approx(powers[i - 1], rel=1e-14)
        assert _value(text, f"o{i}_out") == pytest.approx(
            _value(text, f"o{i}_exp") / _value(text, "o_exp_sum"), rel=1e-14
        )
    assert _value(text, "o_exp_sum") == pytest.approx(powers.sum(), rel=1e-14)


def test_each_row_of_a_softmax_has_a_sum():
    rows = [[1, 2, 3], [0, -1, 0.5]]
    text = f"input: {rows}\nlayers:\n  - softmax: {{name: p}}\n"

    for i, row in enumerate(rows, 1):
        total = sum(map(math.exp, row))
        assert _value(text, f"p_exp_sum[{i}]") == pytest.approx(total, rel=1e-14)
        for j, z in enumerate(row, 1):
            assert _value(text, f"p_exp[{i},{j}]") == pytest.approx(math.exp(z), rel=1e-15)


# --- what an output is off by ------------------------------------------------------------------------

LOSSES = {
    "mean_squared_error": lambda y, t: (y - t) ** 2 / 3,
    "{mean_squared_error: {factor: half_sum}}": lambda y, t: (y - t) ** 2 / 2,
    "{mean_squared_error: {factor: sum}}": lambda y, t: (y - t) ** 2,
    "{mean_squared_error: {factor: half_mean}}": lambda y, t: (y - t) ** 2 / 6,
    "binary_crossentropy": lambda y, t: -(t * math.log(y) + (1 - t) * math.log(1 - y)) / 3,
    "{binary_crossentropy: {log: 2}}": lambda y, t: (
        -(t * math.log2(y) + (1 - t) * math.log2(1 - y)) / 3
    ),
    "categorical_crossentropy": lambda y, t: -t * math.log(y),
    "{categorical_crossentropy: {log: 10}}": lambda y, t: -t * math.log10(y),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_the_loss_is_the_sum_of_the_shares_of_its_outputs(loss):
    """Each with the factor in front: 1/2, 1/n, 1/(2n), and the logarithm of the file."""
    z, t = [1.1, -0.9, 0.4], [0.25, 0.75, 1]
    text = (
        f"input: {z}\nlayers:\n"
        "  - dense: {name: o, weights: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], activation: sigmoid}\n"
        f"target: {t}\nloss: {loss}\n"
    )
    y = [1 / (1 + math.exp(-v)) for v in z]
    # With a target of 1 the other half of a binary cross-entropy is 0.
    shares = [_value(text, f"E_o{i}") for i in (1, 2, 3)]

    assert shares == pytest.approx([LOSSES[loss](a, b) for a, b in zip(y, t, strict=True)])
    assert _value(text, "E") == pytest.approx(sum(shares), rel=1e-14)


TWO = """
input: [1, 2]
layers:
  - dense: {name: o, weights: [[0.5, 0.25], [1, -1]], bias: 0.1, activation: ACTIVATION}
target: [0.25, 0.75]
loss: LOSS
"""


@pytest.mark.parametrize(
    ("error", "sign"), [("output_minus_target", 1), ("target_minus_output", -1)]
)
def test_an_error_is_written_as_the_loss_writes_it(error, sign):
    loss = f"{{mean_squared_error: {{error: {error}}}}}"
    text = TWO.replace("LOSS", loss).replace("ACTIVATION", "linear")

    assert _value(text, "o1_error") == pytest.approx(sign * (1.1 - 0.25), rel=1e-14)
    assert _value(text, "o2_error") == pytest.approx(sign * (-0.9 - 0.75), rel=1e-14)


def test_behind_a_softmax_the_error_is_the_gradient_by_the_score():
    """∂E/∂z = p - t, whatever the way to it."""
    text = TWO.replace("LOSS", "categorical_crossentropy").replace("ACTIVATION", "softmax")

    for i in (1, 2):
        assert _value(text, f"o{i}_error") == pytest.approx(_value(text, f"dE_do{i}_in"), rel=1e-12)


CELLS = """
samples:
  - {input: [[1, 2], [3, 4]], target: [[1, 0], [0, 1]]}
  - {input: [[0, 1], [-1, 2]], target: [[0, 0], [1, 1]]}
layers:
  - conv2d: {name: c, kernel: [[0.5]], bias: 0.25}
loss: {mean_squared_error: {factor: half_mean}}
optimizer: {sgd: {learning_rate: 0.5}}
"""


def test_errors_and_shares_of_cells_sample_by_sample():
    x = np.array([[[1, 2], [3, 4]], [[0, 1], [-1, 2]]])
    t = np.array([[[1, 0], [0, 1]], [[0, 0], [1, 1]]])
    errors = 0.5 * x + 0.25 - t

    for s, i, j in np.ndindex(2, 2, 2):
        at = f"[{i + 1},{j + 1}]@{s + 1}"
        assert _value(CELLS, f"c_error{at}") == errors[s, i, j]
        assert _value(CELLS, f"E_c{at}") == errors[s, i, j] ** 2 / 8
    whole = [_value(CELLS, f"E@{s}") for s in (1, 2)]
    assert whole == pytest.approx((errors**2).sum(axis=(1, 2)) / 8)


def test_each_of_several_outputs_has_errors_and_shares():
    rating, seen = 0.2481798192088511, 0.6229621654905142

    assert one(handcalc.load("two-towers"), "rating_error[1]")[0] == pytest.approx(rating - 0.6)
    assert one(handcalc.load("two-towers"), "E_rating[1]")[0] == pytest.approx((rating - 0.6) ** 2)
    assert one(handcalc.load("two-towers"), "seen1_error")[0] == pytest.approx(seen - 1)
    # The share of the only neuron of an output is its loss, before that is weighed.
    assert one(handcalc.load("two-towers"), "E_seen1")[0] == pytest.approx(-math.log(seen))


# --- what a weight moves by --------------------------------------------------------------------------


@pytest.mark.parametrize(("letter", "word"), [("eta", "eta"), ("alpha", "alpha")])
def test_what_a_weight_moves_by(letter, word):
    """η·∂E/∂w, by which w becomes smaller."""
    more = f"optimizer: {{sgd: {{learning_rate: 0.5}}}}\nnotation: {{learning_rate: {letter}}}\n"
    text = TWO.replace("LOSS", "mean_squared_error").replace("ACTIVATION", "linear") + more
    # ∂E/∂w1 = 2/2·(1.1 - 0.25)·1 and ∂E/∂w4 = (-0.9 - 0.75)·2; the bias has both errors.
    moves = {"w1": 0.85, "w4": -3.3, "b1": 0.85 - 1.65}
    before = {"w1": 0.5, "w4": -1, "b1": 0.1}

    for key, slope in moves.items():
        assert _value(text, f"{word}_dE_d{key}") == pytest.approx(0.5 * slope, rel=1e-13)
        assert _value(text, f"{key}_new") == pytest.approx(before[key] - 0.5 * slope, rel=1e-13)


def test_over_several_samples_a_weight_moves_by_the_gradient_of_all():
    """∂E/∂k = 1/2 Σ 1/4 Σ error·x for two samples of four cells."""
    x = np.array([[[1, 2], [3, 4]], [[0, 1], [-1, 2]]])
    errors = 0.5 * x + 0.25 - np.array([[[1, 0], [0, 1]], [[0, 0], [1, 1]]])
    slope = (errors * x).sum() / 4 / 2

    assert _value(CELLS, "eta_dE_dK1[1,1]") == pytest.approx(0.5 * slope, rel=1e-14)
    assert _value(CELLS, "eta_dE_db1") == pytest.approx(0.5 * errors.sum() / 8, rel=1e-14)


def test_a_frozen_weight_does_not_move():
    text = """
input: [1, 2]
layers:
  - dense: {name: h, weights: [[0.5, 0.25]], trainable: false}
  - dense: {name: o, weights: [[2]]}
target: [1]
loss: mean_squared_error
optimizer: {sgd: {learning_rate: 0.1}}
"""
    with pytest.raises(HandcalcError, match="there is no answer 'eta_dE_dw1'"):
        handcalc.solve(parse(text), ["eta_dE_dw1"])
    assert _value(text, "eta_dE_dw3") == pytest.approx(0.1 * 2 * (2 - 1) * 1, rel=1e-14)


# --- sums and means ----------------------------------------------------------------------------------

ARRAYS = """
input: [[1, 2.5, -1], [0, 4, 3]]
layers:
  - conv2d: {name: c, kernel: [[1, -2], [0.5, 3]], bias: 0.25, activation: relu}
  - flatten: {name: f}
  - dense: {name: h, weights: [[0.5, -1.5], [2, 1]], bias: [0.5, 1]}
"""


def test_sums_and_means_of_arrays():
    """Of inputs, of weights, of what a layer sums up and of what it gives on."""
    x, K = np.array([[1, 2.5, -1], [0, 4, 3]]), np.array([[1, -2], [0.5, 3]])
    z = np.array([(x[:, i : i + 2] * K).sum() + 0.25 for i in (0, 1)])
    W, b = np.array([[0.5, -1.5], [2, 1]]), np.array([0.5, 1])
    c = np.maximum(z, 0)
    arrays = {"x": x, "K1": K, "c_in": z, "c": c, "f": c, "h_W": W, "h_b": b, "h_out": W @ c + b}

    for key, array in arrays.items():
        assert _value(ARRAYS, f"{key}_sum") == pytest.approx(array.sum(), rel=1e-14)
        assert _value(ARRAYS, f"{key}_mean") == pytest.approx(array.mean(), rel=1e-14)


def test_each_sample_has_a_mean_of_its_own():
    found = handcalc.solve(parse(CELLS), ["c_mean", "x_sum"]).answers

    assert {key: answer.value for key, answer in found.items()} == {
        "c_mean@1": 0.5 * 2.5 + 0.25,
        "c_mean@2": 0.5 * 0.5 + 0.25,
        "x_sum@1": 10,
        "x_sum@2": 2,
    }


def test_the_mean_of_very_many_numbers():
    """240,000 numbers: their sum is made when it is looked at, and not written out."""
    text = "input: {shape: [400, 600], random: {seed: 7, low: 0, high: 1, decimals: 2}}\nlayers:\n  - activation: {name: a, function: linear}\n"
    problem = parse(text)
    x = build(problem).arrays["x"]

    assert one(problem, "x_mean")[0] == pytest.approx(x.mean(), rel=1e-12)


# --- figures on the way to a size --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "padding", "places"),
    [
        ("conv1d: {name: c, kernel_size: 3, strides: 2, padding: 1}", [1], (10 + 2 - 3) / 2 + 1),
        ("conv1d: {name: c, kernel_size: 4, padding: same}", [1, 2], 10 + 3 - 4 + 1),
        ("max_pooling1d: {name: c, pool_size: 4}", [0], (10 - 4) / 4 + 1),
    ],
)
def test_padding_and_places_before_they_are_rounded(layer, padding, places):
    """(n + p + q - k)/s + 1, with the padding before and after where that differs."""
    text = f"input: {{shape: [10]}}\nlayers:\n  - {layer}\nask: [shapes]\n"

    found = handcalc.solve(parse(text), ["c_padding", "c_unfloored"]).answers
    assert found["c_padding"].value == padding
    assert float(np.ravel(found["c_unfloored"].value)[0]) == pytest.approx(places)


def test_the_jump_is_the_product_of_the_strides_before():
    text = (
        "input: {shape: [40, 40]}\nlayers:\n  - conv2d: {name: p, kernel_size: 3, strides: 2}\n"
        "  - max_pooling2d: {name: q, pool_size: 3}\n  - conv2d: {name: r, kernel_size: 2}\n"
    )
    found = handcalc.solve(parse(text), ["p_jump", "q_jump", "r_jump"]).answers

    assert [found[f"{name}_jump"].value for name in "pqr"] == [[2, 2], [6, 6], [6, 6]]


# --- whatever is asked is on the page ----------------------------------------------------------------

NAMES = (
    "net-2-2-2",
    "net-3-4-3-2",
    "residual-net",
    "siamese-net",
    "two-towers",
    "conv-classifier",
    "conv-dense",
    "cnn-relu-pool",
    "sigmoid-slopes",
    "vanishing-gradient",
    "conv-channels",
    "leaky-relu",
)


def _keys(name: str) -> tuple[list[str], Steps]:
    """Keys of values, of gradients, of new values, and of what is written down on the way."""
    problem = handcalc.load(name)
    network = build(problem)
    steps = Steps(network, Policy(problem.rounding))
    found = steps.keys.known(6)
    for quantity in network.quantities.values():
        for word in steps.parts.words_of(quantity):
            for index in list(indices(quantity.shape))[:3]:
                found.append(steps.parts._key(word, quantity, index))
    return list(dict.fromkeys(found)), steps


@pytest.mark.parametrize("name", NAMES)
def test_every_key_is_found_behind_what_it_stands_on(name):
    """All at once: each is the find of a step, and what that step needs was found before or is given."""
    keys, steps = _keys(name)
    solved = handcalc.solve(name, keys)
    found: dict[str, int] = {}
    for place, step in enumerate(solved.steps):
        assert not [key for key in step.stands_on if key not in found], step.number
        found |= {key: place for key in step.finds if key not in found}
    for key in keys:
        refs = [ref for ref in steps.keys.find(key) if not steps.is_given(steps.same(ref))]
        assert {steps.key(ref) for ref in refs} <= set(found), key


def _some(keys: list[str]) -> list[str]:
    """The first and the last key of each kind: h1_in, dE_dh1_in, w1_new, h1_exp, …"""
    kinds: dict[str, list[str]] = {}
    for key in keys:
        kinds.setdefault(re.sub(r"\d+|\[.*\]", "", key), []).append(key)
    return [key for kind in kinds.values() for key in dict.fromkeys((kind[0], kind[-1]))]


@pytest.mark.parametrize("name", NAMES)
def test_a_key_alone_is_on_the_page_with_its_value(name):
    """The step of each kind of key by itself, and its value as the whole solution has it."""
    keys, steps = _keys(name)
    whole = handcalc.solve(name).answers
    chosen = _some(keys)
    for key in chosen[:: max(1, len(chosen) // 9)]:
        solved = handcalc.solve(name, [key])
        found: set[str] = set()
        for step in solved.steps:
            assert not set(step.stands_on) - found, (key, step.number)
            found.update(step.finds)
        page = str(solved)

        refs = [ref for ref in steps.keys.find(key) if not steps.is_given(steps.same(ref))]
        assert {steps.key(ref) for ref in refs} <= found, key
        for own, answer in solved.answers.items():
            assert own not in whole or answer == whole[own]
            for text in np.ravel([answer.shown]):
                assert re.search(rf"(?<![\d.]){re.escape(str(text))}(?![\d])", page), (own, text)


def test_a_number_on_the_way_stands_behind_the_step_that_it_needs():
    """η·∂E/∂w5 behind ∂E/∂w5, and that behind the values on its path."""
    solved = handcalc.solve("net-2-2-2", ["eta_dE_dw5"])
    steps = [(step.finds[-1], step.stands_on) for step in solved.steps if step.finds]

    assert [finds for finds, _ in steps] == ["h2_out", "o1_out", "dE_dw5", "eta_dE_dw5"]
    assert steps[-1][1] == ("dE_dw5",)
    # 0.1·0.075 with the source's three decimals of ∂E/∂w5.
    assert "η·∂E/∂w5 = 0.1·0.075 = 0.0075" in str(solved)


# --- and on a sheet ----------------------------------------------------------------------------------

ROUNDED = """
input: [1, 2]
layers:
  - dense: {name: o, weights: [[0.5, 0.25], [1, -1]], bias: 0.1, activation: sigmoid}
target: [0.25, 0.75]
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: 0.5}}
ask: [forward, o1_exp, o2_exp, o1_error, E_o1, E_o2, loss, gradients, eta_dE_dw1, update, o_out_mean]
"""


def _verdicts(problem: Any, sheet: dict[str, str]) -> dict[str, str]:
    """How each answer of a sheet is marked; a problem, or its text."""
    checked = check(parse(problem) if isinstance(problem, str) else problem, of(sheet))
    return {entry.key: entry.verdict.name for entry in checked.entries if entry.key in sheet}


def test_numbers_on_the_way_are_marked():
    """Right is the key; what follows from the student's own wrong number costs nothing again."""
    right = {
        "o1_in": "1.1",
        "o1_exp": "0.3329",
        "o1_out": "0.7503",
        "o1_error": "0.5003",
        "E_o1": "0.1251",
    }
    assert set(_verdicts(ROUNDED, right).values()) == {"RIGHT"}

    # e^(-1.1) mistaken for e^(1.1) = 3.0042: the output that follows is 1/4.0042 = 0.2497.
    wrong = {"o1_in": "1.1", "o1_exp": "3.0042", "o1_out": "0.7503", "o1_error": "0.5003"}
    assert _verdicts(ROUNDED, wrong) == {
        "o1_in": "RIGHT",
        "o1_exp": "WRONG",
        "o1_out": "RIGHT",
        "o1_error": "RIGHT",
    }

    # An output of 0.6: its error is 0.35 and its share 0.06125, both of them follow.
    follows = {
        "o1_in": "1.1",
        "o1_out": "0.6",
        "o1_error": "0.35",
        "E_o1": "0.0613",
        "E_o2": "0.1062",
    }
    assert _verdicts(ROUNDED, follows) == {
        "o1_in": "RIGHT",
        "o1_out": "WRONG",
        "o1_error": "FOLLOWS",
        "E_o1": "FOLLOWS",
        "E_o2": "RIGHT",
    }


def test_what_a_weight_moves_by_follows_from_a_wrong_gradient():
    sheet = {"dE_dw1": "0.2000", "eta_dE_dw1": "0.1000", "w1_new": "0.4000"}
    found = _verdicts(ROUNDED, sheet)

    assert found == {"dE_dw1": "WRONG", "eta_dE_dw1": "FOLLOWS", "w1_new": "FOLLOWS"}


@pytest.mark.parametrize("name", ["siamese-net", "residual-net", "two-towers"])
def test_the_own_answers_of_a_graph_are_right(name):
    """The sheet filled with what is shown: layers that are used again and several losses are marked too."""
    problem = handcalc.load(name)
    shown = {
        key: answer.shown
        for key, answer in handcalc.solve(problem).answers.items()
        if isinstance(answer.shown, str)
    }
    found = _verdicts(problem, shown)

    assert set(found.values()) == {"RIGHT"}
    assert len(found) == len(shown)


def test_a_weight_with_one_of_its_two_uses_forgotten():
    """∂E/∂w of a siamese net with the path through the left picture alone: wrong, and the update follows."""
    left = 0.5 * handcalc.solve("siamese-net").answers["dE_dg1_in"].value
    sheet = {"dE_dw1": f"{left:.4f}", "w1_new": f"{0.6 - 0.5 * left:.4f}"}
    found = _verdicts(handcalc.load("siamese-net"), sheet)

    assert found == {"dE_dw1": "WRONG", "w1_new": "FOLLOWS"}


def test_a_branch_that_does_not_count_is_marked_with_0():
    text = """
input: [1]
layers:
  - dense: {name: a, weights: [[2]]}
  - dense: {name: idle, weights: [[3]]}
  - dense: {name: o, from: a, weights: [[1]]}
target: [1]
loss: mean_squared_error
"""
    assert _verdicts(text, {"dE_dw2": "0", "dE_dw3": "4"}) == {"dE_dw2": "RIGHT", "dE_dw3": "RIGHT"}
    assert _verdicts(text, {"dE_dw2": "4"}) == {"dE_dw2": "WRONG"}


def test_a_key_on_the_way_is_a_step_of_the_solution():
    found = solution(ROUNDED)

    assert {"o1_exp", "o1_error", "E_o1", "eta_dE_dw1", "o_out_mean"} <= set(found.answers)


@pytest.mark.parametrize("column", [1, 2, 3])
def test_the_sum_of_a_softmax_down_a_column_has_the_column_in_its_key(column):
    text = "input: [[1, 2, 3], [4, 5, 6]]\nlayers: [{softmax: {name: p, axis: 1}}]\n"
    key = f"p_exp_sum[{column}]"

    assert handcalc.solve(parse(text), [key]).answers[key].value == pytest.approx(
        math.exp(column) + math.exp(column + 3)
    )
