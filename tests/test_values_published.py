"""Formulas of one's own as courses publish them; a printed number that is wrong is true here."""

from collections.abc import Callable
from math import cos, e, exp, log, pi, sin, sqrt, tanh
from typing import Any

import numpy as np
import pytest

import handcalc
from handcalc.problem import parse
from recurrent_loops import close, printed, sigmoid


def _found(text: str, *keys: str) -> list[Any]:
    """The values of the answers with these keys."""
    answers = handcalc.solve(parse(text), keys).answers
    return [answers[key].value for key in keys]


def _holds(text: str, **numbers: tuple[Any, Any]) -> None:
    """Each key, `df_dx__1` for df_dx@1, has the digits that are printed and the true value."""
    keys = [key.replace("__", "@") for key in numbers]
    for value, (digits, true) in zip(_found(text, *keys), numbers.values(), strict=True):
        close(value, true)
        printed(value, digits)


def _wrong(value: Any, digits: str) -> None:
    """What is printed is not the number, rounded or cut off."""
    with pytest.raises(AssertionError):
        printed(value, digits, units=1)


def _slope(function: Callable[..., float], at: dict[str, float], name: str) -> float:
    """∂f/∂name by central differences."""
    step = 1e-6
    above, below = at | {name: at[name] + step}, at | {name: at[name] - step}
    return (function(**above) - function(**below)) / (2 * step)


def _slopes_agree(text: str, function: Callable[..., float], at: dict[str, float]) -> None:
    """The gradients of f by each number are the differences of a plain function."""
    found = _found(text, *(f"df_d{name}" for name in at))
    np.testing.assert_allclose(found, [_slope(function, at, name) for name in at], rtol=1e-7)


# --- circuits -------------------------------------------------------------------------------------


def test_the_circuit_of_an_add_and_a_multiply_gate():
    """CS231n, Backpropagation, Intuitions: f = (x + y)·z with q = x + y."""
    text = """
    input: {x: -2, y: 5, z: -4}
    values: {q: x + y, f: q * z}
    """
    _holds(text, q=("3", -2 + 5), f=("-12", (-2 + 5) * -4))
    _holds(text, df_dq=("-4", -4), df_dx=("-4", -4), df_dy=("-4", -4), df_dz=("3", -2 + 5))


@pytest.mark.parametrize("formula", ["x*y", "x y", "x·y"])
def test_the_sensitivity_of_a_product(formula: str):
    """CS231n, the same notes, first section: x = 4, y = -3."""
    _holds(
        f"input: {{x: 4, y: -3}}\nvalues: {{f: {formula}}}",
        f=("-12", 4 * -3),
        df_dx=("-3", -3),
        df_dy=("4", 4),
    )


def test_the_sensitivity_of_a_maximum():
    """CS231n, the same section: the subgradient of max(4, 2) is 1 and 0."""
    text = "input: {x: 4, y: 2}\nvalues: {f: 'max(x, y)'}"
    _holds(text, f=("4", 4), df_dx=("1", 1), df_dy=("0", 0))


def test_the_sigmoid_neuron_gate_by_gate():
    """CS231n, the same notes, Sigmoid example: every wire of the figure, its value and gradient."""
    text = """
    input: {w0: 2, x0: -1, w1: -3, x1: -2, w2: -3}
    values: {f: 1/(1 + exp(-(w0*x0 + w1*x1 + w2)))}
    gates: true
    rounding: {decimals: 2}
    """
    f, below = 1 / (1 + exp(-1)), 1 + exp(-1)
    _holds(
        text,
        f_1=("-2.00", -2),
        f_2=("6.00", 6),
        f_3=("4.00", 4),
        f_4=("1.00", 1),
        f_5=("-1.00", -1),
        f_6=("0.37", exp(-1)),
        f_7=("1.37", below),
        f=("0.73", f),
    )
    _holds(
        text,
        df_df_7=("-0.53", -1 / below**2),
        df_df_6=("-0.53", -1 / below**2),
        df_df_5=("-0.20", -exp(-1) / below**2),
        df_df_4=("0.20", f * (1 - f)),
        df_df_3=("0.20", f * (1 - f)),
        df_df_2=("0.20", f * (1 - f)),
        df_df_1=("0.20", f * (1 - f)),
        df_dw0=("-0.20", -f * (1 - f)),
        df_dx0=("0.39", 2 * f * (1 - f)),
        df_dw1=("-0.39", -2 * f * (1 - f)),
        df_dx1=("-0.59", -3 * f * (1 - f)),
        df_dw2=("0.20", f * (1 - f)),
    )


