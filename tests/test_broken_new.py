"""Small files that once went wrong in recurrent layers, attention, normalizations and their losses."""

import re

import pytest

from handcalc.errors import HandcalcError
from handcalc.problem import load
from support import answers, one, page, solution


def _refused(text: str) -> str:
    """The message with which a file is refused."""
    with pytest.raises(HandcalcError) as refusal:
        solution(text)
    return str(refusal.value)


def test_a_brief_page_shows_the_one_mean_of_a_list():
    """(0.4 + 0.2)/2 = 0.3: a list has one mean, a value without axes."""
    text = page("input: [0.4, 0.2]\nlayers: [layer_normalization: {name: n}]\n", "brief")

    assert "0.3" in text


def test_a_batch_is_not_normalized_step_by_step():
    """Keras normalizes over all samples and steps there, as batch_normalization does by itself."""
    message = _refused(
        "samples: [{input: [[1, 2], [3, 4]]}, {input: [[1, 2], [3, 5]]}]\n"
        "layers: [time_distributed: {layer: {batch_normalization: {}}}]\n"
    )

    assert "write batch_normalization without time_distributed" in message


def test_the_parts_of_heads_that_take_keys_from_elsewhere_add_up():
    """Queries 2·4 + 4, keys and values 1·4 + 4 each, and 4·2 + 2 back: 12 + 8 + 8 + 10."""
    counts = answers(
        solution(
            "inputs: {a: {shape: [3, 2]}, b: {shape: [4, 1]}}\n"
            "layers: [multi_head_attention: {name: m, num_heads: 2, key_dim: 2, from: {query: a, value: b}}]\n"
            "ask: [parameters]\n"
        )
    )

    assert counts["m_params"] == 12 + 8 + 8 + 10


@pytest.mark.filterwarnings("error")
def test_a_slope_that_is_not_finite_is_refused_without_a_warning_of_numpy():
    """Of equal values σ² = 0, and √σ² + ε has an infinite slope there: 1/(2·√0)."""
    message = _refused(
        "input: [1, 1]\n"
        "layers: [layer_normalization: {epsilon_outside: true}]\n"
        "target: [0, 0]\n"
        "loss: mean_squared_error\n"
    )

    assert "has no finite slope by layer_normalization1_variance" in message


def test_scores_of_columns_with_weights_are_the_transpose_of_those_of_rows():
    """S_ij = q_i·W·k_j: by rows [1, 2]·W = [1, 4], and [1, 4]·[1, 2] = 9, [1, 4]·[0, 1] = 4."""
    rows, columns = (
        answers(
            solution(
                f"input: {tokens}\n"
                f"layers: [attention: {{name: a, tokens: {word}, scale: false, score_weights: [[1, 2], [0, 1]]}}]\n"
            )
        )
        for word, tokens in (
            ("rows", "[[1, 2], [0, 1], [2, -1]]"),
            ("columns", "[[1, 0, 2], [2, 1, -1]]"),
        )
    )

    assert rows["a_scores"][0][0] == columns["a_scores"][0][0] == 9
    assert rows["a_scores"][0][1] == columns["a_scores"][1][0] == 4
    for i, j in ((0, 0), (1, 0), (2, 1)):
        assert columns["a"][j][i] == pytest.approx(rows["a"][i][j])


def test_a_sequence_at_each_step_has_its_table_through_time():
    """h_1 = 0.5·1 = 0.5 and h_2 = 0.5·2 + 0.5 = 1.5 of the first step, 1.5 and 2 + 1.5 of the other."""
    text = page(
        "input: [[[1], [2]], [[3], [4]]]\n"
        "layers: [time_distributed: {name: td, layer: {simple_rnn: {weights: [[0.5]], "
        "recurrent_weights: [[1]], activation: linear}}}]\n"
    )

    assert re.search(r"h\[1,1\] +0\.5 +1\.5", text)
    assert re.search(r"h\[2,1\] +1\.5 +3\.5", text)


def test_a_sequence_of_another_length_is_read_backwards_with_the_same_weights():
    """Forwards 1 + 2 = 3, backwards 2·(2 + 1) = 6, together 9; then 9 forwards and 18 backwards."""
    cell = "simple_rnn: {weights: [[1]], recurrent_weights: [[1]], activation: linear}"
    back = "simple_rnn: {weights: [[2]], recurrent_weights: [[1]], activation: linear}"
    found = answers(
        solution(
            "input: [[1], [2]]\n"
            "layers:\n"
            f"  - bidirectional: {{name: bi, merge_mode: sum, layer: {{{cell}}}, backward_layer: {{{back}}}}}\n"
            "  - reshape: {target_shape: [1, 1]}\n"
            "  - use: {layer: bi, name: again}\n"
        )
    )

    assert found["bi"] == [9]
    assert found["again"] == [27]


def test_what_the_only_weight_of_a_state_moves_by_is_found():
    """η·∂E/∂U, for the rate 0.1, of the problem that ships."""
    U = "dE_drnn_U"

    assert one(load("rnn-through-time"), f"eta_{U}")[0] == pytest.approx(
        0.1 * one(load("rnn-through-time"), U)[0]
    )


def test_a_power_of_a_billion_is_refused_before_it_is_taken():
    message = _refused(
        "input: [1, 2]\n"
        "layers: [dense: {weights: [[1, 0.5], [0.2, 1]], activation: softmax}]\n"
        "target: [0, 1]\n"
        "loss: {categorical_focal_crossentropy: {gamma: 1000000000}}\n"
    )

    assert "write a number from 0 to 100" in message


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        ("simple_rnn: {weights: [[0.5]], recurrent_weights: [[0.1]]}", "it reads 1,001 times"),
        (
            "bidirectional: {layer: {lstm: {units: 2}}, backward_layer: {lstm: {units: 2}}}",
            "it reads 1,001 times",
        ),
        ("multi_head_attention: {num_heads: 2000, key_dim: 1}", "it has 2,000 heads"),
    ],
)
def test_what_is_too_large_to_be_worked_out_is_not_said_to_lack_numbers(layer: str, why: str):
    message = _refused(
        f"input: {{shape: [1001, 1], random: {{seed: 1}}}}\nask: [forward]\nlayers: [{layer}]\n"
    )

    assert f"are not worked out, as {why}" in message
    assert "no numbers" not in message


@pytest.mark.parametrize(
    "layer",
    [
        "lstm: {units: 1000000000}",
        "layer_normalization: {}",
        "multi_head_attention: {num_heads: 1000000000}",
    ],
)
def test_a_layer_of_a_billion_is_refused_before_its_numbers_are_made(layer: str):
    """A list of so many zeros or ones would take 8 gigabytes."""
    message = _refused(f"input: {{shape: [2, 1000000000]}}\nask: [forward]\nlayers: [{layer}]\n")

    assert "are worked out" in message
