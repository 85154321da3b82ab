"""Formulas of one's own: values, gates, graphs, differences, and the same numbers as built-in layers give."""

import math
import re
import warnings
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import handcalc
from handcalc.errors import HandcalcError
from handcalc.formats import write
from handcalc.library import folder
from handcalc.problem import parse
from support import answers, page, solution

CIRCUIT = """input: {x: -2, y: 5, z: -4}
values:
  q: x + y
  f: q * z
"""


def _shipped(name: str) -> str:
    return (folder() / f"{name}.yaml").read_text("utf-8")


def _refused(text: str) -> str:
    with pytest.raises(HandcalcError) as caught:
        handcalc.solve(parse(text))
    return str(caught.value)


# --- what ships, against numbers of its own ----------------------------------------------------------


def test_the_circuit_of_the_notes_has_their_numbers_on_every_wire():
    """CS231n, optimization-2: the figure with two decimals at every gate."""
    found = handcalc.solve("sigmoid-circuit").answers
    printed = {
        "f_4": "1.00", "f_6": "0.37", "f_7": "1.37", "f": "0.73", "df_df_7": "-0.53", "df_df_6": "-0.53",
        "df_df_5": "-0.20", "df_df_4": "0.20", "df_dw0": "-0.20", "df_dw1": "-0.39", "df_dw2": "0.20",
        "df_dx0": "0.39", "df_dx1": "-0.59",
    }  # fmt: skip

    assert {key: f"{float(found[key].shown):.2f}" for key in printed} == printed
    s = 1 / (1 + math.exp(-1))
    assert found["df_dw1"].value == pytest.approx(-2 * s * (1 - s), rel=1e-14)


def test_the_expression_of_micrograd_has_the_numbers_of_its_readme():
    found = handcalc.solve("micrograd-expression").answers

    assert [f"{found[key].value:.4f}" for key in ("g", "dg_da", "dg_db")] == [
        "24.7041",
        "138.8338",
        "645.5773",
    ]


def test_logistic_regression_as_formulas_is_the_dense_network():
    dense = answers(
        solution(
            """samples: [{input: [1, 2], target: [1]}, {input: [-1, 0.5], target: [0]}]
layers: [{dense: {name: p, weights: [[0.5, -0.3]], bias: 0.1, activation: sigmoid}}]
loss: binary_crossentropy
optimizer: {sgd: {learning_rate: 0.1}}
"""
        )
    )
    found = answers(solution(_shipped("logistic-regression")))
    pairs = {"L": "E", "L@2": "E@2", "dL_dw1": "dE_dw1", "dL_dw2": "dE_dw2", "w2_new": "w2_new", "L_new": "E_new"}  # fmt: skip

    for own, other in pairs.items():
        assert found[own] == pytest.approx(dense[other], rel=1e-14), own
    assert found["dL_db"] == pytest.approx(dense["dE_db1"], rel=1e-14)


def test_one_step_down_a_cubic():
    found = answers(solution(_shipped("descent-of-a-cubic")))

    assert found["df_dx"] == 3 * 4**2 - 6 * 4
    assert found["x_new"] == pytest.approx(4 - 0.1 * 24, rel=1e-15)
    assert found["f_new"] == pytest.approx(1.6**3 - 3 * 1.6**2 + 2, rel=1e-14)
    assert found["difference_x"] == pytest.approx(((4.1**3 - 3 * 4.1**2 + 2) - 18) / 0.1, rel=1e-12)


# --- what a file of values can say -------------------------------------------------------------------


def test_gates_change_the_steps_and_not_the_numbers():
    formulas = "values: {f: 'sin(x*y)/(1 + exp(-x)) + max(x, y)^2'}"
    text = f"input: {{x: 0.7, y: -1.2}}\n{formulas}\n"
    whole, apart = answers(solution(text)), answers(solution(text + "gates: true\n"))

    assert {k: pytest.approx(v, rel=1e-13) for k, v in whole.items()} == {
        k: apart[k] for k in whole
    }
    assert len(apart) > len(whole) + 8