def test_staged_computation():
    """CS231n, the same notes, Staged computation: the notes print the stages, not their numbers."""
    text = """
    input: {x: 3, y: -4}
    values:
      sigy: σ(y)
      num: x + sigy
      sigx: σ(x)
      xpy: x + y
      xpysqr: xpy^2
      den: sigx + xpysqr
      invden: 1/den
      f: num * invden
    """

    def f(x: float, y: float) -> float:
        return (x + float(sigmoid(y))) / (float(sigmoid(x)) + (x + y) ** 2)

    close(_found(text, "f"), f(3, -4))
    _slopes_agree(text, f, {"x": 3, "y": -4})


def test_the_patterns_in_backward_flow():
    """CS231n, the same notes, Patterns in backward flow: 2·(x·y + max(z, w))."""
    text = """
    input: {x: 3, y: -4, z: 2, w: -1}
    values:
      f: 2(x*y + max(z, w))
    gates: true
    """
    _holds(text, f_1=("-12.00", -12), f_2=("2.00", 2), f_3=("-10.00", -10), f=("-20.00", -20))
    _holds(
        text,
        df_df_3=("2.00", 2),
        df_df_2=("2.00", 2),
        df_df_1=("2.00", 2),
        df_dx=("-8.00", 2 * -4),
        df_dy=("6.00", 2 * 3),
        df_dz=("2.00", 2),
        df_dw=("0.00", 0),
    )


def test_the_computation_graph_of_andrew_ng():
    """Neural Networks and Deep Learning (Coursera), Computation Graph: J = 3(a + bc)."""
    text = "input: {a: 5, b: 3, c: 2}\nvalues: {u: b c, v: a + u, J: 3v}"
    _holds(text, u=("6", 3 * 2), v=("11", 5 + 3 * 2), J=("33", 3 * (5 + 3 * 2)))
    _holds(
        text,
        dJ_dv=("3", 3),
        dJ_du=("3", 3),
        dJ_da=("3", 3),
        dJ_db=("6", 3 * 2),
        dJ_dc=("9", 3 * 3),
    )


def test_a_product_and_a_relu():
    """MO810, Unicamp 2018 (J. Meidanis), test on deep forward networks: x = 1, w = 2."""
    text = "input: {x: 1, w: 2}\nvalues: {u: x w, z: 'max(0, u)'}"
    _holds(text, u=("2", 2), z=("2", 2), dz_du=("1", 1), dz_dx=("2", 2), dz_dw=("1", 1))


def test_two_quotients_that_meet_again():
    """reverse_ad (chanshing), README: x₁x₂/(x₁/x₂) - x₁x₂·x₁/x₂, which is x₂² - x₁²."""
    text = """
    input: {x1: 1, x2: 2}
    values: {a1: x1*x2, a2: x1/x2, b1: a1/a2, b2: a1*a2, y: b1 - b2}
    """
    _holds(text, dy_dx1=("-2.0", -2 * 1), dy_dx2=("4.0", 2 * 2))


# --- micrograd ------------------------------------------------------------------------------------


def test_the_expression_of_micrograd():
    """Micrograd (A. Karpathy), README: c and d are written anew, so that they have three names here."""
    text = """
    input: {a: -4, b: 2}
    values:
      c: a + b
      d: a*b + b^3
      c2: c + c + 1
      c3: c2 + 1 + c2 - a
      d2: d + 2d + relu(b + a)
      d3: d2 + 3d2 + relu(b - a)
      e: c3 - d3
      f: e^2
      g: f/2 + 10/f
    """

    def g(a: float, b: float) -> float:
        c = 2 * (2 * (a + b) + 1) + 1 - a
        d = 4 * (3 * (a * b + b**3) + max(0, b + a)) + max(0, b - a)
        return (c - d) ** 2 / 2 + 10 / (c - d) ** 2

    by_e = -7 - 10 * 2 / (-7) ** 3  # of e²/2 + 10/e² at e = c - d = -7
    de_da, de_db = 4 - 1 - (12 * 2 - 1), 4 - (12 * (-4 + 3 * 2**2) + 1)
    _holds(
        text,
        g=("24.7041", g(-4, 2)),
        dg_da=("138.8338", by_e * de_da),
        dg_db=("645.5773", by_e * de_db),
    )


def test_the_sanity_check_of_micrograd():
    """Micrograd, test_engine.py, test_sanity_check: y = -20 and a gradient of 46."""
    text = """
    input: {x: -4}
    values:
      z: 2x + 2 + x
      q: relu(z) + z x
      h: relu(z z)
      y: h + q + q x
    """
    z = 3 * -4 + 2
    slope = 2 * z * 3 + (1 + -4) * (3 * -4 + z) + z * -4
    _holds(text, y=("-20", z**2 + z * -4 * (1 + -4)), dy_dx=("46", slope))


