"""The gradients of a convolution as correlations, in whole numbers, so that both sides are the same."""

from typing import Any

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

import handcalc
from handcalc.errors import ProofError
from handcalc.formula import Formula, Number, evaluate, number
from handcalc.operations._tensor import indices
from handcalc.operations.correlate import Correlate
from handcalc.problem import parse
from support import page, solution
from test_convolution import cases


class Numbers:
    """An array as a tensor of formulas."""

    def __init__(self, array: Any) -> None:
        self.array, self.shape = array, array.shape

    def __getitem__(self, index: int | tuple[int, ...]) -> Formula:
        return number(int(self.array[index]))


def _by_identity(operation: Correlate, slot: int, arrays: dict[str, Any]) -> Any:
    shapes = [arrays[word].shape for word in ("x", "K")]
    identity = operation.identity(slot, *shapes)
    assert identity is not None
    tensors = {word: Numbers(array) for word, array in arrays.items()}
    found = np.zeros(shapes[slot])
    for index in indices(shapes[slot]):
        found[index] = evaluate(identity.element(index, tensors), lambda leaf: 0)
    return found


@settings(max_examples=60, deadline=None)
@given(cases(), st.booleans())
def test_the_identities_hold_for_every_stride_dilation_padding_and_group(case, flip):
    x, k, options, groups = case
    operation = Correlate(channels="first", groups=groups, flip=flip, **options)
    y = operation.forward(x[None], k)
    dy = np.random.default_rng(2).integers(-4, 5, y.shape).astype(float)
    dx, dk = operation.backward(dy, y, x[None], k)
    arrays = {"x": x, "K": k, "dy": dy[0]}

    np.testing.assert_array_equal(_by_identity(operation, 0, arrays), dx[0])
    np.testing.assert_array_equal(_by_identity(operation, 1, arrays), dk[0])


def test_without_stride_and_dilation_they_are_the_published_ones():
    """∂E/∂K = X ⋆ ∂E/∂Y and ∂E/∂X = ∂E/∂Y fully convolved with K, by scipy."""
    random = np.random.default_rng(4)
    x, k, dy = (random.integers(-5, 6, s).astype(float) for s in ((4, 5), (2, 3), (3, 3)))
    operation = Correlate(size=(2, 3))
    dx, dk = operation.backward(dy[None], dy[None], x[None], k)

    np.testing.assert_array_equal(dk[0], scipy.signal.correlate2d(x, dy, "valid"))
    np.testing.assert_array_equal(dx[0], scipy.signal.convolve2d(dy, k, "full"))


SYMBOLS = """
input: {shape: [3, 3]}
layers:
  - conv2d: {name: y, kernel_size: 2, bias: cells}
ask: [forward, gradients]
"""
NUMBERS = """
input: [[1, 6, 2], [5, 3, 1], [7, 0, 4]]
layers:
  - conv2d: {name: y, kernel: [[1, 2], [-1, 0]], bias: 0.5, padding: 1, strides: 2}
output_gradient: [[1, 0], [0, 1]]
"""


def test_in_symbols_the_systems_of_equations_and_their_identities():
    """The equations that a published derivation prints for a 3 × 3 input and a 2 × 2 kernel."""
    found = page(SYMBOLS)
    for line in (
        "y₁₁ = b₁₁ + k₁₁·x₁₁ + k₁₂·x₁₂ + k₂₁·x₂₁ + k₂₂·x₂₂",
        "y₂₂ = b₂₂ + k₁₁·x₂₂ + k₁₂·x₂₃ + k₂₁·x₃₂ + k₂₂·x₃₃",
        "∂E/∂k₁₁ = ∂E/∂y₁₁·∂y₁₁/∂k₁₁ + ∂E/∂y₁₂·∂y₁₂/∂k₁₁ + ∂E/∂y₂₁·∂y₂₁/∂k₁₁ + ∂E/∂y₂₂·∂y₂₂/∂k₁₁",
        "∂E/∂k₁₁ = ∂E/∂y₁₁·x₁₁ + ∂E/∂y₁₂·x₁₂ + ∂E/∂y₂₁·x₂₁ + ∂E/∂y₂₂·x₂₂",
        "∂E/∂k₂₂ = ∂E/∂y₁₁·x₂₂ + ∂E/∂y₁₂·x₂₃ + ∂E/∂y₂₁·x₃₂ + ∂E/∂y₂₂·x₃₃",
        "∂E/∂b₂₁ = ∂E/∂y₂₁",
        "∂E/∂x₁₁ = ∂E/∂y₁₁·k₁₁",
        "∂E/∂x₂₂ = ∂E/∂y₁₁·k₂₂ + ∂E/∂y₁₂·k₂₁ + ∂E/∂y₂₁·k₁₂ + ∂E/∂y₂₂·k₁₁",
        "∂E/∂x₃₃ = ∂E/∂y₂₂·k₂₂",
        "∂E/∂K1 = x ⋆ ∂E/∂y",
        "∂E/∂B1 = ∂E/∂y",
        "∂E/∂x = ∂E/∂y ∗full K1",
        "these are the same 9 sums: sympy finds every difference to be 0",
    ):
        assert line in found


def test_with_stride_and_padding_it_is_said_how_the_identities_change():
    found = " ".join(page(NUMBERS).split())

    assert "the cells of the gradient are laid s apart" in found
    assert "s - 1 zeros are put between the cells of the gradient first" in found
    assert "the padding is cut off again" in found
    assert "the 9 values come out the same, exactly" in found


def test_a_given_output_gradient_is_passed_back_without_a_loss():
    """∂E/∂x and ∂E/∂K by the definition, with zeros around x and a stride of 2."""
    x = np.pad(np.array([[1.0, 6, 2], [5, 3, 1], [7, 0, 4]]), 1)
    k = np.array([[1.0, 2], [-1, 0]])
    dy = np.eye(2)
    dk, dx = np.zeros((2, 2)), np.zeros((5, 5))
    for i in range(2):
        for j in range(2):
            dk += dy[i, j] * x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            dx[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] += dy[i, j] * k
    found = solution(NUMBERS).answers

    assert found["dE_dK1"].value == dk.tolist()
    assert found["dE_dx"].value == dx[1:-1, 1:-1].tolist()
    assert found["dE_db1"].value == 2
    assert "E" not in found


def test_a_wrong_identity_stops_the_solution(monkeypatch):

    monkeypatch.setattr(Correlate, "_input_element", lambda self, index, tensors: Number(1.0))
    for text in (NUMBERS, SYMBOLS):
        with pytest.raises(ProofError, match="identity"):
            handcalc.solve(parse(text))
