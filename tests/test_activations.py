"""Activations beside the first ones: their numbers, corners, slopes, words, and how they are marked."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

import handcalc
from handcalc import operations
from handcalc.errors import ProblemError
from handcalc.formats import write
from handcalc.formula import Symbol, algebra, erf, evaluate, number
from handcalc.formula.calculus import derivative
from handcalc.formula.mathml import mathml
from handcalc.formula.reader import read
from handcalc.formula.tex import tex
from handcalc.formula.text import text
from handcalc.grading.checking import check
from handcalc.grading.pages.why import why
from handcalc.importing.words import translated
from handcalc.operations._elementwise import Elementwise
from handcalc.problem import parse
from support import answers, page, solution

Z = Symbol("z", "z")


def made(word: str, **options: Any) -> Elementwise:
    found = operations.load(word).model_validate(options)
    assert isinstance(found, Elementwise)
    return found


def value(word: str, z: float, **options: Any) -> float:
    return float(made(word, **options).values(np.array([z]))[0])


def slope(word: str, z: float, **options: Any) -> float:
    operation, at = made(word, **options), np.array([z])
    return float(operation.slopes(at, operation.values(at))[0])


NEURON = """input: [1]
target: [0.5]
layers: [{{dense: {{name: h, weights: [[{z}]], activation: {activation}}}}}]
loss: {{mean_squared_error: {{factor: half_sum}}}}
rounding: {{decimals: 4}}
"""


def neuron(activation: str, z: object) -> str:
    """One neuron whose weighted sum is z."""
    return NEURON.format(activation=activation, z=z)


# --- numbers -------------------------------------------------------------------------------------


def test_gelu_of_1_is_the_share_of_a_normal_distribution_below_1():
    """68.27 % lie within one deviation, so that 84.13 % lie below 1."""
    within = 0.6826894921370859

    assert value("gelu", 1.0) == pytest.approx((1 + within) / 2, rel=1e-14)
    assert value("gelu", -1.0) == pytest.approx(-(1 - within) / 2, rel=1e-14)


def test_gelu_far_below_0_keeps_its_digits():
    """1 + erf(z/√2) has none left at z = -12; the tail of the distribution is known all the same."""
    assert value("gelu", -12.0) == pytest.approx(-12 * stats.norm.sf(12), rel=1e-12)


def test_the_two_forms_of_gelu_differ_by_less_than_half_a_thousandth():
    """Hendrycks and Gimpel's approximation is near, and is another function."""
    z = np.linspace(-6, 6, 2001)
    apart = np.abs(made("gelu").values(z) - made("gelu", approximate="true").values(z))

    assert 4e-4 < apart.max() < 5e-4


def test_gelu_with_a_tanh_is_a_silu_of_a_cubic():
    """(1 + tanh u)/2 = σ(2u)."""
    z = 0.7
    u = math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)

    assert value("gelu", z, approximate="true") == pytest.approx(z / (1 + math.exp(-2 * u)))


def test_silu_has_its_lowest_value_where_z_is_minus_1_minus_that_value():
    """A' = a + (1 - a)σ = 0 with a = zσ leads to a = -σ/(1 - σ) = z + 1, at z = -1.2784645427610738."""
    z = -1.2784645427610738

    assert slope("silu", z) == pytest.approx(0, abs=1e-15)
    assert value("silu", z) == pytest.approx(z + 1, rel=1e-14)


def test_mish_needs_no_tanh():
    """tanh(ln u) = (u² - 1)/(u² + 1), with u = 1 + e^0.5."""
    u = 1 + math.exp(0.5)

    assert value("mish", 0.5) == pytest.approx(0.5 * (u * u - 1) / (u * u + 1), rel=1e-14)


def test_selu_keeps_mean_0_and_variance_1():
    """What λ and α are for: of a normal distribution the mean stays 0 and the variance 1."""
    selu = made("selu")

    def mean_of(f: Any) -> float:
        z = np.linspace(-12, 12, 2_000_001)
        return float(np.trapezoid(f(selu.values(z)) * stats.norm.pdf(z), z))

    assert mean_of(lambda a: a) == pytest.approx(0, abs=1e-9)
    assert mean_of(np.square) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize(
    ("z", "keras3", "keras2"),
    [(-3, 0, 0), (-2.75, 1 / 24, 0), (0, 0.5, 0.5), (1.5, 0.75, 0.8), (2.5, 11 / 12, 1), (9, 1, 1)],
)
def test_the_hard_sigmoid_of_keras_before_3_is_steeper(z, keras3, keras2):
    assert value("hard_sigmoid", z) == pytest.approx(keras3, abs=1e-15)
    assert value("hard_sigmoid", z, form="keras2") == pytest.approx(keras2, abs=1e-15)