def test_the_manual_backpropagation_of_the_lecture():
    """The spelled-out intro to neural networks and backpropagation (A. Karpathy): L = (ab + c)·f."""
    text = "input: {a: 2, b: -3, c: 10, f: -2}\nvalues: {e: a*b, d: e + c, L: d*f}"
    _holds(text, e=("-6", 2 * -3), d=("4", 4), L=("-8", -8))
    _holds(text, dL_dd=("-2", -2), dL_df=("4", 4), dL_de=("-2", -2), dL_dc=("-2", -2))
    _holds(text, dL_da=("6", -2 * -3), dL_db=("-4", -2 * 2))


@pytest.mark.parametrize("o", ["tanh(n)", "(exp(2n) - 1)/(exp(2n) + 1)"])
def test_the_neuron_of_the_lecture(o: str):
    """The same lecture: tanh as one operation and taken apart give the same gradients."""
    text = f"""
    input: {{x1: 2, x2: 0, w1: -3, w2: 1, b: 6.8813735870195432}}
    values: {{n: x1*w1 + x2*w2 + b, o: {o}}}
    """
    half = 1 - tanh(2 * -3 + 6.8813735870195432) ** 2
    _holds(text, o=("0.7071", tanh(2 * -3 + 6.8813735870195432)), do_dn=("0.5", half))
    _holds(text, do_dx1=("-1.5", -3 * half), do_dx2=("0.5", half), do_db=("0.5", half))
    _holds(text, do_dw1=("1.0", 2 * half), do_dw2=("0.0", 0))


def test_the_first_exercise_of_the_lecture():
    """Micrograd exercises (A. Karpathy), section 1: the analytic gradient at (2, 3, 4)."""
    text = """
    input: {a: 2, b: 3, c: 4}
    values: {f: -a^3 + sin(3b) - 1.0/c + b^2.5 - a^0.5}
    """
    _holds(
        text,
        f=("6.336362190988558", -(2**3) + sin(9) - 1 / 4 + 3**2.5 - sqrt(2)),
        df_da=("-12.353553390593273", -3 * 2**2 - 0.5 / sqrt(2)),
        df_db=("10.25699027111255", 3 * cos(9) + 2.5 * 3**1.5),
        df_dc=("0.0625", 1 / 4**2),
    )


@pytest.mark.parametrize("p", ["softmax(z)", "exp(z)/sum(exp(z))"])
def test_the_second_exercise_of_the_lecture(p: str):
    """Micrograd exercises, section 2: softmax and -log of the fourth, whose gradient is p - y."""
    text = f"""
    input: {{z: [0.0, 3.0, -2.0, 1.0]}}
    values:
      p: {p}
      loss: -log(p[4])
    """
    parts = [exp(z) / sum(exp(y) for y in (0, 3, -2, 1)) for z in (0, 3, -2, 1)]
    _holds(
        text,
        loss=("2.17551536261671", -log(parts[3])),
        dloss_dz1=("0.041772570515350", parts[0]),
        dloss_dz2=("0.839024507462532", parts[1]),
        dloss_dz3=("0.005653302662216", parts[2]),
        dloss_dz4=("-0.886450380640099", parts[3] - 1),
    )


# --- tapes of the frameworks ----------------------------------------------------------------------


def test_twice_a_dot_product():
    """Dive into Deep Learning, 2.5 Automatic Differentiation: y = 2·xᵀx at 0, 1, 2, 3."""
    text = "input: {x: [0, 1, 2, 3]}\nvalues: {y: '2 dot(x, x)'}"
    _holds(text, y=("28.", 2 * (1 + 4 + 9)), dy_dx1=("0.", 0), dy_dx2=("4.", 4), dy_dx3=("8.", 8))
    _holds(text, dy_dx4=("12.", 12))


def test_a_vector_that_is_summed_up():
    """Dive into Deep Learning, 2.5.2: the sum of x ⊙ x."""
    text = "input: {x: [0, 1, 2, 3]}\nvalues: {y: x*x, s: sum(y)}"
    _holds(
        text, s=("14", 14), ds_dx1=("0.", 0), ds_dx2=("2.", 2), ds_dx3=("4.", 4), ds_dx4=("6.", 6)
    )


def test_a_mean_over_a_matrix():
    """PyTorch, Autograd tutorial: out = mean(3·(x + 2)²) of four ones."""
    text = "input: {x: [[1, 1], [1, 1]]}\nvalues: {y: x + 2, z: y*y*3, out: mean(z)}"
    _holds(text, out=("27.", 3 * 3**2), dout_dx=([["4.5000"] * 2] * 2, [[3 * 2 * 3 / 4] * 2] * 2))


def test_a_mean_over_two_rows():
    """PyTorch for Deep Learning (notebook, ElijahCoding): mean(2·(3x + 2)²)."""
    text = """
    input: {x: [[1, 2, 3], [3, 2, 1]]}
    values: {y: 3x + 2, z: 2y^2, o: mean(z)}
    """
    x = np.array([[1, 2, 3], [3, 2, 1]])
    _holds(
        text,
        z=([["50.", "128.", "242."], ["242.", "128.", "50."]], 2 * (3 * x + 2) ** 2),
        o=("140.", (2 * (3 * x + 2) ** 2).mean()),
        do_dx=([["10.", "16.", "22."], ["22.", "16.", "10."]], 2 * (3 * x + 2)),
    )


