"""What networks of several kinds share: dense layers, activations, losses and updates, number by number.

A mistake that a student makes stands beside the right formula.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from simulated.student import Notes

Put = Callable[[str, float], float]
Vector = list[float]
Matrix = list[list[float]]


@dataclass(frozen=True)
class Dense:
    """a = f(W·x + b), a row of W and a bias for each neuron; weights and biases are numbered on from these."""

    name: str
    W: Matrix
    b: Vector
    activation: str
    first_weight: int = 1
    first_bias: int = 1

    def text(self, more: str = "") -> str:
        """The layer in the problem file."""
        word = "{leaky_relu: {alpha: 0.1}}" if self.activation == "leaky_relu" else self.activation
        activation = "" if word == "linear" else f", activation: {word}"
        return f"  - dense: {{name: {self.name}, weights: {self.W}, bias: {self.b}{activation}{more}}}\n"

    @property
    def next_weight(self) -> int:
        """The number after that of the last weight."""
        return self.first_weight + len(self.W) * len(self.W[0])

    @property
    def next_bias(self) -> int:
        """The number after that of the last bias."""
        return self.first_bias + len(self.b)

    def weight(self, i: int, j: int) -> int:
        """The number of a weight."""
        return self.first_weight + i * len(self.W[0]) + j


def tenths(rng: random.Random, n: int, low: float = -1, high: float = 1) -> Vector:
    """Numbers with one decimal, none of them 0."""
    found: Vector = []
    while len(found) < n:
        number = round(rng.uniform(low, high), 1)
        found += [number] if number else []
    return found


def table(rng: random.Random, rows: int, columns: int) -> Matrix:
    """A matrix of such numbers."""
    return [tenths(rng, columns) for _ in range(rows)]


# --- forwards -------------------------------------------------------------------------------------


def forward(
    notes: Notes, put: Put, layer: Dense, x: Vector, at: str = "", name: str = ""
) -> tuple[Vector, Vector]:
    """z_i = Σ w_ij x_j + b_i and a_i = f(z_i); `at` is the sample."""
    n, linear, name = len(layer.W), layer.activation == "linear", name or layer.name
    z = []
    for i in range(n):
        row = i
        if n > 1 and notes.makes("wrong_neuron", name):
            row = (i + 1) % n
        total = sum(_weight(notes, layer, name, row, j) * x[j] for j in range(len(x)))
        times = 1
        if notes.makes("bias_forgotten", name):
            times = 0
        elif notes.makes("bias_twice", name):
            times = 2
        total += times * layer.b[i]
        z.append(total if linear else put(f"{name}{i + 1}_in{at}", total))
    if linear:
        return z, [put(f"{name}{i + 1}_out{at}", z[i]) for i in range(n)]
    a = activated(notes, layer.activation, z, name)
    return z, [put(f"{name}{i + 1}_out{at}", a[i]) for i in range(n)]


def _weight(notes: Notes, layer: Dense, name: str, i: int, j: int) -> float:
    """w_ij, or w_ji by mistake."""
    square = len(layer.W) == len(layer.W[0]) > 1
    if square and i != j and notes.makes("weights_transposed", name):
        return layer.W[j][i]
    return layer.W[i][j]


def activated(notes: Notes, word: str, z: Vector, place: str) -> Vector:
    """f(z); of softmax e^z_i/Σ e^z_k."""
    if word != "linear" and notes.makes("activation_forgotten", place):
        return z
    if word == "softmax":
        if notes.makes("softmax_without_exponentials", place):
            return [value / sum(z) for value in z]
        powers = [math.exp(value) for value in z]
        return [power / sum(powers) for power in powers]
    return [_activated(notes, word, value, place) for value in z]


def _activated(notes: Notes, word: str, z: float, place: str) -> float:
    if word == "sigmoid":
        if notes.makes("tanh_for_sigmoid", place):
            return math.tanh(z)
        sign = 1 if notes.makes("plus_in_exponent", place) else -1
        return 1 / (1 + math.exp(sign * z))
    if word == "tanh":
        return math.tanh(z)
    if word == "relu":
        return max(0.0, z)
    if word == "leaky_relu":
        if notes.makes("relu_for_leaky", place):
            return max(0.0, z)
        return z if z > 0 else 0.1 * z
    return z


# --- backwards ------------------------------------------------------------------------------------


def slope(notes: Notes, word: str, z: float, a: float, place: str) -> float:
    """f'(z), for most activations by the value a."""
    if word != "linear" and notes.makes("no_activation_derivative", place):
        return 1.0
    if word in ("sigmoid", "tanh") and notes.makes("slope_at_the_wrong_value", place):
        a = z
    if word == "sigmoid":
        return a * (1 - a)
    if word == "tanh":
        return 1 - a * a
    if word == "relu":
        return 1.0 if z > 0 else 0.0
    if word == "leaky_relu":
        return 1.0 if z > 0 else 0.1
    return 1.0


