"""Layers that put several inputs together: values and gradients, alone and inside networks."""

from fractions import Fraction
from functools import reduce

import numpy as np
import pytest
import scipy.spatial.distance

from handcalc.errors import ProblemError
from handcalc.formula import Symbol, algebra, evaluate, number, sqrt
from handcalc.formula.calculus import derive
from handcalc.formula.tex import tex
from handcalc.formula.text import text as write
from handcalc.grading.checking import check
from handcalc.grading.reading.sheet import of
from handcalc.grading.typed_formula import parse as typed
from handcalc.problem import parse
from support import answers, page, solution

RANDOM = np.random.default_rng(21)
THREE = RANDOM.integers(-5, 6, (3, 2, 2))


def _branches(inputs, layer: str, gradient=None) -> dict:
    """Several arrays of whole numbers, each put in by an own input, then one layer."""
    lines = [f"  {name}: {array.tolist()}" for name, array in zip("uvw", inputs, strict=False)]
    names = ", ".join("uvw"[: len(inputs)])
    word, _, options = layer.partition(": ")
    text = "inputs:\n" + "\n".join(lines)
    text += f"\nlayers:\n  - {word}: {{name: y, from: [{names}]{', ' * bool(options)}{options}}}\n"
    if gradient is not None:
        text += f"output_gradient: {np.asarray(gradient).tolist()}\n"
    return answers(solution(text))


@pytest.mark.parametrize(
    ("word", "together", "most"),
    [
        ("add", np.add, 3),
        ("subtract", np.subtract, 2),
        ("multiply", np.multiply, 3),
        ("maximum", np.maximum, 3),
        ("minimum", np.minimum, 3),
    ],
)
def test_cell_by_cell(word, together, most):
    for count in range(2, most + 1):
        inputs = THREE[:count]

        assert _branches(inputs, word)["y"] == reduce(together, inputs).tolist()


def test_the_average_is_the_mean_over_the_inputs():
    np.testing.assert_allclose(_branches(THREE, "average")["y"], THREE.mean(axis=0))


def test_an_axis_of_size_one_serves_for_all():
    column, row = np.array([[2], [3]]), np.array([[1, -1, 4]])

    assert _branches([column, row], "multiply")["y"] == np.outer(column, row).tolist()
    found = _branches([column, row], "multiply", [[1, 2, 3], [4, 5, 6]])
    # ∂E/∂u_i = Σ_j g_ij·v_j and ∂E/∂v_j = Σ_i g_ij·u_i.
    assert np.ravel(found["dE_du"]).tolist() == [1 - 2 + 12, 4 - 5 + 24]
    assert np.ravel(found["dE_dv"]).tolist() == [2 + 12, 4 + 15, 6 + 18]


@pytest.mark.parametrize(("word", "sign"), [("maximum", 1), ("minimum", -1)])
def test_of_equal_inputs_the_first_gets_the_gradient(word, sign):
    u, v = sign * np.array([[1, 5, 2]]), sign * np.array([[4, 5, 0]])
    found = _branches([u, v], word, [[10, 20, 30]])

    assert found["dE_du"] == [[0, 20, 30]]
    assert found["dE_dv"] == [[10, 0, 0]]
    text = f"inputs: {{u: {u.tolist()}, v: {v.tolist()}}}\nlayers:\n  - {word}: {{name: y, from: [u, v]}}\noutput_gradient: [[10, 20, 30]]\n"
    assert "of equal ones the first" in page(text)
    assert "at a corner of a function" in page(text)


RESIDUAL = """
input: [0.6, -0.4]
layers:
  - dense: {{name: h, weights: [[0.5, -0.2], [0.1, 0.3]], bias: [0.1, 0.2], activation: tanh}}
  - {word}: {{name: r, from: [h, input]}}
  - dense: {{name: o, weights: [[0.3, 0.7]], bias: 0.1}}
target: 1
loss: mean_squared_error
"""


@pytest.mark.parametrize(("word", "together"), [("add", np.add), ("multiply", np.multiply)])
def test_gradients_around_a_shortcut_and_through_a_gate(word, together):
    """A residual block and a gate, each against the central differences of its own loss."""

    def loss(weights, x):
        h = np.tanh(weights @ x + [0.1, 0.2])
        return (np.array([0.3, 0.7]) @ together(h, x) + 0.1 - 1) ** 2

    w, x = np.array([[0.5, -0.2], [0.1, 0.3]]), np.array([0.6, -0.4])
    found = answers(solution(RESIDUAL.format(word=word)))
    step = 1e-6
    assert found["E"] == pytest.approx(loss(w, x))
    for n, place in enumerate(np.ndindex(2, 2), 1):
        move = np.zeros((2, 2))
        move[place] = step
        slope = (loss(w + move, x) - loss(w - move, x)) / (2 * step)

        assert found[f"dE_dw{n}"] == pytest.approx(slope, rel=1e-8)