@pytest.mark.parametrize(
    ("k", "a", "b", "by_a", "by_b"),
    [
        pytest.param(3, [2, 3], [6, 4], ["36.", "81."], ["-12.", "-8."], id="tutorial"),
        pytest.param(2, [1, 2], [3, 4], ["6.", "24."], ["-6.", "-8."], id="notebook"),
    ],
)
def test_a_cube_less_a_square(k: int, a: Any, b: Any, by_a: Any, by_b: Any):
    """PyTorch, A gentle introduction to torch.autograd, Q = 3a³ - b²; with 2a³ (asad14053)."""
    text = f"input: {{a: {a}, b: {b}}}\nvalues: {{Q: {k}a^3 - b^2, s: sum(Q)}}"
    for i in (1, 2):
        found = _found(text, f"ds_da{i}", f"ds_db{i}")
        close(found, [3 * k * a[i - 1] ** 2, -2 * b[i - 1]])
        printed(found, [by_a[i - 1], by_b[i - 1]])


def test_a_square_of_a_square():
    """TensorFlow, Automatic differentiation and gradient tape: z = (x²)² at 3."""
    text = "input: {x: 3}\nvalues: {y: x*x, z: y*y}"
    _holds(text, dz_dx=("108.0", 4 * 3**3))
    _holds(text + "\nminimize: y", dy_dx=("6.0", 2 * 3))


def test_a_square_of_a_cube_where_one_gradient_is_wrong():
    """A question about that tape (fatal001.com): of y = x³ it gives dy/dx = 6.0; it is 27."""
    text = "input: {x: 3}\nvalues: {y: x*x*x, z: y*y}"
    _holds(text, dz_dx=("1458.0", 6 * 3**5))
    (slope,) = _found(text + "\nminimize: y", "dy_dx")
    close(slope, 3 * 3**2)
    _wrong(slope, "6.0")


def test_the_square_of_a_sum():
    """TensorFlow, the same tutorial: the square of the sum of four ones."""
    text = "input: {x: [[1, 1], [1, 1]]}\nvalues: {y: sum(x), z: y*y}"
    _holds(text, y=("4.0", 4), z=("16.0", 4**2), dz_dy=("8.0", 2 * 4))
    _holds(text, dz_dx=([["8.", "8."], ["8.", "8."]], [[8, 8], [8, 8]]))


def test_a_sum_of_logistic_functions():
    """sum_logistic of JAX, of 0 … 5 (gist of mwitiderrick); printed in single precision."""
    text = "input: {x: [0, 1, 2, 3, 4, 5]}\nvalues: {s: sum(1/(1 + exp(-x)))}"
    digits = ["0.25", "0.19661194", "0.10499357", "0.04517666", "0.01766271", "0.00664806"]
    slopes = _found(text, *(f"ds_dx{i}" for i in range(1, 7)))
    close(slopes, [exp(-x) / (1 + exp(-x)) ** 2 for x in range(6)])
    printed(slopes, digits, units=3)


ONE_FUNCTION = [
    # JAX, Automatic differentiation, 1: the derivative of tanh at 2; single precision.
    ("tanh(x)", {"x": 2}, {"x": "0.0706508"}, {"x": 1 - tanh(2) ** 2}),
    # JAX, the same page in a notebook (k-karna): x³ + 2x² - 3x + 1 at 1.
    ("x**3 + 2*x**2 - 3*x + 1", {"x": 1}, {"x": "4.0"}, {"x": 3 + 4 - 3}),
    # Getting started with JAX (apxml.com), computing gradients: 3x² + 2x + 5 at 4.
    ("3 * x**2 + 2 * x + 5", {"x": 4}, {"x": "26.0"}, {"x": 6 * 4 + 2}),
    # Calculus & Optimization (bitavox.com), exercise 3: x²y + y³ at (2, 1).
    ("x²y + y³", {"x": 2, "y": 1}, {"x": "4", "y": "7"}, {"x": 4, "y": 4 + 3}),
    # Gradient calculation (wuxyel123), by differences: x²y + e^(xy) at (1, 2).
    (
        "x^2 * y + e^(x y)",
        {"x": 1, "y": 2},
        {"x": "18.7781122", "y": "8.3890561"},
        {"x": 4 + 2 * e**2, "y": 1 + e**2},
    ),
    # Forward and backward by hand (cosmological01): W·x + b, then a sigmoid.
    (
        "W x + b",
        {"W": 3, "x": 2, "b": 1},
        {"W": "2.0", "x": "3.0", "b": "1"},
        {"W": 2, "x": 3, "b": 1},
    ),
    ("sigmoid(z)", {"z": 1.2}, {"z": "0.17789444064681"}, {"z": exp(-1.2) / (1 + exp(-1.2)) ** 2}),
    # Deep Learning from Scratch, x₀² + x₁² at (3, 4), by differences (readers' notes).
    ("x0^2 + x1^2", {"x0": 3, "x1": 4}, {"x0": "6.0000", "x1": "8.0000"}, {"x0": 6, "x1": 8}),
]


