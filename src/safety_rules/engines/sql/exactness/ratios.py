"""Numbers as ratios of whole numbers, for comparisons that are too close for DOUBLE.

Whole numbers are of the exact type, or, where bounds keep a product below 2**53, of type DOUBLE, which then is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd

from safety_rules.engines.sql.dialect import Dialect, double
from safety_rules.language.operators import ORDERS

MOST_EXACT = 4000
MOST_WHOLE = 10**37  # both exact types hold 38 digits
EXACT_IN_DOUBLE = 2**53


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number: a fixed one, times what SQL works out in the exact type, if anything.

    `small` is the same in DOUBLE, no further from zero than `most` where a row's numbers are within their bounds.
    """

    times: int
    sql: str = ""
    small: str = ""
    most: Fraction | None = None

    def in_double(self) -> str | None:
        """Return the number as SQL of type DOUBLE, None where it might not be exact."""
        if not self.sql:
            return double(float(self.times)) if abs(self.times) < EXACT_IN_DOUBLE else None
        if self.most is None or abs(self.times) * max(self.most, Fraction(1)) >= EXACT_IN_DOUBLE:
            return None
        return self.small if self.times == 1 else f"({double(float(self.times))} * {self.small})"

    def text(self, d: Dialect) -> str:
        """Return the number as SQL."""
        if not self.sql:
            return d.whole(self.times)
        return self.sql if self.times == 1 else d.product(d.whole(self.times), self.sql)


@dataclass(frozen=True, slots=True)
class Ratio:
    """`top / bottom`; `sound` are conditions under which they are right.

    `decimals` are those of them that matter where numbers are within their bounds. `positive` says that the
    bottom cannot be below zero (where the number is known it is not zero either).
    """

    top: Whole
    bottom: Whole
    sound: frozenset[str]
    positive: bool
    decimals: frozenset[str] = frozenset()


def fixed(number: Fraction) -> Ratio | None:
    """Return the ratio of a fixed number, None where it is too long."""
    whole = max(abs(number.numerator), number.denominator) < 10**18
    return Ratio(Whole(number.numerator), Whole(number.denominator), frozenset(), True) if whole else None


def negated(a: Ratio | None) -> Ratio | None:
    """Return the ratio with the other sign."""
    return None if a is None else replace(a, top=replace(a.top, times=-a.top.times))


def absolute(a: Ratio | None, d: Dialect) -> Ratio | None:
    """Return the ratio without its sign."""
    return None if a is None or not a.positive else replace(a, top=Whole(1, f"abs({a.top.text(d)})"))


def total(a: Ratio | None, b: Ratio | None, d: Dialect) -> Ratio | None:
    """Return the sum of two ratios."""
    if a is None or b is None:
        return None
    if a.bottom == b.bottom:
        top, bottom = _total(a.top, b.top, d), a.bottom
    else:
        top = _total(_product(a.top, b.bottom, d), _product(b.top, a.bottom, d), d)
        bottom = _product(a.bottom, b.bottom, d)
    return _ratio(top, bottom, (a, b), a.positive and b.positive, d)


def product(a: Ratio | None, b: Ratio | None, d: Dialect) -> Ratio | None:
    """Return the product of two ratios."""
    if a is None or b is None:
        return None
    top, bottom = _product(a.top, b.top, d), _product(a.bottom, b.bottom, d)
    return _ratio(top, bottom, (a, b), a.positive and b.positive, d)


def quotient(a: Ratio | None, b: Ratio | None, signed: bool, d: Dialect) -> Ratio | None:
    """Return the quotient of two ratios; `signed`: the divisor can be below zero."""
    if a is None or b is None:
        return None
    top, bottom = _product(a.top, b.bottom, d), _product(a.bottom, b.top, d)
    return _ratio(top, bottom, (a, b), a.positive and b.positive and not signed, d)


def compared(op: str, a: Ratio | None, b: Ratio | None, d: Dialect) -> str | None:
    """Return the comparison in whole numbers, NULL where they are not right or do not fit."""
    if a is None or b is None:
        return None
    left, right = _crossed(a, b, d)
    if max(abs(left.times), abs(right.times)) >= MOST_WHOLE:
        return None
    sides = left.text(d), right.text(d)
    sql = f"({sides[0]} {ORDERS[op].sql} {sides[1]})"
    if not (a.positive and b.positive):
        turned = f"({sides[0]} {ORDERS[ORDERS[op].turned].sql} {sides[1]})"
        same = f"(({a.bottom.text(d)} < 0) = ({b.bottom.text(d)} < 0))"
        sql = f"(CASE WHEN {same} THEN {sql} ELSE {turned} END)"
    if len(sql) > MOST_EXACT:
        return None
    sound = " AND ".join(sorted(a.sound | b.sound)) or "TRUE"
    return d.attempt(f"(CASE WHEN {sound} THEN {sql} END)")


def compared_in_double(op: str, a: Ratio | None, b: Ratio | None, d: Dialect) -> str | None:
    """Return the comparison of numbers within their bounds, NULL where one has more decimals than expected."""
    if a is None or b is None or not (a.positive and b.positive):
        return None
    sides = [side.in_double() for side in _crossed(a, b, d)]
    sound = " AND ".join(sorted(a.decimals | b.decimals)) or "TRUE"
    return None if None in sides else f"(CASE WHEN {sound} THEN ({sides[0]} {ORDERS[op].sql} {sides[1]}) END)"


def _crossed(a: Ratio, b: Ratio, d: Dialect) -> tuple[Whole, Whole]:
    """Return two whole numbers that compare as the ratios do where their bottoms are of one sign."""
    left, right = _product(a.top, b.bottom, d), _product(b.top, a.bottom, d)
    if a.bottom == b.bottom and a.positive:
        left, right = a.top, b.top
    common = gcd(left.times, right.times) or 1
    return replace(left, times=left.times // common), replace(right, times=right.times // common)


def _product(a: Whole, b: Whole, d: Dialect) -> Whole:
    if a.times == 0 or b.times == 0:
        return Whole(0)
    if not (a.sql and b.sql):
        return replace(a if a.sql else b, times=a.times * b.times)
    most = None if a.most is None or b.most is None else a.most * b.most
    return Whole(a.times * b.times, d.product(a.sql, b.sql), f"({a.small} * {b.small})", most)


def _total(a: Whole, b: Whole, d: Dialect) -> Whole:
    return Whole(1, d.total(a.text(d), b.text(d)))


def _ratio(top: Whole, bottom: Whole, parts: Sequence[Ratio], positive: bool, d: Dialect) -> Ratio | None:
    sound = frozenset().union(*(p.sound for p in parts))
    fits = max(abs(top.times), abs(bottom.times)) < MOST_WHOLE and len(top.sql) + len(bottom.sql) < MOST_EXACT
    decimals = frozenset().union(*(p.decimals for p in parts))
    return Ratio(top, bottom, sound, positive, decimals) if fits else None
