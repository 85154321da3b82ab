"""Numbers near the end of what floats hold: nothing true is refused, nothing untrue is shown."""

import math
from typing import Any

import pytest

import handcalc
from handcalc.formats import write

SURE = """\
input: [1]
layers:
  - dense: {{name: o, weights: [[0], [0]], bias: [{z}, 0], activation: {activation}}}
target: {target}
loss: {loss}
rounding: {{decimals: {decimals}}}
"""


def solve(tmp_path: Any, text: str) -> Any:
    path = tmp_path / "p.yaml"
    path.write_text(text)
    return handcalc.solve(path)


@pytest.mark.parametrize("decimals", [1, 4, 15])
@pytest.mark.parametrize("target", [[0, 1], [1, 0]])
@pytest.mark.parametrize("z", [3, 10, 16, 20, 25, 30])
def test_a_sure_softmax(tmp_path, z, target, decimals):
    text = SURE.format(
        z=z, target=target, decimals=decimals, activation="softmax", loss="categorical_crossentropy"
    )
    solution = solve(tmp_path, text)

    # p2 = 1/(1 + e^z), and ∂E/∂z = p - t
    p = 1 / (1 + math.exp(z))
    found = [solution.answers[f"dE_do{i}_in"].value for i in (1, 2)]
    assert found == pytest.approx([1 - p - target[0], p - target[1]], rel=1e-6, abs=1e-15)


@pytest.mark.parametrize("decimals", [1, 4, 15])
@pytest.mark.parametrize("target", [[0, 1], [1, 0]])
@pytest.mark.parametrize("z", [-40, 3, 10, 16, 20, 25, 30])
def test_a_sure_sigmoid(tmp_path, z, target, decimals):
    text = SURE.format(
        z=z, target=target, decimals=decimals, activation="sigmoid", loss="binary_crossentropy"
    )
    solution = solve(tmp_path, text)

    y = 1 / (1 + math.exp(-z))
    expected = [(y - target[0]) / 2, (0.5 - target[1]) / 2]
    found = [solution.answers[f"dE_do{i}_in"].value for i in (1, 2)]
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-15)


def test_two_jumps_in_one_place(tmp_path):
    """At a tie every neuron jumps its own way: no slope can be measured, and 0 is the convention."""
    solution = solve(
        tmp_path,
        "input: [0, 0]\nlayers:\n"
        "  - dense: {name: a, weights: [[1, 1], [1, 1]], bias: [0, 0]}\n"
        "  - dense: {name: b, weights: [[1, 0.8], [-1, 0.8]], bias: [0, 0], activation: step}\n"
        "target: [1, 0]\nloss: mean_squared_error\n",
    )
    assert solution.answers["dE_dw1"].value == 0
    assert "at a corner" in write(solution, "markdown")


def test_a_bias_shared_before_softmax_has_no_gradient(tmp_path):
    solution = solve(
        tmp_path,
        "input: [1, 2]\nlayers:\n"
        "  - dense: {name: h, weights: [[.1, .2], [.3, -.4]], bias: .1, activation: sigmoid}\n"
        "  - dense: {name: o, weights: [[.3, .7], [.6, -.2], [-.5, .4]], bias: 0.2, "
        "activation: softmax}\n"
        "target: [1, 0, 0]\nloss: categorical_crossentropy\n",
    )
    # The scores all move alike, and the probabilities do not notice.
    assert solution.answers["dE_db2"].value == 0


def test_what_is_exact_carries_no_sign_of_rounding(tmp_path):
    text = "input: [0]\nlayers:\n  - dense: {name: o, weights: [[1]], activation: ACT}\n"
    for activation, line in (
        ("tanh", "tanh(o1_in) = tanh(0) = 0"),
        ("sigmoid", "(1 + e^(-0)) = 0.5"),
    ):
        solution = solve(tmp_path, text.replace("ACT", activation))
        assert line in write(solution, "terminal")


def test_the_shorter_way_is_rounded_by_hand_too(tmp_path):
    """0.245 - 1 is -0.755, whatever the factors before it were cut to."""
    solution = solve(
        tmp_path,
        "input: [1]\nlayers:\n"
        "  - dense: {name: o, weights: [[0.1], [0.9], [0.5]], bias: none, activation: softmax}\n"
        "target: [1, 0, 0]\nloss: categorical_crossentropy\n"
        "rounding: {decimals: 3, carry: rounded, mode: truncate}\n",
    )
    page = write(solution, "terminal")
    p = int(math.exp(0.1) / (math.exp(0.1) + math.exp(0.9) + math.exp(0.5)) * 1000)
    assert f"0.{p} - 1 = -0.{1000 - p}" in page


def test_numbers_passed_over_are_named(tmp_path):
    page = write(
        solve(
            tmp_path, "input: {shape: [2]}\nlayers:\n  - dense: {name: h, weights: [[.1, .2]]}\n"
        ),
        "markdown",
    )
    assert "no numbers for input" in page
    assert "those for weights of h are not used" in page


def test_a_given_number_as_an_answer():
    page = write(handcalc.solve("net-2-2-2", ["w1"]), "terminal")

    assert "w1 = 0.5   given in the file" in page
    assert "Checked" not in page


def test_a_later_sample_asked_for_alone_is_worked_in_full():
    page = write(handcalc.solve("net-3-4-3-2", ["dE_dw30@2"]), "terminal")

    assert "in the same way" not in page
    assert "the targets add to 1" in page
