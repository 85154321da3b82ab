"""Positional encodings against loops of their own and published tables."""

import functools
import math
import operator

import pytest

from support import answers, page, solution

TOKENS = [[1.0, 0.0, 0.5, 0.2], [0.2, 1.0, 0.8, 0.1], [0.5, 0.3, 1.0, 0.0], [0.1, 0.5, 0.3, 1.0]]


def _file(options: str = "", tokens: list[list[float]] = TOKENS) -> str:
    return f"input: {tokens}\nlayers: [{{positional_encoding: {{name: pe{options}}}}}]\n"


def _loops(tokens: int, d: int, base: float, first: int, *, halves: bool) -> list[list[float]]:
    """PE(t, 2i) = sin(t/base^(2i/d)), PE(t, 2i + 1) = cos of the same."""
    rows = []
    for t in range(first, first + tokens):
        sines = [math.sin(t / base ** (2 * i / d)) for i in range(d // 2)]
        cosines = [math.cos(t / base ** (2 * i / d)) for i in range(d // 2)]
        pairs = [x for pair in zip(sines, cosines, strict=True) for x in pair]
        rows.append(sines + cosines if halves else pairs)
    return rows


@pytest.mark.parametrize(
    ("options", "base", "first", "halves"),
    [
        ("", 10000, 0, False),
        (", base: 100", 100, 0, False),
        (", first: 1, order: halves", 10000, 1, True),
    ],
)
def test_sines_and_cosines_of_the_place_are_added(options, base, first, halves):
    expected = _loops(4, 4, base, first, halves=halves)
    found = answers(solution(_file(options)))

    for row, sums, tokens in zip(expected, found["pe"], TOKENS, strict=True):
        assert sums == pytest.approx([a + b for a, b in zip(row, tokens, strict=True)])
    assert functools.reduce(operator.iadd, found["pe_positions"], []) == pytest.approx(
        functools.reduce(operator.iadd, expected, [])
    )


def test_the_tokens_of_a_published_encoder_have_the_published_sums():
    """Worked example of one encoder layer on "The chai is hot", ainiketan.in, to 3 decimals."""
    published = [
        [1.000, 1.000, 0.500, 1.200],
        [1.041, 1.540, 0.810, 1.100],
        [1.409, -0.116, 1.020, 1.000],
        [0.241, -0.490, 0.330, 2.000],
    ]
    found = answers(solution(_file()))["pe"]

    assert [[round(x, 3) for x in row] for row in found] == published


def test_the_table_of_a_published_exercise_was_printed_in_sixteen_bits():
    """Transformer position embedding generator, onenoughtone.com: only three of its digits mean something."""
    import numpy as np

    printed = [0.84130859375, 0.54052734375, 0.099853515625, 0.9951171875, 0.01000213623046875, 1.0]
    text = _file("", [[0.0] * 8, [0.0] * 8])
    true = answers(solution(text))["pe_positions"][1]

    assert [float(np.float16(x)) for x in true[:6]] == printed
    assert true[0] == pytest.approx(0.8414709848, abs=1e-10)


def test_the_page_says_from_where_times_are_counted_and_what_a_cell_is():
    said = page(_file())

    assert "times are counted from 0, the base is 10000" in said
    assert "P[2,3] = sin(1/10000^(2/4)) ≈ 0.0100" in said


def test_what_stands_before_positions_gets_the_gradient_as_it_is():
    """Positions are constants: ∂E/∂x = ∂E/∂y."""
    text = _file() + "target: [[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]\n"
    found = answers(
        solution(text + "loss: {mean_squared_error: {factor: half_sum}}\nask: [dE_dx, dE_dpe]\n")
    )

    assert found["dE_dx"] == found["dE_dpe"]


def test_an_odd_number_of_features_is_refused():
    from handcalc.errors import ProblemError

    with pytest.raises(ProblemError, match="a sine goes with a cosine; give it an even number"):
        solution(_file("", [[1.0, 2.0, 3.0]]))
