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

UNIT = Fraction(1, 2**52)
MOST_EXACT = 4000
FLIPPED = {"<": ">", "<=": ">=", "==": "==", "!=": "!=", ">=": "<=", ">": "<"}
SQL_OP = {"<": "<", "<=": "<=", "==": "=", "!=": "<>", ">=": ">=", ">": ">"}
HUGE, TINY = 1e30, 1e-30
LEAST = Fraction(1, 10**250)  # what numbers too small for DOUBLE may add up to


@dataclass(frozen=True, slots=True)
class Ratio:
    """`top / bottom` in whole numbers of the exact type; `sound` are conditions under which they are right.

    `positive` says that the bottom cannot be below zero (where the number is known it is not zero either).
    """

    top: str
    bottom: str
    sound: frozenset[str]
    positive: bool


@dataclass(frozen=True, slots=True)
class Number:
    """A number: off by at most `roundings` units in the last place of `size`.

    `leaf`: its DOUBLE stands for this number alone among decimals of 15 digits. `signed` is False where
    it cannot be below zero; `firm` where it is zero only if the true number is; `integral` where it is whole;
    `most` is how far from zero it can be, where that is fixed; `nonzero` says that it is never zero, but in
    rows that go back.
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


def short(number: Fraction) -> bool:
    """Return whether a number is a decimal of at most 15 digits."""
    digits, scaled = 0, number
    while scaled.denominator != 1:
        scaled, digits = scaled * 10, digits + 1
        if digits > 15:
            return False
    return abs(scaled.numerator) < 10**15


def constant(number: Fraction, d: Dialect) -> Number:
    """Return a number that is fixed."""
    written = double(float(number))
    ratio = Ratio(d.whole(number.numerator), d.whole(number.denominator), frozenset(), True)
    exact = ratio if max(abs(number.numerator), number.denominator) < 10**18 else None
    size = double(abs(float(number)))
    roundings = 0 if exact_double(number) else 1
    return Number(
        written, size, roundings, exact, short(number), number, number < 0, True, number.denominator == 1, abs(number)
    )


def leaf(column: str, places: int, d: Dialect, signed: bool) -> Number:
    """Return a number of the table, which has `places` decimals where its whole-number form is to hold."""
    power = double(float(10**places))
    scaled = f"round({column} * {power})"
    whole = d.cast(scaled, "exact")
    sound = f"({column} = {scaled} / {power} AND abs({scaled}) < 1E15)"
    ratio = Ratio(whole, d.whole(10**places), frozenset({sound}), True)
    return Number(column, column if not signed else f"abs({column})", 1, ratio, True, None, signed, True)


def counted(sql: str, d: Dialect, signed: bool) -> Number:
    """Return a number that is a whole count: exact as it stands."""
    number = d.cast(sql, "double")
    ratio = Ratio(d.cast(sql, "exact"), d.whole(1), frozenset(), True)
    return Number(number, f"abs({number})" if signed else number, 0, ratio, True, None, signed, True, True)


def _ratio(top: str, bottom: str, parts: Sequence[Ratio], positive: bool) -> Ratio | None:
    sound = frozenset().union(*(p.sound for p in parts))
    return Ratio(top, bottom, sound, positive) if len(top) + len(bottom) < MOST_EXACT else None


def negated(a: Number, d: Dialect) -> Number:
    """Return the number with the other sign."""
    if a.constant is not None:
        return constant(-a.constant, d)
    exact = a.exact and replace(a.exact, top=d.product(d.whole(-1), a.exact.top))
    return replace(a, sql=f"(-{a.sql})", exact=exact, signed=True)


def scaled(a: Number, factor: Fraction, d: Dialect) -> Number:
    """Return the number times an exact factor."""
    if factor == 1:
        return a
    found = operated("*", a, constant(factor, d), d)[0]
    return replace(found, integral=a.integral and factor.denominator == 1)


def operated(op: str, a: Number, b: Number, d: Dialect) -> tuple[Number, tuple[str, ...]]:
    """Return a sum, difference, product or quotient, and conditions under which it cannot be relied on."""
    if a.constant is not None and b.constant is not None and not (op == "/" and b.constant == 0):
        return constant(_folded(op, a.constant, b.constant), d), ()
    match op:
        case "+" | "-":
            return _sum(op, a, b, d), ()
        case "*":
            return _product(a, b, d), ()
        case "/":
            return _quotient(a, b, d)
        case _:
            raise TypeError(op)


def _folded(op: str, a: Fraction, b: Fraction) -> Fraction:
    return a + b if op == "+" else a - b if op == "-" else a * b if op == "*" else a / b


def _sum(op: str, a: Number, b: Number, d: Dialect) -> Number:
    sql = f"({a.sql} {op} {b.sql})"
    signed = a.signed or b.signed or op == "-"
    plain = not signed and a.size == a.sql and b.size == b.sql
    size = sql if plain else f"({a.size} + {b.size})"
    exact = None
    if a.exact and b.exact:
        right = b.exact.top if op == "+" else d.product(d.whole(-1), b.exact.top)
        top = d.total(d.product(a.exact.top, b.exact.bottom), d.product(right, a.exact.bottom))
        if a.exact.bottom == b.exact.bottom:
            top, bottom = d.total(a.exact.top, right), a.exact.bottom
        else:
            bottom = d.product(a.exact.bottom, b.exact.bottom)
        exact = _ratio(top, bottom, (a.exact, b.exact), a.exact.positive and b.exact.positive)
    firm = not signed and a.firm and b.firm
    return Number(sql, size, max(a.roundings, b.roundings) + 1, exact, signed=signed, firm=firm)


def _product(a: Number, b: Number, d: Dialect) -> Number:
    sql = f"({a.sql} * {b.sql})"
    signed = a.signed or b.signed
    size = sql if a.size == a.sql and b.size == b.sql else f"({a.size} * {b.size})"
    exact = None
    if a.exact and b.exact:
        tops, bottoms = d.product(a.exact.top, b.exact.top), d.product(a.exact.bottom, b.exact.bottom)
        exact = _ratio(tops, bottoms, (a.exact, b.exact), a.exact.positive and b.exact.positive)
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
    exact = None
    if a.exact and b.exact:
        top, bottom = d.product(a.exact.top, b.exact.bottom), d.product(a.exact.bottom, b.exact.top)
        exact = _ratio(top, bottom, (a.exact, b.exact), a.exact.positive and b.exact.positive and not b.signed)
    number = Number(sql, size, a.roundings + b.roundings + 1, exact, signed=a.signed or b.signed, firm=a.firm)
    return number, doubtful


def absolute(a: Number, d: Dialect) -> Number:
    """Return the number without its sign."""
    sql = f"abs({a.sql})"
    exact = None
    if a.exact and a.exact.positive:
        exact = replace(a.exact, top=f"abs({a.exact.top})")
    if a.constant is not None:
        return constant(abs(a.constant), d)
    return replace(a, sql=sql, size=sql if a.size in (a.sql, sql) else a.size, exact=exact, signed=False)


def either(sql: str, size: str, arms: Sequence[Number]) -> Number:
    """Return a number that is one of several, chosen by SQL; `size` bounds them where they may be below zero."""
    plain = all(a.size == a.sql or (a.constant is not None and not a.signed) for a in arms)
    return Number(
        sql,
        sql if plain else size,
        max(a.roundings for a in arms),
        None,
        all(a.leaf for a in arms),
        None,
        any(a.signed for a in arms),
        all(a.firm for a in arms),
        all(a.integral for a in arms),
        None if any(a.most is None for a in arms) else max(a.most for a in arms if a.most is not None),
    )


def close(a: Number, b: Number) -> str:
    """Return the condition that two numbers are too near for their DOUBLEs to tell them apart."""
    roundings = a.roundings + b.roundings + 4
    for x, y in ((a, b), (b, a)):
        if y.constant is not None and x.size == x.sql:
            return "({} BETWEEN {} AND {})".format(x.sql, *edges(y.constant, a.roundings + b.roundings))
    bound = f"({a.size} + {b.size}) * {double(float(UNIT * roundings * 2))} + {double(float(LEAST))}"
    return f"(abs({a.sql} - {b.sql}) <= {bound})"


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison; `near` is where DOUBLE is too close to call, and `unsettled` where whole numbers are no help either."""

    sql: str
    near: str | None = None
    unsettled: str | None = None


