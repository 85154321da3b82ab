"""Verdicts: right is the key to the digits asked, follows what the student's own numbers give, along every way.

The numbers are those of net-2-2-2, worked out in the comments; its key is cut off to four decimals.
"""

import math
import re

import pytest
from typer.testing import CliRunner

from handcalc.cli._app import app
from handcalc.formats import write
from handcalc.grading.checking import check
from handcalc.grading.pages.report import document, tally
from handcalc.grading.pages.why import why
from handcalc.problem import parse

NEURON = """input: [0.2]
layers: [{dense: {name: h, weights: [[0.5]], bias: 0.3, activation: sigmoid}}]
ask: [forward]
"""


def _verdicts(problem, answers, **options):
    checked = check(problem, answers, **options)
    return {e.key: e.verdict.name.lower() for e in checked.entries if e.given}


# --- right ---------------------------------------------------------------------------------------


def test_a_number_that_contradicts_the_key_is_never_called_right():
    """-0.5·0.2389·0.2 = -0.0239 follows from a wrong ∂E/∂h; the key is 0.0067."""
    verdicts = _verdicts("net-2-2-2", {"dE_dh1_out": "-0.5", "dE_dw1": "-0.0238"})

    assert verdicts == {"dE_dh1_out": "wrong", "dE_dw1": "follows"}


@pytest.mark.parametrize(
    ("decimals", "typed", "verdict"),
    [
        (4, "0.5987", "right"),  # 1/(1 + e^-0.4) = 0.598687660112…
        (4, "0.5986", "right"),  # cut off
        (4, "0.5988", "wrong"),
        (4, "0.599", "undecided"),  # agrees, with fewer digits than asked
        (4, "0.598688", "right"),  # digits beyond those asked are held against nobody
        (4, "0.59868766011", "right"),
        (4, "0.598751", "wrong"),
        (10, "0.5986876601", "right"),
        (10, "0.59868766012", "right"),
        (10, "0.5986876603", "wrong"),
    ],
)
def test_right_is_the_key_to_the_digits_asked(decimals, typed, verdict):
    problem = parse(f"{NEURON}rounding: {{decimals: {decimals}}}\n")

    assert _verdicts(problem, {"h1_in": "0.4", "h1_out": typed})["h1_out"] == verdict


ENDING = """input: [0.1]
layers: [{dense: {name: h, weights: [[X]], activation: sigmoid}}]
ask: [forward]
rounding: {decimals: 4}
MARKING
"""
# 1/(1 + e^-0.805) = 0.69103…, which four decimals write 0.6910
DROPPED = ENDING.replace("X", "8.05")


@pytest.mark.parametrize(
    ("marking", "verdict"), [("", "right"), ("marking: {zeros: required}", "wrong")]
)
def test_zeros_that_a_calculator_drops_cost_nothing_unless_the_author_wants_them(marking, verdict):
    assert math.floor(1e4 / (1 + math.exp(-0.805))) == 6910
    problem = parse(DROPPED.replace("MARKING", marking))

    assert _verdicts(problem, {"h1_out": "0.691"})["h1_out"] == verdict
    assert _verdicts(problem, {"h1_out": "0.6910"})["h1_out"] == "right"


def test_a_number_that_ends_needs_no_zeros_even_where_they_are_required():
    problem = parse(DROPPED.replace("MARKING", "marking: {zeros: required}").replace("8.05", "3"))

    assert _verdicts(problem, {"h1_in": "0.3"})["h1_in"] == "right"


def test_zeros_that_are_missing_are_said_and_no_mistake_is_named():
    problem = parse(DROPPED.replace("MARKING", "marking: {zeros: required}"))
    page = write(why(check(problem, {"h1_out": "0.691"}), "h1_out"), "terminal")

    assert "zeros at the end are required" in " ".join(page.split())


# --- follows -------------------------------------------------------------------------------------


def test_a_wrong_delta_is_carried_through_a_blank_gradient_to_the_weight():
    """0.7 + 0.1·0.5·0.605 = 0.73025, although ∂E/∂w5 is not on the sheet."""
    verdicts = _verdicts("net-2-2-2", {"dE_do1_in": "-0.5", "w5_new": "0.7302"})

    assert verdicts == {"dE_do1_in": "wrong", "w5_new": "follows"}


SAMPLES = """
samples:
  - {input: [1, 2], target: [1]}
  - {input: [3, -1], target: [0]}
layers:
  - dense: {name: o, weights: [[0.3, -0.2]], bias: 0.1, activation: sigmoid}
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: 0.5}}
rounding: {decimals: 4}
"""


@pytest.mark.parametrize("given_gradient", [True, False])
def test_a_wrong_delta_of_one_sample_is_carried_into_the_mean(given_gradient):
    """δ₁ = 0.3 for -0.125; δ₂ = 0.768525·0.177894 = 0.13671…; their mean with x1 = 1 and 3."""
    o2 = 1 / (1 + math.exp(-1.2))
    second = o2 * o2 * (1 - o2)
    mean = (0.3 * 1 + second * 3) / 2
    answers = {
        "dE_do1_in@1": "0.3000",
        "dE_dw1": f"{mean:.4f}",
        "w1_new": f"{0.3 - 0.5 * mean:.4f}",
    }
    if given_gradient:
        answers["dE_dw1@1"] = "0.3000"
    verdicts = _verdicts(parse(SAMPLES), answers)

    assert verdicts["dE_do1_in@1"] == "wrong"
    assert verdicts["dE_dw1"] == verdicts["w1_new"] == "follows"