def test_the_two_sides_of_a_siamese_pair_get_opposite_gradients():
    """With the same weights on both sides the difference is 0, and so is what they learn together."""
    side = "weights: [[0.5, -0.2], [0.1, 0.3]], activation: sigmoid, from: input"
    text = (
        f"samples: [{{input: [1, 2], target: 1}}, {{input: [0.5, -1], target: 0}}]\nlayers:\n"
        f"  - dense: {{name: a, {side}}}\n  - dense: {{name: b, {side}}}\n"
        "  - subtract: {name: d, from: [a, b]}\n  - dense: {name: o, weights: [[0.3, 0.7]]}\n"
        "loss: mean_squared_error\n"
    )
    found = answers(solution(text))

    assert found["d@1"] == found["d@2"] == [0, 0]
    for left, right in zip(range(1, 5), range(5, 9), strict=True):
        assert found[f"dE_dw{left}"] == pytest.approx(-found[f"dE_dw{right}"], rel=1e-12)


def test_concatenation_along_each_axis():
    u, v = THREE[0], RANDOM.integers(-5, 6, (2, 3))

    assert _branches([u, v], "concatenate")["y"] == np.concatenate([u, v], axis=1).tolist()
    assert _branches(THREE, "concatenate: axis: 1")["y"] == np.concatenate(THREE).tolist()
    gradient = np.arange(10).reshape(2, 5)
    found = _branches([u, v], "concatenate", gradient)
    assert found["dE_du"] == gradient[:, :2].tolist()
    assert found["dE_dv"] == gradient[:, 2:].tolist()


def test_branches_with_channels_first_are_joined_along_the_channels():
    """Two branches of 4 × 16 × 16 give 8 × 16 × 16; a 3 × 3 filter behind them has 8·9 weights and a bias."""
    text = """
input: {shape: [1, 16, 16]}
layers:
  - conv2d: {name: p, filters: 4, kernel_size: 3, padding: same, from: input}
  - conv2d: {name: q, filters: 4, kernel_size: 5, padding: same, from: input}
  - concatenate: {name: c, from: [p, q]}
  - conv2d: {name: d, filters: 1, kernel_size: 3}
notation: {channels: first}
ask: [shapes, parameters, receptive_field]
"""
    found = answers(solution(text))

    assert found["c_shape"] == [8, 16, 16]
    assert found["d_params"] == 8 * 9 * 1 + 1
    assert found["d_field"] == [5 + 2, 5 + 2]


@pytest.mark.parametrize(
    ("shapes", "axes"),
    [
        (((3,), (3,)), (1, 1)),
        (((2, 3), (3, 2)), (2, 1)),
        (((2, 3), (4, 3)), (2, 2)),
        (((3,), (3, 2)), (1, 1)),
        (((2, 3, 2), (3, 2)), (2, 1)),
    ],
)
def test_dot_is_the_tensor_product_summed_along_an_axis(shapes, axes):
    u, v = (RANDOM.integers(-5, 6, shape) for shape in shapes)
    product = np.tensordot(u, v, axes=([axes[0] - 1], [axes[1] - 1]))

    assert (
        np.squeeze(_branches([u, v], f"dot: axes: {list(axes)}")["y"]).tolist() == product.tolist()
    )


def test_with_normalize_dot_is_the_cosine():
    u, v = RANDOM.integers(1, 6, (2, 4)), RANDOM.integers(-5, 6, (3, 4))
    expected = 1 - scipy.spatial.distance.cdist(u, v, "cosine")

    found = _branches([u, v], "dot: axes: 2, normalize: true")
    np.testing.assert_allclose(found["y"], expected, rtol=1e-12)


def test_the_slope_of_the_cosine_is_at_right_angles_to_its_list():
    """Making a list longer does not turn it: u·∂y/∂u = 0; and the slope is (v/|v| - y·u/|u|)/|u|."""
    u, v = np.array([3.0, 4.0]), np.array([1.0, -2.0])
    found = _branches([u, v], "dot: normalize: true", [1])
    slope = np.array([found["dE_du1"], found["dE_du2"]])
    y = u @ v / (5 * np.sqrt(5))

    assert slope @ u == pytest.approx(0, abs=1e-15)
    np.testing.assert_allclose(slope, (v / np.sqrt(5) - y * u / 5) / 5, rtol=1e-12)


COSINE = (
    "inputs: {u: [3, 4], v: [5, 12]}\nlayers:\n  - dot: {name: y, from: [u, v], normalize: true}\n"
)


def test_the_root_of_a_square_is_exact():
    assert "√(u1² + u2²) = √(3² + 4²) = 5" in page(COSINE)


