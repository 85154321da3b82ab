"""Optimizers: each against plain numpy as textbooks write it, PyTorch, Keras, and published hand calculations.

The function is f = 3·a² + a·b + 2·b² with a = 1, b = -2: its gradient, (6a + b, a + 4b), is worked out here.
"""

import json
import os
from typing import Any

import numpy as np
import pytest

import handcalc
from handcalc import optimizers
from handcalc.errors import ProblemError
from handcalc.problem import parse
from support import answers

os.environ.setdefault("KERAS_BACKEND", "torch")

STEPS = 6
START = np.array([1.0, -2.0])


def slope(w: Any) -> Any:
    a, b = w
    return np.array([6 * a + b, a + 4 * b])


def path(optimizer: Any, **more: Any) -> Any:
    """A and b after each step, as handcalc trains them."""
    file = {
        "learned": {"a": 1, "b": -2},
        "values": {"f": "3*a^2 + a*b + 2*b^2"},
        "optimizer": optimizer,
        "steps": STEPS,
        **more,
    }
    keys = [f"{name}@step{k}" for k in range(1, STEPS + 1) for name in ("a", "b")]
    answers = handcalc.solve(parse(json.dumps(file)), keys).answers
    return np.array([answers[key].value for key in keys]).reshape(STEPS, 2)


def walked(rule: Any) -> Any:
    """The same from a rule written out here: it takes weights, gradient and the number of the step."""
    w, found = START, []
    for t in range(1, STEPS + 1):
        w = rule(w, slope(w), t)
        found.append(w)
    return np.array(found)


class Rules:
    """The rules as their papers and course notes print them, with memories of their own."""

    def __init__(self) -> None:
        self.m, self.v, self.u = np.zeros((3, 2))

    def sgd(self, w: Any, g: Any, t: int) -> Any:
        return w - 0.1 * g

    def ascent(self, w: Any, g: Any, t: int) -> Any:
        return w + 0.1 * g

    def velocity(self, w: Any, g: Any, t: int) -> Any:
        self.v = 0.9 * self.v - 0.1 * g
        return w + self.v

    def dampened(self, w: Any, g: Any, t: int) -> Any:
        self.v = 0.9 * self.v + (g if t == 1 else 0.7 * g)
        return w - 0.1 * self.v

    def average(self, w: Any, g: Any, t: int) -> Any:
        self.v = 0.9 * self.v + 0.1 * g
        return w - 0.1 * self.v

    def nesterov(self, w: Any, g: Any, t: int) -> Any:
        before, self.v = self.v, 0.9 * self.v - 0.1 * g
        return w - 0.9 * before + 1.9 * self.v

    def nesterov_pytorch(self, w: Any, g: Any, t: int) -> Any:
        self.v = 0.9 * self.v + g
        return w - 0.1 * (g + 0.9 * self.v)

    def adagrad(self, w: Any, g: Any, t: int) -> Any:
        self.v = self.v + g * g
        return w - 0.1 * g / (np.sqrt(self.v) + 1e-8)

    def adagrad_inside(self, w: Any, g: Any, t: int) -> Any:
        self.v = self.v + g * g
        return w - 0.1 * g / np.sqrt(self.v + 0.5)

    def rmsprop(self, w: Any, g: Any, t: int) -> Any:
        self.v = 0.8 * self.v + 0.2 * g * g
        return w - 0.1 * g / (np.sqrt(self.v) + 1e-8)

    def rmsprop_whole(self, w: Any, g: Any, t: int) -> Any:
        self.v = 0.8 * self.v + 0.2 * g * g
        self.m = 0.8 * self.m + 0.2 * g
        self.u = 0.5 * self.u + g / np.sqrt(self.v - self.m**2 + 0.1)
        return w - 0.1 * self.u

    def adadelta(self, w: Any, g: Any, t: int) -> Any:
        self.v = 0.9 * self.v + 0.1 * g * g
        change = -np.sqrt(self.u + 1e-6) / np.sqrt(self.v + 1e-6) * g
        self.u = 0.9 * self.u + 0.1 * change**2
        return w + change

    def _moments(self, g: Any) -> None:
        self.m = 0.9 * self.m + 0.1 * g
        self.v = 0.99 * self.v + 0.01 * g * g

    def adam(self, w: Any, g: Any, t: int) -> Any:
        self._moments(g)
        m, v = self.m / (1 - 0.9**t), self.v / (1 - 0.99**t)
        return w - 0.1 * m / (np.sqrt(v) + 1e-8)

    def adam_without(self, w: Any, g: Any, t: int) -> Any:
        self._moments(g)
        return w - 0.1 * self.m / (np.sqrt(self.v) + 1e-8)

    def adam_hat(self, w: Any, g: Any, t: int) -> Any:
        self._moments(g)
        rate = 0.1 * np.sqrt(1 - 0.99**t) / (1 - 0.9**t)
        return w - rate * self.m / (np.sqrt(self.v) + 0.3)

    def adamw(self, w: Any, g: Any, t: int) -> Any:
        return self.adam(w - 0.1 * 0.2 * w, g, t)

    def adamax(self, w: Any, g: Any, t: int) -> Any:
        self.m = 0.9 * self.m + 0.1 * g
        self.u = np.maximum(0.99 * self.u, abs(g))
        return w - 0.1 / (1 - 0.9**t) * self.m / (self.u + 1e-8)

    def nadam(self, w: Any, g: Any, t: int) -> Any:
        self._moments(g)
        m, v = self.m / (1 - 0.9**t), self.v / (1 - 0.99**t)
        ahead = 0.9 * m + 0.1 * g / (1 - 0.9**t)
        return w - 0.1 * ahead / (np.sqrt(v) + 1e-8)

    def growing(self, w: Any, g: Any, t: int) -> Any:
        """Dozat's schedule of β1 as PyTorch prints it; the products are multiplied anew in every step."""
        self._moments(g)
        mu = [0.9 * (1 - 0.5 * 0.96 ** (0.004 * k)) for k in range(1, t + 2)]
        ahead = mu[t] * self.m / (1 - np.prod(mu)) + (1 - mu[t - 1]) * g / (1 - np.prod(mu[:t]))
        return w - 0.1 * ahead / (np.sqrt(self.v / (1 - 0.99**t)) + 1e-8)

    def decayed(self, w: Any, g: Any, t: int) -> Any:
        return w - 0.1 * (g + 0.3 * w)

    def clipped(self, w: Any, g: Any, t: int) -> Any:
        return w - 0.1 * np.clip(g, -2, 2)

    def shortened(self, w: Any, g: Any, t: int) -> Any:
        return w - 0.1 * g * min(1, 2 / np.hypot(*g))


