"""Numbers as people write them, and rounding of the decimal a person sees."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handcalc.network.rounding import Policy
from handcalc.number import as_decimal, fixed, magnitude, parse, plain, round_to, scientific, tidy
from handcalc.problem.model import Rounding


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.10", Fraction(1, 10)),
        (".5", Fraction(1, 2)),
        ("5.", Fraction(5)),
        ("-3", Fraction(-3)),
        ("+3", Fraction(3)),
        ("1e-3", Fraction(1, 1000)),
        ("2E2", Fraction(200)),
        ("1/3", Fraction(1, 3)),
        ("-1/3", Fraction(-1, 3)),
        ("0.5/0.25", Fraction(2)),
        ("0", Fraction(0)),
        ("-0", Fraction(0)),
    ],
)
def test_reads_what_people_write(text, value):
    assert parse(text) == value


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("010", "write 10"),
        ("-007", "write -7"),
        ("0,5", "write 0.5"),
        ("1_000", "write 1000"),
        ("1:30", "time"),
        ("nan", "finite"),
        ("-inf", "finite"),
        ("1e400000000", "exponent"),
        ("1e999", "too large"),
        ("1/0", "denominator"),
        ("9**9**9", "not a number"),
        ("", "not a number"),
        ("1/2/3", "not a number"),
        ("٣", "not a number"),
        ("0x10", "not a number"),
        ("1" * 61, "characters"),
        ("e", "not a number"),
        ("--1", "not a number"),
    ],
)
def test_refuses_the_rest_and_says_what_to_write(text, advice):
    with pytest.raises(ValueError, match=advice):
        parse(text)


@given(st.text(max_size=70))
def test_any_text_is_a_number_or_a_mistake(text):
    try:
        value = parse(text)
    except ValueError:
        return
    assert float(value) < float("inf")


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**6), max_value=10**6
    )
)
def test_a_decimal_is_read_exactly(number):
    assert parse(f"{number:f}") == Fraction(number)


@pytest.mark.parametrize(
    ("value", "places", "mode", "text"),
    [
        (2.675, 2, "half_up", "2.68"),  # the float is 2.67499999…
        (-2.675, 2, "half_up", "-2.68"),
        (2.665, 2, "half_even", "2.66"),
        (2.675, 2, "half_even", "2.68"),
        (0.7709, 3, "truncate", "0.770"),
        (-0.7709, 3, "truncate", "-0.770"),
        (0.1 + 0.2, 1, "truncate", "0.3"),
        (0.29999999999999998, 1, "truncate", "0.3"),
        (-0.00001, 3, "half_up", "0.000"),
    ],
)
def test_rounds_the_decimal_a_person_sees(value, places, mode, text):
    assert fixed(round_to(value, places, mode), places) == text


@given(st.floats(-1e6, 1e6), st.integers(0, 8))
def test_rounding_moves_by_at_most_half_a_unit(value, places):
    """And truncation by less than a unit, towards zero."""
    seen, unit = Fraction(as_decimal(value)), Fraction(1, 10**places)

    assert abs(round_to(value, places) - seen) <= unit / 2
    cut = round_to(value, places, "truncate")
    assert abs(cut) <= abs(seen)
    assert abs(cut - seen) < unit


def test_neither_dust_nor_negative_zero_is_shown():
    assert plain(0.1 + 0.2) == "0.3"
    assert fixed(-0.0, 2) == "0.00"
    assert plain(Fraction(-0)) == "0"
    assert tidy(0.1 + 0.2) == 0.3
    assert str(tidy(-0.0)) == "0.0"
    assert tidy(0.6924173351299006) == 0.6924173351299006


def test_sizes_and_powers_of_ten():
    assert [magnitude(x) for x in (0.0067, 1.0, 123.0, 0.0)] == [-3, 0, 2, 0]
    assert scientific(1.2345e-9, 4) == "1.234e-9"
    assert scientific(6.02e23, 3) == "6.02e23"


@given(st.floats(-1e8, 1e8).filter(lambda x: abs(x) > 1e-7))
def test_what_is_shown_is_near_and_not_zero(value):
    """Small numbers keep digits to go on with."""
    written = Policy(Rounding()).write(value)

    assert written.value != 0
    assert abs(float(written.value) - value) <= max(5.1e-5, 0)
    assert abs(float(written.value) - value) <= abs(value) * 0.06
    assert Fraction(Decimal(written.text)) == written.value
