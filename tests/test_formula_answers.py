"""Formulas as answers: right is what is equal as a function, and what the page prints is read."""

import json
import random

import numpy as np
import pytest

import handcalc
from drawing import WORDS, Draws, network
from handcalc import library
from handcalc.document import Ledger, Lines
from handcalc.formats import write
from handcalc.formula import Derivative, Dots, Formula, Partial, Slide, Symbol
from handcalc.formula.reader import read
from handcalc.formula.text import text
from handcalc.formula.tokens import MAX_LENGTH, UnreadableFormulaError
from handcalc.formula.walk import parts
from handcalc.grading.checking import check
from handcalc.grading.pages.why import why
from handcalc.grading.reading.sheet import of
from handcalc.grading.scheme import Scheme
from handcalc.grading.symbolic import Symbolic
from handcalc.grading.verdict import Verdict, Why
from handcalc.problem import parse


def said(problem, key, typed):
    """The verdict on one formula."""
    checked = check(parse(problem), of({key: typed}))
    return next(e.verdict.name.lower() for e in checked.entries if e.given)


def net(activation):
    return f"""
input: {{shape: [2]}}
layers:
  - dense: {{name: h, units: 2, activation: {activation}}}
  - dense: {{name: o, units: 1, activation: sigmoid}}
loss: {{mean_squared_error: {{factor: half_sum}}}}
"""


CNN = """
input: {shape: [3, 3]}
layers:
  - conv2d: {name: c, kernel_size: 2, activation: relu}
  - max_pooling2d: {name: p, pool_size: 2}
  - flatten: {name: f}
  - dense: {name: o, units: 1}
loss: mean_squared_error
"""

# --- every branch is tried ---------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "elu", "softplus", "step", "tanh"])
def test_no_activation_is_its_own_argument(activation):
    """Each differs from z at z = -1: 0, -0.01, 1/e - 1, ln(1 + 1/e), 0, -0.76."""
    assert said(net(activation), "h1_out", "h1_in") == "wrong"


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "elu", "softplus", "tanh"])
def test_no_slope_is_always_1(activation):
    assert said(net(activation), "dE_dh1_in", "dE_dh1_out") == "wrong"


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("max(0, h1_in)", "right"),
        ("h1_in if h1_in > 0, otherwise 0", "right"),
        ("0 if h1_in <= 0 else h1_in", "right"),
        ("(h1_in + abs(h1_in))/2", "right"),
        ("(h1_in + √(h1_in²))/2", "right"),
        ("-min(0, -h1_in)", "right"),
        ("relu(h1_in)", "right"),
        ("abs(h1_in)", "wrong"),
        ("√(h1_in²)", "wrong"),
        ("min(h1_in, 0)", "wrong"),
        # e^(ln z) is z where it is anything, and 0 nowhere: not the same function.
        ("e^(ln(h1_in))", "undecided"),
    ],
)
def test_a_rectifier_in_other_words(typed, verdict):
    assert said(net("relu"), "h1_out", typed) == verdict


def test_a_leaky_rectifier_keeps_its_alpha():
    problem = net("{leaky_relu: {alpha: 0.2}}")

    assert said(problem, "h1_out", "max(h1_in, h1_in/5)") == "right"
    assert said(problem, "h1_out", "leaky_relu(h1_in)") == "right"
    assert said(problem, "h1_out", "max(h1_in, 0.01·h1_in)") == "wrong"


@pytest.mark.parametrize("left_out", ["c11", "c12", "c21", "c22"])
def test_every_cell_of_a_window_is_the_largest_once(left_out):
    cells = ["c11", "c12", "c21", "c22"]

    assert said(CNN, "p[1,1]", f"max({', '.join(cells)})") == "right"
    assert said(CNN, "p[1,1]", f"max({', '.join(c for c in cells if c != left_out)})") == "wrong"


@pytest.mark.parametrize("place", range(4))
def test_a_wrong_sign_behind_a_rectifier_and_a_pooling_layer(place):
    """Three of the four gradients are 0 in any one draw: each must have been the other one."""
    terms = [f"dE_dc_in[{i},{j}]*x[{i},{j}]" for i in (1, 2) for j in (1, 2)]
    signs = ["-" if i == place else "+" for i in range(4)]
    wrong = " ".join(f"{sign} {term}" for sign, term in zip(signs, terms, strict=True))

    assert said(CNN, "dE_dK1[1,1]", " + ".join(terms)) == "right"
    assert said(CNN, "dE_dK1[1,1]", wrong) == "wrong"


