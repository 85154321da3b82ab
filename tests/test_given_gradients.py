"""The optimizer alone: gradients that are given in place of a network, and memories of its own for each array."""

from typing import Any

import numpy as np
import pytest

import handcalc
from handcalc.errors import ProblemError
from handcalc.grading.checking import check
from handcalc.problem import parse
from support import answers, page


def solved(text: str, *keys: str) -> list[float]:
    found = answers(handcalc.solve(parse(text), keys))
    return [found[key] for key in keys]


def rows(low: float, high: float) -> Any:
    """Equal steps over 4 × 5 numbers, as CS231n's second assignment has its weights and gradients."""
    return np.linspace(low, high, 20).reshape(4, 5)


CS231N = f"""
learned: {{w: {rows(-0.4, 0.6).round(15).tolist()}}}
gradients: {{w: {rows(-0.6, 0.4).round(15).tolist()}}}
"""


def test_an_update_of_adam_on_an_array():
    """CS231n, assignment 2, Optimization.ipynb: expected_next_w of adam, at t = 6."""
    start = f"{{m: {rows(0.6, 0.9).round(15).tolist()}, v: {rows(0.7, 0.5).round(15).tolist()}}}"
    text = f"{CS231N}optimizer: {{adam: {{learning_rate: 0.01, first_step: 6, start: {start}}}}}"
    published = [
        [-0.40094747, -0.34836187, -0.29577703, -0.24319299, -0.19060977],
        [-0.1380274, -0.08544591, -0.03286534, 0.01971428, 0.0722929],
        [0.1248705, 0.17744702, 0.23002243, 0.28259667, 0.33516969],
        [0.38774145, 0.44031188, 0.49288093, 0.54544852, 0.59801459],
    ]
    found = handcalc.solve(parse(text), ["w_new"]).answers["w_new"].value

    assert np.array(found) == pytest.approx(np.array(published), abs=6e-9)


def test_an_update_with_a_velocity_on_an_array():
    """The same notebook: expected_next_w and expected_velocity of sgd_momentum, corner by corner."""
    start = f"{{v: {{w: {rows(0.6, 0.9).round(15).tolist()}}}}}"
    text = f"{CS231N}optimizer: {{momentum: {{learning_rate: 0.001, start: {start}}}}}"
    published = {
        "w_new[1,1]": 0.1406, "w_new[1,5]": 0.40775789, "w_new[4,1]": 1.14244211, "w_new[4,5]": 1.4096,
        "v_w[1,1]": 0.5406, "v_w[2,2]": 0.62554737, "v_w[4,5]": 0.8096,
    }  # fmt: skip

    assert solved(text, *published) == pytest.approx(list(published.values()), abs=6e-9)


def test_each_step_has_its_own_gradients():
    """Momentum on two arrays for three steps, against a loop of the test."""
    gw, gb = np.array([[0.2, 0.1], [0.3, -0.2], [0.1, 0.4]]), np.array([1.0, -1.0, 0.5])
    text = f"""
learned: {{w: [0.5, -0.3], b: 0.1}}
gradients: {{w: {gw.tolist()}, b: {gb.tolist()}}}
optimizer: {{momentum: {{learning_rate: 0.1, momentum: 0.8, start: {{v: {{w: [0.1, 0.2]}}}}}}}}
"""
    w, b, v, u = np.array([0.5, -0.3]), 0.1, np.array([0.1, 0.2]), 0.0
    for step in range(3):
        v, u = 0.8 * v - 0.1 * gw[step], 0.8 * u - 0.1 * gb[step]
        w, b = w + v, b + u
        keys = [f"{name}@step{step + 1}" for name in ("w1", "w2", "b", "v_w1", "v_w2", "v_b")]
        assert solved(text, *keys) == pytest.approx([*w, b, *v, u], abs=1e-12)


def test_one_gradient_serves_all_steps():
    """Against a gradient of 2 a velocity grows towards η·g/(1 - μ): after n steps it is 0.2·(1 - 0.5^n)/0.5."""
    text = """
learned: {w: 1}
gradients: {w: 2}
optimizer: {momentum: {learning_rate: 0.1, momentum: 0.5}}
steps: 10
"""
    velocities = [f"v_w@step{n}" for n in (1, 2, 10)]

    assert solved(text, *velocities) == pytest.approx(
        [-0.4 * (1 - 0.5**n) for n in (1, 2, 10)], abs=1e-12
    )


def test_a_schedule_counts_the_steps_made_before():
    """A rate halved every 5 steps is 0.05 in steps 6 to 10."""
    text = """
learned: {w: 1}
gradients: {w: [1, 1, 1, 1, 1, 1]}
optimizer: {sgd: {learning_rate: 0.1, first_step: 5}}
schedule: {step_decay: {factor: 0.5, every: 5}}
"""
    after = [f"w@step{n}" for n in (1, 2, 6)]

    assert solved(text, *after) == pytest.approx([0.9, 0.85, 0.65], abs=1e-12)


