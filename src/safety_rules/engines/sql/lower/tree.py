"""The tree as SQL: one reading for every table engine, nodes in the order of `expr.py`.

NULL is unknown, so that SQL's own logic is Kleene's. What SQL does otherwise is guarded: an aggregate over
a list with an unknown item is unknown, an empty sum is 0, a quotient by zero is unknown, and `if` with an
unknown test is known only where both arms agree. Facts, derived facts and aggregates become columns of
their own, each worked out once; within a list they are written in place. Numbers are read by `quantities`.
"""

from __future__ import annotations

from typing import Any, assert_never

from safety_rules.engines.sql.exactness.doubles import close, compared, constant, operated
from safety_rules.engines.sql.lower import functions, lists, lookups, quantities
from safety_rules.engines.sql.lower.terms import (
    by_day,
    chosen,
    entries,
    field_of,
    is_number,
    kept,
    known_now,
    literal,
    null,
    once,
    scope_of,
)
from safety_rules.engines.sql.lower.writer import Readings, Writer
from safety_rules.language import expr as tree
from safety_rules.language.kinds import Number
from safety_rules.language.law import is_sure
from safety_rules.language.operators import ORDERS

FIRST_DAY, LAST_DAY = "DATE '0001-01-01'", "DATE '9999-12-31'"
NEAR = {True: 1200, False: 36500}
FARTHEST = {True: "120000", False: "4000000"}


def value(expr: tree.Expr, w: Writer) -> str:
    """Return the expression as SQL, NULL where it is unknown."""
    d = w.dialect
    match expr:
        case tree.Literal(known):
            return literal(known, d)
        case tree.FactRef(key):
            return _fact(key, w)
        case tree.ItemField():
            return _item_field(expr, w)
        case tree.ItemSelf(variable):
            return w.items[variable]
        case tree.ParameterRef():
            return _parameter(expr, w)
        case tree.AsOf():
            return d.day(w.law.as_of)
        case tree.Not(operand):
            return f"(NOT {value(operand, w)})"
        case tree.And(operands):
            return f"({' AND '.join(value(o, w) for o in operands)})"
        case tree.Or(operands):
            return f"({' OR '.join(value(o, w) for o in operands)})"
        case tree.Compare():
            return _compare(expr, w)
        case tree.In(item, container):
            return _in(item, container, w)
        case tree.Arithmetic() | tree.Negate() | tree.Scale() | tree.DaysBetween():
            return quantities.number(expr, w).sql
        case tree.Shift():
            return _shift(expr, w)
        case tree.If():
            return quantities.number(expr, w).sql if is_number(expr) else _if(expr, w)
        case tree.Aggregate():
            return quantities.number(expr, w).sql if is_number(expr) else lists.aggregate(expr, w)
        case tree.Listed():
            return lookups.listed(expr, w)
        case tree.Lookup():
            return lookups.looked_up(expr, w)
        case tree.Call():
            return quantities.number(expr, w).sql if is_number(expr) else str(functions.called(expr, w))
        case _:
            assert_never(expr)


def _fact(key: str, w: Writer) -> str:
    if isinstance(w.law.rulebook.vocabulary.facts[key].kind, Number):
        return quantities.fact(key, w).sql
    derivation, outer = w.law.derivations.get(key), w.outermost()
    if derivation is None:
        return outer.keep(w.cells[key].value)
    if not is_sure(derivation, w.law):
        return null(w.law.rulebook.vocabulary.facts[key].kind, w.dialect)
    known = f"derived {key}"
    return outer.names[known] if known in outer.names else outer.keep(value(derivation.formula, outer), known)


def _item_field(expr: tree.ItemField, w: Writer) -> str:
    if is_number(expr):
        return quantities.number(expr, w).sql
    derivation, item = w.law.derivations.get(expr.key), w.items[expr.variable]
    if derivation is None or derivation.variable is None:
        return field_of(expr.key, item, w)
    if not is_sure(derivation, w.law):
        return null(expr.kind, w.dialect)
    records, known = w.record(item), f"item {expr.key}"
    if records is not None and known in records.known:
        return records.known[known]
    inner = scope_of(derivation.variable, item, w)
    return inner.keep(value(derivation.formula, inner), known)


def _parameter(expr: tree.ParameterRef, w: Writer) -> str:
    if is_number(expr):
        return quantities.number(expr, w).sql
    if expr.day is None:
        known = known_now(expr, w)
        return null(expr.kind, w.dialect) if known is None else literal(known, w.dialect)
    shown = [(e, null(expr.kind, w.dialect) if v is None else literal(v, w.dialect)) for e, v in entries(expr, w)]
    return by_day(w.keep(value(expr.day, w)), shown, null(expr.kind, w.dialect), w.dialect)


def _compare(expr: tree.Compare, w: Writer) -> str:
    if is_number(expr.left):
        left, right = kept(expr.left, w), kept(expr.right, w)
        found = compared(expr.op, left, right, w.dialect, w.keep)
        w.unsure(found.near, found.unsettled)
        return found.sql
    return f"({value(expr.left, w)} {ORDERS[expr.op].sql} {value(expr.right, w)})"


def _in(item: tree.Expr, container: tree.Expr, w: Writer) -> str:
    found = value(item, w)
    known: Any = None
    if isinstance(container, tree.Literal):
        known = container.value
    elif isinstance(container, tree.ParameterRef) and container.day is None:
        known = known_now(container, w)
    if known:
        return w.dialect.one_of(w.keep(found), known)
    found, held = w.keep(found), value(container, w)
    return f"(CASE WHEN {found} IS NOT NULL THEN {w.dialect.contains(held, found)} END)"


def _shift(expr: tree.Shift, w: Writer) -> str:
    months, d = tree.in_months(expr.period), w.dialect
    day, period = w.keep(value(expr.day, w)), quantities.number(expr.period, w)
    if not period.integral:
        whole = operated("*", period, constant(quantities.ONE, d), d)[0]
        nearest = quantities.rounded(period, d)
        w.doubt(f"({close(whole, nearest)})")
    count = f"(-{period.sql})" if expr.backwards else period.sql
    move = d.shift_months if months else d.shift_days
    if period.most is not None and period.most <= NEAR[months] and not isinstance(expr.day, tree.Shift):
        return move(day, count)  # a plain day is far enough from the calendar's ends
    far = FARTHEST[months]
    within = (
        f"(CASE WHEN {count} < -{far} THEN -{far} WHEN {count} > {far} THEN {far} "
        f"WHEN {count} < 0 THEN ceil({count}) ELSE floor({count}) END)"
    )
    moved = w.keep(move(day, within))
    ends = f"WHEN {moved} < {FIRST_DAY} THEN {FIRST_DAY} WHEN {moved} > {LAST_DAY} THEN {LAST_DAY}"
    return f"(CASE {ends} ELSE {moved} END)"


def _if(expr: tree.If, w: Writer) -> str:
    parts, agree = [value(e, w) for e in (expr.test, expr.then, expr.otherwise)], _may_agree(expr)
    return once(parts, lambda t, a, b: chosen(t, a, b, agree), w)


def _may_agree(expr: tree.If) -> bool:
    """Return whether both arms can have one value: not where all that they can be is written, and differs."""
    first, second = _written(expr.then), _written(expr.otherwise)
    return first is None or second is None or bool(first & second)


def _written(expr: tree.Expr) -> set[Any] | None:
    match expr:
        case tree.Literal(known):
            return {known}
        case tree.If(_, then, otherwise):
            a, b = _written(then), _written(otherwise)
            return None if a is None or b is None else a | b
        case _:
            return None


READINGS = Readings(value, quantities.number)
