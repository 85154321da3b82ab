"""Every function that can be typed, against mpmath with 30 digits and against sympy."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy

import handcalc
from handcalc import operations
from handcalc.formula import Symbol, algebra, evaluate
from handcalc.formula.calculus import derivative
from handcalc.formula.functions import ELEMENTARY, TYPED, of_each
from handcalc.operations._along import Along
from handcalc.operations._words import ACTIVATIONS, WORDS
from handcalc.operations.function import ROWS, Function
from handcalc.problem import parse

Z = Symbol("z", "z")
DIGITS = 30
WIDE = ("-2.75", "-1", "-0.4", "0.3", "1", "2.5", "7")
ABOVE_0 = ("0.001", "0.3", "1", "2.5", "40")


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + mpmath.exp(-z))


def _distribution(z: Any) -> Any:
    return mpmath.ncdf(z)


def _if(condition: bool, then: Any, otherwise: Any) -> Any:
    return then if condition else otherwise


# A second source for every name: mpmath's own function, or the formula of a textbook.
NUMBERS: dict[str, Callable[..., Any]] = {
    "exp": mpmath.exp,
    "ln": mpmath.ln,
    "log": mpmath.ln,
    "log2": lambda z: mpmath.log(z, 2),
    "log₂": lambda z: mpmath.log(z, 2),
    "log10": mpmath.log10,
    "log₁₀": mpmath.log10,
    "sqrt": mpmath.sqrt,
    "abs": lambda z: _if(z < 0, -z, z),
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "tanh": mpmath.tanh,
    "tanh′": lambda z: mpmath.sech(z) ** 2,
    "sigmoid": _sigmoid,
    "sigmoid′": lambda z: mpmath.sech(z / 2) ** 2 / 4,
    "σ": _sigmoid,
    "σ′": lambda z: mpmath.sech(z / 2) ** 2 / 4,
    "relu": lambda z: _if(z > 0, z, mpmath.mpf(0)),
    "softplus": lambda z: mpmath.log1p(mpmath.exp(z)),
    "sign": mpmath.sign,
    "step": lambda z: mpmath.mpf(_if(z > 0, 1, 0)),
    "erf": mpmath.erf,
    "Φ": _distribution,
    "Φ′": mpmath.npdf,
    "φ": mpmath.npdf,
    "floor": mpmath.floor,
    "ceil": mpmath.ceil,
    "max": lambda *z: max(z),
    "min": lambda *z: min(z),
}
ACTIVATED: dict[str, Callable[[Any], Any]] = {
    **{word: NUMBERS[word] for word in ("relu", "sigmoid", "tanh", "softplus", "step", "exp", "σ")},
    "exponential": mpmath.exp,
    "linear": lambda z: z,
    "leaky_relu": lambda z: _if(z > 0, z, z / 100),
    "elu": lambda z: _if(z > 0, z, mpmath.expm1(z)),
    "gelu": lambda z: z * _distribution(z),
    "silu": lambda z: z * _sigmoid(z),
    "swish": lambda z: z * _sigmoid(z),
    "hard_sigmoid": lambda z: min(max(z / 6 + mpmath.mpf(1) / 2, 0), 1),
    "hard_silu": lambda z: z * min(max(z / 6 + mpmath.mpf(1) / 2, 0), 1),
    "hard_swish": lambda z: z * min(max(z + 3, 0), 6) / 6,
    "hard_tanh": lambda z: min(max(z, -1), 1),
    "log_sigmoid": lambda z: -mpmath.log1p(mpmath.exp(-z)),
    "mish": lambda z: z * mpmath.tanh(mpmath.log1p(mpmath.exp(z))),
    "relu6": lambda z: min(max(z, 0), 6),
    # The numbers of Klambauer and others, 2017.
    "selu": lambda z: (
        mpmath.mpf("1.0507009873554804934193349852946")
        * _if(z > 0, z, mpmath.mpf("1.6732632423543772848170429916717") * mpmath.expm1(z))
    ),
    "softsign": lambda z: z / (1 + abs(z)),
    "tanh_shrink": lambda z: z - mpmath.tanh(z),
    "threshold": lambda z: _if(z > 0, z, mpmath.mpf(0)),
}
LISTS: dict[str, Callable[..., Any]] = {
    "softmax": lambda *z: [mpmath.exp(a) / sum(map(mpmath.exp, z)) for a in z],
    "log_softmax": lambda *z: [a - mpmath.ln(sum(map(mpmath.exp, z))) for a in z],
    "normalize": lambda *z: [a / sum(z) for a in z],
    "sum": lambda *z: [sum(z)],
    "Σ": lambda *z: [sum(z)],
    "mean": lambda *z: [sum(z) / len(z)],
    "prod": lambda *z: [mpmath.fprod(z)],
    "norm": lambda *z: [mpmath.sqrt(sum(a * a for a in z))],
    "max": lambda *z: [max(z)],
    "min": lambda *z: [min(z)],
}
CORNERS = {
    "abs",
    "sign",
    "step",
    "relu",
    "max",
    "min",
    "floor",
    "ceil",
    "hard_tanh",
    "hard_sigmoid",
}
NEED_ABOVE_0 = {"ln", "log", "log2", "log₂", "log10", "log₁₀", "sqrt"}


@pytest.fixture(autouse=True)
def _precise():
    with mpmath.workdps(DIGITS):
        yield


def points(name: str) -> tuple[str, ...]:
    """Where a function is tried: away from its corners, but also at whole numbers and far out."""
    return ABOVE_0 if name in NEED_ABOVE_0 else WIDE


def near(expected: Any, size: float = 1e-13) -> Any:
    return pytest.approx(float(expected), rel=size, abs=size / 100)


def slope(function: Callable[..., Any], *at: Any, by: int = 0) -> Any:
    """The slope by mpmath; of a function with corners from its own digits alone."""
    return mpmath.diff(function, at, tuple(int(i == by) for i in range(len(at))))


# --- functions that have a name in formulas ------------------------------------------------------


@pytest.mark.parametrize("name", ELEMENTARY)
def test_an_elementary_function_is_that_of_mpmath_and_sympy(name):
    """In floats, in numpy, in sympy with 30 digits; its slope by its own rule, and by sympy's."""
    row, own = ELEMENTARY[name], NUMBERS[name]
    for text in points(name):
        z, exact = float(text), mpmath.mpf(text)
        by_sympy = row.sympy(sympy, sympy.Rational(text)).evalf(DIGITS)
        value = float(row.value(z))

        assert value == near(own(exact))
        assert float(of_each(name, np.array([[z]]))[0, 0]) == near(own(exact))
        assert abs(mpmath.mpf(str(by_sympy)) - own(exact)) <= 1e-28 * max(1, abs(own(exact)))

    letter = sympy.Symbol("z", real=True)
    formula = TYPED[name].of(Z)
    for text in points(name):
        claimed = evaluate(row.slope(formula, Z), lambda _, z=text: float(z))
        from_sympy = sympy.diff(row.sympy(sympy, letter), letter)
        expected = slope(own, mpmath.mpf(text))

        assert claimed == near(expected)
        assert float(from_sympy.subs(letter, sympy.Rational(text)).evalf(DIGITS)) == near(expected)