def compared(op: str, a: Number, b: Number, d: Dialect, keep: Callable[[str], str] = str) -> Compared:
    """Return the comparison of two numbers; `keep` names what is used twice."""
    plain = f"({a.sql} {SQL_OP[op]} {b.sql})"
    if a.leaf and b.leaf:
        return Compared(plain)
    near = close(a, b)
    if b.constant is not None and a.size == a.sql and op not in ("==", "!="):
        plain, near = _edges(op, a, b)
    exact = _exact(op, a, b, d)
    if exact is None:
        return Compared(plain, near)
    near = keep(near)
    return Compared(f"(CASE WHEN {near} THEN {exact} ELSE {plain} END)", near, f"({exact} IS NULL)")


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


def _exact(op: str, a: Number, b: Number, d: Dialect) -> str | None:
    """Return the comparison in whole numbers, NULL where they are not right or do not fit."""
    if a.exact is None or b.exact is None:
        return None
    left, right = d.product(a.exact.top, b.exact.bottom), d.product(b.exact.top, a.exact.bottom)
    if a.exact.bottom == b.exact.bottom:
        left, right = a.exact.top, b.exact.top
    sql = f"({left} {SQL_OP[op]} {right})"
    if not (a.exact.positive and b.exact.positive):
        turned = f"({left} {SQL_OP[FLIPPED[op]]} {right})"
        same = f"(({a.exact.bottom} < 0) = ({b.exact.bottom} < 0))"
        sql = f"(CASE WHEN {same} THEN {sql} ELSE {turned} END)"
    if len(sql) > MOST_EXACT:
        return None
    sound = " AND ".join(sorted(a.exact.sound | b.exact.sound)) or "TRUE"
    return d.attempt(f"(CASE WHEN {sound} THEN {sql} END)")