def back_through(
    notes: Notes, layer: Dense, z: Vector, a: Vector, da: Vector, at: str = "", name: str = ""
) -> Vector:
    """∂E/∂z_i = ∂E/∂a_i·f'(z_i); a linear layer has z = a."""
    name = name or layer.name
    if layer.activation == "linear":
        return da
    return [
        notes.put(
            f"dE_d{name}{i + 1}_in{at}", da[i] * slope(notes, layer.activation, z[i], a[i], name)
        )
        for i in range(len(z))
    ]


def passed_back(notes: Notes, layer: Dense, dz: Vector, W: Matrix, name: str = "") -> Vector:
    """∂E/∂x_j = Σ_i ∂E/∂z_i·w_ij."""
    found, name = [], name or layer.name
    for j in range(len(W[0])):
        rows = range(len(W))
        if len(W) > 1 and notes.makes("one_path_left_out", name):
            rows = range(len(W) - 1)
        square = len(W) == len(W[0]) > 1
        turned = square and notes.makes("weights_transposed_backwards", name)
        found.append(sum(dz[i] * (W[j][i] if turned else W[i][j]) for i in rows))
    return found


def gradients(
    notes: Notes, layer: Dense, dz: Vector, x: Vector, at: str = ""
) -> tuple[Matrix, Vector]:
    """∂E/∂w_ij = ∂E/∂z_i·x_j and ∂E/∂b_i = ∂E/∂z_i."""
    dW = [
        [notes.put(f"dE_dw{layer.weight(i, j)}{at}", dz[i] * x[j]) for j in range(len(x))]
        for i in range(len(dz))
    ]
    db = [
        notes.put(f"dE_db{layer.first_bias + i}{at}", bias_gradient(notes, layer, dz[i], x))
        for i in range(len(dz))
    ]
    return dW, db


def bias_gradient(notes: Notes, layer: Dense, dz: float, x: Vector) -> float:
    """∂E/∂b = ∂E/∂z, or by mistake times the first input."""
    return dz * x[0] if notes.makes("bias_gradient_by_input", layer.name) else dz


def updated(notes: Notes, old: float, gradient: float, rate: float) -> float:
    """W - η·∂E/∂w."""
    if notes.makes("plus_in_update"):
        return old + rate * gradient
    if notes.makes("rate_forgotten"):
        return old - gradient
    if notes.makes("rate_twice"):
        return old - rate * rate * gradient
    return old - rate * gradient


def update(notes: Notes, layer: Dense, dW: Matrix, db: Vector, rate: float) -> Dense:
    """The layer with its weights and biases after one step."""
    W = [
        [
            notes.put(f"w{layer.weight(i, j)}_new", updated(notes, w, dW[i][j], rate))
            for j, w in enumerate(row)
        ]
        for i, row in enumerate(layer.W)
    ]
    b = [
        notes.put(f"b{layer.first_bias + i}_new", updated(notes, old, db[i], rate))
        for i, old in enumerate(layer.b)
    ]
    return Dense(layer.name, W, b, layer.activation, layer.first_weight, layer.first_bias)


# --- losses ---------------------------------------------------------------------------------------

FACTORS = {"half_sum": 0.5, "sum": 1.0, "mean": 0.0, "half_mean": 0.0}


@dataclass(frozen=True)
class Loss:
    """c Σ (o - t)², -1/n Σ (t ln o + (1 - t) ln(1 - o)), or -Σ t ln o."""

    word: str
    factor: str = "half_sum"

    def text(self) -> str:
        """The line of the problem file."""
        if self.word == "mean_squared_error":
            return f"loss: {{mean_squared_error: {{factor: {self.factor}}}}}\n"
        return f"loss: {self.word}\n"

    def _factor(self, notes: Notes, n: int) -> float:
        right = {"half_sum": 0.5, "sum": 1.0, "mean": 1 / n, "half_mean": 1 / (2 * n)}[self.factor]
        return 2 * right if notes.makes("loss_factor") else right

    def value(self, notes: Notes, o: Vector, t: Vector) -> float:
        """The loss of one sample."""
        n = len(o)
        if self.word == "mean_squared_error":
            return self._factor(notes, n) * sum((o[i] - t[i]) ** 2 for i in range(n))
        log = math.log10 if notes.makes("log_base") else math.log
        if self.word == "binary_crossentropy":
            total = 0.0
            for i in range(n):
                total += t[i] * log(o[i]) if t[i] else 0.0
                total += (1 - t[i]) * log(1 - o[i]) if t[i] != 1 else 0.0
            return -total / n
        return -sum(t[i] * log(o[i]) for i in range(n) if t[i])

    def slopes(self, notes: Notes, o: Vector, t: Vector) -> Vector:
        """∂E/∂o_i."""
        n, sign = len(o), -1 if notes.makes("target_minus_output") else 1
        if self.word == "mean_squared_error":
            factor = sign * 2 * self._factor(notes, n)
            return [factor * (o[i] - t[i]) for i in range(n)]
        if self.word == "binary_crossentropy":
            return [sign * ((1 - t[i]) / (1 - o[i]) - t[i] / o[i]) / n for i in range(n)]
        return [-sign * t[i] / o[i] for i in range(n)]


HALF_SUM = Loss("mean_squared_error")
"""1/2 Σ (o - t)²."""
