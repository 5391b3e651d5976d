"""The tree as Python statements over admitted values: None is unknown, numbers are Fractions.

A condition is short-circuited only where the answer cannot change: after a false part of an `and`,
a true part of an `or`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, assert_never

from safety_rules.engines.compiled import code, worked
from safety_rules.engines.compiled.bounded import certain
from safety_rules.engines.compiled.code import assign, constant, either, is_, load, when
from safety_rules.engines.compiled.writer import Writer
from safety_rules.language import expr as tree
from safety_rules.language.law import is_sure, sure_edition, sure_value
from safety_rules.language.operators import FOLDS, FUNCTIONS, Fold, shifted
from safety_rules.language.rule import Derivation
from safety_rules.language.table import normal_spelling
from safety_rules.semantics.decide import AreaOn

MOST_NESTED = 40
MOST_ANSWERS = 4096


def value(expr: tree.Expr, w: Writer) -> ast.expr:
    """Return a name or constant that holds the expression's value; the statements go to the writer."""
    return certain(expr, _value(expr, w), w)


def _value(expr: tree.Expr, w: Writer) -> ast.expr:
    """Return what holds the value by strong Kleene."""
    match expr:
        case tree.Literal(known):
            return w.fixed(known)
        case tree.FactRef(key):
            return _fact(key, w)
        case tree.ItemField(variable, key):
            return _item_field(variable, key, w)
        case tree.ItemSelf(variable):
            return load(w.items[variable])
        case tree.ParameterRef():
            return _parameter(expr, w)
        case tree.AsOf():
            return w.fixed(w.law.as_of)
        case tree.Not(operand):
            inner = value(operand, w)
            return w.keep(code.choose(is_(inner, None), constant(None), ast.UnaryOp(ast.Not(), inner)))
        case tree.And(operands):
            return _junction(list(operands), w, False)
        case tree.Or(operands):
            return _junction(list(operands), w, True)
        case tree.Compare(op, left, right):
            a, b = value(left, w), value(right, w)
            return _strict(w, [a, b], code.test(a, code.COMPARISONS[op], b))
        case tree.In(item, container):
            a, b = value(item, w), value(container, w)
            return _strict(w, [a, b], code.test(a, ast.In(), b))
        case tree.Arithmetic(op, left, right):
            a, b = value(left, w), value(right, w)
            zero = [code.test(b, ast.Eq(), constant(0))] if op == "/" else []
            return _strict(w, [a, b], ast.BinOp(a, code.OPERATORS[op], b), zero)
        case tree.Negate(operand):
            a = value(operand, w)
            return _strict(w, [a], ast.UnaryOp(ast.USub(), a))
        case tree.Scale(operand, factor):
            a = value(operand, w)
            return _strict(w, [a], ast.BinOp(a, ast.Mult(), w.fixed(factor)))
        case tree.Shift(day, period, backwards):
            a, b = value(day, w), value(period, w)
            w.constants["shifted"] = shifted
            return _strict(w, [a, b], code.call("shifted", a, b, constant(tree.in_months(period)), constant(backwards)))
        case tree.DaysBetween(later, earlier):
            a, b = value(later, w), value(earlier, w)
            w.constants["days_between"] = FUNCTIONS["days_between"].value
            return _strict(w, [a, b], code.call("days_between", a, b))
        case tree.If(test, then, otherwise):
            return _if(test, then, otherwise, w)
        case tree.Aggregate():
            return _aggregate(expr, w)
        case tree.Listed(table, key):
            return _looked_up(table, "listed", _listed, [value(key, w)], w)
        case tree.Lookup():
            return _lookup(expr, w)
        case tree.Call(function, arguments):
            parts = [value(a, w) for a in arguments]
            w.constants[function] = FUNCTIONS[function].known
            return _strict(w, parts, code.call(function, *parts))
        case _:
            assert_never(expr)


def _strict(w: Writer, operands: list[ast.expr], result: ast.expr, also: list[ast.expr] | None = None) -> ast.expr:
    """Return the result, or None where an operand is None."""
    if any(isinstance(o, ast.Constant) and o.value is None for o in operands):
        return constant(None)
    unknown = [is_(o, None) for o in operands if _may_be_none(o, w)] + (also or [])
    return w.keep(code.choose(either(*unknown), constant(None), result) if unknown else result)


