"""Where the truth of a condition can change as one number moves, everything else held still.

Each side of a comparison is a rational function of that number; the condition's truth is constant
between the roots of numerators and denominators, so looking beside the roots is looking everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from safety_rules.language.expr import (
    Aggregate,
    Arithmetic,
    Call,
    Compare,
    Expr,
    FactRef,
    If,
    ItemField,
    Negate,
    Scale,
    kind_of,
)
from safety_rules.language.kinds import Number
from safety_rules.language.verdict import Unknown
from safety_rules.semantics.evaluate import Environment, evaluate, items, walk_scoped

Polynomial: TypeAlias = tuple[Fraction, ...]
Quotient: TypeAlias = tuple[Polynomial, Polynomial]

ONE: Polynomial = (Fraction(1),)
MOST_FORMS = 64


class TooComplex(Exception):
    """The condition has more forms, or a higher degree, than is worked out exactly."""


def neighbours(expr: Expr, env: Environment, path: str, step: Fraction) -> list[Fraction]:
    """Return, sorted, the multiples of `step` at and beside every point where the truth can change."""
    found: set[Fraction] = set()
    for root in _roots(expr, env, path, step):
        for near in (math.floor(root / step), math.ceil(root / step)):
            found.update((near + shift) * step for shift in (-1, 0, 1))
    return sorted(found)


def _roots(expr: Expr, env: Environment, path: str, step: Fraction) -> set[Fraction]:
    roots: set[Fraction] = set()
    for node, scope in _everything(expr, env):
        if not isinstance(node, Compare) or not isinstance(kind_of(node.left), Number):
            continue
        for left, right in product(_forms(node.left, scope, path), _forms(node.right, scope, path)):
            difference = _add(left, _times(right, ((Fraction(-1),), ONE)))
            for polynomial in (difference[0], left[1], right[1]):
                roots.update(_zeros(polynomial, step))
    return roots


def _everything(expr: Expr, env: Environment) -> Iterable[tuple[Expr, Environment]]:
    """Yield every node with its environment, through derivations."""
    for node, scope in walk_scoped(expr, env):
        yield node, scope
        derived = _derived(node, scope)
        if derived is not None:
            yield from _everything(*derived)


def _derived(node: Expr, scope: Environment) -> tuple[Expr, Environment] | None:
    if isinstance(node, FactRef) and node.key in scope.derivations:
        return scope.derivations[node.key].formula, replace(scope, variables={})
    if isinstance(node, ItemField) and node.key in scope.derivations:
        derivation = scope.derivations[node.key]
        assert derivation.variable is not None
        return derivation.formula, replace(scope, variables={derivation.variable: scope.variables[node.variable]})
    return None


def _forms(expr: Expr, env: Environment, path: str) -> list[Quotient]:
    """Return every rational function of the moving number that the expression can be."""
    derived = _derived(expr, env)
    if derived is not None:
        return _forms(*derived, path)
    if _is_at(expr, env, path):
        return [((Fraction(0), Fraction(1)), ONE)]
    match expr:
        case Arithmetic(op, left, right):
            pairs = product(_forms(left, env, path), _forms(right, env, path))
            return _bounded(_operated(op, a, b) for a, b in pairs)
        case Negate(operand):
            return [_times(f, ((Fraction(-1),), ONE)) for f in _forms(operand, env, path)]
        case Scale(operand, factor):
            return [_times(f, ((factor,), ONE)) for f in _forms(operand, env, path)]
        case If(_, then, otherwise):
            return _bounded([*_forms(then, env, path), *_forms(otherwise, env, path)])
        case Aggregate():
            return _aggregated(expr, env, path)
        case Call(function, arguments) if function != "starts_with":
            forms = [f for a in arguments for f in _forms(a, env, path)]
            return _bounded(forms + [_times(f, ((Fraction(-1),), ONE)) for f in forms if function == "abs"])
        case _:
            value = evaluate(expr, env)
            return [] if isinstance(value, Unknown) else [((Fraction(value),), ONE)]


def _is_at(expr: Expr, env: Environment, path: str) -> bool:
    if isinstance(expr, FactRef):
        return expr.key == path
    if isinstance(expr, ItemField):
        return f"{env.variables[expr.variable][0]}.{expr.key.rpartition('.')[2]}" == path
    return False


def _aggregated(expr: Aggregate, env: Environment, path: str) -> list[Quotient]:
    found = items(expr.list, env)
    if isinstance(found, Unknown):
        return []
    if expr.fold == "count":
        return [((Fraction(n),), ONE) for n in range(len(found) + 1)]
    parts = [_forms(expr.body, env.with_item(expr.variable, p, item), path) for p, item in found]
    if expr.fold in ("min", "max"):
        return _bounded(f for forms in parts for f in forms)
    total: list[Quotient] = [((Fraction(0),), ONE)]
    for forms in parts:
        choices = forms if expr.where is None else [*forms, ((Fraction(0),), ONE)]
        total = _bounded(_add(a, b) for a, b in product(total, choices))
    return total


def _bounded(forms: Iterable[Quotient]) -> list[Quotient]:
    distinct = list(dict.fromkeys(forms))
    if len(distinct) > MOST_FORMS:
        raise TooComplex
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
    result = [Fraction(0)] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            result[i + j] += x * y
    return tuple(result)


def _zeros(polynomial: Polynomial, step: Fraction) -> list[Fraction]:
    """Return the zeros, irrational ones rounded down to a multiple of the step."""
    p = list(polynomial)
    while p and p[-1] == 0:
        p.pop()
    if len(p) <= 1:
        return []
    if len(p) == 2:
        return [-p[0] / p[1]]
    if len(p) > 3:
        raise TooComplex
    c, b, a = p
    square = b * b - 4 * a * c
    if square < 0:
        return []
    # sqrt(n/d) = sqrt(n·d)/d; scaled so that the integer root is finer than the step
    finer = math.ceil(4 * abs(1 / (2 * a * step))) * 4 + 1
    n = square.numerator * square.denominator * finer * finer
    root = Fraction(math.isqrt(n), square.denominator * finer)
    return [(-b - root) / (2 * a), (-b + root) / (2 * a)]
