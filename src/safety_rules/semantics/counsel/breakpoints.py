"""Where the truth of a condition can change as one number moves, everything else held still.

Each side of a comparison is a rational function of that number; the condition's truth is constant
between the roots of numerators and denominators, so looking beside the roots is looking everywhere.
A day counts as its number in the calendar.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product
from typing import Any, TypeAlias

from safety_rules.language import expr as tree
from safety_rules.language.kinds import Date, Number
from safety_rules.language.operators import FOLDS, FUNCTIONS, KNOWN
from safety_rules.language.verdict import Unknown
from safety_rules.language.vocabulary import fact_key
from safety_rules.semantics.environment import Environment, remembered
from safety_rules.semantics.evaluate import evaluate, formula_behind, items, parts_scoped
from safety_rules.semantics.reads import Read, read

Polynomial: TypeAlias = tuple[Fraction, ...]
Quotient: TypeAlias = tuple[Polynomial, Polynomial]

ONE: Polynomial = (Fraction(1),)
MOST_FORMS = 256
MOST_DEGREE = 12


class TooComplex(Exception):
    """The condition has more forms, or a higher degree, than is worked out exactly."""


def neighbours(expr: tree.Expr, env: Environment, path: str, step: Fraction) -> list[Fraction]:
    """Return, sorted, the multiples of `step` at and beside every point where the truth can change."""
    found: set[int] = set()
    for cell in _cells(expr, env, path, step):
        found.update(range(cell - 1, cell + 3))
    return [n * step for n in sorted(found)]


def _cells(expr: tree.Expr, env: Environment, path: str, step: Fraction) -> set[int]:
    """Return every n such that the truth can change between n and n + 1 steps."""
    cells: set[int] = set()
    for node, scope in _walked(expr, env, path):
        if not isinstance(node, tree.Compare) or not isinstance(tree.kind_of(node.left), Number | Date):
            continue
        if not _moves(node, scope, path):
            continue
        for left, right in product(_forms(node.left, scope, path), _forms(node.right, scope, path)):
            difference = _add(left, _times(right, ((Fraction(-1),), ONE)))
            for polynomial in (difference[0], left[1], right[1]):
                if len(polynomial) > 1:
                    cells |= _zeros([c * step**i for i, c in enumerate(polynomial)])
    return cells


def _moves(expr: tree.Expr, env: Environment, path: str) -> bool:
    """Return whether the moving number is part of an expression, also through derivations."""

    def moves(part: tree.Expr, scope: Environment) -> bool:
        inside = (remembered(f"moves {path}", *inner, moves) for inner in _parts(part, scope, path))
        return _is_at(part, scope, path) or any(inside)

    return _may_move(expr, env, path) and remembered(f"moves {path}", expr, env, moves)


def _walked(expr: tree.Expr, env: Environment, path: str) -> Iterator[tuple[tree.Expr, Environment]]:
    """Yield every node that the moving number may be part of, with the environment it is evaluated in."""
    todo, seen = [(expr, env)], set[tuple[str, str]]()
    while todo:
        node, scope = todo.pop()
        yield node, scope
        if isinstance(node, tree.FactRef | tree.ItemField):
            known = (node.key, "" if isinstance(node, tree.FactRef) else scope.variables[node.variable][0])
            if known in seen:
                continue
            seen.add(known)
        todo.extend(reversed(_parts(node, scope, path)))


def _parts(expr: tree.Expr, env: Environment, path: str) -> list[tuple[tree.Expr, Environment]]:
    """Return the direct parts that the moving number may be part of, with their environments."""
    if not isinstance(expr, tree.Aggregate):
        return [part for part in parts_scoped(expr, env) if _may_move(*part, path)]
    scopes = [env.with_item(expr.variable, *item) for item in _moving(expr, env, path)]
    found = [(expr.list, env), *((p, s) for s in scopes for p in (expr.where, expr.body) if p is not None)]
    return [part for part in found if _may_move(*part, path)]


def _moving(expr: tree.Aggregate, env: Environment, path: str) -> list[tuple[str, Any]]:
    """Return the records of a list within which the moving number may be read: the one that it stands in, or all.

    Each number of a list costs the length of the list otherwise, and a list its square.
    """
    found, item = items(expr.list, env), path.rpartition(".")[0]
    if isinstance(found, Unknown):
        return []
    inner = [read(part, env.derivations) for part in (expr.where, expr.body) if part is not None]
    if any(_in_sight(reads, env, path) for reads in inner):
        return found
    return [one for one in found if one[0] == item]


def _may_move(expr: tree.Expr, env: Environment, path: str) -> bool:
    """Return whether the moving number may be part of an expression, by its text and the items in sight alone."""
    reads = read(expr, env.derivations)
    return fact_key(path) in reads.keys and _in_sight(reads, env, path)


def _in_sight(reads: Read, env: Environment, path: str) -> bool:
    """Return whether what the number stands in is in sight: the record, an item of a list, or all of them."""
    item, of = path.rpartition(".")[0], fact_key(path).rpartition(".")[0]
    return item == of or not reads.lists.isdisjoint({of, ""}) or any(at == item for at, _ in env.variables.values())


def _forms(expr: tree.Expr, env: Environment, path: str) -> list[Quotient]:
    """Return every rational function of the moving number that the expression can be."""
    return remembered(f"forms {path}", expr, env, lambda part, scope: _formed(part, scope, path))


def _formed(expr: tree.Expr, env: Environment, path: str) -> list[Quotient]:
    if not _moves(expr, env, path):
        value = evaluate(expr, env)
        if isinstance(value, datetime.date):
            value = value.toordinal()
        return [] if isinstance(value, Unknown) else [((Fraction(value),), ONE)]
    behind = formula_behind(expr, env) if isinstance(expr, tree.FactRef | tree.ItemField) else None
    if behind is not None:
        return _forms(*behind, path)
    if _is_at(expr, env, path):
        return [((Fraction(0), Fraction(1)), ONE)]
    match expr:
        case tree.Arithmetic(op, left, right):
            pairs = product(_forms(left, env, path), _forms(right, env, path))
            return _bounded(_operated(op, a, b) for a, b in pairs)
        case tree.Negate(operand):
            return [_times(f, ((Fraction(-1),), ONE)) for f in _forms(operand, env, path)]
        case tree.Scale(operand, factor):
            return [_times(f, ((factor,), ONE)) for f in _forms(operand, env, path)]
        case tree.Shift(day, period, backwards) if _in_days(period):
            pairs = product(_forms(day, env, path), _forms(period, env, path))
            return _bounded(_operated("-" if backwards else "+", a, b) for a, b in pairs)
        case tree.DaysBetween(later, earlier):
            pairs = product(_forms(later, env, path), _forms(earlier, env, path))
            return _bounded(_operated("-", a, b) for a, b in pairs)
        case tree.If(test, then, otherwise):
            taken = _settled(test, env, path)
            arms = [arm for is_, arm in ((True, then), (False, otherwise)) if taken in (None, is_)]
            return _bounded(f for arm in arms for f in _forms(arm, env, path))
        case tree.Aggregate():
            return _aggregated(expr, env, path)
        case tree.Call(function, arguments) if (pieces := FUNCTIONS[function].pieces) is not None:
            each = product(*(_forms(a, env, path) for a in arguments))
            return _bounded(form for forms in each for form in pieces(FORMS, *forms))
        case tree.Call(function):
            raise TooComplex(function)
        case _:
            raise TooComplex(type(expr).__name__)


def _in_days(period: tree.Expr) -> bool:
    kind = tree.kind_of(period)
    return isinstance(kind, Number) and kind.unit.dimension == (("day", 1),)


def _settled(test: tree.Expr, env: Environment, path: str) -> bool | None:
    """Return the truth of a condition that the moving number is no part of; None where it is, or is unknown."""
    if _moves(test, env, path):
        return None
    value = evaluate(test, env)
    return None if isinstance(value, Unknown) else bool(value)


def _is_at(expr: tree.Expr, env: Environment, path: str) -> bool:
    if isinstance(expr, tree.FactRef):
        return expr.key == path
    if isinstance(expr, tree.ItemField):
        return f"{env.variables[expr.variable][0]}.{expr.key.rpartition('.')[2]}" == path
    return False


def _aggregated(expr: tree.Aggregate, env: Environment, path: str) -> list[Quotient]:
    found = items(expr.list, env)
    if isinstance(found, Unknown):
        return []
    if FOLDS[expr.fold].quantifies:
        raise TooComplex(expr.fold)
    if expr.fold in ("count", "distinct"):
        return [((Fraction(n),), ONE) for n in range(len(found) + 1)]
    total: list[Quotient] = [((Fraction(0),), ONE)]
    if expr.fold == "sum":
        (still, parts), moving = remembered("summed", expr, env, _summed), {at for at, _ in _moving(expr, env, path)}
        found = [one for one in found if one[0] in moving or one[0] not in parts]
        total = [((still - sum(parts.get(at, 0) for at in moving),), ONE)]
    each = [part for p, item in found if (part := _item_forms(expr, env.with_item(expr.variable, p, item), path))]
    if FOLDS[expr.fold].nothing:
        return _bounded(f for forms, _ in each for f in forms)
    for forms, kept in each:
        choices = forms if kept else [*forms, ((Fraction(0),), ONE)]
        total = _bounded(_add(a, b) for a, b in product(total, choices))
    return total


def _summed(expr: tree.Aggregate, env: Environment) -> tuple[Fraction, dict[str, Fraction]]:
    """Return what is known of the sum over a list: the sum, and each record's part in it by its path."""
    parts, found = dict[str, Fraction](), items(expr.list, env)
    for at, item in [] if isinstance(found, Unknown) else found:
        scope = env.with_item(expr.variable, at, item)
        kept = True if expr.where is None else evaluate(expr.where, scope)
        value = evaluate(expr.body, scope) if kept is True else Fraction(0)
        if not isinstance(kept, Unknown) and isinstance(value, Fraction):
            parts[at] = value
    return sum(parts.values(), Fraction(0)), parts


