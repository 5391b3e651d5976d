"""A condition's text as a tree of known names, kinds and units, or what is wrong with it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from safety_rules.language import expr as tree
from safety_rules.language import limits
from safety_rules.language.clock import TIME, is_time
from safety_rules.language.diagnostic import Span
from safety_rules.language.kinds import (
    Boolean,
    Choice,
    Choices,
    Date,
    Kind,
    Number,
    Records,
    Text,
)
from safety_rules.language.operators import FOLDS, FUNCTIONS, ORDERS, SIGNS, Taken, named
from safety_rules.language.units import ONE
from safety_rules.language.vocabulary import normal
from safety_rules.semantics.checking.formats import MEANT, format_named
from safety_rules.semantics.checking.kinds_and_units import (
    SAME_AS,
    as_kind,
    constant,
    exact_number,
    in_literal,
    in_unit,
    moved_date,
    written_number,
)
from safety_rules.semantics.checking.lists import WITHIN, compared_lists, written_pair
from safety_rules.semantics.checking.names import named_value
from safety_rules.semantics.checking.parse import Reading, syntax
from safety_rules.semantics.checking.scales import CALLED, scaled
from safety_rules.semantics.checking.scope import Scope, dotted, table_named
from safety_rules.words.diagnostic import Diagnostic
from safety_rules.words.kinds import kind_said
from safety_rules.words.near import suggestion

COMPARISONS: Mapping[type[ast.cmpop], Any] = {row.syntax: key for key, row in ORDERS.items()}
OPERATORS: Mapping[type[ast.operator], Any] = {row.syntax: key for key, row in SIGNS.items()}
TAKEN: Mapping[Taken, Kind] = {"text": Text(), "part": Text(), "day": Date(), "time": TIME}


def condition(
    text: str, scope: Scope, locate: Callable[[int, int], Span], expected: Kind | None = None
) -> tuple[tree.Expr | None, list[Diagnostic]]:
    """Return the tree of a condition or formula; None, with the diagnostics, when it is wrong.

    `locate` turns a character range of the text into a span of the file. With `expected`, a result
    of another kind is an error, and a number is converted to the expected unit.
    """
    lead = len(text) - len(text.lstrip())
    flat = "".join(" " if ch.isspace() and ch.isascii() else ch for ch in text.strip())
    reading = Reading(flat, lambda start, end: locate(start + lead, end + lead))
    reading.spellings, reading.longest = scope.spellings, scope.longest
    node = syntax(reading)
    if node is None:
        return None, reading.diagnostics
    expr = _expr(node, scope, reading, expected)
    if expr is not None and expected is not None:
        expr = as_kind(expr, expected, node, reading)
    if expr is not None and _operations(expr, {}) > limits.OPERATIONS:
        reading.report("condition-too-long.operations", 0, 1, most=limits.OPERATIONS)
    return (None if reading.diagnostics else expr), reading.diagnostics


def _operations(expr: tree.Expr, known: dict[int, int]) -> int:
    """Return how many nodes a tree has, counted once for each place in which they stand."""
    if id(expr) not in known:
        known[id(expr)] = 1 + sum(_operations(child, known) for child in tree.children(expr))
    return known[id(expr)]


def _expr(node: ast.expr, scope: Scope, r: Reading, expected: Kind | None = None) -> tree.Expr | None:
    """Return the tree of a part; what is looked at from two sides (of a chained comparison) is read once for each kind."""
    readings = r.known.setdefault(id(node), [])
    found = next((reading for reading in readings if reading[0] == expected), None)
    if found is None:
        found = expected, _read(node, scope, r, expected)
        readings.append(found)
    return found[1]


def _read(node: ast.expr, scope: Scope, r: Reading, expected: Kind | None) -> tree.Expr | None:
    match node:
        case ast.Constant():
            return constant(node, r, expected)
        case ast.Attribute(value=ast.Subscript() as row):
            return _cell(node, row, scope, r)
        case ast.Name() | ast.Attribute():
            return named_value(node, scope, r)
        case ast.Subscript():
            return _subscript(node, scope, r)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _boolean(operand, scope, r)
            return None if inner is None else tree.Not(inner, r.span(node))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = _number(operand, scope, r, expected)
            if inner is not None and is_time(tree.kind_of(inner)):
                return r.wrong("time.counted", node)
            return None if inner is None else tree.Negate(inner, r.span(node))
        case ast.BoolOp(op=op, values=values):
            parts = [_boolean(v, scope, r) for v in values]
            if any(p is None for p in parts):
                return None
            operands = tuple(p for p in parts if p is not None)
            return tree.And(operands, r.span(node)) if isinstance(op, ast.And) else tree.Or(operands, r.span(node))
        case ast.Compare():
            return _comparison(node, scope, r)
        case ast.BinOp():
            return _arithmetic(node, scope, r, expected)
        case ast.IfExp():
            return _if(node, scope, r, expected)
        case ast.Call():
            return _call(node, scope, r)
        case _:
            return r.wrong("not-allowed.construct", node)


def _cell(node: ast.Attribute, row: ast.Subscript, scope: Scope, r: Reading) -> tree.Expr | None:
    """Return the look-up that `table[key].column` or `table[key, qualifier].column` writes."""
    table = table_named(row.value, scope, r)
    if table is None:
        return None
    column = next((c for c in table.columns.values() if normal(node.attr) in (c.key, normal(c.zh_key))), None)
    if column is None:
        names = [c.key if node.attr.isascii() else c.zh_key for c in table.columns.values()]
        return r.wrong("unknown-name.column", node, suggestion(node.attr, names), name=node.attr, table=table.key)
    r.named(node, column.key, column.zh_key, last=True)
    written = row.slice.elts if isinstance(row.slice, ast.Tuple) else [row.slice]
    if len(written) > 2:
        return r.wrong("arguments.table", row, table=table.key)
    if len(written) == 2 and not any(told.qualifier for edition in table.editions for told in edition.rows):
        return r.wrong("arguments.qualifier", written[1], table=table.key)
    keys = [_key(k, scope, r) for k in written]
    if any(k is None for k in keys):
        return None
    return tree.Lookup(table.key, tuple(k for k in keys if k is not None), column.key, column.kind, r.span(node))


def _key(node: ast.expr, scope: Scope, r: Reading) -> tree.Expr | None:
    key = _expr(node, scope, r)
    if key is not None and not isinstance(tree.kind_of(key), Text | Choice):
        return r.wrong("kind.no-key", node, kind=kind_said(tree.kind_of(key)))
    return key


def _subscript(node: ast.Subscript, scope: Scope, r: Reading) -> tree.Expr | None:
    if isinstance(node.value, ast.Constant) and isinstance(node.value.value, int | float):
        number, symbol = exact_number(node.value, r), r.segment(node.slice)
        unit = scope.vocabulary.units.find(symbol)
        if unit is None:
            known = [u for u in scope.vocabulary.units.units if u.isidentifier()]
            return r.wrong("unknown-unit.condition", node.slice, suggestion(symbol, known), symbol=symbol)
        return None if number is None else tree.Literal(number, Number(unit, number.denominator == 1), r.span(node))
    base = _expr(node.value, scope, r)
    day = _expr(node.slice, scope, r, Date())
    if base is None or day is None:
        return None
    if not isinstance(base, tree.ParameterRef) or base.day is not None or tree.kind_of(day) != Date():
        return r.wrong("not-allowed.day", node)
    return replace(base, day=day, at=r.span(node))


def _boolean(node: ast.expr, scope: Scope, r: Reading) -> tree.Expr | None:
    expr = _expr(node, scope, r, Boolean())
    return None if expr is None else as_kind(expr, Boolean(), node, r)


def _number(node: ast.expr, scope: Scope, r: Reading, expected: Kind | None = None) -> tree.Expr | None:
    expr = _expr(node, scope, r, expected)
    if expr is not None and not isinstance(tree.kind_of(expr), Number):
        return r.wrong("kind.no-number", node, kind=kind_said(tree.kind_of(expr)))
    return expr


def _pair(left: ast.expr, right: ast.expr, scope: Scope, r: Reading) -> tuple[tree.Expr, tree.Expr] | None:
    """Return both sides, a text literal read as what the other side is."""
    a: tree.Expr | None
    b: tree.Expr | None
    if isinstance(left, ast.Constant):
        b = _expr(right, scope, r)
        a = None if b is None else _expr(left, scope, r, tree.kind_of(b))
    else:
        a = _expr(left, scope, r)
        b = _expr(right, scope, r, None if a is None else tree.kind_of(a))
    return None if a is None or b is None else (a, b)


def _comparison(node: ast.Compare, scope: Scope, r: Reading) -> tree.Expr | None:
    sides = [node.left, *node.comparators]
    parts = [_compared(node, i, sides[i], op, sides[i + 1], scope, r) for i, op in enumerate(node.ops)]
    if any(p is None for p in parts):
        return None
    known = tuple(p for p in parts if p is not None)
    return known[0] if len(known) == 1 else tree.And(known, r.span(node))


def _compared(
    node: ast.Compare, i: int, left: ast.expr, op: ast.cmpop, right: ast.expr, scope: Scope, r: Reading
) -> tree.Expr | None:
    at = r.span(node)
    if isinstance(op, ast.In | ast.NotIn):
        inside = _membership(left, right, scope, r, at)
        return tree.Not(inside, at) if inside is not None and isinstance(op, ast.NotIn) else inside
    if isinstance(right, ast.Constant) and right.value is None:
        return r.wrong("not-allowed.blank", right)
    if type(op) not in COMPARISONS:
        return r.wrong("not-allowed.is", node)
    pair, symbol = (
        written_pair(left, right, lambda n: _expr(n, scope, r), r) or _pair(left, right, scope, r),
        COMPARISONS[type(op)],
    )
    if pair is None:
        return None
    a, b = pair
    kinds = tree.kind_of(a), tree.kind_of(b)
    if isinstance(kinds[0], Choices) and kinds[0] == kinds[1] and symbol in WITHIN:
        return compared_lists(symbol, a, b, scope, at)
    if any(isinstance(kind, Choices | Records) for kind in kinds):
        return r.wrong("kind.list", node)
    fitted = as_kind(b, tree.kind_of(a), right, r)
    if fitted is None:
        return None
    if symbol not in ("==", "!=") and not isinstance(tree.kind_of(a), Number | Date):
        return r.wrong("kind.no-order", node, kind=kind_said(tree.kind_of(a)))
    return tree.Compare(symbol, a, fitted, at)


def _membership(left: ast.expr, right: ast.expr, scope: Scope, r: Reading, at: Span) -> tree.Expr | None:
    if isinstance(right, ast.List | ast.Tuple | ast.Set):
        item = _expr(left, scope, r)
        return None if item is None else in_literal(item, left, right, r, at)
    parts = dotted(right)
    name = normal(".".join(parts)) if parts else ""
    tables = {n for t in scope.tables.values() for n in (t.key, normal(t.zh_key))}
    if name in tables or (name.rpartition(".")[0] in tables and scope.vocabulary.find(name) is None):
        table, key = table_named(right, scope, r), _key(left, scope, r)
        return None if table is None or key is None else tree.Listed(table.key, key, at)
    container = _expr(right, scope, r)
    if container is None:
        return None
    kind = tree.kind_of(container)
    if not isinstance(kind, Choices):
        if isinstance(kind, Text):
            return r.wrong("kind.text-in", right, text=ast.unparse(right), part=ast.unparse(left))
        return r.wrong("kind.no-choices", right, kind=kind_said(kind))
    item = _expr(left, scope, r, Choice(kind.choices))
    if item is not None and tree.kind_of(item) == kind:
        return r.wrong("kind.list-in", left, left=ast.unparse(left), right=ast.unparse(right))
    fitted = None if item is None else as_kind(item, Choice(kind.choices), left, r)
    return None if fitted is None else tree.In(fitted, container, at)


def _arithmetic(node: ast.BinOp, scope: Scope, r: Reading, expected: Kind | None) -> tree.Expr | None:
    if type(node.op) not in OPERATORS:
        return r.wrong("not-allowed.operator", node)
    op, at = OPERATORS[type(node.op)], r.span(node)
    left, right = _expr(node.left, scope, r), _expr(node.right, scope, r)
    if left is None or right is None:
        return None
    a, b = tree.kind_of(left), tree.kind_of(right)
    if isinstance(a, Date) and op in "+-":
        return moved_date(left, right, node, r)
    if not isinstance(a, Number) or not isinstance(b, Number):
        wrong, kind = (node.left, a) if not isinstance(a, Number) else (node.right, b)
        return r.wrong("kind.no-number", wrong, kind=kind_said(kind))
    if is_time(a) or is_time(b):
        return r.wrong("time.counted", node)
    if op in "+-":
        if isinstance(left, tree.Literal) and left.value == 0 and a.unit == ONE:
            left, a = tree.Literal(left.value, Number(b.unit, True), left.at), b
        fitted = in_unit(right, a.unit, node.right, r)
        return None if fitted is None else tree.Arithmetic(op, left, fitted, a.unit, at)
    unit = a.unit.times(b.unit) if op == "*" else a.unit.over(b.unit)
    return tree.Arithmetic(op, left, right, unit, at)


def _if(node: ast.IfExp, scope: Scope, r: Reading, expected: Kind | None) -> tree.Expr | None:
    test = _boolean(node.test, scope, r)
    then = _expr(node.body, scope, r, expected)
    other = _expr(node.orelse, scope, r, expected if then is None or expected is not None else tree.kind_of(then))
    if then is not None and expected is None and isinstance(tree.kind_of(then), Text) and other is not None:
        then = _expr(node.body, scope, r, tree.kind_of(other))
    if test is None or then is None or other is None:
        return None
    fitted = as_kind(other, tree.kind_of(then), node.orelse, r)
    return None if fitted is None else tree.If(test, then, fitted, r.span(node))


def _call(node: ast.Call, scope: Scope, r: Reading) -> tree.Expr | None:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    fold, key = named(FOLDS, name), named(FUNCTIONS, name)
    if name in (CALLED.en, CALLED.zh):
        return scaled(node, lambda n: _number(n, scope, r), scope, r)
    if fold and len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp) and not node.keywords:
        r.named(node.func, FOLDS[fold].name.en, FOLDS[fold].name.zh)
        return _aggregate(fold, node.args[0], scope, r)
    if key is None and fold and node.args:
        return r.wrong("arguments.fold", node, name=name, list=r.segment(node.args[0]))
    if key is None or node.keywords or isinstance(node.func, ast.Attribute):
        known = {n.en if name.isascii() else n.zh for t in (FUNCTIONS, FOLDS) for n in (row.name for row in t.values())}
        if meant := MEANT.get(name.lower()):
            return r.wrong("unknown-function.meant", node.func, meant=meant)
        return r.wrong("unknown-function", node.func, suggestion(name, sorted(known)))
    row, wanted = FUNCTIONS[key], len(FUNCTIONS[key].takes)
    r.named(node.func, row.name.en, row.name.zh)
    if len(node.args) != wanted:
        return r.wrong("arguments.many" if wanted > 1 else "arguments.one", node, name=name, wanted=wanted)
    arguments: list[tree.Expr] = []
    for taken, argument in zip(row.takes, node.args, strict=True):
        found = _argument(taken, argument, arguments, scope, r)
        if found is None:
            return None
        arguments.append(found)
    step = None if row.above_zero is None else written_number(arguments[row.above_zero])
    if row.above_zero is not None and step is not None and step <= 0:
        return r.wrong("step", node.args[row.above_zero], name=name)
    ends = [] if row.apart is None else [written_number(arguments[i]) for i in row.apart]
    if ends and ends[0] is not None and ends[0] == ends[1]:
        return r.wrong("window", node, name=name)
    return (
        SAME_AS[row.same_as](arguments, r.span(node)) if row.same_as else tree.Call(key, tuple(arguments), r.span(node))
    )


def _argument(taken: Taken, node: ast.expr, before: Sequence[tree.Expr], scope: Scope, r: Reading) -> tree.Expr | None:
    """Return an argument as what the function takes there."""
    if taken == "format":
        return format_named(node, scope, r)
    if taken == "part" and isinstance(node, ast.Constant) and node.value == "":
        return r.wrong("empty-text", node)
    if taken == "number":
        return _number(node, scope, r)
    kind = TAKEN.get(taken) or tree.kind_of(before[0])
    found = _number(node, scope, r, kind) if taken == "same" else _expr(node, scope, r, kind)
    return None if found is None else as_kind(found, kind, node, r)


def _aggregate(fold: Any, node: ast.GeneratorExp, scope: Scope, r: Reading) -> tree.Expr | None:
    generator = node.generators[0]
    if len(node.generators) != 1 or generator.is_async or not isinstance(generator.target, ast.Name):
        return r.wrong("not-allowed.lists", node)
    source = _expr(generator.iter, scope, r)
    if source is None:
        return None
    kind, variable = tree.kind_of(source), generator.target.id
    if not isinstance(kind, Records | Choices):
        return r.wrong("kind.no-list", generator.iter, kind=kind_said(kind))
    if variable in scope.variables or scope.vocabulary.find(variable) is not None:
        return r.wrong("variable.taken", generator.target, name=variable)
    inner = scope.with_variable(variable, Choice(kind.choices) if isinstance(kind, Choices) else kind)
    tests = [_boolean(test, inner, r) for test in generator.ifs]
    where = tree.And(tuple(t for t in tests if t)) if len(tests) > 1 else (tests[0] if tests else None)
    body = _body(fold, node.elt, variable, inner, r)
    if body is None or any(t is None for t in tests):
        return None
    return tree.Aggregate(fold, body, variable, source, where, r.span(node))


def _body(fold: str, node: ast.expr, variable: str, scope: Scope, r: Reading) -> tree.Expr | None:
    if fold == "count":
        if not (isinstance(node, ast.Name) and node.id == variable):
            return r.wrong("count", node, variable=variable)
        return tree.Literal(True, Boolean())
    row = FOLDS[fold]
    if row.quantifies:
        return _boolean(node, scope, r)
    body = _expr(node, scope, r)
    if fold == "distinct":
        told_apart = body is None or isinstance(tree.kind_of(body), Text | Choice | Date)
        return (
            body if told_apart or body is None else r.wrong("kind.distinct", node, kind=kind_said(tree.kind_of(body)))
        )
    if fold == "sum" and body is not None and is_time(tree.kind_of(body)):
        return r.wrong("time.counted", node)
    if body is not None and not isinstance(tree.kind_of(body), Number | (Date if row.days else Number)):
        return r.wrong("kind.no-number", node, kind=kind_said(tree.kind_of(body)))
    return body