def test_hard_silu_is_z_times_relu6_of_z_plus_3_over_6():
    """As the paper of MobileNetV3 writes it."""
    for z in (-4.0, -1.3, 0.2, 2.9, 3.5):
        assert value("hard_silu", z) == pytest.approx(z * value("relu6", z + 3) / 6, abs=1e-15)


def test_what_is_not_cut_off_is_not_moved():
    """0.1 + 1 - 1 is not 0.1 in floats."""
    assert value("hard_tanh", 0.1) == 0.1
    assert value("relu6", 0.3) == 0.3
    assert value("relu", 19.3, max_value="20") == 19.3


def test_a_threshold_gives_its_value_where_z_is_not_above_it():
    at = {"threshold": "0.5", "value": "-7"}

    assert [value("threshold", z, **at) for z in (0.4, 0.5, 0.6)] == [-7, -7, 0.6]
    assert [slope("threshold", z, **at) for z in (0.4, 0.5, 0.6)] == [0, 0, 1]


def test_log_softmax_is_the_logarithm_of_the_softmax_on_the_page():
    """ln(e^1/(e^1 + e^2)) = -ln(1 + e), and one more for the second score."""
    found = answers(
        solution(
            "input: [1, 2]\nlayers: [{activation: {name: y, function: log_softmax}}]\nask: [forward]\n"
        )
    )
    first = -math.log(1 + math.e)

    assert found["y"] == pytest.approx([first, first + 1], rel=1e-14)


def test_log_softmax_along_the_first_axis():
    text = "input: [[0, 5], [0, 5]]\nlayers: [{activation: {name: y, function: {log_softmax: {axis: 1}}}}]\nask: [forward]\n"

    assert answers(solution(text))["y"] == [pytest.approx([-math.log(2)] * 2)] * 2


# --- slopes --------------------------------------------------------------------------------------

SMOOTH = ["gelu", "silu", "mish", "softsign", "exponential", "tanh_shrink", "log_sigmoid"]


@pytest.mark.parametrize("word", [*SMOOTH, "gelu_tanh"])
def test_a_slope_with_80_digits_is_the_slope_in_floats(word):
    """Sympy's value of the written slope at z = -3/4, where the output stands in it as its own formula."""
    word, options = operations.OTHER_WORDS.get(word, (word, {}))
    operation = made(word, **options)
    z = algebra.exactly(-0.75)
    a = algebra.precise(operation.of(Z), lambda _: z)
    found = algebra.precise(
        operation.slope(Z, Symbol("a", "a")), lambda s: a if s.key == "a" else z
    )

    assert float(found) == pytest.approx(slope(word, -0.75, **options), rel=1e-14)


@pytest.mark.parametrize(
    "word", [w for w in operations.ACTIVATIONS if w not in ("exponential", "formula")]
)
def test_nothing_overflows_up_to_1000(word):
    """Far out each is flat, a straight line or one of its two ends; numpy says nothing of an overflow."""
    operation: Any = operations.load(word).model_validate({})
    z = np.array([[-1000.0, -710.0, -40.0, 40.0, 710.0, 1000.0]])
    if word == "normalize":
        return
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        a = operation.forward(z)
        slopes = operation.backward(np.ones_like(z), a, z)[0]

    assert np.isfinite(a).all()
    assert np.isfinite(slopes).all()


@pytest.mark.parametrize("word", ["gelu", "silu", "mish", "hard_silu", "relu6", "selu"])
def test_far_out_a_rectifier_is_0_or_a_line(word):
    far = 1000.0
    line = {"relu6": 6.0, "selu": 1.0507009873554805 * far}.get(word, far)
    low = {"selu": -1.0507009873554805 * 1.6732632423543772}.get(word, 0.0)

    assert value(word, far) == pytest.approx(line)
    assert value(word, -far) == pytest.approx(low, abs=1e-300)


