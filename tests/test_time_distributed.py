"""Time-distributed layers: one layer for every step, so that its weights learn from all of them."""

from typing import Any

import numpy as np
import pytest
import scipy.signal

import handcalc
import test_operations as contract
from handcalc.operations._each_step import EachStep
from handcalc.operations.affine import Affine
from handcalc.operations.correlate import Correlate
from handcalc.operations.look_up import LookUp
from handcalc.operations.mask import Mask
from handcalc.operations.softmax import Softmax
from handcalc.problem import parse
from support import answers, page, solution

RANDOM = np.random.default_rng(41)
X = RANDOM.integers(-4, 5, (3, 3, 4))
KERNEL = RANDOM.integers(-3, 4, (2, 2))


def _solved(x: Any, layer: str, more: str = "") -> dict[str, Any]:
    text = f"input: {np.asarray(x).tolist()}\nlayers:\n"
    text += f"  - time_distributed: {{name: td, layer: {layer}}}\n{more}"
    return answers(solution(text))


# Layers without weights, and the same for one step in numpy.
PLAIN = [
    ("flatten", np.ravel),
    ("{reshape: {target_shape: [2, 6]}}", lambda step: step.reshape(2, 6)),
    ("{max_pooling2d: {pool_size: [3, 2]}}", lambda s: s.reshape(1, 3, 2, 2).max(axis=(1, 3))),
    ("{average_pooling1d: {pool_size: 3}}", lambda step: step.mean(axis=0, keepdims=True)),
    ("{activation: {function: relu}}", lambda step: np.maximum(step, 0)),
    ("{softmax: {axis: 1}}", lambda step: np.exp(step) / np.exp(step).sum(axis=0)),
    ("{activation: {function: {softmax: {axis: 1}}}}", lambda s: np.exp(s) / np.exp(s).sum(axis=0)),
    ("softmax", lambda step: np.exp(step) / np.exp(step).sum(axis=1, keepdims=True)),
]


@pytest.mark.parametrize(("layer", "alone"), PLAIN)
def test_every_step_by_itself(layer, alone):
    found = _solved(X, layer)["td"]

    np.testing.assert_allclose(found, [alone(step.astype(float)) for step in X], rtol=1e-12)


def _convolved(kernel: Any) -> Any:
    return np.stack([scipy.signal.correlate2d(step, kernel, "valid") for step in X])


def test_a_convolution_has_the_same_kernel_for_every_step():
    found = _solved(X, f"{{conv2d: {{kernel: {KERNEL.tolist()}, bias: 1}}}}")

    assert found["td"] == (_convolved(KERNEL) + 1).tolist()


def test_its_gradient_is_the_sum_over_the_steps():
    """∂E/∂K = Σ_t x_t ⋆ g_t, ∂E/∂b the sum of all g."""
    slopes = RANDOM.integers(-3, 4, (3, 2, 3))
    more = f"output_gradient: {slopes.tolist()}\n"

    found = _solved(X, f"{{conv2d: {{kernel: {KERNEL.tolist()}, bias: 1}}}}", more)

    by_kernel = sum(scipy.signal.correlate2d(x, g, "valid") for x, g in zip(X, slopes, strict=True))
    by_input = [scipy.signal.convolve2d(g, KERNEL, "full") for g in slopes]
    assert found["dE_dK1"] == by_kernel.tolist()
    assert found["dE_db1"] == slopes.sum()
    assert found["dE_dx"] == np.array(by_input).tolist()


@pytest.mark.parametrize("batch", ["sum", "mean"])
def test_over_steps_and_samples(batch):
    """Each of the two samples has a gradient, which is a sum over its steps."""
    samples = [X, -2 * X]
    given = "".join(
        f"  - {{input: {x.tolist()}, target: {np.ones((3, 2, 3)).tolist()}}}\n" for x in samples
    )
    text = (
        f"samples:\n{given}layers:\n  - time_distributed: {{name: td, layer: {{conv2d: "
        f"{{kernel: {KERNEL.tolist()}}}}}}}\nloss: {{mean_squared_error: {{factor: half_sum}}}}\nbatch: {batch}\n"
    )
    whole = np.zeros((2, 2))
    for x in samples:
        for step in x:
            miss = scipy.signal.correlate2d(step, KERNEL, "valid") - 1
            whole += scipy.signal.correlate2d(step, miss, "valid")

    found = answers(solution(text))["dE_dK1"]

    np.testing.assert_allclose(found, whole / (2 if batch == "mean" else 1), rtol=1e-12)


def test_a_dense_layer_on_steps_is_one_on_rows():
    layer = "dense: {weights: [[1, 2, 0, -1]], bias: 1, activation: tanh}"
    alone = answers(
        solution(f"input: {X[0].tolist()}\nlayers: [{{{layer.replace('{', '{name: td, ')}}}]\n")
    )

    assert _solved(X[0], f"{{{layer}}}") == alone


