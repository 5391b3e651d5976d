"""The definition of what a condition or formula is worth on a record: a value, or unknown and why."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, assert_never

from safety_rules.language.bounds import only
from safety_rules.language.expr import (
    Aggregate,
    And,
    Arithmetic,
    AsOf,
    Call,
    Compare,
    DaysBetween,
    Expr,
    FactRef,
    If,
    In,
    ItemField,
    ItemSelf,
    Listed,
    Literal,
    Lookup,
    Negate,
    Not,
    Or,
    ParameterRef,
    Scale,
    Shift,
    children,
    in_months,
)
from safety_rules.language.law import is_sure, sure_edition, sure_entry
from safety_rules.language.operators import FOLDS, FUNCTIONS, ORDERS, SIGNS, shifted
from safety_rules.language.rule import Derivation
from safety_rules.language.table import Edition
from safety_rules.language.truth import Truth, conjunction, disjunction, negation
from safety_rules.language.verdict import Reason, Unknown
from safety_rules.semantics.bounds import asks_bounds, bounds_of, quantifies
from safety_rules.semantics.environment import Environment, qualifies, remembered


def truth(expr: Expr, env: Environment) -> tuple[Truth, frozenset[Reason]]:
    """Return the truth of a condition, and where unknown, what it comes from."""
    value = evaluate(expr, env)
    if isinstance(value, Unknown):
        return Truth.UNKNOWN, value.reasons
    return (Truth.TRUE if value else Truth.FALSE), frozenset()


def evaluate(expr: Expr, env: Environment) -> Any:
    """Return the exact value of an expression, or an `Unknown` with its reasons."""
    if isinstance(expr, Literal | FactRef | ItemField | ItemSelf | AsOf):
        return _value(expr, env)
    return remembered("value", expr, env, _certain)


def _certain(expr: Expr, env: Environment) -> Any:
    """Return the value by strong Kleene; where that is open, what every completion of the blanks decides alike.

    No figure is made known by its bounds: only what they decide is.
    """
    value = _value(expr, env)
    if not isinstance(value, Unknown) or not env.bounded or not asks_bounds(expr):
        return value
    if quantifies(expr) and not isinstance(evaluate(expr.list, env), Unknown):
        return value
    decided = only(bounds_of(expr, env))
    return value if decided is None else decided


def _value(expr: Expr, env: Environment) -> Any:
    match expr:
        case Literal(value):
            return value
        case FactRef(key):
            return _fact(key, env)
        case ItemField():
            return _item_field(expr, env)
        case ItemSelf(variable):
            return env.variables[variable][1]
        case ParameterRef():
            return _parameter(expr, env)
        case AsOf():
            return env.as_of
        case Not(operand):
            return _fold_truth([evaluate(operand, env)], negation)
        case And(operands):
            return _junction(operands, env, False, conjunction)
        case Or(operands):
            return _junction(operands, env, True, disjunction)
        case Compare(op, left, right):
            return _strict([evaluate(left, env), evaluate(right, env)], ORDERS[op].value)
        case In(item, container):
            return _strict([evaluate(item, env), evaluate(container, env)], lambda a, b: a in b)
        case Arithmetic():
            return _arithmetic(expr, env)
        case Negate(operand):
            return _strict([evaluate(operand, env)], lambda a: -a)
        case Scale(operand, factor):
            return _strict([evaluate(operand, env)], lambda a: a * factor)
        case Shift(day, period, backwards):
            months = in_months(period)
            return _strict([evaluate(day, env), evaluate(period, env)], lambda d, p: shifted(d, p, months, backwards))
        case DaysBetween(later, earlier):
            return _strict([evaluate(later, env), evaluate(earlier, env)], lambda a, b: Fraction((a - b).days))
        case If(test, then, otherwise):
            return _if(test, then, otherwise, env)
        case Aggregate():
            return _aggregate(expr, env)
        case Listed(table, key):
            return _listed(table, key, env)
        case Lookup():
            return _lookup(expr, env)
        case Call():
            return _call(expr, env)
        case _:
            assert_never(expr)


def _strict(values: list[Any], result: Any) -> Any:
    """Return the result over known values; unknown with all reasons when any is unknown."""
    reasons = [v.reasons for v in values if isinstance(v, Unknown)]
    return Unknown(frozenset().union(*reasons)) if reasons else result(*values)


def _as_truth(value: Any) -> Truth:
    if isinstance(value, Unknown):
        return Truth.UNKNOWN
    return Truth.TRUE if value else Truth.FALSE


def _from_truth(result: Truth, values: list[Any]) -> Any:
    if result is not Truth.UNKNOWN:
        return result is Truth.TRUE
    return Unknown(frozenset().union(*(v.reasons for v in values if isinstance(v, Unknown))))


def _fold_truth(values: list[Any], fold: Any) -> Any:
    return _from_truth(fold(*(_as_truth(v) for v in values)), values)


def _junction(operands: Iterable[Expr], env: Environment, deciding: bool, fold: Any) -> Any:
    """Return what `and` or `or` come to; what comes after a part that decides it is not looked at."""
    values = list[Any]()
    for operand in operands:
        values.append(evaluate(operand, env))
        if values[-1] is deciding:
            return deciding
    return _fold_truth(values, fold)


def _fact(key: str, env: Environment) -> Any:
    if key in env.derivations:
        return _derived(env.derivations[key], env.seeing({}))
    value = env.record.values.get(key)
    return Unknown(frozenset({Reason("fact", key)})) if value is None else value


def _derived(derivation: Derivation, env: Environment) -> Any:
    """Return what a derived fact is worth; unknown, naming it, where its authority is not sure enough."""
    return remembered("value", derivation, env, _worked_out)


def _worked_out(derivation: Derivation, env: Environment) -> Any:
    value = evaluate(derivation.formula, env)
    if is_sure(derivation, env):
        return value
    lacking = value.reasons if isinstance(value, Unknown) else frozenset()
    return Unknown(lacking | {Reason("authority", derivation.key)})


def _item_field(expr: ItemField, env: Environment) -> Any:
    path, item = env.variables[expr.variable]
    derivation = env.derivations.get(expr.key)
    if derivation is not None:
        assert derivation.variable is not None
        return _derived(derivation, env.seeing({derivation.variable: (path, item)}))
    name = expr.key.rpartition(".")[2]
    value = item.get(name)
    return Unknown(frozenset({Reason("fact", f"{path}.{name}")})) if value is None else value


def _parameter(expr: ParameterRef, env: Environment) -> Any:
    day = env.as_of if expr.day is None else evaluate(expr.day, env)
    if isinstance(day, Unknown):
        return day
    entry = sure_entry(env.parameters[expr.key], day, env)
    return Unknown(frozenset({Reason("parameter", expr.key)})) if entry is None else entry.value


def _arithmetic(expr: Arithmetic, env: Environment) -> Any:
    left, right = evaluate(expr.left, env), evaluate(expr.right, env)
    if expr.op == "/" and not isinstance(right, Unknown) and right == 0:
        return _impossible("divisor", expr.right, [left], env)
    return _strict([left, right], SIGNS[expr.op].value)


def _call(expr: Call, env: Environment) -> Any:
    row, values = FUNCTIONS[expr.function], [evaluate(a, env) for a in expr.arguments]
    step = row.above_zero
    if step is not None and not isinstance(values[step], Unknown) and values[step] <= 0:
        return _impossible("step", expr.arguments[step], values, env)
    if row.apart is not None and not any(isinstance(values[i], Unknown) for i in row.apart):
        if values[row.apart[0]] == values[row.apart[1]]:
            return _impossible("window", expr.arguments[row.apart[1]], values, env)
    if beyond := row.beyond(values):
        own = [_without_table(expr.arguments[i], values[i], env) for i in beyond]
        return Unknown(frozenset().union(*own, *(v.reasons for v in values if isinstance(v, Unknown))))
    return _strict(values, row.value)


def _without_table(part: Expr, day: Any, env: Environment) -> frozenset[Reason]:
    """Return why a day has no working days: the facts that it comes from, or else its year."""
    return frozenset(Reason("calendar", p) for p in fact_paths(part, env)) or frozenset({Reason("year", str(day.year))})


def _impossible(kind: str, part: Expr, others: list[Any], env: Environment) -> Unknown:
    """Return what is unknown since a part has a value with which there is none, and since others are unknown."""
    own = frozenset(Reason(kind, p) for p in fact_paths(part, env))
    return Unknown(own.union(*(v.reasons for v in others if isinstance(v, Unknown))))


def _if(test: Expr, then: Expr, otherwise: Expr, env: Environment) -> Any:
    condition = evaluate(test, env)
    if not isinstance(condition, Unknown):
        return evaluate(then if condition else otherwise, env)
    a, b = evaluate(then, env), evaluate(otherwise, env)
    if not isinstance(a, Unknown) and not isinstance(b, Unknown) and a == b:
        return a
    return Unknown(condition.reasons.union(*(v.reasons for v in (a, b) if isinstance(v, Unknown))))


def items(expr: Expr, env: Environment) -> list[tuple[str, Any]] | Unknown:
    """Return the path and value of each item of a list expression."""
    value = evaluate(expr, env)
    if isinstance(value, Unknown):
        return value
    base = expr.key if isinstance(expr, FactRef) else ""
    if isinstance(expr, ItemField):
        base = f"{env.variables[expr.variable][0]}.{expr.key.rpartition('.')[2]}"
    return [(f"{base}[{i}]", item) for i, item in enumerate(value)]


def _aggregate(expr: Aggregate, env: Environment) -> Any:
    found = items(expr.list, env)
    if isinstance(found, Unknown):
        return found
    scopes = [env.with_item(expr.variable, path, item) for path, item in found]
    wheres = [True if expr.where is None else evaluate(expr.where, s) for s in scopes]
    row = FOLDS[expr.fold]
    if row.quantifies:
        bodies = [_guarded(expr, w, s) for w, s in zip(wheres, scopes, strict=True)]
        return _fold_truth(bodies, disjunction if expr.fold == "any" else conjunction)
    kept = [(w, s) for w, s in zip(wheres, scopes, strict=True) if w is not False]
    bodies = [w if isinstance(w, Unknown) else evaluate(expr.body, s) for w, s in kept]
    if any(isinstance(w, Unknown) for w, _ in kept):
        bodies += [evaluate(expr.body, s) for w, s in kept if isinstance(w, Unknown)]
    if row.nothing and not bodies:
        return Unknown(frozenset(Reason("fact", p) for p in fact_paths(expr.list, env)))
    return _strict(bodies, lambda *known: row.value(known))


def _guarded(expr: Aggregate, where: Any, scope: Environment) -> Any:
    """Return `where and body` for any, `where implies body` for all."""
    if where is True:
        return evaluate(expr.body, scope)
    if where is False:
        return expr.fold == "all"
    body = evaluate(expr.body, scope)
    if isinstance(body, Unknown):
        return Unknown(where.reasons | body.reasons)
    return where if body is (expr.fold == "any") else body


def _listed(table: str, key: Expr, env: Environment) -> Any:
    edition, spelling = _edition(table, env), evaluate(key, env)
    if isinstance(edition, Unknown):
        return edition
    return _strict([spelling], lambda s: bool(edition.matching(s)))


def _lookup(expr: Lookup, env: Environment) -> Any:
    edition, spelling = _edition(expr.table, env), evaluate(expr.keys[0], env)
    if isinstance(edition, Unknown) or isinstance(spelling, Unknown):
        return _strict([edition, *(evaluate(k, env) for k in expr.keys)], None)
    rows = edition.matching(spelling)
    cells = {row.cells.get(expr.column) for row in rows}
    if len(cells) != 1 and len(expr.keys) > 1:
        qualifier = evaluate(expr.keys[1], env)
        if isinstance(qualifier, Unknown):
            return qualifier
        cells = {row.cells.get(expr.column) for row in rows if qualifies(row, qualifier)}
    value = cells.pop() if len(cells) == 1 else None
    missing = (expr.keys[1] if rows and len(expr.keys) > 1 else expr.keys[0]) if value is None else None
    return value if missing is None else Unknown(frozenset(Reason("fact", p) for p in fact_paths(missing, env)))


def _edition(table: str, env: Environment) -> Edition | Unknown:
    """Return the edition in force; unknown, naming the table, when there is none or it is not sure enough."""
    edition = sure_edition(env.tables[table], env.as_of, env)
    return Unknown(frozenset({Reason("parameter", table)})) if edition is None else edition


def fact_paths(expr: Expr, env: Environment) -> list[str]:
    """Return the paths of the given facts that an expression reads, in reading order, through derivations."""
    found: dict[str, None] = {}
    for inner, scope in walk_scoped(expr, env):
        if isinstance(inner, FactRef) and inner.key not in env.derivations:
            found[inner.key] = None
        elif isinstance(inner, ItemField) and inner.key not in env.derivations and inner.variable in scope.variables:
            found[f"{scope.variables[inner.variable][0]}.{inner.key.rpartition('.')[2]}"] = None
    return list(found)


def walk_scoped(expr: Expr, env: Environment, through: bool = True) -> list[tuple[Expr, Environment]]:
    """Return every node with the environment it is evaluated in, an aggregate's inside once for each item.

    With `through`, each derivation that it reads is walked as well, once.
    """
    found, todo, seen = [], [(expr, env)], set[tuple[str, str]]()
    while todo:
        node, scope = todo.pop()
        found.append((node, scope))
        parts = parts_scoped(node, scope)
        if isinstance(node, FactRef | ItemField) and parts:
            known = (node.key, "" if isinstance(node, FactRef) else scope.variables[node.variable][0])
            parts = parts if through and known not in seen else []
            seen.add(known)
        todo.extend(reversed(parts))
    return found


def parts_scoped(expr: Expr, env: Environment) -> list[tuple[Expr, Environment]]:
    """Return the direct parts of an expression with their environments; of a derived fact, its formula."""
    if isinstance(expr, FactRef | ItemField):
        behind = formula_behind(expr, env)
        return [] if behind is None else [behind]
    if not isinstance(expr, Aggregate):
        return [(child, env) for child in children(expr)]
    listed = items(expr.list, env)
    scopes = [env.with_item(expr.variable, *item) for item in ([] if isinstance(listed, Unknown) else listed)]
    return [(expr.list, env), *((p, s) for s in scopes for p in (expr.where, expr.body) if p is not None)]


def formula_behind(expr: FactRef | ItemField, env: Environment) -> tuple[Expr, Environment] | None:
    """Return the formula behind a derived fact, with the environment to evaluate it in; None for a given one."""
    derivation = env.derivations.get(expr.key)
    if derivation is None:
        return None
    if isinstance(expr, FactRef):
        return derivation.formula, env.seeing({})
    if derivation.variable is None or expr.variable not in env.variables:
        return None
    return derivation.formula, env.seeing({derivation.variable: env.variables[expr.variable]})