def test_of_two_conditions_both_count():
    """The second cell wins if it is above the first and not below the others: either alone is too little."""
    after, before = "c12 >= max(c21, c22)", "c12 > c11"
    slope = "dE_dp[1,1]·({} if {}, otherwise 0)"

    assert said(CNN, "dE_dc[1,2]", slope.format(f"(1 if {after}, otherwise 0)", before)) == "right"
    assert said(CNN, "dE_dc[1,2]", slope.format("1", after)) == "wrong"
    assert said(CNN, "dE_dc[1,2]", slope.format("1", before)) == "wrong"


@pytest.mark.parametrize(("word", "other"), [("maximum", "min"), ("minimum", "max")])
def test_the_larger_of_two_inputs(word, other):
    problem = f"inputs: {{a: {{shape: [1], symbol: a}}, c: {{shape: [1], symbol: c}}}}\nlayers: [{{{word}: {{name: h, from: [a, c]}}}}]\n"

    assert said(problem, "h", f"{word[:3]}(a1, c1)") == "right"
    assert said(problem, "h", f"{other}(a1, c1)") == said(problem, "h", "a1") == "wrong"


def test_a_learned_slope_below_0():
    problem = "input: {shape: [1]}\nlayers: [{prelu: {name: h}}]\n"
    key = next(iter(Scheme(parse(problem)).answers))
    alpha = next(q for q in Scheme(parse(problem)).network.parameters)
    name = Scheme(parse(problem)).steps.notation.element_key(alpha, (0,))

    assert said(problem, key, f"x1 if x1 > 0, otherwise {name}·x1") == "right"
    assert said(problem, key, "x1") == "wrong"


SIGMOID_BEFORE = """
input: {shape: [1]}
layers:
  - dense: {name: h, units: 1, activation: sigmoid}
  - activation: {name: r, function: relu}
"""


def test_what_cannot_be_tried_is_for_a_person():
    """A sigmoid is above 0, so that no numbers tell the rectifier behind it from nothing at all."""
    (key,) = (key for key in Scheme(parse(SIGMOID_BEFORE)).answers if key.startswith("r"))

    assert said(SIGMOID_BEFORE, key, "max(0, h1_out)") == "right"
    assert said(SIGMOID_BEFORE, key, "h1_out") == "undecided"
    assert said(SIGMOID_BEFORE, "h1_in", "max(w1·x1 + b1, -1000)") == "undecided"
    assert said(SIGMOID_BEFORE, "h1_in", "w1·x1 + b1 + floor(x1²/1000)") == "undecided"


# --- equal as functions ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("o1_out - t1", "right"),
        ("o1_out·(t1 + t2) - t1", "right"),
        ("-t1·(1 - o1_out) + t2·o1_out", "right"),
        ("via o1_out + via o2_out", "right"),
        ("o1_out - t2", "wrong"),
        ("t1 - o1_out", "wrong"),
    ],
)
def test_targets_of_classes_add_to_1(typed, verdict):
    """The page ends at o - t because the targets add to 1."""
    problem = "input: {shape: [2]}\nlayers: [{dense: {name: o, units: 2, activation: softmax}}]\nloss: categorical_crossentropy\n"

    assert said(problem, "dE_do1_in", typed) == verdict


def test_numbers_of_the_file_can_stand_for_their_names():
    problem = "input: {shape: [2]}\nlayers: [{dense: {name: h, weights: [[0.5, -0.3]], bias: 0.1, activation: relu}}]\n"

    assert said(problem, "h1_in", "w1·x1 + w2·x2 + b1") == "right"
    assert said(problem, "h1_in", "0.5·x1 - 0.3·x2 + 0.1") == "right"
    assert said(problem, "h1_in", "0.5·x1 + 0.3·x2 + 0.1") == "wrong"
    assert said(problem, "h1_out", "0.5·x1 - 0.3·x2 + 0.1") == "wrong"


def test_a_gradient_that_hardly_differs_from_0_tells_nothing():
    """Behind 25 sigmoids the gradient is below 4^-25 = 1e-15, which floats cannot tell from 0."""
    layers = "".join(
        f"  - dense: {{name: l{i}x, units: 1, activation: sigmoid}}\n" for i in range(25)
    )
    problem = f"input: {{shape: [1]}}\nlayers:\n{layers}loss: mean_squared_error\n"

    assert said(problem, "dE_dw1", "0") == "undecided"
    assert said(problem, "dE_dw1", "dE_dl0x1_out·l0x1_out·(1 - l0x1_out)·x1") == "right"