def _may_be_none(operand: ast.expr, w: Writer) -> bool:
    return not isinstance(operand, ast.Constant) and not (isinstance(operand, ast.Name) and operand.id in w.constants)


def _fact(key: str, w: Writer) -> ast.expr:
    if key not in w.facts:
        name = w.name("f")
        derivation = w.law.derivations.get(key)
        outer = w.inside({})
        if derivation is not None and not w.ready:
            found = value(derivation.formula, outer) if is_sure(derivation, w.law) else constant(None)
            w.loading.extend([*outer.body, assign(name, found)])
        else:
            w.loading.append(assign(name, code.call("get", constant(key))))
            work = worked.worker(key, w.law, w.constants, value)
            if work is not None and not w.ready:
                w.loading.append(assign(name, code.call(work, load(name))))
        w.facts[key] = name
    return load(w.facts[key])


def _item_field(variable: str, key: str, w: Writer) -> ast.expr:
    """Return a field of an item, read or derived once in a block."""
    item = w.items[variable]
    if (item, key) not in w.fields:
        w.fields[item, key] = _field(item, key, w)
    return w.fields[item, key]


def _field(item: str, key: str, w: Writer) -> ast.expr:
    derivation: Derivation | None = w.law.derivations.get(key)
    if derivation is None or derivation.variable is None:
        read = ast.Call(ast.Attribute(load(item), "get", ast.Load()), [constant(key.rpartition(".")[2])], [])
        return w.keep(read)
    if not is_sure(derivation, w.law):
        return constant(None)
    if key in worked.worked_fields(key.rpartition(".")[0], w.law, w.constants):
        return w.keep(ast.Call(ast.Attribute(load(item), "get", ast.Load()), [constant(key)], []))
    inner = w.inside({derivation.variable: item})
    inner.body = w.body
    found = value(derivation.formula, inner)
    w.fields |= inner.fields
    return found


def _parameter(expr: tree.ParameterRef, w: Writer) -> ast.expr:
    if expr.day is None:
        return w.fixed(parameter_value(w.law, expr.key, w.law.as_of))
    day = value(expr.day, w)
    w.constants["parameter_value"], w.constants["law"] = parameter_value, w.law
    return _strict(w, [day], code.call("parameter_value", load("law"), constant(expr.key), day))


def parameter_value(law: AreaOn, key: str, day: Any) -> Any:
    """Return a parameter's value on a day; None when there is none, or none that is sure enough."""
    return sure_value(law.rulebook.parameters[key], day, law)


def edition_of(law: AreaOn, table: str) -> Any:
    """Return a table's edition on the day of the law; None when there is none, or none that is sure enough."""
    return sure_edition(law.rulebook.tables[table], law.as_of, law)


def _listed(edition: Any, spelling: str) -> bool:
    return bool(edition.matching(spelling))


def _junction(operands: list[tree.Expr], w: Writer, absorbing: bool) -> ast.expr:
    """Write `and` (absorbing False) or `or` (absorbing True), leaving out what cannot change the answer."""
    if len(operands) > MOST_NESTED:
        node = tree.Or if absorbing else tree.And
        starts = range(0, len(operands), MOST_NESTED)
        operands = [node(tuple(operands[i : i + MOST_NESTED])) for i in starts]
    result, unknown = w.name("b"), w.name("u")
    w.body.append(assign(unknown, constant(False)))
    block, inner = w.body, w
    for operand in operands:
        inner = inner.inside(w.items)
        inner.body = block
        part = value(operand, inner)
        if block is w.body:
            w.fields |= inner.fields
        note = when(is_(part, None), [assign(unknown, constant(True))])
        rest: list[ast.stmt] = [note]
        branch = ast.If(is_(part, absorbing), [assign(result, constant(absorbing))], rest)
        block.append(branch)
        block = branch.orelse
    block.append(assign(result, code.choose(load(unknown), constant(None), constant(not absorbing))))
    return load(result)


