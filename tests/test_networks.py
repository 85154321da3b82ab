"""Whole networks against a program of its own: plain loops, and derivatives by complex steps.

f(w + ih) = f(w) + ih·f'(w) + O(h²), so f'(w) = Im f(w + ih)/h without any cancellation.
"""

import cmath
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import handcalc
from handcalc.problem import parse
from support import answers, one, shown, solution

H = 1e-30
ACTIVATIONS: dict[str, Any] = {
    "sigmoid": lambda z: 1 / (1 + cmath.exp(-z)),
    "tanh": cmath.tanh,
    "softplus": lambda z: cmath.log(1 + cmath.exp(z)),
    "linear": lambda z: z,
    "relu": lambda z: z if z.real > 0 else 0 * z,
    "leaky_relu": lambda z: z if z.real > 0 else 0.01 * z,
    "elu": lambda z: z if z.real > 0 else cmath.exp(z) - 1,
}


def _layer(
    x: list[complex], W: list[list[complex]], b: list[complex], activation: str
) -> list[complex]:
    z = [
        sum((w * v for w, v in zip(row, x, strict=True)), bias)
        for row, bias in zip(W, b, strict=True)
    ]
    if activation == "softmax":
        powers = [cmath.exp(v) for v in z]
        return [p / sum(powers) for p in powers]
    return [ACTIVATIONS[activation](v) for v in z]


def _loss(word: str, y: list[complex], t: list[float]) -> complex:
    match word:
        case "half_sum":
            return sum((a - b) ** 2 for a, b in zip(y, t, strict=True)) / 2
        case "mean":
            return sum((a - b) ** 2 for a, b in zip(y, t, strict=True)) / len(y)
        case "binary_crossentropy":
            terms = [
                b * cmath.log(a) + (1 - b) * cmath.log(1 - a) for a, b in zip(y, t, strict=True)
            ]
            return -sum(terms) / len(y)
        case _:
            return -sum(b * cmath.log(a) for a, b in zip(y, t, strict=True))


class Reference:
    """The same network in loops: loss and gradients for any weights."""

    def __init__(self, samples: Any, layers: Any, loss: str) -> None:
        self.samples, self.layers, self.loss = samples, layers, loss

    def value(self, weights: Any, biases: Any) -> complex:
        each = []
        for x, t in self.samples:
            y: list[complex] = [complex(v) for v in x]
            for (activation, *_), W, b in zip(self.layers, weights, biases, strict=True):
                y = _layer(y, W, b, activation)
            each.append(_loss(self.loss, y, t))
        return sum(each) / len(each)

    def slopes(self) -> tuple[list[float], list[float]]:
        """∂E/∂w1, ∂E/∂w2, … and ∂E/∂b1, …, counted as the problem counts them."""
        weights = [[[complex(w) for w in row] for row in layer[1]] for layer in self.layers]
        biases = [[complex(b) for b in layer[2]] for layer in self.layers]
        dw, db = [], []
        for i, W in enumerate(weights):
            for row in W:
                for j in range(len(row)):
                    row[j] += 1j * H
                    dw.append(self.value(weights, biases).imag / H)
                    row[j] -= 1j * H
            for k in range(len(biases[i])):
                biases[i][k] += 1j * H
                db.append(self.value(weights, biases).imag / H)
                biases[i][k] -= 1j * H
        return dw, db


