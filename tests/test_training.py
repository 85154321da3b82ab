"""Training for several steps: against independent loops, published courses of training, and what pages say of it."""

import json
import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pytest

import handcalc
from handcalc.errors import ProblemError, UsageError
from handcalc.grading.checking import check
from handcalc.grading.pages.report import accounts
from handcalc.grading.scheme import Scheme
from handcalc.problem import parse
from support import answers, page

NET = """
input: [0.05, 0.10]
layers:
  - dense: {name: h, weights: [[0.15, 0.20], [0.25, 0.30]], bias: 0.35, activation: sigmoid}
  - dense: {name: o, weights: [[0.40, 0.45], [0.50, 0.55]], bias: 0.60, activation: sigmoid}
target: [0.01, 0.99]
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: 0.5}}
"""
"""Mazur's network, https://mattmazur.com/2015/03/17/a-step-by-step-backpropagation-example/."""


def solved(text: str, *keys: str, **options: Any) -> dict[str, Any]:
    return answers(handcalc.solve(parse(text), keys, **options))


# --- against loops -----------------------------------------------------------------------------------


def mazur(steps: int) -> tuple[list[float], Any]:
    """The losses and the last weights from a loop of its own; a layer shares one bias."""
    sigma = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
    x, t = np.array([0.05, 0.10]), np.array([0.01, 0.99])
    V, W = np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([[0.40, 0.45], [0.50, 0.55]])
    b, c, losses = 0.35, 0.60, []
    for _ in range(steps):
        h = sigma(V @ x + b)
        o = sigma(W @ h + c)
        losses.append(float(((o - t) ** 2).sum() / 2))
        d = (o - t) * o * (1 - o)
        e = (W.T @ d) * h * (1 - h)
        V, W = V - 0.5 * np.outer(e, x), W - 0.5 * np.outer(d, h)
        b, c = b - 0.5 * e.sum(), c - 0.5 * d.sum()
    return losses, [*V.ravel(), b, *W.ravel(), c]


def test_ten_thousand_steps_are_those_of_a_plain_loop():
    losses, weights = mazur(10_000)
    names = ("w1", "w2", "w3", "w4", "b1", "w5", "w6", "w7", "w8", "b2")
    found = solved(f"{NET}steps: 10000", "E@step10000", *(f"{name}@step10000" for name in names))

    assert found["E@step10000"] == pytest.approx(losses[-1], abs=1e-12)
    assert [found[f"{name}@step10000"] for name in names] == pytest.approx(weights, abs=1e-12)


def test_mazur_s_error_after_ten_thousand_steps():
    """He prints 0.0000351085 (and outputs 0.015912196 and 0.984065734), with biases that stay as they are."""
    text = NET.replace("learning_rate: 0.5", "learning_rate: 0.5, updates: weights")
    found = solved(
        f"{text}steps: 10000", "E_new@step10000", "o1_out_new@step10000", "o2_out_new@step10000"
    )

    assert found["E_new@step10000"] == pytest.approx(0.0000351085, abs=5e-8)
    assert found["o1_out_new@step10000"] == pytest.approx(0.015912196, abs=5e-6)
    assert found["o2_out_new@step10000"] == pytest.approx(0.984065734, abs=5e-6)


def test_the_table_has_the_losses_of_a_plain_loop():
    losses, _ = mazur(5)
    found = solved(f"{NET}steps: 5")

    assert [found[f"E@step{k}"] for k in range(1, 6)] == pytest.approx(losses, abs=1e-12)


def test_one_step_is_what_it_was_without_the_word():
    alone, first = solved(NET), solved(f"{NET}steps: 1")

    for key, value in alone.items():
        moved = key.startswith(("w", "b")) and key.endswith("_new")
        other = key.removesuffix("_new") if moved else key
        assert first[f"{other}@step1"] == value


LINE = """
samples:
  - {input: 1, target: 2}
  - {input: 2, target: 3}
  - {input: 3, target: 7}
  - {input: 4, target: 8}
  - {input: 5, target: 9}
layers: [{dense: {name: o, weights: [[0.5]], bias: 0}}]
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: 0.01}}
"""
X, T = np.arange(1.0, 6), np.array([2.0, 3, 7, 8, 9])


def line(order: list[list[int]]) -> list[float]:
    """W and b after steps with these samples, for E = ½(w·x + b - t)², its mean over a batch."""
    w, b = 0.5, 0.0
    for batch in order:
        x, t = X[batch], T[batch]
        e = w * x + b - t
        w, b = w - 0.01 * (e * x).mean(), b - 0.01 * e.mean()
    return [w, b]


@pytest.mark.parametrize(
    ("words", "order"),
    [
        ("steps: 3", [[0, 1, 2, 3, 4]] * 3),
        ("epochs: 2\nbatch_size: 1", [[i] for i in range(5)] * 2),
        ("epochs: 2\nbatch_size: 2", [[0, 1], [2, 3], [4]] * 2),
        ("steps: 4\nbatch_size: 2", [[0, 1], [2, 3], [4], [0, 1]]),
        ("epochs: 1\nbatch_size: 2\norder: [5, 3, 1, 2, 4]", [[4, 2], [0, 1], [3]]),
    ],
)
def test_each_step_sees_its_own_samples(words, order):
    last = len(order)
    found = solved(LINE + words, f"w1@step{last}", f"b1@step{last}")

    assert list(found.values()) == pytest.approx(line(order), abs=1e-13)


