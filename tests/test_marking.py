"""Marking: honest sheets lose nothing, planted mistakes are found, named and charged once.

The sheets are worked out by tests/students.py, with arithmetic of its own.
"""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import handcalc
from handcalc import library
from handcalc.errors import ProblemError, UsageError
from handcalc.formats import write
from handcalc.grading.checking import check
from handcalc.grading.lint import lint
from handcalc.grading.mistakes import MISTAKES
from handcalc.grading.pages import report, why
from handcalc.grading.reading.sheet import load, of
from handcalc.problem import parse
from students import MISTAKES as PLANTED
from students import Numbers, drawn, rounded, sheet, strategies

SOURCE = Numbers(
    (0.5, 0.3, 0.1, 0.4, 0.7, 0.2, 0.4, 0.8), (0.2, 0.1), (0.3, 0.5), (0.09, 0.01), 0.1
)
SHEETS = library.folder() / "sheets"


def _checked(numbers, decimals, answers, **options):
    return check(parse(numbers.problem(decimals), name="net"), of(answers), **options)


def _verdicts(checked):
    return {entry.key: entry.verdict.name.lower() for entry in checked.entries}


def _lost(checked, answers):
    return sum(e.of - e.marks for e in checked.entries if e.key in answers)


# --- the source ----------------------------------------------------------------------------------


def test_the_author_of_the_source_is_right_everywhere_but_in_the_loss():
    """0.5·(0.649² + 0.76²) = 0.4994: neither rounding nor cutting off gives 0.498."""
    checked = check(handcalc.load("net-2-2-2"), load(SHEETS / "net-2-2-2-by-hand.yaml"))
    given_ones = {key: v for key, v in _verdicts(checked).items() if v != "blank"}

    assert given_ones.pop("E") == "wrong"
    assert set(given_ones.values()) == {"right"}
    assert len(given_ones) == 36
    assert checked.first_wrong.key == "E"
    assert checked.first_wrong.follow.startswith("0.4994")


def test_the_notebook_of_the_source_used_updated_weights():
    text = handcalc.load("net-2-2-2").origin.text + "marking: {decimals: 8}\n"
    checked = check(parse(text), load(SHEETS / "net-2-2-2-notebook.yaml"))
    wrong = {e.key: e.mistake for e in checked.entries if e.verdict.name == "WRONG"}

    assert wrong == dict.fromkeys(("w1_new", "w2_new", "w3_new", "w4_new"), "updated_weights")
    assert _lost(checked, checked.sheet.answers) == 1


def test_the_notebook_is_right_to_the_four_decimals_that_are_asked():
    """Its w1_new of 0.4993… differs from the key in the fifth decimal alone: ∂E/∂w1 = 0.0067 or 0.0066."""
    checked = check("net-2-2-2", load(SHEETS / "net-2-2-2-notebook.yaml"))

    assert _lost(checked, checked.sheet.answers) == 0


def test_the_notebook_is_right_where_the_file_says_sequential():
    text = handcalc.load("net-2-2-2").origin.text + "update: sequential\n"
    checked = check(parse(text), load(SHEETS / "net-2-2-2-notebook.yaml"))

    assert _lost(checked, checked.sheet.answers) == 0


# --- honest sheets -------------------------------------------------------------------------------


@pytest.mark.parametrize("decimals", [2, 3, 4])
@pytest.mark.parametrize("seed", range(12))
def test_no_honest_sheet_loses_a_mark(seed, decimals):
    """Rounded or cut off at every step, going on with that or with full precision."""
    numbers = drawn(random.Random(seed))
    for way, carries in strategies(decimals):
        answers = sheet(numbers, way, carries)
        checked = _checked(numbers, decimals, answers)

        assert _lost(checked, answers) == 0
        assert all(_verdicts(checked)[key] in ("right", "follows") for key in answers)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9), st.data())
