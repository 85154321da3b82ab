"""Each convention in which published exercises differ is a word of the file."""

import math

import pytest

import handcalc
from handcalc.problem import parse
from support import answers, one, page, shown, solution

NET = """
input: [2, 3]
layers:
  - dense: {{name: h, weights: {weights}, bias: {bias}, activation: {activation}}}
{rest}
"""


def net(weights="[[1, 2], [3, 4]]", bias="0", activation="linear", rest=""):
    return NET.format(weights=weights, bias=bias, activation=activation, rest=rest)


# --- weights and biases ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("product", "h1", "h2", "line"),
    [
        ("Wx", 1 * 2 + 2 * 3, 3 * 2 + 4 * 3, "h1_in = w1·x1 + w2·x2 + b1 = 1·2 + 2·3 + 0 = 8"),
        ("xW", 1 * 2 + 3 * 3, 2 * 2 + 4 * 3, "h1_in = x1·w1 + x2·w2 + b1 = 2·1 + 3·3 + 0 = 11"),
        ("WTx", 1 * 2 + 3 * 3, 2 * 2 + 4 * 3, "h1_in = w1·x1 + w2·x2 + b1 = 1·2 + 3·3 + 0 = 11"),
    ],
)
def test_product_says_whether_a_row_belongs_to_a_neuron(product, h1, h2, line):
    text = net(rest=f"notation: {{product: {product}}}")

    assert one(text, "h1_in")[0] == h1
    assert one(text, "h2_in")[0] == h2
    assert line in page(text)


def test_weights_numbered_by_source():
    """w1 and w2 leave x1; w3 and w4 leave x2."""
    text = net(rest="notation: {numbering: source}")

    assert "h1_in = w1·x1 + w3·x2 + b1 = 1·2 + 2·3 + 0 = 8" in page(text)
    assert "h2_in = w2·x1 + w4·x2 + b1 = 3·2 + 4·3 + 0 = 18" in page(text)


def test_matrix_notation_names_elements_by_row_and_column():
    text = net(rest="notation: {weights: matrix, values: z_a}")

    assert "z⁽¹⁾₁ = w⁽¹⁾₁₁·x1 + w⁽¹⁾₁₂·x2 + b⁽¹⁾ = 1·2 + 2·3 + 0 = 8" in page(text)
    assert one(text, "z1[2]")[0] == 18


@pytest.mark.parametrize(
    ("bias", "h1", "h2"),
    [("0.5", 8.5, 18.5), ("[0.5, -1]", 8.5, 17), ("none", 8, 18)],
)
def test_one_bias_a_layer_one_a_neuron_or_none(bias, h1, h2):
    text = net(bias=bias)

    assert one(text, "h1_in")[0] == h1
    assert one(text, "h2_in")[0] == h2


@pytest.mark.parametrize(
    ("place", "weights"), [("first_weight", "[[5, 1, 2]]"), ("last_weight", "[[1, 2, 5]]")]
)
def test_bias_as_a_column_of_the_weights_with_a_constant_one(place, weights):
    text = net(weights=weights, bias=place, rest="target: [1]\nloss: mean_squared_error")

    assert one(text, "h1_in")[0] == 13
    which = "w1" if place == "first_weight" else "w3"
    # E = (13 - 1)²: the constant's weight has the gradient 2·12·1.
    assert one(text, f"dE_d{which}")[0] == 24


# --- loss --------------------------------------------------------------------------------------

TWO_OUTPUTS = net(rest="target: [7, 20]\nloss: {{mean_squared_error: {{factor: {0}, error: {1}}}}}")


@pytest.mark.parametrize(
    ("factor", "loss", "slope"),
    [("sum", 1 + 4, 2), ("half_sum", 5 / 2, 1), ("mean", 5 / 2, 1), ("half_mean", 5 / 4, 0.5)],
)
@pytest.mark.parametrize("error", ["output_minus_target", "target_minus_output"])
def test_squared_error_with_each_factor_and_either_sign(factor, loss, slope, error):
    text = (
        TWO_OUTPUTS.replace("{{", "{")
        .replace("}}", "}")
        .replace("{0}", factor)
        .replace("{1}", error)
    )

    assert one(text, "E")[0] == loss
    # h = (8, 18), t = (7, 20): ∂E/∂h1 = slope·(8 - 7), whichever way the difference is written.
    assert one(text, "dE_dh1_out")[0] == slope


def test_target_minus_output_is_written_with_its_minus_sign():
    text = net(
        rest="target: [7, 20]\nloss: {mean_squared_error: {factor: half_sum, error: target_minus_output}}"
    )

    assert "∂E/∂h1_out" in page(text)
    assert "-(t1 - h1_out)" in page(text)


@pytest.mark.parametrize(("base", "unit"), [("e", 1.0), ("2", math.log(2)), ("10", math.log(10))])
def test_logarithm_of_cross_entropy(base, unit):
    text = net(
        activation="softmax",
        weights="[[1, 0], [0, 1]]",
        rest=f"target: [1, 0]\nloss: {{categorical_crossentropy: {{log: {base}}}}}",
    )
    p = 1 / (1 + math.e)

    assert one(text, "E")[0] == pytest.approx(-math.log(p) / unit, rel=1e-14)
    assert one(text, "dE_dh1_in")[0] == pytest.approx((p - 1) / unit, rel=1e-12)


def test_softmax_to_another_base_for_pencil_work():
    """2² and 2³ are 4 and 8: shares 1/3 and 2/3."""
    text = net(weights="[[1, 0], [0, 1]]", activation="{softmax: {base: 2}}")

    assert one(text, "h1_out")[0] == pytest.approx(1 / 3)
    assert "2^h1_in/(2^h1_in + 2^h2_in) = 2^2/(2^2 + 2^3)" in page(text).replace("²", "^2").replace(
        "³", "^3"
    )