def test_a_seed_shuffles_every_epoch_and_gives_the_same_each_time():
    problem = parse(f"{LINE}epochs: 4\nbatch_size: 2\norder: {{seed: 7}}")
    batches = [problem.batches.at(step) for step in range(1, 13)]
    epochs = [sum(batches[i : i + 3], ()) for i in range(0, 12, 3)]
    found = answers(handcalc.solve(problem, ["w1@step12", "b1@step12"]))

    assert all(sorted(epoch) == [0, 1, 2, 3, 4] for epoch in epochs)
    assert len(set(epochs)) > 1
    assert list(found.values()) == pytest.approx(line([list(b) for b in batches]), abs=1e-13)
    assert batches == [problem.batches.at(step) for step in range(1, 13)]


def test_running_statistics_go_on_from_step_to_step():
    """0.9·m + 0.1·μ twice, with the batches' own means: 0.1·3 = 0.3, then 0.27 + 0.1·7 = 0.97."""
    text = """
samples: [{input: 2, target: 0}, {input: 4, target: 1}, {input: 6, target: 0}, {input: 8, target: 1}]
layers:
  - batch_normalization: {name: bn, training: true, momentum: 0.9, gamma: [1], beta: [0], moving_mean: [0], moving_variance: [1]}
loss: mean_squared_error
optimizer: {sgd: {learning_rate: 0.1}}
steps: 2
batch_size: 2
explain: [2]
"""
    found = solved(text)
    (key,) = [k for k in found if k.startswith("bn_moving_mean_new")]

    assert found[key] == pytest.approx(0.97, abs=1e-12)


# --- published ---------------------------------------------------------------------------------------


def test_two_epochs_of_a_neuron_published_as_an_exercise():
    """Deep-ML 25: sigmoid neuron, mean squared error over three samples, two steps with all of them."""
    text = """
samples:
  - {input: [1.0, 2.0], target: 1}
  - {input: [2.0, 1.0], target: 0}
  - {input: [-1.0, -2.0], target: 0}
layers: [{dense: {name: o, weights: [[0.1, -0.2]], bias: 0, activation: sigmoid}}]
loss: mean_squared_error
optimizer: {sgd: {learning_rate: 0.1}}
steps: 2
"""
    found = solved(text)

    assert [found[k] for k in ("E@step1", "E@step2")] == pytest.approx([0.3033, 0.2942], abs=5e-5)
    last = [found[k] for k in ("w1@step2", "w2@step2", "b1@step2")]
    assert last == pytest.approx([0.1036, -0.1425, -0.0167], abs=5e-5)


def test_ten_steps_of_logistic_regression_published_as_an_exercise():
    """Deep-ML 106: binary cross-entropy summed over ten samples, ten steps with η = 0.001."""
    rows = [
        [0.7674, -0.2341, -0.2341, 1.5792], [-1.4123, 0.3142, -1.0128, -0.908],
        [-0.4657, 0.5425, -0.4694, -0.4634], [-0.5622, -1.9132, 0.2419, -1.7249],
        [-1.4247, -0.2257, 1.4656, 0.0675], [1.8522, -0.2916, -0.6006, -0.6017],
        [0.3756, 0.1109, -0.5443, -1.1509], [0.1968, -1.9596, 0.2088, -1.3281],
        [1.523, -0.1382, 0.4967, 0.6476], [-1.2208, -1.0577, -0.0134, 0.8225],
    ]  # fmt: skip
    targets = [1, 0, 0, 0, 1, 1, 0, 0, 1, 0]
    file = {
        "samples": [{"input": x, "target": t} for x, t in zip(rows, targets, strict=True)],
        "layers": [
            {"dense": {"name": "o", "weights": [[0, 0, 0, 0]], "bias": 0, "activation": "sigmoid"}}
        ],
        "loss": "binary_crossentropy",
        "optimizer": {"sgd": {"learning_rate": 0.001}},
        "batch": "sum",
        "steps": 10,
    }
    found = solved(json.dumps(file))

    printed = [6.9315, 6.9075, 6.8837, 6.8601, 6.8367, 6.8134, 6.7904, 6.7675, 6.7448, 6.7223]
    assert [found[f"E@step{k}"] for k in range(1, 11)] == pytest.approx(printed, abs=5e-5)
    last = [found[f"{name}@step10"] for name in ("b1", "w1", "w2", "w3", "w4")]
    assert last == pytest.approx([-0.0097, 0.0286, 0.015, 0.0135, 0.0316], abs=5e-5)


