"""Attention as it is printed in courses: every printed number, and where one is wrong, the true one."""

from typing import Any

import numpy as np
import pytest

from support import answers, solution

EYE = [[1, 0], [0, 1]]


def solved(given: dict[str, Any], *layers: str, more: str = "") -> dict[str, Any]:
    inputs = "".join(f"  {name}: {x}\n" for name, x in given.items())
    listed = "".join(f"  - {layer}\n" for layer in layers)
    return answers(solution(f"inputs:\n{inputs}layers:\n{listed}{more}"))


def self_attention(X: Any, W_Q: Any, W_K: Any, W_V: Any, options: str = "", more: str = "") -> Any:
    weights = f"query_weights: {W_Q}, key_weights: {W_K}, value_weights: {W_V}{options}"
    return solved({"x": X}, f"attention: {{name: z, {weights}}}", more=more)


def printed(values: Any, text: str) -> None:
    """The numbers are those printed, rounded to the digits they are printed with."""
    words = text.split()
    numbers = np.ravel(values)
    assert len(numbers) == len(words)
    for value, word in zip(numbers, words, strict=True):
        digits, _, power = word.lower().partition("e")
        unit = 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))
        assert abs(value - float(word)) <= unit * (0.5 + 1e-6), (value, word)


# --- one head --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("X", "W", "W_V", "text"),
    [
        (EYE, EYE, [[1, 2], [3, 4]], "1.660477 2.660477 2.339523 3.339523"),
        ([[1, 1], [1, 0]], EYE, [[1, 2], [3, 4]], "3.00928465 4.6790462 2.5 4.0"),
        (
            [[1, 0, 1], [0, 1, 1], [1, 1, 0]],
            [[1, 1, 0], [0, 1, 1], [1, 0, 1]],
            [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
            "8.0 10.0 12.0 8.61987385 10.61987385 12.61987385 7.38012615 9.38012615 11.38012615",
        ),
    ],
)
def test_self_attention_of_an_exercise_site(X, W, W_V, text):
    """Deep-ML, problem 53: three cases, 1/√d."""
    printed(self_attention(X, W, W, W_V)["z"], text)


def test_scaled_dot_product_attention_of_a_code_lab():
    """Printed are 1.66082 and 2.33918: the true share is 1/(1 + e^(-1/√2)) = 0.669762, not 0.66959."""
    found = solved(
        {"q": EYE, "v": [[1, 2], [3, 4]]},
        "attention: {name: z, from: {query: q, key: q, value: v}}",
    )

    printed(found["z"], "1.66048 2.66048 2.33952 3.33952")


def test_illustrated_self_attention():
    """Karim, Illustrated: Self-Attention: nothing is divided by √d, though the text quotes the formula with it."""
    found = self_attention(
        [[1, 0, 1, 0], [0, 2, 0, 2], [1, 1, 1, 1]],
        [[1, 0, 1], [1, 0, 0], [0, 0, 1], [0, 1, 1]],
        [[0, 0, 1], [1, 1, 0], [0, 1, 0], [1, 1, 0]],
        [[0, 2, 0], [0, 3, 0], [1, 0, 3], [1, 1, 0]],
        ", scale: false",
    )

    printed(found["z_Q"], "1 0 2 2 2 2 2 1 3")
    printed(found["z_K"], "0 1 1 4 4 0 2 3 1")
    printed(found["z_V"], "1 2 3 2 8 0 2 6 3")
    printed(found["z_scores"][0], "2 4 4")
    printed(
        found["z_weights"],
        "6.3379e-02 4.6831e-01 4.6831e-01 6.0337e-06 9.8201e-01 1.7986e-02 2.9539e-04 8.8054e-01 1.1917e-01",
    )
    printed(found["z"], "1.9366 6.6831 1.5951 2.0000 7.9640 0.0540 1.9997 7.7599 0.3584")


