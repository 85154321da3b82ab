"""What the pages of recurrent layers say is true of these layers: read as a student reads them."""

import re

from support import page, shown, solution


def _text(problem: str) -> str:
    """The page with its lines joined, as sentences are broken anywhere."""
    return re.sub(r"\s+", " ", page(problem))


HANDED_ON = """inputs: {a: [[1], [2]], y: [[3], [4]]}
layers:
  - lstm: {name: enc, from: a, units: 1, weights: {random: {seed: 1}}, recurrent_weights: {random: {seed: 2}}, return_state: true}
  - lstm: {name: dec, from: {input: y, h0: enc.h, c0: enc.c}, units: 1, weights: {random: {seed: 3}}, recurrent_weights: {random: {seed: 4}}}
target: [1]
loss: mean_squared_error
"""


def test_times_of_a_decoder_are_not_those_of_the_encoder():
    """C of time 2 goes into time 1 of the decoder, which is no earlier time of its own layer."""
    text = _text(HANDED_ON)

    assert "enc_c1 reaches the loss along one path from time 1 and one path through time 2" in text
    assert "enc_c2 reaches the loss along 2 paths, one through each value it goes into" in text


TRUNCATED = """input: [1, 2, 3, 4]
layers:
  - simple_rnn: {name: r, weights: 0.5, recurrent_weights: 0.1, truncate: LENGTH}
target: [0.5]
loss: mean_squared_error
"""


def test_a_truncated_gradient_says_so_where_anything_is_cut():
    said = "times are read in runs of 2, and no gradient goes back into the run before"

    assert said in _text(TRUNCATED.replace("LENGTH", "2"))
    assert "runs of" not in _text(TRUNCATED.replace("LENGTH", "4"))


SYMBOLS = """input: {shape: [2, 1]}
layers:
  - simple_rnn: {name: r, units: 1}
loss: mean_squared_error
ask: [gradients]
"""


def test_in_symbols_each_path_has_its_factors():
    """∂E/∂U = Σ ∂E/∂h_t·(1 - h_t²)·h_(t-1)."""
    text = _text(SYMBOLS)

    assert "∂E/∂U = ∂E/∂h₁·(1 - h₁²)·h₀ + ∂E/∂h₂·(1 - h₂²)·h₁" in text
    assert "via" not in text


CELL = """input: [1, 2]
layers:
  - lstm: {name: l, OPTIONS weights: {f: 0.1, i: 0.2, g: 0.3, o: 0.4}, recurrent_weights: {f: 0.5, i: 0.6, g: 0.7, o: 0.8}}
ask: [forward]
"""


def test_what_is_no_tanh_is_not_called_one():
    tanh = shown(solution(CELL.replace("OPTIONS", "")))
    relu = shown(solution(CELL.replace("OPTIONS", "activation: relu,")))

    assert "l_tanh_c1" in tanh
    assert [key for key in relu if "tanh" in key] == []
    assert relu["l_act_c1"] == relu["l_c1"], "relu of a positive cell"


def test_both_ways_of_a_bidirectional_layer_say_what_they_are():
    gate = "weights: {z: 0.3, r: 0.2, n: 0.6}, recurrent_weights: {z: 0.1, r: 0.4, n: -0.2}"
    both = f"""input: [1, 2]
layers:
  - bidirectional:
      layer: {{gru: {{{gate}}}}}
      backward_layer: {{gru: {{{gate}, update_gate: new}}}}
ask: [forward]
"""
    text = _text(both)

    assert "forward, z weighs the old state and 1 - z the candidate" in text
    assert "backward, 1 - z weighs the old state and z the candidate" in text


SEQUENCE = """input: [1, 2]
layers:
  - simple_rnn: {name: r, weights: [[-0.5], [0.3]], recurrent_weights: [[-0.1, -0.2], [0, 0.4]], return_sequences: true}
output_gradient: [[1, 2], [3, 4]]
"""


def test_a_weighted_sum_is_one_sum():
    """-0.1·h[1] begins no bracket: W·x + U·h is one sum in numbers as in symbols."""
    text = _text(SEQUENCE)

    assert "= W[1,1]·x2 + U[1,1]·h₁[1] + U[1,2]·h₁[2] = -0.5·2 + (-0.1)·" in text


def test_a_sum_of_two_paths_is_not_said_to_change_its_place_alone():
    """∂E/∂h₂ of the last time only moves; ∂E/∂h₁ is a sum with what comes back from time 2."""
    text = page(SEQUENCE)
    steps = re.split(r"\n(?=[0-9]+\.[0-9]+  )", text)
    first = [
        s for s in steps if "∂E/∂h₁" in s.splitlines()[0] or "time 1: all" in s.splitlines()[0]
    ]

    assert any("only change their places" in s for s in steps)
    assert first
    assert not any("only change their places" in s for s in first)