def test_one_weight_that_follows_its_samples():
    """A roadmap's exercise: (θx - t)² for x = 1 and t = 2, 4, …, 16 in turn, η = 0.01: θ = 1.3748 at the end."""
    samples = [{"input": 1, "target": t} for t in range(2, 17, 2)]
    file = {
        "samples": samples,
        "layers": [{"dense": {"name": "o", "weights": [[0]]}}],
        "loss": {"mean_squared_error": {"factor": "sum"}},
        "optimizer": {"sgd": {"learning_rate": 0.01}},
        "epochs": 1,
        "batch_size": 1,
    }

    assert solved(json.dumps(file), "w1@step8")["w1@step8"] == pytest.approx(1.3748, abs=5e-5)


PERCEPTRON = """
samples:
  - {{input: [0, 0], target: {0}}}
  - {{input: [0, 1], target: {1}}}
  - {{input: [1, 0], target: {1}}}
  - {{input: [1, 1], target: 1}}
layers: [{{dense: {{name: o, weights: [[0, 0]], bias: 0, activation: step}}}}]
optimizer: {{perceptron: {{learning_rate: 1}}}}
epochs: {2}
batch_size: 1
"""


def rosenblatt(
    samples: list[tuple[list[float], int]], epochs: int
) -> tuple[list[float], list[int]]:
    """Weights with the bias last, and the mistakes of each epoch, from a loop of its own."""
    w, wrong = np.zeros(3), []
    for _ in range(epochs):
        wrong.append(0)
        for x, t in samples:
            y = int(w @ [*x, 1] > 0)
            wrong[-1] += y != t
            w = w + (t - y) * np.array([*x, 1])
    return list(w), wrong


@pytest.mark.parametrize(("name", "zero", "one"), [("AND", 0, 0), ("OR", 0, 1)])
def test_a_perceptron_learns_and_says_when(name, zero, one):
    samples = [([0, 0], zero), ([0, 1], one), ([1, 0], one), ([1, 1], 1)]
    weights, wrong = rosenblatt(samples, 8)
    text = PERCEPTRON.format(zero, one, 8)
    found = solved(text, "w1@step32", "w2@step32", "b1@step32")
    first = wrong.index(0) + 1

    assert list(found.values()) == weights
    assert f"In epoch {first} every output was right, so that nothing moved any more." in page(text)


def test_a_perceptron_that_is_not_done_says_how_much_is_wrong():
    _, wrong = rosenblatt([([0, 0], 0), ([0, 1], 0), ([1, 0], 0), ([1, 1], 1)], 2)

    assert f"In the last whole epoch {wrong[-1]} outputs had to be corrected." in page(
        PERCEPTRON.format(0, 0, 2)
    )


def test_two_passes_of_a_perceptron_in_a_solved_exam():
    """BITS Pilani, DNN 2024, question 1: 1 at z ≥ 0; (0, 0, -1) after one pass, (0, 1, -2) after two."""
    text = """
samples:
  - {input: [1, 1], target: 1}
  - {input: [2, 2], target: 1}
  - {input: [0, 0], target: 0}
  - {input: [1, 0], target: 0}
layers: [{dense: {name: o, weights: [[0, 0]], bias: 0, activation: {step: {at_zero: 1}}}}]
optimizer: {perceptron: {learning_rate: 1}}
epochs: 2
batch_size: 1
"""
    keys = [f"{name}@step{k}" for k in (4, 8) for name in ("w1", "w2", "b1")]
    found = solved(text, *keys)

    # The exam has the bias first where its inputs begin with 1: here it is the last of the three.
    assert [sorted(v) for v in (list(found.values())[:3], list(found.values())[3:])] == [
        [-1, 0, 0],
        [-2, 0, 1],
    ]


def test_the_delta_rule_is_descent_on_half_the_squared_error():
    descent = solved(f"{LINE}epochs: 2\nbatch_size: 1", "w1@step10", "b1@step10")
    rule = LINE.replace("loss: {mean_squared_error: {factor: half_sum}}\n", "")
    rule = rule.replace("sgd", "delta_rule")
    found = solved(f"{rule}epochs: 2\nbatch_size: 1", "w1@step10", "b1@step10")

    assert found == pytest.approx(descent, abs=1e-14)


def test_hebb_adds_up_inputs_times_targets():
    """With bipolar targets for AND: w = (2, 2), b = -2, as Fausett's textbook has it."""
    text = """
samples:
  - {input: [1, 1], target: 1}
  - {input: [1, -1], target: -1}
  - {input: [-1, 1], target: -1}
  - {input: [-1, -1], target: -1}
layers: [{dense: {name: o, weights: [[0, 0]], bias: 0}}]
optimizer: {hebb: {learning_rate: 1}}
epochs: 1
batch_size: 1
"""
    found = solved(text, "w1@step4", "w2@step4", "b1@step4")

    assert list(found.values()) == [2, 2, -2]