@pytest.mark.parametrize("name", ELEMENTARY)
def test_where_it_is_a_fraction_it_stays_one(name):
    row = ELEMENTARY[name]
    assert row.at is not None
    found = evaluate(TYPED[name].of(Z), lambda _: Fraction(row.at))

    assert isinstance(found, Fraction)
    assert found == row.whole == round(NUMBERS[name](mpmath.mpf(row.at)), 25)


@pytest.mark.parametrize("name", ELEMENTARY)
def test_its_slope_is_what_sympy_derives(name):
    assert algebra.is_derivative(derivative(TYPED[name].of(Z), Z), TYPED[name].of(Z), Z)


# --- functions that are typed --------------------------------------------------------------------


def test_each_typed_name_has_a_second_source():
    assert set(NUMBERS) == set(TYPED)


@pytest.mark.parametrize("name", TYPED)
def test_a_typed_function_is_that_of_mpmath(name):
    """Its formula in floats and with sympy's 30 digits, and the slope by the rules of calculus."""
    row, own = TYPED[name], NUMBERS[name]
    formula = row.of(Z)
    has_slope = not {"floor", "ceil"} & {name}
    slopes = derivative(formula, Z) if has_slope else None
    for text in points(name):
        z, exact = float(text), mpmath.mpf(text)
        assert float(evaluate(formula, lambda _, z=z: z)) == near(own(exact))
        assert algebra.numeric(formula, lambda _, z=z: z) == near(own(mpmath.mpf(z)))
        if slopes is not None:
            assert float(evaluate(slopes, lambda _, z=z: z)) == near(slope(own, exact))


@pytest.mark.parametrize("name", [name for name, row in TYPED.items() if row.several])
def test_of_several_the_one_that_counts(name):
    letters = [Symbol(a, a) for a in "abc"]
    formula = TYPED[name].of(*letters)
    for numbers in [(1.5, -2.0, 0.25), (-3.0, 4.0, 1.0), (0.5, 0.25, 8.0)]:
        values = dict(zip(letters, numbers, strict=True))
        assert evaluate(formula, values.__getitem__) == NUMBERS[name](*numbers)
        for i, letter in enumerate(letters):
            exact = [mpmath.mpf(number) for number in numbers]
            found = evaluate(derivative(formula, letter), values.__getitem__)
            assert float(found) == near(slope(NUMBERS[name], *exact, by=i))


