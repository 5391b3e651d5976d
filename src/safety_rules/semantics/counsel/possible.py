"""What a condition can come to by the kinds and bounds of its facts alone, when all of them are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from safety_rules.language import expr as tree
from safety_rules.language.kinds import Boolean, Choice, Number
from safety_rules.language.law import Parameter
from safety_rules.language.operators import FUNCTIONS, ORDERS, Function
from safety_rules.language.vocabulary import Bounds, Vocabulary

BOTH = frozenset({True, False})


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from low to high; None is without end; open ends are not reached."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False


Possible: TypeAlias = frozenset[bool]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of names: the bounds of facts, the entries of parameters, and what is derived."""

    vocabulary: Vocabulary
    parameters: dict[str, Parameter]
    derived: frozenset[str]


def possible(expr: tree.Expr, known: Known) -> Possible:
    """Return which of true and false a condition can be, as far as single comparisons tell."""
    match expr:
        case tree.Literal(value) if isinstance(value, bool):
            return frozenset({value})
        case tree.Not(operand):
            return frozenset(not p for p in possible(operand, known))
        case tree.And(operands):
            parts = [possible(o, known) for o in operands]
            found = {True} if all(True in p for p in parts) else set()
            return frozenset(found | ({False} if any(False in p for p in parts) else set()))
        case tree.Or(operands):
            parts = [possible(o, known) for o in operands]
            found = {False} if all(False in p for p in parts) else set()
            return frozenset(found | ({True} if any(True in p for p in parts) else set()))
        case tree.Compare(op, left, right):
            return _comparison(op, left, right, known)
        case tree.In(item, container):
            return _membership(item, container)
        case tree.If(test, then, otherwise):
            tests = possible(test, known)
            arms = [(True, then), (False, otherwise)]
            return frozenset().union(*(possible(arm, known) for is_, arm in arms if is_ in tests))
        case _:
            return BOTH


def _comparison(op: str, left: tree.Expr, right: tree.Expr, known: Known) -> Possible:
    if left == right and isinstance(left, tree.FactRef | tree.ItemField | tree.ItemSelf):
        return frozenset({op in ("==", "<=", ">=")})
    if isinstance(tree.kind_of(left), Number):
        return _numbers(op, number_range(left, known), number_range(right, known))
    a, b = _values(left), _values(right)
    if a is None or b is None or op not in ("==", "!="):
        return BOTH
    equal = {True} if a & b else set()
    equal |= {False} if len(a | b) > 1 else set()
    return frozenset(equal if op == "==" else {not e for e in equal})


def _values(expr: tree.Expr) -> set[object] | None:
    kind = tree.kind_of(expr)
    if isinstance(expr, tree.Literal):
        return {expr.value}
    if isinstance(kind, Choice):
        return {o.key for o in kind.choices.options}
    return {True, False} if isinstance(kind, Boolean) else None


def _membership(item: tree.Expr, container: tree.Expr) -> Possible:
    if not isinstance(container, tree.Literal) or not isinstance(container.value, tuple):
        return BOTH
    listed = set(container.value)
    values = _values(item)
    if not listed:
        return frozenset({False})
    if values is None:
        return BOTH
    found = {True} if values & listed else set()
    return frozenset(found | ({False} if values - listed else set()))


def _numbers(op: str, a: Range, b: Range) -> Possible:
    can_less = a.low is None or b.high is None or a.low < b.high
    can_more = a.high is None or b.low is None or a.high > b.low
    can_equal = not (_below(a, b) or _below(b, a))
    orders: dict[str, tuple[bool, ...]] = {"<": (can_less,), "==": (can_equal,), ">": (can_more,)}
    orders["<="], orders[">="] = (can_less, can_equal), (can_more, can_equal)
    orders["!="] = (can_less, can_more)
    found = {True} if any(orders[op]) else set()
    return frozenset(found | ({False} if any(orders[ORDERS[op].denied]) else set()))


def _below(a: Range, b: Range) -> bool:
    """Return whether every number of one range is below every number of the other."""
    if a.high is None or b.low is None:
        return False
    return a.high < b.low or (a.high == b.low and (a.high_open or b.low_open))


def bounds_range(bounds: Bounds) -> Range:
    """Return a fact's bounds as a range."""
    low = bounds.minimum if bounds.above is None else bounds.above
    return Range(low, bounds.maximum, bounds.above is not None)


def number_range(expr: tree.Expr, known: Known) -> Range:
    """Return the range that a number can have."""
    match expr:
        case tree.Literal(Fraction() as value):
            return Range(value, value)
        case tree.FactRef(key) | tree.ItemField(_, key):
            return Range() if key in known.derived else bounds_range(known.vocabulary.facts[key].bounds)
        case tree.ParameterRef(key):
            values = [e.value for e in known.parameters[key].entries if isinstance(e.value, Fraction)]
            return Range(min(values), max(values)) if values else Range()
        case tree.Scale(operand, factor):
            inner = number_range(operand, known)
            low, high = (None if n is None else n * factor for n in (inner.low, inner.high))
            return Range(low, high, inner.low_open, inner.high_open)
        case tree.Negate(operand):
            inner = number_range(operand, known)
            low, high = (None if n is None else -n for n in (inner.high, inner.low))
            return Range(low, high, inner.high_open, inner.low_open)
        case tree.Arithmetic(op, left, right):
            return _arithmetic(op, number_range(left, known), number_range(right, known))
        case tree.Aggregate("count"):
            return Range(Fraction(0))
        case tree.Aggregate("sum", body):
            inner = number_range(body, known)
            return Range(Fraction(0)) if inner.low is not None and inner.low >= 0 else Range()
        case tree.Call(function) if (within := FUNCTIONS[function].within) is not None:
            return Range(Fraction(within[0]), Fraction(within[1]))
        case tree.Call(function, arguments) if isinstance(tree.kind_of(arguments[0]), Number):
            return _called(FUNCTIONS[function], [number_range(a, known) for a in arguments])
        case _:
            return Range()


def _called(row: Function, ranges: Sequence[Range]) -> Range:
    """Return the range of a function that rises with each argument that is not fixed; else any number."""
    if any(i not in row.rises and (r.low is None or r.low != r.high) for i, r in enumerate(ranges)):
        return Range()
    low, high = [r.low for r in ranges], [r.high for r in ranges]
    return Range(None if None in low else row.value(*low), None if None in high else row.value(*high))


def _arithmetic(op: str, a: Range, b: Range) -> Range:
    if op == "-":
        b = Range(None if b.high is None else -b.high, None if b.low is None else -b.low, b.high_open, b.low_open)
    if op in "+-":
        low = None if a.low is None or b.low is None else a.low + b.low
        high = None if a.high is None or b.high is None else a.high + b.high
        return Range(low, high, a.low_open or b.low_open, a.high_open or b.high_open)
    if a.low is not None and b.low is not None and a.low >= 0 and b.low >= 0:
        positive = a.low_open and a.low == 0 and (b.low > 0 or b.low_open)
        return Range(Fraction(0), None, positive)
    return Range()
