"""Formulas as they are printed and as they are typed, read back; what is none is told, with its place."""

import random
import time
from fractions import Fraction
from functools import reduce
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import handcalc
from handcalc.errors import ProblemError
from handcalc.formula import (
    Call,
    Case,
    Cases,
    Formula,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    evaluate,
)
from handcalc.formula.canonical import canonical
from handcalc.formula.mathml import mathml
from handcalc.formula.reader import read
from handcalc.formula.tex import tex
from handcalc.formula.text import text
from handcalc.formula.tokens import UnreadableFormulaError
from handcalc.operations._named import Named, named
from handcalc.problem import parse

X, Y = Symbol("x", "x"), Symbol("y", "y1", "1")
W = Symbol("W", "W[1,2]", "12", indexed=True)
LETTERS = (X, Y, W)
NAMES: dict[str, Formula] = {
    **{text(letter): letter for letter in LETTERS},
    **{text(letter, ascii_only=True): letter for letter in LETTERS},
}
POINTS = ((1.25, -0.5, 2.0), (-0.75, 3.0, 0.5), (0.0, 1.0, -1.5), (2.5, 0.125, 0.75))

# --- what is printed -----------------------------------------------------------------------------


def numbers() -> st.SearchStrategy[Formula]:
    typed = st.sampled_from(["0", "1", "2", "3.5", "0.25", "10", "1e-3", "0.10"])
    whole = st.integers(-9, 9).map(lambda n: Number(Fraction(n)))
    return st.one_of(typed.map(lambda t: Number(Fraction(t), t)), whole)


