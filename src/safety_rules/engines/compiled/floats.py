"""Numbers of the fast function: floats with a bound on their error, and the same in decimals.

A Python float counts as the decimal that it prints as, so a leaf is off by at most one rounding, and
each operation adds one. Comparing a leaf with a constant, or with another leaf, needs no bound:
printing is monotone, and decimals of up to 15 digits are all different as floats.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from decimal import Context, Inexact, InvalidOperation
from fractions import Fraction

DIGITS = Context(prec=200, traps=[Inexact, InvalidOperation])
"""Decimals of up to 200 digits; a longer result raises, and the fast function declines."""

UNIT = Fraction(1, 2**52)
SAFE = 2**53


@dataclass(frozen=True, slots=True)
class Approximate:
    """A number as a float expression; off by at most `roundings` units of the last place of `magnitude`.

    `magnitude` is the expression itself where the number cannot be negative. `top` over `bottom` (one,
    where it is None; never below zero) is the exact number in decimals or ints; without a top it is left
    to the exact function. `constant` is its exact
    value where it is fixed; a `leaf` is data as it came.
    """

    value: ast.expr
    magnitude: ast.expr
    roundings: int
    top: ast.expr | None = None
    bottom: ast.expr | None = None
    leaf: bool = False
    constant: Fraction | None = None
    positive: bool = False
    whole: bool = False


def plain(number: Fraction) -> float | int:
    """Return a constant as Python writes it best."""
    return number.numerator if number.denominator == 1 else float(number)


def short(number: Fraction) -> bool:
    """Return whether a number is a decimal of at most 15 digits, so that its float stands for it alone."""
    digits, scaled = 0, number
    while scaled.denominator != 1:
        scaled, digits = scaled * 10, digits + 1
        if digits > 15:
            return False
    return abs(scaled.numerator) < 10**15


def edges(number: Fraction, roundings: int) -> tuple[float, float]:
    """Return floats safely below and above a constant, for a value with that many roundings."""
    slack = abs(number) * UNIT * (roundings + 3)
    return float(number - slack), float(number + slack)
