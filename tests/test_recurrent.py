"""Recurrent layers against plain loops over time, and their gradients against differences of these loops."""

from typing import Any

import numpy as np
import pytest

from recurrent_loops import (
    GATES,
    close,
    differences,
    drawn,
    fields,
    found,
    gru,
    lstm,
    relu,
    simple_rnn,
)

RANDOM = np.random.default_rng(12)
LEARN = {"batch": "sum", "optimizer": {"sgd": {"learning_rate": 1}}}


def _numbers(*shape: int) -> Any:
    return RANDOM.uniform(-1, 1, shape).round(2)


def _states(word: str, x: Any, p: Any, state: Any, options: Any) -> Any:
    """The states of all times by the loop."""
    squash = relu if options.get("activation") == "relu" else np.tanh
    if word == "lstm":
        return np.array(lstm(x, p, *state, squash)[0])
    if word == "gru":
        after, update = options.get("reset_after", True), options.get("update_gate", "old")
        return np.array(gru(x, p, state[0], after=after, update=update))
    return np.array(simple_rnn(x, p, state[0], squash))


LAYERS = [
    ("simple_rnn", "b", {}),
    ("simple_rnn", "", {"activation": "relu"}),
    ("simple_rnn", "bd", {}),
    ("lstm", "b", {}),
    ("lstm", "bd", {"activation": "relu"}),
    ("lstm", "", {}),
    ("gru", "bd", {}),
    ("gru", "b", {"reset_after": False}),
    ("gru", "b", {"update_gate": "new"}),
    ("gru", "bd", {"update_gate": "new", "reset_after": False}),
]


@pytest.mark.parametrize("everywhere", [True, False], ids=["every-time", "last-time"])
@pytest.mark.parametrize(("word", "biases", "options"), LAYERS, ids=str)
def test_states_and_gradients_are_those_of_the_loop(word, biases, options, everywhere):
    """Two samples with initial states of their own; E = Σ g·h, at every time or at the last one alone."""
    p, x = drawn(word, 2, 2, 7, biases), _numbers(2, 3, 2)
    g = _numbers(3, 2) if everywhere else _numbers(2)
    letters = "hc" if word == "lstm" else "h"
    state = _numbers(len(letters), 2, 2)
    layer = {
        "name": "l",
        "return_sequences": everywhere,
        "initial_state": dict(zip(letters, state, strict=True)),
        **fields(p),
        **options,
    }
    weights = {(a, k): f"dE_dl_{a}" + f"_{k}" * bool(k) for a in "WUbd" for k in p[a]}
    samples = [{"input": s} for s in x]
    answers = found(
        *weights.values(),
        *(f"l_h{t}" for t in range(1, 4)),
        "dE_dx",
        *(f"dE_dl_{letter}0" for letter in letters),
        samples=samples,
        layers=[{word: layer}],
        output_gradient=g,
        **LEARN,
    )

    def loss() -> float:
        made = [_states(word, x[s], p, state[:, s], options) for s in range(2)]
        return sum(float(np.sum(g * (h if everywhere else h[-1]))) for h in made)

    for s in range(2):
        for t, h in enumerate(_states(word, x[s], p, state[:, s], options), start=1):
            close(answers[f"l_h{t}@{s + 1}"], h)
        close(answers[f"dE_dx@{s + 1}"], differences(loss, x)[s], 1e-8)
        for letter, slopes in zip(letters, differences(loss, state), strict=True):
            close(answers[f"dE_dl_{letter}0@{s + 1}"], slopes[s], 1e-8)
    for (letter, gate), key in weights.items():
        close(answers[key], differences(loss, p[letter][gate]), 1e-8)


SMALL = {"input": [[0.5, -1], [1, 0.3], [-0.2, 0.8]], "output_gradient": [1, -2]}


def _gradients(word: str, layer: dict[str, Any], **more: Any) -> dict[str, Any]:
    return found(layers=[{word: {"name": "l", **layer}}], **SMALL, **LEARN, **more)