# --- learning rates that change ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "rate"),
    [
        ("{step_decay: {factor: 0.5, every: 2}}", lambda t: 0.1 * 0.5 ** (t // 2)),
        ("{exponential_decay: {factor: 0.9}}", lambda t: 0.1 * 0.9**t),
        ("{inverse_time_decay: {decay: 0.5}}", lambda t: 0.1 / (1 + 0.5 * t)),
        ("{cosine_decay: {over: 4}}", lambda t: 0.05 * (1 + math.cos(math.pi * min(t, 4) / 4))),
        ("{linear_warmup: {over: 3}}", lambda t: 0.1 * min(1, (t + 1) / 3)),
        ("{exponential_decay: {factor: 0.5, per: epoch}}", lambda t: 0.1 * 0.5**t),
    ],
)
def test_schedules_of_the_learning_rate(schedule, rate):
    """On f(x) = x² each step multiplies x by 1 - 2η."""
    text = "learned: {x: 5}\nvalues: {f: x^2}\noptimizer: {sgd: {learning_rate: 0.1}}\nsteps: 6\n"
    expected, x = [], 5.0
    for t in range(6):
        x *= 1 - 2 * rate(t)
        expected.append(x)
    found = solved(f"{text}schedule: {schedule}", *(f"x@step{k}" for k in range(1, 7)))

    assert list(found.values()) == pytest.approx(expected, abs=1e-13)


def test_the_page_works_out_the_learning_rate_of_its_step():
    text = "learned: {x: 5}\nvalues: {f: x^2}\noptimizer: {sgd: {learning_rate: 0.1}}\nsteps: 6\n"
    said = page(f"{text}schedule: {{step_decay: {{factor: 0.5, every: 2}}}}\nexplain: 5")

    assert "η = 0.1·0.5² = 0.025" in said


# --- carried by hand ---------------------------------------------------------------------------------


def test_written_numbers_are_carried_from_step_to_step():
    """Momentum on x² with every number rounded to 2 decimals before it is used again, in decimal arithmetic."""
    places = Decimal("0.01")
    cut = lambda value: value.quantize(places, ROUND_HALF_UP)  # noqa: E731
    x, v, expected = Decimal("1.37"), Decimal(0), []
    for _ in range(5):
        g = cut(2 * x)
        v = cut(Decimal("0.9") * v - Decimal("0.1") * g)
        x = cut(x + v)
        expected.append((v, x))
    text = """
learned: {x: 1.37}
values: {f: x^2}
optimizer: {momentum: {learning_rate: 0.1, momentum: 0.9}}
steps: 5
rounding: {decimals: 2, carry: rounded}
"""
    document = handcalc.solve(
        parse(text), [f"{n}@step{k}" for k in range(1, 6) for n in ("v_x", "x")]
    )
    shown = {key: Decimal(str(answer.shown)) for key, answer in document.answers.items()}

    assert [(shown[f"v_x@step{k}"], shown[f"x@step{k}"]) for k in range(1, 6)] == expected


# --- what pages say ----------------------------------------------------------------------------------


def test_every_value_of_every_step_that_is_shown_is_checked():
    text = page(f"{NET}steps: 3\nexplain: [1, 3]")

    assert "Step 1: forward pass" in text
    assert "Step 3: update" in text
    assert "Step 2: forward pass" not in text
    assert "Checked: 1" in text


def test_keys_at_headings_can_be_typed():
    problem = parse(f"{NET}steps: 3\nexplain: [2]")
    headings = [s.key for s in handcalc.solve(problem).steps if s.key]

    assert headings
    for key in headings:
        assert list(handcalc.solve(problem, [key]).answers) == [key]


@pytest.mark.parametrize("typed", ["w5@step3", "w5_new@step3"])
def test_a_weight_after_a_step_has_two_spellings(typed):
    problem = parse(f"{NET}steps: 3")
    (value,) = answers(handcalc.solve(problem, [typed])).values()

    assert value == solved(f"{NET}steps: 3")["w5@step3"]


def test_losses_of_single_samples_are_not_compared():
    text = page(f"{LINE}epochs: 2\nbatch_size: 1")

    assert "Each E is that of the samples of its own step, so that they do not compare." in text
    assert "fell from each step" not in text


def test_a_loss_that_rises_is_said():
    """On x² with η = 1.5 each step gives -2x: the loss is four times as large."""
    text = page(
        "learned: {x: 1}\nvalues: {f: x^2}\noptimizer: {sgd: {learning_rate: 1.5}}\nsteps: 3"
    )

    assert (
        "f rose from each step to the next: 1 before the first, 16 before the last. There the step was too large."
        in text
    )


def test_the_other_order_of_updates_is_that_of_the_same_step():
    """What would be, had layers been updated in turn, begins with the weights of this very step."""
    text = page(f"{NET}steps: 3\nexplain: [3]")
    ours, other = solved(f"{NET}steps: 3", "w1@step3")["w1@step3"], None
    x, t = np.array([0.05, 0.10]), np.array([0.01, 0.99])
    _, w = mazur(2)
    V, b, W, c = np.reshape(w[:4], (2, 2)), w[4], np.reshape(w[5:9], (2, 2)), w[9]
    sigma = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
    h = sigma(V @ x + b)
    o = sigma(W @ h + c)
    d = (o - t) * o * (1 - o)
    e = ((W - 0.5 * np.outer(d, h)).T @ d) * h * (1 - h)
    other = V[0, 0] - 0.5 * e[0] * x[0]

    assert f"w1_new would be {other:.10f} instead of {ours:.10f}" in text


# --- what does not fit -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("steps: 0", "is 0; write a whole number from 1 to 1000000"),
        ("steps: few", "expects a whole number"),
        ("steps: 2\nepochs: 2", "epochs stands beside steps"),
        ("batch_size: 9\nepochs: 1", "batch_size is 9, and there are 5 samples; write 5 or less"),
        ("epochs: 1\norder: [1, 2]", "write the numbers 1 to 5 in another order, or {seed: 1}"),
        ("order: [1, 2, 3, 4, 5]", "order belongs to several steps; write steps: 5, or epochs: 3"),
        ("steps: 3\nexplain: [1, 7]", "there is no step 7; the last one is 3"),
        ("epochs: 900000\nbatch_size: 1", "these are 4,500,000 steps; up to 1,000,000"),
        ("steps: 2\nschedule: {step_decay: {factor: -1, every: 2}}", "has factor: -1"),
        ("steps: 2\nschedule: {step_decy: {factor: 1, every: 2}}", "step_decay"),
    ],
)
def test_what_does_not_fit_training_is_said(words, message):
    with pytest.raises(ProblemError) as error:
        parse(LINE + words)

    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("learned: {x: 1}\nvalues: {f: x^2}\nsteps: 3", "nothing is trained; write optimizer:"),
        (
            "input: {x: 1}\nlearned: {w: 2}\nvalues: {f: w*x}\noptimizer: {sgd: {learning_rate: 1}}\nepochs: 3",
            "epochs belongs to samples",
        ),
        (
            "input: [1]\nlayers: [{dense: {weights: [[1]]}}, {dense: {weights: [[1]]}}]\ntarget: [1]\noptimizer: {perceptron: {learning_rate: 1}}",
            "this rule is that of a single dense layer",
        ),
        (
            "input: [1]\nlayers: [{dense: {weights: [[1]]}}]\noptimizer: {perceptron: {learning_rate: 1}}",
            "this rule needs a target; write target: [1]",
        ),
    ],
)
def test_training_that_cannot_be_is_said(text, message):
    with pytest.raises(ProblemError) as error:
        parse(text)

    assert message in str(error.value)


