"""LSTM and GRU exercises as they are published; where a printed number is wrong the true one is here."""

from typing import Any

import numpy as np
import pytest

from recurrent_loops import close, found, printed


def _layer(word: str, inputs: Any, **layer: Any) -> Any:
    """The answers of one layer alone."""
    return found(input=inputs, layers=[{word: {"name": "l", **layer}}], ask=["forward"])


def _same(numbers: Any, gates: str) -> dict[str, Any]:
    return dict.fromkeys(gates, numbers)


# --- LSTM ---------------------------------------------------------------------------------------------


def test_a_cell_with_joined_weights():
    """Click4AI, LSTM cell: [x; h], no bias; it prints the second tanh(c) as 0.248, which is 0.2473."""
    answers = _layer(
        "lstm",
        [[1, 0.5]],
        joined=["x", "h"],
        weights={
            "f": [[0.5, 0.3, 0.1, 0.2], [0.1, 0.4, 0.2, 0.3]],
            "i": [[0.2, 0.1, 0.3, 0.4], [0.3, 0.2, 0.1, 0.5]],
            "g": [[0.4, 0.2, 0.1, 0.3], [0.2, 0.5, 0.3, 0.1]],
            "o": [[0.1, 0.3, 0.2, 0.4], [0.4, 0.1, 0.3, 0.2]],
        },
    )

    printed(answers["l_f_in1"], ["0.65", "0.30"])
    printed(answers["l_f1"], ["0.657", "0.574"])
    printed(answers["l_i1"], ["0.562", "0.599"])
    printed(answers["l_g1"], ["0.462", "0.422"])
    printed(answers["l_o1"], ["0.562", "0.611"])
    printed(answers["l_c1"], ["0.260", "0.253"])
    close(answers["l_tanh_c1"], [0.2541004177020042, 0.24734774162744755])
    printed(answers["l_h1"], ["0.143", "0.151"])


def test_the_state_before_the_input_in_one_matrix():
    """Deep-ML 59: [h; x], every bias 0.1; then two units that have the same weights in all gates."""
    one = _layer(
        "lstm",
        [[1], [2], [3]],
        joined=["h", "x"],
        weights={**_same([[0.5, 0.5]], "fio"), "g": [[0.3, 0.3]]},
        bias=_same([0.1], "figo"),
    )
    two = _layer(
        "lstm",
        [[0.1, 0.2], [0.3, 0.4]],
        joined=["h", "x"],
        weights=_same([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]], "figo"),
        bias=_same([0.1, 0.2], "figo"),
    )

    printed(one["l_h3"], "0.73698596")
    printed(two["l_h2"], ["0.16613133", "0.40299449"])


def test_gates_that_are_numbered_forget_gate_first():
    """A notebook, LSTM of one unit, x = 1, 2, 3: weights 0.5 … 0.8 and 0.1 … 0.4 in the order f, i, g, o; y = 4·h₃."""
    answers = found(
        input=[1, 2, 3],
        layers=[
            {
                "lstm": {
                    "name": "l",
                    "gate_order": ["f", "i", "g", "o"],
                    "weights": [0.5, 0.6, 0.7, 0.8],
                    "recurrent_weights": [0.1, 0.2, 0.3, 0.4],
                    "bias": [0, 0, 0, 0],
                }
            },
            {"dense": {"name": "y", "weights": [[4]]}},
        ],
        ask=["forward"],
    )

    printed([answers[f"l_h{t}"] for t in (1, 2, 3)], ["0.2564", "0.6398", "0.8707"])
    printed(answers["y1_out"], "3.4827")


def test_a_forget_gate_of_identity_matrices():
    """Understanding LSTM through an example (Stack Overflow): f = σ(h + x)."""
    one = np.eye(5)
    answers = _layer(
        "lstm",
        [[-0.1, 0.3, 0.1, -0.25, 0.1]],
        weights=_same(one, "figo"),
        recurrent_weights=_same(one, "figo"),
        initial_state={"h": [0, 0.5, 0.1, 0.2, 0.6]},
    )

    printed(
        answers["l_f1"],
        ["0.47502081", "0.68997448", "0.549834", "0.4875026", "0.66818777"],
    )