def test_attention_without_weights_of_a_book():
    """Raschka, chapter 3: scores of the second of six words, and all context vectors."""
    X = [[0.43, 0.15, 0.89], [0.55, 0.87, 0.66], [0.57, 0.85, 0.64], [0.22, 0.58, 0.33], [0.77, 0.25, 0.10], [0.05, 0.80, 0.55]]  # fmt: skip
    found = solved({"x": X}, "attention: {name: z, scale: false}")

    printed(found["z_scores"][1], "0.9544 1.4950 1.4754 0.8434 0.7070 1.0865")
    printed(found["z_weights"][1], "0.1385 0.2379 0.2333 0.1240 0.1082 0.1581")
    printed(
        found["z"],
        "0.4421 0.5931 0.5790 0.4419 0.6515 0.5683 0.4431 0.6496 0.5671 "
        "0.4304 0.6298 0.5510 0.4671 0.5910 0.5266 0.4177 0.6503 0.5645",
    )


KERAS = {"q": EYE, "k": [[0, 1], [1, 0]], "v": [[1, 2], [3, 4]]}


def test_dot_attention_of_a_framework():
    """Keras, AttentionTest: nothing is divided."""
    found = solved(KERAS, "attention: {name: z, scale: false, from: {query: q, key: k, value: v}}")

    printed(found["z_weights"], "0.269 0.731 0.731 0.269")
    printed(found["z"], "2.462 3.462 1.538 2.538")


def test_additive_attention_of_a_framework():
    """Keras, AdditiveAttentionTest: Σ tanh(q + k). Printed 0.363, 2.272 and 3.272 are cut off, not rounded."""
    options = f"query_weights: {EYE}, key_weights: {EYE}, score_weights: [1, 1], from: {{query: q, key: k, value: v}}"
    found = solved(KERAS, f"additive_attention: {{name: z, {options}}}")

    printed(found["z_scores"], "1.52319 0.96403 0.96403 1.52319")
    printed(found["z_weights"], "0.636258 0.363742 0.363742 0.636258")
    printed(found["z"], "1.727483 2.727483 2.272517 3.272517")


def test_attention_of_the_identity():
    """Graduate ML, problem 63: Q = K = V = I, one head."""
    found = solved({"x": EYE}, "multi_head_attention: {name: z, num_heads: 1, projections: false}")

    printed(found["z"], "0.66976 0.33024 0.33024 0.66976")


def test_a_sequence_of_four_with_wrong_products():
    """Lynx-cortex, phase 15: three of six products of different tokens are printed wrong.

    I·will is 0.5·(-0.1) + 0.3·0.4 - 0.2·0.2 - 0.1·0.3 = 0 (printed -0.04), I·work is -0.02 (-0.01), will·work is
    0.01 (0.04); Q·Kᵀ is a quarter of it and the scaled scores an eighth.
    """
    X = [[0.5, 0.3, -0.2, 0.1], [-0.1, 0.4, 0.2, -0.3], [0.2, -0.1, 0.5, 0.1], [0, 0, 0, 0.2]]
    half = (np.eye(4) / 2).tolist()
    found = self_attention(X, half, half, np.eye(4).tolist(), ", mask: causal")
    products = [[0.39, 0, -0.02, 0.02], [0, 0.30, 0.01, -0.06], [-0.02, 0.01, 0.31, 0.02], [0.02, -0.06, 0.02, 0.04]]  # fmt: skip

    np.testing.assert_allclose(found["z_scores"], np.array(products) / 4, atol=1e-15)
    np.testing.assert_allclose(found["z_scaled"], np.array(products) / 8, atol=1e-15)
    assert found["z_scores"][0][1] == 0
    printed(
        found["z_weights"],
        "1 0 0 0 0.490626 0.509374 0 0 0.328313 0.329547 0.342140 0 0.250466 0.247974 0.250466 0.251093",
    )


def test_weights_that_are_1_to_all_their_digits():
    """CS335, activity 4: scores so large that a row has one weight, the other 1.65e-62."""
    found = self_attention(
        [[1, 2, 3, 4], [5, 6, 7, 8]],
        [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9], [1.0, 1.1, 1.2]],
        [[0.3, 0.2, 0.1], [0.6, 0.5, 0.4], [0.9, 0.8, 0.7], [1.2, 1.1, 1.0]],
        [[0.7, 0.8, 0.9], [0.4, 0.5, 0.6], [0.1, 0.2, 0.3], [1.3, 1.4, 4.5]],
    )

    printed(found["z_Q"], "7. 8. 9. 15.8 18.4 21.")
    printed(found["z_K"], "9. 8. 7. 21. 18.4 15.8")
    printed(found["z_V"], "7. 8. 21. 17. 19.6 46.2")
    printed(found["z_scores"], "190. 436.4 436.4 1002.16")
    printed(found["z_scaled"], "109.69655115 251.95565747 251.95565747 578.59734577")
    assert np.allclose(
        np.array(found["z_weights"])[:, 0], [1.65065047e-062, 1.38457732e-142], rtol=1e-8, atol=0
    )
    printed(found["z"], "17. 19.6 46.2 17. 19.6 46.2")


