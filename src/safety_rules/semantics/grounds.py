"""What the value of an expression on a record rests on: the figures, tables and derivations that made it so.

A value rests on the branch that was taken, on the items that were kept, and of several parts each of
which is enough (a true part of an `or`, a false part of an `and`) on the surest. Hence the law: a verdict
of a standing is the same verdict where that standing is required.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, assert_never

from safety_rules.language import expr as tree
from safety_rules.language.law import edition_on, entry_on
from safety_rules.language.rule import Derivation
from safety_rules.language.source import Citation, Standing, weakest
from safety_rules.language.verdict import Unknown
from safety_rules.semantics.environment import Environment, remembered
from safety_rules.semantics.evaluate import evaluate, items

Grounds: TypeAlias = Mapping[str, Citation]


def standing_of(grounds: Grounds) -> Standing:
    """Return the weakest standing of the grounds."""
    return weakest(*(c.standing for c in grounds.values()))


def grounds(expr: tree.Expr, env: Environment) -> Grounds:
    """Return the weakest citation of each parameter, table and derived fact that the value rests on, by its key."""
    match expr:
        case tree.FactRef(key) if key in env.derivations:
            return _derived(env.derivations[key], env.seeing({}))
        case tree.ItemField(variable, key) if key in env.derivations:
            derivation = env.derivations[key]
            assert derivation.variable is not None
            return _derived(derivation, env.seeing({derivation.variable: env.variables[variable]}))
        case tree.ParameterRef():
            return _parameter(expr, env)
        case tree.And(operands):
            return enough([(evaluate(o, env), grounds(o, env)) for o in operands], False)
        case tree.Or(operands):
            return enough([(evaluate(o, env), grounds(o, env)) for o in operands], True)
        case tree.If(test, then, otherwise):
            return _if(test, then, otherwise, env)
        case tree.Aggregate():
            return _aggregate(expr, env)
        case tree.Listed(table) | tree.Lookup(table):
            edition = edition_on(env.tables[table], env.as_of)
            own = {table: edition.citation} if edition is not None else {}
            return together([own, *(grounds(c, env) for c in tree.children(expr))])
        case (tree.Literal() | tree.FactRef() | tree.ItemField() | tree.ItemSelf() | tree.AsOf()
              | tree.Not() | tree.Compare() | tree.In() | tree.Arithmetic() | tree.Negate() | tree.Scale()
              | tree.Shift() | tree.DaysBetween() | tree.Call()):  # fmt: skip
            return together(grounds(c, env) for c in tree.children(expr))
        case _:
            assert_never(expr)


def together(parts: Iterable[Grounds]) -> Grounds:
    """Return all grounds, each key with its weakest citation."""
    found: dict[str, Citation] = {}
    for part in parts:
        for key, citation in part.items():
            if key not in found or citation.standing > found[key].standing:
                found[key] = citation
    return found


def enough(parts: Iterable[tuple[Any, Grounds]], deciding: bool) -> Grounds:
    """Return what a junction rests on: one part that decides it, the surest; else all parts."""
    listed = list(parts)
    alone = [g for value, g in listed if value is deciding]
    return min(alone, key=standing_of) if alone else together(g for _, g in listed)


def _derived(derivation: Derivation, env: Environment) -> Grounds:
    found: Grounds = remembered("grounds", derivation, env, _worked_out)
    return found


def _worked_out(derivation: Derivation, env: Environment) -> Grounds:
    own = max(derivation.authority, key=lambda c: c.standing, default=None)
    inner = grounds(derivation.formula, env)
    return inner if own is None else together([{derivation.fact: own}, inner])


def _parameter(expr: tree.ParameterRef, env: Environment) -> Grounds:
    day = env.as_of if expr.day is None else evaluate(expr.day, env)
    entry = None if isinstance(day, Unknown) else entry_on(env.parameters[expr.key], day)
    own = {expr.key: entry.citation} if entry is not None else {}
    return own if expr.day is None else together([own, grounds(expr.day, env)])


def _if(test: tree.Expr, then: tree.Expr, otherwise: tree.Expr, env: Environment) -> Grounds:
    condition = evaluate(test, env)
    taken = (then, otherwise) if isinstance(condition, Unknown) else (then if condition else otherwise,)
    # Where both arms agree the test does not matter, but without it nobody would know that they are looked at.
    return together(grounds(e, env) for e in (test, *taken))


def _aggregate(expr: tree.Aggregate, env: Environment) -> Grounds:
    found = items(expr.list, env)
    whole = grounds(expr.list, env)
    if isinstance(found, Unknown):
        return whole
    parts: list[tuple[Any, Grounds]] = []
    deciding = expr.fold == "any"
    for path, item in found:
        scope = env.with_item(expr.variable, path, item)
        kept = True if expr.where is None else evaluate(expr.where, scope)
        where = {} if expr.where is None else grounds(expr.where, scope)
        if kept is False:
            parts.append((expr.fold == "all", where))
            continue
        body = evaluate(expr.body, scope) if kept is True and expr.fold in ("any", "all") else None
        parts.append((body, together([where, grounds(expr.body, scope)])))
    if expr.fold in ("any", "all"):
        return together([whole, enough(parts, deciding)])
    return together([whole, *(g for _, g in parts)])
