"""Keys and marks of recurrent layers: students who worked time by time, in plain arithmetic."""

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest

from handcalc.grading.checking import check
from handcalc.problem import parse
from recurrent_loops import written
from support import shown, solution

SCALAR = """input: [1, 2, 3]
layers:
  - simple_rnn: {name: rnn, weights: 0.5, recurrent_weights: 0.1, return_sequences: true}
  - dense: {name: y, weights: [[1.0]]}
target: [[0.5], [1], [1.5]]
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: 0.1}}
rounding: {decimals: 4}
"""


def _verdicts(text: str, answers: dict[str, str]) -> dict[str, str]:
    entries = check(parse(text), answers).entries
    return {e.key: e.verdict.name.lower() for e in entries if e.given}


def _student(slip: dict[str, float] | None = None, *, through: bool = True) -> dict[str, str]:
    """All numbers of SCALAR as a person writes them, going on with what is written."""
    slip = slip or {}
    sheet: dict[str, float] = {}

    def write(key: str, value: float) -> float:
        sheet[key] = slip.get(key, round(value, 4))
        return sheet[key]

    x, t, h = [1, 2, 3], [0.5, 1, 1.5], [0.0]
    for k in (1, 2, 3):
        z = write(f"rnn_h_in{k}", 0.5 * x[k - 1] + 0.1 * h[-1])
        h.append(write(f"rnn_h{k}", math.tanh(z)))
    write("E", sum((a - b) ** 2 for a, b in zip(h[1:], t, strict=True)) / 2)
    back, W, U = 0.0, 0.0, 0.0
    for k in (3, 2, 1):
        slope = write(f"dE_drnn_h{k}", h[k] - t[k - 1] + back * through)
        z_slope = slope * (1 - h[k] ** 2)
        back, W, U = 0.1 * z_slope, W + z_slope * x[k - 1], U + z_slope * h[k - 1]
    write("rnn_W_new", 0.5 - 0.1 * write("dE_drnn_W", W))
    write("rnn_U_new", 0.1 - 0.1 * write("dE_drnn_U", U))
    return {key: f"{value:.4f}" for key, value in sheet.items()}


def test_a_student_who_makes_no_mistake_has_everything_right():
    verdicts = _verdicts(SCALAR, _student())

    assert len(verdicts) == 14
    assert set(verdicts.values()) <= {"right", "follows"}
    exact = [key for key, verdict in verdicts.items() if verdict == "right"]
    assert len(exact) >= 12, "rounding on the way moves a last digit at most"


def test_what_comes_after_a_wrong_state_follows():
    """h₁ = 0.4261 for 0.4621: h₂ and everything behind it is worked out with 0.4261."""
    verdicts = _verdicts(SCALAR, _student({"rnn_h1": 0.4261}))

    assert verdicts.pop("rnn_h1") == "wrong"
    assert "wrong" not in verdicts.values()
    assert {verdicts["rnn_h_in2"], verdicts["E"], verdicts["dE_drnn_h1"]} == {"follows"}
    assert verdicts["rnn_h_in1"] == "right"


def test_a_gradient_that_is_not_sent_back_through_time_is_wrong_at_its_time():
    """∂E/∂h₂ without what comes back from time 3; ∂E/∂h₃ has no later time."""
    verdicts = _verdicts(SCALAR, _student(through=False))

    assert verdicts["dE_drnn_h3"] == "right"
    assert verdicts["dE_drnn_h2"] == verdicts["dE_drnn_h1"] == "wrong"
    assert verdicts["dE_drnn_W"] == verdicts["rnn_W_new"] == "follows"


CELLS = {
    "lstm": {"f": 0.7, "i": 0.5, "g": 0.9, "o": 1.1},
    "gru": {"z": 0.5, "r": 0.6, "n": 0.7},
}


def _gated(word: str) -> str:
    numbers = CELLS[word]
    layer = {"name": "l", "weights": numbers, "recurrent_weights": numbers, "bias": numbers}
    return written(
        input=[0.4, -0.2],
        layers=[{word: layer}],
        target=[1],
        loss="mean_squared_error",
        optimizer={"sgd": {"learning_rate": 0.5}},
    )