# --- backward --------------------------------------------------------------------------------------

POVINELLI = (
    [[0.5, 0.2, 0.1, -0.1], [0.0, 0.3, -0.2, 0.2], [0.4, -0.1, 0.0, 0.3]],
    [[0.2, -0.1, 0.0, 0.3], [0.1, 0.0, 0.2, -0.2], [-0.1, 0.3, 0.1, 0.0], [0.0, 0.2, -0.2, 0.1]],
    [[0.1, 0.2, 0.0, -0.1], [0.0, 0.1, 0.3, 0.0], [0.2, -0.2, 0.1, 0.1], [-0.1, 0.0, 0.2, 0.2]],
    [[0.3, 0.1, 0.0, -0.2], [0.0, 0.2, 0.1, 0.0], [0.1, -0.1, 0.2, 0.1], [0.0, 0.1, -0.2, 0.3]],
)
AIM = """target: [[0.1, 0.0, 0.05, -0.05], [0.0, 0.1, -0.05, 0.05], [0.05, -0.05, 0.1, 0.0]]
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: 1}}
"""


def test_the_way_back_through_an_attention_as_it_is_printed():
    """Povinelli, Backpropagation Through Scaled Dot-Product Attention: the printed run divides by nothing."""
    found = self_attention(*POVINELLI, ", scale: false", AIM)

    printed(
        found["z"],
        "8.67e-02 7.33e-02 -2.00e-02 -2.34e-02 8.69e-02 7.33e-02 -1.98e-02 -2.36e-02 8.68e-02 7.32e-02 -2.01e-02 -2.33e-02",
    )
    printed(found["E"], "2.86e-02")
    printed(
        found["dE_dz_W_Q"],
        "-2.54e-04 -6.72e-05 6.62e-05 1.79e-04 1.59e-04 3.44e-05 -6.72e-05 -9.17e-05 "
        "-1.86e-04 -4.14e-05 7.43e-05 1.11e-04 1.40e-04 2.62e-05 -7.27e-05 -7.00e-05",
    )
    printed(
        found["dE_dz_W_K"],
        "-3.46e-05 -8.76e-06 -5.94e-05 -2.93e-04 -4.36e-05 2.58e-06 2.59e-05 -3.27e-05 "
        "-2.71e-05 -5.15e-06 -3.39e-05 -1.87e-04 7.44e-05 4.38e-06 2.08e-05 2.73e-04",
    )
    printed(
        found["dE_dz_W_V"],
        "3.32e-02 5.10e-02 -4.80e-02 -2.11e-02 1.47e-02 2.25e-02 -2.12e-02 -9.34e-03 "
        "-3.64e-03 -5.64e-03 5.31e-03 2.31e-03 1.47e-02 2.27e-02 -2.14e-02 -9.34e-03",
    )


def test_the_way_back_through_a_scaled_attention_is_half_of_what_is_printed():
    """Its text says 1/√4: then ∂E/∂Q and ∂E/∂K have the factor 1/2 that the printed numbers miss."""
    found = self_attention(*POVINELLI, "", AIM)

    printed(found["E"], "0.0286116")
    printed(found["z_weights"][1], "0.334206 0.332606 0.333188")
    printed(found["dE_dz_W_Q"][0], "-1.27150e-04 -3.36249e-05 3.32315e-05 8.96664e-05")
    printed(found["dE_dz_W_K"][3], "3.73557e-05 2.11609e-06 1.04426e-05 1.36206e-04")
    printed(found["dE_dz_W_V"][2], "-3.65210e-03 -5.65421e-03 5.32344e-03 2.31939e-03")
    printed(found["dE_dz_scaled"][0], "-3.13174e-03 2.38615e-03 7.45593e-04")
    printed(found["dE_dz_V"][0], "0.0368095 0.0565712 -0.0532486 -0.0234237")