def test_what_only_learned_numbers_make_belongs_to_no_sample():
    """F = (w·x - t)² + 0.1·w² over two samples: the mean of both, with the gradient of the mean."""
    found = answers(
        solution(
            """samples: [{input: {x: 1}, target: 2}, {input: {x: 3}, target: 1}]
learned: {w: 0.5}
values:
  r: 0.1*w^2
  f: (w*x - t)^2 + r
"""
        )
    )

    losses = [(0.5 - 2) ** 2 + 0.025, (1.5 - 1) ** 2 + 0.025]
    assert found["f"] == pytest.approx(sum(losses) / 2, rel=1e-14)
    assert found["df_dw"] == pytest.approx((2 * -1.5 + 2 * 0.5 * 3) / 2 + 0.1, rel=1e-14)


def test_a_value_in_the_middle_can_be_differentiated():
    text = "input: {x: 3}\nvalues: {f: x^2, g: 5*f}\n"

    assert answers(solution(text + "minimize: f\n"))["df_dx"] == 6
    assert answers(solution(text + "loss: f\n"))["df_dx"] == 6
    assert answers(solution(text))["dg_dx"] == 30


def test_names_can_be_greek_and_are_typed_in_ascii():
    text = "input: {α: 2}\nlearned: {θ: [1, 3]}\nvalues: {δ: θ₁·α² + θ₂}\n"
    found = answers(solution(text))

    assert (found["delta"], found["ddelta_dtheta1"], found["ddelta_dtheta2"]) == (7, 4, 1)
    assert "δ = θ1·α² + θ2 = 1·2² + 3 = 7" in page(text)
    assert "delta = theta1*alpha^2 + theta2" in write(solution(text), "terminal", ascii=True)


def test_without_numbers_the_page_is_in_symbols():
    shown = page("input: [x, y]\nvalues: {q: x + y, f: q*y^2}\n")

    assert "∂f/∂q = y²" in shown
    assert "2·q·y" in shown


def test_each_slope_is_derived_rule_by_rule():
    shown = page("input: {x: 2}\nvalues: {f: x^2*exp(x)}\n", "full")

    assert "product rule: u'v + uv'" in shown
    assert "sympy differentiates the definition to x**2*exp(x) + 2*x*exp(x)" in shown


def test_a_power_of_two_moving_numbers_has_both_slopes():
    """x^y at (2, 3): y·x^(y - 1) = 12 and x^y·ln x."""
    found = answers(solution("input: {x: 2, y: 3}\nvalues: {f: x^y}\n"))

    assert found["df_dx"] == pytest.approx(12, rel=1e-14)
    assert found["df_dy"] == pytest.approx(8 * math.log(2), rel=1e-14)


NEURON = """input: [1, -2]
learned: {W: [[0.5, -0.3]], b: 0.1}
values: {a: sigmoid(W @ x + b), L: "sum((a - t)^2)"}
target: 1
"""


def test_a_gate_is_not_called_like_a_cell():
    """Each symbol on the left of an equation of the forward pass stands there once."""
    shown = page(NEURON + "gates: true\n")
    forward = shown[shown.index("1  Forward pass") : shown.index("2  Gradients")]
    lefts = re.findall(r"^ +(\S+) += ", forward, re.MULTILINE)

    assert lefts == ["a_g1", "a_g2", "a₁", "L_g1", "L"]
    assert len(set(re.findall(r"^2\.\d+ +(∂L/∂\S+)", shown, re.MULTILINE))) == 6
    clashing = "input: {f1: 2, y: 3}\nvalues: {f: f1*y + y}\ngates: true\n"
    assert "f_g1 = f1·y" in page(clashing)


def test_a_gate_is_typed_as_its_key_or_as_the_page_writes_it():
    problem = parse(NEURON + "gates: true\n")
    summed = 0.5 * 1 + -0.3 * -2

    for typed in ("a_1", "a_g1"):
        assert handcalc.check(problem, {typed: f"{summed}"}).marks == 1, typed


def test_the_sum_of_a_single_number_is_no_gate_and_passes_nothing_on():
    shown = page(NEURON + "gates: true\n")

    assert "L    = L_g1²" in shown
    assert "every one of its terms" not in shown + page(NEURON)
    assert "every one of its terms" in page("input: [1, 2]\nvalues: {h: exp(x), L: sum(h)}\n")