@pytest.mark.parametrize("key", ["w1@step9", "w1@step0"])
def test_steps_that_there_are_not_are_said(key):
    with pytest.raises(UsageError, match="there is no step"):
        handcalc.solve(parse(f"{LINE}steps: 3"), [key])


# --- marking -----------------------------------------------------------------------------------------

DESCENT = """
learned: {x: 4}
values: {f: x^3 - 3*x^2 + 2}
optimizer: {momentum: {learning_rate: 0.1, momentum: 0.5}}
steps: 3
explain: [1, 2]
"""


def descended(sign: int) -> dict[str, str]:
    """A sheet of three steps from 4, to 4 decimals; with the sign of the first velocity as it is, or wrong."""
    x, v, sheet = 4.0, 0.0, {}
    for k in (1, 2, 3):
        sheet[f"f@step{k}"] = x**3 - 3 * x**2 + 2
        g = 3 * x**2 - 6 * x
        v = 0.5 * v - (sign if k == 1 else 1) * 0.1 * g
        x += v
        sheet |= {f"df_dx@step{k}": g, f"v_x@step{k}": v, f"x@step{k}": x}
    return {key: f"{value:.4f}" for key, value in sheet.items()}


def test_a_right_sheet_of_several_steps_earns_everything():
    checked = check(parse(DESCENT), descended(1))

    given = [entry for entry in checked.entries if entry.given]
    assert len(given) == 12
    assert {entry.verdict.name for entry in given} == {"RIGHT"}


def test_a_slip_in_the_first_step_costs_once():
    checked = check(parse(DESCENT), descended(-1))
    verdicts = {entry.key: entry for entry in checked.entries if entry.given}

    assert verdicts["v_x@step1"].verdict.name == "WRONG"
    assert [key for key, entry in verdicts.items() if entry.verdict.name == "WRONG"] == [
        "v_x@step1"
    ]
    assert verdicts["x@step3"].verdict.name == "FOLLOWS"


def test_weights_that_are_not_typed_are_worked_out_from_the_wrong_velocity():
    """Only the first velocity and what it leads to in the third step stand on the sheet."""
    sheet = {
        key: value for key, value in descended(-1).items() if key in ("v_x@step1", "df_dx@step2")
    }
    checked = check(parse(DESCENT), sheet)

    assert {e.key: e.verdict.name for e in checked.entries if e.given} == {
        "v_x@step1": "WRONG",
        "df_dx@step2": "FOLLOWS",
    }


def test_a_mistake_of_a_later_step_has_its_name():
    """The velocity of the second step without what was kept from the first: -0.1·∂f/∂x = 0.192."""
    x = 4 - 0.1 * 24
    g = 3 * x**2 - 6 * x
    checked = check(
        parse(DESCENT), {"v_x@step2": f"{-0.1 * g:.4f}", "x@step2": f"{x - 0.1 * g:.4f}"}
    )
    wrong = next(entry for entry in checked.entries if entry.key == "v_x@step2")

    assert wrong.verdict.name == "WRONG"
    assert "memory_forgotten" in (*wrong.named, *wrong.guessed)