def test_an_honest_sheet_with_gaps_loses_its_gaps_alone(seed, data):
    """What is blank is worked out from the answers before it."""
    numbers = drawn(random.Random(seed))
    answers = sheet(numbers, rounded(4), carries=True)
    gaps = data.draw(st.sets(st.sampled_from(sorted(answers)), max_size=12))
    kept = {key: value for key, value in answers.items() if key not in gaps}
    checked = _checked(numbers, 4, kept)

    assert _lost(checked, kept) == 0
    assert all(_verdicts(checked)[key] == "blank" for key in gaps)


# --- planted mistakes ----------------------------------------------------------------------------


@pytest.mark.parametrize("mistake", PLANTED)
@pytest.mark.parametrize("decimals", [3, 4])
def test_a_planted_mistake_is_named_and_charged_once(mistake, decimals):
    for seed in range(3):
        numbers = drawn(random.Random(seed))
        for way, carries in strategies(decimals):
            answers = sheet(numbers, way, carries, mistake)
            checked = _checked(numbers, decimals, answers)
            wrong = [e for e in checked.entries if e.verdict.name == "WRONG"]
            if not wrong:
                # What passes must be what lint says of it: w - η·∂E/∂w differs from w by less than rounding.
                blind = lint(parse(numbers.problem(decimals))).blind
                assert mistake in {found.mistake for found in blind}
                continue

            said = [e.named or e.guessed for e in wrong]
            assert all(not words or mistake in words for words in said)
            # One that shows in a single answer, or with a digit or two, chance may give as well.
            assert any(mistake in e.named for e in wrong) or len(wrong) == 1 or decimals == 3
            assert _lost(checked, answers) == 1


def test_two_mistakes_are_both_named():
    """The bias is missing in h1 alone, and the update goes up the gradient in w5 alone."""
    answers = sheet(SOURCE, rounded(4), carries=True)
    answers["h1_in"] = "0.1300"  # 0.43 - 0.3
    gradient, rate = float(answers["dE_dw8"]), SOURCE.rate
    answers["w8_new"] = f"{SOURCE.w[7] + rate * gradient:.4f}"
    named = {e.key: e.mistake for e in _checked(SOURCE, 4, answers).entries if e.mistake}

    assert named["h1_in"] == "bias_forgotten"
    assert named["w8_new"] == "plus_in_update"


@pytest.mark.parametrize(
    ("key", "typed", "named", "guessed"),
    [
        ("h1_out", "0.6509", "digits_swapped", ()),  # 0.6059, one of 12,000 numbers
        ("o1_in", "-1.0420", "sign", ()),
        (
            "dE_dw5",
            "0.7580",
            "",
            ("point_moved",),
        ),  # 0.0758; one of 15,000, but six points were tried
        ("dE_dw5", "-0.0758", "", ("target_minus_output",)),  # one of 1,500
        ("dE_dw5", "0.758", "", ()),  # fewer digits than asked for
    ],
)
def test_slips_of_the_pen(key, typed, named, guessed):
    answers = {key: typed}
    entry = next(e for e in _checked(SOURCE, 4, answers).entries if e.key == key)

    assert (entry.verdict.name, entry.mistake, entry.guessed) == ("WRONG", named, guessed)


# --- verdicts ------------------------------------------------------------------------------------


def test_what_follows_from_a_slip_earns_its_marks():
    """h1_in is taken for 0.53; everything after it is worked out from that."""
    slipped = Numbers((*SOURCE.w[:1], 1.3, *SOURCE.w[2:]), SOURCE.x, SOURCE.b, SOURCE.t, 0.1)
    answers = sheet(slipped, rounded(4), carries=True)
    for k in ("w2_new", "dE_dw2"):
        del answers[k]
    checked = _checked(SOURCE, 4, answers)
    verdicts = _verdicts(checked)

    assert verdicts["h1_in"] == "wrong"
    assert verdicts["h1_out"] == verdicts["o1_in"] == verdicts["E"] == "follows"
    assert _lost(checked, answers) == 1