def _if(test: tree.Expr, then: tree.Expr, otherwise: tree.Expr, w: Writer) -> ast.expr:
    """Write each arm once, where the test does not rule it out; with an unknown test both must agree."""
    condition = value(test, w)
    arms = []
    for arm, excluded in ((then, False), (otherwise, True)):
        inner, result = w.inside(w.items), w.name("c")
        inner.body.append(assign(result, value(arm, inner)))
        w.body += [assign(result, constant(None)), when(is_(condition, excluded), [], inner.body)]
        arms.append(load(result))
    a, b = arms
    agreed = code.either(is_(condition, False), code.test(a, ast.Eq(), b))
    return w.keep(code.choose(is_(condition, True), a, code.choose(agreed, b, constant(None))))


def _aggregate(expr: tree.Aggregate, w: Writer) -> ast.expr:
    source, result, item = value(expr.list, w), w.name("a"), w.name("i")
    inner = w.inside({**w.items, expr.variable: item})
    parts: list[ast.stmt]
    if FOLDS[expr.fold].quantifies:
        parts = _quantified(expr, result, item, inner)
    else:
        parts = _folded(expr, result, item, inner)
    loop: ast.stmt = ast.For(ast.Name(item, ast.Store()), source, inner.body or [ast.Pass()], [])
    start, end = parts[0], parts[1:]
    w.body.append(when(is_(source, None), [assign(result, constant(None))], [start, loop, *end]))
    return load(result)


def _quantified(expr: tree.Aggregate, result: str, item: str, inner: Writer) -> list[ast.stmt]:
    """Write the loop of `any` or `all`: `result` ends as True, False or None."""
    some = expr.fold == "any"
    guard: tree.Expr = (
        expr.body
        if expr.where is None
        else (tree.And((expr.where, expr.body)) if some else tree.Or((tree.Not(expr.where), expr.body)))
    )
    found = value(guard, inner)
    stop: list[ast.stmt] = [assign(result, constant(some)), ast.Break()]
    inner.body.append(when(is_(found, some), stop, [when(is_(found, None), [assign(result, constant(None))])]))
    return [assign(result, constant(not some))]


def _folded(expr: tree.Aggregate, result: str, item: str, inner: Writer) -> list[ast.stmt]:
    """Write the loop of sum, count, min or max; one unknown item makes it unknown."""
    kept = inner.inside(inner.items)
    found = value(expr.body, kept) if expr.fold != "count" else constant(1)
    kept.body.append(ast.Expr(ast.Call(ast.Attribute(load(result), "append", ast.Load()), [found], [])))
    if expr.where is None:
        inner.body.extend(kept.body)
    else:
        keep = value(expr.where, inner)
        unknown: list[ast.stmt] = [
            ast.Expr(ast.Call(ast.Attribute(load(result), "append", ast.Load()), [constant(None)], []))
        ]
        inner.body.append(when(is_(keep, True), kept.body, [when(is_(keep, None), unknown)]))
    inner.constants[f"fold_{expr.fold}"] = partial(_fold, FOLDS[expr.fold])
    return [
        assign(result, ast.List([], ast.Load())),
        assign(result, code.call(f"fold_{expr.fold}", load(result))),
    ]


def _fold(row: Fold, values: list[Any]) -> Any:
    return None if None in values or (row.nothing and not values) else row.value(values)


def _lookup(expr: tree.Lookup, w: Writer) -> ast.expr:
    spelling = value(expr.keys[0], w)
    qualifier = value(expr.keys[1], w) if len(expr.keys) > 1 else constant(None)
    return _looked_up(expr.table, "look_up", look_up, [spelling, qualifier, constant(expr.column)], w)


def _looked_up(table: str, name: str, function: Callable[..., Any], parts: list[ast.expr], w: Writer) -> ast.expr:
    """Return what a function says of a table's edition; the last few thousand answers are remembered."""
    edition = edition_of(w.law, table)
    if edition is None:
        return constant(None)
    w.constants.setdefault(f"{name}_{table}", lru_cache(MOST_ANSWERS)(partial(function, edition)))
    return _strict(w, parts[:1], code.call(f"{name}_{table}", *parts))


def look_up(edition: Any, spelling: str, qualifier: str | None, column: str) -> Any:
    """Return the cell of the row that a spelling, and where needed a qualifier, names; None when it is not one."""
    rows = edition.matching(spelling)
    cells = {row.cells.get(column) for row in rows}
    if len(cells) != 1 and qualifier is not None:
        cells = {row.cells.get(column) for row in rows if normal_spelling(row.qualifier) == normal_spelling(qualifier)}
    return cells.pop() if len(cells) == 1 else None