# --- several heads and more ------------------------------------------------------------------------


def test_heads_of_one_number_do_not_give_the_identity_back():
    """Deep-ML, problem 94 promises I, as if the softmax were a maximum: e/(1 + e) and 1/2 are true."""
    found = solved({"x": EYE}, "multi_head_attention: {name: z, num_heads: 2, projections: false}")

    printed(found["z"], "0.73105858 0.5 0.5 0.73105858")


def test_two_heads_with_projections_of_their_own():
    """CS335, activity 5: 2 × 2 projections for each head, W_O with four rows."""
    one, turned = EYE, [[0, 1], [1, 0]]
    options = (
        f"num_heads: 2, query_weights: {[one, turned]}, key_weights: {[turned, one]}, "
        "value_weights: [[[1, 0], [0, -1]], [[0, 1], [-1, 0]]], output_weights: [[1, 0], [0, 1], [-1, 0], [0, -1]]"
    )
    found = solved({"x": [[1, 2], [3, 4]]}, f"multi_head_attention: {{name: z, {options}}}")

    printed(found["z_head1"], "2.97166793 -3.97166793 2.9998996 -3.9998996")
    printed(found["z_head2"], "-3.97166793 2.97166793 -3.9998996 2.9998996")
    printed(
        found["z_concat"],
        "2.97166793 -3.97166793 -3.97166793 2.97166793 2.9998996 -3.9998996 -3.9998996 2.9998996",
    )
    printed(found["z"], "6.94333586 -6.94333586 6.99979921 -6.99979921")


def test_a_sentence_of_three_words_whose_tables_are_invented():
    """A Full Transformer Attention Example: q₁₁ is 0.1·0.2 + 0.5·0.1 + 0.2·0.3 = 0.13, not 0.23; the loss 2.146, not 0.383.

    Nearly no printed table follows from the one before; the true numbers stand here, of the loss a third (a mean).
    """
    found = solved(
        {"x": [[0.1, 0.3, 0.5, 0.2, 0.0], [0.6, 0.7, 0.2, 0.1, 0.3], [0.4, 0.2, 0.6, 0.5, 0.1]]},
        "attention: {name: z, query_weights: [[0.2, 0.1, 0], [0, 0.3, 0.2], [0.1, 0, 0.4], [0.3, 0.2, 0.1], [0, 0.2, 0.3]], "
        "key_weights: [[0.1, 0, 0.3], [0.2, 0.1, 0], [0.3, 0.2, 0.1], [0.1, 0, 0.2], [0, 0.3, 0.1]], "
        "value_weights: [[0.2, 0, 0.1], [0, 0.3, 0.2], [0.1, 0.2, 0.3], [0.3, 0.1, 0], [0.2, 0, 0.2]]}",
        "dense: {name: h, weights: [[0.1, 0.2, 0.1], [0.2, 0.1, 0.3], [0.3, 0.2, 0.1]], activation: relu}",
        "dense: {name: o, weights: [[0.4], [0.3], [0.2]], activation: sigmoid}",
        more="notation: {product: xW}\ntarget: [[1], [0], [0]]\nloss: binary_crossentropy\n",
    )

    printed(found["z_Q"], "0.13 0.14 0.28 0.17 0.35 0.32 0.29 0.22 0.36")
    printed(found["z_K"], "0.24 0.13 0.12 0.27 0.20 0.25 0.31 0.17 0.29")
    printed(found["z_V"], "0.13 0.21 0.22 0.23 0.26 0.32 0.31 0.23 0.28")
    printed(found["z_scaled"], "0.0479 0.0768 0.0839 0.0720 0.1131 0.1184 0.0816 0.1226 0.1338")
    printed(found["z_weights"], "0.3262 0.3357 0.3381 0.3237 0.3373 0.3390 0.3231 0.3366 0.3404")
    printed(
        found["z"],
        "0.224432 0.233549 0.273860 0.224755 0.233644 0.274070 0.224922 0.233636 0.274079",
    )
    printed(
        found["h"],
        "0.151311 0.123013 0.119894 0.151425 0.123129 0.119976 0.151443 0.123164 0.119991",
    )
    printed(found["o"], "0.530315 0.530339 0.530344")
    printed(3 * found["E"], "2.145783")