# --- operations for arrays -----------------------------------------------------------------------


@pytest.mark.parametrize("word", ROWS)
def test_an_operation_of_arrays_is_that_of_mpmath(word):
    row, operation = ROWS[word], Function(word=word)
    for text in points(word):
        z, exact = np.array([float(text)]), mpmath.mpf(text)
        a = row.values(np, z)

        assert a[0] == near(NUMBERS[word](exact))
        assert row.slopes(np, z, a)[0] == near(slope(NUMBERS[word], exact))
        assert evaluate(operation.slope(Z, operation.of(Z)), lambda _, z=z: z[0]) == near(
            slope(NUMBERS[word], exact)
        )


@pytest.mark.parametrize("word", [word for word, row in ROWS.items() if row.kinks])
def test_at_a_corner_the_slope_is_0(word):
    (corner,) = ROWS[word].kinks
    z = np.array([corner])

    assert ROWS[word].slopes(np, z, ROWS[word].values(np, z))[0] == 0
    assert evaluate(Function(word=word).slope(Z, Function(word=word).of(Z)), lambda _: 0.0) == 0


# --- every word in a file ------------------------------------------------------------------------


def test_each_word_of_a_file_has_a_second_source():
    known = {*NUMBERS, *ACTIVATED, *LISTS, "dot", "where"}
    assert known >= WORDS
    assert {*ACTIVATED, *LISTS} <= WORDS


def _answers(text: str) -> dict[str, Any]:
    return {key: answer.value for key, answer in handcalc.solve(parse(text)).answers.items()}


SINGLE = sorted(WORDS - {*LISTS, "dot", "where"})


@pytest.mark.parametrize("word", SINGLE)
def test_a_word_of_single_numbers(word):
    """F = Σ c·f(x): the values and each slope, in one file for all points; and again of one number."""
    own = ACTIVATED.get(word) or NUMBERS[word]
    at = points(word)
    weights = [str(i + 2) for i in range(len(at))]
    found = _answers(
        f"input: {{x: [{', '.join(at)}], c: [{', '.join(weights)}]}}\n"
        f"values:\n  a: {word}(x)\n  F: sum(c*a)\nask: [forward, gradients]\n"
    )
    exact = [own(mpmath.mpf(z)) for z in at]

    assert found["a"] == [near(value) for value in exact]
    assert found["F"] == near(sum(int(c) * a for c, a in zip(weights, exact, strict=True)))
    # At a corner that lies on a point mpmath would take the mean of both sides.
    for i, (z, c) in enumerate(zip(at, weights, strict=True), 1):
        if not (word in CORNERS and z in {"-1", "1"}):
            expected = int(c) * slope(own, mpmath.mpf(z))
            assert found[f"dF_dx{i}"] == near(expected, 1e-12), f"at {z}"

    alone = _answers(f"input: {{x: 2.5}}\nvalues: {{F: 3{word}(x) + x}}\nask: [gradients]\n")
    assert alone["dF_dx"] == near(3 * slope(own, mpmath.mpf("2.5")) + 1, 1e-12)


@pytest.mark.parametrize("word", sorted(LISTS))
def test_a_word_of_a_list(word):
    """Each element of the result counts differently, so that no slope can hide behind another."""
    at = ["0.7", "-1.25", "2.5"] if word != "normalize" else ["0.7", "1.25", "2.5"]
    exact = [mpmath.mpf(z) for z in at]
    made = LISTS[word](*exact)
    weights = [2, 3, 5][: len(made)]
    whole = f"sum({[*weights]}*a)".replace("[", "c").replace("]", "")
    whole = "sum(c*a)" if len(made) > 1 else "2a"
    found = _answers(
        f"input: {{x: [{', '.join(at)}], c: [2, 3, 5]}}\n"
        f"values:\n  a: {word}(x)\n  F: {whole} + 0*sum(c)\nask: [forward, gradients]\n"
    )
    values = found["a"] if isinstance(found["a"], list) else [found["a"]]

    def total(*z: Any) -> Any:
        return sum(w * a for w, a in zip(weights, LISTS[word](*z), strict=True))

    assert values == [near(value) for value in made]
    for i in range(3):
        assert found[f"dF_dx{i + 1}"] == near(slope(total, *exact, by=i), 1e-12)