def _item_forms(expr: tree.Aggregate, scope: Environment, path: str) -> tuple[list[Quotient], bool] | None:
    """Return the forms of one item's part, and whether it surely counts; None where it surely does not."""
    kept = True if expr.where is None else _settled(expr.where, scope, path)
    return None if kept is False else (_forms(expr.body, scope, path), kept is True)


def _bounded(forms: Iterable[Quotient]) -> list[Quotient]:
    distinct = list(dict.fromkeys(forms))
    if len(distinct) > MOST_FORMS:
        raise TooComplex("forms")
    return distinct


def _operated(op: str, a: Quotient, b: Quotient) -> Quotient:
    match op:
        case "+":
            return _add(a, b)
        case "-":
            return _add(a, _times(b, ((Fraction(-1),), ONE)))
        case "*":
            return _times(a, b)
        case _:
            return _times(a, (b[1], b[0]))


FORMS = replace(KNOWN, constant=lambda number: ((number,), ONE), operated=_operated)
"""What rational functions can do, as far as pieces of functions ask for it."""


def _times(a: Quotient, b: Quotient) -> Quotient:
    return _product(a[0], b[0]), _product(a[1], b[1])


def _add(a: Quotient, b: Quotient) -> Quotient:
    if a[1] == b[1]:
        return _sum(a[0], b[0]), a[1]
    return _sum(_product(a[0], b[1]), _product(b[0], a[1])), _product(a[1], b[1])


