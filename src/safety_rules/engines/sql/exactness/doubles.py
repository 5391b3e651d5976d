"""Numbers as DOUBLE expressions with a bound on their error, and the same as ratios of whole numbers.

A number of a table counts as the decimal that it is written as; its DOUBLE is off by at most one
rounding, and each operation adds one. A comparison whose margin is wider than the bound is decided by the
DOUBLE. Where it is too close, whole numbers decide: a leaf with two decimals is a whole number of
hundredths, so that `a / b >= 500` is `a100 * 1 >= 500 * b100`. Where that does not fit either, the row
is too close to call and goes back to the exact evaluator. A leaf beside a short constant, or beside another
leaf, needs no bound: decimals of up to 15 digits are all different as DOUBLE, and in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from safety_rules.engines.sql.dialect import Dialect, double, exact_double
from safety_rules.engines.sql.exactness import ratios
from safety_rules.engines.sql.exactness.ratios import Ratio, Whole
from safety_rules.language.operators import ORDERS, SIGNS

UNIT = Fraction(1, 2**52)
HUGE, TINY = 1e30, 1e-30
LEAST = Fraction(1, 10**250)  # what numbers too small for DOUBLE may add up to


LARGEST = Fraction(10**300)


@dataclass(frozen=True, slots=True)
class Number:
    """A number: off by at most `roundings` units in the last place of `size`.

    `leaf`: its DOUBLE stands for this number alone among decimals of 15 digits. `signed` is False where
    it cannot be below zero; `firm` where it is zero only if the true number is; `integral` where it is whole;
    `most` is how far from zero it can be, where that is fixed; `nonzero` says that it is never zero, but in
    rows that go back. `over` are the two leaves of a quotient whose divisor is above zero in all other rows.
    """

    sql: str
    size: str
    roundings: int
    exact: Ratio | None
    leaf: bool = False
    constant: Fraction | None = None
    signed: bool = True
    firm: bool = False
    integral: bool = False
    most: Fraction | None = None
    nonzero: bool = False
    over: tuple[str, str] | None = None


def short(number: Fraction) -> bool:
    """Return whether a number is a decimal of at most 15 digits."""
    digits, scaled = 0, number
    while scaled.denominator != 1:
        scaled, digits = scaled * 10, digits + 1
        if digits > 15:
            return False
    return abs(scaled.numerator) < 10**15


def constant(number: Fraction, d: Dialect) -> Number:
    """Return a number that is fixed; as DOUBLE one beyond its range is the largest, which `beyond` tells."""
    near = float(max(-LARGEST, min(number, LARGEST)))
    written, size = double(near), double(abs(near))
    roundings = 0 if exact_double(number) else 1
    exact, whole = ratios.fixed(number), number.denominator == 1
    return Number(written, size, roundings, exact, short(number), number, number < 0, True, whole, abs(number))


def beyond(a: Number) -> bool:
    """Return whether a number is fixed, and beyond what may be calculated with as DOUBLE."""
    return a.constant is not None and abs(a.constant) >= LARGEST


def leaf(column: str, places: int, d: Dialect, signed: bool, most: Fraction | None = None) -> Number:
    """Return a number of the table, which has `places` decimals where its whole-number form is to hold.

    `most` is how far from zero the column's numbers may be.
    """
    power = double(float(10**places))
    scaled = f"round({column} * {power})"
    whole = d.cast(scaled, "exact")
    short = f"{column} = {scaled} / {power}" if places else f"{column} = round({column})"
    sound = f"({short} AND abs({scaled}) < 1E15)"
    limit = most * 10**places if most is not None and most * 10**places < 10**15 else None
    top = Whole(1, whole, scaled if places else f"round({column})", limit)
    ratio = Ratio(top, Whole(10**places), frozenset({sound}), True, frozenset({short}))
    return Number(column, column if not signed else f"abs({column})", 1, ratio, True, None, signed, True)


def counted(sql: str, d: Dialect, signed: bool) -> Number:
    """Return a number that is a whole count: exact as it stands."""
    number = d.cast(sql, "double")
    ratio = Ratio(Whole(1, d.cast(sql, "exact")), Whole(1), frozenset(), True)
    return Number(number, f"abs({number})" if signed else number, 0, ratio, True, None, signed, True, True)


def negated(a: Number, d: Dialect) -> Number:
    """Return the number with the other sign."""
    if a.constant is not None:
        return constant(-a.constant, d)
    return replace(a, sql=f"(-{a.sql})", exact=ratios.negated(a.exact), signed=True)


def scaled(a: Number, factor: Fraction, d: Dialect) -> Number:
    """Return the number times an exact factor."""
    if factor == 1:
        return a
    found = operated("*", a, constant(factor, d), d)[0]
    return replace(found, integral=a.integral and factor.denominator == 1)


def operated(op: str, a: Number, b: Number, d: Dialect) -> tuple[Number, tuple[str, ...]]:
    """Return a sum, difference, product or quotient, and conditions under which it cannot be relied on."""
    if a.constant is not None and b.constant is not None and not (op == "/" and b.constant == 0):
        return constant(SIGNS[op].value(a.constant, b.constant), d), ()
    match op:
        case "+" | "-":
            return _sum(op, a, b, d), ()
        case "*":
            return _product(a, b, d), ()
        case "/":
            return _quotient(a, b, d)
        case _:
            raise TypeError(op)


def _sum(op: str, a: Number, b: Number, d: Dialect) -> Number:
    sql = f"({a.sql} {op} {b.sql})"
    signed = a.signed or b.signed or op == "-"
    plain = not signed and a.size == a.sql and b.size == b.sql
    size = sql if plain else f"({a.size} + {b.size})"
    exact = ratios.total(a.exact, b.exact if op == "+" else ratios.negated(b.exact), d)
    firm = not signed and a.firm and b.firm
    return Number(sql, size, max(a.roundings, b.roundings) + 1, exact, signed=signed, firm=firm)


def _product(a: Number, b: Number, d: Dialect) -> Number:
    sql = f"({a.sql} * {b.sql})"
    signed = a.signed or b.signed
    size = sql if a.size == a.sql and b.size == b.sql else f"({a.size} * {b.size})"
    exact = ratios.product(a.exact, b.exact, d)
    return Number(sql, size, a.roundings + b.roundings + 1, exact, signed=signed, firm=a.firm and b.firm)


def _quotient(a: Number, b: Number, d: Dialect) -> tuple[Number, tuple[str, ...]]:
    """Return `a / b`, NULL at zero; where `b` may only look like zero, or hide it, the row goes back."""
    below = b.sql if b.nonzero and d.divides_by_zero else f"NULLIF({b.sql}, 0E0)"
    sql = f"({a.sql} / {below})"
    doubtful: tuple[str, ...] = ()
    if b.firm and (b.size in (b.sql, f"abs({b.sql})") or b.constant is not None):
        plain = a.size == a.sql and b.size == b.sql
        size = sql if plain else f"({a.size} / NULLIF({b.size}, 0E0))"
    else:
        doubtful = (f"(abs({b.sql}) <= {b.size} * 1E-9)",)
        size = f"({a.size} * {b.size} / NULLIF({b.sql} * {b.sql}, 0E0))"
    exact = ratios.quotient(a.exact, b.exact, b.signed, d)
    over = (a.sql, b.sql) if a.leaf and b.leaf and b.nonzero and not b.signed else None
    signed = a.signed or b.signed
    number = Number(sql, size, a.roundings + b.roundings + 1, exact, signed=signed, firm=a.firm, over=over)
    return number, doubtful


def absolute(a: Number, d: Dialect) -> Number:
    """Return the number without its sign."""
    if a.constant is not None:
        return constant(abs(a.constant), d)
    sql, exact = f"abs({a.sql})", ratios.absolute(a.exact, d)
    return replace(a, sql=sql, size=sql if a.size in (a.sql, sql) else a.size, exact=exact, signed=False)


def either(sql: str, size: str, arms: Sequence[Number]) -> Number:
    """Return a number that is one of several, chosen by SQL; `size` bounds them where they may be below zero."""
    plain = all(a.size == a.sql or (a.constant is not None and not a.signed) for a in arms)
    return Number(
        sql, sql if plain else size, max(a.roundings for a in arms), None, all(a.leaf for a in arms), None,
        any(a.signed for a in arms), all(a.firm for a in arms), all(a.integral for a in arms),
        None if any(a.most is None for a in arms) else max(a.most for a in arms if a.most is not None),
    )  # fmt: skip


def close(a: Number, b: Number) -> str:
    """Return the condition that two numbers are too near for their DOUBLEs to tell them apart."""
    for x, y in ((a, b), (b, a)):
        if y.constant is not None and x.size == x.sql:
            return "({} BETWEEN {} AND {})".format(x.sql, *edges(y.constant, a.roundings + b.roundings))
    return f"(abs({a.sql} - {b.sql}) <= {_bound(a, b)})"


def _bound(a: Number, b: Number) -> str:
    """Return how far apart two numbers may seem to be that are equal."""
    roundings = a.roundings + b.roundings + 4
    return f"(({a.size} + {b.size}) * {double(float(UNIT * roundings * 2))} + {double(float(LEAST))})"


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison; `near` is where DOUBLE is too close to call, and `unsettled` where whole numbers are no help either."""

    sql: str
    near: str | None = None
    unsettled: str | None = None