# --- in networks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("{formula: 'ln(1 + e^z)'}", "softplus"),
        ("{formula: 'z/(1 + |z|)'}", "softsign"),
        ("{formula: 'where(z > 0, z, 0.01z)'}", "leaky_relu"),
        ("{formula: 'z * sigmoid(z)'}", "silu"),
    ],
)
def test_an_activation_as_typed_is_the_one_with_a_name(typed, word):
    net = """input: [0.4, -1.1]
layers: [{{dense: {{name: h, weights: [[0.5, 1], [-0.3, 0.8]], bias: 0.2, activation: {0}}}}}, {{dense: {{name: o, weights: [[1, -2]]}}}}]
target: [0.3]
loss: {{mean_squared_error: {{factor: half_sum}}}}
optimizer: {{sgd: {{learning_rate: 0.1}}}}
"""
    typed_answers, named = answers(solution(net.format(typed))), answers(solution(net.format(word)))

    assert {k: typed_answers[k] for k in named} == {
        k: pytest.approx(v, rel=1e-12) for k, v in named.items()
    }


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("{formula: 'sum((o - t)^2)/2'}", "{mean_squared_error: {factor: half_sum}}"),
        ("{formula: 'mean(|o - t|)'}", "mean_absolute_error"),
        ("{formula: '-mean(t*ln(o) + (1 - t)*ln(1 - o))'}", "binary_crossentropy"),
    ],
)
def test_a_loss_as_typed_is_the_one_with_a_name(typed, word):
    net = """input: [0.4, -1.1]
layers: [{{dense: {{name: o, weights: [[0.5, 1], [-0.3, 0.8]], bias: 0.2, activation: sigmoid}}}}]
target: [0.3, 0.9]
loss: {0}
"""
    typed_answers, named = answers(solution(net.format(typed))), answers(solution(net.format(word)))

    assert all(
        typed_answers[k] == pytest.approx(v, rel=1e-12)
        for k, v in named.items()
        if k in typed_answers
    )
    assert {"E", "dE_dw1"} <= typed_answers.keys()


def test_a_formula_among_layers_names_what_it_receives_and_earlier_layers():
    net = """input: [0.5, -1]
layers:
  - dense: {name: h, weights: [[1, 2], [0.5, -1]], activation: relu}
  - formula: x * sum(x) + h2_out
output_gradient: [1, 0]
"""
    found = answers(solution(net))

    # h = (0, 1.25): y1 = 0·1.25 + 1.25; ∂y1/∂h1 = 1.25 + 0, ∂y1/∂h2 = 0 + 1.
    assert found["formula1"] == [1.25, 1.25 * 1.25 + 1.25]
    assert (found["dE_dh1_out"], found["dE_dh2_out"]) == (1.25, 1)


# --- the page ----------------------------------------------------------------------------------------


def test_the_graph_is_a_tree_with_values_and_gradients():
    tree = page(CIRCUIT)[page(CIRCUIT).index("The graph") :]

    assert re.search(r"f = q·z +-12 +1\n", tree)
    assert re.search(r"├─ q = x \+ y +3 +-4 +-4\n", tree)
    assert re.search(r"└─ z +-4 +3 +3\n", tree)


def test_the_drawing_is_well_formed_and_holds_every_number():
    drawn = write(solution(CIRCUIT), "svg")
    texts = [node.text for node in ET.fromstring(drawn).iter() if node.tag.endswith("text")]

    assert {"q = x + y", "f = q·z", "x", "y", "z", "-12", "3", "-4", "5", "-2", "1"} <= set(texts)
    assert "<svg" in write(solution(CIRCUIT), "html")


def test_a_file_without_formulas_has_no_drawing():
    with pytest.raises(HandcalcError, match="draws no graph"):
        write(handcalc.solve("net-2-2-2"), "svg")


def test_a_critical_point_is_said_and_a_corner_is_none():
    assert "this is a critical point of f" in page("input: {x: 2}\nvalues: {f: x^3 - 3x^2}\n")
    corner = page("input: {x: 4}\nvalues: {f: '|x - 4| + 3'}\n")
    assert "critical point" not in corner
    assert "f has a corner at x = 4" in corner
    assert "critical" not in page("input: {x: 1}\nvalues: {f: x^3 - 3x^2}\n")


@pytest.mark.parametrize(
    ("x", "formula"),
    [("40", "sigmoid(x)"), ("25", "tanh(x)"), ("1000", "exp(-x)"), ("1e9", "sqrt(x^2 + 1) - x")],
)
def test_a_slope_too_small_for_floats_is_no_critical_point(x, formula):
    """None of these functions has a point where its slope is 0."""
    shown = page(f"learned: {{x: {x}}}\nvalues: {{f: {formula}}}\n")

    assert "this is a critical point" not in shown
    assert "∂f/∂x is not 0, only too small to be shown" in shown


