"""Keys as people type them: other spellings that can mean one thing, no crash, and no work for nothing."""

import random

import pytest

import handcalc
from handcalc import formats, library
from handcalc.errors import HandcalcError
from handcalc.grading.checking import check, check_with
from handcalc.grading.pages import report
from handcalc.grading.pages.why import why
from handcalc.grading.reading.columns import Columns
from handcalc.grading.reading.sheet import of
from handcalc.grading.scheme import Scheme
from handcalc.network import Steps
from handcalc.problem import parse

DENSE = """
input: [1, 2]
target: [1]
layers:
  - dense: {name: h, weights: [[0.1, 0.2], [0.3, 0.4]], bias: 0.1, activation: sigmoid}
  - dense: {name: o, weights: [[0.5, 0.6]], bias: 0.2, activation: sigmoid}
loss: mean_squared_error
optimizer: {sgd: {learning_rate: 0.1}}
"""
MATRICES = DENSE + "notation: {weights: matrix, values: z_a}\n"
CELLS = """
input: [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
layers:
  - conv2d: {name: c, kernel: [[1, 2], [3, 4]], bias: 1}
  - max_pooling2d: {name: p, pool_size: 2}
output_gradient: [[1]]
"""


def meant(problem, key):
    """The keys of the steps that a key is taken for."""
    scheme = Scheme(parse(problem))
    return [scheme.steps.key(ref) for ref in scheme.found(key, 100)]


@pytest.mark.parametrize(
    ("problem", "typed", "key"),
    [
        (DENSE, "h1in", "h1_in"),
        (DENSE, "h₁_in", "h1_in"),
        (DENSE, "dEdw5", "dE_dw5"),
        (DENSE, "dE/dw5", "dE_dw5"),
        (DENSE, "∂E/∂w5", "dE_dw5"),
        (DENSE, "∂E/∂w₅", "dE_dw5"),
        (DENSE, "∂o1_out/∂o1_in", "do1_out_do1_in"),
        (DENSE, "Δw5", "Delta_w5"),
        (DENSE, "w5new", "w5_new"),
        (DENSE, " h1_in ", "h1_in"),
        (DENSE, "h1_in@1", "h1_in"),
        (MATRICES, "a⁽¹⁾₂", "a1[2]"),
        (MATRICES, "a12", "a1[2]"),
        (MATRICES, "∂E/∂w⁽¹⁾₂₁", "dE_dW1[2,1]"),
        (MATRICES, "dE_dw121", "dE_dW1[2,1]"),
        (MATRICES, "w⁽¹⁾ⁿᵉʷ₂₁", "W1_new[2,1]"),
        (CELLS, "c₁₂", "c[1,2]"),
        (CELLS, "c12", "c[1,2]"),
        (CELLS, "∂E/∂k₁₂", "dE_dK1[1,2]"),
        (CELLS, "dE_dk[1,2]", "dE_dK1[1,2]"),
        (CELLS, "dE_dk12", "dE_dK1[1,2]"),
        (CELLS, "dp[1,1]_dc[1,1]", "dp[1,1]_dc[1,1]"),
        (CELLS, "∂p₁₁/∂c₁₁", "dp[1,1]_dc[1,1]"),
    ],
)
def test_another_spelling_that_can_mean_one_thing(problem, typed, key):
    assert meant(problem, typed) == [key]


@pytest.mark.parametrize(
    ("problem", "typed"),
    [
        (DENSE, "h1"),  # h1_in or h1_out
        (DENSE, "H1_IN"),
        (DENSE, "w9"),
        (DENSE, "w1"),  # is given
        (DENSE, "h1_in@²"),
        (DENSE, "h1_in@2"),
        (DENSE, "h1_in@"),
        (DENSE, "@1"),
        (DENSE, ""),
        (DENSE, "dE_dw1_via_x"),
        (DENSE, "dE_dw1_via_o1_in"),  # w1 does not stand in o1_in
        (DENSE, "dE_dh1_in_via_o1_in"),
        (DENSE, "do1_out_dh1_in"),  # not made directly from it
        (CELLS, "c[3,3]"),
        (CELLS, "c1"),
        (CELLS, "dp[1,1]_dx[1,1]"),
    ],
)
def test_what_is_no_answer(problem, typed):
    assert meant(problem, typed) == []