@pytest.mark.parametrize(("formula", "at", "digits", "true"), ONE_FUNCTION)
def test_one_function_at_one_point(formula: str, at: Any, digits: Any, true: Any):
    """Derivatives that lecture pages print; the source is said above each."""
    text = f"input: {at}\nvalues:\n  f: {formula}".replace("'", "")
    _holds(text, **{f"df_d{name}": (digits[name], true[name]) for name in at})


# --- uphill and downhill --------------------------------------------------------------------------

DOWNHILL = [
    # Gradient descent with momentum from scratch (Machine Learning Mastery), its plain descent.
    ("x^2", 0.1, {"x": 0.9340596780273533}, {"x": "0.74724774"}, {"x": 0.8 * 0.9340596780273533}),
    # An examination (groot.forestry.md): 2x² + 4x + 2, η = 0.1, x₀ = 5; both steps.
    ("2x^2 + 4x + 2", 0.1, {"x": 5}, {"x": "2.6"}, {"x": 5 - 0.1 * 24}),
    ("2x^2 + 4x + 2", 0.1, {"x": 2.6}, {"x": "1.16"}, {"x": 2.6 - 0.1 * 14.4}),
    # A homework (studyx.ai 102560359): x² + 2x + 1 from 0.
    ("x^2 + 2x + 1", 0.1, {"x": 0}, {"x": "-0.2"}, {"x": -0.1 * 2}),
    # Data Science Projects with Python: the gradient 2x - 2 at 4.5, learning rate 0.75.
    ("x^2 - 2x", 0.75, {"x": 4.5}, {"x": "-0.75"}, {"x": 4.5 - 0.75 * 7}),
    # A lesson on gradient descent (in Nemotron-CC-Math): 2x² + 2y² + 2xy - 6x, first three steps.
    *(
        (
            "2x^2 + 2y^2 + 2x*y - 6x",
            0.1,
            {"x": x, "y": y},
            {"x": by_x, "y": by_y},
            {"x": x - 0.1 * (4 * x + 2 * y - 6), "y": y - 0.1 * (4 * y + 2 * x)},
        )
        for x, y, by_x, by_y in [
            (0, 0, "0.6", "0.0"),
            (0.6, 0, "0.96", "-0.12"),
            (0.96, -0.12, "1.2", "-0.26"),
        ]
    ),
]


@pytest.mark.parametrize(("formula", "rate", "at", "digits", "true"), DOWNHILL)
def test_one_step_downhill(formula: str, rate: float, at: Any, digits: Any, true: Any):
    """Steps of gradient descent that are printed; the source is said above each."""
    text = f"learned: {at}\nvalues: {{f: {formula}}}".replace("'", "")
    text += f"\noptimizer: {{sgd: {{learning_rate: {rate}}}}}"
    _holds(text, **{f"{name}_new": (digits[name], true[name]) for name in at})


def _uphill(formula: str, rate: float, **at: float) -> str:
    numbers = ", ".join(f"{name}: {number}" for name, number in at.items())
    step = f"{{sgd: {{learning_rate: {rate}, form: ascend}}}}"
    return f"learned: {{{numbers}}}\nvalues: {{f: {formula}}}\noptimizer: {step}"


def test_steepest_ascent_where_the_second_step_is_wrong():
    """Calculus: Early Transcendental Functions 12.4, 32 (vaia.com): x·y² - x² - y from (1, 0).

    The second step takes -0.01 for (-0.1)² and 0.217 for 0.216: it is (0.641, -0.216), not (0.638, -0.217).
    """
    formula = "x*y^2 - x^2 - y"
    _holds(_uphill(formula, 0.1, x=1, y=0), x_new=("0.8", 1 - 0.2), y_new=("-0.1", -0.1))

    x, y = _found(_uphill(formula, 0.1, x=0.8, y=-0.1), "x_new", "y_new")
    close([x, y], [0.8 + 0.1 * (0.1**2 - 1.6), -0.1 + 0.1 * (2 * 0.8 * -0.1 - 1)])
    printed([x, y], ["0.641", "-0.216"])
    _wrong(x, "0.6380")
    _wrong(y, "-0.2170")