def test_a_formula_names_what_is_known():
    problem = net("sigmoid")

    assert said(problem, "dE_dw1", "dE_dw1") == "undecided"
    assert said(problem, "h1_out", "o1_out") == "undecided"
    assert said(problem, "h1_out", "q7") == "undecided"


# --- what people type --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("h1_in", "w₁x₁ + w₂x₂ + b₁"),
        ("h1_in", "w1x1+w2x2+b1"),
        ("h1_in", "h1_in = w1·x1 + w2·x2 + b1"),
        ("h1_in", "= w1 × x1 + w2 ⋅ x2 + b1"),
        ("h1_out", "σ(h1_in)"),
        ("h1_out", "1:(1 + exp(−h1_in))"),
        ("dE_dh1_in", "∂E/∂h1_out·σ′(h1_in)"),
        ("dE_dh1_in", "dE/dh1_out * sigmoid'(h1_in)"),
        ("dE_dh1_in", "dE_dh1_out·h1_out(1-h1_out)"),
        ("dE_dh1_in", "∂E/∂h1_out·∂h1_out/∂h1_in"),
        ("dE_dw1", "∂E/∂o1_out·o1_out(1 − o1_out)·w5·h1_out·(1 − h1_out)·x1"),
        ("dE_dw1", "dEdh1_out·dh1_out_dh1_in·x1"),
        ("E", "½(o1_out − t1)²"),
        ("E", "E = (o1_out - t1)²/2 = 0.5(t1 - o1_out)^2"),
    ],
)
def test_formulas_are_read_as_they_are_written(key, typed):
    assert said(net("sigmoid"), key, typed) == "right"


def test_of_a_chain_every_side_must_be_right():
    assert said(net("sigmoid"), "E", "½(o1_out − t1)² = (o1_out − t1)²") == "wrong"


def test_inside_of_a_sample_names_are_of_that_sample():
    problem = """
samples: [{input: [1, 2], target: [1]}, {input: [3, 4], target: [0]}]
layers: [{dense: {name: h, units: 1, activation: sigmoid}}]
loss: mean_squared_error
"""
    assert said(problem, "h1_out@2", "σ(h1_in)") == "right"
    assert said(problem, "h1_out@2", "σ(h1_in⁽²⁾)") == "right"
    assert said(problem, "h1_out@2", "sigmoid(h1_in@2)") == "right"
    assert said(problem, "h1_out@2", "σ(h1_in⁽¹⁾)") == "undecided"
    assert said(problem, "dE_dw1", "(∂E⁽¹⁾/∂w1 + ∂E⁽²⁾/∂w1)/2") == "right"


@pytest.mark.parametrize(
    "typed",
    [
        "(" * 5000 + "1",
        "1" + "/1" * 3000,
        "-" * 5000 + "1",
        "√" * 5000 + "1",
        "2" + "^2" * 3000,
        "x" * 100_000,
        "x1" * 5000,
        "max(" * 500,
        "1 if 1 > 0 else " * 500 + "1",
        "σ′′(1)",
        "1 if 2",
        "1..2",
        "1.2.3",
        "2 3",
        "h1 = = 2",
        "x1.__class__",
        "[1, 2]",
        "\x00",
        "²",
        "max()",
    ],
)
def test_what_is_no_formula_is_told(typed):
    with pytest.raises(UnreadableFormulaError):
        read(typed, lambda name: Symbol(name, name) if name == "x1" else None)


# --- what the page prints ----------------------------------------------------------------------------


def _holds(formula: Formula, kinds) -> bool:
    return isinstance(formula, kinds) or any(_holds(part, kinds) for part in parts(formula))


def _printed(problem):
    """What stands on the page for each step: its key and the formula; of each kind of step the first two."""
    met: dict[str, int] = {}
    for block in handcalc.solve(problem).blocks:
        for line in block.lines if isinstance(block, Lines | Ledger) else ():
            if not isinstance(line.left, Symbol | Partial) or line.symbols is None:
                continue
            kind = "".join(c for c in line.left.key if not c.isdigit())
            met[kind] = met.get(kind, 0) + 1
            # Lines that are cut short, and those of whole arrays, are none of single numbers.
            if met[kind] < 5 and not _holds(line.symbols, Dots | Slide | Derivative):
                yield line.left, line.symbols