def test_a_path_is_one_that_there_is():
    """h1_out reaches E through o1_in alone, which is the next value it goes into."""
    assert meant(DENSE, "dE_dh1_out_via_o1_in") == ["dE_dh1_out_via_o1_in"]


def test_digits_that_can_be_read_in_two_ways_are_no_key():
    """ab123 is the 23rd of ab1, or the 123rd of ab; ab1[23] is one of them."""
    numbers = ", ".join(["1"] * 150)
    problem = f"inputs: {{x: [{numbers}], y: [{numbers}]}}\nlayers: [{{maximum: {{name: ab, from: [x, y]}}}}, {{minimum: {{name: ab1, from: [x, y]}}}}]\n"

    assert meant(problem, "ab123") == []
    assert meant(problem, "ab1[23]") == ["ab1[23]"]
    assert meant(problem, "ab99") == ["ab[99]"]


def test_a_layer_whose_name_has_a_d_in_it():
    """dl_depthwise… begins like a derivative, and "_d" stands in it before the one of "by"."""
    problem = "input: {shape: [3, 3, 1]}\nlayers: [{separable_conv2d: {name: l, filters: 1, kernel_size: 2}}]\n"

    assert meant(problem, "l_depthwise")[:2] == ["l_depthwise[1,1,1]", "l_depthwise[1,2,1]"]
    assert meant(problem, "dl_depthwise[1,1,1]_dx[2,1,1]") == ["dl_depthwise[1,1,1]_dx[2,1,1]"]


def test_the_slopes_of_a_whole_layer():
    """Each of the two outputs of h by each of the two inputs is one weight; σ is element by element."""
    assert meant(DENSE, "dh_in_dx") == [f"dh{i}_in_dx{j}" for i in (1, 2) for j in (1, 2)]
    assert meant(DENSE, "dh_out_dh_in") == [f"dh{i}_out_dh{i}_in" for i in (1, 2)]


# --- on a sheet --------------------------------------------------------------------------------------


def test_a_spelling_counts_for_the_answer_that_it_means():
    checked = check(parse(DENSE), {"h1in": "0.6", "∂E/∂w5": "0"})

    assert {e.key: e.given for e in checked.entries if e.given} == {"h1_in": "0.6", "dE_dw5": "0"}
    assert not checked.texts.remarks


def test_a_matrix_by_the_letter_of_the_page():
    """The window's products summed: every cell of ∂E/∂k is a sum of x under it, at the one place that won."""
    checked = check(parse(CELLS), {"∂E/∂K1": [["5", "6"], ["8", "9"]]})

    assert [e.verdict.name for e in checked.entries if e.given] == ["RIGHT"] * 4


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([["3"]], "1 × 1 numbers where 2 × 2 are asked for"),
        ("3", "1 number where 2 × 2 are asked for"),
        (["1", "2", "3"], "3 numbers where 2 × 2 are asked for"),
        ([["1", "2"], ["3"]], "rows of unequal length, not 2 × 2 numbers"),
        ([["1"], ["2"], ["3"], ["4"]], "4 × 1 numbers where 2 × 2 are asked for"),
    ],
)
def test_another_size_than_asked_for_is_kept(value, said):
    assert check(parse(CELLS), {"c": value}).texts.missized == {"c": said}


def test_nothing_written_has_no_size():
    assert check(parse(CELLS), {"c": [["", ""]]}).texts.missized == {}


@pytest.mark.parametrize(
    ("name", "sizes"), [("cnn-102x136", "98 × 132 × 6"), ("vgg-16", "224 × 224 × 64")]
)
def test_a_size_typed_for_the_numbers_of_a_layer(name, sizes):
    remarks = check(handcalc.load(name), {"conv1": "98x132x6"}).texts.remarks

    assert remarks == [f"conv1 has {sizes} numbers; for its size write conv1_shape"]


