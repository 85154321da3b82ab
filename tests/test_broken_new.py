"""Small files that once went wrong in recurrent layers, attention, normalizations and their losses."""

import pytest

from handcalc.errors import HandcalcError
from support import answers, page, solution


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

    assert "no finite value" in message


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