def test_a_whole_number_on_the_way_does_not_widen_what_comes_after():
    """From h1_in = 0 comes σ(0) = 0.5, not anything between σ(-0.5) = 0.38 and σ(0.5) = 0.62."""
    typed = {"0.5000": "follows", "0.4600": "wrong", "0.6100": "wrong"}

    for text, verdict in typed.items():
        problem = parse(f"{NEURON}rounding: {{decimals: 4}}\n")
        assert _verdicts(problem, {"h1_in": "0", "h1_out": text})["h1_out"] == verdict


def test_fewer_digits_typed_on_the_way_allow_what_they_leave_open():
    """0.5 can stand for 0.45 to 0.55 (0.6 where it was cut off): σ(0.55) = 0.6341."""
    problem = parse(f"{NEURON}rounding: {{decimals: 4}}\n")

    assert _verdicts(problem, {"h1_in": "0.5", "h1_out": "0.6341"})["h1_out"] == "follows"


SQUARE = """
input: {x: 3}
values: {f: x^2}
ask: [finite_differences]
finite_difference: {h: 0.0001}
"""


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("6.0001", "right"),
        ("6", "follows"),
        ("6.0000", "follows"),
        ("6.0009", "undecided"),
        ("6.9", "wrong"),
        ("5.6", "wrong"),
    ],
)
def test_a_difference_over_a_small_step_follows_from_the_digits_typed_and_not_from_any(
    typed, verdict
):
    """(9.0006 - 9)/0.0001 = 6; that 9.0006 may be 9.00069 cut off makes no 6.9 of a right number."""
    sheet = {"f": "9", "f_x_plus_h": "9.0006", "difference_x": typed}

    assert _verdicts(parse(SQUARE), sheet)["difference_x"] == verdict


def test_what_only_the_digits_before_it_leave_open_is_not_said_to_come_out():
    """(9.0026 - 9)/0.0001 = 26; 26.4 is what 9.00264 gives."""
    sheet = {"f": "9", "f_x_plus_h": "9.0026", "difference_x": "26.4"}
    page = " ".join(write(document(check(parse(SQUARE), sheet)), "terminal").split())

    assert "which give" not in page
    assert (
        "Within what the digits of the answers before them leave open, though the digits typed give "
        "another number: difference_x (26.00000)." in page
    )


def test_all_right_and_the_rest_blank_ends_with_0(tmp_path):
    path = tmp_path / "a.txt"
    for text, code in (("h1_in = 0.43\n", 0), ("h1_in = 0.44\n", 1), ("h1_in =\n", 0)):
        path.write_text(text, "utf-8")
        assert CliRunner().invoke(app, ["check", "net-2-2-2", str(path)]).exit_code == code


def test_the_first_wrong_step_is_the_first_of_the_page():
    """The page finds ∂E/∂w of a layer before it goes on to the values behind it."""
    import handcalc

    page = list(handcalc.solve("net-2-2-2").answers)
    first = min(("dE_dw5", "dE_dh1_out"), key=page.index)
    checked = check("net-2-2-2", {"dE_dh1_out": "7", "dE_dw5": "7"})

    assert checked.first_wrong.key == first
    assert [e.key for e in checked.entries] == [key for key in page if key in dict.fromkeys(page)]


# --- why -----------------------------------------------------------------------------------------

_INTERVAL = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?) to (-?[0-9]+(?:\.[0-9]+)?)")


@pytest.mark.parametrize("given", ["-0.0238", "0.0024", "-0.0250", "0.0067"])
def test_what_is_printed_as_allowed_is_what_was_allowed(given):
    """A verdict is what the printed intervals say: within one of them, or in none."""
    checked = check("net-2-2-2", {"dE_dh1_out": "-0.5", "dE_dw1": given})
    entry = next(e for e in checked.entries if e.key == "dE_dw1")
    page = " ".join(write(why(checked, "dE_dw1"), "terminal").split())
    intervals = [(float(a), float(b)) for a, b in _INTERVAL.findall(page)]

    assert intervals
    inside = any(low <= float(given) <= high for low, high in intervals)
    assert inside == (entry.verdict.name in ("RIGHT", "FOLLOWS"))


def test_what_is_allowed_is_said_once():
    sheet = {"z": "0.31", "y": "0.5", "dE_dy": "0.3", "dE_dw": "0.9"}
    line = "{input: {x: 0.5, t: 1}, learned: {w: 0.4, b: 0.1}, values: {z: w*x + b, y: sigmoid(z), E: (y-t)^2}}"
    page = " ".join(write(why(check(parse(line), sheet), "dE_dw"), "terminal").split())

    intervals = _INTERVAL.findall(page)
    assert intervals
    assert len(intervals) == len(set(intervals))


def test_answers_are_counted_in_numbers_where_one_mark_is_of_several():
    text = "input: {x: [1, 2, 3]}\nvalues: {p: 2x + 1, f: sum(p)}\nask: [forward]\n"

    def said(checked):
        return "".join(inline.text for inline in tally(checked))

    assert said(check(parse(text), {"p": ["3", "5", "7"], "f": "15"})) == (
        "2 of 2 marks; of 4 numbers: 4 right."
    )
    assert said(check(parse(text), {"p": ["3", "5"]})) == (
        "0 of 2 marks; of 4 numbers: 3 wrong, 1 blank."
    )
    assert said(check(parse(text.replace("[1, 2, 3]", "[1]")), {"f": "3"})) == (
        "1 of 2 marks: 1 right, 1 blank."
    )