@st.composite
def networks(draw: Any) -> tuple[str, Reference]:
    """A random dense network with numbers of one decimal, and its reference."""
    numbers = st.integers(-9, 9).map(lambda n: n / 10)
    sizes = draw(st.lists(st.integers(1, 3), min_size=2, max_size=4))
    loss = draw(
        st.sampled_from(["half_sum", "mean", "binary_crossentropy", "categorical_crossentropy"])
    )
    last = {"binary_crossentropy": "sigmoid", "categorical_crossentropy": "softmax"}.get(loss)
    if loss == "categorical_crossentropy":
        sizes[-1] = max(sizes[-1], 2)
    layers: list[Any] = []
    lines = []
    for n, (inputs, units) in enumerate(pairwise(sizes)):
        activation = draw(st.sampled_from(sorted(ACTIVATIONS)))
        if n == len(sizes) - 2 and last:
            activation = last
        W = draw(
            st.lists(
                st.lists(numbers, min_size=inputs, max_size=inputs), min_size=units, max_size=units
            )
        )
        b = draw(st.lists(numbers, min_size=units, max_size=units))
        layers.append((activation, W, b))
        lines.append(
            f"  - dense: {{name: {'fgh'[n]}, weights: {W}, bias: {b}, activation: {activation}}}"
        )
    count = draw(st.integers(1, 3))
    samples = []
    for _ in range(count):
        x = draw(st.lists(numbers, min_size=sizes[0], max_size=sizes[0]))
        one_hot = draw(st.integers(0, sizes[-1] - 1))
        t = [float(i == one_hot) for i in range(sizes[-1])]
        samples.append((x, t))
    word = loss if "cross" in loss else f"{{mean_squared_error: {{factor: {loss}}}}}"
    given_ = "\n".join(f"  - {{input: {x}, target: {t}}}" for x, t in samples)
    text = f"samples:\n{given_}\nlayers:\n" + "\n".join(lines)
    text += f"\nloss: {word}\noptimizer: {{sgd: {{learning_rate: 0.5}}}}\n"
    return text, Reference(samples, layers, loss)


@settings(max_examples=60, deadline=None)
@given(networks())
def test_values_gradients_and_updates_of_random_networks(case):
    text, reference = case
    found = answers(handcalc.solve(parse(text), level="brief"))
    dw, db = reference.slopes()
    weights = [w for layer in reference.layers for row in layer[1] for w in row]
    value = reference.value(*([layer[i] for layer in reference.layers] for i in (1, 2))).real

    assert found["E"] == pytest.approx(value, rel=1e-12, abs=1e-14)
    for i, slope in enumerate(dw):
        assert found[f"dE_dw{i + 1}"] == pytest.approx(slope, rel=1e-10, abs=1e-13)
        assert found[f"w{i + 1}_new"] == pytest.approx(
            weights[i] - 0.5 * slope, rel=1e-10, abs=1e-13
        )
    for i, slope in enumerate(db):
        assert found[f"dE_db{i + 1}"] == pytest.approx(slope, rel=1e-10, abs=1e-13)


TWO = """
samples:
  - {input: [0.1, 0.5], target: [1, 0]}
  - {input: [0.3, -0.1], target: [0, 1]}
layers:
  - dense: {name: h, weights: [[0.1, 0.2], [0.4, -0.5]], bias: 0.1, activation: tanh}
  - dense: {name: o, weights: [[0.5, -0.4], [-0.2, 0.6]], bias: [0.05, -0.05], activation: softmax}
loss: categorical_crossentropy
optimizer: {sgd: {learning_rate: 0.5}}
"""


def test_batch_gradient_is_the_mean_or_the_sum_of_the_samples():
    mean, total = answers(solution(TWO)), answers(solution(TWO + "batch: sum\n"))
    for key in ("E", "dE_dw1", "dE_dw7", "dE_db1", "dE_db3"):
        first, second = mean[f"{key}@1"], mean[f"{key}@2"]

        assert mean[key] == pytest.approx((first + second) / 2, rel=1e-13)
        assert total[key] == pytest.approx(first + second, rel=1e-13)


def test_shared_bias_gradient_is_the_sum_over_its_neurons():
    found = answers(solution(TWO))

    assert found["dE_db1@1"] == pytest.approx(
        found["dE_dh1_in@1"] + found["dE_dh2_in@1"], rel=1e-13
    )


def test_gradients_of_probabilities_add_to_zero():
    """Softmax does not change when all scores move together, so Σ ∂E/∂z_i = 0."""
    found = answers(solution(TWO))

    assert found["dE_do1_in@2"] + found["dE_do2_in@2"] == pytest.approx(0, abs=1e-15)


MAZUR = """
input: [0.05, 0.10]
layers:
  - dense: {name: h, weights: [[0.15, 0.20], [0.25, 0.30]], bias: 0.35, activation: sigmoid}
  - dense: {name: o, weights: [[0.40, 0.45], [0.50, 0.55]], bias: 0.60, activation: sigmoid}
target: [0.01, 0.99]
loss: {mean_squared_error: {factor: half_sum, error: target_minus_output}}
optimizer: {sgd: {learning_rate: 0.5, updates: weights}}
notation: {values: net_out}
rounding: {decimals: 9}
"""