def _sum(a: Polynomial, b: Polynomial) -> Polynomial:
    size = max(len(a), len(b))
    return tuple((a[i] if i < len(a) else Fraction(0)) + (b[i] if i < len(b) else Fraction(0)) for i in range(size))


def _product(a: Polynomial, b: Polynomial) -> Polynomial:
    if ONE in (a, b):
        return b if a == ONE else a
    result = [Fraction(0)] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            result[i + j] += x * y
    return tuple(result)


def _zeros(polynomial: list[Fraction]) -> set[int]:
    """Return every n with a zero in [n, n + 1); a few others may be among them.

    Between neighbouring zeros of its derivative a polynomial rises or falls throughout, so a change of
    sign there is found by halving.
    """
    p = list(polynomial)
    while p and p[-1] == 0:
        p.pop()
    if len(p) <= 1:
        return set()
    if len(p) == 2:
        return {math.floor(-p[0] / p[1])}
    if len(p) > MOST_DEGREE + 1:
        raise TooComplex("degree")
    turning = _zeros([i * c for i, c in enumerate(p)][1:])
    bound = math.ceil(1 + max(abs(c / p[-1]) for c in p[:-1]))
    edges = sorted({-bound, bound, *turning, *(n + 1 for n in turning)})
    found = set(turning)
    for low, high in pairwise(edges):
        found |= _crossing(p, low, high)
    return found


def _crossing(p: list[Fraction], low: int, high: int) -> set[int]:
    """Return where a polynomial that rises or falls throughout is zero or changes sign between two whole numbers."""
    at_low, at_high = _at(p, low), _at(p, high)
    ends = {n for n, value in ((low, at_low), (high, at_high)) if value == 0}
    if at_low == 0 or at_high == 0 or (at_low < 0) == (at_high < 0):
        return ends
    while high - low > 1:
        middle = (low + high) // 2
        if (_at(p, middle) < 0) == (at_low < 0):
            low = middle
        else:
            high = middle
    return {low, high}


def _at(p: list[Fraction], n: int) -> Fraction:
    value = Fraction(0)
    for coefficient in reversed(p):
        value = value * n + coefficient
    return value
