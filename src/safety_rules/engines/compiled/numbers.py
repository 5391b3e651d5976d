"""Numbers of the fast function put together: each operation on floats, on their error bounds and on exact decimals."""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import Any

from safety_rules.engines.compiled import code
from safety_rules.engines.compiled.code import constant, load
from safety_rules.engines.compiled.floats import DIGITS, SAFE, UNIT, Approximate, edges, plain, short
from safety_rules.engines.compiled.plain_data import limited
from safety_rules.language.operators import ORDERS
from safety_rules.language.vocabulary import Fact

MOST_NODES = 400
NAMES: dict[str, Any] = {
    "abs": abs, "repr": repr, "decimal": DIGITS.create_decimal, "times": DIGITS.multiply, "minus": DIGITS.minus,
    "plus": DIGITS.add, "less": DIGITS.subtract,
}  # fmt: skip


def leaf(read: ast.expr, fact: Fact) -> Approximate:
    """Return a number of a fact as it came."""
    bounds = fact.bounds
    low = bounds.minimum if bounds.minimum is not None else bounds.above
    positive = low is not None and low >= 0
    size = read if positive else code.call("abs", read)
    safe = bounds.maximum is not None and low is not None and max(abs(low), bounds.maximum) < SAFE
    written = code.call("decimal", code.call("repr", read))
    whole = getattr(fact.kind, "whole", False)
    return Approximate(read, size, 1, written, leaf=safe, positive=positive, whole=whole)


def negative(a: Approximate) -> Approximate:
    """Return the number with the other sign."""
    top = None if a.top is None else code.call("minus", a.top)
    return Approximate(ast.UnaryOp(ast.USub(), a.value), a.magnitude, a.roundings, top, a.bottom)


def known(number: Fraction) -> Approximate:
    """Return a constant."""
    value, size = constant(plain(number)), constant(plain(abs(number)))
    top, bottom = constant(number.numerator), None if number.denominator == 1 else constant(number.denominator)
    return Approximate(value, size, 1, top, bottom, constant=number, positive=number >= 0)


def arithmetic(op: str, a: Approximate, b: Approximate) -> Approximate:
    """Return a sum, difference, product or quotient with its error bound."""
    value = ast.BinOp(a.value, code.OPERATORS[op], b.value)
    positive = a.positive and b.positive and op != "-"
    roundings = (max(a.roundings, b.roundings) if op in "+-" else a.roundings + b.roundings) + 1
    size_op = code.OPERATORS["+" if op == "-" else op]
    size = (
        value if positive else ast.BinOp(a.magnitude, size_op, code.call("abs", b.value) if op == "/" else b.magnitude)
    )
    top, bottom = _exact(op, a, b)
    if any(part is not None and code.larger(part, MOST_NODES) for part in (top, bottom)):
        top = bottom = None  # each step may hold the one before twice
    return Approximate(value, size, roundings, top, bottom, positive=positive)


def chosen(test: ast.expr, a: Approximate, b: Approximate) -> Approximate:
    """Return one of two numbers."""
    value, size = code.choose(test, a.value, b.value), code.choose(test, a.magnitude, b.magnitude)
    top = bottom = None
    if a.top is not None and b.top is not None:
        top = code.choose(test, a.top, b.top)
        if a.bottom is not None or b.bottom is not None:
            bottom = code.choose(test, a.bottom or constant(1), b.bottom or constant(1))
    roundings = max(a.roundings, b.roundings)
    return Approximate(value, size, roundings, top, bottom, positive=a.positive and b.positive)


def comparison(op: str, a: Approximate, b: Approximate, name: str) -> ast.expr:
    """Return a comparison that no rounding can turn: in floats beyond the bound, exactly within it.

    The float is worked out once, under `name`.
    """
    if bare(a, b) or bare(b, a):
        return _bare(op, a, b)
    exact = _exactly(op, a, b)
    if a.roundings == 0 and (b.roundings == 0 or b.constant is not None):
        return exact
    if b.constant is not None and a.positive:
        low, high = edges(b.constant, a.roundings)
        first: ast.expr = ast.NamedExpr(ast.Name(name, ast.Store()), a.value)
        return _decided(op, first, load(name), constant(low), constant(high), exact)
    slack = constant(float((a.roundings + b.roundings + 4) * UNIT))
    bound = ast.BinOp(slack, ast.Mult(), ast.BinOp(a.magnitude, ast.Add(), b.magnitude))
    first = ast.NamedExpr(ast.Name(name, ast.Store()), ast.BinOp(a.value, ast.Sub(), b.value))
    return _decided(op, first, load(name), ast.UnaryOp(ast.USub(), bound), bound, exact)


def _bare(op: str, a: Approximate, b: Approximate) -> ast.expr:
    """Return a comparison of a number as it came with a constant, or with another."""
    if a.constant is not None:
        return _bare(ORDERS[op].turned, b, a)
    if b.constant is None:
        return code.test(a.value, code.COMPARISONS[op], b.value)
    of_float, of_int = limited(a.value, op, b.constant, False), limited(a.value, op, b.constant, True)
    if a.whole:
        return of_int
    is_float = code.test(ast.Attribute(a.value, "__class__", ast.Load()), ast.Is(), load("float"))
    return code.choose(is_float, of_float, of_int)


def bare(a: Approximate, b: Approximate) -> bool:
    """Return whether a number as it came can be compared with the other as it is, without a bound."""
    return a.leaf and (b.leaf or (b.constant is not None and short(b.constant)))


def _exact(op: str, a: Approximate, b: Approximate) -> tuple[ast.expr | None, ast.expr | None]:
    """Return the top and bottom of a sum, difference, product or quotient; none where the bottom may be negative."""
    if a.top is None or b.top is None or (op == "/" and not b.positive):
        return None, None
    if op == "*":
        return code.call("times", a.top, b.top), _product(a.bottom, b.bottom)
    if op == "/":
        return _product(a.top, b.bottom), _product(b.top, a.bottom)
    left, right = _product(a.top, b.bottom), _product(b.top, a.bottom)
    assert left is not None
    assert right is not None
    return code.call("plus" if op == "+" else "less", left, right), _product(a.bottom, b.bottom)


def _product(a: ast.expr | None, b: ast.expr | None) -> ast.expr | None:
    return (a or b) if a is None or b is None else code.call("times", a, b)


def _exactly(op: str, a: Approximate, b: Approximate) -> ast.expr:
    """Return the exact comparison; it declines where a number is left to the exact function."""
    left, right = _product(a.top, b.bottom), _product(b.top, a.bottom)
    if a.top is None or b.top is None or left is None or right is None:
        return code.call("decimal", constant(None))
    return code.test(left, code.COMPARISONS[op], right)


def _decided(op: str, first: ast.expr, again: ast.expr, low: ast.expr, high: ast.expr, exact: ast.expr) -> ast.expr:
    """Return the comparison: clearly above, clearly below, or exactly worked out in between."""
    # "Not below" rather than "at or above": what comes out as NaN is worked out exactly.
    if op in (">", ">="):
        below = ast.UnaryOp(ast.Not(), code.test(again, ast.Lt(), low))
        return code.either(code.test(first, ast.Gt(), high), code.both(below, exact))
    if op in ("<", "<="):
        above = ast.UnaryOp(ast.Not(), code.test(again, ast.Gt(), high))
        return code.either(code.test(first, ast.Lt(), low), code.both(above, exact))
    between = ast.Compare(low, [ast.LtE(), ast.LtE()], [first, high])
    return code.both(between, exact) if op == "==" else code.either(ast.UnaryOp(ast.Not(), between), exact)
