"""Names of mistakes: said only where chance does not explain the number as well."""

import math

import pytest

from handcalc.formats import write
from handcalc.grading.checking import check
from handcalc.grading.pages import report
from handcalc.problem import parse


def _entry(problem, answers, key):
    return next(e for e in check(problem, answers).entries if e.key == key)


def _page(problem, answers):
    return " ".join(write(report.document(check(problem, answers)), "terminal").split())


@pytest.mark.parametrize(
    ("key", "typed"),
    [("h1_in", "0"), ("h1_in", "1"), ("w1_new", "0"), ("E", "0"), ("dE_dw1", "0")],
)
def test_a_0_or_a_1_is_no_evidence(key, typed):
    """No mistake gives 0 or 1 in any of these; a single digit fits many by chance."""
    entry = _entry("net-2-2-2", {key: typed}, key)

    assert (entry.verdict.name, entry.named, entry.guessed) == ("WRONG", (), ())


def test_where_there_is_one_neuron_there_is_no_other():
    problem = parse(
        "input: [1, 2]\nlayers: [{dense: {name: o, weights: [[0.7, 0.2]]}}]\nask: [forward]\n"
    )
    entry = _entry(problem, {"o1_out": "2.1"}, "o1_out")

    assert "wrong_neuron" not in (*entry.named, *entry.guessed)


TWO_LAYERS = """input: [0.5, 0.1]
layers:
  - dense: {name: h, weights: [[0.7, 0.2], [0.3, -0.4]], bias: [0.1, 0.2], activation: sigmoid}
  - dense: {name: o, weights: [[0.6, 0.2], [0.3, -0.4]], bias: [0.1, 0.2], activation: sigmoid}
ask: [forward]
rounding: {decimals: 4}
"""


def _sigmoid(z):
    return 1 / (1 + math.exp(-z))


def test_a_name_does_not_hang_on_a_blank_that_has_nothing_to_do_with_it():
    """o1_out with the weights of o2, worked out from h1_out and h2_out, which are typed and right."""
    h1, h2 = _sigmoid(0.7 * 0.5 + 0.2 * 0.1 + 0.1), _sigmoid(0.3 * 0.5 - 0.4 * 0.1 + 0.2)
    answers = {
        "h1_out": f"{h1:.4f}",
        "h2_out": f"{h2:.4f}",
        "o1_out": f"{_sigmoid(0.3 * h1 - 0.4 * h2 + 0.1):.4f}",
    }
    problem = parse(TWO_LAYERS)
    without = _entry(problem, answers, "o1_out")
    beside = _entry(problem, answers | {"h2_in": "0.31"}, "o1_out")

    assert without.named == beside.named == ("wrong_neuron",)


def test_what_is_typed_right_is_not_explained_away():
    """o1_out is what comes out of a wrong h1_in; but h1_in, h1_out and h2_out are right on the sheet."""
    h1, h2 = _sigmoid(0.47), _sigmoid(0.31)
    no_bias = _sigmoid(0.37)
    wrong = f"{_sigmoid(0.6 * no_bias + 0.2 * h2 + 0.1):.4f}"
    typed = {"h1_in": "0.47", "h1_out": f"{h1:.4f}", "h2_out": f"{h2:.4f}", "o1_out": wrong}
    problem = parse(TWO_LAYERS)

    assert _entry(problem, typed, "o1_out").named == ()
    assert _entry(problem, {"o1_out": wrong}, "o1_out").verdict.name == "WRONG"


def test_the_decimal_point_is_not_to_blame_for_one_digit():
    """0.5 is no 0.00492 with its point moved."""
    text = "input: [0.0164]\nlayers: [{dense: {name: o, weights: [[0.3]]}}]\nask: [forward]\nrounding: {decimals: 5}\n"
    entry = _entry(parse(text), {"o1_out": "0.5"}, "o1_out")

    assert (entry.named, entry.guessed) == ((), ())