CORNERS = [
    ("hard_sigmoid", {}, {-3.0: 0, 3.0: 0}),
    ("hard_sigmoid", {"form": "keras2"}, {-2.5: 0, 2.5: 0}),
    ("hard_tanh", {}, {-1.0: 0, 1.0: 0}),
    ("hard_tanh", {"min_val": "-0.25", "max_val": "2"}, {-0.25: 0, 2.0: 0}),
    ("hard_silu", {}, {-3.0: 0, 3.0: 1}),
    ("relu6", {}, {0.0: 0, 6.0: 0}),
    ("relu", {"max_value": "4"}, {0.0: 0, 4.0: 0}),
    ("relu", {"max_value": "4", "slope_at_zero": "1"}, {0.0: 1, 4.0: 0}),
    ("threshold", {"threshold": "0.5"}, {0.5: 0}),
    ("selu", {"alpha": "1.5", "scale": "2"}, {0.0: 3}),
]


@pytest.mark.parametrize(("word", "options", "corners"), CORNERS)
def test_at_a_corner_the_slope_is_that_of_one_side(word, options, corners):
    """The slope to the left and that to the right differ, and the convention is one of them."""
    operation = made(word, **options)

    assert operation.kinks == tuple(corners)
    for corner, convention in corners.items():
        sides = [slope(word, corner + h, **options) for h in (-1e-9, 1e-9)]
        written = evaluate(operation.slope(Z, number(0)), lambda _, corner=corner: corner)
        assert sides[0] != sides[1]
        assert slope(word, corner, **options) == float(written) == convention
        assert min(abs(convention - side) for side in sides) < 1e-8


def test_a_corner_is_said_on_the_page():
    shown = " ".join(page(neuron("hard_sigmoid", 3)).split())

    assert "as h1_in = 3 is at least 3" in shown
    assert "at a corner of a function, where its slope is a convention" in shown


def test_between_two_corners_the_reason_names_both():
    assert "as 0.65 is above -3 and below 3" in page(neuron("hard_sigmoid", 0.65))


@pytest.mark.parametrize(
    "activation",
    [
        word
        for word in operations.ACTIVATIONS
        if word not in ("softmax", "normalize", "log_softmax", "formula")
    ]
    + [
        "{formula: z^2/(1 + |z|)}",
        "{gelu: {approximate: true}}",
        "{hard_sigmoid: {form: keras2}}",
        "{relu: {max_value: 2}}",
    ],
)
def test_every_derivation_is_proved_and_every_gradient_measured(activation):
    """The page is only written if sympy proves each slope and central differences give each gradient."""
    shown = " ".join(page(neuron(activation, "0.4"), "full").split())

    assert "sympy differentiates the definition to" in shown
    assert "1 gradient = central differences" in shown or "gradients = central differences" in shown


def test_what_has_no_output_in_its_slope_is_not_said_to_have_one():
    for activation, said in (("softplus", "simplified"), ("silu", "the same, in the output")):
        shown = page(neuron(activation, "0.4"), "full")
        assert (
            said in shown[shown.index(f"Slope of {activation}") : shown.index("Slope of the loss")]
        )


def test_a_slope_of_the_loss_is_measured_with_80_digits_through_erf():
    """E = (a - 1/2)²/2 at z = 0.4: ∂E/∂w = (a - 1/2)·a'·1."""
    problem = solution(neuron("gelu", "0.4"))
    share, density = stats.norm.cdf(0.4), stats.norm.pdf(0.4)
    expected = (0.4 * share - 0.5) * (share + 0.4 * density)

    assert answers(problem)["dE_dw1"] == pytest.approx(expected, rel=1e-13)