def _key(letter: str, gate: str) -> str:
    return f"dE_dl_{letter}" + f"_{gate}" * bool(gate)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        *(("simple_rnn", parts) for parts in ("xh", "hx", "xh1", "hx1", "1xh", "1hx")),
        *(("lstm", parts) for parts in ("xh", "hx", "hx1")),
        *(("gru", parts) for parts in ("hx", "1xh")),
    ],
)
def test_one_matrix_over_both_is_the_two_side_by_side(word, parts):
    """W·[h; x; 1] = W_h·h + W_x·x + b: the same states, and the same gradients block by block."""
    p, options = drawn(word, 2, 2, 3), {"reset_after": False} if word == "gru" else {}
    blocks = {"x": p["W"], "h": p["U"], "1": {k: b[:, None] for k, b in p["b"].items()}}
    whole = {k: np.hstack([blocks[part][k] for part in parts]) for k in GATES[word]}
    joined = {"joined": list(parts), "weights": whole.get("", whole), **options}
    if "1" not in parts:
        joined["bias"] = p["b"].get("", p["b"])
    one, two = _gradients(word, joined), _gradients(word, {**fields(p), **options})

    close(one["l_h3"], two["l_h3"])
    for gate in GATES[word]:
        slopes = {"x": two[_key("W", gate)], "h": two[_key("U", gate)]}
        slopes["1"] = np.reshape(two[_key("b", gate)], (2, 1))
        close(one[_key("W", gate)], np.hstack([slopes[part] for part in parts]))


@pytest.mark.parametrize(
    ("word", "order", "product"),
    [
        ("lstm", "fiog", "Wx"),
        ("lstm", "ifog", "xW"),
        ("lstm", "gfoi", "WTx"),
        ("gru", "rzn", "Wx"),
        ("gru", "nrz", "xW"),
    ],
)
def test_stacked_numbers_are_those_of_the_gates_one_after_the_other(word, order, product):
    """Under one another where rows belong to units, side by side where columns do."""
    p = drawn(word, 2, 2, 5)
    plain = {**fields(p)}
    turned = product != "Wx"
    stacked = {
        field: np.hstack([gates[k].T for k in order])
        if turned
        else np.vstack([gates[k] for k in order])
        for field, gates in plain.items()
        if field != "bias"
    }
    bias = np.hstack([plain["bias"][k] for k in order])
    notation = {"notation": {"product": product}}
    one = _gradients(word, {**stacked, "bias": bias, "gate_order": list(order)}, **notation)
    two = _gradients(word, plain)

    for key in ("l_h1", "l_h2", "l_h3", *(_key("b", gate) for gate in order)):
        close(one[key], two[key])
    for gate in order:
        slopes = np.array(one[_key("W", gate)])
        close(slopes.T if turned else slopes, two[_key("W", gate)])


@pytest.mark.parametrize(("word", "order"), [("lstm", "ifgo"), ("gru", "zrn")])
def test_stacked_numbers_without_an_order_are_those_of_keras(word, order):
    """Keras says i, f, c, o and z, r, h; PyTorch has r before z, which gate_order says."""
    p = drawn(word, 2, 2, 6)
    stacked = {
        field: np.concatenate([gates[k] for k in order]) for field, gates in fields(p).items()
    }

    close(_gradients(word, stacked)["l_h3"], _gradients(word, fields(p))["l_h3"])


def test_a_truncated_gradient_takes_the_states_at_the_borders_as_numbers():
    """E = ½ Σ (h_t - t_t)² over five times in runs of two: no gradient from 3 to 2, nor from 5 to 4."""
    p, x, target = drawn("simple_rnn", 2, 2, 8), _numbers(5, 2), _numbers(5, 2)
    layer = {"name": "l", "return_sequences": True, "truncate": 2, **fields(p)}
    answers = found(
        input=x,
        layers=[{"simple_rnn": layer}],
        target=target,
        loss={"mean_squared_error": {"factor": "half_sum"}},
        **LEARN,
    )
    borders = [np.zeros(2), *simple_rnn(x, p, np.zeros(2))[1::2]]

    def loss() -> float:
        states = [
            state
            for run, before in enumerate(borders)
            for state in simple_rnn(x[2 * run : 2 * run + 2], p, before)
        ]
        return float(np.sum((np.array(states) - target) ** 2) / 2)

    for letter in "WUb":
        close(answers[f"dE_dl_{letter}"], differences(loss, p[letter][""]), 1e-8)
    h = answers["l_h2"]
    close(answers["dE_dl_h2"], np.array(h) - target[1])


