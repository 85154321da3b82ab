"""Numbers of a file as people write them: roots, powers, fractions of π and e."""

from fractions import Fraction
from math import e, pi, sqrt

import pytest

import handcalc
from handcalc.errors import ProblemError
from handcalc.fields import Given
from handcalc.formats import write
from handcalc.formula import Negative, Number, Power, Product, Sum, Symbol
from handcalc.formula.reader import meant
from handcalc.formula.text import text
from handcalc.grading.checking import check
from handcalc.problem import parse
from support import page, solution


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("3/4", Fraction(3, 4)),
        ("2^-3", Fraction(1, 8)),
        ("2^(-3)", Fraction(1, 8)),
        ("(2/3)²", Fraction(4, 9)),
        ("√16", 4),
        ("sqrt(4/9)", Fraction(2, 3)),
        ("1/2·3", Fraction(3, 2)),
        ("½", Fraction(1, 2)),
        ("√2/2", sqrt(2) / 2),
        ("sqrt(2)/2", sqrt(2) / 2),
        ("1/sqrt(2)", 1 / sqrt(2)),
        ("-√3", -sqrt(3)),
        ("(1+√5)/2", (1 + sqrt(5)) / 2),
        ("pi/4", pi / 4),
        ("2π", 2 * pi),
        ("e", e),
        ("e^-1", 1 / e),
        ("ln(2)", 0.6931471805599453),
    ],
)
def test_a_number_is_what_its_formula_gives(typed, value):
    """Fractions stay fractions; the others are floats with their text."""
    found = Given.of(typed)

    assert found.text == typed
    assert found.value == pytest.approx(value, rel=1e-15)
    assert isinstance(found.value, Fraction) == isinstance(value, int | Fraction)


@pytest.mark.parametrize(
    "typed",
    [
        *("x", "arcsin(1)", "sqrt(-1)", "ln(0)", "e^1000", "2^1000000", "9^9^9^9", "sqrt(2", "√"),
        *("2024-01-02", "12:30", "0,5", "1 1/2", "1.2.3", "1/0", "π/0", "nan", "inf", "1_000"),
        *("1 if 2 > 1 else 3", "()" * 20, "(" * 50, "2+", "__import__('os')"),
    ],
)
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(ProblemError, match=r"problem.yaml:1:9: "):
        parse(f'input: ["{typed}"]\nlayers: [{{dense: {{weights: [[1]]}}}}]\n', "problem.yaml")


NET = """
input: [1, 1]
layers:
  - dense: {name: h, weights: [[1/sqrt(2), √2/2], [2^-3, pi/4]], bias: [1 - √2, 0.5], activation: sigmoid}
  - dense: {name: o, weights: [[√2, e]]}
target: [3/4]
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: 1/√10}}
"""


def test_the_net_of_such_numbers():
    """1/√2 + √2/2 + 1 - √2 = 1, and 1/8 + π/4 + 1/2 = 1.4104."""
    found = solution(NET).answers

    assert found["h1_in"].value == pytest.approx(1, abs=1e-15)
    assert found["h2_in"].shown == "1.4104"
    assert found["w5_new"].value == pytest.approx(
        sqrt(2) - found["dE_dw5"].value / sqrt(10), rel=1e-14
    )


@pytest.mark.parametrize("level", ["brief", "normal", "full"])
@pytest.mark.parametrize("carry", ["exact", "rounded"])
def test_every_level_stands_its_checks(level, carry):
    found = handcalc.solve(parse(NET), level=level, carry=carry)

    assert "Checked: " in found.to("terminal")
    assert '"h1_in"' in found.to("json")


def test_numbers_stand_on_the_page_as_they_were_typed():
    found = page(NET)

    assert "w1 = 1/sqrt(2), w2 = √2/2, w3 = 2^-3, w4 = pi/4" in found
    assert "(1/sqrt(2))·1 + (√2/2)·1 + 1 - √2" in found
    assert "√2 - (1/√10)·" in found


def test_in_ascii_roots_have_their_names():
    found = write(solution(NET), "terminal", width=200, ascii=True)

    assert found.isascii()
    assert "(1/sqrt(2))*1 + (sqrt(2)/2)*1 + 1 - sqrt(2)" in found
    assert "w2 = sqrt(2)/2" in found


def test_in_tex_they_are_set():
    found = write(solution(NET), "markdown")

    assert r"\frac{\sqrt{2}}{2} \cdot 1" in found
    assert r"\frac{\pi}{4} \cdot 1" in found
    assert r"\cdot 10^{}" not in found


@pytest.mark.parametrize(
    ("weight", "line"),
    [
        ("1 - √2", "(1 - √2)·2 + 3 - (-√2)"),
        ("√2", "√2·2 + 3 - (-√2)"),
        ("-√2", "(-√2)·2 + 3 - (-√2)"),
        ("2^-3", "(2^-3)·2 + 3 - (-√2)"),
        ("1/2", "(1/2)·2 + 3 - (-√2)"),
    ],
)
def test_brackets_keep_the_value(weight, line):
    def number(typed):
        found = Given.of(typed)
        return Number(found.value, found.text)

    product = Product((number(weight), number("2")))
    assert text(Sum((product, number("3"), Negative(number("-√2"))))) == line


def test_a_sum_is_bracketed_behind_a_minus_sign_and_under_a_power():
    x, root = Symbol("x", "x"), Number(1 - sqrt(2), "1 - √2")

    assert text(Sum((x, Negative(root)))) == "x - (1 - √2)"
    assert text(Power(root, Number(Fraction(2)))) == "(1 - √2)²"
    assert text(Power(Number(sqrt(2), "√2"), Number(Fraction(2)))) == "(√2)²"


def test_a_sheet_is_marked_against_them():
    """√2 + √2 = 2.8284; 1.4142 + 1.4142 by hand."""
    problem = "input: [1, 1]\nlayers: [{dense: {name: h, weights: [[√2, sqrt(2)]]}}]\n"

    assert [
        e.verdict.name for e in check(parse(problem), {"h1_out": "2.8284"}).entries if e.given
    ] == ["RIGHT"]
    assert [
        e.verdict.name for e in check(parse(problem), {"h1_out": "2.8285"}).entries if e.given
    ] == ["WRONG"]


@pytest.mark.parametrize("written", ["1,309,560", "2/3", "1.235e-07", "-0.50", "1e5"])
def test_digits_are_a_number_and_no_formula(written):
    """Thousands apart are printed as they stand, and 1.235e-07 has no e in it that is 2.718."""
    number = Number(Fraction(1), written)

    assert meant(number) is number
    assert text(number, ascii_only=True) == written