def test_the_gradient_method_for_a_maximum():
    """Question 1199331 (algebra.com): 54y - (5x² + 9y²) + 70x - 319 from (8, 5) with λ = 0.08.

    The first point is said to be right; for the second the asker's (-2.40032, 37.2096) is said to be wrong.
    """
    formula = "54y - (5x^2 + 9y^2) + 70x - 319"
    first = _uphill(formula, 0.08, x=8, y=5)
    _holds(first, x_new=("7.2", 8 + 0.08 * (70 - 80)), y_new=("2.12", 5 + 0.08 * (54 - 90)))
    close(_found(first, "f"), 54 * 5 - (5 * 8**2 + 9 * 5**2) + 70 * 8 - 319)

    second = _found(_uphill(formula, 0.08, x=7.2, y=2.12), "x_new", "y_new")
    close(second, [7.2 + 0.08 * (70 - 72), 2.12 + 0.08 * (54 - 18 * 2.12)])
    _wrong(second[0], "-2.40032")
    _wrong(second[1], "37.2096")


def test_a_crazy_step_uphill_where_the_output_is_wrong():
    """Hacker's guide to Neural Networks (A. Karpathy): x·y at (-2, 3), a step of 1.0 gives -1; it is 1."""
    text = _uphill("x*y", 1.0, x=-2, y=3)
    _holds(text, f=("-6", -6), df_dx=("3", 3), df_dy=("-2", -2))
    (after,) = _found(text, "f_new")
    close(after, (-2 + 3) * (3 - 2))
    _wrong(after, "-1.0")


# --- neurons and networks as formulas -------------------------------------------------------------


def test_logistic_regression_where_a_cost_is_wrong():
    """Logistic Regression, Gradient Descent, Example (Scribd 827701831): w = 0.2, b = 0.1.

    The cost of sample 4, -log(1 - 0.6682), is printed as 1.1015; it is 1.1032.
    """
    text = """
    samples:
      - {input: {x: 0.5}, target: 1}
      - {input: {x: 2.0}, target: 1}
      - {input: {x: 3.0}, target: 0}
    learned: {w: 0.2, b: 0.1}
    values:
      z: w x + b
      p: σ(z)
      BCE: -(t ln(p) + (1 - t) ln(1 - p))
    """
    _holds(text, z__1=("0.2", 0.2), z__2=("0.5", 0.5), z__3=("0.7", 0.7))
    _holds(text, p__1=("0.5498", 1 / (1 + exp(-0.2))), p__3=("0.6682", 1 / (1 + exp(-0.7))))
    _holds(text, p__2=("0.6225", 1 / (1 + exp(-0.5))), BCE__2=("0.4741", log(1 + exp(-0.5))))

    (cost,) = _found(text, "BCE@3")
    close(cost, log(1 + exp(0.7)))
    printed(cost, "1.1032")
    _wrong(cost, "1.1015")

    x, y = np.array([0.5, 2, 3]), np.array([1, 1, 0])
    off = sigmoid(0.2 * x + 0.1) - y
    close(_found(text, "dBCE_dw", "dBCE_db"), [(off * x).mean(), off.mean()])


def test_a_sigmoid_neuron_with_squared_errors():
    """A notebook of gradient descent (dhamu2908): four points, w = -1, b = -2, η = 0.5; first epoch."""
    x, y = [0.3, 1.7, 2.8, 3.5], [0.1, 0.8, 0.9, 0.95]
    samples = ", ".join(f"{{input: {{x: {a}}}, target: {b}}}" for a, b in zip(x, y, strict=True))
    text = f"""
    samples: [{samples}]
    learned: {{w: -1, b: -2}}
    values: {{f: sigmoid(w x + b), E: (f - t)^2/2}}
    batch: sum
    optimizer: {{sgd: {{learning_rate: 0.5}}}}
    """
    points, targets = np.array(x), np.array(y)
    f = sigmoid(-points - 2)
    slope = (f - targets) * f * (1 - f)
    w, b = -1 - 0.5 * (slope * points).sum(), -2 - 0.5 * slope.sum()
    _holds(text, w_new=("-0.96754", w), b_new=("-1.98497", b))
    (after,) = _found(text, "E_new")
    printed(2 * after / 4, "0.57172")
    close(after, ((sigmoid(w * points + b) - targets) ** 2).sum() / 2)


def test_one_step_of_linear_regression():
    """One step of gradient descent (wuxyel123): y = 0.5x on four points, η = 0.01."""
    text = """
    input: {x: [1, 2, 3, 4], y: [2.3, 4.1, 5.9, 8.2]}
    learned: {w: 0.5, b: 0}
    values: {error: w x + b - y, L: mean(error^2)}
    optimizer: {sgd: {learning_rate: 0.01}}
    """
    off = [0.5 * x - y for x, y in zip([1, 2, 3, 4], [2.3, 4.1, 5.9, 8.2], strict=True)]
    step = 0.01 * 2 / 4
    w = 0.5 - step * sum(x * o for x, o in zip([1, 2, 3, 4], off, strict=True))
    _holds(text, w_new=("0.73", w), b_new=("0.0775", -step * sum(off)))