def test_strict_marks_against_the_key_alone():
    slipped = {"h1_in": "0.53", "h1_out": "0.6295"}
    free, strict = (_checked(SOURCE, 4, slipped, strict=s) for s in (False, True))

    assert _verdicts(free)["h1_out"] == "follows"
    assert _verdicts(strict)["h1_out"] == "wrong"


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("0.6059", "right"),  # 0.605873…
        ("0.6058", "right"),  # cut off
        ("0.605873", "right"),
        (".6059", "right"),
        ("6.059e-1", "right"),
        ("6.059·10^-1", "right"),
        ("0.606", "undecided"),  # agrees, with fewer digits than asked
        ("0.61", "undecided"),
        ("0.6060", "wrong"),
        ("0.6057", "wrong"),
        ("0", "wrong"),
        ("0.6200", "wrong"),
        ("", "blank"),
        ("?", "blank"),
        ("six", "undecided"),
        ("nan", "undecided"),
        ("inf", "undecided"),
        ("1e400000000", "undecided"),
        ("9**9**9", "undecided"),
    ],
)
def test_digits_as_typed(typed, verdict):
    answers = {"h1_in": "0.43", "h1_out": typed}

    assert _verdicts(_checked(SOURCE, 4, answers))["h1_out"] == verdict


def test_truncation_can_be_forbidden():
    text = SOURCE.problem(4) + "marking: {truncation: false}\n"
    verdict = {
        typed: _verdicts(check(parse(text), of({"h1_in": "0.43", "h1_out": typed})))["h1_out"]
        for typed in ("0.6059", "0.6058")
    }

    assert verdict == {"0.6059": "right", "0.6058": "wrong"}


def test_an_unexplained_zero_does_not_make_later_steps_free():
    """From h1_out = 0 everything that it multiplies is 0."""
    answers = {"h1_in": "0.43", "h1_out": "0.0000", "dE_dw5": "0.0000", "dE_dw7": "0.0000"}
    verdicts = _verdicts(_checked(SOURCE, 4, answers))

    assert verdicts["h1_out"] == "wrong"
    assert verdicts["dE_dw5"] == verdicts["dE_dw7"] == "undecided"


def test_marks_are_weighted_by_the_file():
    text = SOURCE.problem(4) + 'marking: {marks: {"dE_*": 2, "E": 5, "*_new": 1/2}}\n'
    of_key = {e.key: e.of for e in check(parse(text), of({})).entries}

    assert (of_key["h1_in"], of_key["dE_dw1"], of_key["E"], of_key["w1_new"]) == (1, 2, 5, 0.5)


def test_unknown_keys_cost_nothing_and_are_named():
    checked = _checked(SOURCE, 4, {"h1_inn": "0.43", "h1_in": "0.43"})

    assert checked.texts.remarks == ["there is no answer 'h1_inn'; did you mean 'h1_in'?"]
    assert checked.marks == 1


def test_a_single_factor_that_is_not_asked_for_is_judged_without_marks():
    checked = _checked(SOURCE, 4, {"do1_out_do1_in": "0.1928"})
    entry = next(e for e in checked.entries if e.key == "do1_out_do1_in")

    assert (entry.verdict.name, entry.of) == ("RIGHT", 0)


def test_every_verdict_can_be_explained():
    answers = sheet(SOURCE, rounded(4), carries=True, mistake="bias_forgotten")
    checked = _checked(SOURCE, 4, answers)

    explained = {key: write(why.why(checked, key), "terminal") for key in answers}
    assert "the bias was left out" in explained["h1_in"]
    assert "= 0.5·0.2 + 0.3·0.1 + 0.3 = 0.43" in explained["h1_in"]
    assert "The same mistake has cost its mark before" in explained["o1_in"]
    with pytest.raises(UsageError, match="did you mean 'h1_in'"):
        why.why(checked, "h1_inn")


# --- matrices ------------------------------------------------------------------------------------

CONV = """
input: [[1, 2, 0, 3], [4, 1, 2, 0], [0, 3, 1, 5], [2, 2, 4, 1]]
layers:
  - conv2d: {name: y, kernel: [[1, 2], [3, -1]], padding: PAD, strides: STRIDE}
ask: [forward]
"""