def _not_right(problem):
    """The formulas of the page and of the report that are not marked as right, in Unicode and in ASCII."""
    scheme = Scheme(problem)
    marker, steps = Symbolic(scheme), scheme.steps
    shown = [(left.key, symbols) for left, symbols in _printed(problem)]
    expected = [(s.key, s.formula) for a in scheme.every for s in a.steps[:2] if s.formula]
    for key, formula in shown + expected:
        refs = [steps.same(ref) for ref in steps.keys.each(key)]
        if len(refs) != 1 or steps.is_given(refs[0]):
            continue
        step = scheme.step(refs[0])
        for ascii_only in (False, True):
            typed = text(formula, ascii_only)
            if len(typed) > MAX_LENGTH:  # nobody types that
                continue
            judged = marker.judge([step], {step.ref: [typed]}, 1)[step.ref]
            if judged.verdict[0] != Verdict.RIGHT:
                yield key, typed, Verdict(int(judged.verdict[0])).name


SHIPPED = [
    path.stem
    for path in sorted(library.folder().glob("*.yaml"))
    if Scheme(handcalc.load(path.stem)).network.symbolic
    and Scheme(handcalc.load(path.stem)).answers
]


@pytest.mark.parametrize("name", SHIPPED)
def test_what_a_shipped_problem_prints_is_right(name):
    assert not list(_not_right(handcalc.load(name)))


NOTATIONS = {
    "counted weights": "{weights: numbered, values: net_out}",
    "matrices": "{weights: matrix, product: xW, values: z_a, loss: J, target: y}",
    "by source": "{weights: numbered, numbering: source, learning_rate: alpha, loss: L, target: d}",
}


@pytest.mark.parametrize("notation", NOTATIONS.values(), ids=NOTATIONS)
@pytest.mark.parametrize("samples", [1, 2])
def test_what_the_page_prints_is_right_in_every_notation(notation, samples):
    given = (
        "input: {shape: [2]}"
        if samples == 1
        else "samples: [{input: [1, 2], target: [1, 0]}, {input: [3, 4], target: [0, 1]}]"
    )
    problem = f"""
{given}
layers:
  - dense: {{name: g, units: 2, activation: {{leaky_relu: {{alpha: 0.1}}}}}}
  - dense: {{name: h, units: 2, activation: softmax}}
loss: categorical_crossentropy
optimizer: {{sgd: {{learning_rate: 0.5, form: add}}}}
notation: {notation}
"""
    assert not list(_not_right(parse(problem)))


def _symbolic(file):
    """The same file with symbols in place of numbers."""
    file = json.loads(json.dumps(file))
    if "samples" in file:
        # Inputs of several samples have numbers; a layer without weights is what makes symbols.
        file["layers"] += [{"flatten": {"name": "last"}}, {"dense": {"name": "end", "units": 1}}]
        for name in ("outputs", "output_gradient"):
            file.pop(name, None)
        for sample in file["samples"]:
            sample.pop("targets", None)
            sample["target"] = [0.3]
        return file | {"loss": "mean_squared_error"}
    for name in {"input", "inputs"} & set(file):
        shapes = (
            {"shape": list(np.shape(file[name]))}
            if name == "input"
            else {k: {"shape": list(np.shape(v)), "symbol": k} for k, v in file[name].items()}
        )
        file[name] = shapes
    file.pop("target", None)
    if file.pop("output_gradient", None) is not None:
        file.pop("optimizer", None)
        file["ask"] = ["forward", "gradients"]
    return file


@pytest.mark.parametrize("word", [word for word in WORDS if word != "embedding"])
def test_what_the_page_prints_of_any_layer_is_right(word):
    """An embedding needs numbers: those of its input name rows."""
    pick = random.Random(f"{word}2").choice
    file = network(Draws(lambda options: pick(list(options)), 0), word).file

    assert not list(_not_right(parse(json.dumps(_symbolic(file)))))


# --- formulas of one's own ------------------------------------------------------------------------

OWN = "input: [x, y, z]\nvalues: {q: x + y, f: q^2*sin(z) - ln(x)}\nask: [forward, gradients]\n"


@pytest.mark.parametrize("typed", ["2q sin z", "2q*Sin z", "2q sin^2(z)"])
def test_a_function_without_brackets_is_known_all_the_same(typed):
    checked = check(parse(OWN), of({"df_dq": typed}))
    (entry,) = (e for e in checked.entries if e.given)

    assert (entry.verdict, entry.why) == (Verdict.UNDECIDED, Why.BRACKETS)


def test_of_a_formula_no_number_is_spoken():
    page = write(why(check(parse(OWN), of({"df_dx": "2q*sin(z)"})), "df_dx"), "terminal")

    assert "Expected: ∂f/∂q·∂q/∂x - 1/x." in page
    assert "This formula comes out where a path was left out of the sum over all paths." in page