def test_of_very_many_numbers_few_are_looked_at(monkeypatch):
    """One number typed for 77,616: that it is one too few is seen at the second."""
    problem = "input: {shape: [102, 136, 1], random: {seed: 1}}\nlayers: [{conv2d: {name: c, filters: 6, kernel_size: 5}}, {global_max_pooling2d: {name: g}}]\nask: [g]\n"
    scheme = Scheme(parse(problem))
    assert list(scheme.answers) == ["g"]
    looked_at = []
    same = Steps.same
    monkeypatch.setattr(Steps, "same", lambda self, ref: looked_at.append(ref) or same(self, ref))

    assert len(scheme.found("c", 2)) == 2
    assert len(looked_at) < 100


def test_unknown_keys_are_told_by_their_letters(monkeypatch):
    """Of 5,000 keys that have the letters of no answer none is looked for."""
    scheme = Scheme(parse(DENSE))
    looked_for = []
    monkeypatch.setattr(scheme.steps.keys, "refs", lambda *a: looked_for.append(a) or iter(()))

    assert not any(scheme.found(f"foo{i}") or scheme.found(f"dE_dfoo{i}") for i in range(5000))
    assert not looked_for


def test_ten_unknown_keys_are_named():
    remarks = check(parse(DENSE), {f"foo{i}": "1" for i in range(5000)}).texts.remarks

    assert len(remarks) == 11
    assert remarks[-1] == "4990 more keys are no answers"


@pytest.mark.parametrize("name", ["lstm-classifier", "transformer-block", "conv1d-model"])
def test_values_that_are_not_worked_out_are_no_answers(name):
    """Their layers are only counted, or have letters for sizes."""
    problem = handcalc.load(name)
    first = problem.layers[0].name or "lstm1"

    assert Scheme(problem).found(first) == []
    assert Columns(Scheme(problem), ["name", first, "total_params"]).figures == {2: "total_params"}


TEXTS = ["0", "-1", "1,234,567", "1e300", "nan", "½", "²", "(((", "=1+1", "\u202e12", "x1*w1"]
TEXTS += ["σ(h1_in)", "1" * 9000, "1/0", "e^e^e^e^e^e", "98x132x6", "1 if 2", "via x", "√2/2"]
ODD = [[["3"]], [["1", "2"], ["3"]], [], {"a": "1"}, None, True, [[[["1"]]]]]
ENDS = ["@²", "@99", "_new", "_via_x", "_via_E", "_exp", "_mean", "_error", "_shape", "_padding"]
ENDS += ["[1,1]", "[0]", "[999999999]", "⁽²⁾", "ⁿᵉʷ", "_step", "_d", "²"]


@pytest.mark.parametrize("path", sorted(library.folder().glob("*.yaml")), ids=lambda p: p.stem)
def test_no_key_and_no_text_is_a_fault_of_the_program(path):
    """Every shipped problem with its keys changed, and anything typed for them: a sheet and a class are marked."""
    pick = random.Random(path.stem)
    problem = handcalc.load(path.stem)
    scheme = Scheme(problem)
    known = [*scheme.steps.keys.known(4), *scheme.answers, *scheme.figures, "name", "", "dE_d", "E"]
    for _ in range(4):
        keys = [pick.choice(known) for _ in range(6)]
        keys = [*keys[:3], *(pick.choice(["", "d", "∂E/∂", "Delta_"]) + k for k in keys[3:])]
        keys = [*keys, *(key + pick.choice(ENDS) for key in keys)]
        answers = {key: pick.choice(TEXTS + ODD) for key in keys}
        try:
            checked = check_with(scheme, of(answers))
            formats.write(report.document(checked), "terminal")
            given = [entry.key for entry in checked.entries if entry.given]
            for key in given[:2]:
                why(checked, key)
            Columns(scheme, ["name", *keys])
        except HandcalcError:
            pass
