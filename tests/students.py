"""Simulated students: a 2-2-2 network worked by plain arithmetic, line by line, with one mistake or none.

Nothing of handcalc is used to work out their sheets.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

Write = Callable[[float], str]

MISTAKES = (
    "updated_weights",
    "no_activation_derivative",
    "slope_at_the_wrong_value",
    "target_minus_output",
    "plus_in_update",
    "loss_factor",
    "bias_forgotten",
    "bias_twice",
    "weights_transposed",
    "wrong_neuron",
)


@dataclass(frozen=True)
class Numbers:
    """The exercise: weights w1 … w8, inputs, biases, targets, learning rate."""

    w: tuple[float, ...]
    x: tuple[float, ...]
    b: tuple[float, ...]
    t: tuple[float, ...]
    rate: float = 0.5

    def problem(self, decimals: int) -> str:
        """The problem file."""
        w = self.w
        return f"""input: {list(self.x)}
layers:
  - dense: {{name: h, weights: [[{w[0]}, {w[1]}], [{w[2]}, {w[3]}]], bias: {self.b[0]}, activation: sigmoid}}
  - dense: {{name: o, weights: [[{w[4]}, {w[5]}], [{w[6]}, {w[7]}]], bias: {self.b[1]}, activation: sigmoid}}
target: {list(self.t)}
loss: {{mean_squared_error: {{factor: half_sum}}}}
optimizer: {{sgd: {{learning_rate: {self.rate}, updates: weights}}}}
rounding: {{decimals: {decimals}}}
"""


def drawn(rng: random.Random) -> Numbers:
    """Weights and inputs with one decimal, targets with two."""

    def some(n: int, low: float, high: float, places: int = 1) -> tuple[float, ...]:
        return tuple(round(rng.uniform(low, high), places) for _ in range(n))

    return Numbers(some(8, -1, 1), some(2, 0, 1), some(2, -0.5, 0.5), some(2, 0, 1, 2))


def rounded(decimals: int) -> Write:
    """Round half up, as a person does."""
    return lambda value: _written(value, decimals, ROUND_HALF_UP)


def cut(decimals: int) -> Write:
    """Cut the digits off."""
    return lambda value: _written(value, decimals, ROUND_DOWN)


def _written(value: float, decimals: int, how: str) -> str:
    # A person sees 0.23, not 0.22999999999999998.
    seen = Decimal(repr(round(value, 13)))
    return str(seen.quantize(Decimal(1).scaleb(-decimals), how))


def strategies(decimals: int) -> list[tuple[Write, bool]]:
    """How to write, and whether to go on with what is written or with full precision."""
    return [(way(decimals), carries) for way in (rounded, cut) for carries in (True, False)]


def sheet(numbers: Numbers, write: Write, carries: bool, mistake: str = "") -> dict[str, str]:
    """All answers of one student."""
    out: dict[str, str] = {}
    w, x, b, t = numbers.w, numbers.x, numbers.b, numbers.t

    def put(key: str, value: float) -> float:
        out[key] = write(value)
        return float(out[key]) if carries else value

    def sigmoid(z: float) -> float:
        return 1 / (1 + math.exp(-z))

    def weight(v: tuple[float, ...], layer: int, i: int, j: int) -> float:
        turned = mistake == "weights_transposed"
        return v[4 * layer + (2 * j + i if turned else 2 * i + j)]

    times = {"bias_forgotten": 0, "bias_twice": 2}.get(mistake, 1)
    factor = 2 if mistake == "loss_factor" else 1
    sign = -1 if mistake == "target_minus_output" else 1
    step = 1 if mistake == "plus_in_update" else -1

    def slope(a: float, z: float) -> float:
        if mistake == "no_activation_derivative":
            return 1.0
        return z * (1 - z) if mistake == "slope_at_the_wrong_value" else a * (1 - a)

    h_in = []
    for i in range(2):
        row = 1 - i if mistake == "wrong_neuron" else i
        total = weight(w, 0, row, 0) * x[0] + weight(w, 0, row, 1) * x[1] + times * b[0]
        h_in.append(put(f"h{i + 1}_in", total))
    h = [put(f"h{i + 1}_out", sigmoid(z)) for i, z in enumerate(h_in)]
    o_in = [
        put(f"o{i + 1}_in", weight(w, 1, i, 0) * h[0] + weight(w, 1, i, 1) * h[1] + times * b[1])
        for i in range(2)
    ]
    o = [put(f"o{i + 1}_out", sigmoid(z)) for i, z in enumerate(o_in)]
    put("E", factor * 0.5 * ((o[0] - t[0]) ** 2 + (o[1] - t[1]) ** 2))
    do = [put(f"dE_do{i + 1}_out", sign * factor * (o[i] - t[i])) for i in range(2)]
    dz = [put(f"dE_do{i + 1}_in", do[i] * slope(o[i], o_in[i])) for i in range(2)]
    new = list(w)
    for i in range(2):
        for j in range(2):
            k = 4 + 2 * i + j
            gradient = put(f"dE_dw{k + 1}", dz[i] * h[j])
            new[k] = put(f"w{k + 1}_new", w[k] + step * numbers.rate * gradient)
    back = tuple(new) if mistake == "updated_weights" else w
    dh = [
        put(f"dE_dh{j + 1}_out", dz[0] * weight(back, 1, 0, j) + dz[1] * weight(back, 1, 1, j))
        for j in range(2)
    ]
    dh_in = [put(f"dE_dh{j + 1}_in", dh[j] * slope(h[j], h_in[j])) for j in range(2)]
    for i in range(2):
        for j in range(2):
            k = 2 * i + j
            gradient = put(f"dE_dw{k + 1}", dh_in[i] * x[j])
            put(f"w{k + 1}_new", w[k] + step * numbers.rate * gradient)
    return out