def test_a_learned_slope_belongs_to_a_place_of_the_step():
    """PReLU keeps a slope for each value of a step, not for each step."""
    x = np.array([[-1.0, 2.0], [-3.0, -4.0]])
    more = "output_gradient: [[1, 1], [1, 1]]\n"

    found = _solved(x, "{prelu: {alpha: [0.5, 0.25]}}", more)

    assert found["td"] == [[-0.5, 2], [-1.5, -1]]
    assert found["dE_dtd_alpha"] == [-1 - 3, -4]


def test_the_steps_come_first_in_keys():
    text = (
        f"input: {X.tolist()}\nlayers:\n  - time_distributed: {{name: td, layer: {{conv2d: "
        f"{{kernel: {KERNEL.tolist()}, activation: relu}}}}}}\n"
    )
    found = handcalc.solve(parse(text), ["td_in[2,1,3]", "td[2,1,3]"]).answers
    sums = _convolved(KERNEL)

    assert found["td_in[2,1,3]"].value == sums[1, 0, 2]
    assert found["td[2,1,3]"].value == max(0, sums[1, 0, 2])


def test_numbers_beside_the_input_serve_every_step():
    found = _solved(np.ones((2, 3)), "{dropout: {rate: 0.5, mask: [1, 0, 1]}}")

    assert found["td"] == [[2, 0, 2], [2, 0, 2]]


def test_rows_of_a_table_for_every_step():
    """Whole numbers step by step; a row that is looked up twice learns twice."""
    layer = "{embedding: {input_dim: 3, output_dim: 2, table: [[1, 2], [3, 4], [5, 6]]}}"
    more = "output_gradient: [[[1, 0], [2, 0]], [[4, 0], [8, 0]]]\n"

    found = _solved([[0, 2], [2, 1]], layer, more)

    assert found["td"] == [[[1, 2], [5, 6]], [[5, 6], [3, 4]]]
    assert found["dE_dtd_table"] == [[1, 0], [8, 0], [2 + 4, 0]]


def test_without_numbers_the_steps_are_equations():
    text = (
        "input: {shape: [2, 2, 2]}\nlayers:\n  - time_distributed: {name: td, layer: {conv2d: "
        "{kernel_size: 2}}}\nask: [forward, gradients]\n"
    )
    written = page(text)

    assert "td[2,1,1] = b1 + k₁₁·x₂₁₁ + k₁₂·x₂₁₂ + k₂₁·x₂₂₁ + k₂₂·x₂₂₂" in written
    assert "∂E/∂k₁₁ = ∂E/∂td[1,1,1]·x₁₁₁ + ∂E/∂td[2,1,1]·x₂₁₁" in written


def test_a_letter_for_the_steps_is_counted():
    text = (
        "input: {shape: [N, 8, 3]}\nlayers:\n  - time_distributed: {name: td, layer: {conv1d: "
        "{filters: 4, kernel_size: 3}}}\nask: [shapes, parameters]\n"
    )
    found = answers(solution(text))

    assert found["td_params"] == 3 * 3 * 4 + 4
    assert found["td_shape"] == ["N", 6, 4]


class _Given(EachStep):
    """With the names of its slots, as the contract wants to know what is a parameter."""

    @property
    def slots(self) -> tuple[str, ...]:
        return tuple(f"{kind} {i}" for i, kind in enumerate(self.kinds))

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(slot for slot in self.slots if slot.startswith("all"))


# The operation of one step, what each input is, and the shapes of all steps.
INSIDE = [
    (Affine(), ("steps", "all", "all"), ((2, 3), (2, 3), ())),
    (Correlate(size=(2,)), ("steps", "all"), ((2, 3), (2,))),
    (Softmax(), ("steps",), ((2, 3),)),
    (Mask(), ("steps", "sample"), ((2, 3), (3,))),
    (
        LookUp(rows=((0, 2), (1, 1), (2, 0), (2, 2), (0, 1), (1, 0))),
        ("steps", "all"),
        ((2, 2), (3, 2)),
    ),
]


@pytest.mark.parametrize(("inside", "kinds", "shapes"), INSIDE)
def test_an_operation_for_each_step_keeps_the_contract_of_operations(inside, kinds, shapes):
    operation = _Given(inside=inside, kinds=kinds, steps=2)

    contract.test_declared_shape_is_the_computed_shape(operation, shapes, -2, 2)
    contract.test_definition_is_what_forward_computes(operation, shapes, -2, 2)
    contract.test_backward_is_the_slope_of_forward(operation, shapes, -2, 2)
    contract.test_partial_is_what_sympy_differentiates(operation, shapes, -2, 2)
    contract.test_what_is_overridden_is_what_the_definition_says(operation, shapes, -2, 2)