def test_a_slope_of_zero_at_pi_is_exactly_zero():
    assert "this is a critical point" in page("input: {x: pi/2}\nvalues: {f: sin(x)}\n")
    assert "this is a critical point" in page("input: {x: pi}\nvalues: {f: cos(x)}\n")


@pytest.mark.parametrize(
    ("given", "formula", "said"),
    [
        ("{x: 0}", "relu(x^2)", ""),
        ("{x: 1}", "max(x, x) + x", ""),
        ("{x: 2}", "where(x > 2, 3x, 3x)", ""),
        ("{x: 2}", "where(x > 2, 3x, 4x - 2)", "f has a corner at x = 2: to either side of it ∂f/∂x is another one"),
        ("{x: 0, z: 0}", "max(x, z)", "f has a corner at x = 0 and z = 0: to either side of it ∂f/∂x and ∂f/∂z are others"),
        ("{x: 0}", "|x| + step(x)", "f jumps at x = 0, where it has no slope"),
        ("{x: 0}", "sign(x)", "f jumps at x = 0"),
        ("{y: 0, c: 2}", "where(y > 0, c, c^2)", "f jumps at y = 0"),
        ("{y: 0, c: 1}", "where(y > 0, c, c^2)", ""),
    ],
)  # fmt: skip
def test_a_corner_or_a_jump_is_said_where_there_is_one(given, formula, said):
    """Where both sides meet with one slope, as of max(0, x²), there is neither."""
    shown = page(f"input: {given}\nvalues: {{f: '{formula}'}}\n")

    assert said in shown
    assert said or not re.search(r"has a corner at|jumps at", shown)


def test_a_corner_on_the_way_can_lead_to_a_smooth_value():
    """|x|² is x², with a minimum at 0; min(|x|, |y|) is not flat between its axes."""
    shown = page("input: {x: 0}\nvalues: {a: abs(x), f: a^2}\n")

    assert "a has a corner at x = 0" in shown
    assert "this is a critical point of f" in shown
    beside = page("input: {x: 0, y: 0}\nvalues: {a: abs(x), b: abs(y), f: 'min(a, b)'}\n")
    assert "critical" not in beside


def test_functions_with_cases_are_written_by_name():
    shown = page("input: {s: 0, c: 0.5, y: 2}\nvalues: {f: 'y + sign(s) + step(c)*y'}\n")

    assert "f = y + sign(s) + step(c)·y = 2 + 0 + 1·2 = 4   as s = 0; as 0.5 is above 0" in shown
    in_letters = page("input: [s, c]\nvalues: {f: 'c*sign(s)'}\n")
    assert re.search(r"∂f/∂s = 0\n", in_letters)


def test_what_goes_into_the_last_value_twice_has_both_paths():
    """F = y + x² with y = 2x: 2 through y, and 2x directly."""
    text = "input: {x: 1}\nvalues: {y: 2x, f: y + x^2}\n"

    assert answers(solution(text))["df_dx"] == 4
    assert "∂f/∂x = ∂f/∂y·∂y/∂x + 2·x" in page(text)


def test_central_differences_go_to_both_sides():
    found = answers(
        solution("input: {x: 1}\nvalues: {f: x^3}\nfinite_difference: {h: 0.5, form: central}\n")
    )

    assert found["f_x_plus_h"] == pytest.approx(1.5**3, rel=1e-15)
    assert found["f_x_minus_h"] == pytest.approx(0.5**3, rel=1e-15)
    assert found["difference_x"] == pytest.approx(1.5**3 - 0.5**3, rel=1e-15)


@pytest.mark.parametrize("samples", [False, True])
def test_differences_of_a_matrix_have_keys_of_their_own(samples):
    """ΔL/2h by each W is near ∂L/∂W, and W itself is no answer."""
    text = NEURON + "finite_difference: {h: 0.01, form: central}\n"
    at = "@2" if samples else ""
    if samples:
        own = "samples: [{input: [3, 1], target: 0}, {input: [1, -2], target: 1}]\n"
        text = own + text.replace("input: [1, -2]\n", "").replace("target: 1\n", "")
    found = answers(solution(text))
    u = math.log(1 / (1 / 0.7685247834990178 - 1))
    moved = [(1 / (1 + math.exp(-u - by)) - 1) ** 2 for by in (0.01, -0.02)]

    assert "W" not in found
    assert found[f"L_W_plus_h{at}"] == [pytest.approx(moved, rel=1e-12)]
    assert found[f"difference_W{at}"] == [pytest.approx(found[f"dL_dW{at}"][0], rel=1e-3)]
    marked: Any = handcalc.check(parse(text), {f"difference_W{at}": [["-0.0824", "0.1647"]]})
    assert marked.marks == 1