TWO_UNITS = """input: [[1, 2], [0.5, -1]]
layers:
  - lstm: {name: l, units: 2, weights: {random: {seed: 1}}, recurrent_weights: {random: {seed: 2}}, bias: {random: {seed: 3}}}
  - dense: {name: y, weights: [[1, -1]], bias: 0.1}
target: [1]
loss: mean_squared_error
"""


@pytest.mark.parametrize(
    "text", [SCALAR, _gated("lstm"), _gated("gru"), TWO_UNITS], ids=["rnn", "lstm", "gru", "two"]
)
def test_every_listed_answer_is_found_by_its_key_and_is_right(text):
    listed = dict(_single(shown(solution(text))))
    verdicts = _verdicts(text, listed)

    assert len(listed) > 20
    assert set(verdicts) == set(listed)
    assert set(verdicts.values()) == {"right"}


def _single(answers: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each number by itself: l_f2[1], dE_dl_W_f[1,2], rnn[3,1]."""
    for key, value in answers.items():
        if isinstance(value, str):
            yield key, value
            continue
        for index in product(*(range(size) for size in np.shape(value))):
            place = ",".join(str(i + 1) for i in index)
            yield f"{key}[{place}]", str(np.array(value)[index])


def test_a_gate_at_time_1_that_is_wrong_lets_the_cell_follow():
    """σ(0.5·0.4 + 0.5) = σ(0.7) = 0.6682 written as 0.6618; c₁, h₁ and time 2 are worked out with it."""

    def sigma(z: float) -> float:
        return round(1 / (1 + math.exp(-z)), 4)

    w = CELLS["lstm"]
    sheet, h, c = {}, 0.0, 0.0
    for t, x in ((1, 0.4), (2, -0.2)):
        z = {k: round(v * x + v * h + v, 4) for k, v in w.items()}
        gates = {k: sigma(z[k]) if k != "g" else round(math.tanh(z[k]), 4) for k in w}
        if t == 1:
            assert gates["i"] == 0.6682
            gates["i"] = 0.6618
        c = round(gates["f"] * c + gates["i"] * gates["g"], 4)
        squashed = round(math.tanh(c), 4)
        h = round(gates["o"] * squashed, 4)
        sheet |= {f"l_{k}_in{t}": z[k] for k in w} | {f"l_{k}{t}": gates[k] for k in w}
        sheet |= {f"l_c{t}": c, f"l_tanh_c{t}": squashed, f"l_h{t}": h}
    verdicts = _verdicts(_gated("lstm"), {key: f"{value:.4f}" for key, value in sheet.items()})

    wrong = [key for key, verdict in verdicts.items() if verdict == "wrong"]
    assert wrong == ["l_i1"]
    assert {verdicts[key] for key in ("l_c1", "l_h1", "l_c2", "l_h2", "l_f_in2")} == {"follows"}
    assert verdicts["l_f1"] == verdicts["l_o1"] == "right"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("h2[1]", "l_h2[1]"),
        ("h₂[1]", "l_h2[1]"),
        ("c21", "l_c2[1]"),
        ("f₂ⁱⁿ[1]", "l_f_in2[1]"),
        ("tanh_c₂[2]", "l_tanh_c2[2]"),
        ("lf21", "l_f2[1]"),
        ("∂E/∂h₁[2]", "dE_dl_h1[2]"),
        ("dE/dW_f[1,2]", "dE_dl_W_f[1,2]"),
        ("dEdWf12", "dE_dl_W_f[1,2]"),
        ("dE_dh0[1]", "dE_dl_h0[1]"),
        ("∂h₂[1]/∂o₂[1]", "dl_h2[1]_dl_o2[1]"),
    ],
)
def test_short_keys_of_one_layer_are_found(typed, meant):
    assert list(_verdicts(TWO_UNITS, {typed: "0.5"})) == [meant]