def test_the_sheet_asks_for_what_the_solution_answers():
    problem = parse(DESCENT)

    assert set(Scheme(problem).answers) == set(handcalc.solve(problem).answers)


def test_epochs_of_single_samples_are_marked_too():
    text = PERCEPTRON.format(0, 0, 2) + "explain: [4, 5]\n"
    answers_of = {key: str(a.shown) for key, a in handcalc.solve(parse(text)).answers.items()}
    checked = check(parse(text), answers_of)

    assert {entry.verdict.name for entry in checked.entries} == {"RIGHT"}
    assert checked.marks == checked.of


def test_over_many_steps_weights_are_taken_as_they_ought_to_be():
    """From step 6 to step 9,995 nobody is followed by hand; there the right weights are gone on with."""
    text = f"{NET}steps: 10000"
    right = {key: str(a.shown) for key, a in handcalc.solve(parse(text)).answers.items()}
    checked = check(parse(text), {**right, "dE_dw5@step1": "0.5"})

    wrong = [e.key for e in checked.entries if e.verdict.name != "RIGHT"]
    assert "dE_dw5@step1" in wrong
    assert checked.of - checked.marks <= 1


SHUFFLED = """
samples:
  - {input: [1], target: 0}
  - {input: [2], target: 1}
  - {input: [3], target: 1}
layers: [{dense: {name: o, weights: [[0.5]], bias: 0.1}}]
loss: mean_squared_error
optimizer: {sgd: {learning_rate: 0.1}}
epochs: 1
batch_size: 2
order: [3, 1, 2]
"""


def test_samples_keep_their_numbers_in_every_batch():
    """Step 1 sees samples 3 and 1: o = 0.5·3 + 0.1 = 1.6 is that of sample 3, 0.6 that of sample 1."""
    found = solved(SHUFFLED)
    checked = check(parse(SHUFFLED), {"o1_out@3@step1": "1.6", "o1_out@1@step1": "0.6"})

    assert found["o1_out@3@step1"] == pytest.approx(1.6)
    assert found["o1_out@1@step1"] == pytest.approx(0.6)
    assert "o1_out⁽³⁾ = w1·x1⁽³⁾ + b1 = 0.5·3 + 0.1 = 1.6" in page(SHUFFLED)
    assert {e.verdict.name for e in checked.entries if e.given} == {"RIGHT"}


def test_another_form_of_the_optimizer_is_spoken_of_where_both_begin():
    """Later the other form would have come to another velocity: what it gives from this one is nobody's number."""
    assert "would be" in page(DESCENT)
    assert "would be" not in page(DESCENT.replace("explain: [1, 2]", "explain: [2]"))


def test_a_key_without_its_step_is_none_where_there_are_several():
    checked = check(parse(DESCENT), {"f_new": "1.1561"})

    assert not [entry for entry in checked.entries if entry.given]


def test_a_loss_beyond_all_numbers_names_its_step():
    text = "learned: {x: 4}\nvalues: {f: x^3 - 3*x^2 + 2}\noptimizer: {sgd: {learning_rate: 10}}\nsteps: 12"

    with pytest.raises(
        ProblemError, match=r"in step \d+ the loss has no finite value any more; write a smaller"
    ):
        handcalc.solve(parse(text))


def test_a_forgotten_bias_correction_has_its_name():
    """Adam on x² from 5 with m̂ = m and v̂ = v: x = 5 - 0.1·1/√0.1."""
    text = "learned: {x: 5}\nvalues: {f: x^2}\noptimizer: {adam: {learning_rate: 0.1}}\nsteps: 2\nexplain: [1, 2]"
    sheet = {
        "df_dx@step1": "10",
        "m_x@step1": "1",
        "v_x@step1": "0.1",
        "m_hat_x@step1": "1",
        "v_hat_x@step1": "0.1",
    }
    sheet["x@step1"] = f"{5 - 0.1 / 0.1**0.5:.4f}"
    wrong = [e for e in check(parse(text), sheet).entries if e.verdict.name == "WRONG"]

    assert [entry.key for entry in wrong] == ["m_hat_x@step1", "v_hat_x@step1"]
    assert all("bias_correction_forgotten" in (*entry.named, *entry.guessed) for entry in wrong)


@pytest.mark.parametrize(
    ("rate", "said"),
    [("1", "f did not change."), ("1e-7", "f fell by less than its decimals show.")],
)
def test_a_loss_that_shows_no_change_is_said_to_show_none(rate, said):
    """On x² from 4 a rate of 1 gives -4, 4, -4; one of 1e-7 takes 6.4e-6 from 16 in every step."""
    text = f"learned: {{x: 4}}\nvalues: {{f: x^2}}\noptimizer: {{sgd: {{learning_rate: {rate}}}}}\nsteps: 3"

    assert said in page(text)


