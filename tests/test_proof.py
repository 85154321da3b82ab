"""A wrong number is never printed: each kind of fault is planted, and must be found."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import handcalc
from handcalc.errors import HandcalcError, ProofError
from handcalc.formula import number
from handcalc.network import passes
from handcalc.operations.add import Add
from handcalc.operations.affine import Affine
from handcalc.operations.sigmoid import Sigmoid
from handcalc.problem import load, parse

NET = load("net-2-2-2")
WIDE = parse(
    """
input: {shape: [30], random: {seed: 1}}
layers:
  - dense: {name: h, units: 30, weights: {random: {seed: 1}}, bias: 0, activation: sigmoid}
  - dense: {name: o, units: 2, weights: {random: {seed: 2}}, bias: 0, activation: sigmoid}
target: [1, 0]
loss: mean_squared_error
optimizer: {sgd: {learning_rate: 0.1}}
"""
)


def _asking(*words: str) -> Any:
    return NET.model_copy(update={"ask": words})


def test_the_sound_program_passes():
    for problem in (NET, WIDE):
        assert handcalc.solve(problem).answers


@pytest.mark.parametrize("ask", [("gradients",), ("update",), ("w1_new",), ("dE_db2",)])
def test_a_wrong_slope_is_found(monkeypatch, ask):
    monkeypatch.setattr(Sigmoid, "slopes", lambda self, z, a: 1.5 * a * (1 - a))

    with pytest.raises(ProofError, match="does not stand its check"):
        handcalc.solve(_asking(*ask))


def test_a_wrong_value_is_found_however_small_it_is(monkeypatch):
    """Of x + y = 4e-20 no float loses a digit, so that 4.4e-20 is wrong, and not noise."""
    monkeypatch.setattr(Add, "values", lambda self, *arrays: 1.1 * (arrays[0] + arrays[1]))

    with pytest.raises(ProofError, match="step f"):
        handcalc.solve(
            parse("input: {x: 1.0e-20, y: 3.0e-20}\nvalues: {f: x + y}\nask: [forward]\n")
        )


def test_what_cancels_is_measured_by_its_terms():
    """Of (1 + 1e-20) - 1 floats leave 0, which is off by 1e-20 of a term and not by all of it."""
    said = handcalc.solve(parse("input: {x: 1.0e-20}\nvalues: {f: (1 + x) - 1}\n")).to("terminal")

    assert "sympy = numpy to 1e-20" in said


def test_a_wrong_idiom_is_found(monkeypatch):
    """The formula that is printed for a slope, not the number."""
    monkeypatch.setattr(Sigmoid, "slope", lambda self, z, a: a * (1 + a))

    with pytest.raises(ProofError, match="o1_out"):
        handcalc.solve(NET)


def test_a_wrong_definition_is_found(monkeypatch):
    monkeypatch.setattr(Sigmoid, "of", lambda self, z: number(1) / (1 + z))

    with pytest.raises(ProofError, match="h1_out"):
        handcalc.solve(NET)


@pytest.mark.parametrize("problem", [NET, WIDE], ids=["lines", "grid"])
def test_a_wrong_value_is_found(monkeypatch, problem):
    """In a line as well as in a table of results."""
    forward = Affine.forward

    def off(self: Affine, *arrays: Any) -> Any:
        z = forward(self, *arrays)
        z[..., -1] += 1e-6
        return z

    monkeypatch.setattr(Affine, "forward", off)

    with pytest.raises(ProofError):
        handcalc.solve(problem)


def test_one_wrong_gradient_among_hundreds_is_found(monkeypatch):
    """No single line shows it; the slope along a random direction does."""
    backward = Affine.backward

    def off(self: Affine, gradient: Any, output: Any, *arrays: Any) -> Any:
        dx, dW, *rest = backward(self, gradient, output, *arrays)
        if dW.shape[-2:] == (30, 30):
            dW = dW.copy()
            dW[:, 17, 23] *= 1.2
        return (dx, dW, *rest)

    monkeypatch.setattr(Affine, "backward", off)

    with pytest.raises(ProofError, match="dE_dh_W"):
        handcalc.solve(WIDE)


def test_a_wrong_update_is_found(monkeypatch):
    backward = passes.backward

    def off(network: Any, result: Any) -> None:
        backward(network, result)
        result.updated["o.weights"] = result.updated["o.weights"] + 1e-5

    monkeypatch.setattr(passes, "backward", off)

    with pytest.raises(ProofError, match="_new"):
        handcalc.solve(NET)


def test_a_probability_that_has_become_0_is_refused_in_words():
    # e^-1800 is below every float: -t/p of the second class would be -0/0.
    problem = parse(
        """
input: [1, 2]
layers: [{dense: {weights: [[500, 300], [-500, -300]], activation: softmax}}]
target: [1, 0]
loss: categorical_crossentropy
optimizer: {sgd: {learning_rate: 0.1}}
"""
    )

    with pytest.raises(HandcalcError, match="has no finite value; write other numbers"):
        handcalc.solve(problem)


def test_a_wrong_answer_for_programs_is_found():
    solution = handcalc.solve(NET, level="brief")
    steps: Any = solution.answers._pages[0].steps  # type: ignore[attr-defined]
    steps.result.gradients["h.in"] = steps.result.gradients["h.in"] * np.float64(1.01)

    with pytest.raises(ProofError, match="dE_dh1_in"):
        solution.to("json")


def test_the_command_prints_no_solution_and_exits_2(tmp_path):
    script = tmp_path / "broken.py"
    script.write_text(
        "import sys\n"
        "from handcalc.operations.sigmoid import Sigmoid\n"
        "Sigmoid.slopes = lambda self, z, a: a\n"
        "sys.argv = ['handcalc', 'solve', 'net-2-2-2']\n"
        "from handcalc.cli import main\n"
        "main()\n"
    )
    root = Path(__file__).parent.parent
    result = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8"},
    )

    assert result.returncode == 2
    assert result.stdout == b""
    assert b"does not stand its check" in result.stderr
