"""Which sets of missing things could settle a condition one way: every way there is, not pruned.

A family is a set of sets of reasons. A set that is not a superset of a member of the family cannot
settle the condition; a member can, if values exist that agree with everything else (`needs` tries).
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import TypeAlias, TypeGuard, assert_never

from safety_rules.language import expr as tree
from safety_rules.language.kinds import Boolean
from safety_rules.language.law import is_sure
from safety_rules.language.operators import FUNCTIONS
from safety_rules.language.verdict import Reason, Unknown
from safety_rules.semantics.environment import Environment, remembered
from safety_rules.semantics.evaluate import evaluate, fact_paths, formula_behind, items

Family: TypeAlias = frozenset[frozenset[Reason]]

ALWAYS: Family = frozenset({frozenset()})
NEVER: Family = frozenset()
MOST = 512
MOST_SETS = 20_000


class TooMany(Exception):
    """There are more ways than are looked at."""


def settle(expr: tree.Expr, want: bool, env: Environment) -> Family:
    """Return the sets of missing things that could make a condition true (or, with `want` False, false)."""
    return remembered(f"settled {want}", expr, env, _made_true if want else _made_false)


def _made_true(expr: tree.Expr, env: Environment) -> Family:
    return _settling(expr, True, env)


def _made_false(expr: tree.Expr, env: Environment) -> Family:
    return _settling(expr, False, env)


def _settling(expr: tree.Expr, want: bool, env: Environment) -> Family:
    value = evaluate(expr, env)
    if not isinstance(value, Unknown):
        return ALWAYS if value is want else NEVER
    match expr:
        case tree.Not(operand):
            return settle(operand, not want, env)
        case tree.And(operands):
            families = [settle(o, want, env) for o in operands]
            return every(families) if want else either(families)
        case tree.Or(operands):
            families = [settle(o, want, env) for o in operands]
            return either(families) if want else every(families)
        case tree.If(test, then, otherwise):
            taken = every([settle(test, True, env), settle(then, want, env)])
            left = every([settle(test, False, env), settle(otherwise, want, env)])
            agreed = every([settle(then, want, env), settle(otherwise, want, env)])
            return either([taken, left, agreed])
        case tree.Aggregate("any" | "all"):
            return _quantified(expr, want, env)
        case tree.FactRef() | tree.ItemField():
            inner = formula_behind(expr, env)
            if inner is None:
                return frozenset({value.reasons})
            return every([_confirmed(expr, env), settle(inner[0], want, inner[1])])
        case tree.Call(function, arguments) if (end := _no_window(function, arguments, env)) is not None:
            return _changed("window", end, [a for a in arguments if a is not end], env)
        case (tree.Literal() | tree.ItemSelf() | tree.ParameterRef() | tree.AsOf() | tree.Compare()
              | tree.In() | tree.Arithmetic() | tree.Negate() | tree.Scale() | tree.Shift()
              | tree.DaysBetween() | tree.Aggregate() | tree.Listed() | tree.Lookup() | tree.Call()):  # fmt: skip
            return defined(expr, env)
        case _:
            assert_never(expr)


def _quantified(expr: tree.Aggregate, want: bool, env: Environment) -> Family:
    found = items(expr.list, env)
    if isinstance(found, Unknown):
        return frozenset({found.reasons})
    some = expr.fold == "any"
    families = []
    for path, item in found:
        scope = env.with_item(expr.variable, path, item)
        body = settle(expr.body, want, scope)
        if expr.where is not None:
            where = settle(expr.where, want is some, scope)
            body = every([where, body]) if want is some else either([where, body])
        families.append(body)
    return either(families) if want is some else every(families)


def defined(expr: tree.Expr, env: Environment) -> Family:
    """Return the sets of missing things with which a value could become known."""
    return remembered("defined", expr, env, _defining)


def _defining(expr: tree.Expr, env: Environment) -> Family:
    value = evaluate(expr, env)
    if not isinstance(value, Unknown):
        return ALWAYS
    match expr:
        case tree.Not() | tree.And() | tree.Or() | tree.Aggregate("any" | "all"):
            return either([settle(expr, True, env), settle(expr, False, env)])
        case tree.If() if tree.kind_of(expr) == Boolean():
            return either([settle(expr, True, env), settle(expr, False, env)])
        case tree.If(test, then, otherwise):
            taken = every([settle(test, True, env), defined(then, env)])
            left = every([settle(test, False, env), defined(otherwise, env)])
            agreed = every([defined(then, env), defined(otherwise, env)])
            return either([taken, left, agreed])
        case tree.Aggregate():
            return _folded(expr, env)
        case tree.FactRef() | tree.ItemField():
            inner = formula_behind(expr, env)
            if inner is None:
                return frozenset({value.reasons})
            return every([_confirmed(expr, env), defined(inner[0], inner[1])])
        case tree.Arithmetic("/", left, right) if evaluate(right, env) == 0:
            return _changed("divisor", right, [left], env)
        case tree.Call(function, arguments) if _at_most_zero(step := _step(function, arguments), env):
            return _changed("step", step, [a for a in arguments if a is not step], env)
        case (tree.Literal() | tree.ItemSelf() | tree.ParameterRef() | tree.AsOf() | tree.Compare()
              | tree.In() | tree.Arithmetic() | tree.Negate() | tree.Scale() | tree.Shift()
              | tree.DaysBetween() | tree.Listed() | tree.Lookup() | tree.Call()):  # fmt: skip
            parts = tree.children(expr)
            inside = every([defined(p, env) for p in parts]) if parts else NEVER
            known = frozenset().union(*inside) if inside else frozenset()
            return inside if inside and known else frozenset({value.reasons})
        case _:
            assert_never(expr)


def _step(function: str, arguments: tuple[tree.Expr, ...]) -> tree.Expr | None:
    """Return the argument that must be above zero."""
    place = FUNCTIONS[function].above_zero
    return None if place is None else arguments[place]


def _no_window(function: str, arguments: tuple[tree.Expr, ...], env: Environment) -> tree.Expr | None:
    """Return the second of two arguments that must differ, where they do not."""
    apart = FUNCTIONS[function].apart
    ends = [] if apart is None else [evaluate(arguments[i], env) for i in apart]
    same = ends and not any(isinstance(e, Unknown) for e in ends) and ends[0] == ends[1]
    return arguments[apart[1]] if same and apart is not None else None


def _at_most_zero(step: tree.Expr | None, env: Environment) -> TypeGuard[tree.Expr]:
    value = Unknown(frozenset()) if step is None else evaluate(step, env)
    return not isinstance(value, Unknown) and value <= 0


def _changed(kind: str, part: tree.Expr, others: list[tree.Expr], env: Environment) -> Family:
    """Return the sets with which others become known and a part gets another value, with which there is a result."""
    own = frozenset(Reason(kind, p) for p in fact_paths(part, env))
    families = [defined(o, env) for o in others]
    return every([*families, frozenset({own, *(frozenset({r}) for r in own)})]) if own else NEVER


def _folded(expr: tree.Aggregate, env: Environment) -> Family:
    found = items(expr.list, env)
    if isinstance(found, Unknown):
        return frozenset({found.reasons})
    families = []
    for path, item in found:
        scope = env.with_item(expr.variable, path, item)
        body = defined(expr.body, scope)
        if expr.where is not None:
            kept = every([settle(expr.where, True, scope), body])
            body = either([kept, settle(expr.where, False, scope)])
        families.append(body)
    return every(families)


def _confirmed(expr: tree.FactRef | tree.ItemField, env: Environment) -> Family:
    """Return what has to be confirmed before a derived fact counts."""
    derivation = env.derivations[expr.key]
    return ALWAYS if is_sure(derivation, env) else frozenset({frozenset({Reason("authority", derivation.key)})})


def every(families: list[Family]) -> Family:
    """Return the ways to settle all of several things."""
    result = ALWAYS
    for family in sorted(families, key=len):
        result = _limited(frozenset(a | b for a in result for b in family))
    return result


def by_size(families: list[Family]) -> Iterator[frozenset[Reason]]:
    """Yield the ways to settle all of several things, the smallest first; each only once.

    Raises TooMany where more sets would have to be looked at than `MOST`.
    """
    queue: list[tuple[int, list[Reason], frozenset[Reason]]] = [(0, [], frozenset())]
    seen: set[frozenset[Reason]] = {frozenset()}
    while queue:
        _, _, settled = heappop(queue)
        open_ones = [f for f in families if not any(way <= settled for way in f)]
        if not open_ones:
            yield settled
        # One more family has to be settled; where all are, what was yielded was not enough: take any further way.
        nexts = [min(open_ones, key=len)] if open_ones else families
        for larger in {settled | way for family in nexts for way in family} - seen:
            seen.add(larger)
            heappush(queue, (len(larger), sorted(larger), larger))
        if len(seen) > MOST_SETS:
            raise TooMany


def either(families: list[Family]) -> Family:
    """Return the ways to settle one of several things."""
    return _limited(frozenset().union(*families))


def _limited(family: Family) -> Family:
    if len(family) > MOST:
        raise TooMany
    return family