@pytest.mark.frameworks
@pytest.mark.parametrize(
    ("word", "options", "theirs"),
    [
        ("gelu", {}, "gelu"),
        ("gelu", {"approximate": "true"}, "gelu tanh"),
        ("silu", {}, "silu"),
        ("mish", {}, "mish"),
        ("selu", {}, "selu"),
        ("hard_sigmoid", {}, "hardsigmoid"),
        ("hard_silu", {}, "hardswish"),
        ("hard_tanh", {}, "hardtanh"),
        ("relu6", {}, "relu6"),
        ("softsign", {}, "softsign"),
        ("tanh_shrink", {}, "tanhshrink"),
        ("log_sigmoid", {}, "logsigmoid"),
    ],
)
def test_values_and_slopes_are_those_of_pytorch(word, options, theirs):
    """At the corners too; PyTorch keeps 1/6 in 32 bits."""
    torch = pytest.importorskip("torch")
    function, _, form = theirs.partition(" ")
    z = np.array([-7, -3, -2.2, -1, -0.3, 0, 0.4, 1, 1.7, 3, 4.1, 6, 8], dtype=float)
    at = torch.tensor(z, requires_grad=True)
    more = {"approximate": form} if form else {}
    expected = getattr(torch.nn.functional, function)(at, **more)
    expected.sum().backward()
    operation = made(word, **options)
    a = operation.values(z)

    np.testing.assert_allclose(a, expected.detach().numpy(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(operation.slopes(z, a), at.grad.numpy(), rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize(("z", "a"), [(-1000, 0), (-30, -30 * stats.norm.sf(30)), (1000, 1000)])
def test_a_gelu_far_out_is_proved_as_well(z, a):
    """1 + erf(-707) is 1e-217000: who asks sympy for its digits waits for ever."""
    assert answers(solution(neuron("gelu", z)))["h1_out"] == pytest.approx(a, rel=1e-12)


# --- the error function --------------------------------------------------------------------------


def test_the_error_function_is_written_in_every_format():
    formula = erf(Z / 2)

    assert text(formula) == "erf(z/2)"
    assert tex(formula) == r"\mathrm{erf} \left( \frac{z}{2} \right)"
    assert "<mi>erf</mi>" in mathml(formula)


@pytest.mark.parametrize("typed", ["z·(1 + erf(z/√2))/2", "z Φ(z)", "z/2*(1+erf(z/sqrt(2)))"])
def test_the_error_function_is_read_as_people_write_it(typed):
    formula = read(typed, {"z": Z}.get)

    assert algebra.equal(formula, made("gelu").of(Z))


def test_the_density_is_the_slope_of_the_distribution():
    names = {"z": Z}.get

    assert algebra.equal(derivative(read("Φ(z)", names), Z), read("φ(z)", names))
    assert algebra.equal(read("Φ'(z)", names), read("φ(z)", names))


def test_pi_is_the_number_and_not_the_float_beside_it():
    """Sin π is 0 for the number alone; in 80 digits the float is 1.2e-16 away."""
    found = algebra.precise(read("π"), lambda _: None)

    assert str(found).startswith("3.14159265358979323846264338327950288419716939937510")


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "own"),
    [
        ("swish", "silu"),
        ("hard_swish", "hard_silu"),
        ("gelu_tanh", "{gelu: {approximate: true}}"),
    ],
)
def test_another_word_of_the_field_means_the_same(other, own):
    found, expected = (handcalc.solve(parse(neuron(word, "0.4"))) for word in (other, own))

    assert answers(found) == answers(expected)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("SiLU", "silu"),
        ("Swish", "swish"),
        ("hardtanh", "hard_tanh"),
        ("hardswish", "hard_swish"),
        ("Hardsigmoid", "hard_sigmoid"),
        ("LogSoftmax", "log_softmax"),
        ("LeakyReLU", "leaky_relu"),
        ("Tanhshrink", "tanh_shrink"),
    ],
)
def test_the_names_of_classes_lead_to_words(word, meant):
    with pytest.raises(ProblemError, match=f"did you mean '{meant}'|; write {meant}\n"):
        parse(neuron(word, "0.4"))


@pytest.mark.parametrize(
    ("activation", "said"),
    [
        ("{swish: {alpha: 1}}", "there are no options here; leave 'alpha' out"),
        ("{hard_tanh: {min_val: 2}}", "write the smaller number as min_val"),
        ("{relu: {max_value: 0}}", "ReLU has no values below 0"),
        ("{hard_sigmoid: {form: keras}}", "did you mean 'keras"),
    ],
)
def test_wrong_options_say_what_to_write(activation, said):
    with pytest.raises(ProblemError, match=said):
        parse(neuron(activation, "0.4"))


@pytest.mark.parametrize(
    ("keras", "written"),
    [(w, w) for w in ("gelu", "silu", "mish", "selu", "hard_sigmoid", "hard_silu", "relu6")]
    + [(w, w) for w in ("softsign", "exponential", "log_softmax", "hard_tanh", "log_sigmoid")]
    + [
        ("swish", "silu"),
        ("hard_swish", "hard_silu"),
        ("leaky_relu", {"leaky_relu": {"alpha": 0.2}}),
    ],
)
def test_the_activations_of_keras_have_words(keras, written):
    dense = translated("Dense", {"units": 3, "activation": keras})

    assert dense.options["activation"] == written
    assert not dense.remarks