def test_two_digits_are_a_guess_and_four_a_name():
    """Without the bias h1_in = 0.13: one of 87 numbers like it, 0.1300 one of 8,600."""
    guess, name = (_entry("net-2-2-2", {"h1_in": typed}, "h1_in") for typed in ("0.13", "0.1300"))

    assert (guess.named, guess.guessed) == ((), ("bias_forgotten",))
    assert (name.named, name.guessed) == (("bias_forgotten",), ())
    assert "as if the bias was left out; chance may give this number too" in _page(
        "net-2-2-2", {"h1_in": "0.13"}
    )


def test_two_accounts_that_fit_equally_are_both_said():
    """∂E/∂z = ∂E/∂y is without the slope of the sigmoid, and with that of ReLU at z > 0."""
    problem = parse(
        "{input: {x: 0.5, t: 1}, learned: {w: 0.4, b: 0.1}, "
        "values: {z: w*x + b, y: sigmoid(z), E: 1/2*(y-t)^2}}"
    )
    sheet = {"z": "0.3", "y": "0.5744", "dE_dy": "-0.4256", "dE_dz": "-0.4256"}

    assert sorted(_entry(problem, sheet, "dE_dz").named) == [
        "no_activation_derivative",
        "other_activation",
    ]
    assert "either gives this number" in _page(problem, sheet)


def test_one_account_is_not_said_in_two_ways():
    """-(o - t) is target minus output, which is a wrong sign; 0.6490 is one of 13,000 numbers."""
    problem = parse(
        "input: [1]\nlayers: [{dense: {name: o, weights: [[0.739]]}}]\ntarget: [0.09]\n"
        "loss: {mean_squared_error: {factor: half_sum}}\nrounding: {decimals: 4}\n"
    )
    entry = _entry(problem, {"o1_out": "0.739", "dE_do1_out": "-0.6490"}, "dE_do1_out")

    assert entry.named == ("target_minus_output",)


def test_a_slope_of_1_is_never_missing():
    """Behind ReLU with z > 0 the slope is 1: leaving it out changes nothing."""
    text = (
        "input: [1]\nlayers: [{dense: {name: o, weights: [[0.7391]], activation: relu}}]\n"
        "target: [0.09]\nloss: {mean_squared_error: {factor: half_sum}}\nrounding: {decimals: 4}\n"
    )
    for typed in ("0.6491", "0.3245", "1.2982"):
        entry = _entry(parse(text), {"o1_out": "0.7391", "dE_dw1": typed}, "dE_dw1")
        assert "no_activation_derivative" not in (*entry.named, *entry.guessed)


def test_the_only_cell_of_a_list_is_not_the_only_wrong_one():
    problem = parse(
        "input: [1, 2]\nlayers: [{dense: {name: a, weights: [[0.7, 0.2]]}}]\nask: [forward]\n"
    )

    assert "only wrong cell" not in _page(problem, {"a1_out": "7.31"})


def test_a_whole_matrix_that_went_wrong_alike_is_one_sentence():
    """Nine cells of a transposed matrix: one sentence, and its cells are named."""
    image = [[1, 2, 0], [4, 1, 2], [0, 3, 1]]
    problem = parse(
        f"input: {image}\nlayers: [{{zero_padding2d: {{name: y, padding: 0}}}}]\nask: [forward]\n"
    )
    turned = [[str(row[i]) for row in image] for i in range(3)]
    sentences = [text for _, text in report.accounts(check(problem, {"y": turned}))]

    assert len(sentences) == 1


def test_random_numbers_are_not_named():
    """10,000 random numbers in place of right ones: fewer than ten get a name."""
    import random

    import numpy as np

    from handcalc.grading.column import Reader
    from handcalc.grading.judge import Judge
    from handcalc.grading.scheme import Scheme

    rng = random.Random(11)
    scheme = Scheme(parse(TWO_LAYERS))
    steps = [step for answer in scheme.answers.values() for step in answer.steps]
    right = {step.ref: scheme.steps.exact(step.ref) for step in steps}
    sheets, rows = 10_000, {}
    chosen = [rng.randrange(len(steps)) for _ in range(sheets)]
    for number, step in enumerate(steps):
        size = 2 * abs(right[step.ref])
        rows[step.ref] = Reader().column(
            [
                f"{rng.uniform(-size, size) if chosen[i] == number else right[step.ref]:.4f}"
                for i in range(sheets)
            ]
        )
    judged = Judge(scheme).mark(steps, rows, sheets)
    named = np.any([some for one in judged.values() for some in one.names.values()], axis=0)

    assert int(named.sum()) < sheets / 1000


