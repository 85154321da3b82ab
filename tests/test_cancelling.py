"""Where terms cancel: values against decimal arithmetic, which has no binary dust."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import answers, page, solution

TENTHS = st.decimals(-1000, 1000, places=4, allow_nan=False, allow_infinity=False)


@given(TENTHS, TENTHS)
def test_a_difference_has_the_digits_of_its_terms(a, b):
    text = f"inputs: {{a: [{a}], b: [{b}]}}\nlayers: [{{subtract: {{name: h, from: [a, b]}}}}]\nrounding: {{decimals: 6}}"
    (shown,) = solution(text).answers["h"].shown

    assert Decimal(shown) == a - b


@given(TENTHS, TENTHS, st.integers(-9, 9))
def test_a_sum_of_products_has_the_digits_of_its_terms(x, b, w):
    text = f"input: [{x}]\nlayers: [{{dense: {{name: h, weights: [[{w}]], bias: {b}}}}}]\nrounding: {{decimals: 6}}"

    assert Decimal(solution(text).answers["h1_out"].shown) == w * x + b


@pytest.mark.parametrize(
    ("x", "b", "rounding", "shown"),
    [
        ("1.2", "-1.1", "{decimals: 2, mode: truncate}", "0.1"),
        ("1000.1255", "-1000", "{decimals: 3}", "0.126"),
        ("0.3", "-0.1", "{decimals: 1, mode: truncate}", "0.2"),
    ],
)
def test_what_is_cut_off_is_not_dust(x, b, rounding, shown):
    text = f"input: [{x}]\nlayers: [{{dense: {{name: h, weights: [[1]], bias: {b}}}}}]\nrounding: {rounding}"

    assert solution(text).answers["h1_out"].shown == shown


def test_equal_values_are_equal_whatever_they_come_from():
    """1.2 - 1.1 = 0.1: of equal ones the first gets the gradient."""
    text = "inputs: {a: [1.2], b: [1.1], c: [0.1]}\nlayers: [{subtract: {name: h, from: [a, b]}}, {maximum: {name: o, from: [h, c]}}]\noutput_gradient: [1]"
    found = answers(solution(text))

    assert (found["dE_dh"], found["dE_dc1"]) == ([1], 0)


def test_a_rectifier_at_0_by_cancelling_is_at_its_corner():
    text = "input: [1000.7]\nlayers: [{dense: {weights: [[1]], bias: -1000.1}}, {dense: {weights: [[1]], bias: -0.6, activation: relu}}]\ntarget: [1]\nloss: mean_squared_error"

    assert answers(solution(text))["dE_db2"] == 0
    assert "5 at a corner of a function" in page(text)