def compared(op: str, a: Number, b: Number, d: Dialect, keep: Callable[[str], str] = str) -> Compared:
    """Return the comparison of two numbers; `keep` names what is used twice."""
    plain = f"({a.sql} {ORDERS[op].sql} {b.sql})"
    if a.leaf and b.leaf:
        return Compared(plain)
    near = close(a, b)
    if b.constant is not None and a.size == a.sql and op not in ("==", "!="):
        plain, near = _edges(op, a, b)
    exact = ratios.compared(op, a.exact, b.exact, d)
    if exact is None:
        return Compared(plain, near)
    near = keep(near)
    return Compared(f"(CASE WHEN {near} THEN {exact} ELSE {plain} END)", near, f"({exact} IS NULL)")


def surely(op: str, a: Number, b: Number) -> tuple[str, str]:
    """Return where a comparison is surely true, and where surely false; between them it is too close for DOUBLE."""
    if op in ("==", "!="):
        apart = f"(NOT {close(a, b)})"
        return ("FALSE", apart) if op == "==" else (apart, "FALSE")
    if a.constant is not None and b.constant is None:
        return surely(ORDERS[op].turned, b, a)
    if b.constant is not None and a.size == a.sql:
        low, high = edges(b.constant, a.roundings + b.roundings)
        if a.over is None:
            below, above = f"({a.sql} < {low})", f"({a.sql} > {high})"
        else:  # the edges leave room for a rounding more
            below, above = (f"({a.over[0]} {op} {edge} * {a.over[1]})" for op, edge in (("<", low), (">", high)))
    else:
        bound = _bound(a, b)
        below, above = f"({a.sql} - {b.sql} < -{bound})", f"({a.sql} - {b.sql} > {bound})"
    return (below, above) if op in ("<", "<=") else (above, below)


def _edges(op: str, a: Number, b: Number) -> tuple[str, str]:
    """Return the comparison with a constant beside the true one, right wherever it is not too close to call; and that."""
    assert b.constant is not None
    low, high = edges(b.constant, a.roundings + b.roundings)
    plain = f"({a.sql} < {low})" if op in ("<", "<=") else f"({a.sql} > {high})"
    return plain, f"({a.sql} BETWEEN {low} AND {high})"


def edges(number: Fraction, roundings: int) -> tuple[str, str]:
    """Return literals safely below and above a constant, for a number that is never below zero."""
    slack = abs(number) * UNIT * (roundings + 4) * 3 + LEAST
    return double(float(number - slack)), double(float(number + slack))