def test_a_single_neuron_with_backpropagation():
    """Deep-ML 25, single neuron with backpropagation: the errors before and after the first epoch."""
    text = """
    samples:
      - {input: {x: [1, 2]}, target: 1}
      - {input: {x: [2, 1]}, target: 0}
      - {input: {x: [-1, -2]}, target: 0}
    learned: {w: [0.1, -0.2], b: 0}
    values:
      p: σ(dot(w, x) + b)
      L: (p - t)^2
    optimizer: {sgd: {learning_rate: 0.1}}
    """
    X, y = np.array([[1, 2], [2, 1], [-1, -2]]), np.array([1, 0, 0])
    w = np.array([0.1, -0.2])
    p = sigmoid(X @ w)
    slope = 2 * (p - y) * p * (1 - p) / 3
    w, b = w - 0.1 * slope @ X, -0.1 * slope.sum()
    after = ((sigmoid(X @ w + b) - y) ** 2).mean()
    _holds(text, L=("0.3033", ((p - y) ** 2).mean()), L_new=("0.2942", after))
    close(_found(text, "w1_new", "w2_new", "b_new"), [*w, b])


def test_logistic_regression_with_ten_samples():
    """Deep-ML 106, train logistic regression, first test: the summed losses before and after a step."""
    rows = [
        [0.7674, -0.2341, -0.2341, 1.5792],
        [-1.4123, 0.3142, -1.0128, -0.908],
        [-0.4657, 0.5425, -0.4694, -0.4634],
        [-0.5622, -1.9132, 0.2419, -1.7249],
        [-1.4247, -0.2257, 1.4656, 0.0675],
        [1.8522, -0.2916, -0.6006, -0.6017],
        [0.3756, 0.1109, -0.5443, -1.1509],
        [0.1968, -1.9596, 0.2088, -1.3281],
        [1.523, -0.1382, 0.4967, 0.6476],
        [-1.2208, -1.0577, -0.0134, 0.8225],
    ]
    labels = [1, 0, 0, 0, 1, 1, 0, 0, 1, 0]
    samples = "".join(
        f"\n  - {{input: {{x: {row}}}, target: {label}}}"
        for row, label in zip(rows, labels, strict=True)
    )
    text = f"""
samples:{samples}
learned: {{w: [0, 0, 0, 0], b: 0}}
values:
  p: σ(dot(w, x) + b)
  L: -t ln(p) - (1 - t) ln(1 - p)
batch: sum
optimizer: {{sgd: {{learning_rate: 0.001}}}}
"""
    X, y = np.array(rows), np.array(labels)
    w, b = -0.001 * (0.5 - y) @ X, -0.001 * (0.5 - y).sum()
    p = sigmoid(X @ w + b)
    after = -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum()
    _holds(text, L=("6.9315", 10 * log(2)), L_new=("6.9075", after))


def test_a_network_of_two_relus():
    """Backpropagation exactly (egtry.com), the gradient-annotated graph: one live branch, one blocked."""
    text = """
    input: {x1: 1, x2: 2}
    target: 3
    learned: {w11: 1, w12: 1, b1: -1, w21: 1, w22: -1, b2: 0, v1: 1, v2: 1, c: 0}
    values:
      z1: w11*x1 + w12*x2 + b1
      z2: w21*x1 + w22*x2 + b2
      h1: relu(z1)
      h2: relu(z2)
      y: v1*h1 + v2*h2 + c
      L: (y - t)^2
    """
    _holds(text, z1=("2", 2), z2=("-1", -1), h1=("2", 2), h2=("0", 0), y=("2", 2), L=("1", 1))
    slope = 2 * (2 - 3)
    _holds(text, dL_dy=("-2", slope), dL_dh1=("-2", slope), dL_dh2=("-2", slope))
    _holds(text, dL_dz1=("-2", slope), dL_dz2=("0", 0), dL_dv1=("-4", slope * 2), dL_dv2=("0", 0))
    _holds(text, dL_dw11=("-2", slope), dL_dw12=("-4", slope * 2), dL_db1=("-2", slope))
    _holds(text, dL_dw21=("0", 0), dL_dw22=("0", 0), dL_db2=("0", 0), dL_dc=("-2", slope))
    _holds(text, dL_dx1=("-2", slope), dL_dx2=("-2", slope))