@pytest.mark.parametrize(
    ("config", "written"),
    [
        ({"max_value": 6.0}, "relu6"),
        ({"max_value": 4.0}, {"relu": {"max_value": 4.0}}),
        ({"threshold": 0.5}, {"threshold": {"threshold": 0.5}}),
        ({"negative_slope": 0.0, "threshold": 0.0}, "relu"),
    ],
)
def test_the_rectifier_of_keras_with_its_options(config, written):
    assert translated("ReLU", config).options == {"function": written}


@pytest.mark.parametrize("activation", ["celu", "glu", ["gelu"], {"class_name": {}}])
def test_an_activation_without_a_word_is_remarked(activation):
    dense = translated("Dense", {"units": 3, "activation": activation})

    assert "activation" not in dense.options
    assert "is left out" in dense.remarks[0]


# --- marking -------------------------------------------------------------------------------------


def _verdicts(problem: str, given: dict[str, str]) -> dict[str, str]:
    entries = check(parse(problem), given).entries
    return {entry.key: entry.verdict.name.lower() for entry in entries if entry.given}


@pytest.mark.parametrize(
    ("typed", "verdict"), [("0.3457", "follows"), ("0.2621", "right"), ("0.3600", "wrong")]
)
def test_a_gelu_of_the_students_own_sum_follows(typed, verdict):
    """The sum is 0.4; for 0.5 comes 0.5·Φ(0.5) = 0.5·0.69146 = 0.3457."""
    assert 0.4 * stats.norm.cdf(0.4) == pytest.approx(0.26217, abs=5e-6)

    assert (
        _verdicts(neuron("gelu", "0.4"), {"h1_in": "0.5000", "h1_out": typed})["h1_out"] == verdict
    )


@pytest.mark.parametrize(
    ("own", "typed", "verdict"),
    [
        ("0.9000", "0.6500", "follows"),  # 0.9/6 + 1/2
        ("4.0000", "1.0000", "follows"),  # cut off
        ("-4.0000", "0.0000", "follows"),
        ("4.0000", "1.1667", "wrong"),  # 4/6 + 1/2, not cut off
    ],
)
def test_a_hard_sigmoid_of_the_students_own_sum_follows(own, typed, verdict):
    found = _verdicts(neuron("hard_sigmoid", "0.4"), {"h1_in": own, "h1_out": typed})

    assert found == {"h1_in": "wrong", "h1_out": verdict}


@pytest.mark.parametrize(
    ("activation", "typed", "named"),
    [
        ("gelu", "0.4000", "GELU"),  # max(0, 0.4)
        ("silu", "0.5987", "SiLU"),  # σ(0.4), not times 0.4
        ("hard_sigmoid", "0.5987", "the hard sigmoid"),
        ("hard_tanh", "0.3799", "the hard tanh"),  # tanh 0.4
    ],
)
def test_another_activation_is_named(activation, typed, named):
    checked = check(parse(neuron(activation, "0.4")), {"h1_in": "0.4000", "h1_out": typed})
    shown = " ".join(write(why(checked, "h1_out"), "terminal").split())

    assert f"another activation was used in place of {named}" in shown


@pytest.mark.parametrize(
    ("activation", "typed"),
    [
        ("gelu", "o1_in·Φ(o1_in)"),
        ("silu", "o1_in·σ(o1_in)"),
        ("silu", "silu(o1_in)"),
        ("hard_tanh", "min(1, max(-1, o1_in))"),
        ("softsign", "o1_in/(1 + abs(o1_in))"),
    ],
)
def test_formulas_of_values_are_marked(activation, typed):
    problem = (
        "input: {shape: [2]}\nlayers: [{dense: {name: o, units: 1, activation: "
        f"{activation}" + "}}]\nask: [forward]\n"
    )

    assert _verdicts(problem, {"o1_out": typed}) == {"o1_out": "right"}


# --- maxout --------------------------------------------------------------------------------------