def towers(base: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    """a^(b^(c^…)) and ((a^b)^c)^…, with small numbers as in 2^(3²)."""

    def up(parts: tuple[Formula, list[int], bool]) -> Formula:
        bottom, storeys, right = parts
        if not right:
            return reduce(Power, map(_whole, storeys), bottom)
        return Power(
            bottom, reduce(lambda high, n: Power(_whole(n), high), storeys[1:], _whole(storeys[0]))
        )

    return st.tuples(base, st.lists(st.integers(0, 3), min_size=2, max_size=4), st.booleans()).map(
        up
    )


def _whole(n: int) -> Formula:
    return Number(Fraction(n), str(n))


def formulas() -> st.SearchStrategy[Formula]:
    leaf = st.one_of(st.sampled_from(LETTERS), numbers())

    def grown(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        one = ("exp", "ln", "log2", "log10", "sqrt", "sin", "cos", "tan", "tanh", "erf", "floor")
        condition = st.tuples(inner, inner, st.sampled_from((">", ">=", "<", "<=")), inner)
        return st.one_of(
            several.map(Sum),
            several.map(Product),
            st.tuples(inner, inner).map(lambda ab: Quotient(*ab)),
            st.tuples(inner, st.integers(0, 3)).map(
                lambda bn: Power(bn[0], Number(Fraction(bn[1])))
            ),
            st.tuples(inner, inner).map(lambda ab: Power(*ab)),
            towers(inner),
            inner.map(Negative),
            st.tuples(st.sampled_from(one), inner).map(lambda ca: Call(ca[0], (ca[1],))),
            st.tuples(st.sampled_from(("max", "min")), several).map(lambda ca: Call(*ca)),
            inner.map(lambda a: Call("max", (a, Negative(a)))),
            inner.map(lambda a: Call("abs", (a,))),
            st.tuples(condition, inner).map(lambda co: Cases((Case(*co[0]),), co[1])),
        )

    return st.recursive(leaf, grown, max_leaves=10)


class NoneAtAllError(Exception):
    """There is no such number."""


def value(node: Formula, at: dict[Symbol, Any]) -> Any:
    """The value with 50 digits, by mpmath and by nothing of ours."""

    def real(found: Any) -> Any:
        if not mpmath.isfinite(found) or mpmath.im(found) or abs(found) > 1e60:
            raise NoneAtAllError
        return mpmath.re(found)

    def of(part: Formula) -> Any:
        return value(part, at)

    calls = {
        "abs": abs,
        "ln": mpmath.ln,
        "log2": lambda z: mpmath.log(z, 2),
        "max": max,
        "min": min,
    }
    match node:
        case Number():
            return mpmath.mpf(node.value.numerator) / node.value.denominator
        case Symbol():
            return at[node]
        case Sum():
            return mpmath.fsum(map(of, node.terms))
        case Product():
            return mpmath.fprod(map(of, node.factors))
        case Quotient():
            top, bottom = of(node.top), of(node.bottom)
            if bottom == 0:
                raise NoneAtAllError
            return top / bottom
        case Power():
            base, exponent = of(node.base), of(node.exponent)
            if abs(exponent) > 50 or (base == 0 and exponent <= 0):
                raise NoneAtAllError
            return real(mpmath.power(base, exponent))
        case Negative():
            return -of(node.argument)
        case Call():
            arguments = [of(part) for part in node.arguments]
            big = node.name not in calls and abs(arguments[0]) > 500
            if big or (node.name[:2] in ("ln", "lo") and arguments[0] <= 0):
                raise NoneAtAllError
            return real(calls.get(node.name, getattr(mpmath, node.name, None))(*arguments))
        case Cases():
            for case in node.cases:
                a, b = of(case.left), of(case.right)
                if {">": a > b, ">=": a >= b, "<": a < b, "<=": a <= b}[case.relation]:
                    return of(case.value)
            return of(node.otherwise)
        case _:
            raise AssertionError(node)


def same(a: Formula, b: Formula) -> None:
    """Are two formulas the same number, or none, at every point?"""
    for point in POINTS:
        at = {letter: mpmath.mpf(z) for letter, z in zip(LETTERS, point, strict=True)}
        with mpmath.workdps(50):
            values = []
            for formula in (a, b):
                try:
                    values.append(value(formula, at))
                except NoneAtAllError:
                    values.append(None)
            if None in values:
                assert values == [None, None]
            else:
                assert abs(values[0] - values[1]) <= 1e-30 * max(1, abs(values[0]))


@given(formulas())
@settings(max_examples=400)
def test_what_is_printed_is_read_as_what_it_was(formula):
    """In Unicode and in ASCII, both as the same tree, and the same function."""
    found = []
    for ascii_only in (False, True):
        line = text(formula, ascii_only)
        assert line.isascii() or not ascii_only
        again = read(line, NAMES.get)
        same(formula, again)
        found.append(canonical(again, lambda _: None))
    assert found[0] == found[1]


TWO, THREE = Number(Fraction(2), "2"), Number(Fraction(3), "3")


@pytest.mark.parametrize(
    ("formula", "unicode", "ascii_line", "latex"),
    [
        (Power(X, Power(TWO, TWO)), "x^(2²)", "x^(2^2)", "x^{2^{2}}"),
        (Power(TWO, Power(THREE, TWO)), "2^(3²)", "2^(3^2)", "2^{3^{2}}"),
        (Power(Power(TWO, THREE), TWO), "(2³)²", "(2^3)^2", r"\left( 2^{3} \right)^{2}"),
        (Power(Number(Fraction(8), "2³"), TWO), "(2³)²", "(2^3)^2", r"\left( 2^{3} \right)^{2}"),
        (Power(TWO, Number(Fraction(8), "2³")), "2^(2³)", "2^(2^3)", "2^{2^{3}}"),
        (Power(Symbol("σ²", "var"), TWO), "(σ²)²", "var^2", r"\left( {\sigma^2} \right)^{2}"),
        (
            Call("exp", (Number(1 - 2**0.5, "1 - √2"),)),
            "e^(1 - √2)",
            "e^(1 - sqrt(2))",
            r"e^{1 - \sqrt{2}}",
        ),
    ],
)
def test_a_power_in_a_power_keeps_its_storeys(formula, unicode, ascii_line, latex):
    """x^(2²) = x⁴ and 2^(3²) = 2⁹: with raised digits alone they would be x²² and 2³²."""
    assert text(formula) == unicode
    assert text(formula, ascii_only=True) == ascii_line
    assert tex(formula) == latex
    again = mathml(formula)
    # In MathML an upper index belongs to one element: of a power, to the brackets around it.
    assert "<msup><msup>" not in again
    assert again.count("<msup>") == latex.count("^") - latex.count(r"\sigma^")


# --- what is typed -------------------------------------------------------------------------------

VALUES = {"x": Fraction(3, 2), "y": Fraction(-2), "x1": Fraction(5), "x2": Fraction(1, 3)}


class Typist:
    """Draws formulas as people type them, each beside the same in Python, where every sign stands."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def sum(self, depth: int) -> tuple[str, str]:
        typed, python = self.product(depth)
        if self.draw.random() < 0.25:
            typed, python = "-" + typed, "-" + python
        for _ in range(self.draw.randrange(3)):
            sign = self.draw.choice("+-−")
            blank = self.draw.choice(["", " "])
            more, own = self.product(depth)
            typed += blank + sign + blank + more
            python += ("-" if sign == "−" else sign) + own
        return typed, python

    def product(self, depth: int) -> tuple[str, str]:
        typed, python = self.power(depth)
        for _ in range(self.draw.randrange(3)):
            more, own = self.power(depth)
            sign = self.draw.choice(["*", "·", "×", "/", "", " "])
            if sign in ("", " "):
                seam = more[0] == "(" or (more[0].isalpha() and not typed[-1].isalpha())
                # x1·2 cannot go without a sign, and x y only with a blank.
                if not (more[0] == "(" or more[0].isalpha()):
                    sign = "*"
                elif not seam:
                    sign = " "
            typed += sign + more
            python += ("/" if sign == "/" else "*") + own
        return typed, python

    def power(self, depth: int) -> tuple[str, str]:
        typed, python = self.atom(depth)
        match self.draw.randrange(6):
            case 0:
                return typed + "²", python + "**2"
            case 1:
                n = self.draw.choice(["2", "3", "(1 + 1)"])
                return typed + self.draw.choice(["^", "**"]) + n, python + "**" + n
            case _:
                return typed, python

    def atom(self, depth: int) -> tuple[str, str]:
        if depth and self.draw.random() < 0.3:
            typed, python = self.sum(depth - 1)
            return f"({typed})", f"({python})"
        if self.draw.random() < 0.4:
            digits = self.draw.choice(["2", "3", "0.5", "10", ".25", "7"])
            return digits, f"F('{digits}')"
        name = self.draw.choice([*VALUES])
        return name, name


@pytest.mark.parametrize("seed", range(300))
def test_what_is_typed_means_what_python_means_with_every_sign(seed):
    typed, python = Typist(seed).sum(2)
    python = python.replace("(1 + 1)", "2")
    found = read(typed, lambda name: Symbol(name, name) if name in VALUES else None)
    try:
        expected = eval(python, {"F": Fraction, **VALUES})
    except ZeroDivisionError:
        with pytest.raises(ZeroDivisionError):
            evaluate(found, lambda leaf: VALUES[leaf.key])
        return
    assert evaluate(found, lambda leaf: VALUES[leaf.key]) == expected, python


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        # x = 2, y = 3, z = 5
        ("2x", 4),
        ("2(x + 1)", 6),
        ("(x + 1)(y - 1)", 6),
        ("x y z", 30),
        ("x·y", 6),
        ("x × y ⋅ z", 30),
        ("-x^2", -4),
        ("(-x)^2", 4),
        ("-x²", -4),
        ("2^-1", Fraction(1, 2)),
        ("2^-1·x", 1),
        ("x^y^2", 2**9),
        ("x**y", 8),
        ("x^2y", 12),
        ("2x^2", 8),
        ("x/y/z", Fraction(2, 15)),
        ("x/y*z", Fraction(10, 3)),
        ("x/(y*z)", Fraction(2, 15)),
        ("1/2x", 1),
        ("1/x y", Fraction(3, 2)),
        ("½x", 1),
        ("½(x + y)", Fraction(5, 2)),
        ("x - y - z", -6),
        ("x - (y - z)", 4),
        ("x - -y", 5),
        ("x*-y", -6),
        ("- -x", 2),
        ("+x", 2),
        ("√4x", 4),
        ("√(x + 2)", 2),
        ("x√4", 4),
        ("|x - y|", 1),
        ("|x - y|·z", 5),
        ("2|-x|", 4),
        ("max(x, y, z) - min(x, y, z)", 3),
        ("1 if x > y, otherwise 7", 7),
        ("x if x ≤ y else z", 2),
        ("e^0", 1),
        ("e^(x - 2)", 1),
        ("exp(0)x", 2),
        ("ln(1) + log10(1)", 0),
        ("x : y", Fraction(2, 3)),
        ("x ÷ y", Fraction(2, 3)),
        ("x⁻¹", Fraction(1, 2)),
    ],
)
def test_signs_bind_as_on_paper(typed, expected):
    numbers_ = {"x": Fraction(2), "y": Fraction(3), "z": Fraction(5)}
    found = read(typed, lambda name: Symbol(name, name) if name in numbers_ else None)

    assert evaluate(found, lambda leaf: numbers_[leaf.key]) == expected


@pytest.mark.parametrize("names", [("x11", "x1_1"), ("x1_1", "x11")])
def test_an_underscore_may_be_left_out_where_one_name_is_meant(names):
    """Of two names that differ in an underscore alone neither is meant by a third spelling, in any order."""
    assert named("x_11", dict.fromkeys(names)) is None
    assert named("x_11", {names[0]: None}) == Named(names[0])
    for name in names:
        assert named(name, dict.fromkeys(names)) == Named(name)


def _value(formula: str, given_: str = "x: [2, 3, 5], W: [[7, 11], [13, 17]], v: 19") -> Any:
    problem = f"input: {{{given_}}}\nvalues:\n  f: '{formula}'\nask: [forward]\n"
    return handcalc.solve(parse(problem)).answers["f"].value


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        *[(spelling, 3) for spelling in ("x[2]", "x₂", "x2", "x_2", "x[ 2 ]", "(x)[2]", "x[2]^1")],
        *[(spelling, 11) for spelling in ("W[1,2]", "W[1, 2]", "W₁₂", "W12", "W_12", "W[1][2]")],
        *[(spelling, 13) for spelling in ("W[2,1]", "W.T[1,2]", "Wᵀ[1,2]", "W₂₁", "(W.T)[1][2]")],
        ("x1x2", 6),
        ("x₁x₂x₃", 30),
        ("W₁₁W₂₂ - W₁₂W₂₁", 7 * 17 - 11 * 13),
        ("2x2²", 18),
        ("x[1]v", 38),
        ("W[2]", [13, 17]),
        ("W.T[1]", [7, 13]),
        ("(x + 1)[3]", 6),
        ("softmax(0*x)[1]*3", 1),
    ],
)
def test_indices_count_from_1_however_they_are_written(typed, expected):
    assert _value(typed) == pytest.approx(expected, rel=1e-15)


# --- what is none --------------------------------------------------------------------------------

BROKEN = [
    # formula, where, what
    ("x + ", 3, "ends where a number or a name should stand"),
    ("", 0, "ends where a number"),
    ("x + (y", 6, "a bracket that is not closed"),
    ("x + y)", 5, "closes with ) what was not opened"),
    ("x]", 1, "closes with ] what was not opened"),
    ("|x + y", 6, "bars that are not closed"),
    ("x */ y", 3, "has / where"),
    ("()", 1, "has ) where"),
    ("x + qq", 4, "names qq"),
    ("x*yw", 2, "names yw"),
    ("1 2", 2, "has 2 right behind 1"),
    ("1.2.3", 3, "has .3 right behind 1.2"),
    ("0,5x", 1, "has a comma here; write 0.5"),
    ("(x, y)", 2, "has a comma outside of a function"),
    ("x > y", 2, "compares here"),
    ("(x > y)*x", 3, "compares here"),
    ("x = y", 2, "has an equals sign"),
    ("x ? y", 2, "has '?'"),
    ("x % y", 2, "has '%'"),
    ("x & y", 2, "has '&'"),
    ("x + х", 4, "only looks like x (cyrillic small letter ha)"),
    ("2·у", 2, "only looks like y"),
    ("x\u200b+ y", 1, "invisible character U+200B"),
    ("x +\x00y", 3, "invisible character U+0000"),
    ("x\u202e", 1, "invisible character U+202E"),
    ("tanh(x, y)", 0, "gives tanh 2 values; write tanh(x)"),
    ("x + ln()", 7, "has ) where"),
    ("1 if x", 6, "a condition without > or <"),
    ("1 if x > 0", 10, "cases without an otherwise"),
    ("x[1.5]", 2, "an index that is no whole number"),
    ("x[1", 3, "an index that is not closed"),
    ("(x)[y]", 4, "an index that is no whole number"),
    ("x^", 2, "ends where"),
    ("^x", 0, "has ^ where"),
    ("√", 1, "ends where"),
    ("²", 0, "has ² where"),
    ("x.__class__", 1, "has '.'"),
    ("lambda: 0", 0, "names lambda"),
    ("import os", 0, "names import"),
    ("f'{x}'", 2, "has '{'"),
]


def _known(name: str) -> Formula | None:
    return Symbol(name, name) if name in ("x", "y") else None


@pytest.mark.parametrize(("typed", "place", "said"), BROKEN, ids=lambda v: repr(v)[:30])
def test_what_is_no_formula_has_a_place(typed, place, said):
    with pytest.raises(UnreadableFormulaError) as caught:
        read(typed, _known)

    assert said in str(caught.value)
    expected = len(typed) if "ends" in said or "without" in said else place
    assert caught.value.place == expected
    assert "\n" not in str(caught.value)


def _carets(error: ProblemError) -> list[tuple[str, str]]:
    """Of each message the first line, and what stands above its caret."""
    lines = str(error).split("\n")
    return [
        (lines[i - 2], lines[i - 1][line.index("^") :])
        for i, line in enumerate(lines)
        if line.strip() == "^"
    ]


IN_A_FILE = [row for row in BROKEN if row[0].strip() and row[0].isprintable() and "'" not in row[0]]


@pytest.mark.parametrize(("typed", "place", "said"), IN_A_FILE, ids=lambda v: repr(v)[:30])
@pytest.mark.parametrize("quote", ["'", '"'])
def test_in_a_file_the_caret_stands_under_it(typed, place, said, quote):
    # x is a list there, so that an index can be wrong by itself.
    with pytest.raises(ProblemError) as caught:
        parse(f"input: {{x: [1, 2], y: 2}}\nvalues:\n  f: {quote}{typed}{quote}\n", "p.yaml")

    ((message, above),) = _carets(caught.value)
    at_end = "ends" in said or "without" in said
    assert said in message
    assert above == (typed[len(typed) :] if at_end else typed[place:]) + quote
    assert message.startswith("p.yaml:3:")


def test_a_character_that_cannot_be_seen_has_its_place_in_a_file_too():
    with pytest.raises(ProblemError) as caught:
        parse('input: {x: 1}\nvalues:\n  f: "x \u200b+ 1"\n', "p.yaml")

    assert str(caught.value).startswith("p.yaml:3:9: the formula has the invisible character")


HEAVY = {
    "brackets": "(" * 100_000,
    "closed brackets": "(" * 50_000 + "x" + ")" * 50_000,
    "brackets within bounds": "(" * 900 + "x" + ")" * 900,
    "a tower": "9^9^9^9",
    "a tower of brackets": "((9^9)^9)^9",
    "a tower in an exponent": "x^(9^9^9)",
    "a large exponent": "x^99999",
    "a tower of towers": "x + ((9^1000)^1000)^1000",
    "a tower of long fractions": "x + ((1.000001^1000)^1000)^1000",
    "a tower of small fractions": "x + 0.001^999",
    "many factors": "*".join(["x"] * 900),
    "transposes": "sum(x" + ".T" * 900 + ")",
    "fractions in brackets": "(1+x/" * 38 + "x" + ")" * 38,
    "functions that repeat their argument": "silu(" * 18 + "x" + ")" * 18,
    "signs of signs": "x + " + "sign(" * 18 + "2" + ")" * 18,
    "a tower of x": "x" + "^x" * 900,
    "a large number": "1e999*x",
    "digits": "9" * 1999 + "x",
    "many terms": "+".join(["x"] * 10_000),
    "signs": "-" * 1900 + "x)",
    "roots": "√" * 1900 + "x",
    "fractions": "x" + "/x" * 900,
    "functions": "exp(" * 400 + "x" + ")" * 400,
    "bars": "|" * 1900,
    "cases": "1 if x > 0 else " * 100 + "2",
    "names": "x1" * 900,
    "one long name": "x" * 1900,
    "indices": "x" + "[1]" * 600,
    "squares": "x" + "²" * 1900,
    "a function without brackets": "exp x",
    "a division by 0": "x + 1/0",
    "a number without a value": "x + ln(0)",
    "a root of a negative number": "x + √(-2)",
    "a power of 0": "x + 0^-1",
    "half a power of a negative number": "x*(-8)^(1/3)",
    "commas": "max(" + "x," * 900 + "x",
    "nothing but blanks": "   ",
}


@pytest.mark.parametrize("typed", HEAVY.values(), ids=HEAVY)
def test_what_is_too_much_is_told_within_a_second(typed):
    """Nothing is worked out that is out of bounds; the message is one line."""
    start = time.perf_counter()
    with pytest.raises(ProblemError) as caught:
        parse(f'input: {{x: 1}}\nvalues:\n  f: "{typed}"\n', "p.yaml")

    assert time.perf_counter() - start < 1
    messages = [line for line in str(caught.value).split("\n") if line.startswith("p.yaml:")]
    assert len(messages) == 1
    assert messages[0].startswith("p.yaml:3:")
    assert len(messages[0]) < 250


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("x + 1" + "^1" * 30, 3),
        ("x + (" * 18 + "x" + "^1)" * 18, 38),
        ("x + " + "sqrt(" * 15 + "1" + ")" * 15, 3),
        ("x + 2^10 + 0.5^-3", 2 + 1024 + 8),
        ("x + (1.5^2)^3", 2 + 1.5**6),
    ],
    ids=lambda v: str(v)[:20],
)
def test_a_tower_within_bounds_is_worked_out_within_seconds(typed, expected):
    """Each storey is worked out, and written, once: the work does not double with every one of them."""
    start = time.perf_counter()
    solution = handcalc.solve(parse(f'input: {{x: 2}}\nvalues:\n  f: "{typed}"\n'))
    assert solution.answers["f"].value == pytest.approx(expected)
    for word in ("terminal", "markdown", "html"):
        assert solution.to(word)
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize(
    ("typed", "gates", "value", "slope"),
    [
        ("+".join(["x"] * 700), False, 2 * 700, 700),
        ("+".join(["x"] * 300), True, 2 * 300, 300),
        ("-".join(["x"] * 400), False, 2 - 2 * 399, 1 - 399),
        ("*".join(["x"] * 50), False, 2**50, 50 * 2**49),
        ("*".join(["x"] * 50), True, 2**50, 50 * 2**49),
        ("+".join(["x*y"] * 300), False, 2 * 300 * 3, 300 * 3),
        ("-(x+1)/(" * 19 + "x" + ")" * 19, False, None, None),
        ("sin(x*(1+" * 12 + "x" + "))" * 12, False, None, None),
    ],
    ids=lambda v: str(v)[:20],
)
def test_a_long_formula_within_bounds_is_worked_out(typed, gates, value, slope):
    """Of n terms x the sum is n·x, of n factors xⁿ, with the slopes n and n·xⁿ⁻¹; else mpmath differentiates."""
    file = f'input: {{x: 2, y: 3}}\nvalues:\n  f: "{typed} + 0*y"\n{"gates: true" * gates}\n'
    found = handcalc.solve(parse(file)).answers
    if value is None:
        python = typed.replace("sin", "mpmath.sin")
        own = eval(f"lambda x: {python}", {"mpmath": mpmath})
        value, slope = float(own(mpmath.mpf(2))), float(mpmath.diff(own, mpmath.mpf(2)))
    assert found["f"].value == pytest.approx(value)
    assert found["df_dx"].value == pytest.approx(slope)


@pytest.mark.parametrize("typed", HEAVY.values(), ids=HEAVY)
def test_read_by_itself_it_ends_within_a_second_too(typed):
    start, said = time.perf_counter(), ""
    try:
        read(typed, _known)
    except UnreadableFormulaError as wrong:
        said = str(wrong)
    assert "\n" not in said
    assert len(said) < 250
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("name", ["max", "exp", "sum", "σ", "where", "if_", "otherwise1"])
def test_a_name_that_is_a_function_is_one_where_a_bracket_follows(name):
    if not name.isascii():
        return
    numbers_ = {name: Fraction(7)}
    found = read(f"2{name} + max({name}, 1)", lambda n: Symbol(n, n) if n in numbers_ else None)

    assert evaluate(found, lambda leaf: numbers_[leaf.key]) == 21


def test_e_and_pi_are_numbers_unless_they_are_names():
    assert float(evaluate(read("e"), lambda _: 0)) == pytest.approx(float(mpmath.e), rel=1e-15)
    assert float(evaluate(read("2π"), lambda _: 0)) == pytest.approx(float(2 * mpmath.pi))
    assert float(evaluate(read("pi/4"), lambda _: 0)) == pytest.approx(float(mpmath.pi / 4))
    assert evaluate(read("2e", lambda n: Symbol(n, n)), lambda _: Fraction(5)) == 10
    assert evaluate(read("2e3"), lambda _: 0) == 2000


@pytest.mark.parametrize("letter", ["e", "pi"])
def test_without_numbers_e_and_pi_are_no_names_of_inputs(letter):
    with pytest.raises(ProblemError):
        parse(f"input: [x, {letter}]\nvalues: {{f: x}}\n")