TWO = """
learned: {w: 0.5}
gradients: {w: [0.2, -0.4]}
optimizer: {momentum: {learning_rate: 0.1}}
rounding: {decimals: 4}
"""


def test_the_page_gives_every_gradient_and_each_row():
    shown = page(TWO)

    assert "gradient by w, step 1   ∂E/∂w = 0.2" in shown
    assert "gradient by w, step 2   ∂E/∂w = -0.4" in shown
    assert "v_w   = μ·v_w_old - η·∂E/∂w = 0.9·0 - 0.1·0.2 = -0.02" in shown
    assert "E before it" not in shown  # there is no loss of which a value could be shown


def test_a_slip_in_the_first_step_costs_once():
    """v₁ = +0.02 uphill: w₁ = 0.52, v₂ = 0.018 + 0.04 = 0.058, w₂ = 0.578, all right from there on."""
    sheet = {"v_w@step1": "0.02", "w@step1": "0.52", "v_w@step2": "0.058", "w@step2": "0.578"}
    verdicts = {e.key: e.verdict.name for e in check(parse(TWO), sheet).entries if e.given}

    assert [verdicts[key] for key in sheet] == ["WRONG", "FOLLOWS", "FOLLOWS", "FOLLOWS"]


def test_what_does_not_fit_a_start_is_said_at_its_place():
    text = """
learned: {w: [1, 2]}
gradients: {w: [3, 4]}
optimizer: {adam: {learning_rate: 0.1, start: {v: [1, 2, 3], m: {w: [1, 2, 3], q: 5}}}}
"""
    with pytest.raises(ProblemError) as refused:
        handcalc.solve(parse(text))

    assert [(m.line, m.what) for m in refused.value.mistakes] == [
        (4, "this has 3 numbers, and what is learned has not; write v: {w: …}, or one number"),
        (4, "this has 3 numbers, and w has 2 numbers; write as many"),
        (4, "'q' is not learned; write w"),
    ]


def test_a_layer_remembers_by_the_names_of_its_arrays():
    """h.weights, as `handcalc train` calls them; the bias begins at 0."""
    text = """
input: [1, 2]
layers: [{dense: {name: h, weights: [[0.5, -0.5]], bias: 0.1}}]
target: 1
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {momentum: {learning_rate: 0.1, momentum: 0.5, start: {v: {h.weights: [[0.2, 0.4]]}}}}
"""
    error = (0.5 - 1.0 + 0.1) - 1
    v = 0.5 * np.array([0.2, 0.4, 0.0]) - 0.1 * error * np.array([1, 2, 1])

    assert solved(text, "v_w1", "v_w2", "v_b1") == pytest.approx(v, abs=1e-12)


def test_what_an_optimizer_begins_with_is_said():
    """Nadam's product of decays begins at 1, its moments at 0; a schedule for them belongs to PyTorch's form."""
    text = "learned: {w: 1}\ngradients: {w: 2}\noptimizer: {nadam: {learning_rate: 0.1, momentum_decay: 0.004}}\n"

    assert "Before the first step m = 0, v = 0, Π = 1." in page(text)
    plain = page(text.replace(", momentum_decay: 0.004", ""))
    assert "What the optimizer remembers is 0 before the first step." in plain


def test_a_single_answer_has_the_gradient_of_its_own_step():
    """∂E/∂b of step 2 is -4, and that of step 1 leads to v, which the page of step 2 begins with."""
    text = "learned: {w: 1, b: 2}\ngradients: {w: [1, 3], b: [2, -4]}\noptimizer: {momentum: {learning_rate: 0.1}}\n"
    shown = handcalc.solve(parse(text), ["b@step2"]).to("terminal")

    assert "gradient by b, step 2   ∂E/∂b = -4" in shown
    assert "∂E/∂b = 2" not in shown
    assert " w = " not in shown  # no number of w leads to b


def test_answers_of_several_steps_have_all_that_is_given_to_each():
    text = "learned: {w: 0.5}\ngradients: {w: 0.2}\noptimizer: {adam: {learning_rate: 0.1}}\nsteps: 3\nask: [w@step3, m_w@step2]\n"
    given = page(text).partition("Convention")[0]

    assert all(number in given for number in ("η = 0.1", "β1 = 0.9", "β2 = 0.999", "ε = 1e-8"))


def test_letters_of_the_optimizer_are_not_taken_twice():
    """m_new would be the new m as well as the mean of the gradient by new."""
    text = "learned: {m: 2, new: 6}\ngradients: {m: 1, new: 1}\noptimizer: {adam: {learning_rate: 0.1}}\n"

    with pytest.raises(ProblemError, match="would both be called m_new; give this learned number"):
        handcalc.solve(parse(text))