RATE = {"learning_rate": 0.1}
MOMENTS = {**RATE, "beta_2": 0.99}
BY_HAND = {
    "sgd": {"sgd": RATE},
    "ascent": {"sgd": {**RATE, "form": "ascend"}},
    "velocity": {"momentum": RATE},
    "dampened": {"momentum": {**RATE, "form": "pytorch", "dampening": 0.3}},
    "average": {"momentum": {**RATE, "form": "average"}},
    "nesterov": {"nesterov": RATE},
    "nesterov_pytorch": {"nesterov": {**RATE, "form": "pytorch"}},
    "adagrad": {"adagrad": RATE},
    "adagrad_inside": {"adagrad": {**RATE, "epsilon": 0.5, "epsilon_inside": True}},
    "rmsprop": {"rmsprop": {**RATE, "rho": 0.8}},
    "rmsprop_whole": {
        "rmsprop": {
            **RATE, "rho": 0.8, "epsilon": 0.1, "epsilon_inside": True, "centered": True, "momentum": 0.5,
        }
    },
    "adadelta": {"adadelta": {"rho": 0.9}},
    "adam": {"adam": MOMENTS},
    "adam_without": {"adam": {**MOMENTS, "bias_correction": False}},
    "adam_hat": {"adam": {**MOMENTS, "epsilon": 0.3, "epsilon_form": "hat"}},
    "adamw": {"adamw": {**MOMENTS, "weight_decay": 0.2}},
    "adamax": {"adamax": MOMENTS},
    "nadam": {"nadam": MOMENTS},
    "growing": {"nadam": {**MOMENTS, "momentum_decay": 0.004}},
    "decayed": {"sgd": {**RATE, "weight_decay": 0.3}},
    "clipped": {"sgd": {**RATE, "clip_value": 2}},
    "shortened": {"sgd": {**RATE, "clip_norm": 2}},
}  # fmt: skip