def _correlated(image, kernel, padding=0, stride=1, flip=False):
    """The sum under the window, cell by cell."""
    if flip:
        kernel = [row[::-1] for row in kernel[::-1]]
    width = len(image[0]) + 2 * padding
    rows = [[0] * width for _ in range(padding)]
    rows += [[0] * padding + list(row) + [0] * padding for row in image]
    rows += [[0] * width for _ in range(padding)]
    return [
        [
            sum(kernel[u][v] * rows[i + u][j + v] for u in (0, 1) for v in (0, 1))
            for j in range(0, len(rows[0]) - 1, stride)
        ]
        for i in range(0, len(rows) - 1, stride)
    ]


IMAGE = [[1, 2, 0, 3], [4, 1, 2, 0], [0, 3, 1, 5], [2, 2, 4, 1]]
KERNEL = [[1, 2], [3, -1]]


def _conv(answers, padding=0, stride=1):
    text = CONV.replace("PAD", str(padding)).replace("STRIDE", str(stride))
    return check(parse(text), of({"y": [[str(v) for v in row] for row in answers]}))


def test_a_matrix_is_marked_cell_by_cell():
    right = _correlated(IMAGE, KERNEL)
    right[1][2] += 7
    checked = _conv(right)
    wrong = [e.key for e in checked.entries if e.verdict.name == "WRONG"]

    assert wrong == ["y[2,3]"]
    assert checked.marks == pytest.approx(8 / 9)


@pytest.mark.parametrize(
    ("answers", "mistake"),
    [
        (_correlated(IMAGE, KERNEL, flip=True), "kernel_flipped"),
        ([list(row) for row in zip(*_correlated(IMAGE, KERNEL), strict=True)], "matrix_turned"),
        ([row[::-1] for row in _correlated(IMAGE, KERNEL)], "matrix_turned"),
    ],
)
def test_whole_matrices_that_went_wrong_alike(answers, mistake):
    named = [e.mistake for e in _conv(answers).entries if e.verdict.name == "WRONG"]

    assert named.count(mistake) == len(named) >= 4


def test_strides_and_padding_that_were_ignored():
    padded, far = _correlated(IMAGE, KERNEL, padding=1), _correlated(IMAGE, KERNEL, stride=2)
    unpadded, near = _correlated(IMAGE, KERNEL), _correlated(IMAGE, KERNEL)
    as_padded = [[*row, 99, 98] for row in unpadded] + [[97] * 5] * 2
    named = {e.key: e.mistake for e in _conv(as_padded, padding=1).entries}
    strided = {e.key: e.mistake for e in _conv([r[:2] for r in near[:2]], stride=2).entries}

    assert padded[0][0] != unpadded[0][0]
    assert named["y[1,1]"] == "padding_ignored or window_shifted"
    assert far[1][1] != near[1][1]
    assert strided["y[2,2]"] == "stride_ignored"


@pytest.mark.parametrize(
    ("typed", "size", "as_if"),
    [
        (_correlated(IMAGE, KERNEL), "3 × 3", ("padding_ignored",)),
        ([[3]], "1 × 1", ()),
    ],
)
def test_a_matrix_of_another_size_is_wrong_and_the_slip_behind_the_size_is_said(typed, size, as_if):
    """With a border of 1 the 4 × 4 image gives 5 × 5 cells, without it 3 × 3."""
    checked = _conv(typed, padding=1)
    entry = checked.first_wrong

    assert (entry.key, entry.given, entry.guessed) == ("y", size, as_if)
    assert (checked.marks, checked.of) == (0, 1)
    sentence = f"y has {size} numbers where 5 × 5 are asked for"
    assert sentence in " ".join(write(report.document(checked), "terminal").split())


def test_pooling_with_the_mean():
    text = "input: [[1, 2, 5, 3], [4, 1, 2, 0]]\nlayers: [{max_pooling2d: {name: p}}]\nask: [forward]\n"
    checked = check(parse(text), of({"p": [["2", "2.5"]]}))

    assert [e.mistake for e in checked.entries] == ["average_for_maximum"] * 2


# --- sizes and counts ------------------------------------------------------------------------------


