"""Equations over handles: what has no name stands inside the formula of what is named next."""

from typing import Any

import numpy as np
import pytest

from handcalc.formula import Symbol, algebra, evaluate
from handcalc.formula.text import text
from handcalc.network.formulas import Elements
from handcalc.operations._composed import as_node
from handcalc.operations._handle import Handle
from handcalc.operations._tensor import indices
from handcalc.operations.sigmoid import Sigmoid
from handcalc.operations.tanh import Tanh

RANDOM = np.random.default_rng(4)
x, h, c = Handle((2,), "x"), Handle((3,), "h"), Handle((3,), "c")
W, U, b = Handle((3, 2), "W"), Handle((3, 3), "U"), Handle((3,), "b")


def _numbers(names: Any) -> list[Any]:
    """Two samples of each value; W, U and b are the same for both."""
    shapes = {"x": (2, 2), "h": (2, 3), "c": (2, 3), "W": (3, 2), "U": (3, 3), "b": (3,)}
    return [RANDOM.uniform(-1, 1, shapes[name]) for name in names]


def _symbols(names: Any) -> list[Elements]:
    shapes = {"x": (2,), "h": (3,), "c": (3,), "W": (3, 2), "U": (3, 3), "b": (3,)}

    def of(name: str) -> Elements:
        def at(index: Any) -> Symbol:
            return Symbol(name, name + "".join(str(i + 1) for i in index))

        return Elements(shapes[name], at)

    return [of(name) for name in names]


def _gate() -> Handle:
    return Sigmoid()(W @ x + U @ h + b)


def test_a_gate_is_one_formula():
    operation, names = as_node(_gate())
    formula = operation.definition((1,), *_symbols(names))

    assert names == ("W", "x", "U", "h", "b")
    assert text(formula) == "1/(1 + e^(-(W21·x1 + W22·x2 + U21·h1 + U22·h2 + U23·h3 + b2)))"


def test_a_named_handle_ends_the_formula():
    f = Handle((3,), "f")
    operation, names = as_node(f * c)

    assert names == ("f", "c")
    assert operation.output_shape((3,), (3,)) == (3,)


def test_a_cell_of_gates_is_what_numpy_computes():
    """The state of an LSTM with one gate for all: f·c + f·tanh(W·x + U·h + b)."""
    f = _gate()
    operation, names = as_node(f * c + f * Tanh()(W @ x + U @ h + b))
    numbers = _numbers(names)
    given = dict(zip(names, numbers, strict=True))
    z = given["x"] @ given["W"].T + given["h"] @ given["U"].T + given["b"]
    gate = 1 / (1 + np.exp(-z))

    np.testing.assert_allclose(
        operation.forward(*numbers), gate * given["c"] + gate * np.tanh(z), rtol=1e-13
    )


def test_its_way_back_is_the_slope_of_its_way_forward():
    """A handle that is used twice gathers both gradients."""
    f = _gate()
    operation, names = as_node(f * c + f * Tanh()(W @ x + U @ h + b))
    numbers = _numbers(names)
    output = operation.forward(*numbers)
    upstream = RANDOM.uniform(-1, 1, output.shape)
    gradients = operation.backward(upstream, output, *numbers)
    for slot, name in enumerate(names):
        shared = name in "WUb"
        found = gradients[slot].sum(axis=0) if shared else gradients[slot]
        for place in np.ndindex(numbers[slot].shape):
            slopes = []
            for step in (1e-6, -1e-6):
                moved = [a.copy() for a in numbers]
                moved[slot][place] += step
                slopes.append((upstream * operation.forward(*moved)).sum())

            assert found[place] == pytest.approx((slopes[0] - slopes[1]) / 2e-6, abs=1e-8)


def test_its_slopes_are_derived_and_sympy_finds_the_same():
    operation, names = as_node(_gate() * c)
    tensors = _symbols(names)
    values = {
        tensor[i]: float(RANDOM.uniform(-1, 1)) for tensor in tensors for i in indices(tensor.shape)
    }
    shapes = [tensor.shape for tensor in tensors]
    for slot, shape in enumerate(shapes):
        for by in indices(shape):
            reached = operation.reached(slot, by, *shapes)
            for index in indices((3,)):
                leaf: Any = tensors[slot][by]
                definition = operation.definition(index, *tensors)
                expected = algebra.derivative_at(definition, leaf, values.__getitem__)  # type: ignore[arg-type]
                if index not in reached:
                    assert expected == 0
                    continue
                slope = operation.partial(index, slot, by, tensors[0], *tensors)

                assert float(evaluate(slope, values.__getitem__)) == pytest.approx(expected)  # type: ignore[arg-type]


def test_parts_and_runs_of_a_sequence():
    steps = Handle((4, 2), "x")
    last, names = as_node(steps[-1])
    run, _ = as_node(steps[1:3])
    sequence = RANDOM.uniform(size=(1, 4, 2))

    assert names == ("x",)
    np.testing.assert_array_equal(last.forward(sequence), sequence[:, 3])
    np.testing.assert_array_equal(run.forward(sequence), sequence[:, 1:3])


def test_scores_of_queries_and_keys():
    """Q·Kᵀ/d with a quotient of matrices cell by cell."""
    Q, K, d = Handle((2, 3), "Q"), Handle((2, 3), "K"), Handle((1, 1), "d")
    operation, names = as_node((Q @ K.T) / d)
    q, k, by = (
        RANDOM.uniform(0.5, 1, (1, 2, 3)),
        RANDOM.uniform(0.5, 1, (1, 2, 3)),
        np.array([[[2.0]]]),
    )
    given = dict(zip("QKd", (q, k, by), strict=True))

    found = operation.forward(*(given[name] for name in names))

    np.testing.assert_allclose(found[0], q[0] @ k[0].T / 2)