@pytest.mark.parametrize("name", BY_HAND)
def test_steps_are_those_of_the_rule_as_textbooks_print_it(name):
    assert path(BY_HAND[name]) == pytest.approx(walked(getattr(Rules(), name)), abs=1e-12)


def test_two_forms_of_nesterov_are_one():
    """Its w + μ·v - η·g is what cs231n writes as w - μ·v_old + (1 + μ)·v."""
    plain, cs231n = (path({"nesterov": {**RATE, "form": form}}) for form in ("velocity", "cs231n"))

    assert plain == pytest.approx(cs231n, abs=1e-12)


def test_every_optimizer_is_tried():
    tried = {word for optimizer in BY_HAND.values() for word in optimizer}
    rules = {"perceptron", "delta_rule", "hebb"}

    assert tried | rules == set(optimizers.OPTIMIZERS)


# --- PyTorch and Keras -------------------------------------------------------------------------------

TORCH = {
    "SGD": ({"sgd": {**RATE, "weight_decay": 0.3}}, {"weight_decay": 0.3}),
    "SGD momentum": (
        {"momentum": {**RATE, "form": "pytorch", "dampening": 0.2}},
        {"momentum": 0.9, "dampening": 0.2},
    ),
    "SGD nesterov": (
        {"nesterov": {**RATE, "form": "pytorch"}},
        {"momentum": 0.9, "nesterov": True},
    ),
    "Adagrad": ({"adagrad": {**RATE, "epsilon": "1e-10"}}, {}),
    "RMSprop": (
        {"rmsprop": {**RATE, "rho": 0.99, "centered": True, "momentum": 0.5}},
        {"centered": True, "momentum": 0.5},
    ),
    "Adadelta": ({"adadelta": {"learning_rate": 0.1, "rho": 0.9}}, {}),
    "Adam": ({"adam": RATE}, {}),
    "Adam amsgrad": ({"adam": {**RATE, "amsgrad": True, "beta_2": 0.5}}, {"amsgrad": True, "betas": (0.9, 0.5)}),
    "AdamW": ({"adamw": {**RATE, "weight_decay": 0.2}}, {"weight_decay": 0.2}),
    "Adamax": ({"adamax": {**RATE, "epsilon": "0"}}, {"eps": 0}),
    "NAdam": ({"nadam": {**RATE, "momentum_decay": 0.004}}, {}),
}  # fmt: skip


@pytest.mark.frameworks
@pytest.mark.parametrize("name", TORCH)
def test_steps_are_those_of_pytorch(name):
    torch = pytest.importorskip("torch")
    ours, options = TORCH[name]
    w = torch.tensor(START, requires_grad=True)
    optimizer = getattr(torch.optim, name.split()[0])([w], lr=0.1, **options)
    found = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        (3 * w[0] ** 2 + w[0] * w[1] + 2 * w[1] ** 2).backward()
        optimizer.step()
        found.append(w.detach().numpy().copy())

    # The products of NAdam's decays have single precision there.
    assert path(ours) == pytest.approx(np.array(found), abs=1e-8 if name == "NAdam" else 1e-9)


@pytest.mark.frameworks
def test_gradients_are_shortened_as_pytorch_does():
    torch = pytest.importorskip("torch")
    w = torch.tensor(START, requires_grad=True)
    for _ in range(STEPS):
        w.grad = None
        (3 * w[0] ** 2 + w[0] * w[1] + 2 * w[1] ** 2).backward()
        torch.nn.utils.clip_grad_norm_([w], 2.0)
        with torch.no_grad():
            w -= 0.1 * w.grad

    assert path({"sgd": {**RATE, "clip_norm": 2}})[-1] == pytest.approx(
        w.detach().numpy(), abs=1e-5
    )