@pytest.mark.parametrize("h", [Fraction(1, 10**8), Fraction(1, 10**12), Fraction(1, 10**300)])
def test_a_difference_does_not_cancel(h):
    """((2 + h)³ - 8)/h = 12 + 6h + h²; (e^(2+h) - e²)/h = e²·(1 + h/2 + …)."""
    text = "input: {{x: 2}}\nvalues: {{f: {}}}\nfinite_difference: {}\n"
    cube = answers(solution(text.format("x^3", f"{float(h)!r}")))
    power = answers(solution(text.format("exp(x)", f"{float(h)!r}")))

    assert cube["difference_x"] == pytest.approx(float(12 + 6 * h + h**2), rel=1e-15)
    assert power["difference_x"] == pytest.approx(math.exp(2) * float(1 + h / 2), rel=1e-15)


def test_the_numbers_of_a_difference_give_the_difference():
    shown = page("input: {x: 3}\nvalues: {f: x^2}\nfinite_difference: 1e-4\n")

    assert "Δf/Δx    = (f(x + h) - f)/h = (9.00060001 - 9)/1e-4 = 6.0001" in shown
    tiny = page("input: {x: 2}\nvalues: {f: x^2}\nfinite_difference: 1e-300\n")
    assert "(4 - 4)" not in tiny
    assert re.search(r"Δf/Δx +≈ 4|= \(f\(x \+ h\) - f\)/h ≈ 4", tiny)


def test_differences_of_samples_are_told_apart_and_put_together():
    """(w·x - t)² moved by 0.1 at x = 1 and 3: -2.9 and 3.9, whose mean is 0.5."""
    own = "samples: [{input: {x: 1}, target: 2}, {input: {x: 3}, target: 1}]\n"
    values = "learned: {w: 0.5}\nvalues: {q: w*x, f: (q - t)^2}\nfinite_difference: 0.1\n"
    shown = page(own + values)

    assert re.search(
        r"∂f⁽¹⁾/∂w +-2.9 +-3 +0.1\n +∂f⁽²⁾/∂w +3.9 +3 +0.9\n +∂f/∂w +0.5 +0 +0.5\n", shown
    )


def test_going_uphill_adds_the_gradient():
    text = "learned: {x: 1}\nvalues: {f: -(x - 3)^2}\noptimizer: {sgd: {learning_rate: 0.1, form: ascend}}\n"

    assert answers(solution(text))["x_new"] == pytest.approx(1.4, rel=1e-15)
    assert "f rose: from -4 to -2.56" in page(text)


@pytest.mark.parametrize(
    ("formula", "rate", "form", "said"),
    [
        ("(x - 3)^2", "-0.1", "subtract", "moves along its gradient, uphill, as the learning rate is negative"),
        ("-(x - 3)^2", "-0.1", "ascend", "moves against its gradient, downhill, as the learning rate is negative"),
        ("(x - 3)^2", "3", "subtract", "Small steps against the gradient lower it; this one was too large."),
        ("(x - 3)^2", "-3", "ascend", "f rose: from 4 to 100. Small steps against the gradient lower it"),
        ("-(x - 3)^2", "-3", "subtract", "f fell: from -4 to -100. Small steps along the gradient raise it"),
    ],
)  # fmt: skip
def test_which_way_a_step_goes_follows_from_the_sign_of_the_learning_rate(
    formula, rate, form, said
):
    text = f"learned: {{x: 1}}\nvalues: {{f: {formula}}}\n"
    text += f"optimizer: {{sgd: {{learning_rate: {rate}, form: {form}}}}}\n"

    assert said in page(text)
    assert ("too large" in page(text)) == (abs(float(rate)) > 1)