def _lenet(**answers):
    checked = check(handcalc.load("lenet-5"), of(answers))
    return {
        e.key: (
            e.verdict.name.lower(),
            e.mistake or " ".join(("as if", *e.guessed)[: 2 * len(e.guessed)]),
        )
        for e in checked.entries
        if e.given
    }


@pytest.mark.parametrize(
    ("key", "typed", "verdict"),
    [
        ("conv1_shape", "28x28x6", ("right", "")),
        ("conv1_shape", "(28, 28, 6)", ("right", "")),
        ("conv1_shape", "28 × 28 × 6", ("right", "")),
        ("conv1_shape", "27x27x6", ("wrong", "as if window_shifted")),
        ("total_params", "61,706", ("right", "")),
        ("conv1_params", "150", ("wrong", "as if biases_not_counted")),
        ("conv2_params", "416", ("wrong", "channels_forgotten")),
        ("pool1_params", "4", ("wrong", "")),
        ("conv1_params", "many", ("undecided", "")),
    ],
)
def test_sizes_and_counts(key, typed, verdict):
    assert _lenet(**{key: typed})[key] == verdict


def test_sizes_follow_from_the_sizes_before():
    """A first size of 27 makes 13 after pooling, 9 after 5 × 5, 4 after pooling and 4·4·16 = 256."""
    found = _lenet(
        conv1_shape="27x27x6",
        pool1_shape="13x13x6",
        conv2_shape="9x9x16",
        pool2_shape="4x4x16",
        flatten1_shape="256",
        dense1_params=str(256 * 120 + 120),
    )

    assert found.pop("conv1_shape") == ("wrong", "as if window_shifted")
    assert set(found.values()) == {("follows", "")}


def test_the_ceiling_for_the_floor():
    """(32 - 5)/2 = 13.5: 14 places, not 15; one place too many gives 15 as well."""
    checked = check(handcalc.load("shape-32-stride-2"), of({"conv1_shape": "15x15"}))

    assert checked.first_wrong.guessed == ("ceiling_for_floor", "window_shifted")


def test_the_same_mistake_in_two_counts_is_no_chance():
    """150 of 156 and 2400 of 2416 weights: both without their biases."""
    checked = check("lenet-5", {"conv1_params": "150", "conv2_params": "2400"})
    wrong = [e for e in checked.entries if e.given]

    assert [e.mistake for e in wrong] == ["biases_not_counted"] * 2
    assert [e.marks for e in wrong] == [0, 1]


# --- formulas --------------------------------------------------------------------------------------

SYMBOLS = """
input: {shape: [2]}
layers:
  - dense: {name: h, units: 2, activation: sigmoid}
  - dense: {name: o, units: 1, activation: sigmoid}
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: 0.1}}
"""


@pytest.mark.parametrize(
    ("key", "typed", "verdict"),
    [
        ("h1_in", "w1*x1 + w2*x2 + b1", ("right", "")),
        ("h1_in", "x2 w2 + w1·x1 + b1", ("right", "")),
        ("h1_in", "w1 x1 + w2 x2", ("wrong", "bias_forgotten")),
        ("h1_out", "σ(h1_in)", ("right", "")),
        ("h1_out", "1/(1+e^(-h1_in))", ("right", "")),
        ("h1_out", "exp(h1_in)/(1 + exp(h1_in))", ("right", "")),
        ("E", "½(o1_out − t1)²", ("right", "")),
        ("E", "(o1_out - t1)^2", ("wrong", "loss_factor")),
        ("dE_dw5", "(o1_out-t1) o1_out(1-o1_out) h1_out", ("right", "")),
        ("dE_dw5", "(o1_out-t1) h1_out", ("wrong", "no_activation_derivative")),
        ("dE_dw5", "(t1-o1_out) o1_out (1-o1_out) h1_out", ("wrong", "target_minus_output")),
        ("w5_new", "w5 + eta dE_dw5", ("wrong", "plus_in_update")),
        ("w5_new", "w5 - η·dE_dw5", ("right", "")),
        ("dE_dw5", "dE_dw5", ("undecided", "")),  # names itself
        ("dE_dw5", "w5_new", ("undecided", "")),  # and what follows from it
        ("h1_in", "__import__('os').getcwd()", ("undecided", "")),
        ("h1_in", "x1.__class__", ("undecided", "")),
        ("h1_in", "9**9**9**9", ("undecided", "")),
        ("h1_in", "(" * 500 + "x1", ("undecided", "")),
    ],
)
def test_formulas_are_compared_by_their_values(key, typed, verdict):
    checked = check(parse(SYMBOLS), of({key: typed}))
    entry = next(e for e in checked.entries if e.key == key)

    assert (entry.verdict.name.lower(), entry.mistake) == verdict