def test_wrong_sigmoids_below_the_tolerance_of_a_library():
    """burn, LSTM of one unit: its comment has f = 0.5173928, i = 0.5123725, g = 0.0892937; they are these."""
    weights = {"f": 0.7, "i": 0.5, "g": 0.9, "o": 1.1}
    answers = _layer("lstm", [0.1], weights=weights, recurrent_weights=weights)

    close(answers["l_f1"], 0.5174928576663897)
    close(answers["l_i1"], 0.5124973964842103)
    printed(answers["l_o1"], "0.5274723")
    close(answers["l_g1"], 0.0897577847471601)
    printed(answers["l_c1"], "0.046")
    printed(answers["l_h1"], "0.024")
    close(answers["l_h1"], 0.024246958588225627)  # the comment: 0.024083648


def test_one_block_with_the_output_gate_third():
    """CS231n, assignment 3, lstm_step_forward: 4H columns i, f, o, g, all numbers from linspace, rows."""
    x, h = np.linspace(-0.4, 1.2, 12).reshape(3, 4), np.linspace(-0.3, 0.7, 15).reshape(3, 5)
    layer = {
        "name": "l",
        "gate_order": ["i", "f", "o", "g"],
        "weights": np.linspace(-2.1, 1.3, 80).reshape(4, 20),
        "recurrent_weights": np.linspace(-0.7, 2.2, 100).reshape(5, 20),
        "bias": np.linspace(0.3, 0.7, 20),
        "initial_state": {"h": h, "c": np.linspace(-0.4, 0.9, 15).reshape(3, 5)},
    }
    answers = found(
        "l_h1",
        "l_c1",
        samples=[{"input": [row]} for row in x],
        layers=[{"lstm": layer}],
        notation={"product": "xW"},
    )

    states = [
        ["0.24635157", "0.28610883", "0.32240467", "0.35525807", "0.38474904"],
        ["0.49223563", "0.55611431", "0.61507696", "0.66844003", "0.7159181"],
        ["0.56735664", "0.66310127", "0.74419266", "0.80889665", "0.858299"],
    ]
    cells = [
        ["0.32986176", "0.39145139", "0.451556", "0.51014116", "0.56717407"],
        ["0.66382255", "0.76674007", "0.87195994", "0.97902709", "1.08751345"],
        ["0.74192008", "0.90592151", "1.07717006", "1.25120233", "1.42395676"],
    ]
    for s in range(3):
        printed(answers[f"l_h1@{s + 1}"], states[s])
        printed(answers[f"l_c1@{s + 1}"], cells[s])


SEQUENCES = np.arange(72).reshape(3, 6, 4)
SINGLE = 4e-7
"""Keras prints what single precision gives."""


def _keras(word: str, sequences: Any, gates: int, bias: Any, **more: Any) -> list[float]:
    """The last state of the first of three equal units, for the three sequences."""
    layer = {
        "name": "l",
        "weights": np.full((4, 3 * gates), 0.01),
        "recurrent_weights": np.full((3, 3 * gates), 0.02),
        **({"bias": np.repeat(bias, 3)} if bias else {}),
        **more,
    }
    answers = found(
        "l_h6",
        samples=[{"input": x} for x in sequences],
        layers=[{word: layer}],
        notation={"product": "xW"},
    )
    return [answers[f"l_h6@{s}"][0] for s in (1, 2, 3)]


