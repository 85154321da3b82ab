"""PReLU: a leaky ReLU whose slope below 0 is learned."""

import numpy as np
import pytest

from handcalc.operations.prelu import Prelu
from support import answers, page, solution

X = np.array([[1.5, -2.0, 0.5], [-0.5, 3.0, -4.0]])
SLOPES = np.array([[1.0, 2.0, -1.0], [0.5, 0.25, 4.0]])


def _found(options: str, more: str = "") -> dict:
    text = f"""
input: {X.tolist()}
layers:
  - prelu: {{name: y, {options}}}
output_gradient: {SLOPES.tolist()}
{more}
"""
    return answers(solution(text))


# What stands for alpha, and the slope of each cell.
KINDS = [
    ("alpha: 0.25", np.full((2, 3), 0.25)),
    ("alpha: [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]", np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])),
    ("alpha: [[0.1, 0.2, 0.3]], shared_axes: [1]", np.array([[0.1, 0.2, 0.3]] * 2)),
    ("alpha: [[0.1], [0.2]], shared_axes: [2]", np.array([[0.1] * 3, [0.2] * 3])),
]


@pytest.mark.parametrize(("options", "alpha"), KINDS)
def test_what_is_negative_is_multiplied_by_its_slope(options, alpha):
    """max(0, x) + alpha·min(0, x), as the layer is written in its paper (He et al., 2015)."""
    found = _found(options)

    np.testing.assert_allclose(found["y"], np.maximum(0, X) + alpha * np.minimum(0, X))
    np.testing.assert_allclose(found["dE_dx"], SLOPES * np.where(X > 0, 1, alpha))


def test_a_slope_for_each_value_gets_the_gradient_of_its_value():
    found = _found(KINDS[1][0])

    np.testing.assert_allclose(found["dE_dy_alpha"], SLOPES * np.minimum(0, X))


@pytest.mark.parametrize(("kind", "axis"), [(2, 0), (3, 1)])
def test_a_shared_slope_gets_the_gradients_of_all_its_values(kind, axis):
    found = _found(KINDS[kind][0])

    expected = (SLOPES * np.minimum(0, X)).sum(axis=axis, keepdims=True)
    np.testing.assert_allclose(found["dE_dy_alpha"], expected)


def test_pytorch_has_one_slope_for_all():
    """-2·2 + -0.5·0.5 + -4·4 for its gradient."""
    found = _found("alpha: 0.25", "convention: pytorch")

    assert found["dE_dy_alpha"] == pytest.approx(-20.25)


def test_at_zero_the_slope_is_alpha_and_alpha_has_none():
    """Either slope would do there; a small step to both sides gives their mean."""
    zero, one, alpha = np.zeros((1, 1)), np.ones((1, 1)), np.array([0.25])
    dx, dalpha = Prelu().backward(one, zero, zero, alpha)

    assert (dx[0, 0], dalpha[0, 0]) == (0.25, 0)
    assert Prelu().at_corner(zero, alpha)
    assert not Prelu().at_corner(one, zero)


def test_alpha_is_learned_like_a_weight():
    text = """
input: [-2, 1]
layers:
  - prelu: {name: h, alpha: [0.5, 0.1]}
target: [1, 1]
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: 0.1}}
"""
    found = answers(solution(text))

    # ∂E/∂α = (αx - t)·x = (-1 - 1)·(-2); above 0 α has no part in the value.
    assert found["dE_dh_alpha"] == [4, 0]
    assert found["h_alpha_new"] == pytest.approx([0.5 - 0.1 * 4, 0.1])
    assert "Where x > 0 the gradient passes as it is and α gets none" in page(text)


def test_without_numbers_both_cases_are_written():
    text = "input: {shape: [2]}\nlayers: [{prelu: {name: h}}]\nask: [forward, gradients]\n"

    assert "h₁ = x1 if x1 > 0, otherwise α⁽¹⁾₁·x1" in page(text)
    assert "∂E/∂α⁽¹⁾₁ = ∂E/∂h₁·(0 if x1 > 0, otherwise x1)" in page(text)


def test_samples_add_up():
    text = """
samples: [{input: [-2, 1], target: [0, 0]}, {input: [-1, -1], target: [0, 0]}]
layers: [{prelu: {name: h, alpha: 0.5}}]
loss: {mean_squared_error: {factor: half_sum}}
batch: sum
"""
    # Σ α·x² over what is negative: 0.5·(4 + 1 + 1).
    assert answers(solution(text))["dE_dh_alpha"] == pytest.approx(3)