def test_scores_divided_by_their_sum_without_exp():
    text = net(weights="[[1, 0], [0, 1]]", activation="normalize")

    assert one(text, "h1_out")[0] == pytest.approx(2 / 5)


@pytest.mark.parametrize(("word", "expected"), [("step", 0), ("{step: {at_zero: 1}}", 1)])
def test_perceptron_at_exactly_zero(word, expected):
    assert one(net(weights="[[3, -2]]", activation=word), "h1_out")[0] == expected


def test_leaky_relu_takes_its_slope():
    assert one(net(weights="[[-1, 0]]", activation="{leaky_relu: {alpha: 0.2}}"), "h1_out")[
        0
    ] == pytest.approx(-0.4)


# --- update ------------------------------------------------------------------------------------

STEP = "target: [7, 20]\nloss: {mean_squared_error: {factor: half_sum}}\n"


def test_update_with_plus_writes_the_change_first():
    text = net(rest=STEP + "optimizer: {sgd: {learning_rate: 0.1, form: add}}")

    assert one(text, "Delta_w1")[0] == pytest.approx(-0.2)
    assert one(text, "w1_new")[0] == pytest.approx(0.8)
    assert "Δw1    = -η·∂E/∂w1 = -0.1·2 = -0.2" in page(text)
    assert "w1_new = w1 + Δw1 = 1 + (-0.2) = 0.8" in page(text)


def test_letters_of_the_course():
    text = net(
        rest=STEP.replace("half_sum", "sum")
        + "optimizer: {sgd: {learning_rate: 0.1}}\nnotation: {loss: J, target: d, learning_rate: alpha, values: net_out}"
    )
    found = page(text)

    assert "J = (h1_out - d1)² + (h2_out - d2)²" in found
    assert "w1_new = w1 - α·∂J/∂w1" in found
    assert "h1_net" in found
    assert one(text, "dJ_dw1")[0] == pytest.approx(2 * 1 * 2)


def test_default_loss_factor_is_the_frameworks_mean():
    assert one(net(rest="target: [7, 20]\nloss: mean_squared_error"), "E")[0] == 2.5


# --- numbers -----------------------------------------------------------------------------------


def test_numbers_are_shown_as_they_were_typed():
    text = net(weights="[[1/3, 0.10], [1e-1, .5]]", bias="0.0")

    assert "(1/3)·2 + 0.10·3 + 0.0" in page(text)
    assert one(text, "h1_in") == (pytest.approx(2 / 3 + 0.3), "0.9667")


@pytest.mark.parametrize(
    ("rounding", "text"),
    [
        ("{decimals: 2}", "0.67"),
        ("{decimals: 2, mode: truncate}", "0.66"),
        ("{decimals: 0}", "0.667"),  # one digit or none would be no number to go on with
        ("{decimals: 3, keys: {h1_in: 1}}", "0.7"),
    ],
)
def test_rounding_policy(rounding, text):
    assert (
        one(net(weights="[[1/3, 0]]", bias="none", rest=f"rounding: {rounding}"), "h1_in")[1]
        == text
    )


def test_half_up_and_half_even_differ_at_a_tie():
    shown_by = {}
    for mode in ("half_up", "half_even"):
        text = net("[[0.0625, 0]]", "none", rest=f"rounding: {{decimals: 2, mode: {mode}}}")
        shown_by[mode] = one(text, "h1_in")[1]

    assert shown_by == {"half_up": "0.13", "half_even": "0.12"}


def test_carried_rounding_changes_what_follows():
    """0.6666… is 0.7 on paper, and 10 times it is 7, not 6.67."""
    text = """
input: [2]
layers:
  - dense: {name: h, weights: [[1/3]]}
  - dense: {name: o, weights: [[10]]}
rounding: {decimals: 1, carry: rounded}
"""
    assert one(text, "o1_out")[1] == "7"
    assert one(text, "o1_out", carry="exact")[1] == "6.7"
    assert one(text, "o1_out")[0] == pytest.approx(20 / 3)


# --- several samples and symbols ----------------------------------------------------------------


def test_a_problem_without_numbers_is_solved_in_symbols():
    text = """
input: {shape: [2]}
layers:
  - dense: {name: h, units: 1, activation: sigmoid}
loss: {mean_squared_error: {factor: half_sum}}
"""
    found = page(text)

    assert "h1_in = w1·x1 + w2·x2 + b1" in found
    assert "h1_out - t1" in found
    assert "≈" not in found
    assert answers(solution(text)) == {}


def test_the_letter_of_the_input_is_a_word_of_the_file():
    text = "input: {shape: [2], symbol: u}\nlayers:\n  - dense: {name: h, units: 1}\n"

    assert "h1_out = w1·u1 + w2·u2 + b1" in page(text)


def test_a_source_and_notes_are_part_of_the_solution():
    text = net(rest="source: A book\nnotes: [The book has a slip on page 3.]")

    assert "Source: A book" in page(text)
    assert "The book has a slip on page 3." in page(text)


def test_ask_for_single_answers_shows_what_leads_to_them():
    text = net(rest="target: [7, 20]\nloss: mean_squared_error\nask: [dE_dw1]")

    assert list(shown(solution(text))) == ["dE_dw1"]
    assert "∂E/∂w2" not in page(text)


def test_what_is_not_said_is_asked():
    every = handcalc.solve(parse(net(rest=STEP + "optimizer: {sgd: {learning_rate: 1}}")))
    forward = handcalc.solve(parse(net()))

    assert {"h1_in", "E", "dE_dw1", "w1_new", "E_new"} <= set(every.answers)
    assert set(forward.answers) == {"h1_in", "h2_in", "h1_out", "h2_out"}