# --- names that were taken for others -----------------------------------------------------------------


def test_the_wrong_sign_in_an_exponent_is_no_transposed_matrix():
    """1/(1 + e^0.47) = 0.3846 and 1/(1 + e^0.31) = 0.4231 for 0.6154 and 0.5769."""
    answers = {"h1_in": "0.47", "h2_in": "0.31"}
    answers |= {"h1_out": f"{_sigmoid(-0.47):.4f}", "h2_out": f"{_sigmoid(-0.31):.4f}"}
    entries = {e.key: e for e in check(parse(TWO_LAYERS), answers).entries}

    assert "exponent_sign" in entries["h1_out"].named
    assert "exponent_sign" in entries["h2_out"].named
    assert "weights_transposed" not in (*entries["h1_out"].named, *entries["h2_out"].named)


STEP = """input: [0.5, 0.8]
layers: [{dense: {name: o, weights: [[0.7, 0.2]], bias: [0.1], activation: sigmoid}}]
target: [0]
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: 0.5}}
rounding: {decimals: 4}
"""


def test_a_learning_rate_that_was_forgotten_is_no_factor_of_the_loss():
    """W - ∂E/∂w, with η = 0.5 and every gradient on the sheet, right."""
    o = _sigmoid(0.7 * 0.5 + 0.2 * 0.8 + 0.1)
    slope = o * o * (1 - o)
    answers = {"o1_out": f"{o:.4f}", "dE_do1_in": f"{slope:.4f}"}
    answers |= {"dE_dw1": f"{slope * 0.5:.4f}", "dE_dw2": f"{slope * 0.8:.4f}"}
    answers |= {"w1_new": f"{0.7 - slope * 0.5:.4f}", "w2_new": f"{0.2 - slope * 0.8:.4f}"}
    entries = {e.key: e for e in check(parse(STEP), answers).entries}

    assert entries["w1_new"].named == entries["w2_new"].named == ("rate_forgotten",)


IMAGE = [[7, 2, 9, 3], [4, 1, 8, 6], [5, 3, 1, 9], [2, 8, 4, 7]]
SUMS = f"input: {IMAGE}\nlayers: [{{conv2d: {{name: y, kernel: [[1, 3], [2, -1]]}}}}]\nask: [forward]\n"


def _convolved():
    kernel = [[1, 3], [2, -1]]
    return [
        [sum(kernel[u][v] * IMAGE[i + u][j + v] for u in (0, 1) for v in (0, 1)) for j in range(3)]
        for i in range(3)
    ]


def test_a_row_that_was_copied_into_the_next_two_is_one_sentence():
    """The first row three times: six cells, one account, and it is not the window."""
    first = [str(v) for v in _convolved()[0]]
    checked = check(parse(SUMS), {"y": [first, first, first]})
    sentences = list(report.accounts(checked))

    assert len(sentences) == 1
    assert len(sentences[0][0]) == 6
    assert "a row was copied" in sentences[0][1]


def test_a_number_in_the_cell_beside_its_own_turns_no_matrix():
    """Two neighbours of nine exchanged: fourteen of sixteen would be right in a larger one."""
    cells = [[str(v) for v in row] for row in _convolved()]
    cells[1][0], cells[1][1] = cells[1][1], cells[1][0]
    wrong = [e for e in check(parse(SUMS), {"y": cells}).entries if e.verdict.name == "WRONG"]

    assert [e.key for e in wrong] == ["y[2,1]", "y[2,2]"]
    assert not any("matrix_turned" in (*e.named, *e.guessed) for e in wrong)


def test_a_remark_that_asks_ends_with_its_question_mark():
    page = _page("net-2-2-2", {"Ee": "1"})

    assert "did you mean 'E'?" in page
    assert "?." not in page