def test_the_library_checks_in_one_call():
    assert handcalc.check("net-2-2-2", {"h1_in": "0.43", "h1_out": "0.605"}).marks == 2


def test_every_mistake_says_what_is_wrong():
    from handcalc.grading import mistakes

    for word in MISTAKES:
        said = mistakes.load(word).said

        assert said[0].islower()
        assert not said.endswith(".")


@pytest.mark.parametrize("decimal", ["comma", "point"])
def test_a_sheet_with_commas(decimal):
    """A comma, or a point, that cannot stand between thousands is a decimal sign, whatever the sheet says."""
    answers = {"h1_in": "0,43", "h1_out": "0,6059", "h2_in": "0.36"}

    assert check(parse(SOURCE.problem(4)), of({"decimal": decimal, **answers})).marks == 3


def test_a_slip_in_copying_out_goes_no_further():
    """The digits of o1_out are swapped on the sheet; what follows was worked out with the right ones."""
    answers = sheet(SOURCE, rounded(3), carries=True)
    answers["o1_out"] = "0.793"  # 0.739
    checked = _checked(SOURCE, 3, answers)

    assert _lost(checked, answers) == 1
    assert _verdicts(checked)["E"] == _verdicts(checked)["dE_do1_in"] == "right"


def test_repeated_mistakes_can_be_charged():
    answers = sheet(SOURCE, rounded(4), carries=True, mistake="no_activation_derivative")
    text = SOURCE.problem(4) + "marking: {repeated: charged}\n"
    wrong = [e for e in check(parse(text), of(answers)).entries if e.verdict.name == "WRONG"]

    assert len(wrong) == 4
    assert sum(e.marks for e in wrong) == 0


def test_marks_for_answers_that_there_are_not_are_named():
    text = SOURCE.problem(4) + "marking: {marks: {E: 2, dE_dwl: 3, h1_in: -1}}\n"
    with pytest.raises(ProblemError) as caught:
        check(parse(text), of({}))

    assert "there is no answer 'dE_dwl' on the sheet; did you mean 'dE_dw" in str(caught.value)
    assert "marks are not below 0" in str(caught.value)


def test_a_wrong_loss_behind_blank_convolutions_is_judged_at_once():
    """Followed back to the kernel its formula would have millions of parts."""
    checked = check("conv-classifier", {"E_new": "9"})

    assert checked.first_wrong.key == "E_new"