@pytest.mark.parametrize(
    ("bias", "step", "expected"),
    [
        (
            [0.03, 1, 0.03, 0.03],
            1,
            [0.6288687, 0.86899155, 0.9460773],
        ),  # the forget gate begins at 1
        ([0.03] * 4, 1, [0.57019705, 0.8661914, 0.9459622]),
        ([0.03, 1, 0.03, 0.03], -1, [0.35622165, 0.74789524, 0.8872726]),  # read backwards
        (None, 1, [0.54986924, 0.86226785, 0.9443936]),
    ],
)
def test_the_lstm_of_keras(bias, step, expected):
    """Keras, LSTMTest.test_correctness: arange(72) as three sequences of six times, three equal units."""
    close(_keras("lstm", SEQUENCES[:, ::step], 4, bias), expected, SINGLE)


@pytest.mark.parametrize(
    ("options", "step", "expected"),
    [
        ({"recurrent_bias": [0.03] * 9}, 1, [0.5217289, 0.6371659, 0.39384964]),
        ({"reset_after": False}, 1, [0.51447755, 0.6426879, 0.40208298]),
        ({"recurrent_bias": [0.03] * 9}, -1, [0.24406259, 0.611516, 0.3928808]),
        ({"bias": 0}, 1, [0.49988455, 0.64701194, 0.4103359]),
    ],
)
def test_the_gru_of_keras(options, step, expected):
    """Keras, GRUTest.test_correctness: after the product there are two biases, before it one."""
    bias = None if "bias" in options else [0.03] * 3
    more = {key: value for key, value in options.items() if key != "bias"}
    close(_keras("gru", SEQUENCES[:, ::step], 3, bias, **more), expected, SINGLE)


# --- GRU ----------------------------------------------------------------------------------------------


def test_a_gate_that_weighs_the_old_state():
    """burn, GRU of one unit: h = z·h + (1 - z)·n, the reset gate before the product, no bias."""
    weights = {"z": 0.5, "r": 0.6, "n": 0.7}
    answers = _layer("gru", [0.1], weights=weights, recurrent_weights=weights, reset_after=False)

    values = [answers[f"l_{letter}1"] for letter in "zrnh"]
    printed(values, ["0.5125", "0.5150", "0.0699", "0.0341"])


NEW = {"update_gate": "new", "reset_after": False}


def test_last_digits_that_a_page_has_wrong():
    """Click4AI, GRU cell, [x; h]: prints n = 0.500, 0.337 and h₂ = 0.198; they are 0.501, 0.336 and 0.197."""
    answers = _layer(
        "gru",
        [[1, 0.5]],
        joined=["x", "h"],
        weights={
            "z": [[0.3, 0.2, 0.1, 0.4], [0.1, 0.5, 0.3, 0.2]],
            "r": [[0.2, 0.4, 0.3, 0.1], [0.4, 0.1, 0.2, 0.3]],
            "n": [[0.5, 0.1, 0.2, 0.3], [0.2, 0.3, 0.4, 0.1]],
        },
        **NEW,
    )

    printed(answers["l_z_in1"], ["0.40", "0.35"])
    printed(answers["l_z1"], ["0.599", "0.587"])
    printed(answers["l_r_in1"], ["0.40", "0.45"])
    printed(answers["l_r1"], ["0.599", "0.611"])
    printed(answers["l_n_in1"], ["0.55", "0.35"])
    close(answers["l_n1"], [0.5005202111902353, 0.3363755443363322])
    close(answers["l_h1"], [0.29965527407647224, 0.19732380742557823])


def test_a_product_of_rounded_factors_on_the_page():
    """Implement a GRU cell (ai.adomicarts.com): 0.5374·0.2913 is printed as 0.1565; the state is 0.1566."""
    weights = {letter: np.full((3, 2), 0.2 if letter == "n" else 0.1) for letter in "zrn"}
    states = {letter: np.full((3, 3), 0.2 if letter == "n" else 0.1) for letter in "zrn"}
    answers = _layer("gru", [[1, 0.5]], weights=weights, recurrent_weights=states, **NEW)

    printed(answers["l_z1"], ["0.5374"] * 3)
    printed(answers["l_n1"], ["0.2913"] * 3)
    close(answers["l_h1"], [0.15656009225654216] * 3)