def test_a_layer_reads_the_states_of_the_one_below():
    first, second = drawn("lstm", 1, 2, 21), drawn("gru", 2, 2, 22, "bd")
    x, zero = _numbers(3, 1), np.zeros(2)
    answers = found(
        input=x,
        layers=[
            {"lstm": {"name": "low", "return_sequences": True, **fields(first)}},
            {"gru": {"name": "top", **fields(second)}},
        ],
        output_gradient=[1, -1],
        **LEARN,
    )

    def read() -> Any:
        return gru(lstm(x, first, zero, zero)[0], second, np.zeros(2))

    for t, h in enumerate(read(), start=1):
        close(answers[f"top_h{t}"], h)
    below = differences(lambda: read()[-1] @ [1, -1], first["U"]["f"])
    close(answers["dE_dlow_U_f"], below, 1e-8)


MERGED = {
    "concat": lambda a, b: np.concatenate([a, b], axis=-1),
    "sum": lambda a, b: a + b,
    "mul": lambda a, b: a * b,
    "ave": lambda a, b: (a + b) / 2,
}


@pytest.mark.parametrize("everywhere", [True, False], ids=["every-time", "last-time"])
@pytest.mark.parametrize("mode", MERGED)
def test_a_bidirectional_layer_puts_two_loops_together(mode, everywhere):
    """The second one reads from the end; its last state is that of time 1."""
    forward, backward = drawn("simple_rnn", 2, 2, 31), drawn("gru", 2, 2, 32, "bd")
    x = _numbers(3, 2)
    g = _numbers(*(3,) * everywhere, 4 if mode == "concat" else 2)
    one = {"simple_rnn": {"return_sequences": everywhere, **fields(forward)}}
    other = {"gru": {"return_sequences": everywhere, **fields(backward)}}
    both = {"name": "both", "layer": one, "backward_layer": other, "merge_mode": mode}
    answers = found(input=x, layers=[{"bidirectional": both}], output_gradient=g, **LEARN)

    def read() -> Any:
        there = np.array(simple_rnn(x, forward, np.zeros(2)))
        back = np.array(gru(x[::-1], backward, np.zeros(2)))[::-1]
        return MERGED[mode](there, back) if everywhere else MERGED[mode](there[-1], back[0])

    close(answers["both"], read())
    for p, way in ((forward, "forward"), (backward, "backward")):
        for letter in "WU":
            for gate in p[letter]:
                key = f"dE_dboth_{way}_{letter}" + f"_{gate}" * bool(gate)
                close(answers[key], differences(lambda: np.sum(g * read()), p[letter][gate]), 1e-8)


def test_a_decoder_begins_with_the_last_states_of_an_encoder():
    """∂E of the encoder's weights goes back through h and c at once."""
    first, second = drawn("lstm", 2, 2, 41), drawn("lstm", 1, 2, 42)
    x, y, zero = _numbers(3, 2), _numbers(2, 1), np.zeros(2)
    answers = found(
        inputs={"a": x, "y": y},
        layers=[
            {"lstm": {"name": "enc", "from": "a", "return_state": True, **fields(first)}},
            {
                "lstm": {
                    "name": "dec",
                    "from": {"input": "y", "h0": "enc.h", "c0": "enc.c"},
                    **fields(second),
                }
            },
        ],
        output_gradient=[2, -1],
        **LEARN,
    )

    def read() -> Any:
        h, c = lstm(x, first, zero, zero)
        return lstm(y, second, h[-1], c[-1])[0]

    for t, h in enumerate(read(), start=1):
        close(answers[f"dec_h{t}"], h)
    for gate in GATES["lstm"]:
        slopes = differences(lambda: read()[-1] @ [2, -1], first["W"][gate])
        close(answers[f"dE_denc_W_{gate}"], slopes, 1e-8)