KERAS = {
    "SGD": ({"momentum": RATE}, {"momentum": 0.9}),
    "SGD nesterov": ({"nesterov": RATE}, {"momentum": 0.9, "nesterov": True}),
    "RMSprop": ({"rmsprop": {**RATE, "epsilon": "1e-7", "epsilon_inside": True}}, {}),
    "Adagrad": (
        {"adagrad": {**RATE, "epsilon": "1e-7", "epsilon_inside": True}},
        {"initial_accumulator_value": 0.0},
    ),
    "Adam": ({"adam": {**RATE, "epsilon": "1e-7", "epsilon_form": "hat"}}, {}),
    "Adamax": ({"adamax": {**RATE, "epsilon": "1e-7"}}, {}),
    "Nadam": ({"nadam": {**RATE, "momentum_decay": 1, "epsilon": "1e-7"}}, {}),
}


@pytest.mark.frameworks
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # in Keras itself
@pytest.mark.parametrize("name", KERAS)
def test_steps_are_those_of_keras(name):
    keras = pytest.importorskip("keras")
    ours, options = KERAS[name]
    w = keras.Variable(START, dtype="float64")
    optimizer = getattr(keras.optimizers, name.split()[0])(learning_rate=0.1, **options)
    found = []
    for _ in range(STEPS):
        gradient = keras.ops.convert_to_tensor(slope(keras.ops.convert_to_numpy(w)))
        optimizer.apply([gradient], [w])
        found.append(keras.ops.convert_to_numpy(w).copy())

    assert path(ours) == pytest.approx(np.array(found), abs=1e-5)


# --- published by hand -------------------------------------------------------------------------------


def one_variable(function: str, start: Any, optimizer: Any, steps: int, *words: str) -> Any:
    """What becomes of x, and of rows of the optimizer, step by step."""
    file = {
        "learned": {"x": start},
        "values": {"f": function},
        "optimizer": optimizer,
        "steps": steps,
    }
    keys = [f"{word}@step{k}" for k in range(1, steps + 1) for word in (*words, "x")]
    answers = handcalc.solve(parse(json.dumps(file)), keys).answers
    return np.array([answers[key].value for key in keys]).reshape(steps, -1)


def test_adam_on_a_square_as_it_is_worked_on_paper():
    """Basran, Adam deep dive (MATH 3850), page 12: θ² from 5; gradient, m, v, m̂, v̂, θ of three steps."""
    rows = one_variable("x^2", 5, {"adam": RATE}, 3, "df_dx", "m_x", "v_x", "m_hat_x", "v_hat_x")

    # The sheet cuts off: 9.895 for 9.89474, 0.28790 for 0.287906.
    published = [
        [10, 1, 0.1, 10, 100, 4.9],
        [9.8, 1.88, 0.19594, 9.895, 98.02, 4.8001],
        [9.6002, 2.652, 0.28790, 9.786, 96.06, 4.7003],
    ]
    assert rows == pytest.approx(np.array(published), rel=1e-4)
    assert rows[-1, -1] == pytest.approx(4.700213291333392, abs=1e-12)


def test_first_update_of_adam_in_a_quiz():
    """Gradient 4: m = 0.4, v = 0.016, m̂ = 4, v̂ = 16, and the weight moves by -0.1."""
    (row,) = one_variable("4*x", 1, {"adam": RATE}, 1, "m_x", "v_x", "m_hat_x", "v_hat_x")

    assert row == pytest.approx([0.4, 0.016, 4, 16, 0.9], abs=1e-9)


def test_momentum_on_a_square_printed_by_a_tutorial():
    """Machine Learning Mastery, gradient descent with momentum: x² from 0.93406, printed after each step."""
    start = 0.9340596780273533
    plain = one_variable("x^2", start, {"sgd": RATE}, 3)
    kept = one_variable("x^2", start, {"momentum": {**RATE, "momentum": 0.3}}, 6)

    assert plain[:, 0] == pytest.approx([0.74724774, 0.59779819, 0.47823856], abs=5e-9)
    printed = [0.74724774, 0.54175461, 0.37175575, 0.24640494, 0.15951871, 0.1015491]
    assert kept[:, 0] == pytest.approx(printed, abs=5e-9)