def test_the_most_cited_published_example():
    """M. Mazur, A Step by Step Backpropagation Example: weights only, targets minus outputs."""
    printed = {
        "h1_net": "0.3775",
        "h1_out": "0.593269992",
        "h2_out": "0.596884378",
        "o1_net": "1.105905967",
        "o1_out": "0.751365070",
        "o2_out": "0.772928465",
        "E": "0.298371109",
        "dE_dw5": "0.082167041",
        "w5_new": "0.358916480",
        "w6_new": "0.408666186",
        "w7_new": "0.511301270",
        "w8_new": "0.561370121",
        "dE_dh1_out": "0.036350306",
        "dE_dw1": "0.000438568",
        "w1_new": "0.149780716",
        "w2_new": "0.199561432",
        "w3_new": "0.249751144",
        "w4_new": "0.299502287",
    }
    found = shown(solution(MAZUR))

    assert printed == {key: found[key] for key in printed}


def test_biases_can_be_left_out_of_the_update():
    found = answers(solution(MAZUR))

    assert "dE_db1" in found
    assert "b1_new" not in found


def test_a_neuron_at_exactly_zero_is_at_zero():
    """0.1 + 0.2 - 0.3 in floats is 5.6e-17; ReLU's slope there must be 0, not 1."""
    text = """
input: [1, 1]
layers:
  - dense: {name: h, weights: [[0.1, 0.2]], bias: -0.3, activation: relu}
  - dense: {name: o, weights: [[1]], bias: 0}
target: [1]
loss: mean_squared_error
"""

    assert one(text, "h1_in") == (0.0, "0")
    assert one(text, "dE_dw1") == (0.0, "0")


def test_xor_with_steps():
    """The textbook's network for exclusive or, all four cases."""
    for a, b, out in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)):
        text = f"""
input: [{a}, {b}]
layers:
  - dense: {{name: h, weights: [[1, 1], [1, 1]], bias: [-0.5, -1.5], activation: step}}
  - dense: {{name: o, weights: [[1, -1]], bias: -0.5, activation: step}}
ask: forward
"""
        assert one(text, "o1_out")[0] == out


DEEP = "input: [0.5]\nlayers:\n" + "\n".join(
    f"  - dense: {{name: l{i}, weights: [[0.9]], bias: 0.1, activation: tanh}}"
    for i in range(1, 61)
)


def test_any_depth():
    """Sixty layers of one neuron: the gradient is the product of sixty slopes."""
    text = DEEP + "\ntarget: [1]\nloss: {mean_squared_error: {factor: half_sum}}\n"
    x, slopes = 0.5, []
    for _ in range(60):
        x = cmath.tanh(0.9 * x + 0.1).real
        slopes.append(1 - x * x)
    expected = x - 1
    for slope in slopes[1:]:
        expected *= 0.9 * slope
    expected *= slopes[0] * 0.5
    found = handcalc.solve(parse(text), ["dE_dw1"]).answers["dE_dw1"].value

    assert found == pytest.approx(expected, rel=1e-12)


BIASES = {
    "simple_rnn": "weights: [[0.1, 0.2]], recurrent_weights: [[0.3]], bias: [0.1]",
    "gru": (
        "weights: [[0.1, 0.2], [0.3, 0.1], [0.2, 0.2]], recurrent_weights: [[0.3], [0.1], [0.2]], "
        "bias: [0.1, 0.2, 0.3], recurrent_bias: [0.1, 0.1, 0.2]"
    ),
    "attention": (
        "query_weights: [[0.1], [0.2]], key_weights: [[0.3], [0.1]], value_weights: [[0.4], [0.2]], "
        "query_bias: [0.1], key_bias: [0.2], value_bias: [0.3]"
    ),
}


@pytest.mark.parametrize("word", BIASES)
def test_weights_alone_are_updated_where_the_file_says_so(word):
    """What is added to a weighted sum is a bias in every layer; its letter is b, or d beside the state."""
    file = f"""
input: [[1, 0], [0, 1]]
layers: [{{{word}: {{name: a, {BIASES[word]}}}}}]
output_gradient: {"[[1], [0.5]]" if word == "attention" else "[1]"}
optimizer: {{sgd: {{learning_rate: 0.1, updates: weights}}}}
"""
    of_weights, of_all = (
        {key.split("_")[1] for key in answers(solution(text)) if key.endswith("_new")}
        for text in (file, file.replace("updates: weights", "updates: all"))
    )

    assert of_all & {"b", "d"}
    assert of_weights == of_all - {"b", "d"}