@pytest.mark.parametrize("word", ["softmax", "log_softmax", "normalize"])
def test_of_a_matrix_each_row_by_itself(word):
    rows = [["0.5", "1.5"], ["2", "0.25"]]
    found = _answers(
        f"input: {{X: [[{', '.join(rows[0])}], [{', '.join(rows[1])}]]}}\n"
        f"values:\n  A: {word}(X)\n  F: sum(A*A)\nask: [forward, gradients]\n"
    )
    for row, values, slopes in zip(rows, found["A"], found["dF_dX"], strict=True):
        exact = [mpmath.mpf(z) for z in row]
        assert values == [near(value) for value in LISTS[word](*exact)]
        for i in range(2):
            expected = slope(lambda *z: sum(a * a for a in LISTS[word](*z)), *exact, by=i)
            assert slopes[i] == near(expected, 1e-12)


@pytest.mark.parametrize("word", ["sum", "Σ", "mean", "prod", "norm", "max", "min"])
def test_of_a_matrix_all_numbers_together(word):
    numbers = ["0.5", "1.5", "-2", "0.25", "3", "-0.75"]
    exact = [mpmath.mpf(z) for z in numbers]
    found = _answers(
        f"input: {{X: [[{', '.join(numbers[:3])}], [{', '.join(numbers[3:])}]]}}\n"
        f"values: {{F: {word}(X)}}\nask: [forward, gradients]\n"
    )
    assert found["F"] == near(LISTS[word](*exact)[0])
    flat = [slope_ for row in found["dF_dX"] for slope_ in row]
    for i in range(6):
        assert flat[i] == near(slope(lambda *z: LISTS[word](*z)[0], *exact, by=i), 1e-12)


def test_dot_is_the_sum_of_products():
    found = _answers(
        "input: {x: [1.5, -2, 0.25], y: [4, 0.5, -3]}\n"
        "values: {p: 'dot(x, y)', F: p^2}\nask: [forward, gradients]\n"
    )
    p = 1.5 * 4 - 2 * 0.5 - 0.25 * 3

    assert found["p"] == p
    assert [found[f"dF_dx{i}"] for i in (1, 2, 3)] == [2 * p * y for y in (4, 0.5, -3)]
    assert [found[f"dF_dy{i}"] for i in (1, 2, 3)] == [2 * p * x for x in (1.5, -2, 0.25)]


@pytest.mark.parametrize("relation", [">", ">=", "<", "<=", "≥", "≤"])
def test_where_takes_the_case_that_holds(relation):
    """Here x is 1 above, at and 1 below y: each relation holds at other places."""
    found = _answers(
        "input: {x: [3, 2, 1], y: [2, 2, 2]}\n"
        f"values:\n  a: where(x {relation} y, x^2, 5y)\n  F: sum(a)\nask: [forward, gradients]\n"
    )
    plain = {"≥": ">=", "≤": "<="}.get(relation, relation)
    holds = [{">": x > 2, ">=": x >= 2, "<": x < 2, "<=": x <= 2}[plain] for x in (3, 2, 1)]

    assert found["a"] == [x**2 if h else 10 for x, h in zip((3, 2, 1), holds, strict=True)]
    assert [found[f"dF_dx{i}"] for i in (1, 2, 3)] == [
        2 * x * h for x, h in zip((3, 2, 1), holds, strict=True)
    ]
    assert [found[f"dF_dy{i}"] for i in (1, 2, 3)] == [5 * (not h) for h in holds]


@pytest.mark.parametrize(("word", "chosen"), [("max", max), ("min", min)])
def test_of_several_values_cell_by_cell(word, chosen):
    found = _answers(
        "input: {x: [3, -2, 1], y: [2, 4, -5], z: 0.5}\n"
        f"values:\n  a: {word}(x, 2y, z)\n  F: sum(a^2)\nask: [forward, gradients]\n"
    )
    triples = [(3, 4, 0.5), (-2, 8, 0.5), (1, -10, 0.5)]
    best = [chosen(three) for three in triples]

    assert found["a"] == best
    for i, (three, a) in enumerate(zip(triples, best, strict=True), 1):
        assert found[f"dF_dx{i}"] == 2 * a * (three[0] == a)
        assert found[f"dF_dy{i}"] == 4 * a * (three[1] == a)
    assert found["dF_dz"] == sum(2 * a for three, a in zip(triples, best, strict=True) if a == 0.5)


# --- what is written around them -----------------------------------------------------------------


def test_activations_are_the_words_of_the_field():
    """But for `formula`, which is a formula itself and no function."""
    assert {*operations.ACTIVATIONS} - {"formula"} <= WORDS
    assert "formula" not in WORDS


@pytest.mark.parametrize(
    "word",
    [w for w in sorted(ACTIVATIONS) if issubclass(operations.load(ACTIVATIONS[w]), Along)],
)
def test_a_single_number_has_no_others_to_be_put_in_relation_with(word):
    with pytest.raises(handcalc.errors.ProblemError, match=f"{word} of a single number"):
        parse(f"input: {{x: 2}}\nvalues: {{f: {word}(x) + x}}\n")