def test_the_drawing_says_what_its_numbers_are():
    texts = [n.text or "" for n in ET.fromstring(write(solution(CIRCUIT), "svg")).iter()]

    assert {"above the wire: the value", "below the wire: the gradient by it"} <= set(texts)
    in_letters = write(solution("input: [x, y]\nvalues: {q: x + y, f: q*y^2}\n"), "svg")
    assert "the wire" not in in_letters


def test_a_formula_too_long_for_its_box_is_not_left_out_in_silence():
    long = " + ".join(f"x^{n}" for n in range(2, 16))
    drawn = write(solution(f"input: {{x: 1}}\nvalues: {{q: {long}, f: 2q}}\n"), "svg")

    assert ">q = …<" in drawn


def test_a_sum_of_numbers_is_written_once():
    shown = page("input: {A: [[1, 2], [3, 4]]}\nvalues: {m: 'mean(A) + A[2,2] + max(A)'}\n")

    assert "∂m/∂A₂₂ = 1/4 + 1 + 1 = 2.25 " in shown


def test_a_brief_page_names_every_number_that_its_gradients_are_by():
    shown = page("learned: {w: 2, b: 1}\nvalues: {q: w + b, f: q^2}\n", "brief")

    assert re.search(r"\d  w, b\n", shown)


# --- marking -----------------------------------------------------------------------------------------


def test_a_sheet_asks_what_the_page_finds_and_nothing_trivial():
    keys = list(solution(CIRCUIT).answers)

    assert keys == ["q", "f", "df_dq", "df_dx", "df_dy", "df_dz"]


def test_answers_of_formulas_are_marked_and_carried_on():
    marked: Any = handcalc.check(
        parse(CIRCUIT), {"q": "7", "f": "-28", "df_dz": "7", "df_dx": "-4"}
    )

    assert marked.marks == 3


@pytest.mark.parametrize(
    ("key", "typed", "marks"),
    [("f", "(x + y)·z²", 1), ("f", "qz^2", 1), ("df_dz", "2q·z", 1), ("df_dz", "2z", 0)],
)
def test_formulas_are_answers_where_there_are_no_numbers(key, typed, marks):
    problem = parse("input: [x, y, z]\nvalues: {q: x + y, f: q*z^2}\n")

    assert handcalc.check(problem, {key: typed}).marks == marks


@pytest.mark.parametrize(
    ("formula", "x", "why"),
    [
        ("x*x/3", 1e200, "gives a number beyond 1.8e308"),
        ("x*x", 1e200, "gives a number beyond 1.8e308"),
        ("exp(x)/2", 800, "gives a number beyond 1.8e308"),
        ("x/3 + ln(x)", -1, "takes the logarithm of a number that is not above 0"),
        ("x^2/(x - 2)", 2, "divides by a number that is 0"),
        ("ln(x)/x + 1/(x - 1)", 1, "divides by a number that is 0"),
        ("-ln(1 - sigmoid(x))", 36, "takes the logarithm of 0, or of a number too near to 0"),
        ("2 + x^(-1)", 0, "takes a power that has no finite value"),
        ("1 + sqrt(x)", -1, "takes the root of a negative number"),
    ],
)
@pytest.mark.parametrize("kind", ["input", "learned"])
def test_what_has_no_value_is_said_with_the_true_reason(formula, x, why, kind):
    """1e200² = 1e400 is too large, and 3 is not 0; 1 - σ(36) = 2.3e-16 is above 0, but floats are 1e-16 apart."""
    file = f'{kind}: {{x: {x!r}}}\nvalues: {{f: "{formula}"}}\n'.replace("1e+200", "1.0e+200")
    assert f"the value 'f' {why}" in _refused(file)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("input: {x: 0}\nvalues: {f: sqrt(x)}\n", ":2:13: the value 'f' has no finite slope by x"),
        ("input: {x: 2, y: 3}\nvalues: {f: sqrt(x-2)}\n", ":2:13: the value 'f' has no finite slope by x"),
        ("input: {x: 2}\nvalues: {f: (x-2)^(1/3) + x}\n", ":2:13: the value 'f' has no finite slope by x"),
        ("input: {x: 0, y: 0}\nvalues: {q: 2x, f: q^y}\n", ":2:20: the value 'f' has no finite slope by y"),
        ("input: {x: 0}\nvalues: {q: x^0.5, f: 3q}\n", ":2:13: the value 'q' has no finite slope by x"),
        (
            "input: [1]\ntarget: [1]\nlayers: [{dense: {units: 1, weights: [[1]]}}]\nloss: {formula: sqrt(o - t)}\n",
            ":4:7: this loss has no finite slope by",
        ),
    ],
)  # fmt: skip
def test_a_slope_that_is_infinite_is_said_at_its_place(file, said):
    """By x √x has the slope 1/(2√x), ∛x the slope 1/(3∛x²), and 0^y the slope 0^y·ln 0 by y."""
    assert said in _refused(file)


