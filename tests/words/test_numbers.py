"""A number in words is that number: every decimal that ends is written in full, any other one is marked as rounded."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from safety_rules.words.values import MOST_DIGITS, decimal

NUMERATORS, POWERS = st.integers(-(10**15), 10**15), st.integers(0, MOST_DIGITS)


@settings(max_examples=200, deadline=None)
@given(NUMERATORS, POWERS, POWERS)
def test_a_decimal_that_ends_is_written_exactly(numerator: int, twos: int, fives: int) -> None:
    number = Fraction(numerator, 2**twos * 5**fives)
    assert Fraction(decimal(number)) == number


@settings(max_examples=100, deadline=None)
@given(NUMERATORS, st.sampled_from([3, 7, 30, 2 ** (MOST_DIGITS + 1), 5 ** (MOST_DIGITS + 1)]))
def test_one_that_does_not_end_or_is_very_long_is_marked_and_within_half_of_its_last_digit(
    numerator: int, denominator: int
) -> None:
    number = Fraction(2 * 3 * 5 * 7 * numerator + 1, denominator)
    text = decimal(number)
    assert text[0] == "≈"
    assert abs(Fraction(text[1:]) - number) <= Fraction(1, 2 * 10**6)