def test_a_wrong_length_is_carried_into_the_cosine():
    """63/(5·13): with a length of 6 it is 63/(6·13) = 0.8077."""
    sheet = {"y_products": "63", "y_length1": "6", "y_length2": "13", "y": "0.8077"}
    checked = check(parse(COSINE), of(sheet))

    assert {e.key: e.verdict.name for e in checked.entries} == {
        "y_products[1]": "RIGHT",
        "y_length1[1]": "WRONG",
        "y_length2[1]": "RIGHT",
        "y[1]": "FOLLOWS",
    }


def test_roots_can_be_typed_as_they_are_printed():
    text = COSINE.replace("[3, 4]", "{shape: [2], symbol: u}")
    sheet = {"y_length1[1]": "√(u1² + u2^2)", "y_length2[1]": "sqrt(v1^2 + v2²)"}
    checked = check(parse(text), of(sheet))

    assert [e.verdict.name for e in checked.entries if e.key in sheet] == ["RIGHT", "RIGHT"]
    assert typed("2√9·√u1").at({"u1": 16}) == 24


def test_the_slope_of_a_root_is_derived_rule_by_rule():
    x = Symbol("x", "x")
    formula = sqrt(x**2 + 1) / x
    lines, slope = derive(formula, x)

    assert "square root: (√u)' = 1/(2·√u), and the chain rule" in [line.because for line in lines]
    assert algebra.is_derivative(slope, formula, x)
    assert tex(formula) == r"\frac{\sqrt{x^{2} + 1}}{x}"
    assert write(formula, ascii_only=True) == "sqrt(x^2 + 1)/x"


@pytest.mark.parametrize("value", ["4/9", "0.25", "0", "2", "1/3"])
def test_roots_of_squares_of_fractions_are_fractions(value):
    exact = Fraction(value)
    found = evaluate(sqrt(number(exact)), lambda _: 0)

    assert float(found) == pytest.approx(float(exact) ** 0.5, rel=1e-15)
    assert isinstance(found, Fraction) == (value not in ("2", "1/3"))


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("add: {from: [f, input]}", "receives 4 from f and 2 × 2 from input; give them one shape"),
        ("subtract: {from: [f, f, f]}", "takes two inputs, but receives 3; write from: [a, b]"),
        ("multiply", "puts several layers together; write from: [a, b]"),
        ("concatenate: {from: [f, f], axis: 0}", "is 0, but axes are counted from 1; write 1"),
        ("concatenate: {from: [f, f], axis: -1}", "is -1, but axes are counted from 1; write 1"),
        (
            "concatenate: {from: [f, f], axis: 2}",
            "4 from f and 4 from f; write an axis from 1 to 1",
        ),
        ("dot: {from: [f, f], axes: 2}", "there is no axis 2, write axes: that both have"),
        ("dot: {from: [input, f], axes: [1, 1]}", "axes 1 and 1 have 2 and 4 numbers"),
    ],
)
def test_what_does_not_go_together_is_said_with_the_layers(layer, said):
    item = layer if ":" not in layer else f"{{{layer}}}"
    with pytest.raises(ProblemError) as caught:
        parse(f"input: [[1, 2], [3, 4]]\nlayers: [{{flatten: {{name: f}}}}, {item}]\n")

    assert said in str(caught.value)


def test_symbols_alone():
    text = "inputs: {u: {shape: [2], symbol: u}, v: {shape: [2], symbol: v}}\nlayers:\n  - multiply: {name: g, from: [u, v]}\n  - dot: {name: y, from: [g, v]}\nask: [gradients]\n"
    found = page(text)

    assert "∂E/∂g₁ = ∂E/∂y₁·v1" in found
    assert "∂E/∂u2 = ∂E/∂g₂·v2" in found


@pytest.mark.frameworks
@pytest.mark.parametrize("word", ["add", "multiply", "average", "maximum", "minimum"])
def test_gradients_beside_pytorch(word):
    torch = pytest.importorskip("torch")
    u, v, w = (
        torch.tensor(a.astype(float), requires_grad=True)
        for a in THREE * 2 + [[[0]], [[1]], [[-1]]]
    )
    functions = {
        "add": lambda: u + v + w,
        "multiply": lambda: u * v * w,
        "average": lambda: torch.stack([u, v, w]).mean(0),
        "maximum": lambda: torch.maximum(torch.maximum(u, v), w),
        "minimum": lambda: torch.minimum(torch.minimum(u, v), w),
    }
    gradient = RANDOM.integers(-3, 4, (2, 2))
    functions[word]().backward(torch.tensor(gradient.astype(float)))
    arrays = [t.detach().numpy().astype(int) for t in (u, v, w)]
    assert all((a != b).all() for a, b in zip(arrays, arrays[1:] + arrays[:1], strict=True))
    found = _branches(arrays, word, gradient)

    for name, tensor in zip("uvw", (u, v, w), strict=True):
        np.testing.assert_allclose(found[f"dE_d{name}"], tensor.grad.numpy(), rtol=1e-12)