def test_nothing_of_marking_needs_sympy():
    import subprocess
    import sys

    code = (
        "import sys, handcalc; handcalc.check('net-2-2-2', {'h1_in': '0.13'}).entries; "
        "assert 'sympy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# --- cells by their own keys -----------------------------------------------------------------------


def test_cells_answered_one_by_one_are_the_matrix():
    right = _correlated(IMAGE, KERNEL)
    cells = {
        f"y[{i + 1},{j + 1}]": str(v) for i, row in enumerate(right) for j, v in enumerate(row)
    }
    text = CONV.replace("PAD", "0").replace("STRIDE", "1")
    checked = check(parse(text), of(cells))

    assert (checked.marks, checked.of) == (pytest.approx(1), pytest.approx(1))
    assert [entry.key for entry in checked.entries] == list(cells)


def test_one_sheet_leaves_the_next_as_it_was():
    """A step on the way that one student answers is not on the sheet of the next."""
    from handcalc.grading.checking import check_with
    from handcalc.grading.scheme import Scheme

    scheme = Scheme(parse(SOURCE.problem(4)))
    planted = {"dE_dw5": "0.3934"}  # 0.6493·0.6059, without the slope
    first = check_with(scheme, of(planted)).first_wrong.mistake
    check_with(scheme, of({"do1_out_do1_in": "0.1927"}))

    assert first == "no_activation_derivative"
    assert check_with(scheme, of(planted)).first_wrong.mistake == first


# --- samples, and other losses ---------------------------------------------------------------------

SAMPLES = """
samples:
  - {input: [1, 2], target: [1]}
  - {input: [3, -1], target: [0]}
layers:
  - dense: {name: o, weights: [[0.3, -0.2]], bias: 0.1, activation: sigmoid}
loss: LOSS
optimizer: {sgd: {learning_rate: 0.5}}
"""


def test_the_sum_over_the_samples_for_their_mean():
    text = SAMPLES.replace("LOSS", "{mean_squared_error: {factor: half_sum}}")
    solved = handcalc.solve(parse(text)).answers
    doubled = {key: f"{2 * solved[key].value:.4f}" for key in ("dE_dw1", "dE_dw2")}
    named = {e.key: e.mistake for e in check(parse(text), of(doubled)).entries if e.given}

    # Of two samples the sum is twice the mean, and so is what a factor of the loss gives.
    assert named == dict.fromkeys(("dE_dw1", "dE_dw2"), "loss_factor or sum_for_mean")


def test_another_base_of_the_logarithm():
    """log10 of 0.5 is -0.3010, ln of it -0.6931."""
    text = "input: [0]\nlayers: [{dense: {name: o, weights: [[1]], activation: sigmoid}}]\ntarget: [1]\nloss: binary_crossentropy\n"
    checked = check(parse(text), of({"o1_in": "0", "o1_out": "0.5", "E": "0.3010"}))

    assert checked.first_wrong.mistake == "log_base"
    assert next(e.expected for e in checked.entries if e.key == "E") == "0.6931"


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("(N - 2) x 16", "right"),
        ("N-2 × 16", "right"),
        ("(N - 3) x 16", "wrong"),
        ("N x 16", "wrong"),
        ("98x16", "wrong"),
        ("(M - 2) x 16", "undecided"),
    ],
)
def test_sizes_in_letters_are_answered_as_formulas(typed, verdict):
    entry = check("conv1d-model", {"conv1_shape": typed}).entries[0]

    assert (entry.verdict.name.lower(), entry.expected) == (verdict, "(N - 2) x 16")


def test_a_total_in_letters():
    checked = check("conv1d-model", {"total_params": "1633 + 32 floor((N-6)/4)"})

    assert {e.key: e.verdict.name for e in checked.entries}["total_params"] == "RIGHT"


def test_both_ways_to_a_gradient_count_where_a_step_is_blank():
    """-0.0292·0.2464 is cut off to -0.0071, and -0.0071·(-0.9) = 0.00639 to 0.0063."""
    text = """
input: [0.1, -0.1, 0.6, -0.9]
target: [0, 1, 0, 0]
layers:
  - dense: {name: g, weights: [[-0.6, 0.9, -0.5, 1.0], [1.0, -0.2, 0.6, -0.9], [-0.9, 0.2, 0.2, -0.9], [0.0, 0.0, -0.2, -0.2]], bias: -0.3, activation: sigmoid}
  - dense: {name: h, weights: [[-0.5, 0.4, 0.4, -0.1]], bias: 0.2, activation: tanh}
  - dense: {name: o, weights: [[0.8], [0.1], [0.3], [0.7]], bias: -0.3, activation: softmax}
loss: categorical_crossentropy
optimizer: {sgd: {learning_rate: 0.1}}
"""
    checked = check(parse(text), of({"dE_dw16": "0.0063"}))

    assert checked.marks == 1


def test_what_full_precision_leaves_of_zero_is_zero():
    text = "input: [0.1, 0.2]\nlayers: [{dense: {name: h, weights: [[1, 1]], bias: -0.3, activation: tanh}}]\nask: [forward]\n"

    assert check(parse(text), of({"h1_in": "-2.7755575615628914e-17"})).marks == 1