@pytest.mark.parametrize(
    "file",
    [
        "input: {x: 1.0e+200}\nvalues: {f: x^2/1e200}\nfinite_difference: {h: 1.0e+250}\n",
        "input: {x: 1}\nvalues: {f: 1/(x-2)}\nfinite_difference: {h: 1}\n",
        "input: {x: 1}\nvalues: {f: 'ln(x) + max(x, 1/x)'}\nfinite_difference: {h: 1, form: central}\n",
        "input: {x: 800}\nvalues: {f: exp(x)}\n",
    ],
)
def test_what_leaves_the_numbers_is_refused_without_warnings(file):
    """(1e250)² and e^800 are beyond the floats, 1/(1 + 1 - 2) and ln(1 - 1) are nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        said = _refused(file)
    assert "finite value" in said or "beyond 1.8e308" in said


@pytest.mark.parametrize(
    ("formula", "written", "slope"),
    [
        ("max(x, -x)", "max(x, -x)", 1),
        ("max(-x, x)", "max(-x, x)", -1),
        ("min(x, -x)", "min(x, -x)", 1),
        ("|x|", "|x|", 0),
        ("max(2x, x) + |x|", "max(2·x, x) + |x|", 2),
        ("max(x - 1, -(x - 1))", "max(x - 1, -(x - 1))", -1),
    ],
)
def test_a_maximum_of_opposites_keeps_its_own_convention_at_0(formula, written, slope):
    """Of equal ones the first counts, so that max(x, -x) has the slope 1 at 0, where |x| has 0."""
    made = solution(f"input: {{x: 0}}\nvalues: {{f: '{formula}'}}\n")

    assert answers(made)["df_dx"] == slope
    assert f"f = {written}" in made.to("terminal")


@pytest.mark.parametrize(
    ("formula", "value", "slope"),
    [
        ("(x-2)^0", 1, 0),
        ("(x-2)^0 + x", 3, 1),
        ("(x-2)^1", 0, 1),
        ("(x-2)^(1-1)*x", 2, 1),
        ("(x-2)^2", 0, 0),
    ],
)
def test_powers_at_0_have_their_slopes(formula, value, slope):
    """As 0⁰ is 1, u⁰ is the constant 1 everywhere."""
    found = answers(solution(f"input: {{x: 2}}\nvalues: {{f: {formula}}}\n"))
    assert (found["f"], found["df_dx"]) == (value, slope)


# --- what is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("input: {x: 1}\nvalues: {f: x*w}\n", "names w, which there is not; write x"),
        ("input: {x: 1}\nvalues: {f: g + x, g: x}\n", "names g, which comes later"),
        ("input: {x: [1, 2]}\nvalues: {f: x^2}\nask: [gradients]\n", "has 2 numbers, and gradients are of one"),
        ("input: {x: [1, 2], w: [3, 4]}\nvalues: {f: w·x}\n", "write w @ x for their scalar product"),
        ("input: {x: 5}\nvalues: {f: x^2}\noptimizer: {sgd: {learning_rate: 0.1}}\n", "nothing is learned"),
        ("input: {x: 5}\nlearned: {w: 1, v: 2}\nvalues: {f: w*x}\n", "v stands in no formula"),
        ("input: {x: 5}\ntarget: 1\nvalues: {f: x^2}\n", "the target stands in no formula; write t in one"),
        ("input: {x: 3, y: 4}\nvalues: {f: max(x, y)}\n", "put the formula in quotes"),
        ("input: {x: 1}\nvalues: {f: 9^9^9^9 + x}\n", "has a power beyond 1000"),
        ("input: {x: 1}\nvalues: {e: 2x, f: e + exp(x)}\n", "e is 2.718… in e^(…) here"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_said_with_what_to_write(text, said):
    assert said in _refused(text)


def test_the_place_in_a_formula_is_shown():
    assert _refused("input: {x: 1}\nvalues:\n  f: 2x + * 3\n").splitlines()[-1].index("^") == 4 + 10
