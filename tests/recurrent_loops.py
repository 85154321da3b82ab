"""Recurrent layers as plain loops over time for one sample: numpy, and nothing of handcalc.

Rows of W and U belong to units; weights are kept by the letters of their gates, "" where there are none.
"""

import json
from collections.abc import Callable
from typing import Any

import numpy as np

import handcalc
from handcalc.problem import parse
from support import answers, solution

GATES = {"simple_rnn": ("",), "lstm": ("i", "f", "g", "o"), "gru": ("z", "r", "n")}
FIELDS = {"W": "weights", "U": "recurrent_weights", "b": "bias", "d": "recurrent_bias"}


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def relu(z: Any) -> Any:
    return np.maximum(z, 0)


def simple_rnn(x: Any, p: Any, h: Any, squash: Any = np.tanh) -> list[Any]:
    states = []
    for x_t in x:
        h = squash(p["W"][""] @ x_t + p["U"][""] @ h + p["b"].get("", 0) + p["d"].get("", 0))
        states.append(h)
    return states


def lstm(
    x: Any, p: Any, h: Any, c: Any, squash: Any = np.tanh, gate: Any = sigmoid
) -> tuple[list[Any], list[Any]]:
    states, cells = [], []
    for x_t in x:
        z = {
            k: p["W"][k] @ x_t + p["U"][k] @ h + p["b"].get(k, 0) + p["d"].get(k, 0) for k in "ifgo"
        }
        c = gate(z["f"]) * c + gate(z["i"]) * squash(z["g"])
        h = gate(z["o"]) * squash(c)
        states.append(h)
        cells.append(c)
    return states, cells


def gru(x: Any, p: Any, h: Any, *, after: bool = True, update: str = "old") -> list[Any]:
    states = []
    for x_t in x:
        W, U, b, d = p["W"], p["U"], p["b"], p["d"]
        z = sigmoid(W["z"] @ x_t + U["z"] @ h + b.get("z", 0) + d.get("z", 0))
        r = sigmoid(W["r"] @ x_t + U["r"] @ h + b.get("r", 0) + d.get("r", 0))
        from_h = r * (U["n"] @ h + d.get("n", 0)) if after else U["n"] @ (r * h) + d.get("n", 0)
        n = np.tanh(W["n"] @ x_t + b.get("n", 0) + from_h)
        h = (1 - z) * n + z * h if update == "old" else (1 - z) * h + z * n
        states.append(h)
    return states


def drawn(word: str, inputs: int, units: int, seed: int, biases: str = "b") -> dict[str, Any]:
    """Weights with two decimals, by letter and gate."""
    random = np.random.default_rng(seed)
    sizes = {"W": (units, inputs), "U": (units, units), "b": (units,), "d": (units,)}
    return {
        letter: {
            gate: random.uniform(-1, 1, size).round(2)
            for gate in (GATES[word] if letter in f"WU{biases}" else ())
        }
        for letter, size in sizes.items()
    }


def fields(p: dict[str, Any], *, turned: bool = False) -> dict[str, Any]:
    """The same as the fields of a problem file; `turned` for x·W."""
    return {
        FIELDS[letter]: gates.get("", gates)
        if not turned
        else {k: v.T for k, v in gates.items()}.get("", {k: v.T for k, v in gates.items()})
        for letter, gates in p.items()
        if gates
    }


def as_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_lists(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_lists(inner) for inner in value]
    return value.tolist() if isinstance(value, np.ndarray) else value


def written(**problem: Any) -> str:
    """A problem file; JSON is YAML."""
    return json.dumps(as_lists(problem))


def found(*keys: str, **problem: Any) -> dict[str, Any]:
    """The answers to it: those of all steps, or by their keys."""
    text = written(**problem)
    return answers(handcalc.solve(parse(text), keys) if keys else solution(text))


def differences(function: Callable[[], float], numbers: Any) -> Any:
    """∂f/∂a for each number of an array that the function reads, (f(a + ε) - f(a - ε))/2ε."""
    made, epsilon = np.zeros(numbers.shape), 1e-5
    for index in np.ndindex(numbers.shape):
        kept = numbers[index]
        numbers[index] = kept + epsilon
        above = function()
        numbers[index] = kept - epsilon
        below = function()
        numbers[index] = kept
        made[index] = (above - below) / (2 * epsilon)
    return made


def close(value: Any, expected: Any, tolerance: float = 1e-12) -> None:
    """The same numbers; an answer leaves axes out that hold one number."""
    np.testing.assert_allclose(
        np.ravel(np.array(value, float)), np.ravel(expected), rtol=tolerance, atol=tolerance
    )


def printed(value: Any, texts: Any, *, units: float = 0.5) -> None:
    """The number to the digits that are printed; a source that cuts off is within one unit of the last."""
    flat = [str(text) for text in np.ravel(np.array(texts, dtype=str))]
    numbers = np.ravel(np.array(value, float))
    assert len(numbers) == len(flat)
    for number, text in zip(numbers, flat, strict=True):
        digits, _, power = text.partition("e")
        last = 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))
        assert abs(number - float(text)) <= units * last * (1 + 1e-6), text