MAXOUT = """input: [0.5, -1]
target: [1]
notation: {{product: {product}, weights: matrix}}
layers:
  - maxout: {{name: h, weights: {weights}, bias: [[0.1, 0.2], [0, 0.3]]}}
  - dense: {{name: o, weights: {top}}}
loss: {{mean_squared_error: {{factor: half_sum}}}}
"""
W = np.array([[[0.5, 0.3], [0.1, -0.4]], [[0.2, 0.1], [-0.6, 0.7]]])


def maxout(product: str = "Wx") -> str:
    by_neuron = product == "Wx"
    weights = W if by_neuron else W.transpose(2, 0, 1)
    top = [[0.7, 0.2]] if by_neuron else [[0.7], [0.2]]
    return MAXOUT.format(product=product, weights=weights.tolist(), top=top)


def test_a_maxout_neuron_is_the_largest_of_its_pieces():
    """0.25 - 0.3 + 0.1 = 0.05 and 0.05 + 0.4 + 0.2 = 0.65; 0.1 - 0.1 = 0 and -0.3 - 0.7 + 0.3 = -0.7."""
    found = answers(solution(maxout()))

    assert [found["h1_out"], found["h2_out"]] == pytest.approx([0.65, 0.0], abs=1e-15)


def test_only_the_piece_that_won_learns():
    """E = (0.7·0.65 - 1)²/2, so that ∂E/∂h1 = -0.545·0.7; it goes to the weights of the second piece alone."""
    found = answers(solution(maxout()))
    through = (0.7 * 0.65 - 1) * 0.7

    assert found["dE_dW1"][0] == [[0, 0], pytest.approx([through * 0.5, -through])]
    assert found["dE_dB1"][0] == [0, pytest.approx(through)]


@pytest.mark.parametrize("product", ["xW", "WTx"])
def test_the_weights_of_maxout_stand_as_those_of_dense_do(product):
    """Inputs × units × pieces, as Goodfellow's W is, gives the same values and loss."""
    own, other = (answers(solution(maxout(p))) for p in ("Wx", product))

    for key in ("h1_out", "h2_out", "E"):
        assert other[key] == pytest.approx(own[key], rel=1e-15)
    moved = np.transpose(own["dE_dW1"], (2, 0, 1))
    np.testing.assert_allclose(other["dE_dW1"], moved, rtol=1e-15)


def test_of_two_equal_pieces_the_first_gets_the_gradient():
    text = """input: [2]
target: [0]
notation: {weights: matrix}
layers: [{maxout: {name: h, weights: [[[0.5], [0.5], [-1]]]}}]
loss: {mean_squared_error: {factor: half_sum}}
"""
    found = answers(solution(text))

    assert found["dE_dW1"] == [[[2.0], [0.0], [0.0]]]
    assert "of equal pieces the first gets the gradient" in page(text)


def test_maxout_of_two_pieces_can_be_a_rectifier_and_an_absolute_value():
    """max(0, z) and max(z, -z): the paper's first figure."""
    text = "input: [{}]\nlayers: [{{maxout: {{name: h, weights: [[[0], [1]], [[1], [-1]]]}}}}]\nask: [forward]\n"
    for x in (-1.5, 0.25):
        found = answers(solution(text.format(x)))
        assert [found["h1_out"], found["h2_out"]] == [max(0, x), abs(x)]


def test_maxout_counts_a_weight_for_each_input_of_each_piece():
    """784 inputs, 240 units of 5 pieces: 784·240·5 weights and 240·5 biases."""
    text = "input: {shape: [784]}\nlayers: [{maxout: {units: 240, pieces: 5}}]\nask: [parameters, shapes]\n"

    assert answers(solution(text))["total_params"] == 784 * 240 * 5 + 240 * 5


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("units: 2", "not both sizes; write units: 2 and pieces: 3"),
        ("weights: [[1, 2]]", "which is not units × pieces × inputs"),
        ("weights: [[[1, 2, 3]]]", "3 weights in each piece, but receives 2 values"),
        (
            "weights: [[[1, 2]]], pieces: 2",
            "says pieces: 2 but has weights for 1; leave pieces out",
        ),
        (
            "weights: [[[1, 2]]], bias: [1, 2]",
            "write a row for each neuron, one bias for each piece",
        ),
    ],
)
def test_wrong_maxout_layers_say_what_to_write(options, said):
    with pytest.raises(ProblemError, match=said):
        parse(f"input: [1, 2]\nlayers: [{{maxout: {{{options}}}}}]\n")
