"""Answer sheets: the same answers from every form, and hostile ones end in one line, within a second."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import handcalc
from handcalc.cli._app import app
from handcalc.errors import HandcalcError
from handcalc.grading import answer
from handcalc.grading.checking import check
from handcalc.grading.column import Reader
from handcalc.grading.pages import blank_sheet
from handcalc.grading.reading import lists
from handcalc.grading.reading.sheet import load
from handcalc.grading.scheme import Scheme
from handcalc.grading.typed_formula import parse
from handcalc.grading.verdict import Verdict

FORMS = {
    "a.yaml": "name: A\nanswers:\n  h1_in: 0.43\n  h1_out: 0.620\n",
    "b.yaml": "h1_in: 0.43\nh1_out: 0.620\n",
    "a.json": '{"name": "A", "answers": {"h1_in": 0.43, "h1_out": 0.620}}',
    "a.csv": "key,answer\nh1_in,0.43\nh1_out,0.620\n",
    "b.csv": "h1_in,h1_out,E\n0.43,0.620,\n",
    "a.txt": "# answers\nh1_in = 0.43\nh1_out = 0.620   # not sure\n",
    "without-suffix": "h1_in = 0.43\nh1_out=0.620",
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_keeps_what_was_typed(name, tmp_path):
    path = tmp_path / name
    path.write_text(FORMS[name], "utf-8")
    found = load(path).answers

    assert (found["h1_in"], found["h1_out"]) == ("0.43", "0.620")


SOFTMAX = """
input: {z: [2, 1, 0.1], t: [1, 0, 0]}
values: {p: exp(z)/sum(exp(z)), L: -sum(t*ln(p))}
minimize: L
ask: [forward, gradients]
"""


@pytest.mark.parametrize(
    "line",
    [
        "p = [0.6590, 0.2424, 0.0986]",
        "p: [0.6590, 0.2424, 0.0986]",
        "p = 0.6590 0.2424 0.0986",
        "p = 0.6590, 0.2424, 0.0986",
        "p = [0.6590,0.2424,0.0986,]",
        "p = [0,6590; 0,2424; 0,0986]",
        "p = [0,6590, 0,2424, 0,0986]",
        "p = 0,6590 0,2424 0,0986",
        "p = [0.6590,\n  0.2424,\n  0.0986]",
        "p[1]=[0.6590]\np[2]=0.2424\np[3]=0.0986",
    ],
)
def test_a_list_in_a_text_sheet_is_the_list_that_it_is_in_yaml(line, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(f"{line}\ndL_dz = [-0.3410, 0.2424, 0.0986]\n", "utf-8")
    checked = check(handcalc.problem.parse(SOFTMAX), path)
    right = {e.key for e in checked.entries if e.verdict == Verdict.RIGHT}

    assert right == {"p[1]", "p[2]", "p[3]", "dL_dz1", "dL_dz2", "dL_dz3"}


@pytest.mark.parametrize(
    ("text", "many", "found"),
    [
        ("[[1, 2], [3, 4]]", 4, [["1", "2"], ["3", "4"]]),
        ("[1 2; 3 4]", 4, [["1", "2"], ["3", "4"]]),
        ("[1,5 2,5; 3 4]", 4, [["1,5", "2,5"], ["3", "4"]]),
        ("[f(x, y), x + z]", 2, ["f(x, y)", "x + z"]),
        ("[0,65]", 1, ["0,65"]),
        ("1 309 560", 1, ["1 309 560"]),
        ("0.1 0.2", 3, ["0.1", "0.2"]),
        ("[x]*[y]", 1, "[x]*[y]"),
    ],
)
def test_a_text_is_read_as_the_list_that_is_asked_for(text, many, found):
    assert lists.numbers_of(text, many) == found


@pytest.mark.parametrize(
    ("text", "value", "decimals"),
    [
        ("0.620", 0.62, 3),
        (".62", 0.62, 2),
        ("6.2e-1", 0.62, 2),
        ("6.2·10^-1", 0.62, 2),
        ("-0.5", -0.5, 1),
        ("−0.5", -0.5, 1),
        ("≈ 0.62", 0.62, 2),
        ("12", 12, 0),
        ("1,309,560", 1309560, 0),
        ("5.", 5, 0),
    ],
)
def test_numbers_and_their_digits(text, value, decimals):
    typed = answer.number(text)

    assert (typed.value, typed.decimals) == (value, decimals)


def test_fractions_are_exact():
    assert answer.number("31/50") == answer.Typed(0.62, 0, exact=True)


@pytest.mark.parametrize("comma", [True, False, None])
@pytest.mark.parametrize(
    ("text", "value", "decimals"),
    [
        ("0,62", 0.62, 2),
        (",62", 0.62, 2),
        ("-0,0117", -0.0117, 4),
        ("12,5", 12.5, 1),
        ("1,2345", 1.2345, 4),
        ("1,5e-3", 0.0015, 4),
        ("1234,567", 1234.567, 3),
        ("1.234,5", 1234.5, 1),
        ("1,234.5", 1234.5, 1),
        ("1,234,567", 1234567, 0),
        ("1.234.567", 1234567, 0),
    ],
)
def test_commas_that_can_mean_one_thing_only_are_read_by_everybody(text, value, decimals, comma):
    """Thousands come in threes behind one to three digits that do not begin with 0."""
    typed = answer.number(text, comma)

    assert (typed.value, typed.decimals) == (value, decimals)


def test_commas_that_can_mean_two_things_are_read_by_those_who_know_which():
    assert answer.number("1,234", True).value == 1.234
    assert answer.number("1,234", False).value == 1234
    with pytest.raises(answer.UnreadableError, match="thousands or decimals"):
        answer.number("1,234")


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text):
    for read in (answer.number, answer.count, answer.shape, parse):
        with contextlib.suppress(answer.UnreadableError):
            assert read(text) is not None
    assert Reader().column([text], [False]).unreadable.shape == (1,)


@given(st.decimals(-1000, 1000, places=4, allow_nan=False))
def test_what_python_writes_is_read_back(number):
    assert answer.number(str(number)).value == float(number)


HOSTILE = {
    "alias bomb.yaml": "a0: &a0 [x, x]\n"
    + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 40)),
    "tag.yaml": "h1_in: !!python/object/apply:os.system ['true']\n",
    "deep.yaml": "h1_in: " + "[" * 100_000,
    "deep.json": '{"a":' * 50_000,
    "twice.json": '{"h1_in": 1, "h1_in": 2}',
    "twice.txt": "h1_in = 1\nh1_in = 2\n",
    "control.yaml": "h1_in: \x1b[31m0.43\n",
    "list.json": "[1, 2, 3]",
    "nothing.yaml": "",
    "word.txt": "hello",
    "long.csv": "h1_in," + "9" * 300_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_sheets_end_in_one_message(name, tmp_path):
    path = tmp_path / name
    path.write_text(HOSTILE[name], "utf-8")
    start = time.perf_counter()
    result = CliRunner().invoke(app, ["check", "net-2-2-2", str(path)])

    assert time.perf_counter() - start < 2
    assert isinstance(result.exception, HandcalcError)
    assert "\x1b" not in str(result.exception)


@pytest.mark.parametrize(
    "typed",
    [
        "1e400000000",
        "9**9**9",
        "nan",
        "-inf",
        "0x1f",
        "1_000",
        "٣",
        "1e999",
        "9" * 59,
        "(" * 50,
        "__import__('os')",
        "0.43\u202e",
        "\x00",
        "1/0",
        "0e400",
        "1e-999",
        "1,234",
    ],
)
def test_hostile_answers_are_left_to_a_person(typed):
    start = time.perf_counter()
    checked = check("net-2-2-2", {"h1_in": typed, "h1_out": "0.605"})
    entry = checked.entries[0]

    assert time.perf_counter() - start < 1
    assert entry.verdict.name in ("UNDECIDED", "WRONG")
    assert entry.marks == 0


@pytest.mark.parametrize(
    ("text", "number"), [("61,706", 61706), ("1.309.560", 1309560), ("156", 156)]
)
def test_counts(text, number):
    assert answer.count(text) == number


@pytest.mark.parametrize("text", ["15.6", "6 17 06", "1,5", "-3", "1e3"])
def test_what_is_no_count(text):
    with pytest.raises(answer.UnreadableError):
        answer.count(text)


def test_a_sheet_that_is_too_large_is_refused(tmp_path):
    path = tmp_path / "large.txt"
    path.write_bytes(b"h1_in = 1\n" + b"#" * (5 * 2**20))
    with pytest.raises(HandcalcError, match="larger than 4 MB"):
        load(path)


def test_a_name_cannot_steer_a_terminal(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("name = \x1b]0;owned\x07Eve\nh1_in = 0.43\n", "utf-8")
    result = CliRunner().invoke(app, ["check", "net-2-2-2", str(path)])

    assert "\x1b" not in result.output
    assert "\x07" not in result.output
    assert "Eve" in result.output


# --- empty sheets ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["net-2-2-2", "cnn-11x7", "lenet-5", "conv-channels", "edges-small"]
)
@pytest.mark.parametrize("form", ["yaml", "csv"])
def test_an_empty_sheet_is_read_as_blank(name, form, tmp_path):
    path = tmp_path / f"sheet.{form}"
    path.write_text(blank_sheet.write(Scheme(handcalc.load(name)), form), "utf-8")
    checked = check(name, path)

    assert checked.texts.remarks == []
    assert {entry.verdict.name for entry in checked.entries} == {"BLANK"}


@pytest.mark.parametrize("name", ["net-2-2-2", "cnn-11x7", "lenet-5", "max-pooling-4x4", "vgg-16"])
def test_the_solution_filled_into_its_sheet_earns_all_marks(name):
    """The answers as the solution shows them are right, each of them."""
    shown = {key: a.shown for key, a in handcalc.solve(name).answers.items()}
    shown = {k: "x".join(v) if k.endswith("_shape") else v for k, v in shown.items()}
    checked = check(name, shown)

    assert checked.marks == pytest.approx(checked.of)
    assert {entry.verdict.name for entry in checked.entries} == {"RIGHT"}


def test_the_form_to_print_has_a_place_for_every_answer():
    page = blank_sheet.write(Scheme(handcalc.load("cnn-11x7")), "markdown")

    assert page.count("______ |") >= 60 + 15 + 8 + 2
    assert "`dE_dw1`" in page


# --- the command -----------------------------------------------------------------------------------


def test_exit_codes_say_whether_all_is_right(tmp_path):
    path = tmp_path / "a.json"
    answers = {key: a.shown for key, a in handcalc.solve("max-pooling-4x4").answers.items()}
    path.write_text(str(answers).replace("'", '"'), "utf-8")
    right = CliRunner().invoke(app, ["check", "max-pooling-4x4", str(path)])
    path.write_text('{"pool1": [[1, 30], [108, 22]]}', "utf-8")
    wrong = CliRunner().invoke(app, ["check", "max-pooling-4x4", str(path)])

    assert (right.exit_code, wrong.exit_code) == (0, 1)


def test_the_contract_of_the_json(tmp_path):
    import json

    path = tmp_path / "a.txt"
    path.write_text("h1_in = 0.13\nh1_out = 0.532\n", "utf-8")
    result = CliRunner().invoke(app, ["check", "net-2-2-2", str(path), "--format", "json"])
    found = json.loads(result.output)

    assert set(found) == {"problem", "marks", "of", "first_wrong", "answers"}
    assert found["first_wrong"] == "h1_in"
    assert found["answers"]["h1_in"] == {
        "given": "0.13",
        "verdict": "wrong",
        "expected": "0.43",
        "mistake": None,
        "as_if": "bias_forgotten",  # two digits may be chance
        "marks": 0.0,
        "of": 1.0,
    }
    assert found["answers"]["h1_out"]["verdict"] == "follows"