def test_weight_decay_and_a_penalty_have_letters_of_their_own():
    """E = w² + 0.1·w² with λ = 0.1 in the loss, 0.2 in the step: w_new = w - 0.1·((2w + 0.2w) + 0.2·w) = 0.76·w."""
    text = """
input: [1]
layers: [{dense: {name: o, weights: [[1]]}}]
target: [0]
loss: mean_squared_error
penalty: {l2: 0.1}
optimizer: {sgd: {learning_rate: 0.1, weight_decay: 0.2}}
"""
    assert solved(text)["w1_new"] == pytest.approx(0.76)


MATRIX = """
input: [1, 2]
layers: [{dense: {name: h, weights: [[1, 2], [3, 4]], bias: [0, 0]}}]
target: [0, 1]
loss: mean_squared_error
optimizer: {sgd: {learning_rate: 0.1}}
notation: {weights: matrix}
steps: 2
"""


def test_a_whole_matrix_after_a_step_is_what_it_is_after_it():
    """By a loop: E is the mean of two squares, so that ∂E/∂W = (W·x + b - t)·xᵀ."""
    W, b, x, t = np.array([[1.0, 2], [3, 4]]), np.zeros(2), np.array([1.0, 2]), np.array([0.0, 1])
    for _ in range(2):
        e = W @ x + b - t
        W, b = W - 0.1 * np.outer(e, x), b - 0.1 * e
    found = solved(MATRIX, "W1@step2")

    assert found["W1@step2"] == pytest.approx(W)
    assert solved(MATRIX, "W1[1,2]@step2")["W1[1,2]@step2"] == pytest.approx(W[0, 1])


@pytest.mark.parametrize("typed", ["w₅@step2", "w5@step2"])
def test_a_weight_may_be_typed_as_the_page_writes_it(typed):
    expected = solved(f"{NET}steps: 3", "w5@step2")["w5@step2"]

    assert list(solved(f"{NET}steps: 3", typed).values()) == [expected]
    checked = check(parse(f"{NET}steps: 3"), {typed: f"{expected:.4f}"})
    assert [e.verdict.name for e in checked.entries if e.given] == ["RIGHT"]


def test_gradients_are_cut_off_or_shortened_and_not_both():
    text = "learned: {a: 1}\nvalues: {f: 4a}\noptimizer: {sgd: {learning_rate: 0.1, clip_value: 1, clip_norm: 1}}"

    with pytest.raises(ProblemError, match="clip_value beside clip_norm; leave one of them out"):
        parse(text)


UPHILL = """
learned: {x: 4}
values: {f: x^3 - 3*x^2 + 2}
optimizer: {sgd: {learning_rate: 0.01}}
steps: 5
ask: [x@step1, x@step3, x@step5]
"""


def test_a_mistake_in_every_step_costs_once_behind_steps_that_are_not_on_the_sheet():
    """Uphill from 4, x + 0.01·(3x² - 6x), five times; of the second and the fourth step the sheet has no place."""
    x, path = 4.0, []
    for _ in range(5):
        x += 0.01 * (3 * x * x - 6 * x)
        path.append(x)
    checked = check(parse(UPHILL), {f"x@step{n}": f"{path[n - 1]:.4f}" for n in (1, 3, 5)})

    assert all("plus_in_update" in e.named for e in checked.entries)
    assert [e.again for e in checked.entries] == [False, True, True]
    assert checked.marks == 2


def epochs_of_and(wrong_at: int = 0) -> dict[str, int]:
    """A perceptron on AND whose output of one step is taken wrongly; then all goes on from that."""
    w, b, found = [0, 0], 0, {}
    for step, (x1, x2, t) in enumerate(6 * [(0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 1)], 1):
        z = w[0] * x1 + w[1] * x2 + b
        y = int(z > 0) if step != wrong_at else int(z <= 0)
        w, b = [w[0] + (t - y) * x1, w[1] + (t - y) * x2], b + t - y
        found |= {f"o1_in@step{step}": z, f"o1_out@step{step}": y}
        found |= {f"w1@step{step}": w[0], f"w2@step{step}": w[1], f"b1@step{step}": b}
    return found


@pytest.mark.parametrize("wrong_at", [4, 5])
def test_one_wrong_output_of_a_perceptron_costs_one_mark(wrong_at):
    """Its whole numbers hide no digits: what follows is no more uncertain than what is right."""
    scheme = Scheme(handcalc.load("perceptron-and"))
    path = epochs_of_and(wrong_at)
    checked = check(
        handcalc.load("perceptron-and"), {key: str(path[key]) for key in scheme.answers}
    )

    wrong = [e.key for e in checked.entries if e.verdict.name not in ("RIGHT", "FOLLOWS")]
    assert wrong == [f"o1_out@step{wrong_at}"]


DYING = """
samples:
  - {input: [1, 0.5], target: [0.2]}
  - {input: [0.5, 1], target: [0.1]}
layers:
  - dense: {name: h, weights: [[1, 1], [0.5, -0.2], [-1, -1]], bias: 0, activation: relu}
  - dense: {name: o, weights: [[4, 1, 1]], bias: 0}
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: 0.3}}
"""