def test_momentum_of_a_roadmap_of_exercises():
    """x² from 10, v = 0.9·v - 0.1·f'(x): 8, 4.6, 0.62, -3.086, -5.8042."""
    rows = one_variable("x^2", 10, {"momentum": RATE}, 5)

    assert rows[:, 0] == pytest.approx([8, 4.6, 0.62, -3.086, -5.8042], abs=1e-9)


def test_descent_of_a_cubic():
    """f(x) = x³ - 3x² + 2 from 4 with η = 0.1: 1.6, 1.792, 1.903821, as a quiz has it."""
    rows = one_variable("x^3 - 3*x^2 + 2", 4, {"sgd": RATE}, 3)

    assert rows[:, 0] == pytest.approx([1.6, 1.792, 1.903821], abs=5e-7)


def begun(w: float, g: float, optimizer: Any, *words: str) -> list[float]:
    """One step of a weight with this gradient, from what the optimizer remembers."""
    file = {"learned": {"w": w}, "values": {"E": f"({g!r})*w"}, "optimizer": optimizer}
    answers = handcalc.solve(parse(json.dumps(file)), [*words, "w_new"]).answers
    return [float(answers[word].value) for word in (*words, "w_new")]


W, DW, M, V = (
    np.linspace(*ends, 20).round(12).tolist() for ends in ((-0.4, 0.6), (-0.6, 0.4), (0.6, 0.9), (0.7, 0.5))
)  # fmt: skip


@pytest.mark.parametrize(
    ("place", "m", "v", "w"),
    [
        (0, 0.48, 0.69966, -0.40094747),
        (1, 0.49947368, 0.68908382, -0.34836187),
        (4, 0.55789474, 0.65738853, -0.19060977),
    ],
)
def test_the_sixth_step_of_adam_in_cs231n(place, m, v, w):
    """Assignment 2: the memory of five steps is given, t becomes 6; the numbers that its notebook expects."""
    memory = {"start": {"m": M[place], "v": V[place]}, "first_step": 6}
    optimizer = {"adam": {"learning_rate": 0.01, **memory}}

    assert begun(W[place], DW[place], optimizer, "m_w", "v_w") == pytest.approx([m, v, w], abs=6e-9)


@pytest.mark.parametrize(("place", "v", "w"), [(0, 0.5406, 0.1406), (19, 0.8096, 1.4096)])
def test_a_velocity_that_is_given_in_cs231n(place, v, w):
    """Assignment 2, sgd_momentum: v = 0.9·v - 0.001·dw, w + v; velocities from 0.6 to 0.9."""
    optimizer = {"momentum": {"learning_rate": 0.001, "start": {"v": M[place]}}}

    assert begun(W[place], DW[place], optimizer, "v_w") == pytest.approx([v, w], abs=1e-12)


@pytest.mark.parametrize(
    "optimizer",
    [
        {"adam": {**RATE, "start": {"m": -1, "v": {"w": -0.7}}}},
        {"adagrad": {**RATE, "start": {"G": -1}}},
    ],
)
def test_a_memory_of_squares_is_not_negative(optimizer):
    file = {"learned": {"w": 1}, "gradients": {"w": 1}, "optimizer": optimizer}

    with pytest.raises(
        ProblemError, match=r"a negative [vG], which comes of squares; write 0 or more"
    ):
        parse(json.dumps(file))


def test_no_gradient_at_all_is_not_shortened():
    """‖g‖ = 0: what is 0 long stays 0, and C/‖g‖ would be no number."""
    file = {
        "learned": {"w": [1, 2]},
        "gradients": {"w": [[0, 0], [3, 4]]},
        "optimizer": {"sgd": {"learning_rate": 0.1, "clip_norm": 1}},
    }
    solution = handcalc.solve(parse(json.dumps(file)), ["w1@step1", "w1@step2", "w2@step2"])

    found = answers(solution)
    assert found == pytest.approx({"w1@step1": 1, "w1@step2": 0.94, "w2@step2": 1.92})


def test_a_memory_that_there_is_not_is_said():
    file = {
        "learned": {"w": 1},
        "values": {"E": "w^2"},
        "optimizer": {"adam": {**RATE, "start": {"G": 1}}},
    }

    with pytest.raises(ProblemError, match=r"which it does not remember; write one of m, v"):
        parse(json.dumps(file))