def test_a_network_of_three_sigmoids():
    """Backpropagation solved step by step (primelearnpoint.com); the weights that reach h₁ are equal."""
    text = """
    input: {x1: 0.35, x2: 0.7}
    target: 1
    learned: {w11: 0.2, w21: 0.2, w12: 0.3, w22: 0.3, w13: 0.3, w23: 0.9}
    values:
      h1: σ(w11*x1 + w21*x2)
      h2: σ(w12*x1 + w22*x2)
      z: w13*h1 + w23*h2
      o: σ(z)
      L: 1/2 (o - t)^2
    """
    h1, h2 = 1 / (1 + exp(-0.21)), 1 / (1 + exp(-0.315))
    z = 0.3 * h1 + 0.9 * h2
    o = 1 / (1 + exp(-z))
    _holds(text, h1=("0.5523", h1), h2=("0.5781", h2), z=("0.6860", z), o=("0.6651", o))
    _holds(text, L=("0.0561", (o - 1) ** 2 / 2))
    close(_found(text, "dL_dw23"), (o - 1) * o * (1 - o) * h2)
    close(_found(text, "dL_dw12"), (o - 1) * o * (1 - o) * 0.9 * h2 * (1 - h2) * 0.35)


TANH = "(e^z - e^(-z))/(e^z + e^(-z))"
IN_LAYERS = f"""
input: [0.5, -0.2]
layers:
  - dense: {{name: h, weights: [[0.3, -0.1], [0.2, 0.4]], bias: [0.1, -0.2], activation: {{formula: "{TANH}"}}}}
  - dense: {{name: y, weights: [[0.5, -0.3]], bias: 0.2, activation: {{formula: "{TANH}"}}}}
target: 1
loss: {{formula: "(t - o)^2"}}
"""
IN_VALUES = """
input: {x: [0.5, -0.2]}
target: 1
learned: {W1: [[0.3, -0.1], [0.2, 0.4]], b1: [0.1, -0.2], W2: [0.5, -0.3], b2: 0.2}
values:
  z: W1 @ x + b1
  h: tanh(z)
  u: W2 @ h + b2
  y: tanh(u)
  L: (t - y)^2
"""


@pytest.mark.parametrize(
    ("text", "keys", "by_weights"),
    [
        pytest.param(
            IN_LAYERS,
            "h1_in h2_in h1_out h2_out y1_in y1_out E dE_dy1_out dE_dy1_in",
            "dE_dw5 dE_dw6 dE_db3 dE_dw1 dE_dw2 dE_dw3 dE_dw4 dE_db1 dE_db2",
            id="activation and loss",
        ),
        pytest.param(
            IN_VALUES,
            "z h u y L dL_dy dL_du",
            "dL_dW2 dL_db2 dL_dW1 dL_db1",
            id="values",
        ),
    ],
)
def test_a_tanh_network_written_out(text: str, keys: str, by_weights: str):
    """Neural Networks (DeLucca990), exercise 1, manual calculation of MLP steps: ten decimals."""
    W, b, v = np.array([[0.3, -0.1], [0.2, 0.4]]), np.array([0.1, -0.2]), np.array([0.5, -0.3])
    z = W @ [0.5, -0.2] + b
    h = np.tanh(z)
    u = v @ h + 0.2
    y = np.tanh(u)
    by_y = 2 * (y - 1)
    found = np.hstack(_found(text, *keys.split()))
    close(found, [*z, *h, u, y, (1 - y) ** 2, by_y, by_y * (1 - y**2)])
    digits = ["0.270000", "-0.180000", "0.2636248355", "-0.1780808681", "0.3852366782"]
    digits += ["0.3672465626", "0.4003769125", "-1.2655068747", "-1.0948279147"]
    printed(found, digits, units=1)

    by_u = by_y * (1 - y**2)
    by_z = by_u * v * (1 - h**2)
    true = [*by_u * h, by_u, *np.outer(by_z, [0.5, -0.2]).ravel(), *by_z]
    close(np.hstack([np.ravel(found) for found in _found(text, *by_weights.split())]), true)


def test_cross_entropy_of_equal_scores():
    """Cross-entropy gradient (prof.lexailabs.com), example 1: equal scores, the second class, from 1 here."""
    text = "input: {z: [0, 0, 0]}\nvalues:\n  L: -log(softmax(z)[2])"
    _holds(text, dL_dz1=("0.333", 1 / 3), dL_dz2=("-0.667", 1 / 3 - 1), dL_dz3=("0.333", 1 / 3))
    close(_found(text, "L"), log(3))


def test_a_sine_and_a_logarithm_by_their_branches():
    """YOLO-final (noamsw), How automatic differentiation works: both outputs by their printed formulas.

    The page prints formulas only, u₂ = x² and ∂f₂/∂x = y·x²/(xy + 1) + 2x·ln(1 + xy); at (1, 2) here.
    """
    for formula, by_x, by_y in [
        ("x^2 * ln(1 + x y)", 2 * 1 / 3 + 2 * log(3), 1 / 3),
        ("x^2 * sin(x y + pi/2)", 2 * sin(2 + pi / 2) + 2 * cos(2 + pi / 2), cos(2 + pi / 2)),
    ]:
        text = f"input: {{x: 1, y: 2}}\nvalues:\n  f: {formula}\ngates: true"
        close(_found(text, "df_dx", "df_dy"), [by_x, by_y])