def last_alive(steps: int) -> list[int]:
    """The last step in which each hidden unit gave something, from a loop of its own; 0 for never."""
    x, t = np.array([[1, 0.5], [0.5, 1]]), np.array([0.2, 0.1])
    V, c = np.array([[1, 1], [0.5, -0.2], [-1, -1]]), np.zeros(3)
    w, b, last = np.array([4.0, 1, 1]), 0.0, [0, 0, 0]
    for step in range(1, steps + 1):
        z = x @ V.T + c
        h = np.maximum(z, 0)
        last = [step if (h[:, i] > 0).any() else last[i] for i in range(3)]
        error = h @ w + b - t
        d = error[:, None] * w * (z > 0)
        w, b = w - 0.3 * (error @ h) / 2, b - 0.3 * error.mean()
        V, c = V - 0.3 * d.T @ x / 2, c - 0.3 * d.mean(axis=0)
    return last


def test_units_that_die_are_named_with_the_step():
    shown = page(f"{DYING}steps: 4\n")

    assert last_alive(4) == [1, 1, 0]
    assert "h1_out and h2_out are 0 from step 2 on, for all samples seen" in shown
    assert "h3_out is 0 in every step" in shown


def test_units_that_one_update_silences_are_named():
    """The third is silent before it too, so that the update has not done it."""
    shown = page(DYING)

    assert "h1_out and h2_out are 0 for every sample with the new weights" in shown
    assert "h3_out is 0" not in shown


def test_units_that_live_are_not_spoken_of():
    shown = page(DYING.replace("0.3}", "0.001}").replace("[-1, -1]", "[1, -1]") + "steps: 4\n")

    assert "rectifier that gives 0" not in shown


def test_a_single_answer_has_the_sample_that_its_step_sees():
    """Step 20 of AND shows sample 4, (1, 1) with the target 1."""
    given = (
        handcalc.solve("perceptron-and", ["w1@step20"]).to("terminal").partition("Convention")[0]
    )

    assert re.search(r"input, sample 4 +x1 = 1, x2 = 1", given)
    assert re.search(r"target, sample 4 +t1 = 1", given)
    assert "η = 1" in given


SIX_STEPS = """
input: [1.5]
layers: [{dense: {name: o, weights: [[0.4]], bias: -0.2, activation: sigmoid}}]
target: [0.9]
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: 0.5}}
steps: 6
explain: [1, 2, 3, 4, 5, 6]
rounding: {decimals: 4}
"""


def _written_down(sign: int, *, anew: bool) -> dict[str, str]:
    """What somebody writes in six steps who moves by sign·η·∂E/∂w; `anew` always from the weights of the file."""
    w, b, sheet = 0.4, -0.2, {}
    for step in range(1, 7):
        z = w * 1.5 + b
        a = 1 / (1 + math.exp(-z))
        dz = (a - 0.9) * a * (1 - a)
        w, b = (0.4, -0.2) if anew else (w, b)
        w, b = w + sign * 0.5 * dz * 1.5, b + sign * 0.5 * dz
        own = {"o1_in": z, "o1_out": a, "E": (a - 0.9) ** 2 / 2, "dE_do1_out": a - 0.9}
        own |= {"dE_do1_in": dz, "dE_dw1": dz * 1.5, "dE_db1": dz, "w1": w, "b1": b}
        sheet |= {f"{key}@step{step}": f"{value:.4f}" for key, value in own.items()}
    return sheet


@pytest.mark.parametrize("first", [0, 1, 2, 3])
def test_a_mistake_of_every_step_is_made_behind_blanks_too(first):
    """Every fourth answer is blank, the new weights among them: one mark is lost, and no other mistake is named."""
    sheet = {
        key: text
        for i, (key, text) in enumerate(_written_down(1, anew=False).items())
        if i % 4 != first
    }
    checked = check(parse(SIX_STEPS), sheet)

    asked = [entry for entry in checked.entries if entry.key in sheet and entry.of]
    assert sum(e.of - e.marks for e in asked) == pytest.approx(asked[0].of)
    assert {word for e in asked for word in e.named} == {"plus_in_update"}
    assert checked.taken_with == {"plus_in_update"}
    assert "Blank answers are taken with it too." in " ".join(text for _, text in accounts(checked))


def test_updates_that_begin_anew_have_their_name_without_gradients():
    """w_k = w_0 - η·∂E/∂w(w_(k - 1)), and nothing but the weights on the sheet."""
    every = _written_down(-1, anew=True)
    sheet = {key: text for key, text in every.items() if key[0] in "wb"}
    checked = check(parse(SIX_STEPS), sheet)

    asked = [entry for entry in checked.entries if entry.key in sheet]
    assert [e.verdict.name for e in asked[:2]] == ["RIGHT", "RIGHT"]
    assert sum(e.of - e.marks for e in asked) == pytest.approx(asked[0].of)
    assert {word for e in asked for word in e.named} == {"first_weights"}
