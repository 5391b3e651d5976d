"""A condition without what changes nothing: the order of `and`, brackets, spelling, the names of variables.

Two conditions of one canonical form mean the same; two forms may still mean the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, assert_never

from safety_rules.language import expr as tree
from safety_rules.language.expr import Expr, Literal
from safety_rules.language.operators import ORDERS, SIGNS

Form = tuple[Any, ...]


def conjunction_form(conditions: Iterable[Expr], names: Mapping[str, str] | None = None) -> Form:
    """Return the canonical form of all the conditions together."""
    return _joined("and", [canonical(c, names) for c in conditions])


def canonical(expr: Expr, names: Mapping[str, str] | None = None) -> Form:
    """Return the canonical form of an expression; `names` give its free variables."""
    v = dict(names or {})
    match expr:
        case tree.Literal(value):
            return ("literal", value)
        case tree.FactRef(key):
            return ("fact", key)
        case tree.ItemField(variable, key):
            return ("field", v.get(variable, variable), key)
        case tree.ItemSelf(variable):
            return ("item", v.get(variable, variable))
        case tree.ParameterRef(key, _, day):
            return ("parameter", key) if day is None else ("parameter", key, canonical(day, v))
        case tree.AsOf():
            return ("as_of",)
        case tree.Not(operand):
            return _denied(operand, v)
        case tree.And(operands):
            return _joined("and", [canonical(o, v) for o in operands])
        case tree.Or(operands):
            return _joined("or", [canonical(o, v) for o in operands])
        case tree.Compare(op, left, right):
            return _comparison(op, canonical(left, v), canonical(right, v))
        case tree.In(item, container):
            return ("in", canonical(item, v), _listed(container, v))
        case tree.Arithmetic(op, left, right):
            sides = [canonical(left, v), canonical(right, v)]
            return (op, *(sorted(sides, key=repr) if SIGNS[op].either_way else sides))
        case tree.Negate(operand):
            inner = canonical(operand, v)
            return ("literal", -inner[1]) if inner[0] == "literal" else ("-", ("literal", Fraction(0)), inner)
        case tree.Scale(operand, factor):
            inner = canonical(operand, v)
            return ("literal", inner[1] * factor) if inner[0] == "literal" else ("scale", factor, inner)
        case tree.Shift(day, period, backwards):
            return ("shift", canonical(day, v), _period(period, v), backwards)
        case tree.DaysBetween(later, earlier):
            return ("days", canonical(later, v), canonical(earlier, v))
        case tree.If(test, then, otherwise):
            return ("if", canonical(test, v), canonical(then, v), canonical(otherwise, v))
        case tree.Aggregate(fold, body, variable, listed, where):
            inside = {**v, variable: f"x{len(v)}"}
            only = None if where is None else canonical(where, inside)
            return (fold, inside[variable], canonical(body, inside), canonical(listed, v), only)
        case tree.Listed(table, key):
            return ("listed", table, canonical(key, v))
        case tree.Lookup(table, keys, column):
            return ("lookup", table, column, *(canonical(k, v) for k in keys))
        case tree.Call(function, arguments):
            return ("call", function, *(canonical(a, v) for a in arguments))
        case _:
            assert_never(expr)


def _joined(word: str, parts: list[Form]) -> Form:
    """Return parts under one `and` or `or`: nested ones opened, repetitions dropped, in a fixed order."""
    opened: dict[Form, None] = {}
    for part in parts:
        opened |= dict.fromkeys(part[1:] if part[0] == word else (part,))
    return next(iter(opened)) if len(opened) == 1 else (word, *sorted(opened, key=repr))


def _denied(operand: Expr, v: Mapping[str, str]) -> Form:
    """Return the form of a negation; a comparison is turned into its opposite, which is unknown exactly when it is."""
    match operand:
        case tree.Not(inner):
            return canonical(inner, v)
        case tree.Compare(op, left, right):
            return _comparison(ORDERS[op].denied, canonical(left, v), canonical(right, v))
        case _:
            return ("not", canonical(operand, v))


def _comparison(op: str, left: Form, right: Form) -> Form:
    """Return the form of a comparison: one direction, and conversions of unit on the side of a number that is written."""
    if left[0] == "scale" and right[0] == "literal":
        left, right = left[2], ("literal", right[1] / left[1])
    elif right[0] == "scale" and left[0] == "literal":
        left, right = ("literal", left[1] / right[1]), right[2]
    if op in (">", ">="):
        return (ORDERS[op].turned, right, left)
    return (op, *sorted((left, right), key=repr)) if op in ("==", "!=") else (op, left, right)


def _listed(container: Expr, v: Mapping[str, str]) -> Form:
    """Return the form of a list; the order of its values changes nothing."""
    if isinstance(container, Literal) and isinstance(container.value, tuple):
        return ("literal", tuple(sorted(container.value, key=repr)))
    return canonical(container, v)


def _period(period: Expr, v: Mapping[str, str]) -> Form:
    """Return the form of a period, whose unit (days or months) matters."""
    return (canonical(period, v), repr(getattr(period, "kind", getattr(period, "unit", None))))
